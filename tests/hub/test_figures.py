"""Figures counted by hand, and the cases behind each bar: as many as the bar says."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.hub.bench import CAMERA, EAST, GATEWAY, STREET, Bench

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Case

WEST, SECOND = "demo/first-street/west", "demo/second-street"
GREEN, PARKED = SceneName.GREENERY_DAMAGE, SceneName.ILLEGAL_PARKING
DAYS = {"reported_from": "2026-03-01", "reported_to": "2026-03-02"}

Asked = dict[str, Any]


class Office:
    """Makes cases and moves them on."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        notes = (CameraNote(camera=CAMERA, name="东门", area=EAST), CameraNote(camera="cam-2", name="西门", area=WEST))
        bench.birth(cameras=notes)
        assert self.parks is not None  # a unit that nobody can sign in for is sent nowhere

    @property
    def lead(self) -> TestClient:
        """Signed in anew: days pass."""
        return self.bench.client(Role.SHIFT_LEAD, STREET)

    @property
    def parks(self) -> TestClient:
        return self.bench.client(Role.HANDLER, STREET, "parks")

    def report(self, camera: str = CAMERA, scene: SceneName = GREEN, grade: Grade = Grade.ORDINARY) -> int:
        self.bench.report(camera=camera, scene=scene, grade=grade)
        newest: int = self.lead.get("/api/cases", params={"limit": 1}).json()["items"][0]["id"]
        return newest

    def move(self, case: int, move: str, who: TestClient | None = None, **body: Any) -> None:
        answer = (who or self.lead).post(f"/api/cases/{case}/moves/{move}", json=body)
        assert answer.status_code == 200, answer.text

    def work(self, case: int, *, minutes: tuple[int, int, int]) -> None:
        """Send the parks office, let it arrive and be done, each so many minutes later."""
        sent, there, done = minutes
        self.bench.clock.forward(minutes=sent)
        self.move(case, "file")
        self.move(case, "dispatch", unit="parks")
        self.bench.clock.forward(minutes=there)
        self.move(case, "accept", self.parks)
        self.move(case, "arrive", self.parks)
        self.bench.clock.forward(minutes=done)
        self.move(case, "handle", self.parks, note="mended")


def a_weekend(office: Office) -> None:
    """Two days of Shanghai: Sunday from 16:00 on (the bench's start), Monday from half past midnight on."""
    clock = office.bench.clock
    wrong = office.report("cam-2")
    clock.forward(minutes=5)
    office.move(wrong, "void", reason="false_alarm")
    done = office.report(grade=Grade.MAJOR)
    office.work(done, minutes=(10, 20, 30))
    office.move(done, "pass")
    clock.forward(minutes=60)
    office.move(done, "close")
    clock.forward(hours=6, minutes=25)
    again = office.report()
    office.work(again, minutes=(20, 20, 20))
    office.move(again, "fail", reason="still there")
    office.move(again, "accept", office.parks)
    office.move(again, "ask_extension", office.parks, reason="rain")
    office.move(again, "grant_extension")
    clock.forward(minutes=220)
    office.move(again, "handle", office.parks, note="mended at last")
    office.report(scene=PARKED)  # sent at once, and forgotten
    clock.forward(hours=2)


