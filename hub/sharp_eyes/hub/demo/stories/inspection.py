"""An inspection: what fails becomes a case with its limit, the grave is listed, and a second look closes it."""

from typing import Any
from uuid import UUID, uuid4

from sharp_eyes.hub.demo.people import Person
from sharp_eyes.hub.demo.stories.acts import Does, all_of, told_of
from sharp_eyes.hub.demo.stories.cast import EAST, GRID_WORKER, SHIFT_LEAD, STREET_LEADER, of_unit
from sharp_eyes.hub.demo.stories.story import Play, Step, Story, expect, expect_same

FIRE, PROPERTY = of_unit("fire-brigade"), of_unit("property-management")
_DAY = 1440.0
_REMINDED = 5 * _DAY + 65
"""Minutes: two days are left of the seven that a major hazard has."""


def _is_registered(play: Play) -> None:
    """A hotel opens: the office enters it, and it stands on the grid worker's list as due."""
    lead = play.stage.client(SHIFT_LEAD)
    found = lead.request("GET", "/api/premises", params={"words": "柳桥酒店", "limit": 200})["items"]
    number = len(found) + 1
    hotel = {
        "kind": "hotel",
        "name": f"柳桥酒店 {number} 号店 · Liuqiao Hotel, house {number}",
        "area": EAST,
        "address": f"柳桥东街 {100 + number} 号 · {100 + number} Liuqiao East Road",
        "position": {"longitude": 120.5272 + 0.0004 * number % 0.008, "latitude": 29.6052, "datum": "wgs84"},
        "contact": "前台 · Front desk",
        "phone": "13800001234",
    }
    play.keep("premises", lead.request("POST", "/api/premises", json=hotel)["id"])
    expect(_due(play) is not None, "the new hotel is not on the grid worker's list")


def _due(play: Play) -> dict[str, Any] | None:
    """The hotel on the grid worker's list of what is due, if it is there."""
    due = play.stage.client(GRID_WORKER).request("GET", "/api/inspections/due")
    return next((one for one in due if one["premises"]["id"] == play.kept["premises"]), None)


def _inspects(play: Play, *, recheck: bool, **results: str) -> dict[str, dict[str, Any]]:
    """Walk through the list with a photo of each item; ``pass`` where nothing else is said. Gives its items."""
    worker, key = play.stage.client(GRID_WORKER), uuid4()
    body = {"premises": play.kept["premises"], "recheck": recheck}
    begun = worker.request("POST", "/api/inspections", json=body, key=key)
    found = [
        {
            "item": item["id"],
            "result": results.get(item["id"].replace("-", "_"), "pass"),
            "photos": [_photo(play, key)] if item["photo"] else [],
        }
        for item in begun["items"]
    ]
    done = worker.request("PUT", f"/api/inspections/{key}", json={"items": found})
    return {one["id"]: one for one in done["items"]}


def _photo(play: Play, inspection: UUID) -> str:
    picture, identity = ("item.jpg", play.stage.picture(), "image/jpeg"), str(uuid4())
    path = f"/api/inspections/{inspection}/photos/{identity}"
    play.stage.client(GRID_WORKER).request("PUT", path, files={"file": picture})
    return identity


def _two_fail(play: Play) -> None:
    """Two cases, each with its unit and limit; the major one is told upward and listed."""
    items = _inspects(play, recheck=False, exits="fail", extinguishers="fail", boiler_room="not_applicable")
    cases = {name: one["case"] for name, one in items.items() if one["case"] is not None}
    expect_same(set(cases), {"exits", "extinguishers"}, "items with a case")
    play.keep("case", cases["exits"])
    play.keep("minor", cases["extinguishers"])
    lead = play.stage.client(SHIFT_LEAD)
    for case, grade, unit, limit in (
        (play.case, "major", FIRE.unit, "7 calendar days"),
        (play.kept["minor"], "ordinary", PROPERTY.unit, "15 calendar days"),
    ):
        seen = lead.case(case)
        handle = next(clock["limit"] for clock in seen["clocks"] if clock["kind"] == "handle")
        expect_same((seen.grade, seen.unit, seen.state, handle), (grade, unit, "dispatched", limit), f"case {case}")
    expect("listed" in told_of(play, STREET_LEADER, play.case), "the street's leader was not told of the listed case")
    expect_same(is_listed(play), True, "whether the major one is on the list of hazards")


