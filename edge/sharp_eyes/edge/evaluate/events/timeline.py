"""A clip's expected events, traps and events along its time, as SVG text."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from sharp_eyes.edge.evaluate.events.event_matching import EventMatch
from sharp_eyes.edge.evaluate.events.metrics import JudgedClip
from sharp_eyes.edge.evaluate.events.suite import zones_of
from sharp_eyes.edge.evaluate.events.truth import Expected
from sharp_eyes.edge.evaluate.events.words import SCENES

WIDTH, LEFT, RIGHT = 1000, 10, 14
LABEL, LANE, GAP, AXIS = 15, 11, 3, 22

COLOURS = {"hit": "#15803d", "false_alarm": "#b42318", "duplicate": "#c2410c"}
GREY = "#64748b"


def timeline(judged: Sequence[JudgedClip]) -> Markup:
    """One clip in all variants, as a whole ``<svg>``."""
    first = judged[0]
    length = max(first.seconds, 1e-3)
    places = dict.fromkeys(
        [(settings.scene.value, zone) for settings in first.clip.scenes for zone in zones_of(settings)]
    )
    parts: list[str] = []
    top = 4
    for place in places:
        parts.append(f'<text x="{LEFT}" y="{top + 11}">{_name(place[0])} · {escape(place[1])}</text>')
        top += LABEL
        parts += _wanted(judged, place, top, length)
        top += LANE + GAP
        for one in judged:
            parts += [_event(case, top, length) for case in one.cases if case.event and case.place == place]
            top += LANE + GAP
        top += 5
    parts += _axis(top, length)
    height = top + AXIS
    grid = f'<path class="grid" d="M{LEFT} {top}H{WIDTH - RIGHT}"/>'
    return Markup(f'<svg viewBox="0 0 {WIDTH} {height}" role="img" class="timeline">{grid}{"".join(parts)}</svg>')


def _name(scene: str) -> str:
    english, chinese = SCENES.get(scene, (scene, scene))
    return f'<tspan lang="en">{escape(english)}</tspan><tspan lang="zh">{escape(chinese)}</tspan>'


def _wanted(judged: Sequence[JudgedClip], place: tuple[str, str], top: int, length: float) -> list[str]:
    missed = {id(case.expected) for one in judged for case in one.cases if case.verdict == "miss"}
    here = [one for one in judged[0].clip.expected if (one.scene, one.zone) == place]
    return [_expected(one, id(one) in missed, top, length) for one in here]


def _expected(one: Expected, missed: bool, top: int, length: float) -> str:
    left, wide = _span(one.start, one.end, length)
    style = f'fill="{GREY}" fill-opacity="0.12" stroke="{GREY}" stroke-dasharray="3 2"'
    if one.expected:
        frame = f' stroke="{COLOURS["false_alarm"]}"' if missed else ""
        style = f'fill="{COLOURS["hit"]}" fill-opacity="0.35"{frame}'
    # Traps are drawn lower by half: they often lie within an expected event.
    shift = 0 if one.expected else LANE // 2
    return (
        f'<rect x="{left:.1f}" y="{top + shift}" width="{wide:.1f}" height="{LANE - shift}" {style}>'
        f"<title>{escape(one.why or f'{one.start:g}–{one.end:g} s')}</title></rect>"
    )


def _event(case: EventMatch, top: int, length: float) -> str:
    event = case.event
    if event is None:
        return ""
    colour = COLOURS[case.verdict]
    begin, whole = _span(event.started, event.ended, length)
    alarm, rest = _span(event.opened, max(event.ended, event.opened), length)
    name = escape(f"{event.opened:g} s" + (f" · {case.trap.why}" if case.trap else ""))
    return (
        f'<g><title>{name}</title><rect x="{begin:.1f}" y="{top}" width="{whole:.1f}" height="{LANE}" '
        f'fill="{colour}" fill-opacity="0.3"/><rect x="{alarm:.1f}" y="{top}" width="{rest:.1f}" height="{LANE}" '
        f'fill="{colour}"/></g>'
    )


def _span(start: float, end: float, length: float) -> tuple[float, float]:
    left, right = _x(start, length), _x(end, length)
    return left, max(right - left, 2.0)


def _x(seconds: float, length: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max(seconds / length, 0.0), 1.0)


def _axis(top: int, length: float) -> list[str]:
    step = next(step for step in (1, 2, 5, 10, 20, 60, 300, 600, 3600, 86_400) if length / step <= 12 or step == 86_400)
    ticks = [number * step for number in range(int(length / step) + 1)]
    return [f'<text x="{_x(tick, length):.1f}" y="{top + 14}" text-anchor="middle">{tick}</text>' for tick in ticks]
