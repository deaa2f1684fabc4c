"""A resident reports over Open311 without an account, follows the number, and says how it was done."""

from typing import Any
from uuid import uuid4

from sharp_eyes.hub.demo.stories.acts import Does, all_of, handles, takes
from sharp_eyes.hub.demo.stories.cast import CHECKER, CLERK, NEIGHBOUR, RESIDENT, of_unit
from sharp_eyes.hub.demo.stories.story import Play, Step, Story, expect, expect_same

ROOT = "/open311/v2"
_PARKS, _POLICE = of_unit("parks"), of_unit("traffic-police")
_CORNER = {"lat": "29.605732", "long": "120.527841"}
_NEARBY = {"lat": "29.605801", "long": "120.527902"}
"""Where the tree stands in the demo's east community: as the resident's phone says it, and as the neighbour's."""

WORDS = "暴风雨后树斜在小路上方 · It leans over the lane since the storm"
CONTACT = {"first_name": "Li", "phone": "13800001111", "email": "li@example.org"}
STARS = 4


def _asks(play: Play, path: str, **told: Any) -> list[dict[str, Any]]:
    """What the public page asks for: a list of rows; with ``data`` it sends a form."""
    page = play.stage.stranger()
    address, spoken = f"{ROOT}/{path}", {"Accept-Language": "en"}
    answer = page.post(address, headers=spoken, **told) if told else page.get(address, headers=spoken)
    expect(answer.is_success, f"{address} was refused: {answer.text}")
    found: list[dict[str, Any]] = answer.json()
    return found


def _sends(play: Play, token: str) -> dict[str, Any]:
    photo = {"media": ("tree.jpg", play.stage.picture(), "image/jpeg")}
    told = {"service_code": "leaning_tree", "description": WORDS, "key": token} | _CORNER | CONTACT
    return _asks(play, "requests.json", data=told, files=photo)[0]


def _reports(play: Play) -> None:
    """From the services on offer to a number; pressed once more it is still one report."""
    offered = [one["service_code"] for one in _asks(play, "services.json")]
    expect("leaning_tree" in offered, f"a leaning tree cannot be reported, but {offered}")
    expect("gas_smell" not in offered, "a smell of gas is offered, of which one is to call")
    token = play.keep("token", str(uuid4()))
    taken = _sends(play, token)
    play.keep("number", taken["service_request_id"])
    expect_same(taken["reporter_token"], token, "the reporter's token")
    expect_same(_sends(play, token), taken, "the answer to the same report, sent once more")


def _seen_in_the_office(play: Play) -> None:
    """One case with photo and words; both units are sent already, and the token stands nowhere."""
    clerk = play.stage.client(CLERK)
    newest = next(one for one in clerk.cases(source="resident") if one.number == play.kept["number"])
    play.keep("case", newest.id)
    case = clerk.case(newest.id)
    expect_same([turn.unit for turn in case.assignments], [_PARKS.unit, _POLICE.unit], "who was sent")
    (report,) = case["reports"]
    expect_same((report["words"], len(report["photos"])), (WORDS, 1), "words and photos of the report")
    contact = clerk.request("GET", f"/api/reports/{report['key']}/contact")
    expect_same(contact["phone"], CONTACT["phone"], "the number to call back")
    expect(play.kept["token"] not in case.model_dump_json(), "the reporter's token stands in the case")
    # What an officer sees of a report is not the token: nobody can rate in the reporter's place.
    refused = play.stage.stranger().post(f"{ROOT}/tokens/{report['key']}/rating.json", data={"stars": 1})
    expect_same(refused.status_code, 404, "the answer to stars from somebody who is not the reporter")


def _stands(status: str, notes: str, number: str = "number") -> Does:
    """See how a number stands: in few words, roughly where, and of nobody."""

    def does(play: Play) -> None:
        (seen,) = _asks(play, f"requests/{play.kept[number]}.json")
        expect_same((seen["status"], seen["status_notes"]), (status, notes), f"how {play.kept[number]} stands")
        expect_same((seen["lat"], seen["long"]), (29.6057, 120.5278), "where it is, as others see it")
        hidden = [word for word in (*CONTACT.values(), WORDS, _PARKS.unit or "") if word in str(seen)]
        expect_same(hidden, [], "what others see and should not")

    return does


