"""What one camera or gateway may take of what all share: a storm is one case, orphans expire, inventions end."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from tests.hub.bench import CAMERA, GATEWAY, JPEG, Bench, announced, health, scene_event

from sharp_eyes.contract.event import Phase
from sharp_eyes.contract.status import CameraNote, CameraState
from sharp_eyes.contract.topics import Channel
from sharp_eyes.hub.intake.gateways import remove_gateway
from sharp_eyes.hub.lifecycle.acts import Move
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.tables import Camera, EvidenceFile


@pytest.fixture
def stormy(tmp_path: Path, database_url: str) -> Iterator[Bench]:
    """A hub where the fourth case within five minutes is a storm, had it not joined the open one of its spot."""
    made = Bench(tmp_path / "data", database_url, limits=LimitSettings(storm_events=3, cameras_per_gateway=5))
    yield made
    made.close()


def counts(bench: Bench) -> list[int]:
    with bench.hub.read_only() as work:
        return list(work.session.scalars(select(Case.alarm_count).order_by(Case.id)))


def test_a_storm_of_one_camera_becomes_one_case_with_a_count(stormy: Bench) -> None:
    """Every alarm is acknowledged and has its row; the log tells of some, each with the count; the page shows it."""
    for _ in range(3000 if os.environ.get("SHARP_EYES_LONG") else 60):
        stormy.report(zone="gate")
    assert len(stormy.out.taken) == sum(counts(stormy))
    assert counts(stormy) == [len(stormy.out.taken)]
    with stormy.hub.read_only() as work:
        assert work.session.scalar(select(func.count()).select_from(Alarm)) == len(stormy.out.taken)
        newest = work.session.scalars(select(Case.id).order_by(Case.id.desc())).first()
    detail = stormy.client(Role.CLERK).get(f"/api/cases/{newest}").json()
    assert detail["event_count"] == len(stormy.out.taken)
    assert len(detail["joined"]) == 10
    told = [line["data"]["count"] for line in detail["log"] if line["what"] == "alarm_joined"]
    assert told[:11] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 50]


def test_the_pages_hear_of_every_alarm_that_joins(stormy: Bench) -> None:
    """Of those, too, that get no line in the log."""
    for _ in range(15):
        stormy.report(zone="gate")
    assert [one.data.get("change") for one in stormy.told()].count("alarm_joined") == 14


def test_evidence_belongs_to_its_event_also_in_a_storm(stormy: Bench) -> None:
    """It is shown with the event that joined, not among the case's own; whoever sees the case may open it."""
    stormy.report(zone="gate")
    joined = stormy.report(zone="gate")
    evidence = announced(JPEG, joined, stormy.clock())
    stormy.send_file(evidence, JPEG)
    client = stormy.client(Role.CLERK)
    newest = client.get("/api/cases").json()["items"][0]
    detail = client.get(f"/api/cases/{newest['id']}").json()
    assert detail["evidence"] == []
    assert detail["joined"][0]["event_id"] == str(joined)
    assert [piece["id"] for piece in detail["joined"][0]["evidence"]] == [str(evidence.evidence_id)]
    assert client.get(f"/api/evidence/{evidence.evidence_id}").content == JPEG
    outside = stormy.client(Role.CLERK, area="demo/second-street")
    assert outside.get(f"/api/evidence/{evidence.evidence_id}").status_code == 404


def test_all_events_of_a_storm_are_listed_by_pages(stormy: Bench) -> None:
    """Newest first, each once, also where many came in one moment; the case's own event is not among them."""
    stormy.report(zone="gate")
    joined = []
    for number in range(25):
        joined.append(str(stormy.report(zone="gate")))
        stormy.clock.forward(seconds=number % 2)
    stormy.report(zone="gate", camera="cam-2")
    client = stormy.client(Role.CLERK)
    newest = next(case["id"] for case in client.get("/api/cases").json()["items"] if case["event_count"] > 1)
    path, listed, cursor = f"/api/cases/{newest}/events", [], ""
    while True:
        page = client.get(path, params={"limit": 10, **({"before": cursor} if cursor else {})}).json()
        listed += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(listed) == 25
    assert {row["event_id"] for row in listed} == set(joined)
    assert listed == sorted(listed, key=lambda row: row["started_at"], reverse=True)
    assert client.get(path, params={"before": str(uuid4())}).status_code == 422
    assert stormy.client(Role.CLERK, area="demo/second-street").get(path).status_code == 404


