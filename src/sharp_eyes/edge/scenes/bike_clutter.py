"""共享单车乱停放: too many bicycles stand in a zone outside its docks for too long. The pile comes later."""

from typing import Literal

from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.scenes.base import Finding, Needs, SceneSettings, View, count
from sharp_eyes.edge.scenes.geometry import Rectangle, anchor_point, contains
from sharp_eyes.edge.scenes.life import Origin
from sharp_eyes.edge.scenes.occupancy import Sighting, ZoneScene, of_stays
from sharp_eyes.edge.scenes.stays import Candidate, Stays
from sharp_eyes.edge.scenes.zones import Polygon, Zone

_STANDING = 5.0
"""Watched seconds in one place from which a bicycle stands rather than passes."""


class ClutterZone(Zone):
    """A zone with docks where bicycles may stand."""

    docks: tuple[Polygon, ...] = Field((), title="Docking polygons inside the zone")


class BikeClutterSettings(SceneSettings):
    """Settings of shared-bike clutter."""

    scene: Literal[SceneName.BIKE_CLUTTER] = Field(SceneName.BIKE_CLUTTER, title="Which scene")
    zones: tuple[ClutterZone, ...] = Field(title="Zones to keep clear", min_length=1)
    count: int = Field(5, title="Bicycles from which it is clutter", ge=1, le=500)
    dwell: float = Field(300.0, title="Seconds the clutter may stand", gt=0, le=86_400)
    classes: tuple[str, ...] = Field(("bicycle",), title="Detector classes that count", min_length=1)


class BikeClutter(ZoneScene[BikeClutterSettings]):
    """One event for each time a zone is cluttered; riders passing and bicycles in a dock do not count."""

    name = SceneName.BIKE_CLUTTER
    settings_type = BikeClutterSettings

    def __init__(self, settings: BikeClutterSettings, origin: Origin) -> None:
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
            stays = self._stays[zone.id].update(self._outside_docks(zone, view), view.clock, view.look_of)
            standing = [stay for stay in stays if stay.dwell.seconds >= _STANDING]
            if len(standing) >= self.settings.count:
                found[zone.id] = of_stays(standing, count("count", len(standing), self.settings.count))
        return found

    @override
    def forget(self) -> None:
        for stays in self._stays.values():
            stays.clear()

    @override
    def check(self, zone: str, box: Rectangle | None, view: View) -> Finding:
        watched = {item.id: item for item in self.settings.zones}[zone]
        found = len(self._outside_docks(watched, view))
        return Finding(found >= self.settings.count, (count("count", found, self.settings.count),))

    def _outside_docks(self, zone: ClutterZone, view: View) -> list[Candidate]:
        anchor = self.settings.anchor
        found = view.candidates(self.settings.classes, zone.polygon, anchor)
        return [
            item for item in found if not any(contains(dock, anchor_point(item.box, anchor)) for dock in zone.docks)
        ]
