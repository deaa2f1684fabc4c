"""Scene events on their way into cases: once each, in any order, only from their own gateway."""

import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from tests.hub.bench import CAMERA, EAST, GATEWAY, JPEG, START, STREET, Bench, announced, health, scene_event

from sharp_eyes.contract.envelope import MAX_MESSAGE_SIZE, wrap
from sharp_eyes.contract.event import EvidenceKind, Grade, Measure, Phase, SceneEvent, SceneName
from sharp_eyes.contract.status import CameraState
from sharp_eyes.contract.topics import Channel
from sharp_eyes.hub.feedback.look_again import _command
from sharp_eyes.hub.intake.evidence.orphans import is_orphan
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Alarm, Case, CaseLog, LookAgainQuestion
from sharp_eyes.hub.store.tables import Camera, CameraChange, EvidenceFile, ReceivedMessage

OTHER = JPEG + b"another's"
ASKED = {"command_id": uuid4(), "asked_at": START, "expires_at": START}


def the_case(bench: Bench) -> Case:
    with bench.hub.read_only() as work:
        return work.session.scalars(select(Case)).one()


def the_alarm(bench: Bench) -> Alarm:
    with bench.hub.read_only() as work:
        return work.session.scalars(select(Alarm)).one()


def log_of(bench: Bench) -> list[str]:
    with bench.hub.read_only() as work:
        return list(work.session.scalars(select(CaseLog.what).order_by(CaseLog.id)))


def life(bench: Bench, **changes: Any) -> tuple[SceneEvent, SceneEvent, SceneEvent]:
    """An event's three messages."""
    now = bench.clock()
    opened = scene_event(now, **changes)
    more = (Measure(name="dwell", value=700.0, unit="s", threshold=180.0),)
    common = {"event_id": opened.event_id, **changes}
    updated = scene_event(now, sequence=1, phase=Phase.UPDATED, grade=Grade.SERIOUS, measures=more, **common)
    closed = scene_event(now, sequence=2, phase=Phase.CLOSED, ended_at=now, grade=Grade.MAJOR, **common)
    return opened, updated, closed


