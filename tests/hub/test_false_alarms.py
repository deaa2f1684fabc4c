"""A false alarm needs a reason and counts against camera, scene and zone; a higher threshold is judged both ways."""

from datetime import timedelta
from typing import Any

import pytest
from tests.hub.bench import CAMERA, EAST, GATEWAY, Bench
from tests.hub.everybody import NORTH
from tests.hub.lesson_makers import UNIT, alarm, case_of, close, later, void
from tests.hub.test_camera_settings import PATH, birth, report, sent, trail
from tests.hub.test_city import raw

from sharp_eyes.contract.event import Measure, SceneName
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.cases.rebuild import rebuild
from sharp_eyes.hub.cases.record import state_of, write_line
from sharp_eyes.hub.cases.verdicts import Verdict
from sharp_eyes.hub.lessons.advice import JudgedAlarm, advise
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Alarm, Case

THRESHOLDS = f"/api/cameras/{GATEWAY}/{CAMERA}/thresholds"
ASKED = f"{THRESHOLDS}?scene=ebike_stairwell&key=score"
EBIKES = {"scene": "ebike_stairwell", "zones": [{"id": "lobby"}], "score": 0.5}
REASONS: list[dict[str, Any]] = [
    {"code": "shadow", "name": {"zh": "影", "en": "A shadow"}, "moves": ["void", "reject"], "false_alarm": True},
    {"code": "permitted", "name": {"zh": "许", "en": "Permitted"}, "moves": ["void"]},
]


def counted(answer: Any) -> dict[str, tuple[int, ...]]:
    assert answer.status_code == 200, answer.text
    names = ("alarms", "false", "confirmed", "unjudged", "cases", "false_cases")
    return {row["zone"] or row["camera"]: tuple(row[name] for name in names) for row in answer.json()["items"]}


def test_a_false_alarm_needs_its_reason(bench: Bench) -> None:
    """Without one nothing is voided; with one the case says that the camera was wrong, until it is reopened."""
    bench.birth()
    page = bench.client(Role.SHIFT_LEAD)
    path = f"/api/cases/{case_of(bench, alarm(bench))}/moves"
    assert page.post(f"{path}/void", json={}).json()["error"]["code"] == "reason_needed"
    assert page.get("/api/false-alarms").json()["items"][0]["false"] == 0
    done = page.post(f"{path}/void", json={"reason": "false_alarm"})
    assert (done.status_code, done.json()["log"][-1]["data"]["false_alarm"]) == (200, True)
    assert counted(page.get("/api/false-alarms?by=camera")) == {CAMERA: (1, 1, 0, 0, 1, 1)}
    assert page.post(f"{path}/reopen", json={"reason": "it was one"}).status_code == 200
    assert counted(page.get("/api/false-alarms?by=camera")) == {CAMERA: (1, 0, 0, 1, 1, 0)}


def test_the_reasons_are_the_citys(bench: Bench) -> None:
    """Where it lists some for the move, only those that say so count; a case that is not filed at all counts, too."""
    bench.hub.city = CityPack.model_validate(raw() | {"reasons": REASONS})
    bench.birth()
    page = bench.client(Role.SHIFT_LEAD)
    path = f"/api/cases/{case_of(bench, alarm(bench, zone='gate'))}/moves/void"
    assert page.post(path, json={"reason": "false_alarm"}).json()["error"]["code"] == "unknown_reason"
    assert page.post(path, json={"reason": "permitted"}).status_code == 200
    for zone, move in (("gate", Move.VOID), ("gate", Move.REJECT), ("yard", Move.VOID)):
        void(bench, alarm(bench, zone=zone), "shadow", move)
    answer = page.get("/api/false-alarms")
    assert counted(answer) == {"gate": (3, 2, 0, 1, 3, 2), "yard": (1, 1, 0, 0, 1, 1)}
    assert answer.json()["items"][0]["reasons"] == [{"code": "shadow", "name": REASONS[0]["name"], "cases": 2}]


def test_the_log_alone_says_what_was_a_false_alarm(bench: Bench) -> None:
    """What is stored beside it can be made again."""
    bench.birth()
    event = alarm(bench, "false")
    with bench.transaction() as work:
        case = work.session.get_one(Case, case_of(bench, event))
        assert state_of(work, case).false_alarm
        case.false_alarm = False
    rebuild(bench.hub.transaction, bench.hub.read_only, every=True)
    with bench.hub.read_only() as work:
        assert work.session.get_one(Case, case_of(bench, event)).false_alarm


