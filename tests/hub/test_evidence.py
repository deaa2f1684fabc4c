"""Evidence: parts in any order, the sum over the whole, stored first and acknowledged then."""

import errno
import io
import random
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import func, select
from tests.hub.bench import GATEWAY, Bench, announced, scene_event

from sharp_eyes.contract.command import NO_ROOM, Ack
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import EvidenceKind
from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.hub.devices.desk import DeviceDesk
from sharp_eyes.hub.intake.division import Division
from sharp_eyes.hub.intake.evidence.assembly import EvidenceAssembly
from sharp_eyes.hub.intake.evidence.orphans import is_orphan
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.intake.service import Intake
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.tables import EvidenceFile

CONTENT = b"\xff\xd8\xff" + bytes(range(256)) * 9 + b"end"


def stored(bench: Bench, identity: UUID) -> bytes | None:
    with bench.hub.read_only() as work:
        row = work.session.get(EvidenceFile, identity)
        if row is None:
            return None
        path = bench.hub.evidence_store.path(row.key)
        return None if path is None else path.read_bytes()


def staged(bench: Bench) -> list[str]:
    folder = bench.hub.settings.data / "staging"
    return sorted(path.name for path in folder.glob("*/*"))


def restart(bench: Bench) -> None:
    """What the intake had in memory is gone."""
    hub = bench.hub
    limits, room = hub.settings.limits, hub.disk_room
    broker, data = hub.settings.broker, hub.settings.data
    hub.intake = Intake(
        broker,
        limits,
        data,
        hub.transaction,
        hub.read_only,
        hub.evidence_store,
        room,
        division=Division(hub.database, None),
        measures=hub.measures,
        take_device=DeviceDesk(hub.transaction, limits).take,
    )
    hub.intake.replies.outbound = bench.out


def test_a_file_is_acknowledged_only_when_it_is_whole_and_stored(bench: Bench) -> None:
    """Not at its announcement and not while a part is missing."""
    event = bench.report()
    evidence = announced(CONTENT, event, bench.clock())
    assert evidence.parts == 5
    bench.send_file(evidence, CONTENT, skip=(3,))
    assert str(evidence.evidence_id) not in bench.out.taken
    assert stored(bench, evidence.evidence_id) is None
    bench.send_part(evidence, CONTENT, 3)
    assert bench.out.taken.count(str(evidence.evidence_id)) == 1
    assert stored(bench, evidence.evidence_id) == CONTENT
    assert staged(bench) == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.permutations([None, 0, 1, 2, 3, 4]), st.lists(st.sampled_from([None, 0, 4]), max_size=3))
def test_announcement_and_parts_may_come_in_any_order_and_twice(
    quick: Bench, order: list[int | None], again: list[int | None]
) -> None:
    """Topics overtake each other in a broker."""
    evidence = announced(CONTENT, uuid4(), quick.clock())
    for number in [*again, *order]:
        if number is None:
            quick.send(evidence)
        else:
            quick.send_part(evidence, CONTENT, number)
    assert stored(quick, evidence.evidence_id) == CONTENT
    assert str(evidence.evidence_id) in quick.out.taken


