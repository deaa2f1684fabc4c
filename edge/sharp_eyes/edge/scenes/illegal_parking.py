"""机动车违停: a vehicle standing in a no-parking polygon for longer than allowed."""

from typing import Any, Literal

from pydantic import Field
from typing_extensions import override

from sharp_eyes.configuration import Settings
from sharp_eyes.contract.event import SceneEvent, SceneName
from sharp_eyes.edge.extract.box_overlap import overlap
from sharp_eyes.edge.polygons import Polygon
from sharp_eyes.edge.sampling import NextLook
from sharp_eyes.edge.scenes.anchor import anchor_point
from sharp_eyes.edge.scenes.base import VEHICLES, Finding, Observation, Scene, SceneSettings, count, seconds
from sharp_eyes.edge.scenes.clock import Clock
from sharp_eyes.edge.scenes.event_lifecycle import Condition, EventLifecycle, Origin
from sharp_eyes.edge.scenes.geometry import Rectangle, contains
from sharp_eyes.edge.scenes.pace import Pace
from sharp_eyes.edge.scenes.queues import QueueSettings, queueing
from sharp_eyes.edge.scenes.state import StateCodec
from sharp_eyes.edge.scenes.stationary import Candidate, StationaryObject, StationaryObjects
from sharp_eyes.edge.scenes.zones import Zone

SAME_PLACE = 0.3
"""Overlap from which a vehicle stands where the event's vehicle stood."""

_QUEUED: StateCodec[dict[int, float]] = StateCodec(dict[int, float])


class BusStop(Settings):
    """Where buses may stand longer."""

    polygon: Polygon = Field(title="Where a bus stops")
    dwell: float = Field(600.0, title="Seconds a bus may stand there", gt=0, le=86_400)


class IllegalParkingSettings(SceneSettings):
    """Settings of illegal parking."""

    scene: Literal[SceneName.ILLEGAL_PARKING] = Field(SceneName.ILLEGAL_PARKING, title="Which scene")
    zones: tuple[Zone, ...] = Field(title="No-parking zones", min_length=1)
    dwell: float = Field(180.0, title="Seconds a vehicle may stand", gt=0, le=86_400)
    bays: tuple[Polygon, ...] = Field((), title="Where parking is allowed, within the zones")
    queue: QueueSettings = Field(QueueSettings(), title="What is a queue and not parking")
    bus_stops: tuple[BusStop, ...] = Field((), title="Stops where buses may stand longer")
    classes: tuple[str, ...] = Field(VEHICLES, title="Detector classes that count", min_length=1)


