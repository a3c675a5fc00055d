"""The same final state in SQL, by DuckDB: each table of it a statement."""

import time

import duckdb

import policy

EVENTS_CSV = """
    SELECT index, kind::kind AS kind, undo, actor, segment::segment AS segment, recipient, content
    FROM read_csv('{path}', header = true, columns = {{
        'index': 'UBIGINT', 'at_us': 'UBIGINT', 'kind': 'VARCHAR', 'undo': 'TINYINT',
        'actor': 'UBIGINT', 'segment': 'VARCHAR', 'recipient': 'UBIGINT', 'content': 'UBIGINT'}})
"""
EVENTS_PARQUET = """
    SELECT index, kind::VARCHAR::kind AS kind, undo, actor,
           segment::VARCHAR::segment AS segment, recipient, content
    FROM read_parquet('{path}')
"""


def names(kinds):
    return "(" + ", ".join(f"'{kind}'" for kind in kinds) + ")"


# The same three conditions as in the policy's table: an undo only of what can
# be undone, and nothing that somebody does to himself.
OTHERS = "actor <> recipient"
RINGS = f"(undo = 0 OR kind IN {names(policy.UNDOABLE)}) AND {OTHERS}"

# Only the inboxes that are too full are ranked: ranking all of them takes
# twice as long.
STATE = {
    "member_views": f"""
        SELECT recipient, kind, segment, count(*) AS n FROM events
        WHERE kind IN {names(policy.MEMBER_VIEWS)} AND undo = 0 AND {OTHERS}
        GROUP BY ALL""",
    "delivered": f"""
        SELECT recipient, kind, sum(1 - 2 * undo)::BIGINT AS n FROM events
        WHERE kind IN {names(policy.NOTIFY)} AND {RINGS}
        GROUP BY ALL HAVING n <> 0""",
    "marks": f"""
        SELECT recipient, max(index) AS mark FROM events
        WHERE kind = '{policy.MARK_READ}' AND undo = 0
        GROUP BY ALL""",
    "inbox": f"""
        WITH newest AS (
            SELECT recipient, kind, content, actor, max(index * 2 + undo) AS stamp FROM events
            WHERE kind IN {names(policy.NOTIFY)} AND {RINGS}
            GROUP BY ALL),
        crowded AS (
            SELECT recipient FROM newest GROUP BY ALL HAVING count(*) > {{capacity}})
        FROM newest WHERE recipient NOT IN (FROM crowded)
        UNION ALL
        (FROM newest WHERE recipient IN (FROM crowded)
         QUALIFY row_number() OVER (PARTITION BY recipient ORDER BY stamp DESC) <= {{capacity}})""",
    "content_views": f"""
        SELECT content, segment, count(*) AS n FROM events
        WHERE kind = '{policy.CONTENT_VIEW}' AND undo = 0 AND {OTHERS}
        GROUP BY ALL""",
    "reactions": f"""
        SELECT content, kind, sum(1 - 2 * undo)::BIGINT AS n FROM events
        WHERE kind IN {names(policy.REACTIONS)} AND {RINGS}
        GROUP BY ALL HAVING n <> 0""",
}


class DuckDb:
    """One database in memory, with the events of one stream in it."""

    name = "duckdb"
    version = duckdb.__version__

    def __init__(self, csv, threads, capacity):
        self.capacity = capacity
        self.database = duckdb.connect(":memory:")
        self.run(f"SET threads = {threads}")
        # rows need not come back in the order of the file
        self.run("SET preserve_insertion_order = false")
        self.run(f"CREATE TYPE kind AS ENUM {names(policy.KINDS)}")
        self.run(f"CREATE TYPE segment AS ENUM {names(policy.SEGMENTS)}")
        self.run("CREATE TABLE loaded AS" + EVENTS_CSV.format(path=csv))

    def run(self, statement):
        return self.database.execute(statement)

    def fold(self, source, path):
        """Makes the state's tables; returns the seconds that it took.

        What is read from a file goes into a table once, inside the time, and
        not once for each statement.
        """
        for table in [*policy.TABLES, "read"]:
            self.run(f"DROP TABLE IF EXISTS {table}")
        started = time.perf_counter()
        events = "loaded"
        if source != "memory":
            read = EVENTS_CSV if source == "csv" else EVENTS_PARQUET
            self.run("CREATE TABLE read AS" + read.format(path=path))
            events = "read"
        self.run(f"CREATE OR REPLACE TEMP VIEW events AS FROM {events}")
        for table, select in STATE.items():
            self.run(f"CREATE TABLE {table} AS " + select.format(capacity=self.capacity))
        return time.perf_counter() - started

    def write(self, table, path):
        """Writes one table of the last state as Parquet."""
        columns = ", ".join(
            f"{column}::VARCHAR AS {column}" if column in ("kind", "segment") else column
            for column in policy.TABLES[table]
        )
        self.run(f"COPY (SELECT {columns} FROM {table}) TO '{path}' (FORMAT parquet)")
