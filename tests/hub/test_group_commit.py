"""Messages that wait together are committed together, and none of them suffers by another."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, inspect
from sqlalchemy.exc import IntegrityError, OperationalError
from tests.hub.bench import GATEWAY, Bench, announced, scene_event

from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import Evidence, Grade, Phase, SceneEvent, SceneName
from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.store.base import Base
from sharp_eyes.hub.store.case_tables import Alarm, Assignment, Case, CaseClock, CaseLog, CaseText, CaseTimer
from sharp_eyes.hub.store.live_tables import Change
from sharp_eyes.hub.store.notice_tables import Delivery, Notice
from sharp_eyes.hub.store.tables import EvidenceFile

CONTENT = b"\xff\xd8\xff" + bytes(range(256)) * 9
Item = tuple[Topic, bytes]


def told(data: SceneEvent | Evidence) -> Item:
    return Topic(GATEWAY, Channel.EVENT), wrap(GATEWAY, data).model_dump_json().encode()


def file_of(bench: Bench, event_id: UUID) -> tuple[Evidence, list[Item]]:
    """A file's announcement and parts."""
    evidence = announced(CONTENT, event_id, bench.clock())
    parts = [CONTENT[at : at + 500] for at in range(0, len(CONTENT), 500)]
    topics = (Topic(GATEWAY, Channel.EVIDENCE, evidence_id=evidence.evidence_id, part=n) for n in range(len(parts)))
    return evidence, [told(evidence), *zip(topics, parts, strict=True)]


@contextmanager
def commits(bench: Bench) -> Iterator[list[int]]:
    """Counts the commits of what writes, and how many acknowledgements were out at each."""
    seen: list[int] = []
    engine = bench.hub.database._engine

    def note(connection: object) -> None:
        seen.append(len(bench.out.taken))

    event.listen(engine, "commit", note)
    yield seen
    event.remove(engine, "commit", note)


def rows(bench: Bench) -> tuple[set[UUID], set[UUID]]:
    with bench.hub.read_only() as work:
        alarms = {row.event_id for row in work.session.query(Alarm)}
        return alarms, {row.id for row in work.session.query(EvidenceFile)}