def test_alarms_are_counted_by_place_and_verdict(bench: Bench) -> None:
    """A case without work is no confirmation, nor is an alarm from elsewhere that was merged into one."""
    bench.birth()
    page = bench.client(Role.SHIFT_LEAD)
    for verdict in ("false", "false", "confirmed", None):
        alarm(bench, verdict, zone="lobby")
    alarm(bench, zone="lobby")  # joins the open one
    forced = alarm(bench, zone="stair")
    person = Actor(ActorKind.PERSON, "lead")
    with bench.transaction() as work:
        write_line(work, work.session.get_one(Case, case_of(bench, forced)), person, line.ForceClosed(reason="over"))
    into, other = alarm(bench, zone="lift"), alarm(bench, zone="hall")
    with bench.hub.read_only() as work:
        number = work.session.get_one(Case, case_of(bench, into)).number
    moved = page.post(f"/api/cases/{case_of(bench, other)}/moves/merge", json={"case": number})
    assert moved.status_code == 200, moved.text
    void(bench, into)
    assert counted(page.get("/api/false-alarms")) == {
        "lobby": (5, 2, 1, 2, 4, 2),
        "lift": (1, 1, 0, 0, 1, 1),
        "hall": (1, 0, 0, 1, 1, 0),
        "stair": (1, 0, 0, 1, 1, 0),
    }
    assert counted(page.get("/api/false-alarms?by=camera"))[CAMERA][:4] == (8, 3, 1, 4)
    assert page.get("/api/false-alarms?by=scene").json()["items"][0]["scene"] == "ebike_stairwell"
    short = page.get("/api/false-alarms?limit=2").json()
    assert ([row["zone"] for row in short["items"]], short["more"]) == (["lobby", "lift"], True)
    assert page.get("/api/false-alarms?scene=smoke").json()["items"] == []


def test_only_the_period_and_ones_own_area_and_unit_count(quick: Bench) -> None:
    """A handler sees what the own unit had; a period has an end, and at most a year."""
    quick.birth()
    alarm(quick, "false")
    quick.clock.forward(days=31)
    alarm(quick, "confirmed")
    alarm(quick)
    pages = {
        name: quick.client(role, area, unit)
        for name, role, area, unit in (
            ("lead", Role.SHIFT_LEAD, EAST, None),
            ("north", Role.SHIFT_LEAD, NORTH, None),
            ("theirs", Role.HANDLER, EAST, UNIT),
            ("others", Role.HANDLER, EAST, "parks"),
        )
    }
    by = "/api/false-alarms?by=camera"
    seen = {name: counted(page.get(by)).get(CAMERA, (0,))[0] for name, page in pages.items()}
    assert seen == {"lead": 2, "north": 0, "theirs": 1, "others": 0}
    moment = (quick.clock() - timedelta(days=40)).isoformat().replace("+", "%2B")
    assert counted(pages["lead"].get(f"{by}&since={moment}"))[CAMERA][:3] == (3, 1, 1)
    for wrong in (f"until={moment}&since={moment}", "since=1990-01-01T00:00:00Z", "until=0001-01-02T00:00:00Z"):
        assert pages["lead"].get(f"{by}&{wrong}").json()["error"]["code"] == "invalid"


def judged(verdict: str, value: float | None, case: int) -> JudgedAlarm:
    return JudgedAlarm(case, Verdict(verdict), value)


def test_a_threshold_is_judged_both_ways() -> None:
    """Of values that lose no true case the lowest that drops most false ones; what is lost beyond is said."""
    alarms = [
        judged("false", 0.52, 1),
        judged("false", 0.55, 2),
        judged("false", 0.71, 3),
        judged("confirmed", 0.64, 4),
        judged("confirmed", 0.50, 4),  # of a case with a stronger alarm
        judged("confirmed", 0.80, 5),
        judged("unjudged", 0.53, 6),
        judged("false", None, 7),
    ]
    found = advise(alarms, 0.5)
    assert found.proposed is not None
    assert found.proposed.value == 0.56
    assert (found.false.cases, found.confirmed.cases, found.unjudged.cases) == (4, 2, 1)
    assert [(one.value, one.false.cases, one.confirmed.cases, one.unjudged.cases) for one in found.steps] == [
        (0.51, 0, 0, 0),
        (0.53, 1, 0, 0),
        (0.54, 1, 0, 1),
        (0.56, 2, 0, 1),
        (0.65, 2, 1, 1),
        (0.72, 3, 1, 1),
        (0.81, 3, 2, 1),
    ]
    assert found.steps[0].confirmed.alarms == 1
    wider = advise(alarms, 0.5, most_lost=1).proposed
    assert wider is not None
    assert (wider.value, wider.false.cases, wider.confirmed.cases) == (0.72, 3, 1)


