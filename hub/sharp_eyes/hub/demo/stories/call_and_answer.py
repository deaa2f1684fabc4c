"""Call and answer (民呼我应): five sources, three tiers with their powers, a response group, and calls back."""

from collections.abc import Sequence
from typing import Any

from sharp_eyes.client import Client
from sharp_eyes.hub.demo.people import Person
from sharp_eyes.hub.demo.stories.acts import Does, all_of, told_of
from sharp_eyes.hub.demo.stories.cast import CHECKER, CLERK, RESIDENT, SHIFT_LEAD, of_unit, other
from sharp_eyes.hub.demo.stories.story import Play, Step, Story, expect, expect_same

_WORKER = other("demo-grid-north")
COMMUNITY, STREET = other("demo-north-lead"), other("demo-second-street-lead")
_PROPERTY, _CITY, _DRAINAGE = of_unit("property-management"), of_unit("city-management"), of_unit("drainage")
_PARKS, _POLICE = of_unit("parks"), of_unit("traffic-police")
_NORTH = "demo/second-street/north"
_PLACE = (120.5214, 29.6262)
_APART = 0.0006
"""Degrees between two of the day's spots: each is a matter of its own."""

STARS = {"small": 5, "larger": 4, "tree": 5, "hard": 3, "by_line": 2}
"""The day's cases, and what who told of them thinks of it."""


def _tells(who: Person, source: str, kind: str, name: str, words: str) -> Does:
    """Somebody says something to an office's person, who writes it down with their number."""

    def does(play: Play) -> None:
        place = {"longitude": _PLACE[0], "latitude": round(_PLACE[1] + _APART * len(play.kept), 6), "datum": "wgs84"}
        contact = {"name": "居民 · A resident", "phone": "13800000000"}
        made = play.stage.client(who).report(source, kind, words=words, position=place, contact=contact)
        expect(not made.joined, f"the report joined case {made.number}, which was open before the story began")
        play.keep(name, made.case)

    return does


def _reports_on_line(play: Play) -> None:
    """A resident without an account, on the public page."""
    told = {"service_code": "road_hole", "description": "楼前路面有坑 · A hole before the house"}
    told |= {"lat": str(_PLACE[1] - _APART), "long": str(_PLACE[0]), "first_name": "Li", "phone": "13911112222"}
    said = play.stage.stranger().post("/open311/v2/requests.json", data=told)
    expect(said.status_code == 200, f"the public page's report was refused: {said.text}")
    newest = next(play.stage.client(CLERK).cases(source="resident", limit=1))
    play.keep("case", play.keep("by_line", newest.id))


def _offered(client: Client, case: int) -> dict[str, Any]:
    return {one.move: one for one in client.case(case).moves}


def _takes(play: Play, unit: Person, case: str) -> None:
    play.stage.client(unit).move(play.kept[case], "accept")


def _does_it(play: Play, unit: Person, case: str, note: str, state: str) -> None:
    """The unit has done it, and says so with a photo."""
    client = play.stage.client(unit)
    photo = client.add_photo(play.kept[case], play.stage.picture(), moment="after")
    done = client.move(play.kept[case], "handle", note=note, photo_ids=[photo])
    expect_same(done.state, state, f"the {case} case after {unit.username} has done it")


def _ends(play: Play, case: str, checks: Person, closes: Person | None) -> None:
    """The check passes, and somebody closes it where it does not close by itself."""
    ended = play.stage.client(checks).move(play.kept[case], "pass")
    if closes is not None:
        ended = play.stage.client(closes).move(play.kept[case], "close")
    expect_same((ended.state, ended.late_since), ("closed", None), f"the {case} case at the end")


def _clerk_looks(play: Play) -> None:
    """What was told on line is known already: it is not filed, for which the resident is owed a call all the same."""
    told = play.stage.client(CLERK).move(play.kept["by_line"], "reject", reason="duplicate")
    expect_same(told.state, "rejected", "the case of the page's report")
    tree = play.stage.client(CLERK).case(play.kept["tree"])
    expect_same([turn.unit for turn in tree.assignments], [_PARKS.unit, _POLICE.unit], "who was sent to the tree")
    _takes(play, _PARKS, "tree")
    _takes(play, _POLICE, "tree")


