"""机动车违停: a vehicle standing in a no-parking polygon for longer than allowed."""

from typing import Any, Literal

from pydantic import Field
from typing_extensions import override

from sharp_eyes.configuration import Settings
from sharp_eyes.contract.event import SceneEvent, SceneName
from sharp_eyes.edge.scenes.base import VEHICLES, Finding, Scene, SceneSettings, View, count, seconds
from sharp_eyes.edge.scenes.clock import Clock
from sharp_eyes.edge.scenes.geometry import Rectangle, anchor_point, contains, overlap
from sharp_eyes.edge.scenes.life import Condition, Life, Origin
from sharp_eyes.edge.scenes.memory import Kept
from sharp_eyes.edge.scenes.queues import QueueSettings, queueing
from sharp_eyes.edge.scenes.stays import Candidate, Stay, Stays
from sharp_eyes.edge.scenes.zones import Polygon, Zone

SAME_PLACE = 0.3
"""Overlap from which a vehicle stands where the event's vehicle stood."""

_QUEUED: Kept[dict[int, float]] = Kept(dict[int, float])


class BusStop(Settings):
    """Where buses may stand longer."""

    polygon: Polygon = Field(title="Where a bus stops")
    dwell: float = Field(600.0, title="Seconds a bus may stand there", gt=0, le=86_400)


class IllegalParkingSettings(SceneSettings):
    """Settings of illegal parking."""

    scene: Literal[SceneName.ILLEGAL_PARKING] = Field(SceneName.ILLEGAL_PARKING, title="Which scene")
    zones: tuple[Zone, ...] = Field(title="No-parking zones", min_length=1)
    dwell: float = Field(180.0, title="Seconds a vehicle may stand", gt=0, le=86_400)
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
        self._stays = Stays(settings.grace)
        self._life = Life(self.name, origin, settings.update_interval, settings.clear_after)
        self._queued: dict[int, float] = {}  # by number of the stay: watched seconds when it last stood in a queue

    @override
    def look(self, view: View) -> list[SceneEvent]:
        if not self.settings.schedule.active(view.clock.time):
            self._stays.clear()
            self._queued.clear()
            return self._life.step([], view.clock)
        vehicles = [
            Candidate(track, view.box_of(track)) for track in view.tracks.items if track.name in self.settings.classes
        ]
        stays = self._stays.update(vehicles, view.clock, view.look_of)
        self._notice_queues(stays, view)
        conditions = [
            self._condition(zone, stay, view.clock)
            for zone in self.settings.zones
            for stay in stays
            if contains(zone.polygon, anchor_point(stay.mean, self.settings.anchor))
        ]
        return self._life.step([condition for condition in conditions if condition], view.clock)

    @override
    def check(self, zone: str, box: Rectangle | None, view: View) -> Finding:
        watched = {item.id: item for item in self.settings.zones}[zone]
        found = view.candidates(self.settings.classes, watched.polygon, self.settings.anchor)
        there = [item for item in found if box is None or overlap(item.box, box) >= SAME_PLACE]
        measures = (count("vehicles", len(there)),)
        return Finding(bool(there), measures, f"{there[0].track.name} stands there" if there else "")

    @override
    def remember(self) -> dict[str, Any]:
        return {
            **super().remember(),
            "stays": self._stays.remember(),
            "queued": _QUEUED.pack(self._queued),
            "open": self._life.remember(),
        }

    @override
    def recall(self, memory: dict[str, Any]) -> None:
        super().recall(memory)
        where = f"{self.origin.camera}, {self.name}"
        if "stays" in memory:
            self._stays.recall(memory["stays"], f"{where}, stays")
        self._queued = _QUEUED.unpack(memory.get("queued", {}), f"{where}, queue") or {}
        self._life.recall(memory.get("open", []), {zone.id for zone in self.settings.zones})

    def _notice_queues(self, stays: list[Stay], view: View) -> None:
        there = {stay.number for stay in stays}
        self._queued = {number: when for number, when in self._queued.items() if number in there}
        waiting = queueing(stays, self.settings.queue, view.tracks.width / view.tracks.height)
        self._queued |= dict.fromkeys(waiting, view.clock.watched)

    def _limit(self, stay: Stay) -> float:
        """Seconds that this one may stand where it stands."""
        anchor = anchor_point(stay.mean, self.settings.anchor)
        stops = [
            stop.dwell for stop in self.settings.bus_stops if stay.name == "bus" and contains(stop.polygon, anchor)
        ]
        return max([self.settings.dwell, *stops])

    def _waits(self, stay: Stay, limit: float, clock: Clock) -> bool:
        """Whether it stands in a queue, or its queue has just moved on, and the queue's grace is not used up."""
        queue, queued = self.settings.queue, self._queued.get(stay.number)
        if queued is None or stay.dwell.seconds >= limit + queue.grace:
            return False
        return clock.watched - queued < queue.patience

    def _condition(self, zone: Zone, stay: Stay, clock: Clock) -> Condition | None:
        dwell, limit = stay.dwell.seconds, self._limit(stay)
        if dwell < limit:
            return None
        if not self._life.is_open(zone.id, stay.number) and self._waits(stay, limit, clock):
            return None
        return Condition(
            zone=zone.id,
            key=stay.number,
            since=stay.dwell.since,
            last=stay.dwell.last,
            score=stay.score,
            grade=self.settings.grades.of(dwell),
            measures=(seconds("dwell", dwell, limit),),
            box=stay.box,
            object_class=stay.name,
        )