def bars(figures: dict[str, Any]) -> Iterator[tuple[Asked, int]]:
    """Every bar of the period: what its list is asked for, and the number on it."""
    for kind, key in (("states", "state"), ("scenes", "scene"), ("grades", "grade"), ("hours", "hour")):
        yield from (({key: bar[key]}, bar["now"]) for bar in figures[kind])
    yield from (({"reported_from": day["day"], "reported_to": day["day"]}, day["now"]) for day in figures["days"])
    for place in figures["late_by_area"]:
        where = {"area": place["area"], "direct": place["direct"]}
        yield from ((where | {"late": True}, place["now"]), (where, place["of"]))
    for unit in figures["late_by_unit"]:
        yield {"had_unit": unit["unit"], "late_turn": True}, unit["now"]
        yield {"had_unit": unit["unit"]}, unit["of"]
    yield from (({"false_alarm": True, "scene": one["scene"]}, one["now"]) for one in figures["false_by_scene"])
    for one in figures["false_by_camera"]:
        camera = {"gateway": one["gateway"], "camera": one["camera"]}
        yield from ((camera | {"false_alarm": True}, one["now"]), (camera, one["of"]))
    yield from (({"reached": stage["stage"]}, stage["now"]["count"]) for stage in figures["times"])
    yield from (({"appeal": one["appeal"]}, one["now"]) for one in figures["appeals"])
    for key, asked in (("late", "late"), ("false_alarms", "false_alarm"), ("reworked", "reworked")):
        yield {asked: True}, figures[key]["now"]
    yield {"extended": True}, figures["extended"]["now"]


def counted(rows: list[dict[str, Any]], key: str) -> dict[Any, tuple[int, int]]:
    """What was counted at all, by its key: of the period, how many of how many."""
    return {row[key]: (row["now"], row["of"]) for row in rows if row["of"]}


def test_figures_are_those_counted_by_hand_and_each_bar_is_its_list(bench: Bench) -> None:
    """A wrong alarm, a case closed in its time, one with rework and more time, and one that is late."""
    office = Office(bench)
    a_weekend(office)
    leader = bench.client(Role.LEADER, STREET)
    shown = leader.get("/api/figures", params=DAYS).json()

    assert (shown["total"]["now"], shown["total"]["before"]) == (4, 0)
    assert counted(shown["states"], "state") == {
        "voided": (1, 1), "closed": (1, 1), "handled": (1, 1), "dispatched": (1, 1),
    }  # fmt: skip
    assert counted(shown["scenes"], "scene") == {"greenery_damage": (3, 3), "illegal_parking": (1, 1)}
    assert counted(shown["grades"], "grade") == {"ordinary": (3, 3), "major": (1, 1)}
    assert [(day["day"], day["now"]) for day in shown["days"]] == [("2026-03-01", 2), ("2026-03-02", 2)]
    assert [hour["hour"] for hour in shown["hours"] for _ in range(hour["now"])] == [0, 5, 16, 16]
    assert (shown["late"]["now"], shown["late"]["of"]) == (2, 4)
    assert counted(shown["late_by_area"], "area") == {EAST: (2, 3), WEST: (0, 1)}
    assert counted(shown["late_by_unit"], "unit") == {"parks": (0, 2), "traffic-police": (1, 1)}
    times = {one["stage"]: (one["now"]["count"], one["now"]["median"]) for one in shown["times"]}
    assert times == {
        "dispatched": (3, 600.0),
        "on_site": (2, (30 + 40) * 30.0),
        "handled": (2, (60 + 280) * 30.0),
        "closed": (1, 7200.0),
    }
    assert [one["now"]["p90"] for one in shown["times"] if one["stage"] == "handled"] == [60 * (60 + 0.9 * 220)]
    assert (shown["false_alarms"]["now"], shown["reworked"], shown["extended"]["now"]) == (
        1, {"now": 1, "of": 2, "before": 0, "before_of": 0}, 1,
    )  # fmt: skip
    assert [(one["camera"], one["now"], one["of"]) for one in shown["false_by_camera"]] == [("cam-2", 1, 1)]

    for asked, number in bars(shown):
        listed = leader.get("/api/cases", params=DAYS | asked).json()
        assert (listed["total"], len(listed["items"])) == (number, number), asked


