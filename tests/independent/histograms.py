"""Reads an interval log with PyPI's hdrhistogram, which shares no code with
notibench, and prints what is in it as JSON.

usage: histograms.py FILE.hlog TAG
"""

import io
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


def main():
    path, wanted = sys.argv[1:]
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
    table = io.BytesIO()
    merged.output_percentile_distribution(table, 1.0)
    print(json.dumps({"intervals": read, "tags": tags, "distribution": table.getvalue().decode()}))


main()
