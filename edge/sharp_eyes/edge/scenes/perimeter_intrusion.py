"""周界入侵: a person's foot point inside a polygon, or crossing a line in the named direction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, model_validator
from typing_extensions import Self, override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.extract.box_overlap import overlap
from sharp_eyes.edge.sampling import NextLook
from sharp_eyes.edge.scenes.anchor import Anchor, anchor_point
from sharp_eyes.edge.scenes.base import Finding, Observation, SceneSettings, count
from sharp_eyes.edge.scenes.clock import Clock, Dwell
from sharp_eyes.edge.scenes.event_lifecycle import Origin
from sharp_eyes.edge.scenes.geometry import Rectangle, contains, passes
from sharp_eyes.edge.scenes.occupancy import Sighting, ZoneScene, around
from sharp_eyes.edge.scenes.state import StateCodec
from sharp_eyes.edge.scenes.stationary import Candidate
from sharp_eyes.edge.scenes.zones import Line, Zone

_SAME_PERSON = 0.2
"""Overlap of two boxes of one person in the looks before and after a restart."""

_FASTEST = 3.0
"""Heights a second, and one height more, that a person moves at most: what jumps farther is somebody else."""

_COUNTED = {"to_right": (1,), "to_left": (-1,), "both": (1, -1)}


class PerimeterSettings(SceneSettings):
    """Settings of a perimeter."""

    scene: Literal[SceneName.PERIMETER_INTRUSION] = Field(SceneName.PERIMETER_INTRUSION, title="Which scene")
    zones: tuple[Zone, ...] = Field((), title="Areas nobody may enter")
    lines: tuple[Line, ...] = Field((), title="Lines nobody may cross")
    dwell: float = Field(1.0, title="Seconds a person may be inside", ge=0, le=3600)
    look_interval: float = Field(0.2, title="Seconds between two looks", ge=0.04, le=600)
    grace: float = Field(2.0, title="Seconds a person may be hidden and still count as there", ge=0, le=600)
    score: float = Field(0.35, title="Mean score that the looks at a person must reach", ge=0, le=1)
    smallest: float = Field(0.0, title="Least height of a person's box, share of the picture's height", ge=0, le=1)
    anchor: Anchor = Field(Anchor.FOOT, title="Point of the box that must lie in the zone")
    classes: tuple[str, ...] = Field(("person",), title="Detector classes that count", min_length=1)

    @model_validator(mode="after")
    def _something_to_watch(self) -> Self:
        if not self.zones and not self.lines:
            raise ValueError("give at least one zone or one line")
        return self


@dataclass(slots=True)
class _Person:
    """Somebody who was seen: where, and since when inside which zone."""

    box: Rectangle
    seen: Dwell
    inside: dict[str, Dwell]
    looks: int = 0
    total: float = 0.0  # of the scores


_CODEC: StateCodec[list[_Person]] = StateCodec(list[_Person])


class PerimeterIntrusion(ZoneScene[PerimeterSettings]):
    """One event for each time an area is entered or a line is crossed, however many people do so together.

    A person counts from the second look on: what is seen in a single look only is as a rule no person.
    """

    name = SceneName.PERIMETER_INTRUSION
    settings_type = PerimeterSettings

    def __init__(self, settings: PerimeterSettings, origin: Origin) -> None:
        dwells = {zone.id: settings.dwell for zone in settings.zones} | {line.id: 0.0 for line in settings.lines}
        super().__init__(settings, origin, dwells)
        self._known: dict[int, _Person] = {}
        self._recalled: list[_Person] = []

    @override
    def sightings(self, observation: Observation) -> dict[str, Sighting]:
        people = self._people(observation)
        self._find_again(people)
        found = {}
        for line in self.settings.lines:
            crossing = [
                person
                for person in people
                if self._crosses(line, person, observation.clock) and self._is_person(person)
            ]
            if crossing:
                found[line.id] = _sighting("crossings", crossing)
        self._follow(people, observation.clock)
        for zone in self.settings.zones:
            inside = [(person, self._inside_since(zone, person)) for person in people]
            there = [(person, since) for person, since in inside if since is not None and since.seconds > 0]
            there = [(person, since) for person, since in there if self._is_person(person)]
            if there:
                first = min((since for _, since in there), key=lambda since: since.began)
                found[zone.id] = _sighting("count", [person for person, _ in there], first)
        return found

    @override
    def next_looks(self, clock: Clock) -> list[NextLook]:
        """As often as ever; but less where nobody is to be seen, as long as nothing moves."""
        somebody = self._known or self._recalled or self._lifecycle.unsettled
        return [self.pace.often(clock.time) if somebody else self.pace.asleep(clock.time)]

    @override
    def forget(self) -> None:
        self._known.clear()

    @override
    def check(self, zone: str, box: Rectangle | None, observation: Observation) -> Finding:
        if zone in {line.id for line in self.settings.lines}:
            return Finding(holds=False, measures=(count("crossings", 0),))
        area = {item.id: item for item in self.settings.zones}[zone]
        found = sum(self._is_in(area, person.box) for person in self._people(observation))
        return Finding(found > 0, (count("count", found),))

    @override
    def dump_state(self) -> dict[str, Any]:
        return {**super().dump_state(), "people": _CODEC.dump([*self._known.values(), *self._recalled])}

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        self._recalled = _CODEC.load(state.get("people", []), f"{self.label}, people") or []

    def _people(self, observation: Observation) -> list[Candidate]:
        found = [
            Candidate(item, observation.box_of(item))
            for item in observation.tracks.items
            if item.name in self.settings.classes
        ]
        return [person for person in found if person.box[3] - person.box[1] >= self.settings.smallest]

    def _find_again(self, people: Sequence[Candidate]) -> None:
        """Give the tracks of the first look after a restart to those who were there before."""
        for known in self._recalled:
            free = [person for person in people if person.track.id not in self._known]
            best = max(free, key=lambda person: overlap(known.box, person.box), default=None)
            if best is not None and overlap(known.box, best.box) >= _SAME_PERSON:
                self._known[best.track.id] = known
        self._recalled = []

    def _follow(self, people: Sequence[Candidate], clock: Clock) -> None:
        for person in people:
            known = self._known.setdefault(person.track.id, _Person(person.box, Dwell.start(clock), {}))
            known.box = person.box
            known.seen.see(clock)
            known.looks, known.total = known.looks + 1, known.total + person.track.score
            zones = [zone.id for zone in self.settings.zones if self._is_in(zone, person.box)]
            known.inside = {zone: known.inside.get(zone, Dwell.start(clock)) for zone in zones}
            for since in known.inside.values():
                since.see(clock)
        # Kept for the grace: one missed look at the line must not lose the crossing.
        self._known = {
            identity: known
            for identity, known in self._known.items()
            if clock.since(known.seen.seen) <= self.settings.grace
        }

    def _is_person(self, person: Candidate) -> bool:
        """Whether the looks at it so far were sure enough, in the mean: a shadow is a person weakly, if often."""
        known = self._known[person.track.id]
        return known.looks == 0 or known.total / known.looks >= self.settings.score

    def _inside_since(self, zone: Zone, person: Candidate) -> Dwell | None:
        return self._known[person.track.id].inside.get(zone.id)

    def _is_in(self, zone: Zone, box: Rectangle) -> bool:
        return contains(zone.polygon, anchor_point(box, self.settings.anchor))

    def _crosses(self, line: Line, person: Candidate, clock: Clock) -> bool:
        known = self._known.get(person.track.id)
        if known is None or _jumps(known.box, person.box, clock.since(known.seen.seen)):
            return False
        before = anchor_point(known.box, self.settings.anchor)
        return passes(line.line, before, anchor_point(person.box, self.settings.anchor)) in _COUNTED[line.direction]


def _jumps(before: Rectangle, now: Rectangle, passed: float) -> bool:
    height = max(before[3] - before[1], now[3] - now[1])
    away = max(abs(before[0] + before[2] - now[0] - now[2]) / 2, abs(before[3] - now[3]))
    return away > (1 + _FASTEST * passed) * height


def _sighting(measure: str, people: Sequence[Candidate], since: Dwell | None = None) -> Sighting:
    best = max(people, key=lambda person: person.track.score)
    value = count(measure, len(people))
    box = around([item.box for item in people])
    return Sighting((value,), value.value, best.track.score, box, best.track.name, since)
