"""A whistle (吹哨报到): gathered until Wednesday, listed on Thursday, and on Friday the sponsor units report in."""

from datetime import date
from typing import Any

from sharp_eyes.hub.demo.people import Person
from sharp_eyes.hub.demo.stories.acts import GATE, Does, all_of, told_of
from sharp_eyes.hub.demo.stories.cast import CHECKER, CLERK, CLOCK, EAST, GRID_WORKER, SHIFT_LEAD, of_unit
from sharp_eyes.hub.demo.stories.story import Play, Step, Story, expect, expect_same

PARKS, DRAINAGE, CITY = of_unit("parks"), of_unit("drainage"), of_unit("city-management")
_DAY = 1440.0
_WEDNESDAY_18, _THURSDAY_10 = _DAY + 540, 2 * _DAY + 60
_FRIDAY_9_30, _FRIDAY_17_31 = 3 * _DAY + 30, 3 * _DAY + 511
"""Minutes since Tuesday at nine."""


def _whistles(play: Play) -> None:
    """Report two things, and put both on the week's list: one to all sponsors, one to two units by name."""
    worker = play.stage.client(GRID_WORKER)
    hole = worker.report("visit", "road_hole", words="7 号院门前路面坑洞 · A hole before No. 7", position=GATE)
    drain = worker.report("grid_worker", "road_hole", words="坑洞旁雨水口堵塞 · The drain beside it", area=EAST)
    play.keep("case", hole.case)
    play.keep("drain", drain.case)
    play.keep("week", worker.request("GET", "/api/whistle")["gathers_for"])
    for case, named in ((hole.case, []), (drain.case, ["drainage", "city-management"])):
        expect_same(worker.move(case, "whistle", units=named).state, "reported", "a case that waits for the list")


def the_list(play: Play, who: Person) -> dict[str, Any]:
    """The list of the week on which the hole stands, as somebody sees it."""
    return next(one for one in _lists(play, who) if play.case in [case["id"] for case in one["cases"]])


def _lists(play: Play, who: Person) -> list[dict[str, Any]]:
    """The community's lists of the week: what is made, and what still gathers."""
    week = play.stage.client(who).request("GET", "/api/whistle", params={"week": play.kept["week"]})
    return [one for one in week["lists"] if one["area"] == EAST]


def _of_story(play: Play, who: Person) -> dict[str, dict[str, Any]]:
    """The story's cases on the lists, by what they are; those of other days stand there as well."""
    listed = {case["id"]: case for one in _lists(play, who) for case in one["cases"]}
    return {name: listed[play.kept[name]] for name in ("case", "drain") if play.kept[name] in listed}


def _is_gathered(play: Play) -> None:
    """Who is asked stands on the list; nobody has a task yet, and what waits for Thursday is nobody's delay."""
    asked = {name: {turn["unit"] for turn in one["turns"]} for name, one in _of_story(play, SHIFT_LEAD).items()}
    wanted = {"case": {"parks", "drainage"}, "drain": {"drainage", "city-management"}}
    expect_same(asked, wanted, "the units that are asked")
    filed = play.stage.client(CLERK).move(play.case, "file")
    expect_same((filed.state, filed.late_since), ("filed", None), "a case that waits for Thursday")
    expect(
        play.case not in [task.case.id for task in play.stage.client(PARKS).tasks()], "parks were sent before Thursday"
    )


def _is_listed(play: Play) -> None:
    """The list is made: both are sent, and each unit is told until when it reports in."""
    play.stage.makes_week_list(EAST)
    found = the_list(play, SHIFT_LEAD)
    monday = date.fromisoformat(play.kept["week"])
    expect(found["made_at"] is not None, f"the list of the week of {monday} is not made")
    # A turn's limit is told in whole minutes.
    by = found["report_in_by"][: len("2026-03-06T09:30")]
    due = {turn["due_at"][: len(by)] for one in _of_story(play, SHIFT_LEAD).values() for turn in one["turns"]}
    expect_same(due, {by}, "until when they report in")
    for unit, case in ((PARKS, "case"), (DRAINAGE, "case"), (DRAINAGE, "drain"), (CITY, "drain")):
        expect("dispatched" in told_of(play, unit, play.kept[case]), f"{unit.username} was not told of the {case}")
    expect_same(set(_of_story(play, PARKS)), {"case"}, "what parks see on the list")


