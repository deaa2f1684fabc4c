"""A gas smell: told by phone, at once major, four units sent together, evacuated in 15 minutes and sealed in 20."""

from sharp_eyes.hub.demo.people import Person
from sharp_eyes.hub.demo.stories.acts import (
    Does,
    all_of,
    case_seen,
    closes,
    handles,
    is_told,
    moves,
    reports,
    takes,
    told_of,
)
from sharp_eyes.hub.demo.stories.cast import CHECKER, CLERK, GRID_WORKER, of_unit
from sharp_eyes.hub.demo.stories.story import Play, Step, Story, expect, expect_same
from sharp_eyes.hub.lifecycle.roles import Role

_GAS, _FIRE = of_unit("gas-company"), of_unit("fire-brigade")
_POLICE, _HOUSING = of_unit("police-station"), of_unit("housing-office")
UNITS = (_GAS, _FIRE, _POLICE, _HOUSING)


def _told_together(play: Play) -> None:
    """All four hear of it in the same minute, and so does the shift lead."""
    case = case_seen(play, CLERK)
    expect_same((case.grade, case.state), ("major", "dispatched"), "grade and state a moment after the report")
    expect_same([turn.unit for turn in case.assignments], [one.unit for one in UNITS], "the units that were sent")
    for one in UNITS:
        expect("dispatched" in told_of(play, one, play.case), f"{one.username} was not told")
    expect(is_told(play, Role.SHIFT_LEAD, play.case, "reported"), "no shift lead was told of a major case")


def _here(one: Person) -> Does:
    """Say that one has it, and that one is there."""
    return all_of(takes(one), moves(one, "arrive", "accepted"))


def _neighbour_calls(play: Play) -> None:
    """A neighbour smells it, too, and calls: the clerk takes it down, and it is the same thing."""
    clerk = play.stage.client(CLERK)
    second = clerk.report(
        "resident", "gas_smell", words="It smells of gas on our stairs, too",
        position={"longitude": 120.5269, "latitude": 29.6055, "datum": "wgs84"},
        contact={"name": "Ms Li", "phone": "13800000000"},
    )  # fmt: skip
    play.keep("call", second.key)
    offered = clerk.request("GET", f"/api/cases/{second.case}")["duplicates"]
    expect(play.case in [one["case"]["id"] for one in offered], "the call is not offered as the same thing")
    joined = clerk.request("POST", f"/api/cases/{play.case}/duplicates/{second.case}", json={"same": True})
    expect_same(joined["id"], play.case, "the case that goes on")


def _asked_how_it_was(play: Play) -> None:
    """Who called is called back: the number is behind a door of its own, and their stars stand on the case."""
    clerk = play.stage.client(CLERK)
    contact = clerk.request("GET", f"/api/reports/{play.kept['call']}/contact")
    expect_same(contact["phone"], "13800000000", "the number of who called")
    said = "Out of the house in good time, and back in the same evening"
    called = clerk.move(play.case, "call_back", report=play.kept["call"], stars=5, note=said)
    expect_same(called.rating, 5, "the stars")
    expect("call_back" not in [move["move"] for move in called["moves"]], "a call back is still owed")


def _reach(one: Person, milestone: str) -> Does:
    """Say on site that a milestone is reached; the case page and the task show when, and who said so."""

    def does(play: Play) -> None:
        case = play.stage.client(one).move(play.case, "reach", milestone=milestone)
        (shown,) = [row for row in case["milestones"] if row["id"] == milestone]
        expect_same((shown["unit"], shown["late_since"]), (one.unit, None), f"the milestone {milestone}")
        expect(shown["reached_at"], f"{milestone} has no time")

    return does


def _clocks_run(play: Play) -> None:
    """The fire brigade's phone shows until when everybody must be out, and the place sealed off."""
    task = next(task for task in play.stage.client(_FIRE).tasks() if task.case.id == play.case)
    limits = {row["id"]: row["limit"] for row in task["milestones"] if row["due_at"]}
    expect_same(limits, {"evacuated": "15 minutes", "sealed": "20 minutes"}, "the milestones of the task")
    _here(_FIRE)(play)


STORY = Story(
    "gas",
    "燃气异味",
    "A gas smell",
    (
        Step(
            0,
            GRID_WORKER,
            "网格员在 3 单元楼道闻到燃气味，手机上报",
            "The grid worker smells gas on the stairs of house 3 and reports it by phone",
            all_of(
                reports(GRID_WORKER, "grid_worker", "gas_smell", "Smells of gas on the stairs of house 3"),
                _told_together,
            ),
        ),
        Step(
            1,
            CLERK,
            "邻居来电也说有燃气味，受理员登记，并判定为同一件",
            "A neighbour calls, too; the clerk takes it down and says that it is the same",
            _neighbour_calls,
        ),
        Step(
            2,
            _FIRE,
            "消防签收、到场，手机上看到 15 分钟疏散、20 分钟封控的倒计时",
            "The fire brigade is there; its phone counts down: out in 15 minutes, sealed off in 20",
            _clocks_run,
        ),
        Step(3, _GAS, "燃气公司签收、到场", "The gas company is there", _here(_GAS)),
        Step(4, _POLICE, "派出所签收、到场", "The police are there", _here(_POLICE)),
        Step(4.5, _HOUSING, "房管所签收、到场", "The housing office is there", _here(_HOUSING)),
        Step(14, _POLICE, "整栋楼的人都已疏散", "Everybody is out of the house", _reach(_POLICE, "evacuated")),
        Step(19, _FIRE, "现场已封控", "The place is sealed off", _reach(_FIRE, "sealed")),
        Step(
            40,
            _GAS,
            "漏点已修复，检测合格，燃气公司拍照反馈",
            "The leak is mended and the air is clean; the gas company sends a photo",
            handles(_GAS, "Leak at the riser on the second floor mended; 0 % LEL", "accepted"),
        ),
        Step(
            45, _FIRE, "消防撤离", "The fire brigade leaves", handles(_FIRE, "Aired; nothing is measured", "accepted")
        ),
        Step(46, _POLICE, "居民返家", "The residents go back", handles(_POLICE, "Everybody is home", "accepted")),
        Step(
            48,
            _HOUSING,
            "房管所完成排查，四方都已办结",
            "The housing office has looked at the whole riser: all four are done",
            handles(_HOUSING, "Riser checked", "handled"),
        ),
        Step(55, CHECKER, "核查通过，值班长结案", "The check passes, and the shift lead closes the case", closes),
        Step(
            180, CLERK, "回访来电居民，居民打五分", "Who called is called back, and gives five stars", _asked_how_it_was
        ),
    ),
)
