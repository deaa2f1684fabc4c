"""The office's report: figures by the pack's formulas, each with exactly its cases, and its month's ends."""

import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

from fastapi.testclient import TestClient
from sqlalchemy import insert
from tests.hub.bench import EAST, STREET, Bench
from tests.hub.test_daily_figures import make_all
from tests.hub.test_figures import WEST

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.figure_facts import Fact
from sharp_eyes.hub.cases.calendar_period import read_period
from sharp_eyes.hub.cases.cells import Cell
from sharp_eyes.hub.cases.facts import FACTS, Period
from sharp_eyes.hub.demo.stories.months_end import numbers_of
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Assignment, Case

GREEN, GAS = SceneName.GREENERY_DAMAGE, SceneName.GAS_CYLINDER
FIRST = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
"""With which March begins in Shanghai."""
END = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
OWN = """
figures:
  - id: closing-rate
    name: {zh: 结案率（扣除延期）, en: Closed without extensions}
    numerator: [closed]
    denominator: [due, -extended]
    weight: 1
"""

Row = dict[str, Any]


def cases(due: int, closed: int, in_time: int, extended: int) -> Iterator[Row]:
    """Cases due in March, some reported before it; beside them one just before, one just after, and one voided."""
    for number in range(due):
        is_closed = number < closed
        moment = FIRST if number == 0 else END - MOMENT if number == 1 else FIRST + timedelta(minutes=45 * number)
        yield {
            "handle_due_at": moment,
            "reported_at": moment - timedelta(hours=6),
            "state": "closed" if is_closed else "accepted",
            "ended_at": moment - timedelta(hours=1) if is_closed else None,
            "handle_late": number >= in_time,
            "counts": {"extensions": 1} if due - extended <= number else {},
            "area": (EAST, WEST, STREET)[number % 3],
            "unit": ("parks", "drainage")[number % 2],
        }
    for moment, state in ((FIRST - MOMENT, "closed"), (END, "closed"), (FIRST + timedelta(days=3), "voided")):
        yield {"handle_due_at": moment, "reported_at": moment - timedelta(hours=6), "state": state, "ended_at": moment}


def fill(bench: Bench, rows: Iterator[Row], first: int = 1) -> None:
    """Store cases as their logs would leave them, by numbers from ``first`` on."""
    usual: Row = {
        "source": "camera", "gateway": None, "camera": None, "scene": "greenery_damage", "area": EAST, "place": "",
        "grade": "ordinary", "counts": {}, "handle_late": False, "response_late": False, "false_alarm": False,
        "alarm_count": 1, "log_sequence": 1, "legal_hold": False, "rank": 0, "ended_at": None,
    }  # fmt: skip
    made, turns = [], []
    for number, row in enumerate(rows, start=first):
        unit = row.pop("unit", None)
        moments = dict.fromkeys(("opened_at", "updated_at"), row["reported_at"])
        made.append({**usual, **moments, "id": number, "number": f"2026-{number:06d}", "event_id": uuid4(), **row})
        if unit is not None:
            since = row["reported_at"]
            turns.append(
                {"case_id": number, "number": 1, "unit": unit, "since": since, "outcome": None, "rework": False}
            )
    with bench.transaction() as work:
        work.session.execute(insert(Case), made)
        if turns:
            work.session.execute(insert(Assignment), turns)


