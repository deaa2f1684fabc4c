"""Two workers of a test run that start a server at once do not take the same port."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from tests.ports import FIRST, PAST, begin, span

MADE = int(re.search(r"pytest -n (\d+)", (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8"))[1])  # type: ignore[index]


@pytest.mark.parametrize("workers", [1, 4, MADE, 64])
def test_each_worker_has_ports_of_its_own(workers: int) -> None:
    spans = [span(f"gw{number}", workers) for number in range(workers)]
    assert spans[0].start >= FIRST
    assert spans[-1].stop <= PAST
    assert all(before.stop <= after.start for before, after in pairwise(spans))


def test_runs_that_are_started_at_once_do_not_take_each_others_ports() -> None:
    """Their numbers lie beside each other, and a port that is free now may be taken before its server listens."""
    own = span("gw0", 4)
    starts = [begin(own, process) for process in range(32_320, 32_330)]
    assert min(abs(a - b) for a, b in pairwise(sorted(starts))) >= 100
