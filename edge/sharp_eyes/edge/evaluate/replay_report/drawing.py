"""Measures, scores and events along the time, as SVG text."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from sharp_eyes.edge.evaluate.replay_report.timeline import Place, ReplayTimeline, Span, ZoneMeasure
from sharp_eyes.edge.evaluate.report.charts import colour_of

WIDTH, LEFT, RIGHT = 1000, 46, 14
HIGH, TOP, BAR, AXIS = 84, 8, 12, 20
MOST_POINTS = 900
"""Points of a line; of more, the greatest of each stretch is drawn."""

_GRADES = {"ordinary": "#c2410c", "serious": "#b42318", "major": "#7f1d1d"}
_LIMIT = "#b42318"


def of_place(timeline: ReplayTimeline, place: Place) -> Markup:
    """The main measure of one zone against its limit, and its events below."""
    stands = timeline.stands.get(place, [])
    spans = [span for span in timeline.spans.values() if (span.first.scene.value, span.first.zone) == place]
    limits = {stand.measure.threshold for stand in stands if stand.measure.threshold is not None}
    top = max([stand.measure.value for stand in stands] + [1.15 * limit for limit in limits], default=1.0) or 1.0
    parts = _scale(top, timeline.seconds) if stands else []
    for limit in limits:
        y = _y(limit, top)
        parts.append(
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{_LIMIT}" stroke-dasharray="5 3"/>'
            f'<text x="{LEFT - 4}" y="{y + 3:.1f}" text-anchor="end" fill="{_LIMIT}">{limit:g}</text>'
        )
    parts.append(_line([(stand.time, stand.measure.value) for stand in stands], top, timeline.seconds, colour_of(0)))
    bars = TOP + HIGH + 6 if stands else TOP
    parts += [_bar(span, bars, timeline.seconds) for span in spans]
    return _whole([*parts, *_axis(bars + BAR, timeline.seconds)], bars + BAR + AXIS)


def of_scores(timeline: ReplayTimeline) -> Markup:
    """The best score of each class in each look."""
    parts = _scale(1.0, timeline.seconds)
    for number, points in enumerate(timeline.scores.values()):
        for time, score in _thinned(points):
            x, y = _x(time, timeline.seconds), _y(score, 1.0)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="{colour_of(number)}"/>')
    return _whole([*parts, *_axis(TOP + HIGH, timeline.seconds)], TOP + HIGH + AXIS)


def main_measure(stands: Sequence[ZoneMeasure]) -> str:
    """Name and unit of what the line shows."""
    measure = stands[-1].measure
    return measure.name if measure.unit == "1" else f"{measure.name}, {measure.unit}"


def _bar(span: Span, top: int, length: float) -> str:
    end = length if span.ended is None else max(span.ended, span.opened)
    colour = _GRADES[span.latest.grade.value]
    began, opened, ended = (_x(moment, length) for moment in (span.began, span.opened, end))
    title = escape(f"{span.began:.1f}–{end:.1f} s, {span.opened:.1f} s")
    return (
        f'<g><title>{title}</title><rect x="{began:.1f}" y="{top}" width="{max(ended - began, 2):.1f}" height="{BAR}" '
        f'fill="{colour}" fill-opacity="0.3"/><rect x="{opened:.1f}" y="{top}" width="{max(ended - opened, 2):.1f}" '
        f'height="{BAR}" fill="{colour}"/></g>'
    )


def _line(points: Sequence[tuple[float, float]], top: float, length: float, colour: str) -> str:
    if not points:
        return ""
    steps = " ".join(f"{_x(time, length):.1f},{_y(value, top):.1f}" for time, value in _thinned(points))
    return f'<polyline points="{steps}" fill="none" stroke="{colour}" stroke-width="1.6"/>'


def _thinned(points: Sequence[tuple[float, float]]) -> Iterable[tuple[float, float]]:
    stretch = -(-len(points) // MOST_POINTS)
    if stretch <= 1:
        return points
    parts = (points[begin : begin + stretch] for begin in range(0, len(points), stretch))
    return [max(part, key=lambda point: point[1]) for part in parts]


def _scale(top: float, length: float) -> list[str]:
    right = _x(length, length)
    return [
        f'<path class="grid" d="M{LEFT} {_y(share * top, top):.1f}H{right:.1f}"/>'
        f'<text x="{LEFT - 4}" y="{_y(share * top, top) + 3:.1f}" text-anchor="end">{share * top:.3g}</text>'
        for share in (0.0, 1.0)
    ]


def _axis(top: int, length: float) -> list[str]:
    steps = (1, 2, 5, 10, 20, 60, 300, 600, 3600, 86_400)
    step = next((step for step in steps if length / step <= 12), steps[-1])
    ticks = [number * step for number in range(int(length / step) + 1)]
    return [f'<text x="{_x(tick, length):.1f}" y="{top + 14}" text-anchor="middle">{tick} s</text>' for tick in ticks]


def _whole(parts: Sequence[str], height: int) -> Markup:
    return Markup(f'<svg viewBox="0 0 {WIDTH} {height}" role="img" class="timeline">{"".join(parts)}</svg>')


def _x(seconds: float, length: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max(seconds / max(length, 1e-3), 0.0), 1.0)


def _y(value: float, top: float) -> float:
    return TOP + HIGH * (1 - min(max(value / top, 0.0), 1.0))
