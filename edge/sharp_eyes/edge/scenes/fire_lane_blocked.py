"""消防通道占用: vehicles, or things of any kind, cover part of a fire lane for longer than allowed."""

from collections.abc import Sequence
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.polygons import Point
from sharp_eyes.edge.scenes.background.model import BackgroundModel, ForegroundObject, grid_of
from sharp_eyes.edge.scenes.base import VEHICLES, Finding, Needs, Observation, SceneSettings, share
from sharp_eyes.edge.scenes.clock import Clock, Dwell
from sharp_eyes.edge.scenes.event_lifecycle import Origin
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.occupancy import Sighting, StandingScene, around
from sharp_eyes.edge.scenes.stationary import Candidate, StationaryObject
from sharp_eyes.edge.scenes.zones import Zone

Mask = npt.NDArray[np.bool_]

_PEOPLE = ("person",)
_BEFORE_EVERY = 60.0
"""Seconds between two pictures of the empty lane for the evidence 'before'."""
_BEFORE_WIDTH = 640


class FireLaneSettings(SceneSettings):
    """Settings of a blocked fire lane."""

    scene: Literal[SceneName.FIRE_LANE_BLOCKED] = Field(SceneName.FIRE_LANE_BLOCKED, title="Which scene")
    zones: tuple[Zone, ...] = Field(title="Fire lanes", min_length=1)
    dwell: float = Field(120.0, title="Seconds the lane may be covered", gt=0, le=86_400)
    covered: float = Field(0.1, title="Share of the lane that must be covered", gt=0, le=1)
    things: bool = Field(True, title="Whether things count that no detector knows: cartons, barriers, planters")
    classes: tuple[str, ...] = Field(VEHICLES, title="Detector classes that count", min_length=1)
    exempt: tuple[str, ...] = Field((), title="Detector classes that may stand there, such as truck for fire engines")


