"""The queue of open cases: its order, its pages, its counts, and what the stream says of a change."""

import asyncio
import json
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from fastapi.testclient import TestClient
from tests.hub.bench import CAMERA, EAST, STREET, Bench

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.api.stream_routes import server_sent_events
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.lifecycle.rank import queue_rank
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.database import _MIGRATIONS

ORDINARY, SERIOUS, MAJOR = Grade.ORDINARY, Grade.SERIOUS, Grade.MAJOR
WEST = "demo/first-street/west"


def report(bench: Bench, grade: Grade, **changes: Any) -> int:
    """A new alarm; returns its case's id."""
    event = bench.report(grade=grade, **changes)
    with bench.hub.read_only() as work:
        found = work.session.scalar(sa.select(Case.id).where(Case.event_id == event))
    assert found is not None
    return found


def queue(page: TestClient, **asked: Any) -> list[int]:
    """The whole queue by pages of two, as a page would ask for it."""
    found: list[int] = []
    place: dict[str, str] = {}
    while True:
        answer = page.get("/api/cases", params={"order": "rank", "limit": 2, **place, **asked}).json()
        found += [item["id"] for item in answer["items"]]
        if answer["next"] is None:
            return found
        place = {"after": answer["next"]}


def test_the_gravest_stand_first_then_whose_limit_ends_first_then_the_oldest(bench: Bench) -> None:
    """A major alarm that comes last is first; the late stand before the others of their grade, without a clock."""
    bench.birth()
    page = bench.client(Role.SHIFT_LEAD)
    unlimited = report(bench, ORDINARY, scene=SceneName.GAS_CYLINDER)  # nobody has sent anybody: no limit runs
    first = report(bench, ORDINARY)
    bench.clock.forward(minutes=5)
    second = report(bench, ORDINARY)
    younger = report(bench, ORDINARY, scene=SceneName.GAS_CYLINDER)
    serious = report(bench, SERIOUS, scene=SceneName.FIRE_LANE_BLOCKED)
    major = report(bench, MAJOR, scene=SceneName.GAS_CYLINDER)
    expected = [major, serious, first, second, unlimited, younger]
    assert queue(page) == expected
    bench.clock.forward(hours=3)
    assert queue(page) == expected, "time alone moves nothing"
    newest = page.get("/api/cases", params={"limit": 200}).json()
    assert [item["id"] for item in newest["items"]] == sorted(expected, reverse=True)
    assert newest["total"] is None
    assert page.get("/api/cases", params={"order": "rank", "limit": 1}).json()["total"] == len(expected)


def test_a_case_moves_when_its_grade_does_and_leaves_when_it_ends(bench: Bench) -> None:
    """What is stored follows from the log's lines."""
    bench.birth()
    lead = bench.client(Role.SHIFT_LEAD)
    first, second = (report(bench, ORDINARY, scene=SceneName.GAS_CYLINDER) for _ in range(2))
    assert queue(lead) == [first, second]
    assert lead.post(f"/api/cases/{second}/moves/regrade", json={"grade": "major", "reason": "a fire"}).is_success
    assert queue(lead) == [second, first]
    assert lead.post(f"/api/cases/{first}/moves/reject", json={"reason": "a bucket"}).is_success
    assert queue(lead) == [second]


def test_no_case_is_left_out_or_doubled_while_others_come(bench: Bench) -> None:
    """The next page goes on from a place, not from a number of rows; equal ranks are told apart."""
    bench.birth()
    page = bench.client(Role.SHIFT_LEAD)
    there = [report(bench, ORDINARY, scene=SceneName.GAS_CYLINDER) for _ in range(5)]
    answer = page.get("/api/cases", params={"order": "rank", "limit": 3}).json()
    report(bench, MAJOR)
    rest = page.get("/api/cases", params={"order": "rank", "limit": 3, "after": answer["next"]}).json()
    assert [item["id"] for item in answer["items"] + rest["items"]] == there
    assert page.get("/api/cases", params={"order": "rank", "after": "drop table"}).status_code == 422