def test_an_event_becomes_a_case_and_is_acknowledged_after_the_commit(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule table files and dispatches it at once; the acknowledgement names the message."""
    bench.birth()
    event = scene_event(bench.clock())
    committed_at_ack: list[int] = []

    def look(gateway: str, ack: object) -> None:
        with bench.hub.read_only() as work:
            committed_at_ack.append(work.session.scalar(select(func.count()).select_from(Case)) or 0)

    monkeypatch.setattr(bench.out, "acknowledge", look)
    bench.send(event)
    assert committed_at_ack == [1]
    case = the_case(bench)
    assert (case.number, case.state, case.unit, case.area) == ("2026-000001", "dispatched", "traffic-police", EAST)
    assert log_of(bench) == ["reported", "filed", "dispatched"]


def test_the_same_message_again_changes_nothing_and_is_acknowledged_again(bench: Bench) -> None:
    """A gateway that missed the acknowledgement sends it again."""
    event = scene_event(bench.clock())
    identity = bench.send(event)
    for _ in range(3):
        bench.send(event)
    assert bench.out.taken == [identity] * 4
    assert log_of(bench) == ["reported", "filed", "dispatched"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1), (0, 2), (2, 0), (1,)])
def test_messages_of_one_event_may_come_in_any_order(bench: Bench, order: tuple[int, ...]) -> None:
    """One case, made from whichever comes first; it shows the newest; nothing is moved by what follows."""
    messages = life(bench)
    for number in order:
        bench.send(messages[number])
    case = the_case(bench)
    newest = messages[max(order)]
    alarm = the_alarm(bench)
    assert (alarm.sequence, alarm.phase, case.grade) == (newest.sequence, newest.phase, newest.grade)
    assert alarm.measures[0]["value"] == newest.measures[0].value
    assert case.state == "dispatched"
    assert ("alarm_ended" in log_of(bench)) == (2 in order)
    assert len(bench.out.taken) == len(order)


def test_a_case_not_yet_filed_is_rejected_when_its_event_ends_if_the_rule_says_so(bench: Bench) -> None:
    """And only then: the rule for bikes says so, the one for e-bikes does not."""
    rejecting = {"file": "manual", "dispatch": "manual", "on_event_closed": "reject_unfiled"}
    rules = [
        rule.model_copy(update=rejecting) if rule.scene == "bike_clutter" else rule for rule in bench.hub.city.rules
    ]
    bench.hub.city = bench.hub.city.model_copy(update={"rules": tuple(rules)})
    for scene in (SceneName.BIKE_CLUTTER, SceneName.EBIKE_STAIRWELL):
        for message in life(bench, scene=scene):
            bench.send(message)
    with bench.hub.read_only() as work:
        states = {case.scene: case.state for case in work.session.scalars(select(Case))}
    assert states == {"bike_clutter": "rejected", "ebike_stairwell": "reported"}


def test_a_case_lies_in_its_cameras_area_or_else_its_gateways(bench: Bench) -> None:
    """An event of a camera that has not been announced is not lost."""
    bench.send(scene_event(bench.clock(), camera="unannounced"))
    assert the_case(bench).area == STREET


def test_a_gateway_speaks_only_for_itself(bench: Bench) -> None:
    """Another gateway in the envelope or in the event is refused, and makes no case."""
    event = scene_event(bench.clock())
    forged = wrap("gate-02", event.model_copy(update={"gateway": "gate-02"}))
    bench.post(Channel.EVENT, forged.model_dump_json())
    inner = wrap(GATEWAY, event.model_copy(update={"gateway": "gate-02"}))
    bench.post(Channel.EVENT, inner.model_dump_json())
    assert set(bench.out.refused) == {forged.id, inner.id}
    assert bench.hub.intake.replies.dropped.counts() == {"refused": 2}
    with bench.hub.read_only() as work:
        assert work.session.scalar(select(func.count()).select_from(Case)) == 0
        assert work.session.scalar(select(func.count()).select_from(ReceivedMessage)) == 0


def test_an_id_that_another_gateway_gave_first_keeps_no_event_out(bench: Bench) -> None:
    """Ids can be guessed: each gateway's are its own, and what the camera is asked names the id that it knows."""
    thief = "gate-02"
    bench.other_gateway(thief)
    bench.birth()
    opened, updated, _ = life(bench, scene=SceneName.FIRE_LANE_BLOCKED, zone="lane")
    other = announced(OTHER, opened.event_id, bench.clock(), part_size=len(OTHER))
    mine = announced(JPEG, opened.event_id, bench.clock(), evidence_id=other.evidence_id)
    early = announced(JPEG, opened.event_id, bench.clock(), kind=EvidenceKind.CROP)
    bench.send_file(early, JPEG)  # before its event, and before the thief's
    stolen = opened.model_copy(update={"gateway": thief, "zone": "theirs"})
    bench.send(stolen, thief)
    bench.send(other, thief)
    bench.post(Channel.EVIDENCE, OTHER, thief, evidence_id=other.evidence_id, part=0)
    for message in (opened, updated):
        bench.send(message)
    for _ in range(2):  # sent again, it is known
        bench.send_file(mine, JPEG)
    bench.send(stolen.model_copy(update={"sequence": 1, "phase": Phase.CLOSED, "ended_at": bench.clock()}), thief)
    assert bench.out.refused == {}
    page = bench.client(Role.SHIFT_LEAD)
    cases = {one["zone"]: one for one in page.get("/api/cases").json()["items"]}
    seen = page.get(f"/api/cases/{cases['lane']['id']}").json()
    assert (seen["event_phase"], seen["grade"], cases["theirs"]["event_phase"]) == ("updated", "serious", "closed")
    assert [page.get(one["url"]).content for one in seen["evidence"]] == [JPEG, JPEG]
    (theirs,) = page.get(f"/api/cases/{cases['theirs']['id']}").json()["evidence"]
    assert page.get(theirs["url"]).content == OTHER
    with bench.transaction() as work:
        case = work.session.scalars(select(Case).where(Case.zone == "lane")).one()
        command = _command(work.session.get_one(Alarm, case.event_id), LookAgainQuestion(**ASKED))
        assert work.session.scalars(select(EvidenceFile).where(is_orphan())).all() == []
    assert command.event_id == opened.event_id


def test_what_a_person_sends_under_an_events_id_keeps_it_out_as_little(bench: Bench) -> None:
    """A report has the id first, and the event has its own case and pictures; nobody reports under an id in use."""
    clerk, bare = bench.client(Role.CLERK), {"source": "meeting", "kind": "leaning_tree", "words": "w", "area": EAST}
    key = uuid4()

    def report(once: object) -> Any:
        return clerk.post("/api/reports", json=bare, headers={"Idempotency-Key": str(once)})

    case = report(key).json()["case"]
    photo = {"file": ("p.jpg", JPEG, "image/jpeg")}
    once = {"Idempotency-Key": str(uuid4())}
    assert clerk.post(f"/api/reports/{key}/photos", files=photo, headers=once).status_code == 201
    bench.send(scene_event(bench.clock(), event_id=key))
    assert bench.out.refused == {}
    alarm = the_alarm(bench)
    assert alarm.case_id != case
    assert clerk.get(f"/api/cases/{alarm.case_id}").json()["evidence"] == []
    refused = report(alarm.event_id)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "key_reused")


