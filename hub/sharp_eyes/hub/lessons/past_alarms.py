"""Reads a camera's past alarms of a scene for advice on its thresholds, and what of its settings is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.thresholds import EXEMPT, HELD_AGAINST, SCORE, Held
from sharp_eyes.hub.cases.verdicts import Verdict, verdict
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.lessons.advice import Advice, JudgedAlarm, advise
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.tables import CameraSettings
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MOST_ALARMS = 50_000
"""The newest so many of a camera's scene are looked at."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of a scene's settings at one camera."""

    gateway: str
    camera: str
    scene: SceneName
    key: str


@dataclass(frozen=True, slots=True)
class AdviceFound:
    """Advice, and what it was made from.

    Attributes:
        present: what holds now, by the gateway's report or by the alarms themselves; None where neither says it.
        unit: UCUM unit of the values.
        read: alarms that were looked at; ``cut``: there were more.
        exact: whether the counts are what would have been; otherwise at most so many of each would be dropped.
    """

    present: float | None
    unit: str
    read: int
    cut: bool
    exact: bool
    advice: Advice


def keys_of(scene: SceneName) -> tuple[str, ...]:
    """Numbers of a scene's settings on which there can be advice."""
    return tuple(HELD_AGAINST.get(scene, {}))


def check_key(scene: SceneName, key: str) -> Held:
    """Give the score or measure that is held against a key.

    Raises:
        RequestError: 422 ``no_threshold`` where there is none; names those that there are.
    """
    held = HELD_AGAINST.get(scene, {}).get(key)
    if held is None:
        known = ", ".join(keys_of(scene)) or "none"
        raise RequestError(
            422, "no_threshold", f"scene {scene} has no threshold {key!r} to advise on; there are: {known}"
        )
    return held


def find_advice(
    work: UnitOfWork, asked: Threshold, since: datetime, until: datetime, most_lost: int = 0
) -> AdviceFound:
    """Say what a higher threshold would have changed for the alarms of a stretch of time.

    Raises:
        RequestError: 422 ``no_threshold``.
    """
    held, exact = check_key(asked.scene, asked.key)
    place = (
        Alarm.gateway == asked.gateway, Alarm.camera == asked.camera, Alarm.scene == asked.scene.value,
        Alarm.received_at >= since, Alarm.received_at < until,
    )  # fmt: skip
    query = (
        select(Alarm.case_id, verdict(), Alarm.highest, Alarm.score, Alarm.measures, Alarm.object_class)
        .join(Case, Case.id == Alarm.case_id)
        .where(*place)
        .order_by(Alarm.received_at.desc(), Alarm.event_id)
        .limit(MOST_ALARMS + 1)
    )
    rows = work.session.execute(query).all()
    exempt = EXEMPT.get(asked.scene, frozenset())
    alarms, limit, unit = [], None, "1"
    for case_id, said, highest, score, measures, object_class in rows[:MOST_ALARMS]:
        measure = next((one for one in measures if one.get("name") == held), None)
        if measure is not None and limit is None:
            limit, unit = measure.get("threshold"), measure.get("unit", "1")
        value = None if object_class in exempt else _value(held, highest, score, measure)
        alarms.append(JudgedAlarm(case_id, Verdict(said), value))
    present = _set_value(work, asked)
    present = limit if present is None else present
    advice = advise(alarms, present, most_lost, 0 if unit == "s" else 2)
    return AdviceFound(present, unit, len(alarms), len(rows) > MOST_ALARMS, exact, advice)


def _value(
    held: str, highest: Mapping[str, float] | None, score: float, measure: Mapping[str, Any] | None
) -> float | None:
    """The highest that was said; of alarms from before it was kept the latest."""
    if highest is not None and held in highest:
        return float(highest[held])
    if held == SCORE:
        return score
    return None if measure is None else float(measure["value"])


def _set_value(work: UnitOfWork, asked: Threshold) -> float | None:
    """What the gateway says that is set; None where the scene's default holds."""
    row = work.session.get(CameraSettings, (asked.gateway, asked.camera))
    scenes = [] if row is None else row.settings.get("scenes") or []
    values = [one.get(asked.key) for one in scenes if isinstance(one, dict) and one.get("scene") == asked.scene.value]
    known = [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    return known[0] if known else None
