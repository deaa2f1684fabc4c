"""消防通道占用: vehicles cover part of a fire lane for longer than allowed. Other objects come later."""

from typing import Literal

from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.scenes.base import VEHICLES, Finding, Needs, SceneSettings, View, share
from sharp_eyes.edge.scenes.geometry import Rectangle, covered_share
from sharp_eyes.edge.scenes.life import Origin
from sharp_eyes.edge.scenes.occupancy import Sighting, ZoneScene, of_stays
from sharp_eyes.edge.scenes.stays import Candidate, Stays
from sharp_eyes.edge.scenes.zones import Zone

_STANDING = 2.0
"""Watched seconds in one place from which a vehicle stands rather than passes."""


class FireLaneSettings(SceneSettings):
    """Settings of a blocked fire lane."""

    scene: Literal[SceneName.FIRE_LANE_BLOCKED] = Field(SceneName.FIRE_LANE_BLOCKED, title="Which scene")
    zones: tuple[Zone, ...] = Field(title="Fire lanes", min_length=1)
    dwell: float = Field(120.0, title="Seconds the lane may be covered", gt=0, le=86_400)
    covered: float = Field(0.1, title="Share of the lane that must be covered", gt=0, le=1)
    classes: tuple[str, ...] = Field(VEHICLES, title="Detector classes that count", min_length=1)


class FireLaneBlocked(ZoneScene[FireLaneSettings]):
    """One event for each time a lane is blocked. A fire engine cannot be told from a truck yet: use the schedule."""

    name = SceneName.FIRE_LANE_BLOCKED
    settings_type = FireLaneSettings

    def __init__(self, settings: FireLaneSettings, origin: Origin) -> None:
        super().__init__(settings, origin, {zone.id: settings.dwell for zone in settings.zones})
        self._stays = {zone.id: Stays(settings.grace) for zone in settings.zones}

    @property
    @override
    def needs(self) -> Needs:
        return Needs(self.settings.look_interval, self.settings.classes)

    @override
    def sightings(self, view: View) -> dict[str, Sighting]:
        found = {}
        for zone in self.settings.zones:
            stays = self._stays[zone.id].update(self._on(zone, view), view.clock, view.look_of)
            standing = [stay for stay in stays if stay.dwell.seconds >= _STANDING]
            covered = covered_share(zone.polygon, [_footprint(stay.box) for stay in standing])
            if covered >= self.settings.covered:
                found[zone.id] = of_stays(standing, share("covered", covered, self.settings.covered))
        return found

    @override
    def forget(self) -> None:
        for stays in self._stays.values():
            stays.clear()

    @override
    def check(self, zone: str, box: Rectangle | None, view: View) -> Finding:
        watched = {item.id: item for item in self.settings.zones}[zone]
        covered = covered_share(watched.polygon, [_footprint(item.box) for item in self._on(watched, view)])
        return Finding(covered >= self.settings.covered, (share("covered", covered, self.settings.covered),))

    def _on(self, zone: Zone, view: View) -> list[Candidate]:
        """Vehicles whose footprint touches the lane."""
        found = (Candidate(track, view.box_of(track)) for track in view.tracks.items)
        return [
            item
            for item in found
            if item.track.name in self.settings.classes and covered_share(zone.polygon, [_footprint(item.box)]) > 0
        ]


def _footprint(box: Rectangle) -> Rectangle:
    """Lower third of the box: about where the vehicle meets the ground."""
    x1, y1, x2, y2 = box
    return x1, y2 - (y2 - y1) / 3, x2, y2