def test_a_picture_that_overtakes_its_announcement_is_staged_nowhere(
    quick: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where both wait for the intake; a picture costs a third more that way."""
    event = scene_event(quick.clock())
    evidence = announced(CONTENT, event.event_id, quick.clock(), part_size=len(CONTENT))
    part = Topic(GATEWAY, Channel.EVIDENCE, evidence_id=evidence.evidence_id, part=0)
    told = [(Topic(GATEWAY, Channel.EVENT), wrap(GATEWAY, one).model_dump_json().encode()) for one in (event, evidence)]
    monkeypatch.setattr(EvidenceAssembly, "add_part", lambda *_: pytest.fail("a part was staged"))
    quick.hub.intake.router.take_together([(part, CONTENT), *told])
    assert stored(quick, evidence.evidence_id) == CONTENT
    assert str(evidence.evidence_id) in quick.out.taken


def test_a_file_sent_again_is_acknowledged_again_and_stored_once(bench: Bench) -> None:
    """Its gateway missed the acknowledgement."""
    evidence = announced(CONTENT, bench.report(), bench.clock())
    for _ in range(3):
        bench.send_file(evidence, CONTENT)
    assert bench.out.taken.count(str(evidence.evidence_id)) == 3
    with bench.hub.read_only() as work:
        assert work.session.scalar(select(func.count()).select_from(EvidenceFile)) == 1
    assert staged(bench) == []


def test_a_damaged_part_is_never_stored(bench: Bench) -> None:
    """The sum is checked over the whole; all is dropped, and the next time it is taken."""
    evidence = announced(CONTENT, bench.report(), bench.clock())
    bench.send_file(evidence, CONTENT[:-1] + b"X")
    assert stored(bench, evidence.evidence_id) is None
    assert staged(bench) == []
    assert bench.hub.intake.replies.dropped.counts() == {"damaged evidence": 1}
    bench.send_file(evidence, CONTENT)
    assert stored(bench, evidence.evidence_id) == CONTENT


def test_a_short_part_is_never_stored(bench: Bench) -> None:
    """A file of the wrong size is no file."""
    evidence = announced(CONTENT, bench.report(), bench.clock())
    bench.send_file(evidence, CONTENT, skip=(2,))
    bench.post(Channel.EVIDENCE, b"short", evidence_id=evidence.evidence_id, part=2)
    assert stored(bench, evidence.evidence_id) is None
    bench.send_file(evidence, CONTENT)
    assert stored(bench, evidence.evidence_id) == CONTENT


def test_a_restarted_hub_goes_on_with_the_parts_it_has(bench: Bench) -> None:
    """Half a file on disk is no loss and no harm."""
    evidence = announced(CONTENT, bench.report(), bench.clock())
    bench.send_file(evidence, CONTENT, skip=(1, 4))
    restart(bench)
    bench.send_part(evidence, CONTENT, 1)
    bench.send_part(evidence, CONTENT, 4)
    assert stored(bench, evidence.evidence_id) == CONTENT
    assert str(evidence.evidence_id) in bench.out.taken


def test_what_a_power_cut_has_torn_is_no_harm(bench: Bench) -> None:
    """The disk may hold anything: the sum finds it, and the gateway sends all once more."""
    evidence = announced(CONTENT, bench.report(), bench.clock())
    bench.send_file(evidence, CONTENT, skip=(0,))
    place = bench.hub.settings.data / "staging" / GATEWAY / str(evidence.evidence_id)
    (place / "whole").write_bytes(b"\0" * len(CONTENT))
    restart(bench)
    bench.send_part(evidence, CONTENT, 0)
    assert stored(bench, evidence.evidence_id) is None
    assert bench.hub.intake.replies.dropped.counts() == {"damaged evidence": 1}
    bench.send_file(evidence, CONTENT, skip=(2,))
    (place / "announcement.json").write_bytes(b"\0" * 100)
    restart(bench)
    bench.send_file(evidence, CONTENT)
    assert stored(bench, evidence.evidence_id) == CONTENT


def test_evidence_may_come_before_its_event(bench: Bench) -> None:
    """It is stored, and shown once the case is there."""
    event = scene_event(bench.clock())
    evidence = announced(CONTENT, event.event_id, bench.clock())
    bench.send_file(evidence, CONTENT)
    page = bench.client(Role.CLERK)
    assert page.get(f"/api/evidence/{evidence.evidence_id}").status_code == 404
    bench.send(event)
    assert page.get("/api/cases").json()["items"][0]["picture_id"] == str(evidence.evidence_id)
    assert page.get(f"/api/evidence/{evidence.evidence_id}").content == CONTENT


def test_another_gateway_cannot_add_evidence_to_a_case(bench: Bench) -> None:
    """Neither after the event nor before it."""
    with bench.transaction() as work:
        add_gateway(work.session, work.city, work.now, "gate-02", "demo")
    event = scene_event(bench.clock())
    early = announced(CONTENT, event.event_id, bench.clock())
    bench.send(early, gateway="gate-02")
    for number in range(early.parts):
        part = CONTENT[number * 500 : (number + 1) * 500]
        bench.post(Channel.EVIDENCE, part, "gate-02", evidence_id=early.evidence_id, part=number)
    bench.send(event)
    late = announced(CONTENT[:500], event.event_id, bench.clock())
    bench.send(late, gateway="gate-02")
    bench.post(Channel.EVIDENCE, CONTENT[:500], "gate-02", evidence_id=late.evidence_id, part=0)
    page = bench.client(Role.CLERK)
    case = page.get("/api/cases").json()["items"][0]
    assert case["picture_id"] is None
    assert page.get(f"/api/cases/{case['id']}").json()["evidence"] == []
    for theirs in (early, late):  # they wait for an event of their own gateway, until their term ends
        assert page.get(f"/api/evidence/{theirs.evidence_id}").status_code == 404
    with bench.hub.read_only() as work:
        assert len(work.session.scalars(select(EvidenceFile).where(is_orphan())).all()) == 2


def test_an_id_that_is_taken_is_refused(bench: Bench) -> None:
    """Another file under a stored file's id never replaces it."""
    evidence = announced(CONTENT, bench.report(), bench.clock())
    bench.send_file(evidence, CONTENT)
    other = announced(b"other", evidence.event_id, bench.clock(), evidence_id=evidence.evidence_id)
    bench.send_file(other, b"other")
    assert "another file" in bench.out.refused[str(evidence.evidence_id)]
    assert stored(bench, evidence.evidence_id) == CONTENT


def test_a_changed_announcement_starts_anew(bench: Bench) -> None:
    """Parts of what was announced before are not mixed in."""
    event = bench.report()
    evidence = announced(CONTENT, event, bench.clock())
    bench.send_file(evidence, CONTENT, skip=(4,))
    other = CONTENT[:3] + bytes(reversed(CONTENT[3:]))
    changed = announced(other, event, bench.clock(), evidence_id=evidence.evidence_id)
    bench.send_file(changed, other)
    assert stored(bench, evidence.evidence_id) == other


@pytest.mark.parametrize("change", [{"part_size": 8 * 1024 * 1024, "size": 9_000_000}, {"part_size": 1, "size": 3000}])
def test_parts_that_cannot_be_taken_are_refused_at_the_announcement(bench: Bench, change: dict[str, Any]) -> None:
    """Too large for the broker, or too many for the disk."""
    identity = bench.send(announced(CONTENT, uuid4(), bench.clock(), **change))
    assert "parts" in bench.out.refused[identity]


def test_parts_beyond_the_announced_are_dropped(bench: Bench) -> None:
    """Neither a part behind the last one nor one that is too long is kept."""
    evidence = announced(CONTENT, uuid4(), bench.clock())
    bench.send(evidence)
    bench.post(Channel.EVIDENCE, b"x", evidence_id=evidence.evidence_id, part=5)
    bench.post(Channel.EVIDENCE, b"x" * 501, evidence_id=evidence.evidence_id, part=0)
    bench.post(Channel.EVIDENCE, b"", evidence_id=evidence.evidence_id, part=0)
    assert bench.hub.intake.replies.dropped.counts() == {"part size": 3}


def test_staging_never_takes_more_than_its_share_of_the_disk(tmp_path: Path) -> None:
    """The file touched longest ago gives way; what is being sent now does not."""
    assembly = EvidenceAssembly(tmp_path, max_bytes=10_000)
    files = [uuid4() for _ in range(6)]
    for identity in files:
        for number in range(3):
            assembly.add_part("gate-01", identity, number, random.randbytes(1000))
    kept = {path.name for path in (tmp_path / "gate-01").iterdir()}
    assert str(files[-1]) in kept
    assert str(files[0]) not in kept
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= 10_000
    assert len(list((tmp_path / "gate-01" / str(files[-1])).iterdir())) == 3


def test_a_full_disk_is_said_and_survived(bench: Bench) -> None:
    """The folder cannot be written: not acknowledged, counted, and taken when it is sent again."""
    folder = bench.hub.settings.data / "evidence"
    folder.rmdir()
    folder.write_text("a file where the folder should be")
    evidence = announced(CONTENT, bench.report(), bench.clock())
    bench.send_file(evidence, CONTENT)
    assert str(evidence.evidence_id) not in bench.out.taken
    assert bench.hub.intake.replies.dropped.counts() == {"store": 1}
    folder.unlink()
    bench.send_file(evidence, CONTENT)
    assert stored(bench, evidence.evidence_id) == CONTENT


def test_a_gateway_is_told_that_there_is_no_room(quick: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it waits, and does not look for a fault in its files; its events are taken as ever."""
    evidence = announced(CONTENT, quick.report(), quick.clock())
    with monkeypatch.context() as full:
        full.setattr(quick.hub.disk_room, "free_bytes", lambda: (0, 1))
        quick.send_file(evidence, CONTENT)
        assert quick.out.acks[-1] == (GATEWAY, Ack(notice=NO_ROOM))
        assert quick.send(scene_event(quick.clock())) in quick.out.taken
    quick.send_file(evidence, CONTENT)
    assert stored(quick, evidence.evidence_id) == CONTENT


def test_a_list_gets_pictures_no_larger_than_it_shows_them(bench: Bench) -> None:
    """The whole picture, its shape kept, in a JPEG of some kilobytes; of a clip there is none."""
    bench.birth()
    event, target = bench.report(), io.BytesIO()
    Image.effect_noise((1920, 1080), 60).convert("RGB").save(target, "JPEG", quality=90)
    picture = announced(target.getvalue(), event, bench.clock(), part_size=192 * 1024)
    bench.send_file(picture, target.getvalue())
    clip = announced(b"clip" * 300, event, bench.clock(), kind=EvidenceKind.CLIP, media_type="video/mp4")
    bench.send_file(clip, b"clip" * 300)
    page = bench.client(Role.CLERK)
    answer = page.get(f"/api/evidence/{picture.evidence_id}/small")
    assert (answer.headers["content-type"], "private" in answer.headers["cache-control"]) == ("image/jpeg", True)
    small = Image.open(io.BytesIO(answer.content))
    assert (small.format, small.size) == ("JPEG", (320, 180))
    assert len(answer.content) < len(target.getvalue()) / 10
    assert page.get(f"/api/evidence/{clip.evidence_id}/small").status_code == 404


def test_evidence_may_have_a_disk_of_its_own(quick: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file of several parts cannot be given its name from the staging folder it is copied, whole or not."""

    def another_disk(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr("sharp_eyes.hub.store.evidence_store.os.link", another_disk)
    evidence = announced(CONTENT, quick.report(), quick.clock())
    assert quick.send_file(evidence, CONTENT) in quick.out.taken
    assert stored(quick, evidence.evidence_id) == CONTENT
    assert not list((quick.hub.settings.data / "evidence").rglob(".new-*"))
