"""Call and answer (民呼我应): five sources, three tiers with powers as data, a response group, and calls back."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from tests.hub.bench import EAST, STREET, Bench
from tests.hub.test_city import raw
from tests.hub.test_daily_figures import make_all
from tests.hub.test_formulas import behind, report, shares, total_of
from tests.hub.test_reports import GATE, at, move

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.cases.timers import run_due
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.open311_settings import Open311Settings

TIERS = [
    {"id": "district", "level": 1, "name": {"zh": "区", "en": "district"}},
    {
        **{"id": "street", "level": 2, "name": {"zh": "街道", "en": "street"}},
        "powers": [{"moves": ["file", "reject", "dispatch", "close"]}],
    },
    {
        **{"id": "community", "level": 3, "name": {"zh": "社区", "en": "community"}},
        "powers": [
            {"moves": ["file", "close"], "grades": ["ordinary"]},
            {"moves": ["dispatch"], "kinds": ["road_hole"], "units": ["property-management"]},
        ],
    },
]
GROUP = {
    "id": "roads",
    "name": {"zh": "道路专班", "en": "Road group"},
    "lead": "city-management",
    "units": ["drainage"],
}
CLOCKS = {"callback": {"limit": "24 hours", "remind": "2 hours", "ladder": [{"tell": ["shift_lead"]}]}}
CITY = {"tiers": TIERS, "response_groups": [GROUP], "clocks": CLOCKS}
MEMBERS = ("property-management", "parks", "traffic-police", "city-management", "drainage")


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Any:
    """A hub on both databases, in a city with tiers, a group and a limit for calls back."""
    made = Bench(tmp_path / "data", database_url, open311=Open311Settings(enabled=True))
    made.hub.city = CityPack.model_validate(raw() | CITY)
    yield made
    made.close()


def tell(client: TestClient, source: str, kind: str, **more: Any) -> int:
    """Somebody calls about something; gives the case."""
    body = {"source": source, "kind": kind, "words": f"{kind} by {source}", "area": EAST} | more
    body |= {"contact": {"name": source, "phone": "13800000000"}}
    said = client.post("/api/reports", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert said.status_code == 201, said.text
    case: int = said.json()["case"]
    return case


def refused(client: TestClient, case: int, name: str, **body: Any) -> str:
    said = client.post(f"/api/cases/{case}/moves/{name}", json=body)
    assert said.status_code >= 400, said.text
    code: str = said.json()["error"]["code"]
    return code


def offered(client: TestClient, case: int) -> dict[str, Any]:
    return {one["move"]: one for one in client.get(f"/api/cases/{case}").json()["moves"]}


def done(client: TestClient, case: int) -> dict[str, Any]:
    move(client, case, "accept")
    return move(client, case, "handle", note="done")


def test_a_day_of_call_and_answer(office: Bench) -> None:
    """The community solves one and passes one up, a tree goes to two units, a hard one to the group; all hear back."""
    community, street = office.client(Role.SHIFT_LEAD, EAST), office.client(Role.SHIFT_LEAD, STREET)
    clerk, checker = office.client(Role.CLERK), office.client(Role.CHECKER)
    worker = office.client(Role.GRID_WORKER, EAST)
    units = {unit: office.client(Role.HANDLER, unit=unit) for unit in MEMBERS}

    outside = office.stranger("203.0.113.5")
    token = {"service_code": "road_hole", "description": "a hole", "lat": str(GATE[1]), "long": str(GATE[0])}
    online = outside.post("/open311/v2/requests.json", data=token | {"first_name": "Li", "phone": "13911112222"})
    assert online.status_code == 200, online.text
    (by_line,) = clerk.get("/api/cases").json()["items"]
    small = tell(worker, "grid_worker", "road_hole")
    larger = tell(worker, "visit", "road_hole")
    tree = tell(clerk, "meeting", "leaning_tree", position=at())
    hard = tell(clerk, "upper_level", "road_hole")

    # the community solves one by its own power
    move(community, small, "file")
    assert offered(community, small)["dispatch"]["units"] == ["property-management"]
    assert "hand_to_group" not in offered(community, small)
    assert refused(community, small, "dispatch", unit="parks") == "beyond_power"
    move(community, small, "dispatch", unit="property-management")
    done(units["property-management"], small)
    move(community, small, "pass")
    assert move(community, small, "close")["state"] == "closed"

    # and passes another one up to the street, whose lead is told and decides
    move(community, larger, "file")
    assert move(community, larger, "pass_up", reason="the road is the street's")["passed_to"]["en"] == "street"
    assert refused(community, larger, "dispatch", unit="property-management") == "passed_up"
    assert not {"dispatch", "pass_up"} & set(offered(community, larger))
    assert [one["kind"] for one in street.get("/api/notices").json()["items"]] == ["passed_up"]
    move(street, larger, "dispatch", unit="city-management")
    done(units["city-management"], larger)
    move(street, larger, "pass")
    move(street, larger, "close")

    # the tree: parks and traffic police, the same minute, by the rules
    for unit in ("parks", "traffic-police"):
        done(units[unit], tree)
    assert move(checker, tree, "pass")["state"] == "closed"

    # the hard one: to the group, whose lead answers once the others are done
    lead = office.client(Role.SHIFT_LEAD)
    move(lead, hard, "file")
    move(lead, hard, "dispatch", unit="drainage")
    assert refused(lead, hard, "hand_to_group", group="none", reason="hard") == "unknown_group"
    assert refused(lead, hard, "hand_to_group", group="roads") == "reason_needed"
    handed = move(lead, hard, "hand_to_group", group="roads", reason="three owners")
    open_turns = [(one["unit"], one["is_lead"]) for one in handed["assignments"] if one["until"] is None]
    assert open_turns == [("city-management", True), ("drainage", False)]
    move(units["city-management"], hard, "accept")
    assert refused(units["city-management"], hard, "send_back", reason="not ours") == "not_allowed"
    assert refused(units["city-management"], hard, "handle", note="all done") == "illegal_move"
    done(units["drainage"], hard)
    assert refused(units["city-management"], hard, "handle") == "note_or_photo_needed"
    assert move(units["city-management"], hard, "handle", note="all of it is mended")["state"] == "handled"
    move(checker, hard, "pass")
    move(lead, hard, "close")
    move(lead, by_line["id"], "reject", reason="it is mended already")

    # everybody hears back and rates; one only after the limit
    ended = {small: 5, larger: 4, tree: 5, hard: 3, by_line["id"]: 2}
    waiting = clerk.get("/api/callbacks").json()
    assert {one["case"]["id"] for one in waiting["items"]} == set(ended)
    assert waiting["heard"]["asked"] == 5
    office.clock.forward(hours=2)
    assert refused(clerk, small, "call_back") == "note_needed"
    assert move(clerk, small, "call_back", note="nobody answers", reached=False)["rating"] is None
    for case, stars in list(ended.items())[:-1]:
        heard = move(clerk, case, "call_back", note="glad of it", stars=stars)
        assert heard["rating"] == stars
        assert heard["late_since"] is None
    office.clock.forward(hours=23)
    run_due(office.hub.transaction)
    late = office.client(Role.CLERK)
    assert [one["late"] for one in late.get("/api/callbacks").json()["items"]] == [True]
    told = office.client(Role.SHIFT_LEAD).get(f"/api/cases/{by_line['id']}").json()
    assert [line["what"] for line in told["log"]][-2:] == ["callback_due", "escalated"]
    assert told["late_since"] is None  # the work was in time
    move(late, by_line["id"], "call_back", note="disappointed", stars=2)
    after = late.get("/api/callbacks").json()
    assert after["items"] == []
    heard = {name: after["heard"][name] for name in ("asked", "heard", "in_time", "rated", "average")}
    assert heard == {"asked": 5, "heard": 5, "in_time": 4, "rated": 5, "average": 3.8}
    day = {"reported_from": "2026-03-01", "reported_to": "2026-03-01"}
    figures = office.client(Role.SHIFT_LEAD).get("/api/figures", params=day).json()
    sources = {one["source"]: one["now"] for one in figures["sources"] if one["now"]}
    assert sources == dict.fromkeys(("resident", "grid_worker", "visit", "meeting", "upper_level"), 1)

    # the month's formulas say the same, each number with exactly its cases
    leader = office.client(Role.LEADER)
    for _ in range(2):
        month = report(leader)
        total = shares(month, month["total"])
        assert total["callback-rate"] == (4, 5, "80.00")
        assert total["caller-satisfaction-rate"] == (3, 5, "60.00")
        for asked, number in behind(month, month["total"]):
            assert total_of(leader, asked) == number, asked
        make_all(office)


def test_who_may_call_back_and_whom(quick: Bench) -> None:
    """Clerks and shift leads; each reporter of a case once, the least content counts; a reopened case owes it anew."""
    quick.hub.city = CityPack.model_validate(raw() | CITY)
    clerk, lead = quick.client(Role.CLERK), quick.client(Role.SHIFT_LEAD)
    assert quick.client(Role.CHECKER).get("/api/callbacks").status_code == 403
    assert clerk.get("/api/callbacks", params={"since": "2026-03-02", "until": "2026-03-01"}).status_code == 422
    one, other = (tell(clerk, "resident", "road_hole", position=at()) for _ in "ab")
    into = {"case": clerk.get(f"/api/cases/{one}").json()["number"]}
    assert clerk.post(f"/api/cases/{other}/moves/merge", json=into).status_code == 200
    closed = move(lead, one, "force_close", reason="mended")
    keys = [report["key"] for report in closed["reports"]]
    assert offered(clerk, one)["call_back"]["callers"] == keys
    assert refused(clerk, one, "call_back", note="told") == "report_needed"
    move(clerk, one, "call_back", note="told", report=keys[0], stars=2)
    assert refused(clerk, one, "call_back", note="told", report=keys[0]) == "report_needed"
    assert move(clerk, one, "call_back", note="told", stars=5)["rating"] == 2
    assert refused(clerk, one, "call_back", note="told") == "illegal_move"
    move(lead, one, "reopen", reason="it is there again")
    assert clerk.get("/api/callbacks").json()["items"] == []
    move(lead, one, "void", reason="no hole")
    assert len(clerk.get("/api/callbacks").json()["items"]) == 1


def test_what_a_pack_cannot_say_of_tiers() -> None:
    """Two of one level, kinds and units that are not there, moves that are no powers: each is named with its place."""
    wrong = {
        "tiers": [
            *TIERS,
            TIERS[0] | {"id": "other", "powers": [{"moves": ["file"], "kinds": ["nothing"], "units": ["no"]}]},
        ],
        "response_groups": [GROUP | {"lead": "nobody"}],
    }
    with pytest.raises(ValueError) as caught:
        CityPack.model_validate(raw() | wrong)
    for said in ("level 1 stands twice", "kind 'nothing'", "unit 'no'", "unit 'nobody'"):
        assert said in str(caught.value)
    with pytest.raises(ValueError, match="accept is no power of a tier"):
        CityPack.model_validate(raw() | {"tiers": [TIERS[0] | {"powers": [{"moves": ["accept"]}]}]})