def test_a_joined_event_that_ends_leaves_the_case_as_it_is(stormy: Bench) -> None:
    """Its row says that it ended; the case's own event goes on."""
    stormy.report(zone="gate")
    joined = stormy.report(zone="gate")
    now = stormy.clock()
    stormy.send(scene_event(now, event_id=joined, sequence=1, phase=Phase.CLOSED, ended_at=now))
    with stormy.hub.read_only() as work:
        row = work.session.get_one(Alarm, joined)
        case = work.session.get_one(Case, row.case_id)
        assert case.event_id is not None
        own = work.session.get_one(Alarm, case.event_id)
    assert (row.phase, row.sequence) == ("closed", 1)
    assert (own.phase, case.alarm_count) == ("opened", 2)


def test_a_place_is_clear_when_all_of_a_cases_alarms_have_ended(stormy: Bench) -> None:
    """The first one's end alone does not say so, neither in the list nor on the case's page."""
    first, second = (stormy.report(zone="gate") for _ in range(2))
    page = stormy.client(Role.CLERK)

    def said() -> list[Any]:
        detail = page.get("/api/cases/1").json()
        return [page.get("/api/cases").json()["items"][0]["event_phase"], detail["event_phase"], detail["ended_at"]]

    now = stormy.clock()
    stormy.send(scene_event(now, event_id=first, sequence=1, phase=Phase.CLOSED, ended_at=now))
    assert said() == ["updated", "updated", None]
    stormy.send(scene_event(now, event_id=second, sequence=1, phase=Phase.CLOSED, ended_at=now))
    assert said()[:2] == ["closed", "closed"]


def test_other_places_and_later_events_make_cases_of_their_own(stormy: Bench) -> None:
    """A storm holds up no other zone, camera or gateway; once its case has ended the next alarm makes another."""
    for _ in range(100):
        stormy.report(zone="gate")
    stormy.report(zone="elsewhere")
    stormy.report(zone="gate", camera="cam-2")
    assert counts(stormy) == [100, 1, 1]
    lead = stormy.client(Role.SHIFT_LEAD)
    first = min(case["id"] for case in lead.get("/api/cases").json()["items"])
    assert lead.post(f"/api/cases/{first}/moves/void", json={"reason": "a flag in the wind"}).status_code == 200
    stormy.report(zone="gate")
    assert counts(stormy) == [100, 1, 1, 1]


def test_a_storm_does_not_join_a_case_that_is_over(stormy: Bench) -> None:
    """Where all its cases were rejected or closed, the next event makes a new one."""
    lead = stormy.client(Role.SHIFT_LEAD)
    for _ in range(3):
        stormy.report(zone="gate")
        newest = lead.get("/api/cases").json()["items"][0]["id"]
        assert lead.post(f"/api/cases/{newest}/moves/void", json={"reason": "a flag"}).status_code == 200
    stormy.report(zone="gate")
    assert counts(stormy) == [1, 1, 1, 1]


def test_invented_zones_and_cameras_do_not_escape(stormy: Bench) -> None:
    """A camera may open cases for four zones' worth, a gateway for twenty cameras' worth; of one scene."""
    for number in range(40):
        stormy.report(zone=f"zone-{number}")
    assert len(counts(stormy)) == 12
    for number in range(100):
        stormy.report(camera=f"invented-{number}")
    assert len(counts(stormy)) == 60
    assert sum(counts(stormy)) == 140


def test_the_demonstrations_pace_is_no_storm(tmp_path: Path) -> None:
    """With the settings as they come: one event a minute, or ten cars at once, are cases of their own."""
    bench = Bench(tmp_path, limits=LimitSettings())
    for _ in range(30):
        bench.report()
        bench.clock.forward(minutes=1)
    assert counts(bench) == [1] * 30
    bench.clock.forward(minutes=10)
    for _ in range(10):
        bench.report()
    assert counts(bench) == [1] * 40
    bench.close()


def test_a_move_on_a_case_in_a_storm_is_as_any(stormy: Bench) -> None:
    """Rejecting needs a reason, and what comes then joins the case before it or makes a new one."""
    for _ in range(6):
        stormy.report(zone="gate")
    with stormy.hub.read_only() as work:
        newest = work.session.scalars(select(Case.id).order_by(Case.id.desc())).first()
    answer = stormy.client(Role.HANDLER, unit="traffic-police").post(f"/api/cases/{newest}/moves/{Move.ACCEPT}")
    assert answer.json()["state"] == "accepted"