@pytest.mark.parametrize(
    ("alarms", "why_not"),
    [
        ([judged("confirmed", 0.7, 1)], "no_false_alarms"),
        ([judged("false", 0.5, 1), judged("unjudged", 0.9, 2)], "no_confirmed_alarms"),
        ([judged("false", 0.9, 1), judged("confirmed", 0.6, 2)], "costs_true_alarms"),
        ([judged("false", None, 1), judged("confirmed", 0.6, 2)], "no_value_drops_any"),
    ],
)
def test_where_nothing_is_proposed_it_is_said_why(alarms: list[JudgedAlarm], why_not: str) -> None:
    """Above all where no true alarm is known: nobody could say what it costs."""
    found = advise(alarms, None)
    assert (found.proposed, found.why_not) == (None, why_not)


def test_thousands_of_values_are_a_list_of_forty() -> None:
    """And the proposed one is among them."""
    alarms = [judged("false", value + 0.5, value) for value in range(3000)] + [judged("confirmed", 2000.7, 9999)]
    found = advise(alarms, None, digits=0)
    assert found.proposed is not None
    assert found.proposed in found.steps
    assert found.proposed.false.cases == 2000
    assert 40 <= len(found.steps) <= 41


def test_advice_is_made_from_the_highest_values(bench: Bench) -> None:
    """A later message with a lower score takes nothing back; a later one with a higher one counts."""
    birth(bench)
    report(bench, settings={"scenes": [EBIKES]})
    sank, rose = alarm(bench, score=0.9), alarm(bench, score=0.55)
    later(bench, sank, score=0.52)
    later(bench, rose, score=0.7)
    alarm(bench, "false", score=0.6)
    for event in (sank, rose):
        close(bench, event)
    found = bench.client(Role.SHIFT_LEAD).get(ASKED).json()
    assert (found["present"], found["unit"], found["exact"], found["read"], found["cut"]) == (0.5, "1", False, 3, False)
    assert (found["false"], found["confirmed"]) == ({"alarms": 1, "cases": 1}, {"alarms": 2, "cases": 2})
    assert [(step["value"], step["false"]["cases"], step["confirmed"]["cases"]) for step in found["steps"]] == [
        (0.61, 1, 0),
        (0.71, 1, 1),
        (0.91, 1, 2),
    ]
    assert found["proposed"]["value"] == 0.61
    with bench.transaction() as work:
        work.session.get_one(Alarm, sank).highest = None  # an alarm from before these were kept
    assert bench.client(Role.SHIFT_LEAD).get(ASKED).json()["steps"][0]["value"] == 0.53


def test_dwell_is_advised_on_by_its_measure(quick: Bench) -> None:
    """In whole seconds, beginning at the limit that the alarms name; a scene without such a number says so."""
    birth(quick)
    for verdict, value in (("false", 190.0), ("confirmed", 800.0)):
        alarm(
            quick, verdict, scene=SceneName.ILLEGAL_PARKING, score=0.5,
            measures=(Measure(name="dwell", value=value, unit="s", threshold=180.0),),
        )  # fmt: skip
    page = quick.client(Role.SHIFT_LEAD)
    found = page.get(f"{THRESHOLDS}?scene=illegal_parking&key=dwell").json()
    assert (found["present"], found["unit"], found["exact"], found["proposed"]["value"]) == (180.0, "s", True, 191)
    wrong = page.get(f"{THRESHOLDS}?scene=illegal_parking&key=score").json()["error"]
    assert wrong["code"] == "no_threshold"
    assert "there are: dwell" in wrong["message"]