class FireLaneBlocked(StandingScene[FireLaneSettings]):
    """One event for each time a lane is blocked, by vehicles and things together.

    A fire engine cannot be told from a truck: exempt the class, or use the schedule.
    """

    name = SceneName.FIRE_LANE_BLOCKED
    settings_type = FireLaneSettings
    standing_after = 2.0

    def __init__(self, settings: FireLaneSettings, origin: Origin) -> None:
        self._zones = {zone.id: zone for zone in settings.zones}
        super().__init__(settings, origin, dict.fromkeys(self._zones, settings.dwell))
        self._classes = tuple(name for name in settings.classes if name not in settings.exempt)
        self._background = BackgroundModel([zone.polygon for zone in settings.zones]) if settings.things else None
        self._things: list[ForegroundObject] = []
        self._clock: Clock | None = None
        self._grid = grid_of(16, 9)
        self._lanes: dict[str, Mask] = {}
        self._before: dict[str, Frame] = {}
        self._paused = False

    @property
    @override
    def needs(self) -> Needs:
        """Vehicles, and people, who are not things."""
        extra = _PEOPLE if self.settings.things else ()
        classes = tuple(dict.fromkeys((*self.settings.classes, *self.settings.exempt, *extra)))
        return Needs(self.settings.look_interval, classes)

    @override
    def sightings(self, observation: Observation) -> dict[str, Sighting]:
        self._clock = observation.clock
        self._fit(observation)
        self._things = self._look_for_things(observation)
        found = super().sightings(observation)
        self._keep_before(observation, found)
        return found

    @override
    def candidates(self, zone: str, observation: Observation) -> list[Candidate]:
        found = [
            Candidate(track, observation.box_of(track))
            for track in observation.tracks.items
            if track.name in self._classes
        ]
        lane = self._lane(zone)
        return [item for item in found if (lane & self._footprint(item.box)).any()]

    @override
    def sighting(self, zone: str, standing: list[StationaryObject]) -> Sighting | None:
        things = [thing for thing in self._things if (thing.mask & self._lane(zone)).any()]
        covered = self._covered(zone, [item.box for item in standing], things)
        if covered < self.settings.covered:
            return None
        best = max(standing, key=lambda item: item.score, default=None)
        return Sighting(
            measures=(share("covered", covered, self.settings.covered),),
            value=covered,
            score=best.score if best else max(thing.evidence for thing in things),
            box=around([*(item.box for item in standing), *(self._box(thing) for thing in things)]),
            object_class=best.name if best else None,
            since=self._since(zone, standing, things),
        )

    @override
    def check(self, zone: str, box: Rectangle | None, observation: Observation) -> Finding:
        self._fit(observation)
        vehicles = [item.box for item in self.candidates(zone, observation)]
        things = self._background.things(observation.frame) if self._background and observation.frame else []
        covered = self._covered(zone, vehicles, things)
        return Finding(covered >= self.settings.covered, (share("covered", covered, self.settings.covered),))

    @override
    def reference(self, zone: str) -> Frame | None:
        return self._before.get(zone)

    @override
    def forget(self) -> None:
        super().forget()
        self._paused = True

    @override
    def dump_state(self) -> dict[str, Any]:
        return {**super().dump_state(), "backdrop": self._background.dump_state() if self._background else None}

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        if self._background is not None:
            self._background.load_state(state.get("backdrop"), f"{self.label}, empty lane")

    def _look_for_things(self, observation: Observation) -> list[ForegroundObject]:
        if self._background is None or observation.frame is None:
            return []
        never = {*_PEOPLE, *self.settings.exempt}
        vehicles = {*VEHICLES, *self.settings.classes} - never
        ignored = [observation.box_of(track) for track in observation.tracks.items if track.name in never]
        passing = [observation.box_of(track) for track in observation.tracks.items if track.name in vehicles]
        self._background.update(observation.frame, ignored, passing, observation.clock.watched)
        if self._paused:
            self._background.start_ages(observation.clock.watched)
        self._paused = False
        return self._background.things()

    def _keep_before(self, observation: Observation, found: dict[str, Sighting]) -> None:
        """Keep a picture of each lane that is empty, for the evidence."""
        frame = observation.frame
        for zone in self._zones if frame is not None else ():
            kept = self._before.get(zone)
            if frame is None or zone in found or (kept and 0 <= frame.time - kept.time < _BEFORE_EVERY):
                continue
            if not self.candidates(zone, observation) and not any(
                (thing.mask & self._lane(zone)).any() for thing in self._things
            ):
                width = min(_BEFORE_WIDTH, frame.width)
                picture = frame.picture(width, round(width * frame.height / frame.width))
                self._before[zone] = Frame.of_picture(frame.camera, frame.time, picture)

    def _fit(self, observation: Observation) -> None:
        """Use the grid of this picture's shape."""
        grid = grid_of(observation.tracks.width, observation.tracks.height)
        if grid != self._grid:
            self._grid = grid
            self._lanes.clear()

    def _lane(self, zone: str) -> Mask:
        if zone not in self._lanes:
            self._lanes[zone] = _filled(self._zones[zone].polygon, self._grid)
        return self._lanes[zone]

    def _covered(self, zone: str, vehicles: Sequence[Rectangle], things: Sequence[ForegroundObject]) -> float:
        covers = [*(self._footprint(box) for box in vehicles), *(thing.mask for thing in things)]
        return self._share(zone, np.logical_or.reduce([np.zeros(self._grid, bool), *covers]))

    def _share(self, zone: str, mask: Mask) -> float:
        lane = self._lane(zone)
        return float((lane & mask).sum() / max(int(lane.sum()), 1))

    def _since(
        self, zone: str, standing: Sequence[StationaryObject], things: Sequence[ForegroundObject]
    ) -> Dwell | None:
        """Since when what stands there has covered enough of the lane."""
        clock = self._clock
        if clock is None:
            return None
        parts = [(self._footprint(item.box), item.dwell) for item in standing]
        parts += [(thing.mask, Dwell.ago(thing.seconds, clock)) for thing in things]
        together = np.zeros(self._grid, bool)
        for mask, dwell in sorted(parts, key=lambda part: part[1].began):
            together |= mask
            if self._share(zone, together) >= self.settings.covered:
                return dwell
        return None

    def _footprint(self, box: Rectangle) -> Mask:
        """Lower third of the box: about where the vehicle meets the ground."""
        x1, y1, x2, y2 = box
        rows, columns = self._grid
        mask = np.zeros(self._grid, bool)
        top, bottom = (max(round(y * rows), 0) for y in (y2 - (y2 - y1) / 3, y2))
        mask[top:bottom, max(round(x1 * columns), 0) : max(round(x2 * columns), 0)] = True
        return mask

    def _box(self, thing: ForegroundObject) -> Rectangle:
        rows, columns = self._grid
        down, across = np.nonzero(thing.mask)
        x1, y1 = float(across.min() / columns), float(down.min() / rows)
        return x1, y1, float((across.max() + 1) / columns), float((down.max() + 1) / rows)


def _filled(polygon: Sequence[Point], grid: tuple[int, int]) -> Mask:
    mask = np.zeros(grid, np.uint8)
    corners = np.round(np.asarray(polygon, np.float64) * (grid[1], grid[0])).astype(np.int32)
    cv2.fillPoly(mask, [corners], 1)
    return mask.astype(bool)