def _community_sends(play: Play) -> None:
    """A small matter is within the community's powers: the one unit that it may send is offered to it."""
    lead = play.stage.client(COMMUNITY)
    lead.move(play.kept["small"], "file")
    offered = _offered(lead, play.kept["small"])
    expect_same(offered["dispatch"]["units"], [_PROPERTY.unit], "the units that the community may send by itself")
    expect("hand_to_group" not in offered, "a community is offered response groups, which are the district's")
    lead.move(play.kept["small"], "dispatch", unit=_PROPERTY.unit)
    _takes(play, _PROPERTY, "small")


def _passes_up(play: Play) -> None:
    """What is not the community's goes up: the street's lead is told and decides."""
    lead, street = play.stage.client(COMMUNITY), play.stage.client(STREET)
    lead.move(play.kept["larger"], "file")
    passed = lead.move(play.kept["larger"], "pass_up", reason="这条路归街道管 · The road is the street's")
    expect_same(passed["passed_to"]["en"], "street", "the tier to which it was passed")
    expect(not {"dispatch", "pass_up"} & set(_offered(lead, play.kept["larger"])), "the community may still decide")
    expect("passed_up" in told_of(play, STREET, play.kept["larger"]), "the street's shift lead was not told")
    street.move(play.kept["larger"], "dispatch", unit=_CITY.unit)
    _takes(play, _CITY, "larger")


def _hard_is_sent(play: Play) -> None:
    lead = play.stage.client(SHIFT_LEAD)
    lead.move(play.kept["hard"], "file")
    lead.move(play.kept["hard"], "dispatch", unit=_DRAINAGE.unit)
    _takes(play, _DRAINAGE, "hard")


def _small_ones_are_done(play: Play) -> None:
    _does_it(play, _PROPERTY, "small", "坑已填平 · The hole is filled", "handled")
    _ends(play, "small", COMMUNITY, COMMUNITY)
    _does_it(play, _CITY, "larger", "路面已修补 · The road is mended", "handled")
    _ends(play, "larger", STREET, STREET)


def _tree_is_done(play: Play) -> None:
    """It is done when both are, and closes by itself with its check."""
    _does_it(play, _PARKS, "tree", "树已扶正加固 · The tree is propped up", "accepted")
    _does_it(play, _POLICE, "tree", "道路已放行 · The lane is open again", "handled")
    _ends(play, "tree", CHECKER, None)


def _handed_to_group(play: Play) -> None:
    """One unit could not get on: the district hands it to a group under a lead, and its former turn is over."""
    reason = "三家产权，一家办不了 · Three owners; one unit cannot do it"
    handed = play.stage.client(SHIFT_LEAD).move(play.kept["hard"], "hand_to_group", group="roads", reason=reason)
    turns = [(turn.unit, turn["is_lead"]) for turn in handed.assignments if turn["until"] is None]
    expect_same(turns, [(_CITY.unit, True), (_DRAINAGE.unit, False)], "the group's open turns")
    _takes(play, _CITY, "hard")
    _takes(play, _DRAINAGE, "hard")


def _group_answers(play: Play) -> None:
    """The members say that they are done; the lead comes last, and writes what was done for all."""
    _does_it(play, _DRAINAGE, "hard", "管线已更换 · The pipe is replaced", "accepted")
    _does_it(play, _CITY, "hard", "三方会办，路面全部修复 · All three agreed; the whole of it is mended", "handled")
    _ends(play, "hard", CHECKER, SHIFT_LEAD)


