"""The course of a replay: scores, measures and events along the time, gathered frame by frame."""

from dataclasses import dataclass, field
from typing import Any

from sharp_eyes.contract.event import Measure, Phase, SceneEvent
from sharp_eyes.edge.evaluate.events.pictures import drawn
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.pipeline import Processed
from sharp_eyes.edge.scenes.catalogue import parse_settings
from sharp_eyes.edge.settings import CameraSettings

MOST_PICTURES = 200
"""Events of which a picture is kept; ``events.jsonl`` holds all."""

Place = tuple[str, str]
"""Scene and zone."""


@dataclass(slots=True)
class Span:
    """One event. Times in seconds from the first frame.

    Attributes:
        first: the message that opened it.
        began: when the condition began.
        opened: when it was raised.
        ended: when it was last seen; None while it is open.
        jpeg: the frame at which it was raised, base64 text; empty beyond :data:`MOST_PICTURES`.
    """

    first: SceneEvent
    latest: SceneEvent
    began: float
    opened: float
    ended: float | None
    jpeg: str


@dataclass(slots=True)
class ZoneMeasure:
    """How one zone stood in one look: its main measure and whether the condition held."""

    time: float
    measure: Measure
    holds: bool


@dataclass(slots=True)
class ReplayTimeline:
    """What one camera saw.

    Attributes:
        camera: with its scenes.
        seconds: from the first frame to the latest.
        scores: by class, the best score of each look in which it was found.
        stands: by scene and zone.
        spans: the events, in the order in which they were raised.
    """

    camera: CameraSettings
    seconds: float = 0.0
    frames: int = 0
    looks: int = 0
    scores: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    stands: dict[Place, list[ZoneMeasure]] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    _start: float | None = None

    def add(self, frame: Frame, done: Processed) -> None:
        """Take in a frame and what came of it."""
        self._start = frame.time if self._start is None else self._start
        now = self.seconds = frame.time - self._start
        self.frames += 1
        if done.tracks is not None:
            self.looks += 1
            best: dict[str, float] = {}
            for track in done.tracks.items:
                best[track.name] = max(track.score, best.get(track.name, 0.0))
            for name, score in best.items():
                self.scores.setdefault(name, []).append((now, score))
        for reading in done.readings:
            if reading.finding.measures:
                stands = self.stands.setdefault((reading.scene.value, reading.zone), [])
                stands.append(ZoneMeasure(now, _same_measure(stands, reading.finding.measures), reading.finding.holds))
        for event in done.events:
            self._take_event(event, frame, now)

    def finish(self, frames: int, seconds: float) -> None:
        """Take in how long the recording was; nobody may have looked at its last frame."""
        self.frames, self.seconds = frames, seconds

    @property
    def places(self) -> list[Place]:
        """Every scene and zone that was watched, in the order of the settings."""
        return [(settings.scene.value, shape.id) for settings in self._settings for shape in _shapes(settings)]

    @property
    def _settings(self) -> list[Any]:
        return [parse_settings(self.camera.id, number, raw) for number, raw in enumerate(self.camera.scenes)]

    def _take_event(self, event: SceneEvent, frame: Frame, now: float) -> None:
        start = self._start or 0.0
        key = str(event.event_id)
        if event.phase is Phase.OPENED:
            jpeg = drawn(frame, self._of(event), event.zone, event.box) if len(self.spans) < MOST_PICTURES else ""
            began = event.started_at.timestamp() - start
            self.spans[key] = Span(event, event, began, now, None, jpeg)
        elif key in self.spans:
            span = self.spans[key]
            span.latest = event
            if event.ended_at is not None:
                span.ended = event.ended_at.timestamp() - start

    def _of(self, event: SceneEvent) -> object:
        """The settings of the scene that watches the event's zone."""
        for settings in self._settings:
            if settings.scene is event.scene and any(shape.id == event.zone for shape in _shapes(settings)):
                return settings
        return None


def _same_measure(stands: list[ZoneMeasure], measures: tuple[Measure, ...]) -> Measure:
    """The one that the line shows already; which one comes first may change from look to look."""
    shown = stands[0].measure.name if stands else measures[0].name
    return next((one for one in measures if one.name == shown), measures[0])


def _shapes(settings: object) -> list[Any]:
    return [*getattr(settings, "zones", ()), *getattr(settings, "lines", ())]
