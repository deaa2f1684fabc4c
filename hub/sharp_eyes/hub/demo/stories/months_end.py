"""The last day of a month: cases that cross its end, the month's report, and each number with exactly its cases."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sharp_eyes.client import CaseDetail
from sharp_eyes.hub.demo.stories.acts import Does, all_of
from sharp_eyes.hub.demo.stories.cast import CHECKER, DISPATCHER, EVALUATOR, GRID_WORKER, SHIFT_LEAD, of_unit
from sharp_eyes.hub.demo.stories.story import Play, Step, Story, expect, expect_same

CITY, POLICE = of_unit("city-management"), of_unit("traffic-police")
_ZONE = ZoneInfo("Asia/Shanghai")
_APART = 0.0012
"""Degrees between two heaps of bikes: each is a matter of its own."""

HEAPS = ("done", "foreign", "late", "longer", "resting", "crossing")

_NINE, _FIVE_DAYS_ON = 750.0, 4 * 1440.0 + 750
"""Minutes since half past eight in the evening: nine o'clock of the next day, and four days after it."""

NOTES = {
    "done": "单车已归位 · The bikes stand in their place",
    "foreign": "已劝离 · Moved on",
    "crossing": "单车已清走 · The bikes are gone",
    "late": "次日清走 · Gone on the next day",
    "resting": "钥匙到了，已清走 · The key came; they are gone",
}


def months(play: Play) -> tuple[date, date, date]:
    """First days of the story's month and of the two after it."""
    first: date = play.kept["month"]
    following = (first + timedelta(days=32)).replace(day=1)
    return first, following, (following + timedelta(days=32)).replace(day=1)


def report_of(play: Play) -> dict[str, Any]:
    """The story's month, of what grid workers report: the cameras of a running demo go on meanwhile."""
    asked = {"period": f"{months(play)[0]:%Y-%m}", "source": "grid_worker"}
    found: dict[str, Any] = play.stage.client(EVALUATOR).request("GET", "/api/figures/report", params=asked)
    return found


def share_of(report: Mapping[str, Any], formula: str) -> tuple[int, int, str | None]:
    """A formula's count, denominator and percent, of all cases of the report."""
    ids = [one["id"] for one in report["formulas"]]
    share = report["total"]["now"]["shares"][ids.index(formula)]
    return share["count"], share["of"], share["percent"]


def numbers_of(report: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], int]]:
    """Every number of a row's shares, behind what its list of cases is asked for."""
    which = {
        None: {},
        "area": {"area": row["key"], "direct": row["direct"]},
        "unit": {"answering": row["key"]},
        "scene": {"scene": row["key"]},
        "source": {"source": row["key"]},
        "camera": {"gateway": row["gateway"], "camera": row["key"]},
    }[row["by"]]
    days = report["period"]
    for formula, share in zip(report["formulas"], row["now"]["shares"], strict=True):
        kind = formula["period"]
        where = {**which, f"{kind}_from": days["first"], f"{kind}_to": days["last"]}
        for side, count in (("numerator", share["count"]), ("denominator", share["of"])):
            said = formula[side]
            yield where | {"fact": said["any_of"], "without": said["none_of"]}, count


def _reports(*names: str) -> Does:
    """Heaps of bikes at several corners, each a case that the city management team has two hours for."""

    def does(play: Play) -> None:
        if not play.kept:
            play.keep("month", _month_of(play.stage.now()))
        worker = play.stage.client(GRID_WORKER)
        for name in names:
            place = {
                "longitude": 120.5240,
                "latitude": round(29.6030 + _APART * HEAPS.index(name), 6),
                "datum": "wgs84",
            }
            made = worker.report("grid_worker", "shared_bikes", words="共享单车占道 · Bikes in the way", position=place)
            expect(not made.joined, f"the report joined case {made.number}, which was open before the story began")
            play.keep(name, made.case)
            _note_due(play, name)
        play.keep("case", play.kept["late"])

    return does


def _takes(*names: str) -> Does:
    def does(play: Play) -> None:
        for name in names:
            play.stage.client(CITY).move(play.kept[name], "accept")

    return does


def _goes_elsewhere(play: Play) -> None:
    """What is not theirs goes back, and to the traffic police."""
    play.stage.client(CITY).move(play.kept["foreign"], "send_back", reason="not-ours")
    play.stage.client(DISPATCHER).move(play.kept["foreign"], "dispatch", unit=POLICE.unit)
    play.stage.client(POLICE).move(play.kept["foreign"], "accept")


