"""Small drawings as SVG text: curves and intervals."""

from collections.abc import Sequence
from dataclasses import dataclass

from sharp_eyes.edge.evaluate.report.model import CurvePoint, Interval

COLOURS = ("#1f5fbf", "#c2410c", "#15803d", "#7e22ce", "#0e7490", "#a16207")
"""One a model; a seventh begins again."""

WIDTH, HEIGHT = 240, 200
LEFT, RIGHT, TOP, BOTTOM = 30, 8, 8, 26


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One model's curve.

    Attributes:
        colour: of the line.
        points: by rising recall.
        at: recall and precision at the threshold; None where nothing is found there.
    """

    colour: str
    points: Sequence[CurvePoint]
    at: tuple[float, float] | None


def colour_of(number: int) -> str:
    """Colour of the model of that number."""
    return COLOURS[number % len(COLOURS)]


def curve(lines: Sequence[ChartLine], words: tuple[str, str]) -> str:
    """Precision over recall, both 0 to 1, as a whole ``<svg>``; ``words`` name the axes and hold no markup."""
    parts = [_frame_of(words)]
    for line in lines:
        parts.append(_line(line))
    return "".join([*parts, "</svg>"])


def _frame_of(words: tuple[str, str]) -> str:
    """The begin of a chart whose axes go from 0 to 1, named by ``words`` (below, beside)."""
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" class="curve">']
    for step in range(6):
        share = step / 5
        x, y = _x(share), _y(share)
        parts.append(f'<path class="grid" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 11}" text-anchor="middle">{share:.1f}</text>')
        parts.append(f'<text x="{LEFT - 3}" y="{y + 3:.1f}" text-anchor="end">{share:.1f}</text>')
    recall, precision = words
    turned = f"translate(8 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)"
    parts.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 3}" text-anchor="middle">{recall}</text>')
    parts.append(f'<text transform="{turned}" text-anchor="middle">{precision}</text>')
    return "".join(parts)


def _line(line: ChartLine) -> str:
    if not line.points:
        return ""
    steps = " ".join(f"{_x(point.recall):.1f},{_y(point.precision):.1f}" for point in line.points)
    drawn = f'<polyline points="{steps}" fill="none" stroke="{line.colour}" stroke-width="1.8"/>'
    if line.at is not None:
        recall, precision = line.at
        drawn += f'<circle cx="{_x(recall):.1f}" cy="{_y(precision):.1f}" r="3.6" fill="{line.colour}" stroke="#fff"/>'
    return drawn


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """Detections of one bin of scores: their mean score, the share that is right with its interval, and how many."""

    score: float
    precision: float
    interval: Interval
    count: int


def reliability(lines: Sequence[tuple[str, Sequence[ReliabilityPoint]]], words: tuple[str, str]) -> str:
    """Precision over score as a whole ``<svg>``: on the diagonal a score means what it says.

    Args:
        lines: colour and bins of each model; a dot's area grows with how much it rests on, up to a hundred.
        words: names of the axes, without markup.
    """
    parts = [_frame_of(words), f'<path class="even" d="M{_x(0):.1f} {_y(0):.1f}L{_x(1):.1f} {_y(1):.1f}"/>']
    for colour, points in lines:
        for point in points:
            x, (low, high) = _x(point.score), point.interval
            parts.append(f'<path d="M{x:.1f} {_y(low):.1f}V{_y(high):.1f}" stroke="{colour}" opacity=".5"/>')
            radius = 1.5 + 2.5 * (min(point.count, 100) / 100) ** 0.5
            parts.append(f'<circle cx="{x:.1f}" cy="{_y(point.precision):.1f}" r="{radius:.1f}" fill="{colour}"/>')
    return "".join([*parts, "</svg>"])


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)


def whisker(value: float | None, interval: Interval | None, colour: str) -> str:
    """A value and its interval on a scale from 0 to 1."""
    if value is None:
        return ""
    low, high = interval or (value, value)
    return (
        '<svg viewBox="0 0 84 12" class="whisker" aria-hidden="true"><path class="grid" d="M2 6H82M2 2V10M82 2V10"/>'
        f'<path d="M{2 + 80 * low:.1f} 6H{2 + 80 * high:.1f}" stroke="{colour}" stroke-width="3"/>'
        f'<circle cx="{2 + 80 * value:.1f}" cy="6" r="3.4" fill="{colour}"/></svg>'
    )
