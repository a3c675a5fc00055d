"""Ratios of paired times, with Student's t on their logarithms, as
docs/METHODOLOGY.md has it for engines."""

import math
import statistics

# Quantiles of Student's t at 0.975 for 1 to 30 degrees of freedom (E. S.
# Pearson and H. O. Hartley, "Biometrika Tables for Statisticians", table 12).
T_975 = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
]


def t_975(degrees):
    """Beyond the table that of 30, which makes an interval a little wide."""
    return T_975[min(degrees, len(T_975)) - 1]


def speed_ratio(theirs, ours):
    """How many times as fast ours is: (geometric mean, low, high) at 95%,
    over rounds that both ran; low and high are None for a single round."""
    logs = [math.log(their / our) for their, our in zip(theirs, ours, strict=True)]
    mean = statistics.fmean(logs)
    if len(logs) < 2:
        return math.exp(mean), None, None
    half = t_975(len(logs) - 1) * statistics.stdev(logs) / math.sqrt(len(logs))
    return math.exp(mean), math.exp(mean - half), math.exp(mean + half)
