"""Two workers of a test run that start a server at once do not take the same port."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from tests.ports import FIRST, PAST, span

MADE = int(re.search(r"pytest -n (\d+)", (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8"))[1])  # type: ignore[index]


@pytest.mark.parametrize("workers", [1, 4, MADE, 64])
def test_each_worker_has_ports_of_its_own(workers: int) -> None:
    spans = [span(f"gw{number}", workers) for number in range(workers)]
    assert spans[0].start >= FIRST
    assert spans[-1].stop <= PAST
    assert all(before.stop <= after.start for before, after in pairwise(spans))
