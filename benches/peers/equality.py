"""Whether a peer's state is the snapshot's, cell by cell."""

import json

import polars as pl

import policy

COLUMNS = {
    "recipient": pl.UInt64, "content": pl.UInt64, "actor": pl.UInt64,
    "kind": pl.Enum(policy.KINDS), "segment": pl.Enum(policy.SEGMENTS),
    "n": pl.Int64, "mark": pl.UInt64, "stamp": pl.UInt64,
}


def snapshot_tables(lines):
    """The tables that a snapshot's lines stand for, after their header.

    The lines are as docs/FORMAT.md has them; their numbers are whole.
    """
    tables = {name: {column: [] for column in columns} for name, columns in policy.TABLES.items()}

    def add(table, *values):
        for column, value in zip(tables[table].values(), values):
            column.append(value)

    for line in lines:
        line = json.loads(line)
        if "member" in line:
            member = line["member"]
            for field, kind in [("profile_views", "profile_view"), ("picture_views", "picture_view")]:
                for segment, count in line[field].items():
                    add("member_views", member, kind, segment, count)
            for kind, count in line["delivered"].items():
                add("delivered", member, kind, count)
            if line["read_mark"] is not None:
                add("marks", member, line["read_mark"])
            for entry in line["inbox"]:
                stamp = entry["index"] * 2 + entry["undone"]
                add("inbox", member, entry["kind"], entry["content"], entry["actor"], stamp)
        else:
            content = line["content"]
            for segment, count in line["views"].items():
                add("content_views", content, segment, count)
            for kind, count in line["reactions"].items():
                add("reactions", content, kind, count)
    return {name: sorted_frame(pl.DataFrame(table, schema=schema_of(name)))
            for name, table in tables.items()}


def schema_of(table):
    return {column: COLUMNS[column] for column in policy.TABLES[table]}


def sorted_frame(frame):
    return frame.sort(frame.columns)


def difference(table, expected, found):
    """The first difference in words, or None. `expected` is sorted."""
    found = sorted_frame(found.cast(schema_of(table)).select(policy.TABLES[table]))
    if found.equals(expected):
        return None
    missing = expected.join(found, on=expected.columns, how="anti")
    surplus = found.join(expected, on=expected.columns, how="anti")
    words = [f"{table}: {found.height:,} rows in place of {expected.height:,}"]
    if missing.height:
        words.append(f"the snapshot's {missing.row(0, named=True)} is not there")
    if surplus.height:
        words.append(f"{surplus.row(0, named=True)} is not in the snapshot")
    return "; ".join(words)


def check(peer, expected, folder):
    """The differences between a peer's last state and the snapshot's tables."""
    differences = []
    for table, frame in expected.items():
        path = folder / f"{table}.parquet"
        peer.write(table, path)
        differences.append(difference(table, frame, pl.read_parquet(path)))
        path.unlink()
    return [words for words in differences if words]