class IllegalParking(Scene[IllegalParkingSettings]):
    """One event for each vehicle's stay. A vehicle that stood there at start-up counts from then.

    All vehicles in the picture are followed, so that one that drives out of the zone is not taken for hidden, and
    the neighbours outside tell a queue.
    """

    name = SceneName.ILLEGAL_PARKING
    settings_type = IllegalParkingSettings

    def __init__(self, settings: IllegalParkingSettings, origin: Origin) -> None:
        super().__init__(settings, origin)
        self._objects = StationaryObjects(settings.grace)
        self._lifecycle = EventLifecycle(
            self.name, origin, settings.update_interval, settings.clear_after, settings.verify
        )
        self._queued: dict[int, float] = {}  # by number of the object: watched seconds when it last stood in a queue

    @override
    def observe(self, observation: Observation) -> list[SceneEvent]:
        if not self.settings.schedule.active(observation.clock.time):
            self._objects.clear()
            self._queued.clear()
            return self._lifecycle.step([], observation.clock)
        vehicles = [
            Candidate(track, observation.box_of(track))
            for track in observation.tracks.items
            if track.name in self.settings.classes
        ]
        objects = self._objects.update(vehicles, observation.clock, observation.patch_of)
        self._notice_queues(objects, observation)
        conditions = [
            self._condition(zone, item, observation.clock)
            for zone in self.settings.zones
            for item in objects
            if self._is_forbidden(zone, item.mean)
        ]
        return self._lifecycle.step([condition for condition in conditions if condition], observation.clock)

    @property
    @override
    def pace(self) -> Pace:
        return Pace(self.settings.look_interval, self.settings.dwell, self.settings.grace)

    @override
    def next_looks(self, clock: Clock) -> list[NextLook]:
        """Often while a vehicle moves, is hidden or waits in a queue; and when a limit of one at rest is reached."""
        happens = self._objects.restless or self._lifecycle.unsettled
        remaining = self._lifecycle.due_in(clock)
        for item in self._objects.all:
            if any(self._is_forbidden(zone, item.mean) for zone in self.settings.zones):
                limit = self._limit(item)
                happens = happens or (item.dwell.seconds >= limit and self._waits(item, limit, clock))
                remaining += [at - item.dwell.seconds for at in (limit, *self.settings.grades.limits)]
        return self.pace.when(clock.time, happens, remaining)

    @override
    def check(self, zone: str, box: Rectangle | None, observation: Observation) -> Finding:
        watched = {item.id: item for item in self.settings.zones}[zone]
        found = observation.candidates(self.settings.classes, watched.polygon, self.settings.anchor)
        found = [item for item in found if self._is_forbidden(watched, item.box)]
        there = [item for item in found if box is None or overlap(item.box, box) >= SAME_PLACE]
        measures = (count("vehicles", len(there)),)
        return Finding(bool(there), measures, f"{there[0].track.name} stands there" if there else "")

    @override
    def dump_state(self) -> dict[str, Any]:
        return {
            **super().dump_state(),
            "stays": self._objects.dump_state(),
            "queued": _QUEUED.dump(self._queued),
            "open": self._lifecycle.dump_state(),
        }

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        where = f"{self.origin.camera}, {self.name}"
        if "stays" in state:
            self._objects.load_state(state["stays"], f"{where}, stays")
        self._queued = _QUEUED.load(state.get("queued", {}), f"{where}, queue") or {}
        self._lifecycle.load_state(state.get("open", []), {zone.id for zone in self.settings.zones})

    def _notice_queues(self, objects: list[StationaryObject], observation: Observation) -> None:
        there = {item.number for item in objects}
        self._queued = {number: when for number, when in self._queued.items() if number in there}
        waiting = queueing(objects, self.settings.queue, observation.tracks.width / observation.tracks.height)
        self._queued |= dict.fromkeys(waiting, observation.clock.watched)

    def _is_forbidden(self, zone: Zone, box: Rectangle) -> bool:
        """Whether a vehicle with this box stands in the zone and in none of its bays."""
        anchor = anchor_point(box, self.settings.anchor)
        return contains(zone.polygon, anchor) and not any(contains(bay, anchor) for bay in self.settings.bays)

    def _limit(self, item: StationaryObject) -> float:
        """Seconds that this one may stand where it stands."""
        anchor = anchor_point(item.mean, self.settings.anchor)
        stops = [
            stop.dwell for stop in self.settings.bus_stops if item.name == "bus" and contains(stop.polygon, anchor)
        ]
        return max([self.settings.dwell, *stops])

    def _waits(self, item: StationaryObject, limit: float, clock: Clock) -> bool:
        """Whether it stands in a queue, or its queue has just moved on, and the queue's grace is not used up."""
        queue, queued = self.settings.queue, self._queued.get(item.number)
        if queued is None or item.dwell.seconds >= limit + queue.grace:
            return False
        return clock.since(queued) < queue.patience

    def _condition(self, zone: Zone, item: StationaryObject, clock: Clock) -> Condition | None:
        dwell, limit = item.dwell.seconds, self._limit(item)
        if dwell < limit:
            return None
        if not self._lifecycle.is_open(zone.id, item.number) and self._waits(item, limit, clock):
            return None
        return Condition(
            zone=zone.id,
            key=item.number,
            since=item.dwell.since,
            last=item.dwell.last,
            score=item.score,
            grade=self.settings.grades.of(dwell),
            measures=(seconds("dwell", dwell, limit),),
            box=item.box,
            object_class=item.name,
        )
