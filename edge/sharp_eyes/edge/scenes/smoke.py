"""烟雾火情: smoke or flame that several of the latest looks saw in one place, and that moves, grows or flickers."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import mean, median
from typing import Any, ClassVar, Literal

import cv2
import numpy as np
from pydantic import Field, model_validator
from typing_extensions import Self, override

from sharp_eyes.contract.event import Grade, SceneEvent, SceneName
from sharp_eyes.edge.extract.box_overlap import overlap
from sharp_eyes.edge.polygons import Polygon
from sharp_eyes.edge.scenes.anchor import Anchor
from sharp_eyes.edge.scenes.base import Finding, Grades, Needs, Observation, SceneSettings, share
from sharp_eyes.edge.scenes.clock import Clock, Dwell
from sharp_eyes.edge.scenes.event_lifecycle import Condition, Origin
from sharp_eyes.edge.scenes.geometry import Rectangle, clipped
from sharp_eyes.edge.scenes.liveliness import HEIGHT, WIDTH, Liveliness, Signs, blind
from sharp_eyes.edge.scenes.occupancy import Occupancy, Sighting, ZoneScene, around
from sharp_eyes.edge.scenes.presence import claim, distance, sightings
from sharp_eyes.edge.scenes.state import StateCodec
from sharp_eyes.edge.scenes.steadiness import Steadiness
from sharp_eyes.edge.scenes.zones import Zone

FLAME = "fire"
NEAR_FLAME = 0.8
"""Diagonals between the centres of two boxes up to which they show one fire: flames leap, headlights drive on."""
NEAR_SMOKE = 0.3
"""Overlap of two boxes from which both show one cloud of smoke."""
FULL = 0.5
"""Share of the picture from which smoke leaves too little of it to tell motion against."""


class SmokeSettings(SceneSettings):
    """Settings of smoke and flame."""

    scene: Literal[SceneName.SMOKE] = Field(SceneName.SMOKE, title="Which scene")
    zones: tuple[Zone, ...] = Field(title="Zones in which the middle of smoke or flame must lie", min_length=1)
    ignore: tuple[Polygon, ...] = Field((), title="Areas that never count: a chimney, a steam vent, a lamp, a screen")
    votes: int = Field(4, title="Looks that must have seen it …", ge=1, le=100)
    flame_votes: int = Field(3, title="… or that must have seen a flame …", ge=1, le=100)
    looks: int = Field(10, title="… out of so many latest ones", ge=2, le=100)
    score: float = Field(
        0.3, title="Mean score of the looks that saw smoke; a flame proves itself by flicker", ge=0, le=1
    )
    motion: float = Field(2.0, title="Least motion inside it, grey levels above the picture's own", ge=0, le=100)
    growth: float = Field(1.3, title="Growth within those looks that makes up for half the motion", ge=1, le=10)
    flicker: float = Field(0.15, title="Least share of a flame that flickers", ge=0, le=1)
    smallest: float = Field(0.02, title="Least height of it, as a share of the picture's height", ge=0, le=1)
    largest: float = Field(
        0.8, title="Largest share of the picture that smoke may fill at first: beyond it is fog", gt=0, le=1
    )
    cross_check: bool = Field(True, title="Let people and vehicles speak against smoke; needs the street detector")
    look_interval: float = Field(0.3, title="Seconds between two looks", ge=0.04, le=600)
    grace: float = Field(10.0, title="Seconds it may go unseen and still count as there", ge=0, le=600)
    clear_after: float = Field(20.0, title="Seconds it must be gone before the event closes", ge=0, le=3600)
    classes: tuple[str, ...] = Field(("smoke", FLAME), title="Detector classes that count", min_length=1)
    anchor: Anchor = Field(Anchor.CENTRE, title="Point of the box that must lie in the zone")
    grades: Grades = Field(Grades(serious=0.1, major=0.3), title="Grades by the share of the picture; flame is major")

    @model_validator(mode="after")
    def _votes_fit(self) -> Self:
        if max(self.votes, self.flame_votes) > self.looks:
            raise ValueError("'votes' and 'flame_votes' cannot be more than 'looks'")
        return self


@dataclass(frozen=True, slots=True)
class Puff:
    """What one look saw in one place; ``alive`` says that its pixels behave as smoke or flames do."""

    time: float
    watched: float
    flame: bool
    score: float
    box: Rectangle
    motion: float
    alive: bool

    @property
    def area(self) -> float:
        """Share of the picture."""
        x1, y1, x2, y2 = clipped(self.box)
        return (x2 - x1) * (y2 - y1)


_CODEC: StateCodec[dict[str, float]] = StateCodec(dict[str, float])


class Smoke(ZoneScene[SmokeSettings]):
    """One event for as long as there is smoke or flame in a zone; a flame makes it major at once."""

    name = SceneName.SMOKE
    settings_type = SmokeSettings
    rivals: ClassVar[dict[str, float]] = {"person": 0.55, "car": 0.55, "bus": 0.55, "truck": 0.55}

    def __init__(self, settings: SmokeSettings, origin: Origin) -> None:
        zones = {zone.id: 0.0 for zone in settings.zones}
        super().__init__(settings, origin, zones)
        self._zones = {zone.id: zone for zone in settings.zones}
        self._lively = Liveliness(settings.looks)
        self._history: dict[str, deque[list[Puff]]] = {zone: deque(maxlen=settings.looks) for zone in zones}
        self._first_area: dict[str, float] = {}
        self._steadiness = Steadiness()

    @property
    @override
    def needs(self) -> Needs:
        others = tuple(self.rivals) if self.settings.cross_check else ()
        return Needs(self.settings.look_interval, (*self.settings.classes, *others))

    @property
    @override
    def doubts(self) -> dict[str, int]:
        return self._steadiness.doubts

    @property
    @override
    def hindrance(self) -> str:
        return self._steadiness.hindrance

    @override
    def observe(self, observation: Observation) -> list[SceneEvent]:
        """A picture that shows nothing neither raises nor clears."""
        if observation.frame is None:
            return []
        picture = observation.frame.picture(WIDTH, HEIGHT)
        if blind(picture):
            return []
        tracks = observation.tracks.items if self.settings.cross_check else ()
        self._lively.take(picture, [observation.box_of(track) for track in tracks if track.name in self.rivals])
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.float32)
        self._steadiness.take(observation.clock.time, grey)
        return super().observe(observation)

    @override
    def sightings(self, observation: Observation) -> dict[str, Sighting]:
        found = {}
        for zone, history in self._history.items():
            history.append(self._puffs(zone, observation))
            sighting = self._judge(zone, history, observation.clock)
            if sighting is not None:
                found[zone] = sighting
        return found

    @override
    def forget(self) -> None:
        self._lively.clear()
        self._steadiness.clear()
        for history in self._history.values():
            history.clear()

    @override
    def check(self, zone: str, box: Rectangle | None, observation: Observation) -> Finding:
        """Smoke or flame in this look that is alive by the looks before; anywhere in the zone."""
        del box
        found = [puff for puff in self._puffs(zone, observation) if puff.alive]
        name = FLAME if any(puff.flame for puff in found) else "smoke"
        area = max((puff.area for puff in found), default=0.0)
        return Finding(bool(found), (share("area", area),), f"{name} is there" if found else "")

    @override
    def dump_state(self) -> dict[str, Any]:
        return {**super().dump_state(), "first_area": _CODEC.dump(self._first_area)}

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        kept = _CODEC.load(state.get("first_area", {}), f"{self.label}, first_area") or {}
        self._first_area = {zone: area for zone, area in kept.items() if zone in self._zones}

    @override
    def _condition(self, zone: str, occupancy: Occupancy) -> Condition | None:
        condition = super()._condition(zone, occupancy)
        if condition is not None and condition.object_class == FLAME:
            return replace(condition, grade=Grade.MAJOR)
        return condition

    def _puffs(self, zone: str, observation: Observation) -> list[Puff]:
        settings, clock = self.settings, observation.clock
        polygon = self._zones[zone].polygon
        puffs = []
        for item in sightings(
            observation, polygon, settings.anchor, settings.classes, settings.ignore, settings.smallest
        ):
            flame, score = item.track.name == FLAME, item.track.score
            if settings.cross_check and claim(observation, item.box, self.rivals) > score:
                continue
            signs = self._lively.of(item.box)
            motion = signs.motion if signs else 0.0
            alive = signs is not None and self._alive(flame, signs)
            puffs.append(Puff(clock.time, clock.watched, flame, score, item.box, motion, alive))
        return puffs

    def _alive(self, flame: bool, signs: Signs) -> bool:
        if signs.motion < self.settings.motion:
            return False
        return signs.flicker >= self.settings.flicker or not flame

    def _judge(self, zone: str, history: Sequence[list[Puff]], clock: Clock) -> Sighting | None:
        """What the latest looks amount to around each place that this look saw; the best supported place counts."""
        goes_on = self._occupancy[zone].dwell is not None
        best: list[Puff] = []
        for centre in history[-1]:
            if centre.area > self.settings.largest and not centre.flame and not goes_on:
                continue
            support = _around(centre, history)
            if self._enough(support, goes_on) and len(support) > len(best):
                best = support
        if not best:
            return None
        return self._sighting(zone, best, goes_on, clock)

    def _enough(self, support: list[Puff], goes_on: bool) -> bool:
        settings = self.settings
        alive = [puff for puff in support if puff.alive]
        if (
            goes_on
        ):  # what is burning needs less proof than what may begin to; a picture full of smoke has no still part
            full = [puff for puff in support if puff.alive or puff.area >= FULL]
            return 2 * len(full) >= settings.votes
        if sum(puff.flame for puff in alive) >= settings.flame_votes:
            return True
        if not self._steadiness.steady:  # everything moves: no sign of smoke
            return False
        smoke = [puff for puff in support if not puff.flame or puff.alive]
        if len(smoke) < settings.votes or mean(puff.score for puff in smoke) < settings.score:
            return False
        if len(alive) >= settings.votes:
            return True
        return _growth(smoke) >= settings.growth and mean(puff.motion for puff in smoke) >= settings.motion / 2

    def _sighting(self, zone: str, support: list[Puff], goes_on: bool, clock: Clock) -> Sighting:
        before = self._occupancy[zone].latest
        area = median(puff.area for puff in support)
        if not goes_on:
            self._first_area[zone] = area
        burns = sum(puff.flame and puff.alive for puff in support) >= self.settings.flame_votes
        burnt = goes_on and before is not None and before.object_class == FLAME
        latest = [puff for puff in support if puff.watched == support[-1].watched]
        growth = area / max(self._first_area.get(zone, area), 1e-6)
        return Sighting(
            measures=(share("area", area), share("growth", growth)),
            value=area,
            score=mean(puff.score for puff in support),
            box=around([puff.box for puff in latest]),
            object_class=FLAME if burns or burnt else "smoke",
            since=Dwell.ago(clock.since(support[0].watched), clock),
        )


def _around(centre: Puff, history: Sequence[list[Puff]]) -> list[Puff]:
    """The puffs near a place, one a look: the flame if there is one, else the surest; oldest look first."""
    found = []
    for look in history:
        near = [puff for puff in look if _one(puff, centre)]
        if near:
            found.append(max(near, key=lambda puff: (puff.flame and puff.alive, puff.score)))
    return found


def _one(a: Puff, b: Puff) -> bool:
    """Whether both show one fire; beside a flame, smoke is a part of it."""
    if a.flame or b.flame:
        return distance(a.box, b.box) <= NEAR_FLAME
    return overlap(a.box, b.box) >= NEAR_SMOKE


def _growth(puffs: Sequence[Puff]) -> float:
    """By which factor the area grew from the first third of these looks to the last third."""
    third = max(len(puffs) // 3, 1)
    first, last = (median(puff.area for puff in part) for part in (puffs[:third], puffs[-third:]))
    return last / max(first, 1e-6)
