"""A hub with every role in every area, and the ways by which a case gets into each state."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from fastapi.testclient import TestClient
from tests.hub.bench import CAMERA, EAST, GATEWAY, JPEG, START, Bench, announced, scene_event

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.contract.topics import Channel
from sharp_eyes.hub.audit import Origin
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.clocks.limit import Limit, TimeUnit
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.lifecycle import call_lines as call_line
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle import office_lines as office_line
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.tokens import TokenWish, make_token
from sharp_eyes.hub.store.case_tables import Case, CaseLog

WEST, NORTH = "demo/first-street/west", "demo/second-street/north"
AREAS = ("demo", "demo/first-street", EAST, WEST, NORTH)
UNIT = "parks"
PERSON = Actor(ActorKind.PERSON, "someone")
SENT: tuple[Payload, ...] = (line.Filed(), line.Dispatched(units=(UNIT,)))
DONE: tuple[Payload, ...] = (*SENT, line.Accepted(unit=UNIT), line.Handled(unit=UNIT))
WAY: dict[State, tuple[Payload, ...]] = {
    State.REPORTED: (),
    State.FILED: SENT[:1],
    State.DISPATCHED: SENT,
    State.ACCEPTED: DONE[:3],
    State.HANDLED: DONE,
    State.CHECKED: (*DONE, line.Passed()),
    State.CLOSED: (*DONE, line.Passed(), line.Closed()),
    State.REJECTED: (line.Rejected(),),
    State.VOIDED: (*SENT, line.Voided()),
    State.MERGED: (*SENT, line.Merged(into="2026-000001")),
}
"""How a case gets into each state."""
MINUTE = Limit(amount=1, unit=TimeUnit.MINUTES)
LATE: tuple[Payload, ...] = (
    line.Filed(),
    line.Dispatched(units=(UNIT,), limits={ClockKind.HANDLE: MINUTE}),
    *DONE[2:],
    line.Passed(),
    line.Closed(),
)
ASKED_FOR: dict[Move, tuple[Payload, ...]] = {
    Move.ACKNOWLEDGE: (),  # whom a person has filed has been seen
    Move.GRANT_EXTENSION: (*SENT, time_line.ExtensionAsked(unit=UNIT)),
    Move.REFUSE_EXTENSION: (*SENT, time_line.ExtensionAsked(unit=UNIT)),
    Move.RESUME: (*SENT, time_line.Suspended(until=START + timedelta(days=300))),
    Move.REACH: (
        line.Filed(),
        line.Dispatched(units=(UNIT,), milestones={"sealed": MINUTE}),
        line.Accepted(unit=UNIT),
        line.Arrived(unit=UNIT),
    ),
    Move.ANSWER_SUPERVISION: (*SENT, time_line.Supervised(text="how is it?")),
    Move.DECLINE_CALL: (*SENT, call_line.Called(unit=UNIT, person="else", until=START + timedelta(days=300))),
    Move.APPEAL: LATE,
    Move.CALL_BACK: (*DONE, line.Passed(), line.Closed(), office_line.CallbackDue(reports=(UUID(int=3),))),
    Move.CALL_OFF_WHISTLE: (office_line.Whistled(week=START.date(), units=(UNIT,)),),
    Move.DECIDE_APPEAL: (*LATE, time_line.Appealed(reason="flood")),
}
"""How a case gets where the answer to something is legal."""
UNSENT = {State.REPORTED, State.FILED, State.REJECTED}
"""States in which no unit has had the case: no handler sees it."""


@dataclass
class Place:
    """One of two places that have everything: a camera with a picture, a case with evidence."""

    gateway: str
    area: str
    case: int
    evidence: UUID
    alarms: list[str] = field(default_factory=list)

    def path(self, pattern: str, move: str = "file") -> str:
        return pattern.format(
            case_id=self.case,
            move=move,
            evidence_id=self.evidence,
            gateway=self.gateway,
            camera=CAMERA,
            session_id=2**40,
            delivery_id=2**40,
            shift_id=2**40,
            handover_id=2**40,
            deputy_id=2**40,
            snooze_id=2**40,
            version=2**40,
            sponsor_id=2**40,
            token_id=2**40,
            webhook_id=2**40,
            premises_id=2**40,
            photo_id=self.evidence,
            device_id=2**40,
            household_id=2**40,
            place_id=2**40,
            layer="places",
            username="nobody",
            area_id="none",
            channel="none",
            trial_id=self.evidence,
            request_id=self.evidence,
            unit_id="none",
            number=1,
            key=self.evidence,
            other_id=2**40,
            form="json",
            code="none",
            token=self.evidence,
        )


class World:
    """A hub with two places, and every role in every area."""

    def __init__(self, data: Path) -> None:
        self.bench = Bench(data)
        with self.bench.transaction() as work:
            add_gateway(work.session, work.city, work.now, "gate-02", "demo/second-street")
        self.places = [self._place(GATEWAY, EAST), self._place("gate-02", NORTH)]
        self.people = {(role, area): self.person(role, area) for role in Role for area in AREAS}
        self.machines = {(role, area): self.machine(role, area) for role in Role for area in AREAS}
        self.other_unit = self.person(Role.HANDLER, EAST, "drainage")
        self.other_machine = self.machine(Role.HANDLER, EAST, "drainage")
        self._standing: dict[str, Place] = {}

    def person(self, role: Role, area: str, unit: str = UNIT) -> TestClient:
        return self.bench.client(role, area, unit if role is Role.HANDLER else None)

    def machine(self, role: Role, area: str, unit: str = UNIT) -> TestClient:
        """The same with an API token: no cookie, no header of ours."""
        with self.bench.transaction() as work:
            theirs = unit if role is Role.HANDLER else None
            wish = TokenWish("machine", role, area, theirs, work.now + timedelta(days=365))
            _, text = make_token(work, Origin("chief", "local"), wish, 365)
        client = self.bench.stranger()
        del client.headers["x-requested-with"]
        client.headers["authorization"] = f"Bearer {text}"
        return client

    def callers(self, role: Role, area: str) -> list[TestClient]:
        """A person and a machine."""
        return [self.people[role, area], self.machines[role, area]]

    def _place(self, gateway: str, area: str) -> Place:
        bench = self.bench
        bench.birth(cameras=(CameraNote(camera=CAMERA, name="x", area=area),), gateway=gateway)
        (event,) = self._report(gateway)
        file = announced(JPEG, event, bench.clock(), part_size=len(JPEG))
        bench.send(file, gateway)
        bench.post(Channel.EVIDENCE, JPEG, gateway, evidence_id=file.evidence_id, part=0)
        bench.post(Channel.SNAPSHOT, JPEG, gateway, camera=CAMERA)
        with bench.hub.read_only() as work:
            case = work.session.query(Case).filter_by(event_id=event).one().id
        return Place(gateway, area, case, file.evidence_id)

    def standing(self, way: tuple[Payload, ...], *, alarms: int = 1) -> Place:
        """Give the first place with a case that has gone a way; made once, for those who change nothing of it."""
        key = f"{alarms} {way}"
        if key not in self._standing:
            self._standing[key] = self.fresh(way, alarms=alarms)
        return self._standing[key]

    def fresh(self, way: tuple[Payload, ...], *, alarms: int = 1) -> Place:
        """Give the first place with another case, which has gone a way."""
        place = replace(self.places[0])
        self.put(place, way, alarms=alarms)
        return place

    def lines_of(self, place: Place) -> int:
        """Count the lines that the log of a place's case has."""
        with self.bench.hub.read_only() as work:
            return work.session.query(CaseLog).filter_by(case_id=place.case).count()

    def _report(self, gateway: str, alarms: int = 1) -> list[UUID]:
        zone, seen = f"bed-{uuid4().hex[:8]}", []
        for _ in range(alarms):
            event = scene_event(self.bench.clock(), gateway=gateway, scene=SceneName.GREENERY_DAMAGE, zone=zone)
            self.bench.send(event, gateway)
            seen.append(event.event_id)
        return seen

    def put(self, place: Place, way: tuple[Payload, ...], *, alarms: int = 1) -> None:
        """Give a place another case, which has gone a way, late where that is part of it."""
        event, *others = self._report(place.gateway, alarms)
        with self.bench.hub.read_only() as work:
            place.case = work.session.query(Case).filter_by(event_id=event).one().id
        place.alarms = [str(other) for other in others]
        for payload in way:
            self.bench.clock.forward(minutes=2 if way[:2] == LATE[:2] and payload is LATE[2] else 0)
            with self.bench.transaction() as work:
                write_line(work, work.session.get_one(Case, place.case), PERSON, payload)
