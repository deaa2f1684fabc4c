"""Messages that wait together are committed together, and none of them suffers by another."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError
from tests.hub.bench import GATEWAY, Bench, announced, scene_event

from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import Evidence, Phase, SceneEvent
from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.hub.store.case_tables import Alarm
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