def _ends(unit: Any, name: str) -> Does:
    """Done with a photo, checked, closed."""

    def does(play: Play) -> None:
        client, case = play.stage.client(unit), play.kept[name]
        photo = client.add_photo(case, play.stage.picture(), moment="after")
        client.move(case, "handle", note=NOTES[name], photo_ids=[photo])
        play.stage.client(CHECKER).move(case, "pass")
        closed = play.stage.client(SHIFT_LEAD).move(case, "close")
        expect_same(closed.state, "closed", f"the case {name!r} at its end")

    return does


def _gets_more_time(play: Play) -> None:
    """Asked for by the unit, granted by the shift lead: the deadline moves by two hours."""
    before = play.kept["longer due"]
    play.stage.client(CITY).move(play.kept["longer"], "ask_extension", reason="equipment")
    play.stage.client(SHIFT_LEAD).move(play.kept["longer"], "grant_extension")
    after = _note_due(play, "longer")
    expect(after is not None and after > before, f"more time moved the deadline from {before} to {after}")


def _rests(play: Play) -> None:
    until = play.stage.now() + timedelta(days=3)
    play.stage.client(SHIFT_LEAD).move(play.kept["resting"], "suspend", reason="equipment", until=until)
    expect_same(_note_due(play, "resting"), None, "the deadline of a case that rests")


def _case(play: Play, name: str) -> CaseDetail:
    return play.stage.client(SHIFT_LEAD).case(play.kept[name])


def _note_due(play: Play, name: str) -> datetime | None:
    """Until when a case must be dealt with, none while it rests; once it is dealt with, it does not say so."""
    clock = next(one for one in _case(play, name)["clocks"] if one["kind"] == "handle")
    due = None if clock["due_at"] is None else datetime.fromisoformat(clock["due_at"])
    return play.keep(f"{name} due", due)


def _month_of(moment: datetime) -> date:
    return moment.astimezone(_ZONE).date().replace(day=1)


def _counts_where_it_is_due(*names: str) -> Does:
    """Each counts in the month of its deadline alone; what rests counts in none."""

    def does(play: Play) -> None:
        first, second, third = months(play)
        for name in names:
            due = play.kept[f"{name} due"]
            month = None if due is None else _month_of(due)
            for begins, ends in ((first, second), (second, third)):
                listed = _is_listed(play, name, begins, ends - timedelta(days=1), fact="due")
                expect_same(listed, month == begins, f"whether {name!r}, due at {due}, is due in {begins:%Y-%m}")

    return does


def _is_listed(play: Play, name: str, first: date, last: date, **only: Any) -> bool:
    """Whether a case stands on the list behind a number of these days."""
    asked = {"due_from": f"{first}", "due_to": f"{last}", "source": "grid_worker", "scene": "bike_clutter", **only}
    return play.kept[name] in [one.id for one in play.stage.client(EVALUATOR).cases(limit=200, **asked)]


def _opens_the_report(play: Play) -> None:
    """Every number leads to exactly its cases: of the whole, and of the unit that will call."""
    report = play.keep("report", report_of(play))
    own = next(row for row in report["rows"] if row["by"] == "unit" and row["key"] == CITY.unit)
    for row in (report["total"], own):
        for asked, number in numbers_of(report, row):
            params = {"source": "grid_worker", "limit": 1} | asked
            page = play.stage.client(EVALUATOR).request("GET", "/api/cases", params=params)
            expect_same(page["total"], number, f"the cases behind a number of {row['key'] or 'all'}, {asked}")


def _is_not_theirs(play: Play) -> None:
    """What a unit sent back counts for the one that had it really."""
    first, following, _ = months(play)
    for unit, counts in ((CITY, False), (POLICE, True)):
        listed = _is_listed(play, "foreign", first, following - timedelta(days=1), fact="due", answering=unit.unit)
        expect_same(listed, counts, f"whether the case that was sent back counts for {unit.username}")


def _for_the_finance_office(play: Play) -> None:
    """The workbook has a sheet for each part and the formulas at its end; the hours add up to what was reported."""
    evaluator, month = play.stage.client(EVALUATOR), f"{months(play)[0]:%Y-%m}"
    asked = f"period={month}&source=grid_worker"
    book = zipfile.ZipFile(io.BytesIO(evaluator.file(f"/api/figures/report.xlsx?{asked}&language=en")))
    sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/")]
    expect_same(len(sheets), 7, "the workbook's sheets")
    spots = evaluator.request("GET", f"/api/figures/hotspots?{asked}")
    reported = play.kept["report"]["total"]["now"]["reported"]
    expect_same(sum(spots["hours"]), reported, "what was reported, by the hours of the week")