def _reports_in(unit: Person, *cases: str) -> Does:
    """One press a case, from the list."""

    def does(play: Play) -> None:
        for name in cases:
            expect(_of_story(play, unit)[name]["may_report_in"], f"{unit.username} cannot report in to the {name}")
            play.stage.client(unit).move(play.kept[name], "accept")

    return does


def _is_done(unit: Person, case: str, note: str) -> Does:
    def does(play: Play) -> None:
        client = play.stage.client(unit)
        photo = client.add_photo(play.kept[case], play.stage.picture(), moment="after")
        client.move(play.kept[case], "handle", note=note, photo_ids=[photo])

    return does


def _is_closed(case: str) -> Does:
    def does(play: Play) -> None:
        play.stage.client(CHECKER).move(play.kept[case], "pass")
        closed = play.stage.client(SHIFT_LEAD).move(play.kept[case], "close")
        expect_same(closed.state, "closed", f"the {case} at the end")

    return does


def _all_have_answered(play: Play) -> None:
    waiting = [
        turn["unit"]
        for one in _of_story(play, SHIFT_LEAD).values()
        for turn in one["turns"]
        if turn["reported_in_at"] is None
    ]
    expect_same(waiting, [], "who has not reported in")


STORY = Story(
    "whistle",
    "吹哨报到",
    "A whistle: sponsors report in",
    (
        Step(
            0,
            GRID_WORKER,
            "周二：网格员上报坑洞和堵塞的雨水口，吹哨列入本周清单",
            "Tuesday: the grid worker reports a hole and a blocked drain, and whistles for both",
            _whistles,
        ),
        Step(
            _WEDNESDAY_18,
            CLERK,
            "周三：清单上看得到各包保单位；在等清单，谁都不算逾期",
            "Wednesday: the list shows whose they are; they wait for it, and nobody is late",
            _is_gathered,
        ),
        Step(
            _THURSDAY_10,
            CLOCK,
            "周四十点：清单自动生成并派到各单位（演示不能拨钟，此处立即生成）",
            "Thursday at ten: the list is made by itself and sent (a demo cannot turn its clock: here it is made now)",
            _is_listed,
        ),
        Step(
            _FRIDAY_9_30, PARKS, "周五：园林所报到", "Friday: the parks office reports in", _reports_in(PARKS, "case")
        ),
        Step(
            _FRIDAY_9_30 + 5,
            DRAINAGE,
            "排水所两件都报到",
            "The drainage office reports in to both",
            _reports_in(DRAINAGE, "case", "drain"),
        ),
        Step(
            _FRIDAY_9_30 + 150,
            DRAINAGE,
            "坑洞由两家办结，核查通过，结案",
            "Both have done their part of the hole; it passes its check and is closed",
            all_of(
                _is_done(PARKS, "case", "树根已清 · The roots are cut"),
                _is_done(DRAINAGE, "case", "路面已补 · The hole is filled"),
                _is_done(DRAINAGE, "drain", "雨水口已疏通 · The drain is clear"),
                _is_closed("case"),
            ),
        ),
        Step(
            _FRIDAY_17_31,
            CITY,
            "周五 17:31：城管过了时限才报到，清单一直记为逾期（演示按真实时间，不逾期）",
            "Friday, 17:31: city management reports in too late, and the list goes on saying so (on a demo, in real "
            "time, it is not late)",
            _reports_in(CITY, "drain"),
        ),
        Step(
            _FRIDAY_17_31 + 60,
            CITY,
            "雨水口也办结；清单上四次吹哨都有应答",
            "The drain is done as well: all four answers are there",
            all_of(_is_done(CITY, "drain", "井盖已换 · A new cover"), _is_closed("drain"), _all_have_answered),
        ),
    ),
    pace=2000,
)
