"""Scenes whose condition belongs to a whole zone and must hold for some time before it counts."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from typing_extensions import override

from sharp_eyes.contract.event import Measure, SceneEvent
from sharp_eyes.edge.sampling import NextLook
from sharp_eyes.edge.scenes.base import Observation, Scene, SceneSettings, seconds
from sharp_eyes.edge.scenes.clock import Clock, Dwell
from sharp_eyes.edge.scenes.event_lifecycle import Condition, EventLifecycle, Origin
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.pace import Pace
from sharp_eyes.edge.scenes.state import StateCodec, only_known, part
from sharp_eyes.edge.scenes.stationary import Candidate, StationaryObject, StationaryObjects


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one look found in a zone.

    Attributes:
        measures: all but the dwell, the one that decides first.
        value: what the grade goes by.
        object_class: None where no detector saw it.
        since: since when it has been so, if that is longer than it could be told; None: since this look.
    """

    measures: tuple[Measure, ...]
    value: float
    score: float
    box: Rectangle | None
    object_class: str | None
    since: Dwell | None = None


def of_objects(objects: Sequence[StationaryObject], *measures: Measure, since: Dwell | None = None) -> Sighting:
    """Several standing objects as one sighting, the main measure first; the best seen gives score and class."""
    best = max(objects, key=lambda item: item.score)
    box = around([item.box for item in objects])
    return Sighting(measures, measures[0].value, best.score, box, best.name, since)


@dataclass(frozen=True, slots=True)
class _State:
    dwell: Dwell | None
    latest: Sighting | None
    count: int
    absent: Dwell | None


_CODEC: StateCodec[_State] = StateCodec(_State)


class Occupancy:
    """The running dwell of one zone's condition; misses up to the grace are bridged."""

    def __init__(self, grace: float) -> None:
        """``grace`` in watched seconds."""
        self._grace = grace
        self.dwell: Dwell | None = None
        self.latest: Sighting | None = None
        self.count = 0
        self._absent: Dwell | None = None  # until when it was known not to be so

    def update(self, sighting: Sighting | None, clock: Clock) -> None:
        """Take in one look."""
        if sighting is not None:
            if self.dwell is None:
                begin = sighting.since or Dwell.start(clock)
                self.dwell = begin.again(clock, self._absent)
                self.count += 1
            self.dwell.see(clock)
            self.latest = sighting
        elif self.dwell is not None and self.dwell.miss(clock) > self._grace:
            self.clear()
            self._absent = Dwell.start(clock)

    @property
    def missed(self) -> bool:
        """Whether the latest look did not find what it is about."""
        return self.dwell is not None and self.dwell.missed

    def clear(self) -> None:
        """Forget the running dwell."""
        self.dwell, self.latest, self._absent = None, None, None

    def dump_state(self) -> Any:
        """The running dwell, as JSON can hold it."""
        return _CODEC.dump(_State(self.dwell, self.latest, self.count, self._absent))

    def load_state(self, state: Any, what: str) -> None:
        """Go on with this dwell; ``what`` names it in the log, should it be of no use."""
        kept = _CODEC.load(state, what)
        if kept is not None:
            self.dwell, self.latest, self.count, self._absent = kept.dwell, kept.latest, kept.count, kept.absent


SettingsT = TypeVar("SettingsT", bound=SceneSettings)


