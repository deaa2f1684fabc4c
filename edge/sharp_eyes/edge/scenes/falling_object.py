"""高空抛物: a small thing whose path through the picture is free fall, with the floor it came from."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import Field, model_validator
from typing_extensions import override

from sharp_eyes.contract.event import Measure, SceneEvent, SceneName
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.scenes.base import Finding, FrameScene, Observation, SceneSettings, seconds, share
from sharp_eyes.edge.scenes.clock import Clock
from sharp_eyes.edge.scenes.event_lifecycle import Condition, EventLifecycle, Origin
from sharp_eyes.edge.scenes.falling.facade import Floors, KnownHeight, Ruler, floor_at
from sharp_eyes.edge.scenes.falling.falls import Fall, Falls, Told
from sharp_eyes.edge.scenes.falling.motion import MotionDetector
from sharp_eyes.edge.scenes.falling.path import PathFit
from sharp_eyes.edge.scenes.falling.verdict import Limits
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.state import StateCodec, only_known
from sharp_eyes.edge.scenes.steadiness import Steadiness
from sharp_eyes.edge.scenes.zones import Zone

_TOLD = StateCodec[dict[str, Told]](dict[str, Told])
_SAG_MEASURED = 0.06  # where m/s² are known, the acceleration itself tells steady motion
_UNMEASURED = 2.0  # times the way that is asked for where no m/s² vouch for it
_LONG_BEFORE = 1.5  # seconds from rest to the first point beyond which the release is not guessed


class FallZone(Zone):
    """A facade and the air before it."""

    height: KnownHeight | None = Field(None, title="A known height on the facade; gives metres and m/s²")
    floors: Floors | None = Field(None, title="Where the floors lie; names the floor a thing came from")


class FallingObjectSettings(SceneSettings):
    """Settings of falling objects."""

    scene: Literal[SceneName.FALLING_OBJECT] = Field(SceneName.FALLING_OBJECT, title="Which scene")
    zones: tuple[FallZone, ...] = Field(title="Facades to watch", min_length=1)
    frames: int = Field(6, title="Frames a thing must be seen in", ge=5, le=100)
    path: float = Field(
        0.1, title="Way down at least, share of the picture's height; twice that without a height", ge=0.03, le=1
    )
    drift: float = Field(1.5, title="Sideways way at most, times the way down", ge=0.05, le=5)
    sag: float = Field(
        0.07,
        title="Bend of the path over time at least, share of the way down, where no height is known; 0.25: from rest",
        ge=0,
        le=0.25,
    )
    largest: float = Field(0.08, title="Size of a thing at most, share of the picture's height", gt=0, le=0.5)
    confidence: float = Field(0.6, title="Own confidence from which a fall is told", ge=0, le=1)
    slowest: float = Field(3.0, title="Acceleration at least, m/s²; light bags fall slowly", ge=0.5, le=9)
    fastest: float = Field(15.0, title="Acceleration at most, m/s²", ge=10, le=50)
    smallest_view: float = Field(6.0, title="Metres the picture may show from top to bottom, at least", ge=1, le=300)
    largest_view: float = Field(100.0, title="Metres the picture may show from top to bottom, at most", ge=2, le=600)
    lapse: float = Field(1.0, title="Seconds in a second of the recording; 1 unless it is a time lapse", gt=0, le=1000)
    clear_after: float = Field(1.0, title="Seconds after a fall until its event closes", ge=0, le=3600)

    @model_validator(mode="after")
    def _views_in_order(self) -> "FallingObjectSettings":
        if self.largest_view <= self.smallest_view:
            raise ValueError("'largest_view' must be above 'smallest_view'")
        return self


@dataclass(slots=True)
class _Watch:
    """What belongs to one zone for one shape of picture."""

    falls: Falls
    ruler: Ruler | None


class FallingObject(FrameScene[FallingObjectSettings]):
    """One event for each thing that falls."""

    name = SceneName.FALLING_OBJECT
    settings_type = FallingObjectSettings

    def __init__(self, settings: FallingObjectSettings, origin: Origin) -> None:
        super().__init__(settings, origin)
        self._lifecycle = EventLifecycle(self.name, origin, settings.update_interval, settings.clear_after)
        self._watches: dict[str, _Watch] = {}
        self._told: dict[str, Told] = {}
        self._aspect = 0.0
        self._steadiness = Steadiness()

    @property
    @override
    def doubts(self) -> dict[str, int]:
        return self._steadiness.doubts

    @property
    @override
    def hindrance(self) -> str:
        return self._steadiness.hindrance

    @override
    def observe_frame(self, frame: Frame, clock: Clock) -> list[SceneEvent]:
        if not self.settings.schedule.active(frame.time):
            self._aspect = 0.0
            self._steadiness.clear()
            return self._lifecycle.step([], clock)
        if frame.width / frame.height != self._aspect:
            self._begin(frame.width / frame.height)
        steady = self._steadiness.see(frame)
        real = replace(frame, time=frame.time * self.settings.lapse)
        conditions = [
            self._condition(zone, fall)
            for zone in self.settings.zones
            for fall in self._watches[zone.id].falls.step(real, steady)
        ]
        self._told |= {zone: watch.falls.told for zone, watch in self._watches.items()}
        return self._lifecycle.step(conditions, clock)

    @override
    def dump_state(self) -> dict[str, Any]:
        return {**super().dump_state(), "open": self._lifecycle.dump_state(), "told": _TOLD.dump(self._told)}

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        zones = {zone.id for zone in self.settings.zones}
        self._lifecycle.load_state(state.get("open", []), zones)
        what = f"{self.origin.camera}, {self.name}, falls"
        told = _TOLD.load(state.get("told", {}), what) or {}
        self._told = only_known(told, zones, what)

    @override
    def check(self, zone: str, box: Rectangle | None, observation: Observation) -> Finding:
        """A fall is over in seconds; nothing of it can be seen later."""
        if zone not in {item.id for item in self.settings.zones}:
            raise KeyError(zone)
        return Finding(holds=False, reason="a fall is over when it has been seen")

    def _begin(self, aspect: float) -> None:
        self._aspect = aspect
        self._watches = {zone.id: self._watch(zone, aspect) for zone in self.settings.zones}

    def _watch(self, zone: FallZone, aspect: float) -> _Watch:
        settings = self.settings
        ruler = Ruler(zone.height, aspect) if zone.height else None
        motion = MotionDetector(zone.polygon, settings.largest)
        return _Watch(
            Falls(motion, limits_of(settings, ruler), settings.confidence, self._told.get(zone.id, Told())), ruler
        )

    def _condition(self, zone: FallZone, fall: Fall) -> Condition:
        fit = fall.verdict.fit
        ruler = self._watches[zone.id].ruler
        floor = _floor(zone, fall.first.fit, ruler, self._aspect)
        return Condition(
            zone=zone.id,
            key=fall.number,
            since=fit.first.time / self.settings.lapse,
            last=fit.last.time / self.settings.lapse,
            score=fall.verdict.score,
            grade=self.settings.grades.of(floor.value if floor else 0.0),
            measures=(
                *((floor,) if floor else ()),
                _way(fit, ruler is not None),
                _acceleration(fit, ruler is not None, self.settings),
                seconds("duration", fit.duration),
            ),
            box=_box(fall, self._aspect),
        )


def limits_of(settings: FallingObjectSettings, ruler: Ruler | None) -> Limits:
    """What counts as a fall: in metres where the facade is calibrated, else in what a picture may show at most."""
    return Limits(
        frames=settings.frames,
        path=settings.path * (1.0 if ruler else _UNMEASURED),
        drift=settings.drift,
        sag=_SAG_MEASURED if ruler else settings.sag,
        slowest=settings.slowest / (1.0 if ruler else settings.largest_view),
        fastest=settings.fastest / (1.0 if ruler else settings.smallest_view),
        ruler=ruler,
    )


def _acceleration(fit: PathFit, metric: bool, settings: FallingObjectSettings) -> Measure:
    if metric:
        value, uncertainty = round(fit.acceleration, 2), round(fit.uncertainty, 2)
        return Measure(
            name="acceleration", value=value, unit="m/s2", threshold=settings.slowest, uncertainty=uncertainty
        )
    value, uncertainty = round(fit.acceleration, 3), round(fit.uncertainty, 3)
    return Measure(name="relative_acceleration", value=value, unit="1/s2", uncertainty=uncertainty)


def _way(fit: PathFit, metric: bool) -> Measure:
    if metric:
        return Measure(name="fallen", value=round(fit.fallen, 1), unit="m")
    return share("path", fit.path)


def _floor(zone: FallZone, fit: PathFit, ruler: Ruler | None, aspect: float) -> Measure | None:
    """The floor where the thing was at rest, if the fit leads there; else the floor where it was first seen."""
    if zone.floors is None:
        return None
    if 0 <= fit.since_rest <= _LONG_BEFORE:
        at, above, below = (floor_at(zone.floors, y, ruler, aspect) for y in fit.rest())
        if at is not None:
            spread = max(abs(other - at) for other in (above, below, at + 0.3) if other is not None)
            return Measure(name="floor", value=int(at // 1), unit="1", uncertainty=round(spread, 1))
    seen = floor_at(zone.floors, fit.first.y, ruler, aspect)
    return Measure(name="floor_at_least", value=int(seen // 1), unit="1") if seen is not None else None


def _box(fall: Fall, aspect: float) -> Rectangle:
    """First to last point of the path, with the thing's own size, in shares of the picture."""
    first, last = fall.verdict.fit.first, fall.verdict.fit.last
    points = [point for point in fall.points if first.time <= point.time <= last.time]
    return (
        min(point.x - point.size / 2 for point in points) / aspect,
        min(point.y - point.size / 2 for point in points),
        max(point.x + point.size / 2 for point in points) / aspect,
        max(point.y + point.size / 2 for point in points),
    )
