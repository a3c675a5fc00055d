"""DuckDB and Polars beside notibench's engines, on the same events.

Each peer's final state is held against the snapshot, cell by cell, before any
time counts; then all take turns, shuffled anew each round. Run it by
`benches/peers/run`; docs/PEERS.md says what the comparison leaves out.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
from pathlib import Path

import intervals
from ours import Ours

SOURCES = ["memory", "csv", "parquet"]


def options():
    parser = argparse.ArgumentParser(prog="benches/peers/run", description=__doc__)
    parser.add_argument("workload", nargs="?", default="workloads/steady_week.toml")
    parser.add_argument("--events", default="5M", help="events of the stream [5M]")
    parser.add_argument("--threads", type=int, default=2, help="threads of each [2]")
    parser.add_argument("--rounds", type=int, default=10, help="rounds that count [10]")
    parser.add_argument("--engine", action="append", help="repeatable [dashmap, partitioned]")
    parser.add_argument("--seed", type=int, default=1, help="of the order of turns [1]")
    parser.add_argument("--out", help="write the seconds of every turn here, as JSON")
    given = parser.parse_args()
    given.engine = given.engine or ["dashmap", "partitioned"]
    if given.rounds < 1 or given.threads < 1:
        parser.error("--rounds and --threads must be at least 1")
    return given


def say(words):
    print(words, file=sys.stderr, flush=True)


class Comparison:
    def __init__(self, given, folder):
        # read when polars is imported
        os.environ["POLARS_MAX_THREADS"] = str(given.threads)
        from duckdb_peer import DuckDb
        from polars_peer import Polars
        from policy import INBOX_CAPACITY

        self.given, self.folder = given, folder
        self.ours = Ours(given.workload, given, folder)
        self.paths = {"memory": None, "csv": folder / "events.csv",
                      "parquet": folder / "events.parquet"}
        say("writing the events")
        self.ours.write_events(self.paths["csv"])
        duck = DuckDb(self.paths["csv"], given.threads, INBOX_CAPACITY)
        polars = Polars(self.paths["csv"], INBOX_CAPACITY)
        polars.write_events(self.paths["parquet"])
        self.peers = [duck, polars]
        # seconds by who and from where, a number for each round
        self.seconds = {}
        self.events = self.reads = 0

    def check(self):
        """Ends the program where a peer's state is not the snapshot's."""
        import equality

        say("writing and reading the snapshot")
        path = self.folder / "state.ndjson"
        self.ours.write_snapshot(path)
        with path.open(encoding="ascii") as lines:
            next(lines)
            expected = equality.snapshot_tables(lines)
        path.unlink()
        for peer in self.peers:
            for source in SOURCES:
                peer.fold(source, self.paths[source])
                wrong = equality.check(peer, expected, self.folder)
                if wrong:
                    say(f"{peer.name} from {source} is not equal to the snapshot:")
                    say("\n".join(wrong))
                    raise SystemExit(3)
        rows = sum(frame.height for frame in expected.values())
        return rows, {name: frame.height for name, frame in expected.items()}

    def turns(self):
        turns = [(peer.name, source, lambda peer=peer, source=source: self.peer_turn(peer, source))
                 for peer in self.peers for source in SOURCES]
        turns.append(("engines", "no reads", lambda: self.engines_turn(False)))
        turns.append(("engines", "reads", lambda: self.engines_turn(True)))
        return turns

    def measure(self):
        shuffler = random.Random(self.given.seed)
        turns = self.turns()
        for number in range(self.given.rounds):
            say(f"round {number + 1} of {self.given.rounds}")
            shuffler.shuffle(turns)
            for _, _, turn in turns:
                turn()

    def peer_turn(self, peer, source):
        # in memory one fold before, as an engine has its round of warm-up;
        # of a file the check has left the pages in the system's cache
        if source == "memory":
            peer.fold(source, self.paths[source])
        self.add(peer.name, source, peer.fold(source, self.paths[source]))

    def engines_turn(self, with_reads):
        times, self.events, reads = self.ours.times(with_reads)
        self.reads = max(self.reads, reads)
        for engine, seconds in times.items():
            self.add(engine, "reads" if with_reads else "memory", seconds)

    def add(self, who, source, seconds):
        self.seconds.setdefault((who, source), []).append(seconds)


def title(comparison, rows, tables):
    given = comparison.given
    versions = ", ".join(f"{peer.name} {peer.version}" for peer in comparison.peers)
    yield (f"{Path(given.workload).stem}: {comparison.events:,} events, {given.threads} threads each, "
           f"{given.rounds} rounds in shuffled turns")
    yield f"{versions}; Python {sys.version.split()[0]}, {os.cpu_count()} processors"
    yield ""
    counts = ", ".join(f"{name} {count:,}" for name, count in tables.items())
    yield f"equal: every peer's state, from {', '.join(SOURCES)}, is the snapshot's, all {rows:,} rows of it"
    yield f"  ({counts})"
    yield ""


def speeds(comparison):
    yield f"{'':14}{'from':28}{'rows/s':>10}{'time':>11}   best to worst"
    for (who, source), times in sorted(
        comparison.seconds.items(), key=lambda entry: statistics.median(entry[1])
    ):
        if source == "reads":
            source = f"memory, and {comparison.reads:,} reads"
        middle = statistics.median(times)
        spread = f"{min(times) * 1e3:.0f} to {max(times) * 1e3:.0f} ms"
        yield (f"{who:14}{source:28}{comparison.events / middle / 1e6:>9.2f}M"
               f"{middle * 1e3:>8.0f} ms   {spread}")
    yield ""


def ratios(comparison):
    yield "how many times as fast, both from memory [95% interval]"
    for engine in comparison.given.engine:
        for source, what in [("memory", "alone"), ("reads", "with reads")]:
            ours = comparison.seconds[(engine, source)]
            cells = []
            for peer in comparison.peers:
                theirs = comparison.seconds[(peer.name, "memory")]
                ratio, low, high = intervals.speed_ratio(theirs, ours)
                interval = "" if low is None else f" [{low:.2f}, {high:.2f}]"
                cells.append(f"{ratio:.2f}{interval} × {peer.name}")
            yield f"  {engine:14}{what:12}{'   '.join(cells)}"
    if comparison.given.rounds < 2:
        yield "  one round has no interval"


def save(comparison, path):
    turns = [{"who": who, "from": source, "seconds": times}
             for (who, source), times in comparison.seconds.items()]
    what = {"events": comparison.events, "reads": comparison.reads,
            "threads": comparison.given.threads, "workload": comparison.given.workload,
            "versions": {peer.name: peer.version for peer in comparison.peers}, "turns": turns}
    Path(path).write_text(json.dumps(what, indent=1) + "\n", encoding="ascii")


def main():
    given = options()
    with tempfile.TemporaryDirectory(prefix="notibench-peers-") as folder:
        comparison = Comparison(given, Path(folder))
        rows, tables = comparison.check()
        say(f"equal, {rows:,} rows")
        comparison.measure()
    for part in (title(comparison, rows, tables), speeds(comparison), ratios(comparison)):
        for line in part:
            print(line)
    if given.out:
        save(comparison, given.out)


if __name__ == "__main__":
    main()