def _goes_on(play: Play) -> None:
    """By itself when its day comes; a demo cannot wait for it."""
    if _case(play, "resting")["suspended_until"] is not None:
        play.stage.client(SHIFT_LEAD).move(play.kept["resting"], "resume")
    _note_due(play, "resting")


def _once_more(play: Play) -> None:
    """What was closed since counts there, if it was due there; in time only where no deadline was missed."""
    before, after = play.kept["report"], report_of(play)
    since = [name for name in ("late", "resting") if _month_of(play.kept[f"{name} due"]) == months(play)[0]]
    in_time = [name for name in since if _case(play, name).late_since is None]
    # What rested was not due when the report was opened first.
    for formula, more, more_due in (
        ("closing-rate", len(since), since.count("resting")),
        ("in-time-rate", len(in_time), since.count("resting")),
    ):
        count, of, _ = share_of(before, formula)
        expect_same(share_of(after, formula)[:2], (count + more, of + more_due), f"{formula}, opened once more")


STORY = Story(
    "months-end",
    "月末考核",
    "The month's end",
    (
        Step(
            0,
            GRID_WORKER,
            "月末最后一天 20:30（演示按今天的日期，不跨月也照样核对）：网格员上报五处单车乱停，限两小时",
            "Half past eight on the month's last day (on a demo it is today, and all is held against today's month): "
            "the grid worker reports five heaps of bikes, two hours each",
            _reports("done", "foreign", "late", "longer", "resting"),
        ),
        Step(
            3,
            CITY,
            "城管签收四件；一件不归城管，退回后改派交警",
            "City management takes four; one is not theirs and goes on to the traffic police",
            all_of(_takes("done", "late", "longer", "resting"), _goes_elsewhere),
        ),
        Step(
            20,
            CHECKER,
            "两件办结：城管一件，交警一件",
            "Two are done and closed: one by city management, one by the traffic police",
            all_of(_ends(CITY, "done"), _ends(POLICE, "foreign")),
        ),
        Step(
            60,
            SHIFT_LEAD,
            "一件申请延期获准；一件没有钥匙，挂起三天",
            "One is given more time; one waits for a key and rests for three days",
            all_of(_gets_more_time, _rests),
        ),
        Step(
            120,
            GRID_WORKER,
            "22:30 又报一处，限期已在下月 0:30",
            "Half past ten: one more, due at half past midnight, which is the next month",
            all_of(_reports("crossing"), _takes("crossing")),
        ),
        Step(200, CITY, "23:50 它就办结了", "Ten to midnight: it is closed already", _ends(CITY, "crossing")),
        Step(
            _NINE,
            EVALUATOR,
            "次日九点：考核员打开月报，每个数字都点得到恰好那么多案件",
            "At nine on the first: the evaluator opens the month's report, and each number leads to exactly its cases",
            _opens_the_report,
        ),
        Step(
            _NINE + 5,
            EVALUATOR,
            "城管来电：那几件为什么不算？按限期所在的月算；延期随限期走，挂起的哪月都不算，退回的算交警的",
            "City management calls: why are those not in? A case counts where its deadline lies; more time moves it, "
            "what rests counts nowhere, and what they sent back is the traffic police's",
            all_of(_counts_where_it_is_due("done", "foreign", "late", "longer", "resting", "crossing"), _is_not_theirs),
        ),
        Step(
            _NINE + 20,
            EVALUATOR,
            "导出 XLSX 给财务，最后一张表写明每个公式；按小时看，合计就是上报数",
            "The workbook for the finance office, with the formulas on its last sheet; the hours add up",
            _for_the_finance_office,
        ),
        Step(
            _NINE + 60,
            CITY,
            "拖过限期的那件办结",
            "The one that was late is closed at last",
            _ends(CITY, "late"),
        ),
        Step(
            _FIVE_DAYS_ON - 10,
            CITY,
            "三天已过，挂起的那件恢复并办结，算在限期所在的月",
            "Three days on: what rested goes on by itself (on a demo somebody resumes it), and is closed",
            all_of(_goes_on, _ends(CITY, "resting"), _counts_where_it_is_due("resting", "late")),
        ),
        Step(
            _FIVE_DAYS_ON,
            EVALUATOR,
            "再打开这个月：逾期的那件如今也算结案，但不算按期（演示里没有逾期）",
            "The month once more: the late one counts as closed now, and not as in time (on a demo nothing is late)",
            _once_more,
        ),
    ),
    pace=2000,
)
