"""The same final state in expressions, by Polars, in one lazy query a table.

The number of threads is Polars' own environment variable, read when it is
imported: `compare.py` sets it before.
"""

import time

import polars as pl
from polars import col

import policy

EVENTS = {
    "index": pl.UInt64, "at_us": pl.UInt64, "kind": pl.Enum(policy.KINDS), "undo": pl.Int8,
    "actor": pl.UInt64, "segment": pl.Enum(policy.SEGMENTS),
    "recipient": pl.UInt64, "content": pl.UInt64,
}


def state(events, capacity):
    """Lazy frames of the state, in the order of `policy.TABLES`."""
    kind = col("kind")
    of_others = events.filter(col("actor") != col("recipient"))
    seen = of_others.filter(col("undo") == 0)
    rung = of_others.filter(
        kind.is_in(policy.NOTIFY) & ((col("undo") == 0) | kind.is_in(policy.UNDOABLE))
    )
    less_undone = (1 - 2 * col("undo").cast(pl.Int64)).sum().alias("n")
    stamp = (col("index") * 2 + col("undo").cast(pl.UInt64)).alias("stamp")

    member_views = seen.filter(kind.is_in(policy.MEMBER_VIEWS))
    member_views = member_views.group_by("recipient", "kind", "segment").len("n")
    delivered = rung.group_by("recipient", "kind").agg(less_undone).filter(col("n") != 0)
    # a read mark is the only thing that one does to oneself
    marks = events.filter((kind == policy.MARK_READ) & (col("undo") == 0))
    marks = marks.group_by("recipient").agg(col("index").max().alias("mark"))
    key = ["recipient", "kind", "content", "actor"]
    newest = rung.select(*key, stamp).group_by(key).agg(col("stamp").max())
    content_views = seen.filter(kind == policy.CONTENT_VIEW)
    content_views = content_views.group_by("content", "segment").len("n")
    reactions = rung.filter(kind.is_in(policy.REACTIONS))
    reactions = reactions.group_by("content", "kind").agg(less_undone).filter(col("n") != 0)
    return [member_views, delivered, marks, inbox(newest, capacity), content_views, reactions]


def inbox(newest, capacity):
    """Only inboxes that are too full are ranked: ranking all takes longer."""
    sized = newest.with_columns(pl.len().over("recipient").alias("size"))
    rank = col("stamp").rank("ordinal", descending=True).over("recipient")
    fitting = sized.filter(col("size") <= capacity)
    crowded = sized.filter(col("size") > capacity).filter(rank <= capacity)
    return pl.concat([fitting, crowded]).drop("size")


class Polars:
    """One data frame of the events of one stream."""

    name = "polars"
    version = pl.__version__

    def __init__(self, csv, capacity):
        self.capacity = capacity
        self.loaded = pl.read_csv(csv, schema=EVENTS).drop("at_us").rechunk()
        self.frames = {}

    def write_events(self, path):
        """Writes the events as Parquet, for both peers to read."""
        self.loaded.write_parquet(path)

    def fold(self, source, path):
        """Makes the state's frames; returns the seconds that it took."""
        self.frames = {}
        started = time.perf_counter()
        if source == "memory":
            events = self.loaded.lazy()
        elif source == "csv":
            events = pl.scan_csv(path, schema=EVENTS)
        else:
            events = pl.scan_parquet(path)
        frames = pl.collect_all(state(events, self.capacity), engine="streaming")
        took = time.perf_counter() - started
        self.frames = dict(zip(policy.TABLES, frames))
        return took

    def write(self, table, path):
        """Writes one table of the last state as Parquet."""
        self.frames[table].select(policy.TABLES[table]).write_parquet(path)