def _neighbour_reports(play: Play) -> None:
    told = {"service_code": "leaning_tree", "description": "转角的树快倒了 · The tree at the corner", **_NEARBY}
    play.keep("second", _asks(play, "requests.json", data=told)[0]["service_request_id"])


def _is_the_same(play: Play) -> None:
    """Both stand side by side, and a person says that they are one; the second number stays."""
    clerk = play.stage.client(CLERK)
    offered = [one["case"] for one in clerk.case(play.case)["duplicates"]]
    second = next((one["id"] for one in offered if one["number"] == play.kept["second"]), None)
    expect(second is not None, f"the neighbour's report is not offered as the same, but {offered}")
    clerk.request("POST", f"/api/cases/{play.case}/duplicates/{second}", json={"same": True})


def _both_stand(notes: str) -> Does:
    def does(play: Play) -> None:
        numbers = [play.kept["number"], play.kept["second"]]
        seen = _asks(play, f"requests.json?service_request_id={','.join(numbers)}")
        found = {one["service_request_id"]: one["status_notes"] for one in seen}
        expect_same(found, dict.fromkeys(numbers, notes), "how both numbers stand")

    return does


def _passes(play: Play) -> None:
    case = play.stage.client(CHECKER).move(play.case, "pass")
    expect_same((case.state, case.late_since), ("closed", None), "the case after the check")


def _rates(play: Play) -> None:
    """Once, by the phone that reported it and by nothing else."""
    token = play.kept["token"]
    (asked,) = _asks(play, f"tokens/{token}.json")
    expect_same((asked["service_request_id"], asked["may_rate"]), (play.kept["number"], True), "what may be rated")
    _asks(play, f"tokens/{token}/rating.json", data={"stars": STARS, "words": "很快 · Quick"})
    again = play.stage.stranger().post(f"{ROOT}/tokens/{token}/rating.json", data={"stars": 1})
    expect_same(again.status_code, 400, "the answer to a second rating")
    case = play.stage.client(CLERK).case(play.case)
    expect_same((case.rating, case.lines[-1]), (STARS, "rated"), "the stars, and the last line of the log")


STORY = Story(
    "resident",
    "居民随手报",
    "A resident reports",
    (
        Step(
            0,
            RESIDENT,
            "扫码打开上报页，不用注册：树斜在小路上方，一张照片，一个位置；信号断了再点一次，仍是一件",
            "A code opens the page, no account: a tree over the lane, a photo, a place. The network was gone, and "
            "sent once more it is still one report",
            _reports,
        ),
        Step(
            1,
            CLERK,
            "中心里已是一个案件，园林和交警已派到；看得到照片和回访电话",
            "In the office it is a case: parks and traffic police are sent; the clerk sees the photo and whom to call",
            all_of(_seen_in_the_office, _stands("open", "Somebody has been told to deal with it")),
        ),
        Step(3, _PARKS, "园林所签收", "The parks office takes it", takes(_PARKS)),
        Step(4, _POLICE, "交警签收", "The traffic police take it", takes(_POLICE)),
        Step(5, NEIGHBOUR, "邻居报了同一棵树", "A neighbour reports the same tree", _neighbour_reports),
        Step(
            6,
            CLERK,
            "受理员左右对照，判定为同一件；邻居的编号照样能查",
            "The clerk sees both side by side and says: the same. The neighbour's number goes on",
            _is_the_same,
        ),
        Step(
            25,
            RESIDENT,
            "居民查编号：正在处理。别人查同一编号，看不到是谁报的",
            "The resident looks the number up: being dealt with. Whoever else does sees nothing of who told of it",
            _stands("open", "Being dealt with"),
        ),
        Step(
            80,
            _POLICE,
            "树已截断运走，小路放行；两家都已办结",
            "The tree is cut and gone, the lane is open: both are done",
            all_of(
                handles(_PARKS, "树已截断运走 · Cut and taken away", "accepted"),
                handles(_POLICE, "小路已放行 · The lane is open", "handled"),
                _both_stand("Dealt with; being checked"),
            ),
        ),
        Step(90, CHECKER, "核查通过，自动结案", "The check passes, and it closes by itself", _passes),
        Step(
            840,
            RESIDENT,
            "第二天早上，两个编号都显示“已办结”；居民打四分，只有报的那部手机能打",
            "Next morning both numbers say: done. The resident gives four stars, which only the phone that "
            "reported it can",
            all_of(_both_stand("Done"), _stands("closed", "Done"), _rates),
        ),
    ),
    pace=200,
)