def report(who: TestClient, **asked: Any) -> dict[str, Any]:
    answer = who.get("/api/figures/report", params={"period": "2026-03"} | asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def shares(found: dict[str, Any], row: dict[str, Any]) -> dict[str, tuple[int, int, str | None]]:
    """Figures of a row's period by their formula."""
    ids = [formula["id"] for formula in found["formulas"]]
    return {
        one: (share["count"], share["of"], share["percent"])
        for one, share in zip(ids, row["now"]["shares"], strict=True)
    }


def total_of(who: TestClient, asked: dict[str, Any]) -> int:
    answer = who.get("/api/cases", params={**asked, "limit": 1})
    assert answer.status_code == 200, answer.text
    count: int = answer.json()["total"]
    return count


def take_pack(bench: Bench, more: str) -> None:
    """Let a pack with figures of its own hold."""
    chief = bench.client(Role.ADMINISTRATOR)
    pack = chief.get("/api/city/pack").json()
    answer = chief.put("/api/city/pack", json={"text": pack["text"] + more, "version": pack["version"], "why": "year"})
    assert answer.status_code == 200, answer.text


def test_the_golden_month_and_every_number_with_exactly_its_cases(quick: Bench) -> None:
    """Due 972, closed 911, in time 737; the same from sums of days, and with extended ones taken out by the pack."""
    fill(quick, cases(972, 911, 737, 40))
    quick.clock.forward(days=40)
    lead = quick.client(Role.LEADER)
    counted = report(lead)
    assert (counted["period"], counted["before"], counted["is_over"]) == (
        {"first": "2026-03-01", "last": "2026-03-31"}, {"first": "2026-02-01", "last": "2026-02-28"}, True,
    )  # fmt: skip
    total = shares(counted, counted["total"])
    assert total["closing-rate"] == (911, 972, "93.72")
    assert total["in-time-rate"] == (737, 972, "75.82")
    assert total["extension-rate"] == (40, 972, "4.12")
    assert total["satisfaction-rate"] == (0, 0, None)
    assert counted["total"]["before"]["due"] == 1
    units = [row for row in counted["rows"] if row["by"] == "unit"]
    assert [row["rank"] for row in units] == [1, 2]
    assert sum(row["now"]["due"] for row in units) == 972
    areas = [(row["key"], row["direct"], row["now"]["due"]) for row in counted["rows"] if row["by"] == "area"]
    assert areas == [(STREET, False, 972)]
    for row in [counted["total"], units[0]]:
        for asked, number in numbers_of(counted, row):
            assert total_of(lead, asked) == number, asked
    make_all(quick)
    assert report(lead) == counted

    take_pack(quick, OWN)
    own = report(lead, by="unit")
    assert shares(own, own["total"]) == {"closing-rate": (911, 932, "97.75")}
    assert [total_of(lead, asked) for asked, _ in numbers_of(own, own["total"])] == [911, 932]


def test_rows_are_those_of_their_area_and_the_workbook_holds_numbers(quick: Bench) -> None:
    """A street's evaluator sees the street; the sheet says 93.72 % as a number, in the asker's language."""
    fill(quick, cases(972, 911, 737, 40))
    quick.clock.forward(days=40)
    lead = quick.client(Role.EVALUATOR, STREET)
    found = report(lead, by=["area", "scene", "source", "camera"])
    areas = [(row["key"], row["direct"], row["now"]["due"]) for row in found["rows"] if row["by"] == "area"]
    assert areas == [(STREET, True, 324), (EAST, False, 324), (WEST, False, 324)]
    for row in found["rows"][1:3]:
        for asked, number in numbers_of(found, row):
            assert total_of(lead, asked) == number, asked
    of_one = report(lead, unit="parks", by=["unit"])
    assert [row["key"] for row in of_one["rows"]] == ["parks"]
    assert of_one["total"]["now"]["due"] == of_one["rows"][0]["now"]["due"] == 486, "of the unit that is asked for"
    assert report(lead, unit="nobody")["total"]["now"]["due"] == 0
    answer = lead.get("/api/figures/report.xlsx", params={"period": "2026-03", "language": "en"})
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    book = zipfile.ZipFile(BytesIO(answer.content))
    names = [
        one.attrib["name"]
        for one in ElementTree.fromstring(book.read("xl/workbook.xml")).iter()
        if "sheetId" in one.attrib
    ]
    assert names == ["Summary", "By area", "Units ranked", "By scene", "By source", "By camera", "Formulas"]
    rows = list(sheet_rows(book, 1))
    assert ["Closed", 0.9372, 911.0, 972.0, 1.0, 1.0, 1.0] in rows
    assert ["Satisfied", "-", 0.0, 0.0, "-", 0.0, 0.0] in rows
    assert ["Closed in time", "closed in time", "due", "due", "high", 40.0] in list(sheet_rows(book, 7))
    assert column_width(book, 7, 2) > 2 * column_width(book, 7, 4), "sides are words, which nothing cuts off"
    chinese = lead.get("/api/figures/report.xlsx", params={"period": "2026-03"})
    assert ["按期结案率", "按期结案", "应结", "处置截止日", "越高越好", 40.0] in list(
        sheet_rows(zipfile.ZipFile(BytesIO(chinese.content)), 7)
    )


def sheet_rows(book: zipfile.ZipFile, number: int) -> Iterator[list[object]]:
    """Rows of a sheet: numbers and words."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    for row in ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{space}row"):
        yield [
            "".join(cell.itertext()) if cell.attrib.get("t") == "inlineStr" else float("".join(cell.itertext()))
            for cell in row
        ]


def column_width(book: zipfile.ZipFile, number: int, column: int) -> float:
    """Of a sheet's column, counted from one."""
    columns = [
        one.attrib
        for one in ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter()
        if "width" in one.attrib
    ]
    return next(float(one["width"]) for one in columns if int(one["min"]) <= column <= int(one["max"]))


def test_hot_spots_are_places_and_hours_with_their_cases(bench: Bench) -> None:
    """The most first; each cell and each hour leads to its cases, by the city's clocks."""
    moments = [FIRST + timedelta(days=number % 9, hours=number % 5) for number in range(40)]
    places = [(29.6081, 120.5191), (29.6083, 120.5195), (29.62, 120.53), (None, None)]
    spread = (0, 0, 0, 1, 1, 2, 2, 3)
    fill(
        bench,
        (
            {"reported_at": moment, "state": "filed", "latitude": places[spread[number % 8]][0],
             "longitude": places[spread[number % 8]][1], "scene": ("smoke", "waterlogging")[number % 2]}
            for number, moment in enumerate(moments)
        ),
    )  # fmt: skip
    bench.clock.forward(days=40)
    lead = bench.client(Role.LEADER)
    found = lead.get("/api/figures/hotspots", params={"period": "2026-03"}).json()
    assert (found["unplaced"], sum(found["hours"]), len(found["hours"])) == (5, 40, 168)
    assert [spot["count"] for spot in found["spots"]] == [25, 10]
    days = {"reported_from": "2026-03-01", "reported_to": "2026-03-31"}
    for spot in found["spots"]:
        assert total_of(lead, days | {"cell": spot["cell"]}) == spot["count"]
        assert sum(one["count"] for one in spot["subjects"]) == spot["count"]
    for hour, count in enumerate(found["hours"]):
        if count:
            assert total_of(lead, days | {"weekday": hour // 24 + 1, "hour": hour % 24}) == count
    assert found["hours"][6 * 24] == 2, "the first and the eighth are Sundays, from midnight on"
    make_all(bench)
    assert lead.get("/api/figures/hotspots", params={"period": "2026-03"}).json() == found


def test_periods_have_names_and_cells_have_edges() -> None:
    """Months, quarters and years, with the one before; what has yet to begin is none."""
    today = date(2026, 4, 10)
    for name, first, until, before in (
        ("2026-03", (3, 1), (3, 31), date(2026, 2, 1)),
        ("2026-04", (4, 1), (4, 10), date(2026, 3, 1)),
        ("2026-Q1", (1, 1), (3, 31), date(2025, 10, 1)),
        ("2026", (1, 1), (4, 10), date(2025, 1, 1)),
    ):
        found = read_period(name, today)
        assert found is not None
        assert (found.whole.first, found.until, found.before.first) == (
            date(2026, *first), date(2026, *until), before,
        )  # fmt: skip
    assert read_period("2026-05", today) is None
    for degrees in (0.0, 0.002, 0.006, 29.608, 120.518, -0.002, -33.867, 89.999):
        south, west, north, east = Cell.at(degrees, degrees).bounds
        assert south <= degrees < north
        assert west <= degrees < east
    assert set(FACTS) == set(Fact)
    assert Period(date(2026, 3, 1), date(2026, 3, 31)).days == 31


def test_a_packs_wrong_figures_are_said(quick: Bench) -> None:
    """With the fact and what there is."""
    chief = quick.client(Role.ADMINISTRATOR)
    text = chief.get("/api/city/pack").json()["text"]
    for numerator, said in (
        ("[closed, won]", "'won' is no fact; there are reported, filed"),
        ("[closed, closed]", "'closed' stands twice"),
        ("[-closed]", "it takes away from nothing"),
    ):
        wrong = text + OWN.replace("[closed]", numerator)
        (fault,) = chief.post("/api/city/pack/check", json={"text": wrong}).json()["faults"]
        assert said in fault["words"]
