"""What the scenes about a thing that must not be in a zone at all share: an e-bike in a lobby, a gas cylinder."""

from abc import abstractmethod
from typing import Any, ClassVar, TypeVar

from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.polygons import Polygon
from sharp_eyes.edge.scenes.base import VEHICLES, Finding, Needs, Observation, Scene, SceneSettings, count
from sharp_eyes.edge.scenes.clock import Clock
from sharp_eyes.edge.scenes.event_lifecycle import Condition, EventLifecycle, Origin
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.presence import Presence, Presences, Rules, Sighted, claim, sightings
from sharp_eyes.edge.scenes.state import only_known, part
from sharp_eyes.edge.scenes.traffic import Traffic
from sharp_eyes.edge.scenes.zones import Zone


class PresenceSettings(SceneSettings):
    """Settings that these scenes share."""

    zones: tuple[Zone, ...] = Field(title="Zones, drawn on the floor", min_length=1)
    ignore: tuple[Polygon, ...] = Field((), title="Areas whose objects never count: pictures, a fixed look-alike")
    dwell: float = Field(5.0, title="Seconds it may be in the zone, moving or standing", gt=0, le=86_400)
    look_interval: float = Field(0.5, title="Seconds between two looks", ge=0.04, le=600)
    grace: float = Field(4.0, title="Seconds it may go unseen and still count as there", ge=0, le=600)
    seen: float = Field(0.5, title="Share of the looks during the dwell that must see it", gt=0, le=1)
    score: float = Field(0.4, title="Mean score that those looks must reach", ge=0, le=1)
    smallest: float = Field(0.04, title="Least height of it, as a share of the picture's height", ge=0, le=1)
    cross_check: bool = Field(True, title="Let other classes' boxes speak against it; needs the street detector")
    arrivals_only: bool = Field(False, title="Count only what was seen to move since it appeared")
    in_traffic: bool = Field(False, title="Count also what is where cars, buses and trucks drive")


SettingsT = TypeVar("SettingsT", bound=PresenceSettings)


class PresenceScene(Scene[SettingsT]):
    """Follows the wanted objects of each zone; what they amount to is each scene's own."""

    supporting: ClassVar[tuple[str, ...]] = ()
    """Classes as which the wanted object may be seen now and then: they carry it on, but begin nothing."""
    rivals: ClassVar[dict[str, float]]
    """Classes that speak against it, with the overlap from which their box stands for the same place."""

    def __init__(self, settings: SettingsT, origin: Origin) -> None:
        super().__init__(settings, origin)
        rules = Rules(settings.dwell, settings.grace, settings.seen, settings.score)
        self._zones = {zone.id: zone for zone in settings.zones}
        self._presences = {zone: Presences(rules) for zone in self._zones}
        self._traffic = Traffic()
        self._told: dict[str, set[int]] = {zone: set() for zone in self._zones}  # numbers of what counts already
        self._lifecycle = EventLifecycle(
            self.name, origin, settings.update_interval, settings.clear_after, settings.verify
        )

    @property
    def wanted(self) -> tuple[str, ...]:
        """Classes that count."""
        return self.settings.classes

    @property
    @override
    def needs(self) -> Needs:
        vehicles = () if self.settings.in_traffic else VEHICLES
        others = (*self.supporting, *self.rivals, *vehicles) if self.settings.cross_check else ()
        return Needs(self.settings.look_interval, tuple(dict.fromkeys((*self.wanted, *others))))

    @abstractmethod
    def conditions(self, zone: str, there: list[Presence]) -> list[Condition]:
        """What the objects that count in a zone amount to."""

    @override
    def observe(self, observation: Observation) -> list[SceneEvent]:
        if not self.settings.schedule.active(observation.clock.time):
            for presences in self._presences.values():
                presences.clear()
            self._traffic.clear()
            return self._lifecycle.step([], observation.clock)
        self._traffic.see(observation)
        found: list[Condition] = []
        for zone, presences in self._presences.items():
            there = presences.update(self._sighted(zone, observation), observation.clock)
            counted = [item for item in there if self._tells(zone, item, observation.clock)]
            self._told[zone] = {item.number for item in counted}
            found += self.conditions(zone, counted)
        return self._lifecycle.step(found, observation.clock)

    @override
    def check(self, zone: str, box: Rectangle | None, observation: Observation) -> Finding:
        """Any wanted object in the zone holds: the zone must be empty, wherever the one of the event stood."""
        del box
        found = [item for item in self._sighted(zone, observation) if item.begins and item.rival <= item.score]
        reason = f"{found[0].candidate.track.name} is there" if found else ""
        return Finding(bool(found), (count("count", len(found)),), reason)

    @override
    def dump_state(self) -> dict[str, Any]:
        presences = {zone: item.dump_state() for zone, item in self._presences.items()}
        return {**super().dump_state(), "presences": presences, "open": self._lifecycle.dump_state()}

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        for zone, kept in only_known(part(state, "presences"), set(self._zones), self.label).items():
            self._presences[zone].load_state(kept, f"{self.label}, zone {zone}")
        self._lifecycle.load_state(state.get("open", []), set(self._zones))

    @property
    def label(self) -> str:
        """Camera and scene, for the log."""
        return f"{self.origin.camera}, {self.name}"

    def _tells(self, zone: str, item: Presence, clock: Clock) -> bool:
        """Whether an object counts: where vehicles drive only if it did so before they came, or if it is asked for."""
        if self.settings.arrivals_only and not item.moved:
            return False
        known = item.number in self._told[zone]
        return known or self.settings.in_traffic or not self._traffic.around(item.box, clock)

    def _sighted(self, zone: str, observation: Observation) -> list[Sighted]:
        settings = self.settings
        names = (*self.wanted, *(self.supporting if settings.cross_check else ()))
        inside = sightings(
            observation, self._zones[zone].polygon, settings.anchor, names, settings.ignore, settings.smallest
        )
        rivals = {name: least for name, least in self.rivals.items() if name not in self.wanted}
        against = rivals if settings.cross_check else {}
        return [Sighted(item, claim(observation, item.box, against), item.track.name in self.wanted) for item in inside]