def is_listed(play: Play) -> bool:
    """Whether the major case stands on the list of hazards."""
    listed = play.stage.client(SHIFT_LEAD).request("GET", "/api/listed-hazards")
    return play.case in [one["case"] for one in listed]


def _is_put_right(unit: Person, case: str, note: str) -> Does:
    def does(play: Play) -> None:
        client, identity = play.stage.client(unit), play.kept[case]
        if "accept" in [move.move for move in client.case(identity).moves]:
            client.move(identity, "accept")
        photo = client.add_photo(identity, play.stage.picture(), moment="after")
        client.move(identity, "handle", note=note, photo_ids=[photo])

    return does


def _takes(unit: Person, case: str) -> Does:
    def does(play: Play) -> None:
        play.stage.client(unit).move(play.kept[case], "accept")

    return does


def _second_look(play: Play) -> None:
    """Two wait for a second look: one passes and is closed, the other goes back to its unit and stays listed."""
    due = _due(play)
    expect_same(None if due is None else due["rechecks"], 2, "what waits for a second look")
    items = _inspects(play, recheck=True, exits="fail")
    found = {name: (one["result"], one["state"]) for name, one in items.items()}
    wanted = {"exits": ("fail", "dispatched"), "extinguishers": ("pass", "closed")}
    expect_same(found, wanted, "what the second look found")
    expect_same(is_listed(play), True, "whether the major one is still on the list of hazards")


def _third_look(play: Play) -> None:
    items = _inspects(play, recheck=True)
    expect_same(items["exits"]["state"], "closed", "the major case at the end")
    expect_same(is_listed(play), False, "whether the closed case is on the list of hazards")
    expect_same(play.stage.client(SHIFT_LEAD).case(play.case).lines[-3:], ["passed", "closed", "unlisted"], "its log")


STORY = Story(
    "inspection",
    "一次消防检查",
    "An inspection",
    (
        Step(
            0,
            SHIFT_LEAD,
            "一家酒店开业，登记入册，出现在网格员的待检清单上",
            "A hotel opens and is entered in the register; it stands on the grid worker's list",
            _is_registered,
        ),
        Step(
            60,
            GRID_WORKER,
            "逐项检查、逐项拍照：安全出口上锁、灭火器过期；各成一案，重大隐患上报并挂牌督办",
            "Item by item, each with its photo: an exit is chained, extinguishers are out of date. Each is a case; the "
            "major one is told upward and listed",
            _two_fail,
        ),
        Step(
            120,
            FIRE,
            "消防、物业各自签收",
            "Both units take it",
            all_of(_takes(FIRE, "case"), _takes(PROPERTY, "minor")),
        ),
        Step(
            _REMINDED,
            FIRE,
            "到期前两天收到提醒（演示里看不到）；整改完成，照片回传",
            "Two days before the limit they were reminded (not on a demo); put right, with a photo",
            all_of(
                _is_put_right(FIRE, "case", "链条已拆除 · The chain is off"),
                _is_put_right(PROPERTY, "minor", "灭火器已更换 · New extinguishers"),
            ),
        ),
        Step(
            6 * _DAY,
            GRID_WORKER,
            "复查：灭火器合格，结案；出口又上了锁，退回返工，仍挂牌",
            "The second look: the extinguishers pass and that case is closed; the exit is chained again, goes back as "
            "rework and stays listed",
            _second_look,
        ),
        Step(
            6 * _DAY + 90,
            FIRE,
            "消防再次督促整改",
            "The fire station has it put right once more",
            _is_put_right(FIRE, "case", "业主已更换推杆锁 · A push bar is fitted now"),
        ),
        Step(
            6 * _DAY + 180,
            GRID_WORKER,
            "再复查合格，结案，自动摘牌",
            "The third look passes: the case is closed, and leaves the list by itself",
            _third_look,
        ),
    ),
    pace=4500,
)
