"""Figures from verdicts: what share is right, how late it comes, and how much noise an hour brings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sharp_eyes.contract.event import Grade
from sharp_eyes.edge.evaluate.detectors.average_precision import share_interval
from sharp_eyes.edge.evaluate.events.event_matching import EventMatch
from sharp_eyes.edge.evaluate.events.schema import Figures, Spread
from sharp_eyes.edge.evaluate.events.suite import SuiteClip
from sharp_eyes.edge.evaluate.events.truth import Expected
from sharp_eyes.edge.evaluate.report.intervals import count_interval
from sharp_eyes.edge.evaluate.report.model import Interval
from sharp_eyes.edge.sampling import SAME_MOMENT
from sharp_eyes.edge.scenes.base import FrameScene, SceneSettings
from sharp_eyes.edge.scenes.catalogue import SCENES

_ORDER = (Grade.ORDINARY, Grade.SERIOUS, Grade.MAJOR)


@dataclass(frozen=True, slots=True)
class JudgedClip:
    """The verdicts on one clip in one variant; ``clip`` has that variant's settings, ``seconds`` is its length."""

    clip: SuiteClip
    seconds: float
    cases: tuple[EventMatch, ...]


def figures_of(judged: Sequence[JudgedClip], scene: str | None) -> Figures:
    """Figures of one scene, or of all, over the clips whose cameras watch for it.

    A duplicate counts against the precision as a false alarm does: both send somebody for nothing.
    """
    watching = [one for one in judged if scene is None or any(own.scene == scene for own in one.clip.scenes)]
    pairs = [(one, case) for one in watching for case in one.cases if scene is None or case.place[0] == scene]
    hits = [(one, case) for one, case in pairs if case.verdict == "hit"]
    counts = {name: sum(case.verdict == name for _, case in pairs) for name in ("miss", "false_alarm", "duplicate")}
    right, raised, wanted = len(hits), len(pairs) - counts["miss"], len(hits) + counts["miss"]
    hours = sum(one.seconds for one in watching) / 3600
    graded = [case for _, case in hits if case.expected is not None and case.expected.grade is not None]
    late = [lateness(one.clip, case) for one, case in hits]
    return Figures(
        clips=len(watching),
        hours=round(hours, 6),
        expected=wanted,
        hits=right,
        misses=counts["miss"],
        false_alarms=counts["false_alarm"],
        duplicates=counts["duplicate"],
        precision=_share(right, raised),
        precision_interval=_interval(right, raised),
        recall=_share(right, wanted),
        recall_interval=_interval(right, wanted),
        f1=_share(2 * right, raised + wanted),
        late=_spread([value for value, _ in late]),
        waited=_spread([case.event.opened - case.expected.start for _, case in hits if case.event and case.expected]),
        within_look=sum(value <= interval + SAME_MOMENT for value, interval in late),
        grades_agreed=sum(_gravest(case) is case.expected.grade for case in graded if case.expected),
        grades_asked=len(graded),
        false_alarms_per_hour=_rate(counts["false_alarm"], hours),
        false_alarms_interval=rate_interval(counts["false_alarm"], hours),
        duplicates_per_hour=_rate(counts["duplicate"], hours),
        duplicates_interval=rate_interval(counts["duplicate"], hours),
    )


def settings_of(clip: SuiteClip, scene: str, zone: str) -> SceneSettings:
    """The settings of the scene that watches a zone."""
    for settings in clip.scenes:
        shapes = (*getattr(settings, "zones", ()), *getattr(settings, "lines", ()))
        if settings.scene == scene and any(shape.id == zone for shape in shapes):
            return settings
    raise KeyError(zone)


def due(clip: SuiteClip, expected: Expected) -> float:
    """When the rule can first hold: the truth's ``due``, or what the scene's settings say.

    That is the begin and the dwell, or the looks that must have seen it; at a line the begin; and where every
    frame is followed the end, for a thing has fallen when it lies below.
    """
    if expected.due is not None:
        return expected.due
    settings = settings_of(clip, expected.scene, expected.zone)
    if issubclass(SCENES[expected.scene], FrameScene):
        return expected.end
    return expected.start + waiting(settings, expected.zone)


def waiting(settings: SceneSettings, zone: str) -> float:
    """Seconds for which a condition must hold before the scene can raise it: its dwell, or the looks that must see it.

    Nothing where every frame is followed, and at a line.
    """
    if issubclass(SCENES[settings.scene], FrameScene):
        return 0.0
    if any(shape.id == zone for shape in getattr(settings, "lines", ())):
        return 0.0
    votes: int | None = getattr(settings, "votes", None)
    return (votes - 1) * settings.look_interval if votes else float(getattr(settings, "dwell", 0.0))


def lateness(clip: SuiteClip, case: EventMatch) -> tuple[float, float]:
    """Seconds from when the rule could hold to the alarm of a hit, and the seconds between two looks."""
    if case.event is None or case.expected is None:
        raise ValueError("only a hit has its alarm and its expected event")
    settings = settings_of(clip, case.expected.scene, case.expected.zone)
    return round(case.event.opened - due(clip, case.expected), 3), settings.look_interval


def rate_interval(count: int, hours: float) -> Interval:
    """95 % interval of a rate an hour from a count, by the exact method (Garwood, 1936): no zero is ever certain."""
    if hours <= 0:
        return 0.0, 0.0
    low, high = count_interval(count)
    return round(low / hours, 3), round(high / hours, 3)


def _gravest(case: EventMatch) -> Grade | None:
    grades = [message.grade for message in case.event.messages] if case.event else []
    return max(grades, key=_ORDER.index, default=None)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _interval(part: int, whole: int) -> Interval | None:
    if not whole:
        return None
    low, high = share_interval(part, whole)
    return round(low, 6), round(high, 6)


def _rate(count: int, hours: float) -> float:
    return round(count / hours, 3) if hours > 0 else 0.0


def _spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    middle, high = (round(float(value), 3) for value in np.percentile(values, [50, 95]))
    return Spread(p50=middle, p95=high, least=round(min(values), 3), most=round(max(values), 3))