def test_the_period_before_and_the_filters(bench: Bench) -> None:
    """What was the period is the one before two days later; nothing measured is null, not 0."""
    office = Office(bench)
    a_weekend(office)
    shown = office.lead.get("/api/figures", params={"reported_from": "2026-03-03", "reported_to": "2026-03-04"}).json()
    assert shown["total"] == {"now": 0, "of": 0, "before": 4, "before_of": 4}
    assert [(day["now"], day["before"]) for day in shown["days"]] == [(0, 2), (0, 2)]
    assert shown["times"][0]["now"] == {"count": 0, "median": None, "p90": None}
    assert shown["times"][0]["before"]["count"] == 3

    def total(who: TestClient | None = None, **asked: str) -> int:
        answer = (who or office.lead).get("/api/figures", params=DAYS | asked).json()
        assert "total" in answer, answer
        number: int = answer["total"]["now"]
        return number

    assert (total(area=WEST), total(scene="illegal_parking"), total(unit="parks"), total(area=SECOND)) == (1, 1, 2, 0)
    assert (total(office.parks), total(bench.client(Role.LEADER, SECOND))) == (2, 0)
    assert total(bench.client(Role.HANDLER, STREET, "drainage")) == 0


def test_days_that_make_no_period_are_refused(quick: Bench) -> None:
    """Half a period, the wrong way round, more than 400 days, an hour without days."""
    lead = quick.client(Role.SHIFT_LEAD)
    for asked in (
        {"reported_from": "2026-03-01"},
        {"reported_from": "2026-03-02", "reported_to": "2026-03-01"},
        {"reported_from": "2025-01-01", "reported_to": "2026-03-01"},
    ):
        for path in ("/api/figures", "/api/cases"):
            assert lead.get(path, params=asked).json()["error"]["code"] == "invalid"
    assert lead.get("/api/cases", params={"hour": 3}).status_code == 422
    usual = lead.get("/api/figures").json()["period"]
    assert usual == {"first": "2026-02-02", "last": "2026-03-01"}


def test_tables_open_in_a_spreadsheet_and_hold_no_formula(quick: Bench) -> None:
    """With the mark of UTF-8, in the reader's words, by the city's clocks; the export stands in the trail."""
    office = Office(quick)
    a_weekend(office)
    with quick.transaction() as work:
        for case in work.session.scalars(select(Case)):
            case.place = "=cmd()"

    def rows(path: str, **asked: Any) -> list[list[str]]:
        answer = office.lead.get(f"/api/figures/{path}.csv", params=DAYS | asked)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    figures = rows("table", language="zh")
    assert ["按场景", "绿化带破损", "3", "3", "0", "0"] in figures
    assert ["误报（按摄像机）", "cam-2", "1", "1", "0", "0"] in figures
    assert ["Time taken (seconds)", "on site · median", "2100.0", "2", "", "0"] in rows("table", language="en")
    behind = rows("cases", reworked=True, language="en")
    assert len(behind) == 2
    first = dict(zip(behind[0], behind[1], strict=True))
    assert (first["Place"], first["Number"]) == ("'=cmd()", "2026-000003")
    assert (first["Scene"], first["Reported"], first["Reworks"], first["Gateway"]) == (
        "Damaged greenery", "2026-03-02 00:30:00", "1", GATEWAY,
    )  # fmt: skip
    trail = quick.client(Role.ADMINISTRATOR).get("/api/audit", params={"action": "exported"}).json()["items"]
    assert trail[0]["detail"] == {"lines": 1}


def test_today_stands_beside_the_same_weekday(quick: Bench) -> None:
    """Until this time of day; where the hub is younger than two weeks nobody knows what is usual."""
    office = Office(quick)
    for count in (3, 1, 2):  # Sundays; of the first one the hub knows half
        for _ in range(count):
            office.report()
        quick.clock.forward(minutes=10)
        today = office.lead.get("/api/figures/today").json()
        assert today["reported"]["today"] == count
        quick.clock.forward(hours=5)
        office.report()  # later than the time of day at which we look
        quick.clock.forward(days=7, hours=-5, minutes=-10)
    assert (today["reported"], today["weeks"]) == ({"today": 2, "usual": None}, 1)
    quick.clock.forward(minutes=10)
    assert office.lead.get("/api/figures/today").json()["reported"] == {"today": 0, "usual": 1.5}