def test_counts_are_of_ones_own_area_and_of_the_moment(bench: Bench) -> None:
    """By stage, and how many are past their limit: the figures equal the lists."""
    cameras = (CameraNote(camera=CAMERA, name="东门", area=EAST), CameraNote(camera="cam-2", name="西门", area=WEST))
    bench.birth(cameras=cameras)
    page = bench.client(Role.SHIFT_LEAD)
    report(bench, ORDINARY, scene=SceneName.GAS_CYLINDER)
    report(bench, ORDINARY)
    report(bench, ORDINARY, camera="cam-2")

    def counts(page: TestClient, **asked: str) -> dict[str, int]:
        found: dict[str, int] = page.get("/api/cases/counts", params=asked).json()
        return found

    calling = {"unacknowledged": 1, "unacknowledged_serious": 0, "unacknowledged_major": 0}
    assert counts(page) == {"open": 3, "new": 1, "handling": 2, "check": 0, "overdue": 0} | calling
    assert counts(page, scene="gas_cylinder")["open"] == 1
    assert counts(bench.client(Role.SHIFT_LEAD, WEST))["open"] == 1
    bench.clock.forward(hours=2)
    assert counts(page)["overdue"] == 2 == len(queue(page, overdue=True))
    states = ["dispatched", "accepted"]
    assert counts(page)["handling"] == len(queue(page, state=states))


def test_cases_are_asked_for_by_their_ids(bench: Bench) -> None:
    """As many as a page shows, in one question; what one may not see is not found."""
    bench.birth()
    first, second, _ = (report(bench, ORDINARY) for _ in range(3))
    asked = {"id": [first, second]}
    page = bench.client(Role.SHIFT_LEAD)
    assert {item["id"] for item in page.get("/api/cases", params=asked).json()["items"]} == {first, second}
    assert bench.client(Role.SHIFT_LEAD, WEST).get("/api/cases", params=asked).json()["items"] == []


def test_the_stream_carries_the_case_as_the_list_shows_it(bench: Bench) -> None:
    """So nobody asks for what changed: each line's event has the case after it."""
    bench.birth()
    page = bench.client(Role.SHIFT_LEAD)
    bench.hub.feed.step()

    async def hear() -> list[dict[str, Any]]:
        source = server_sent_events(bench.hub.broadcaster, Scope(STREET), 1)
        assert await anext(source) == "retry: 2000\n\n"
        assert "event: begin" in await anext(source)
        await asyncio.to_thread(report, bench, SERIOUS, scene=SceneName.GAS_CYLINDER)
        await asyncio.to_thread(bench.hub.feed.step)
        text = await asyncio.wait_for(anext(source), 60)
        bench.hub.broadcaster.close()
        return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]

    _ = bench.app  # which wires the stream
    (said,) = asyncio.run(hear())
    (listed,) = page.get("/api/cases").json()["items"]
    assert said["change"] == "reported"
    assert said["case"] == listed


def test_cases_of_the_version_before_get_their_place(bench: Bench) -> None:
    """The migration works out what a line would write; on SQLite and PostgreSQL alike."""
    bench.birth()
    for grade, scene in ((MAJOR, SceneName.GAS_CYLINDER), (SERIOUS, SceneName.FIRE_LANE_BLOCKED), (ORDINARY, None)):
        report(bench, grade, **({} if scene is None else {"scene": scene}))
        bench.clock.forward(seconds=90.75)

    def ranks() -> list[int]:
        with bench.hub.read_only() as work:
            return list(work.session.scalars(sa.select(Case.rank).order_by(Case.id)))

    made = ranks()
    with bench.hub.read_only() as work:
        cases = work.session.scalars(sa.select(Case).order_by(Case.id)).all()
        assert made == [queue_rank(case.grade, case.due_at, case.opened_at) for case in cases]
    engine = sa.create_engine(bench.hub.database._url)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    before = str(ScriptDirectory.from_config(config).get_revision("case_queue").down_revision)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, before)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
    assert ranks() == made


def test_a_case_is_found_by_its_number_its_place_and_what_was_noted(bench: Bench) -> None:
    """In lists and the queue alike, inside one's own area; signs that databases have a use for are only signs."""
    cameras = (
        CameraNote(camera=CAMERA, name="东门 100%", area=EAST),
        CameraNote(camera="cam-2", name="西门", area=WEST),
    )
    bench.birth(cameras=cameras)
    lead = bench.client(Role.SHIFT_LEAD)
    first, second = report(bench, ORDINARY), report(bench, ORDINARY, camera="cam-2")
    assert lead.post(f"/api/cases/{second}/moves/comment", json={"note": "The owner comes at noon"}).is_success
    number = lead.get(f"/api/cases/{first}").json()["number"]
    asked = {number: [first], "000001": [first], "00002": [second], "东门": [first], "0%": [first], "OWNER": [second]}
    for words, expected in asked.items():
        assert queue(lead, q=words) == expected, words
        assert [item["id"] for item in lead.get("/api/cases", params={"q": words}).json()["items"]] == expected
    assert queue(bench.client(Role.SHIFT_LEAD, WEST), q=number) == []
    assert queue(lead, q="_") == queue(lead, q="nothing of the kind") == []
