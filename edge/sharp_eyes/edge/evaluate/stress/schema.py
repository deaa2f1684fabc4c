"""What a stress run says, as written to ``report.json``. The form is documented in docs/evaluator.md."""

from typing import Literal

from sharp_eyes.contract.event import Grade, Measure
from sharp_eyes.edge.evaluate.events.schema import NetworkNote, UnjudgedNote
from sharp_eyes.edge.evaluate.report.model import FootageKind, Interval, ReportModel

FORMAT: Literal["sharp-eyes-stress"] = "sharp-eyes-stress"
VERSION: Literal[1] = 1
"""Goes up when a reader of an older report would misread a newer one; new keys alone do not count."""


class AlarmNote(ReportModel):
    """One alarm.

    Attributes:
        played: seconds of camera time after the clip's start; ``footage``: where in the recording that is.
        number: of the pass, from 0; ``backward``: whether time ran back in it.
        repeat: whether an earlier pass had raised the same at about the same place of the recording.
    """

    clip: str
    kind: FootageKind
    scene: str
    zone: str
    id: str
    played: float
    footage: float
    number: int
    backward: bool
    repeat: bool
    score: float
    grade: Grade
    object_class: str | None
    box: tuple[float, float, float, float] | None
    measures: list[Measure]


class StressClipNote(ReportModel):
    """One clip: how long it is, how long it was played, and in how many passes.

    ``refused``: candidates that the second look did not bear out.
    """

    name: str
    kind: FootageKind
    licence: str
    source: str
    sha256: str
    seconds: float
    played: float
    passes: int
    looks: int
    watched: list[str]
    alarms: int
    refused: dict[str, int]


class TooShortNote(ReportModel):
    """A scene that could raise nothing in some clips, because they were not played for the ``wanted`` seconds."""

    scene: str
    wanted: float
    clips: list[str]


class StressRow(ReportModel):
    """Alarms of one scene, or of all (``scene`` None), on one kind of clips.

    A clip in which a scene could raise nothing (see :class:`TooShortNote`) does not count for that scene.

    Attributes:
        alarms, played_hours, per_played_hour: all alarms, and the camera time in which they came. The passes are not
            independent of each other, so there is no interval.
        distinct, footage_hours, per_footage_hour, interval: alarms without their repeats, for each hour of different
            footage, with the exact 95 % interval.
    """

    kind: FootageKind
    scene: str | None
    clips: int
    alarms: int
    played_hours: float
    per_played_hour: float | None
    distinct: int
    footage_hours: float
    per_footage_hour: float | None
    interval: Interval | None


class StressReport(ReportModel):
    """All of ``report.json``."""

    format: Literal["sharp-eyes-stress"] = FORMAT
    version: Literal[1] = VERSION
    program: str
    suite: str
    hours: float
    settings: Literal["default", "own"]
    second_look: bool
    networks: list[NetworkNote]
    clips: list[StressClipNote]
    not_judged: list[UnjudgedNote]
    not_ordinary: list[str]
    too_short: list[TooShortNote]
    rows: list[StressRow]
    alarms: list[AlarmNote]
