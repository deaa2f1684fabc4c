"""机动车违停: a vehicle standing in a no-parking polygon for longer than allowed."""

from typing import Literal

from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneEvent, SceneName
from sharp_eyes.edge.scenes.base import VEHICLES, Finding, Scene, SceneSettings, View, count, seconds
from sharp_eyes.edge.scenes.geometry import Rectangle, overlap
from sharp_eyes.edge.scenes.life import Condition, Life, Origin
from sharp_eyes.edge.scenes.stays import Stay, Stays
from sharp_eyes.edge.scenes.zones import Zone

SAME_PLACE = 0.3
"""Overlap from which a vehicle stands where the event's vehicle stood."""


class IllegalParkingSettings(SceneSettings):
    """Settings of illegal parking."""

    scene: Literal[SceneName.ILLEGAL_PARKING] = Field(SceneName.ILLEGAL_PARKING, title="Which scene")
    zones: tuple[Zone, ...] = Field(title="No-parking zones", min_length=1)
    dwell: float = Field(180.0, title="Seconds a vehicle may stand", gt=0, le=86_400)
    classes: tuple[str, ...] = Field(VEHICLES, title="Detector classes that count", min_length=1)


class IllegalParking(Scene[IllegalParkingSettings]):
    """One event for each vehicle's stay. A vehicle that stood there at start-up counts from then."""

    name = SceneName.ILLEGAL_PARKING
    settings_type = IllegalParkingSettings

    def __init__(self, settings: IllegalParkingSettings, origin: Origin) -> None:
        super().__init__(settings, origin)
        self._stays = {zone.id: Stays(settings.grace) for zone in settings.zones}
        self._life = Life(self.name, origin, settings.update_interval, settings.clear_after)

    @override
    def look(self, view: View) -> list[SceneEvent]:
        if not self.settings.schedule.active(view.clock.time):
            for stays in self._stays.values():
                stays.clear()
            return self._life.step([], view.clock)
        conditions = [self._condition(zone, stay) for zone, stay in self._standing(view)]
        return self._life.step([condition for condition in conditions if condition], view.clock)

    @override
    def check(self, zone: str, box: Rectangle | None, view: View) -> Finding:
        watched = {item.id: item for item in self.settings.zones}[zone]
        found = view.candidates(self.settings.classes, watched.polygon, self.settings.anchor)
        there = [item for item in found if box is None or overlap(item.box, box) >= SAME_PLACE]
        measures = (count("vehicles", len(there)),)
        return Finding(bool(there), measures, f"{there[0].track.name} stands there" if there else "")

    def _standing(self, view: View) -> list[tuple[Zone, Stay]]:
        pairs = []
        for zone in self.settings.zones:
            found = view.candidates(self.settings.classes, zone.polygon, self.settings.anchor)
            pairs += [(zone, stay) for stay in self._stays[zone.id].update(found, view.clock, view.look_of)]
        return pairs

    def _condition(self, zone: Zone, stay: Stay) -> Condition | None:
        dwell = stay.dwell.seconds
        if dwell < self.settings.dwell:
            return None
        return Condition(
            zone=zone.id,
            key=stay.number,
            since=stay.dwell.since,
            last=stay.dwell.last,
            score=stay.score,
            grade=self.settings.grades.of(dwell),
            measures=(seconds("dwell", dwell, self.settings.dwell),),
            box=stay.box,
            object_class=stay.name,
        )