def put(bench: Bench, status: int = 202, role: Role = Role.ADMINISTRATOR, area: str = EAST, **more: Any) -> Any:
    body = {"scene": "ebike_stairwell", "key": "score", "value": 0.61, "why": "shadows", "base_version": 0} | more
    answer = bench.client(role, area).put(THRESHOLDS, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_threshold_is_rolled_out_and_taken_back(bench: Bench) -> None:
    """As a version of the camera's settings: who and why stand beside it, and the one before can hold again."""
    birth(bench)
    other = {"scene": "smoke", "score": 0.3}
    report(bench, settings={"tiles": 1, "scenes": [other, EBIKES]}, changed={"tiles": 1})
    made = put(bench)
    assert (made["version"], made["why"], made["state"]) == (1, "shadows", "waiting")
    assert made["settings"] == {"tiles": 1, "scenes": [other, EBIKES | {"score": 0.61}]}
    assert sent(bench) == [1]
    report(bench, 1, answers=1, changed=made["settings"], settings=made["settings"])
    assert trail(bench)[0][2]["why"] == "shadows"
    put(bench, value=2, base_version=1)
    sent(bench)
    report(bench, 1, answers=2, refused="camera cam-1: scenes.1.score: at most 1", changed=made["settings"])
    admin = bench.client(Role.ADMINISTRATOR)
    seen = admin.get(PATH).json()
    assert [(one["version"], one["state"]) for one in seen["changes"]] == [(2, "refused"), (1, "applied")]
    assert seen["changes"][0]["reason"] == "camera cam-1: scenes.1.score: at most 1"
    back = {"version": 1, "why": "it costs true ones", "base_version": 2}
    assert admin.post(f"{PATH}/revert", json=back | {"why": " "}).json()["error"]["code"] == "reason_needed"
    assert admin.post(f"{PATH}/revert", json=back | {"version": 9}).status_code == 404
    taken = admin.post(f"{PATH}/revert", json=back)
    assert taken.status_code == 202, taken.text
    assert (taken.json()["version"], taken.json()["settings"]) == (3, made["settings"])
    assert taken.json()["why"] == "back to version 1: it costs true ones"
    assert admin.post(f"{PATH}/revert", json=back | {"version": 0, "base_version": 3}).json()["settings"] == {}


def test_what_waits_is_not_lost_by_a_roll_out(quick: Bench) -> None:
    """A gateway that is away gets both changes in one."""
    birth(quick)
    report(quick, settings={"scenes": [EBIKES]})
    quick.will()
    put(quick)
    assert put(quick, key="dwell", value=9, base_version=1)["settings"]["scenes"] == [
        EBIKES | {"score": 0.61, "dwell": 9}
    ]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"why": "  "}, 422, "reason_needed"),
        ({"key": "zones"}, 422, "no_threshold"),
        ({"scene": "gas_cylinder"}, 409, "no_scene"),
        ({"base_version": 7}, 409, "changed_meanwhile"),
        ({"value": 1e300}, 422, "invalid"),
    ],
)
def test_a_roll_out_that_cannot_be(quick: Bench, change: dict[str, Any], status: int, code: str) -> None:
    """Is refused with words, and nothing is sent."""
    birth(quick)
    report(quick, settings={"scenes": [EBIKES]})
    assert put(quick, status, **change)["error"]["code"] == code
    assert sent(quick) == []


@pytest.mark.parametrize("role", Role)
def test_who_reads_advice_and_who_rolls_out(quick: Bench, role: Role) -> None:
    """Shift leads and administrators read it, administrators alone set; elsewhere there is no such camera."""
    birth(quick)
    report(quick, settings={"scenes": [EBIKES]})
    unit = UNIT if role is Role.HANDLER else None
    body = {"scene": "ebike_stairwell", "key": "score", "value": 0.6, "why": "x", "base_version": 0}
    for area in (EAST, NORTH):
        page = quick.client(role, area, unit)
        inside = area == EAST
        reads, sets = role in {Role.SHIFT_LEAD, Role.ADMINISTRATOR}, role is Role.ADMINISTRATOR
        assert page.get(ASKED).status_code == (404 if not inside else 200 if reads else 403)
        assert page.put(THRESHOLDS, json=body).status_code == (404 if not inside else 202 if sets else 403)
        back = {"version": 0, "why": "x", "base_version": 1}
        assert page.post(f"{PATH}/revert", json=back).status_code == (404 if not inside else 202 if sets else 403)


def test_a_gateway_that_holds_its_own_file_is_not_set(quick: Bench) -> None:
    """As every other setting of it."""
    birth(quick, settings_from="file")
    report(quick, takes_changes=False, settings={"scenes": [EBIKES]})
    assert put(quick, 409)["error"]["code"] == "file_holds"
    birth(quick, "s2", camera="another")
    assert put(quick, 409)["error"]["code"] == "no_settings"
