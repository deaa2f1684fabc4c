"""The list of a folder's pictures, index.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path


def write_index(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write the rows under their columns' names."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def read_index(path: Path) -> list[dict[str, str]]:
    """Rows of an index written before; none when there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
