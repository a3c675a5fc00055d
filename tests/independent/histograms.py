"""Reads an interval log with PyPI's hdrhistogram, which shares no code with
notibench, and prints what is in it as JSON.

It also checks the lines of a percentile distribution of that tag.

usage: histograms.py FILE.hlog TAG [FILE.hgrm]
"""

import json
import re
import sys
import zlib

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader


def check_whole(path):
    """The first comment says how many intervals there are, and their CRC-32."""
    with open(path, "rb") as file:
        lines = file.readlines()
    told = re.match(rb"#\[Intervals: (\d+), CRC-32 of their lines: ([0-9a-f]{8})\]\n", lines[0])
    if not told:
        sys.exit("the first line does not say how much there is")
    intervals = [line for line in lines if not line.startswith(b"#")]
    crc = zlib.crc32(b"".join(intervals))
    if (len(intervals), crc) != (int(told[1]), int(told[2], 16)):
        sys.exit(f"cut off or changed: {len(intervals)} intervals of {int(told[1])}")
    return len(intervals)


def check_distribution(path, merged):
    """Every line's value is at its percentile, with as many samples up to it."""
    with open(path, encoding="utf-8") as file:
        lines = [line.split() for line in file if line.strip() and not line.startswith("#")]
    steps = [(step.value_iterated_to, step.total_count_to_this_value)
             for step in merged.get_recorded_iterator()]
    for value, quantile, total, *_ in lines[1:]:
        value, quantile, total = float(value), float(quantile), int(total)
        up_to = max(count for reached, count in steps if reached <= value)
        if (merged.get_value_at_percentile(100 * quantile), up_to) != (value, total):
            sys.exit(f"{value} {quantile} {total}: {up_to} samples up to it")
    if int(lines[-1][2]) != merged.get_total_count():
        sys.exit("the last line is not of all samples")
    return len(lines) - 1


def main():
    path, wanted, *distribution = sys.argv[1:]
    intervals = check_whole(path)
    blank = HdrHistogram(1, 3_600_000_000_000, 3)
    reader = HistogramLogReader(path, blank)
    tags = {}
    merged = HdrHistogram(1, 3_600_000_000_000, 3)
    read = 0
    while (histogram := reader.get_next_interval_histogram()) is not None:
        read += 1
        tag = histogram.get_tag()
        tags[tag] = tags.get(tag, 0) + histogram.get_total_count()
        if tag == wanted:
            merged.add(histogram)
    if read != intervals:
        sys.exit(f"{read} intervals were read, {intervals} are there")
    lines = check_distribution(distribution[0], merged) if distribution else 0
    print(json.dumps({"intervals": read, "tags": tags, "lines": lines}))


main()