def _calls_back(cases: Sequence[str]) -> Does:
    """Who told of it hears what has become of it, and gives stars; one does not answer at first."""

    def does(play: Play) -> None:
        clerk = play.stage.client(CLERK)
        for name in cases:
            expect(play.kept[name] in owed(play), f"no call back is owed for the {name} case")
            said = clerk.move(play.kept[name], "call_back", note="已告知结果 · Told how it ended", stars=STARS[name])
            expect_same((said.rating, said.late_since), (STARS[name], None), f"the stars of the {name} case")
            expect(play.kept[name] not in owed(play), f"the {name} case still stands on the list of calls back")

    return does


def owed(play: Play) -> dict[int, bool]:
    """Cases with a call back to be made, and whether it is late."""
    items = play.stage.client(CLERK).request("GET", "/api/callbacks")["items"]
    return {one["case"]["id"]: one["late"] for one in items}


def _nobody_answers(play: Play) -> None:
    said = play.stage.client(CLERK).move(
        play.kept["by_line"], "call_back", note="无人接听 · Nobody answers", reached=False
    )
    expect_same(said.rating, None, "the stars of who did not answer")
    expect(play.kept["by_line"] in owed(play), "who did not answer is off the list")


STORY = Story(
    "call-and-answer",
    "民呼我应",
    "Call and answer",
    (
        Step(0, RESIDENT, "居民扫码线上上报路面坑洞", "A resident reports a hole on the public page", _reports_on_line),
        Step(
            0.5,
            _WORKER,
            "网格员巡查和走访各记下一处坑洞",
            "The grid worker notes a hole on patrol, and hears of another on a visit",
            all_of(
                _tells(_WORKER, "grid_worker", "road_hole", "small", "院内路面坑洞 · A hole in the courtyard"),
                _tells(_WORKER, "visit", "road_hole", "larger", "街道路面坑洞 · A hole in the street's road"),
            ),
        ),
        Step(
            1,
            CLERK,
            "会议提出一棵倾斜的树，上级交办一件难事：五个来源，五个案件",
            "A meeting names a leaning tree, the upper level hands down a hard one: five sources, five cases",
            all_of(
                _tells(CLERK, "meeting", "leaning_tree", "tree", "树斜在路上方 · A tree leans over the lane"),
                _tells(
                    CLERK, "upper_level", "road_hole", "hard", "三家产权的路反复塌陷 · A road of three owners sinks"
                ),
            ),
        ),
        Step(
            1.5,
            CLERK,
            "树：园林与交警同一分钟派到；线上那处已在处理，不予立案，仍要回访",
            "The tree: parks and traffic police had it the same minute. The hole of the page is known: not filed, and "
            "called back all the same",
            _clerk_looks,
        ),
        Step(
            2, COMMUNITY, "社区权限内：派物业", "Within the community's powers: it sends the property", _community_sends
        ),
        Step(
            2.5,
            COMMUNITY,
            "超出权限：呈报街道，由街道派单",
            "Beyond them: passed up to the street, which decides",
            _passes_up,
        ),
        Step(3, SHIFT_LEAD, "难事先派排水所", "The hard one is the drainage office's at first", _hard_is_sent),
        Step(50, COMMUNITY, "两处坑洞办结", "Both holes are mended and closed", _small_ones_are_done),
        Step(60, _PARKS, "倾斜的树当天办结", "The tree is done, the same day", _tree_is_done),
        Step(
            80,
            SHIFT_LEAD,
            "难事一家办不了，转专班：城管牵头，排水配合",
            "One unit cannot do it: a response group takes over, city management leads",
            _handed_to_group,
        ),
        Step(
            150,
            _CITY,
            "专班成员先办结，牵头单位最后答复",
            "The members are done; the lead answers last, for all",
            _group_answers,
        ),
        Step(
            300,
            CLERK,
            "逐一回访，居民打分；一位无人接听",
            "All are called back and rate it; one does not answer",
            all_of(_nobody_answers, _calls_back([name for name in STARS if name != "by_line"])),
        ),
        Step(
            1800,
            CLERK,
            "第二天下午回访到最后一位（故事里已逾期，演示里没有）",
            "The last one is reached the next afternoon: too late in the story, in time on a demo",
            _calls_back(["by_line"]),
        ),
    ),
    pace=300,
)