class ZoneScene(Scene[SettingsT]):
    """One event for each time a zone's condition holds for longer than its dwell."""

    def __init__(self, settings: SettingsT, origin: Origin, dwells: dict[str, float]) -> None:
        """``dwells``: seconds the condition may hold, by identifier of the zone or line."""
        super().__init__(settings, origin)
        self._dwells = dwells
        self._occupancy = {zone: Occupancy(settings.grace) for zone in dwells}
        self._lifecycle = EventLifecycle(
            self.name, origin, settings.update_interval, settings.clear_after, settings.verify
        )

    @abstractmethod
    def sightings(self, observation: Observation) -> dict[str, Sighting]:
        """What this look found, by zone; a zone without a finding is left out."""

    @abstractmethod
    def forget(self) -> None:
        """Drop what was remembered of earlier looks, because the schedule has ended."""

    @override
    def observe(self, observation: Observation) -> list[SceneEvent]:
        if not self.settings.schedule.active(observation.clock.time):
            self.forget()
            for occupancy in self._occupancy.values():
                occupancy.clear()
            return self._lifecycle.step([], observation.clock)
        found = self.sightings(observation)
        conditions = []
        for zone, occupancy in self._occupancy.items():
            occupancy.update(found.get(zone), observation.clock)
            condition = self._condition(zone, occupancy)
            conditions += [condition] if condition else []
        return self._lifecycle.step(conditions, observation.clock)

    @override
    def dump_state(self) -> dict[str, Any]:
        occupancy = {zone: item.dump_state() for zone, item in self._occupancy.items()}
        return {**super().dump_state(), "occupancy": occupancy, "open": self._lifecycle.dump_state()}

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        for zone, kept in only_known(part(state, "occupancy"), set(self._dwells), self.label).items():
            self._occupancy[zone].load_state(kept, f"{self.label}, zone {zone}")
        self._lifecycle.load_state(state.get("open", []), set(self._dwells))

    @property
    def label(self) -> str:
        """Camera and scene, for the log."""
        return f"{self.origin.camera}, {self.name}"

    def _condition(self, zone: str, occupancy: Occupancy) -> Condition | None:
        dwell, latest = occupancy.dwell, occupancy.latest
        if dwell is None or latest is None or dwell.seconds < self._dwells[zone]:
            return None
        # Gone for longer than the grace, back before the event was closed: the same event, which began when it began.
        before = self._lifecycle.latest_in(zone)
        key, since = (occupancy.count, dwell.since) if before is None else (before.key, before.since)
        return Condition(
            zone=zone,
            key=key,
            since=since,
            last=dwell.last,
            score=latest.score,
            grade=self.settings.grades.of(latest.value),
            measures=self._with_dwell(latest, seconds("dwell", dwell.seconds, self._dwells[zone])),
            box=latest.box,
            object_class=latest.object_class,
        )

    def _with_dwell(self, latest: Sighting, dwell: Measure) -> tuple[Measure, ...]:
        """What is told: first what made it an event, which is the dwell where nothing else has a limit."""
        if any(one.threshold is not None for one in latest.measures) or not dwell.threshold:
            return (*latest.measures, dwell)
        return (dwell, *latest.measures)


class StandingScene(ZoneScene[SettingsT]):
    """A zone scene about objects that stand in the zone."""

    standing_after: ClassVar[float]
    """Watched seconds in one place from which an object stands rather than passes."""

    def __init__(self, settings: SettingsT, origin: Origin, dwells: dict[str, float]) -> None:
        super().__init__(settings, origin, dwells)
        self._objects = {zone: StationaryObjects(settings.grace) for zone in dwells}

    @property
    @override
    def pace(self) -> Pace:
        return Pace(self.needs.interval, min(self._dwells.values()), self.settings.grace)

    @property
    def restless(self) -> bool:
        """Whether something moves, hides, or has not stood for long enough to be a standing one."""
        return any(
            objects.restless or any(item.dwell.seconds < self.standing_after for item in objects.all)
            for objects in self._objects.values()
        )

    @override
    def next_looks(self, clock: Clock) -> list[NextLook]:
        """Often while something is restless or was missed; and when a dwell is up."""
        missed = any(occupancy.missed for occupancy in self._occupancy.values())
        happens = self.restless or missed or self._lifecycle.unsettled
        running = [(zone, one.dwell) for zone, one in self._occupancy.items() if one.dwell is not None]
        remaining = [self._dwells[zone] - dwell.seconds for zone, dwell in running]
        return self.pace.when(clock.time, happens, [*remaining, *self._lifecycle.due_in(clock)])

    @abstractmethod
    def candidates(self, zone: str, observation: Observation) -> list[Candidate]:
        """Objects that may stand in this zone."""

    @abstractmethod
    def sighting(self, zone: str, standing: list[StationaryObject]) -> Sighting | None:
        """What the standing objects amount to; None where that is not enough."""

    @override
    def sightings(self, observation: Observation) -> dict[str, Sighting]:
        found = {}
        for zone, objects in self._objects.items():
            inside = self.candidates(zone, observation)
            outside = self._outside(inside, observation)
            there = objects.update(inside, observation.clock, observation.patch_of, outside)
            sighting = self.sighting(zone, [item for item in there if item.dwell.seconds >= self.standing_after])
            if sighting is not None:
                found[zone] = sighting
        return found

    def _outside(self, inside: list[Candidate], observation: Observation) -> list[Candidate]:
        taken = {item.track.id for item in inside}
        return [
            Candidate(track, observation.box_of(track)) for track in observation.tracks.items if track.id not in taken
        ]

    @override
    def forget(self) -> None:
        for objects in self._objects.values():
            objects.clear()

    @override
    def dump_state(self) -> dict[str, Any]:
        return {
            **super().dump_state(),
            "stays": {zone: objects.dump_state() for zone, objects in self._objects.items()},
        }

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        for zone, kept in part(state, "stays").items():
            if zone in self._objects:
                self._objects[zone].load_state(kept, f"{self.label}, zone {zone}")


def around(boxes: Sequence[Rectangle]) -> Rectangle:
    """The smallest box that holds all boxes."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
