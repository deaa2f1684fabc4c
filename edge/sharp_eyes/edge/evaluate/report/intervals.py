"""Exact 95 % intervals of what was counted."""

from scipy.special import betaincinv, gammaincinv

TAIL = 0.025
"""Probability that is left out at either end."""


def count_interval(count: int) -> tuple[float, float]:
    """Interval of the expected number behind a count, by the exact method (Garwood, 1936): no zero is ever certain."""
    low = float(gammaincinv(count, TAIL)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - TAIL))


def exact_share_interval(count: int, of: int) -> tuple[float, float]:
    """Interval of a share, by the exact method (Clopper and Pearson, 1934)."""
    low = float(betaincinv(count, of - count + 1, TAIL)) if count else 0.0
    return low, float(betaincinv(count + 1, of - count, 1 - TAIL)) if count < of else 1.0
