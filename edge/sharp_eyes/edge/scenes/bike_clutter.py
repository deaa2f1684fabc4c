"""共享单车乱停放: too many bicycles stand in a zone outside its docks for too long, or lie there in a pile."""

import math
from dataclasses import replace
from typing import Literal

from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import Measure, SceneName
from sharp_eyes.edge.frame import Track
from sharp_eyes.edge.polygons import Polygon
from sharp_eyes.edge.scenes.anchor import anchor_point
from sharp_eyes.edge.scenes.base import Finding, Needs, Observation, SceneSettings, count, share
from sharp_eyes.edge.scenes.event_lifecycle import Origin
from sharp_eyes.edge.scenes.geometry import Rectangle, contains
from sharp_eyes.edge.scenes.occupancy import Sighting, StandingScene, of_objects
from sharp_eyes.edge.scenes.pile import clutter_index, single
from sharp_eyes.edge.scenes.stationary import Candidate, StationaryObject
from sharp_eyes.edge.scenes.zones import Zone

_RIDERS = ("person",)

_RIDE_OVER = 5.0
"""Watched seconds over which it is averaged whether somebody sits on a bicycle: a passer-by does not ride it."""

_MAY_RIDE = 0.1
"""Share of the latest time from which somebody may be riding."""


class ClutterZone(Zone):
    """A zone with docks where bicycles may stand."""

    docks: tuple[Polygon, ...] = Field((), title="Docking polygons inside the zone; bays of motorcycles too")


class BikeClutterSettings(SceneSettings):
    """Settings of shared-bike clutter."""

    scene: Literal[SceneName.BIKE_CLUTTER] = Field(SceneName.BIKE_CLUTTER, title="Which scene")
    zones: tuple[ClutterZone, ...] = Field(title="Zones to keep clear", min_length=1)
    count: int = Field(5, title="Bicycles from which it is clutter", ge=1, le=500)
    pile: float = Field(0.8, title="Clutter index from which fewer bicycles are clutter too; 1: never", gt=0, le=1)
    pile_count: int = Field(3, title="Bicycles that make a pile at least", ge=2, le=500)
    dwell: float = Field(300.0, title="Seconds the clutter may stand", gt=0, le=86_400)
    classes: tuple[str, ...] = Field(("bicycle",), title="Detector classes that count", min_length=1)


class BikeClutter(StandingScene[BikeClutterSettings]):
    """One event for each time a zone is cluttered; ridden bicycles and those in a dock do not count."""

    name = SceneName.BIKE_CLUTTER
    settings_type = BikeClutterSettings
    standing_after = 5.0

    def __init__(self, settings: BikeClutterSettings, origin: Origin) -> None:
        self._zones = {zone.id: zone for zone in settings.zones}
        super().__init__(settings, origin, dict.fromkeys(self._zones, settings.dwell))
        self._ridden: dict[int, tuple[float, float]] = {}  # by track: share of the time ridden, watched seconds
        self._elsewhere: list[Rectangle] = []
        self._aspect = 1.0

    @property
    @override
    def needs(self) -> Needs:
        """Its own classes, and people, who may sit on a bicycle."""
        classes = tuple(dict.fromkeys((*self.settings.classes, *_RIDERS)))
        return Needs(self.settings.look_interval, classes)

    @override
    def sightings(self, observation: Observation) -> dict[str, Sighting]:
        self._notice_riders(observation)
        self._aspect = observation.tracks.width / observation.tracks.height
        return super().sightings(observation)

    @override
    def candidates(self, zone: str, observation: Observation) -> list[Candidate]:
        inside = self._in_zone(zone, observation)
        self._elsewhere = [observation.box_of(track) for track in self._bicycles(observation) if track.id not in inside]
        return [item for item in inside.values() if self._ridden.get(item.track.id, (0.0, 0.0))[0] < 0.5]

    @override
    def sighting(self, zone: str, standing: list[StationaryObject]) -> Sighting | None:
        earliest_first = sorted(standing, key=lambda item: (item.dwell.began, -item.score))
        there = [earliest_first[i] for i in single([item.mean for item in earliest_first])]
        measures = self._measures([item.box for item in there])
        if not self._cluttered(measures):
            return None
        enough = min(self.settings.count, len(there))
        sighting = of_objects(there, *measures, since=there[enough - 1].dwell)
        return replace(sighting, measures=self._decisive_first(measures))

    @property
    @override
    def restless(self) -> bool:
        """Also while somebody may sit on a bicycle, which is none that stands."""
        return super().restless or any(share > _MAY_RIDE for share, _ in self._ridden.values())

    @override
    def check(self, zone: str, box: Rectangle | None, observation: Observation) -> Finding:
        people = [observation.box_of(track) for track in observation.tracks.items if track.name in _RIDERS]
        inside = [item.box for item in self._in_zone(zone, observation).values() if not _has_rider(item.box, people)]
        measures = self._measures([inside[i] for i in single(inside)])
        return Finding(self._cluttered(measures), self._decisive_first(measures))

    def _bicycles(self, observation: Observation) -> list[Track]:
        return [track for track in observation.tracks.items if track.name in self.settings.classes]

    def _in_zone(self, zone: str, observation: Observation) -> dict[int, Candidate]:
        """Bicycles in the zone and outside its docks, by track."""
        watched, anchor = self._zones[zone], self.settings.anchor
        found = observation.candidates(self.settings.classes, watched.polygon, anchor)
        return {
            item.track.id: item
            for item in found
            if not any(contains(dock, anchor_point(item.box, anchor)) for dock in watched.docks)
        }

    def _measures(self, boxes: list[Rectangle]) -> tuple[Measure, Measure]:
        index = clutter_index(boxes, self._elsewhere, self._aspect)
        return count("count", len(boxes), self.settings.count), share("clutter", index, self.settings.pile)

    def _decisive_first(self, measures: tuple[Measure, Measure]) -> tuple[Measure, Measure]:
        """The index first where too few stand there to be an event by their number."""
        number, index = measures
        return (index, number) if self._cluttered(measures) and number.value < self.settings.count else measures

    def _cluttered(self, measures: tuple[Measure, Measure]) -> bool:
        number, index = (measure.value for measure in measures)
        piled = number >= self.settings.pile_count and index >= self.settings.pile
        return number >= self.settings.count or (piled and self.settings.pile < 1)

    def _notice_riders(self, observation: Observation) -> None:
        people = [observation.box_of(track) for track in observation.tracks.items if track.name in _RIDERS]
        now = observation.clock.watched
        kept = {}
        for track in self._bicycles(observation):
            rides = float(_has_rider(observation.box_of(track), people))
            old, when = self._ridden.get(track.id, (rides, now))
            weight = math.exp((when - now) / _RIDE_OVER)
            kept[track.id] = (weight * old + (1 - weight) * rides, now)
        self._ridden = kept


def _has_rider(bicycle: Rectangle, people: list[Rectangle]) -> bool:
    """Whether somebody sits on it: above it, in its middle, with the feet between its saddle and the ground."""
    left, top, right, bottom = bicycle
    height, width = bottom - top, right - left
    return any(
        left + 0.1 * width <= (x1 + x2) / 2 <= right - 0.1 * width
        and y1 <= top - 0.2 * height
        and top + 0.4 * height <= y2 <= bottom + 0.05 * height
        for x1, y1, x2, y2 in people
    )
