"""消防通道占用: vehicles cover part of a fire lane for longer than allowed. Other objects come later."""

from typing import Literal

from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.scenes.base import VEHICLES, Finding, SceneSettings, View, share
from sharp_eyes.edge.scenes.geometry import Rectangle, covered_share
from sharp_eyes.edge.scenes.life import Origin
from sharp_eyes.edge.scenes.occupancy import Sighting, StandingScene, of_stays
from sharp_eyes.edge.scenes.stays import Candidate, Stay
from sharp_eyes.edge.scenes.zones import Zone


class FireLaneSettings(SceneSettings):
    """Settings of a blocked fire lane."""

    scene: Literal[SceneName.FIRE_LANE_BLOCKED] = Field(SceneName.FIRE_LANE_BLOCKED, title="Which scene")
    zones: tuple[Zone, ...] = Field(title="Fire lanes", min_length=1)
    dwell: float = Field(120.0, title="Seconds the lane may be covered", gt=0, le=86_400)
    covered: float = Field(0.1, title="Share of the lane that must be covered", gt=0, le=1)
    classes: tuple[str, ...] = Field(VEHICLES, title="Detector classes that count", min_length=1)


class FireLaneBlocked(StandingScene[FireLaneSettings]):
    """One event for each time a lane is blocked. A fire engine cannot be told from a truck yet: use the schedule."""

    name = SceneName.FIRE_LANE_BLOCKED
    settings_type = FireLaneSettings
    standing_after = 2.0

    def __init__(self, settings: FireLaneSettings, origin: Origin) -> None:
        self._zones = {zone.id: zone for zone in settings.zones}
        super().__init__(settings, origin, dict.fromkeys(self._zones, settings.dwell))

    @override
    def candidates(self, zone: str, view: View) -> list[Candidate]:
        lane = self._zones[zone].polygon
        found = [
            Candidate(track, view.box_of(track)) for track in view.tracks.items if track.name in self.settings.classes
        ]
        return [item for item in found if covered_share(lane, [_footprint(item.box)]) > 0]

    @override
    def sighting(self, zone: str, standing: list[Stay]) -> Sighting | None:
        covered = self._covered(zone, [stay.box for stay in standing])
        if covered < self.settings.covered:
            return None
        return of_stays(standing, share("covered", covered, self.settings.covered))

    @override
    def check(self, zone: str, box: Rectangle | None, view: View) -> Finding:
        covered = self._covered(zone, [item.box for item in self.candidates(zone, view)])
        return Finding(covered >= self.settings.covered, (share("covered", covered, self.settings.covered),))

    def _covered(self, zone: str, boxes: list[Rectangle]) -> float:
        return covered_share(self._zones[zone].polygon, [_footprint(box) for box in boxes])


def _footprint(box: Rectangle) -> Rectangle:
    """Lower third of the box: about where the vehicle meets the ground."""
    x1, y1, x2, y2 = box
    return x1, y2 - (y2 - y1) / 3, x2, y2
