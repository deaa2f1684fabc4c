"""周界入侵: a person's foot point inside a polygon, or crossing a line in the named direction."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator
from typing_extensions import override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.scenes.base import Finding, SceneSettings, View, count
from sharp_eyes.edge.scenes.geometry import Anchor, Point, Rectangle, anchor_point, passes
from sharp_eyes.edge.scenes.life import Origin
from sharp_eyes.edge.scenes.occupancy import Sighting, ZoneScene, around
from sharp_eyes.edge.scenes.stays import Candidate
from sharp_eyes.edge.scenes.zones import Line, Zone

_COUNTED = {"to_right": (1,), "to_left": (-1,), "both": (1, -1)}


class PerimeterSettings(SceneSettings):
    """Settings of a perimeter."""

    scene: Literal[SceneName.PERIMETER_INTRUSION] = Field(SceneName.PERIMETER_INTRUSION, title="Which scene")
    zones: tuple[Zone, ...] = Field((), title="Areas nobody may enter")
    lines: tuple[Line, ...] = Field((), title="Lines nobody may cross")
    dwell: float = Field(1.0, title="Seconds a person may be inside", ge=0, le=3600)
    look_interval: float = Field(0.2, title="Seconds between two looks", ge=0.04, le=600)
    grace: float = Field(2.0, title="Seconds a person may be hidden and still count as there", ge=0, le=600)
    anchor: Anchor = Field(Anchor.FOOT, title="Point of the box that must lie in the zone")
    classes: tuple[str, ...] = Field(("person",), title="Detector classes that count", min_length=1)

    @model_validator(mode="after")
    def _something_to_watch(self) -> Self:
        if not self.zones and not self.lines:
            raise ValueError("give at least one zone or one line")
        return self


class PerimeterIntrusion(ZoneScene[PerimeterSettings]):
    """One event for each time an area is entered or a line is crossed, however many people do so together."""

    name = SceneName.PERIMETER_INTRUSION
    settings_type = PerimeterSettings

    def __init__(self, settings: PerimeterSettings, origin: Origin) -> None:
        dwells = {zone.id: settings.dwell for zone in settings.zones} | {line.id: 0.0 for line in settings.lines}
        super().__init__(settings, origin, dwells)
        self._feet: dict[int, tuple[Point, float]] = {}

    @override
    def sightings(self, view: View) -> dict[str, Sighting]:
        found = {}
        for zone in self.settings.zones:
            inside = view.candidates(self.settings.classes, zone.polygon, self.settings.anchor)
            if inside:
                found[zone.id] = _sighting("count", inside)
        people = [
            Candidate(track, view.box_of(track)) for track in view.tracks.items if track.name in self.settings.classes
        ]
        for line in self.settings.lines:
            crossing = [person for person in people if self._crosses(line, person)]
            if crossing:
                found[line.id] = _sighting("crossings", crossing)
        now = view.clock.watched
        self._feet |= {person.track.id: (self._foot(person), now) for person in people}
        # Kept for the grace: one missed look at the line must not lose the crossing.
        self._feet = {identity: seen for identity, seen in self._feet.items() if now - seen[1] <= self.settings.grace}
        return found

    @override
    def forget(self) -> None:
        self._feet.clear()

    @override
    def check(self, zone: str, box: Rectangle | None, view: View) -> Finding:
        if zone in {line.id for line in self.settings.lines}:
            return Finding(holds=False, measures=(count("crossings", 0),))
        area = {item.id: item for item in self.settings.zones}[zone]
        found = len(view.candidates(self.settings.classes, area.polygon, self.settings.anchor))
        return Finding(found > 0, (count("count", found),))

    def _foot(self, person: Candidate) -> Point:
        return anchor_point(person.box, self.settings.anchor)

    def _crosses(self, line: Line, person: Candidate) -> bool:
        seen = self._feet.get(person.track.id)
        crossed = passes(line.line, seen[0], self._foot(person)) if seen else 0
        return crossed in _COUNTED[line.direction]


def _sighting(measure: str, people: Sequence[Candidate]) -> Sighting:
    best = max(people, key=lambda person: person.track.score)
    value = count(measure, len(people))
    return Sighting((value,), value.value, best.track.score, around([item.box for item in people]), best.track.name)
