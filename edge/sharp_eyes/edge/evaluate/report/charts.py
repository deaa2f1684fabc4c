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
    for line in lines:
        parts.append(_line(line))
    return "".join([*parts, "</svg>"])


def _line(line: ChartLine) -> str:
    if not line.points:
        return ""
    steps = " ".join(f"{_x(point.recall):.1f},{_y(point.precision):.1f}" for point in line.points)
    drawn = f'<polyline points="{steps}" fill="none" stroke="{line.colour}" stroke-width="1.8"/>'
    if line.at is not None:
        recall, precision = line.at
        drawn += f'<circle cx="{_x(recall):.1f}" cy="{_y(precision):.1f}" r="3.6" fill="{line.colour}" stroke="#fff"/>'
    return drawn


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
