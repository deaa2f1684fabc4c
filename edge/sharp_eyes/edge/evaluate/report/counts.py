"""Counts of many clips as one line."""

from collections import Counter
from collections.abc import Iterable, Mapping


def total(counts: Iterable[Mapping[str, int]]) -> str:
    """``smoke: second_look: nothing 3, …``, the most frequent first; empty where nothing was counted."""
    summed: Counter[str] = Counter()
    for one in counts:
        summed.update(one)
    return ", ".join(f"{name} {count}" for name, count in summed.most_common())
