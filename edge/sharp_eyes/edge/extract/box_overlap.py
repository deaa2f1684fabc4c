"""Overlap of two boxes."""

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels, or in shares of the picture."""


def overlap(a: Box, b: Box) -> float:
    """Intersection over union, 0 to 1."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    both = max(wide, 0.0) * max(high, 0.0)
    return both / max((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both, 1e-9)
