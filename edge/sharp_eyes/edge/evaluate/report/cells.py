"""Figures as text, in tables of the terminal and of the page."""

from sharp_eyes.edge.evaluate.report.model import Interval


def compared(value: float | None, first: float | None) -> str:
    """A figure, and in brackets by how much it differs from the first one's."""
    if value is None:
        return "–"
    return f"{value:.3f}" if first is None else f"{value:.3f} ({value - first:+.3f})"


def interval(pair: Interval | None) -> str:
    """Both ends of an interval."""
    return "–" if pair is None else f"{pair[0]:.2f}–{pair[1]:.2f}"