def test_an_unregistered_gateway_is_dropped_counted_and_not_answered(bench: Bench) -> None:
    """Nothing is stored for it."""
    bench.send(scene_event(bench.clock(), gateway="stranger"), gateway="stranger")
    assert bench.out.acks == []
    assert bench.hub.intake.replies.dropped.counts() == {"unknown gateway": 1}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"measures": (Measure.model_construct(name="dwell", value=float("nan"), unit="s"),)}, "finite"),
        ({"measures": (Measure.model_construct(name="dwell", value=float("inf"), unit="s"),)}, "finite"),
        ({"object_class": "a\0b"}, "NUL"),
        ({"sequence": 2**70, "phase": Phase.UPDATED}, "too large"),
    ],
)
def test_what_no_database_can_keep_is_refused_by_its_id(bench: Bench, change: dict[str, Any], words: str) -> None:
    """So that the gateway does not send it for ever."""
    raw = json.loads(wrap(GATEWAY, scene_event(bench.clock())).model_dump_json())
    for key, value in change.items():
        raw["data"][key] = [item.model_dump() for item in value] if key == "measures" else value
    bench.post(Channel.EVENT, json.dumps(raw))
    assert words in bench.out.refused[raw["id"]]


def test_long_texts_are_cut_not_refused(bench: Bench) -> None:
    """A class name of 5,000 letters does not lose an event."""
    bench.send(scene_event(bench.clock(), object_class="x" * 5000))
    assert the_alarm(bench).object_class == "x" * 200


def test_while_the_database_is_away_nothing_is_acknowledged_and_nothing_is_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub stays up; the message is taken when it is sent again."""
    event = scene_event(bench.clock())

    def broken() -> Any:
        raise OperationalError("select", {}, Exception("the disk is full"))

    monkeypatch.setattr(bench.hub.intake.router, "_transaction", broken)
    bench.send(event)
    bench.heartbeat()
    assert bench.out.acks == []
    assert bench.hub.intake.replies.dropped.counts() == {"store": 2}
    monkeypatch.undo()
    identity = bench.send(event)
    assert bench.out.taken == [identity]
    assert the_case(bench).number == "2026-000001"


GARBAGE = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(
        [
            b"",
            b"{}",
            b"null",
            b"[]",
            b'{"id": "a"}',
            b'{"id": ""}',
            b'{"id": 7}',
            b'{"id": "\\ud800"}',
            b"[" * 50_000,
            b'{"id": "big", "x": "' + b"y" * MAX_MESSAGE_SIZE + b'"}',
            b"\xff" * (2 * MAX_MESSAGE_SIZE),
            b'{"state": "online"}',
            b'{"gateway": "gate-01", "session": "s"}',
        ]
    ),
)


@st.composite
def broken_messages(draw: st.DrawFn) -> bytes:
    """A real message with one byte or one value changed."""
    raw = wrap(GATEWAY, scene_event(START, event_id=draw(st.uuids(version=4)))).model_dump_json()
    if draw(st.booleans()):
        at = draw(st.integers(0, len(raw) - 1))
        return raw[:at].encode() + draw(st.binary(min_size=1, max_size=1)) + raw[at + 1 :].encode()
    message = json.loads(raw)
    target = draw(st.sampled_from([message, message["data"]]))
    key = draw(st.sampled_from(sorted(target)))
    target[key] = draw(
        st.sampled_from(
            [None, "", "x", -1, 1e308, 10**40, [], {}, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
        )
    )
    return json.dumps(message).encode()


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(Channel), st.one_of(GARBAGE, broken_messages()))
def test_garbage_on_any_topic_never_stops_the_line(bench: Bench, channel: Channel, payload: bytes) -> None:
    """After each piece of garbage the next real event is taken."""
    extra: dict[str, Any] = {}
    if channel is Channel.EVIDENCE:
        extra = {"evidence_id": uuid4(), "part": 0}
    elif channel is Channel.SNAPSHOT:
        extra = {"camera": CAMERA}
    bench.post(channel, payload, **extra)
    identity = bench.send(scene_event(bench.clock()))
    assert bench.out.taken[-1] == identity


@pytest.mark.parametrize(
    "topic", ["", "x", "sharp-eyes/v1/", "sharp-eyes/v1/A/event", "sharp-eyes/v1/a/event/b", "$SYS/x"]
)
def test_a_foreign_topic_is_counted_and_dropped(quick: Bench, topic: str) -> None:
    """It never reaches the worker."""
    quick.hub.intake.worker.offer(topic, b"x")
    assert quick.hub.intake.replies.dropped.counts() == {"topic": 1}


def test_health_messages_leave_a_history(bench: Bench) -> None:
    """Each change of a camera's state is a row; the newest is the camera's state, whatever comes late."""
    bench.birth()
    bench.clock.forward(minutes=10)
    later = bench.clock()
    bench.send(health(CAMERA, CameraState.ONLINE, later))
    bench.clock.forward(minutes=1)
    bench.send(health(CAMERA, CameraState.LOST, bench.clock(), detail="no packet for 5 s"))
    bench.send(health(CAMERA, CameraState.STARTING, later.replace(minute=1)))
    with bench.hub.read_only() as work:
        states = list(work.session.scalars(select(CameraChange.state).order_by(CameraChange.id)))
        camera = work.session.scalars(select(Camera)).one()
    assert states == ["online", "lost", "starting"]
    assert (camera.state, camera.detail) == ("lost", "no packet for 5 s")