def cameras(bench: Bench) -> list[str]:
    with bench.hub.read_only() as work:
        return list(work.session.scalars(select(Camera.camera).order_by(Camera.id)))


def test_invented_cameras_are_bounded(stormy: Bench) -> None:
    """A birth lists more than a gateway may have: the first are taken, the others counted; old ones make room."""
    stormy.birth(cameras=(CameraNote(camera=CAMERA, name="x"),))
    stormy.post(Channel.SNAPSHOT, JPEG, camera=CAMERA)
    many = tuple(CameraNote(camera=f"c{number}", name="x") for number in range(1000))
    stormy.birth("s2", cameras=many)
    assert cameras(stormy) == [f"c{number}" for number in range(5)]
    assert stormy.hub.intake.replies.held_back.counts(GATEWAY) == {"cameras": 995}
    assert stormy.hub.intake.snapshots.latest(GATEWAY, CAMERA) is None
    stormy.birth("s3", cameras=many[500:503])
    assert cameras(stormy) == ["c3", "c4", "c500", "c501", "c502"]
    identity = stormy.send(health("invented", CameraState.ONLINE, stormy.clock()))
    assert "5 cameras at most" in stormy.out.refused[identity]
    (view,) = stormy.client(Role.CLERK).get("/api/gateways").json()
    assert view["held_back"] == {"cameras": 995}


def test_parts_that_never_finish_are_bounded_and_expire(tmp_path: Path) -> None:
    """A thousand one-byte parts leave as many files as are allowed, and none an hour later; the neighbour's stay."""
    bench = Bench(tmp_path, limits=LimitSettings(unfinished_files=20))
    bench.other_gateway("gate-02")
    staging = tmp_path / "staging"
    for _ in range(1000):
        bench.post(Channel.EVIDENCE, b"x", evidence_id=uuid4(), part=0)
    bench.post(Channel.EVIDENCE, b"x", "gate-02", evidence_id=uuid4(), part=0)
    assert len(list((staging / GATEWAY).iterdir())) == 20
    assert len(list((staging / "gate-02").iterdir())) == 1
    for place in (staging / GATEWAY).iterdir():
        os.utime(place, (time.time() - 3700, time.time() - 3700))
    bench.hub.intake.router.expire()
    assert list((staging / GATEWAY).iterdir()) == []
    assert len(list((staging / "gate-02").iterdir())) == 1
    evidence = announced(JPEG, bench.report(), bench.clock())
    bench.send_file(evidence, JPEG)
    assert str(evidence.evidence_id) in bench.out.taken
    bench.close()


def test_evidence_of_events_that_never_come_is_bounded(tmp_path: Path) -> None:
    """Beyond the bound it is held back: not acknowledged, counted; with its event it is taken at any time."""
    bench = Bench(tmp_path, limits=LimitSettings(orphan_megabytes=1))
    content = JPEG + bytes(300_000)
    for _ in range(5):
        bench.send_file(announced(content, uuid4(), bench.clock(), part_size=200_000), content)
    with bench.hub.read_only() as work:
        assert work.session.scalar(select(func.count()).select_from(EvidenceFile)) == 3
    assert bench.hub.intake.replies.held_back.counts(GATEWAY) == {"evidence without event": 2}
    evidence = announced(content, bench.report(), bench.clock(), part_size=200_000)
    bench.send_file(evidence, content)
    assert str(evidence.evidence_id) in bench.out.taken
    bench.close()


def test_a_removed_gateway_is_heard_and_shown_no_more(quick: Bench) -> None:
    """Its cameras go, its cases stay; what it still sends is dropped, until it is added again."""
    quick.birth()
    quick.report()
    with quick.transaction() as work:
        assert remove_gateway(work.session, work.now, GATEWAY) == 1
    quick.report()
    quick.birth("s2")
    client = quick.client(Role.CLERK)
    assert client.get("/api/gateways").json() == client.get("/api/cameras").json() == []
    assert len(client.get("/api/cases").json()["items"]) == 1
    assert quick.hub.intake.replies.dropped.counts() == {"unknown gateway": 2}
    quick.other_gateway(GATEWAY)
    quick.report()
    assert len(client.get("/api/cases").json()["items"]) == 2
