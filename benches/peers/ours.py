"""What notibench does for the comparison: the events, the snapshot, the times
of its engines. Everything comes from its command line."""

import json
import re
import subprocess
from pathlib import Path

NOTIBENCH = "target/release/notibench"


def call(*words):
    done = subprocess.run(
        [NOTIBENCH, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if done.returncode != 0:
        raise SystemExit(f"notibench {' '.join(map(str, words))}:\n{done.stderr.strip()}")
    return done.stdout


def without_reads(workload, folder):
    """A copy of a workload's file that asks for no reads. Its events are the
    same; `[expected]` goes, too, being of all events at the file's seed."""
    text = Path(workload).read_text(encoding="utf-8")
    sections = re.split(r"(?m)^(?=\[)", text)
    kept = [part for part in sections if not re.match(r"\[(reads|expected)[].]", part)]
    copy = folder / Path(workload).name
    copy.write_text("".join(kept), encoding="utf-8")
    return copy


class Ours:
    def __init__(self, workload, options, folder):
        self.workload, self.options, self.folder = workload, options, folder
        self.quiet = without_reads(workload, folder)

    def write_events(self, path):
        call("generate", self.workload, "--events", self.options.events, "--out", path)

    def write_snapshot(self, path):
        """Of a run whose final state was proved against the oracle's."""
        self.run(self.quiet, 0, "--snapshot", path)

    def times(self, with_reads):
        """Seconds of each engine over the stream, and events and reads of a trial.

        The oracle was asked before, once, for the snapshot: here what a state
        adds up to is held against the events, as it is without the oracle."""
        workload = self.workload if with_reads else self.quiet
        record = self.run(workload, 1, "--no-verify")
        trials = [trial for trial in record["trials"] if not trial["warmup"]]
        seconds = {trial["engine"]: trial["wall_ns"] / 1e9 for trial in trials}
        wanted = {engine: seconds[engine] for engine in self.options.engine}
        return wanted, record["plan"]["events"], record["plan"]["reads"]

    def run(self, workload, warmup, *more):
        options = self.options
        engines = [word for engine in options.engine for word in ("--engine", engine)]
        text = call(
            "run", workload, "--events", options.events, "--threads", options.threads,
            "--isolated", "--rounds", 1, "--warmup-rounds", warmup, "--format", "json", "--no-save",
            *engines, *more,
        )
        record = json.loads(text)
        wanted = "not_checked" if "--no-verify" in more else "equal"
        wrong = [proof for proof in record["proofs"]
                 if proof["engine"] in options.engine and proof["verdict"] != wanted]
        if wrong or not record["complete"]:
            raise SystemExit(f"an engine was not proved: {wrong}")
        return record