def test_what_waits_together_is_committed_once_and_acknowledged_after_that(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events, announcements and parts; each gateway gets one acknowledgement for all of its own."""
    events = [scene_event(bench.clock()) for _ in range(5)]
    files = [file_of(bench, one.event_id) for one in events[:2]]
    items = [told(one) for one in events] + [item for _, packets in files for item in packets]
    monkeypatch.setattr("sharp_eyes.hub.intake.router._LONGEST_SECONDS", 60.0)  # the machine may be slow
    with commits(bench) as seen:
        bench.hub.intake.router.take_together(items)
    assert seen == [0]
    assert len(bench.out.acks) == 1
    assert len(bench.out.taken) == 7
    assert rows(bench) == ({one.event_id for one in events}, {evidence.evidence_id for evidence, _ in files})


def test_a_message_that_cannot_be_kept_takes_no_other_with_it(bench: Bench) -> None:
    """Refused alone, wherever it stands in the batch; a message that comes twice in it is taken once."""
    good = [scene_event(bench.clock()) for _ in range(4)]
    taken = bench.report()
    theirs = [
        scene_event(bench.clock(), event_id=taken, camera="another", sequence=number, phase=Phase.UPDATED)
        for number in (1, 2)
    ]
    evidence, packets = file_of(bench, good[1].event_id)
    items = [told(one) for one in (good[0], theirs[0], good[1])]
    items += [*packets[:3], told(good[2]), items[0], *packets[3:], told(theirs[1]), told(good[3])]
    bench.hub.intake.router.take_together(items)
    assert rows(bench) == ({taken, *(one.event_id for one in good)}, {evidence.evidence_id})
    assert sorted(bench.out.refused.values()) == [f"event {taken} belongs to another camera or scene"] * 2
    assert len(bench.out.taken) == 1 + len(good) + 1 + 1


def test_a_failed_commit_acknowledges_nothing(quick: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is away at the last moment: all is sent again, and taken then."""
    events = [scene_event(quick.clock()) for _ in range(3)]
    _, packets = file_of(quick, events[0].event_id)
    items = [*(told(one) for one in events), *packets]

    def away(_: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(quick.hub.intake.router._evidence, "settle", away)
        quick.hub.intake.router.take_together(items)
    assert quick.out.acks == []
    assert rows(quick) == (set(), set())
    quick.hub.intake.router.take_together(items)
    assert len(quick.out.taken) == 4


def test_what_another_hub_wrote_at_the_same_time_is_found_at_once(
    quick: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows stood in the way; the batch is tried once more, and not left to its gateway's patience."""
    events = [scene_event(quick.clock()) for _ in range(2)]
    failed: list[UUID] = []

    def overtaken(_: object) -> None:
        if not failed:
            failed.append(uuid4())
            raise IntegrityError("INSERT", {}, Exception("unique"))

    monkeypatch.setattr(quick.hub.intake.router._evidence, "settle", overtaken)
    quick.hub.intake.router.take_together([told(one) for one in events])
    assert len(quick.out.taken) == 2
    assert quick.hub.intake.replies.dropped.counts() == {}


def walk(bench: Bench, spot: str, scene: SceneName) -> list[SceneEvent]:
    """A spot's day: an alarm grows graver, another joins it, both end, a third comes, ends, and a fourth comes."""
    at = {"scene": scene, "zone": spot}
    first, second, third, fourth = (scene_event(bench.clock(), **at) for _ in range(4))

    def later(of: SceneEvent, sequence: int, **changes: object) -> SceneEvent:
        return of.model_copy(update={"sequence": sequence, **changes})

    closed = {"phase": Phase.CLOSED, "ended_at": bench.clock()}
    return [
        first,
        later(first, 1, phase=Phase.UPDATED, grade=Grade.SERIOUS, score=0.9),
        second,
        later(first, 2, **closed),
        later(second, 1, **closed),
        third,
        later(third, 1, **closed),
        fourth,
    ]


def kept(bench: Bench, spot: str) -> list[object]:
    """All that was written of a spot, but numbers, ids and the spot's name."""
    found: list[object] = []
    with bench.hub.read_only() as work:
        cases = list(work.session.query(Case).filter(Case.zone == spot).order_by(Case.id))
        for case in cases:
            tables: tuple[type[Base], ...] = (
                Case,
                Alarm,
                CaseLog,
                Assignment,
                CaseClock,
                CaseTimer,
                CaseText,
                Notice,
                Delivery,
            )
            for table in tables:
                key = Case.id if table is Case else inspect(table).columns["case_id"]
                columns = dict(inspect(table).columns)
                order = [column for name, column in columns.items() if name in _IN_ORDER]
                for row in work.session.query(table).filter(key == case.id).order_by(*order):
                    words = repr({name: getattr(row, name) for name in columns if name not in _OWN})
                    found.append((table.__name__, _hidden(words, case, spot)))
        ids = {case.id: place for place, case in enumerate(cases)}
        changes = work.session.query(Change).filter(Change.topic == "case").order_by(Change.id)
        found += [(ids[row.data["id"]], row.data["change"], row.units) for row in changes if row.data["id"] in ids]
    return found


_IN_ORDER = ("sequence", "received_at", "number", "assignment", "kind", "key")
_OWN = ("id", "event_id", "case_id", "grams", "rank", "transaction", "message")


def _hidden(words: str, case: Case, spot: str) -> str:
    words = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…", words)
    for own in (case.number, f"no{int(case.number[5:])}", f"case/{case.id}", f"'case': {case.id}", spot):
        words = words.replace(own, "…")
    return words


@pytest.mark.parametrize("scene", [SceneName.ILLEGAL_PARKING, SceneName.GREENERY_DAMAGE, SceneName.SMOKE])
def test_a_batch_leaves_the_same_rows_as_its_messages_one_by_one(
    bench: Bench, scene: SceneName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cases that end in it and spots that open again, whatever was asked for at once and written at its end."""
    monkeypatch.setattr("sharp_eyes.hub.intake.router._LONGEST_SECONDS", 60.0)
    for one in walk(bench, "lone", scene):
        bench.hub.intake.router.take_together([told(one)])
    with commits(bench) as seen:
        bench.hub.intake.router.take_together([told(one) for one in walk(bench, "many", scene)])
    assert len(seen) == 1
    alone = kept(bench, "lone")
    assert len(alone) > 20
    assert kept(bench, "many") == alone


def test_files_of_one_id_that_end_together_are_both_kept_at_once(bench: Bench) -> None:
    """Announced before by two gateways, one of which guessed it: neither brings the other's commit down."""
    with bench.transaction() as work:
        add_gateway(work.session, work.city, work.now, "gate-02", "demo")
    evidence, (announcement, *parts) = file_of(bench, uuid4())
    again = wrap("gate-02", evidence).model_dump_json().encode()
    bench.hub.intake.router.take_together([announcement, (Topic("gate-02", Channel.EVENT), again)])
    theirs = [(replace(topic, gateway="gate-02"), part) for topic, part in parts]
    with commits(bench) as seen:
        bench.hub.intake.router.take_together([*parts, *theirs])
    assert len(seen) == 1
    with bench.hub.read_only() as work:
        found = work.session.query(EvidenceFile).all()
    assert {(one.gateway, one.said_id or one.id) for one in found} == {
        (gateway, evidence.evidence_id) for gateway in (GATEWAY, "gate-02")
    }
