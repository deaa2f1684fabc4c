"""A smoke alarm in a lone elder's home: the nearest on duty is called, then the next, and somebody goes there."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from sharp_eyes.hub.demo.people import Person
from sharp_eyes.hub.demo.registers import ELDER
from sharp_eyes.hub.demo.stories.acts import all_of, case_seen, closes, handles, moves, takes
from sharp_eyes.hub.demo.stories.cast import CHECKER, DEVICE, GRID_WORKER, GRID_WORKER_2, of_unit
from sharp_eyes.hub.demo.stories.story import Play, Step, Story, expect, expect_same

_FIRE = of_unit("fire-brigade")
_METRES_100 = 0.0009
"""Degrees of latitude."""

_A_CALL = 60.0
"""Seconds that the district gives whoever is called."""


def _is_at(who: Person, north: float) -> Callable[[Play], None]:
    """Let the centre know where one is, as long as one is on duty; ``north``: degrees from the elder's door."""

    def does(play: Play) -> None:
        longitude, latitude = ELDER.wish.point or (0.0, 0.0)
        at = {"longitude": longitude, "latitude": latitude + north, "datum": "wgs84", "accuracy": 9}
        play.stage.client(who).request("PUT", "/api/duty/position", json=at)

    return does


def _says(play: Play, kind: str, **more: Any) -> int:
    """The alarm says something; gives the case that it belongs to."""
    said = {"id": str(uuid4()), "device": ELDER.serial, "kind": kind} | more
    case: int = play.stage.platform().request("POST", "/api/device-messages", json=said)["case"]
    return case


def _rings(play: Play) -> None:
    """One case, sent at once, and the nearest is called; with what must be known of who lives there."""
    play.keep("case", _says(play, "alarm", battery=64))
    case = case_seen(play, GRID_WORKER)
    expect(
        case["counts"]["reports"] == 1, f"the alarm joined case {case.number}, which was open before the story began"
    )
    expect_same((case.source, case.grade, case.state), ("sensor", "major", "dispatched"), "the case of the alarm")
    expect_same({turn.unit for turn in case.assignments}, {"grid-station", _FIRE.unit}, "who was sent")
    expect_same(case["calling"]["person"], GRID_WORKER.username, "who is called first")
    (call,) = play.stage.client(GRID_WORKER).request("GET", "/api/calls")
    expect_same((call["case"], call["note"]), (play.case, ELDER.wish.note), "what the ringing phone says")
    expect_same(play.stage.client(GRID_WORKER_2).request("GET", "/api/calls"), [], "who else is called")


def _next_is_called(play: Play) -> None:
    """The first one's minute is over: the next has the call, still rings the alarm, and the contacts are shown."""
    play.stage.lets_pass(_A_CALL)
    second = play.stage.client(GRID_WORKER_2)
    expect_same(case_seen(play, GRID_WORKER_2)["calling"]["person"], GRID_WORKER_2.username, "who is called next")
    expect_same(_says(play, "alarm"), play.case, "the case of the alarm that still rings")
    home = second.request("GET", f"/api/cases/{play.case}/device")
    expect_same((home["note"], home["lone_elder"]), (ELDER.wish.note, True), "what is said of the household")
    contacts = second.request("GET", f"/api/cases/{play.case}/device/contacts")
    expect_same([one["phone"] for one in contacts], [ELDER.contact.phone], "who can be called there")


def _goes(play: Play) -> None:
    calling = play.stage.client(GRID_WORKER_2).move(play.case, "accept")["calling"]
    expect_same((calling["went"], calling["person"]), (GRID_WORKER_2.username, None), "who goes, and who still rings")


def _is_quiet(play: Play) -> None:
    """The alarm goes quiet by itself, which the case says in a line of its own."""
    expect_same(_says(play, "cleared"), play.case, "the case of the alarm that is quiet again")
    expect("device_cleared" in case_seen(play, GRID_WORKER_2).lines, "the case does not say that the alarm is quiet")


STORY = Story(
    "smoke-alarm",
    "独居老人家中烟感报警",
    "A smoke alarm in a lone elder's home",
    (
        Step(
            0,
            DEVICE,
            "夜里，两名在岗网格员的手机报着位置；301 室烟感报警，最近的一位手机响起",
            "At night the alarm in flat 301 rings; of two grid workers on duty, whose phones say where they are, "
            "the nearer is called",
            all_of(_is_at(GRID_WORKER, _METRES_100), _is_at(GRID_WORKER_2, 4 * _METRES_100), _rings),
        ),
        Step(
            1,
            GRID_WORKER_2,
            "一分钟无人应答，转呼下一位（这一分钟按真实时间等）；她看到老人情况和可联系的邻居",
            "A minute without an answer (a real one, here too): the next is called, and sees what to know of her "
            "and whom to ring",
            _next_is_called,
        ),
        Step(1.3, GRID_WORKER_2, "“我去”，呼叫停止", "“I am going”: the ringing ends for everybody", _goes),
        Step(3, _FIRE, "消防签收，正在路上", "The fire brigade has it, and is on its way", takes(_FIRE)),
        Step(7.3, GRID_WORKER_2, "到场", "She is there", moves(GRID_WORKER_2, "arrive", "accepted")),
        Step(8, DEVICE, "烟感恢复", "The alarm is quiet again", _is_quiet),
        Step(
            9,
            GRID_WORKER_2,
            "是汤烧糊了，人没事，已开窗通风",
            "Soup had burnt; she is well, and the windows are open",
            handles(GRID_WORKER_2, "汤烧糊了，人没事 · Soup had burnt; all is well", "accepted"),
        ),
        Step(
            10,
            _FIRE,
            "消防途中返回",
            "The fire brigade turns back",
            handles(_FIRE, "途中返回 · Called back on the way", "handled"),
        ),
        Step(30, CHECKER, "核查通过，值班长结案", "The check passes, and the shift lead closes the case", closes),
    ),
)
