"""共享单车乱停放: too many bicycles stand in a zone outside its docks for too long. The pile comes later."""

from typing import Literal

from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.scenes.base import Finding, SceneSettings, View, count
from sharp_eyes.edge.scenes.geometry import Rectangle, anchor_point, contains
from sharp_eyes.edge.scenes.life import Origin
from sharp_eyes.edge.scenes.occupancy import Sighting, StandingScene, of_stays
from sharp_eyes.edge.scenes.stays import Candidate, Stay
from sharp_eyes.edge.scenes.zones import Polygon, Zone


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


class BikeClutter(StandingScene[BikeClutterSettings]):
    """One event for each time a zone is cluttered; riders passing and bicycles in a dock do not count."""

    name = SceneName.BIKE_CLUTTER
    settings_type = BikeClutterSettings
    standing_after = 5.0

    def __init__(self, settings: BikeClutterSettings, origin: Origin) -> None:
        self._zones = {zone.id: zone for zone in settings.zones}
        super().__init__(settings, origin, dict.fromkeys(self._zones, settings.dwell))

    @override
    def candidates(self, zone: str, view: View) -> list[Candidate]:
        watched, anchor = self._zones[zone], self.settings.anchor
        found = view.candidates(self.settings.classes, watched.polygon, anchor)
        return [
            item for item in found if not any(contains(dock, anchor_point(item.box, anchor)) for dock in watched.docks)
        ]

    @override
    def sighting(self, zone: str, standing: list[Stay]) -> Sighting | None:
        if len(standing) < self.settings.count:
            return None
        return of_stays(standing, count("count", len(standing), self.settings.count))

    @override
    def check(self, zone: str, box: Rectangle | None, view: View) -> Finding:
        found = len(self.candidates(zone, view))
        return Finding(found >= self.settings.count, (count("count", found, self.settings.count),))
