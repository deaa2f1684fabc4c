"""Faces between rings of points; no Blender."""

from __future__ import annotations

from collections.abc import Iterator


def skin(rings: int, columns: int) -> Iterator[tuple[int, int, tuple[int, int, int, int]]]:
    """Ring, column and corners (numbers of points, ring after ring) of each face between closed rings."""
    for ring in range(rings - 1):
        for column in range(columns):
            following = (column + 1) % columns
            base, top = ring * columns, (ring + 1) * columns
            yield ring, column, (base + column, base + following, top + following, top + column)
