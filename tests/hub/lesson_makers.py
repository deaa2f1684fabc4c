"""Alarms with verdicts: cases that people void as false alarms, or close after a unit has done the work."""

from typing import Any
from uuid import UUID, uuid4

from tests.hub.bench import CAMERA, EAST, GATEWAY, JPEG, Bench, announced, scene_event

from sharp_eyes.contract.event import EvidenceKind, Phase, SceneName
from sharp_eyes.contract.topics import Channel
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.handle.person_moves import move_case
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.roles import BUILT_IN, Role
from sharp_eyes.hub.store.case_tables import Alarm, Case

LEAD = Actor(ActorKind.PERSON, "lead", BUILT_IN[Role.SHIFT_LEAD])
UNIT = "property-management"
EBIKE: dict[str, Any] = {"scene": SceneName.EBIKE_STAIRWELL, "object_class": "ebike"}
WAY = (
    line.Filed(),
    line.Dispatched(units=(UNIT,)),
    line.Accepted(unit=UNIT),
    line.Handled(unit=UNIT),
    line.Passed(),
    line.Closed(),
)
"""From reported to closed, with the work done."""


def alarm(bench: Bench, verdict: str | None = None, reason: str = "false_alarm", **changes: Any) -> UUID:
    """An alarm with a spot of its own and, where a verdict is named, with a case that has ended with it."""
    event = scene_event(bench.clock(), **{**EBIKE, "zone": f"lobby-{uuid4().hex[:6]}", **changes})
    bench.send(event, event.gateway)
    if verdict == "false":
        void(bench, event.event_id, reason)
    elif verdict == "confirmed":
        close(bench, event.event_id)
    return event.event_id


def later(bench: Bench, event_id: UUID, sequence: int = 1, **changes: Any) -> None:
    """A later message of an alarm, its end by default."""
    over = {"phase": Phase.CLOSED, "sequence": sequence, "ended_at": bench.clock()}
    with bench.hub.read_only() as work:
        zone = work.session.get_one(Alarm, event_id).zone
    bench.send(scene_event(bench.clock(), **{**EBIKE, "event_id": event_id, "zone": zone, **over, **changes}))


def case_of(bench: Bench, event_id: UUID) -> int:
    with bench.hub.read_only() as work:
        return work.session.get_one(Alarm, event_id).case_id


def void(bench: Bench, event_id: UUID, reason: str = "false_alarm", move: Move = Move.VOID) -> None:
    with bench.transaction() as work:
        case = work.session.get_one(Case, work.session.get_one(Alarm, event_id).case_id)
        move_case(work, case, LEAD, move, Given(reason=reason, note="said by a test"))


def close(bench: Bench, event_id: UUID) -> None:
    for payload in WAY:
        with bench.transaction() as work:
            case = work.session.get_one(Case, work.session.get_one(Alarm, event_id).case_id)
            write_line(work, case, LEAD, payload)


def picture(bench: Bench, event_id: UUID, kind: EvidenceKind = EvidenceKind.FULL, content: bytes = JPEG) -> None:
    """A picture of an alarm, as its gateway delivers it."""
    file = announced(content, event_id, bench.clock(), kind=kind, part_size=len(content))
    bench.send(file)
    bench.post(Channel.EVIDENCE, content, evidence_id=file.evidence_id, part=0)


__all__ = ["CAMERA", "EAST", "GATEWAY", "alarm", "case_of", "close", "later", "picture", "void"]
