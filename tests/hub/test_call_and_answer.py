"""Call and answer (民呼我应): five sources, three tiers with powers as data, a response group, and calls back."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from tests.hub.bench import EAST, Bench
from tests.hub.test_city import raw
from tests.hub.test_reports import at, move

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.lifecycle.roles import Role

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


def test_what_a_tier_and_a_group_may_not(quick: Bench) -> None:
    """A community sends what it may and nothing more; of a group's members the lead comes last, and stays."""
    quick.hub.city = CityPack.model_validate(raw() | CITY)
    community, lead = quick.client(Role.SHIFT_LEAD, EAST), quick.client(Role.SHIFT_LEAD)
    leads, member = quick.client(Role.HANDLER, unit="city-management"), quick.client(Role.HANDLER, unit="drainage")
    small, larger, hard = (tell(community, "visit", "road_hole") for _ in "abc")
    move(community, small, "file")
    assert refused(community, small, "dispatch", unit="parks") == "beyond_power"
    move(community, larger, "file")
    move(community, larger, "pass_up", reason="the road is the street's")
    assert refused(community, larger, "dispatch", unit="property-management") == "passed_up"

    move(lead, hard, "file")
    move(lead, hard, "dispatch", unit="drainage")
    assert refused(lead, hard, "hand_to_group", group="none", reason="hard") == "unknown_group"
    assert refused(lead, hard, "hand_to_group", group="roads") == "reason_needed"
    move(lead, hard, "hand_to_group", group="roads", reason="three owners")
    for one in (leads, member):
        move(one, hard, "accept")
    assert refused(leads, hard, "send_back", reason="not ours") == "not_allowed"
    assert refused(leads, hard, "handle", note="all done") == "illegal_move"
    move(member, hard, "handle", note="done")
    assert refused(leads, hard, "handle") == "note_or_photo_needed"
    move(leads, hard, "handle", note="all of it is mended")
    move(lead, hard, "force_close", reason="mended")
    assert refused(lead, hard, "call_back") == "note_needed"


def test_who_may_call_back_and_whom(quick: Bench) -> None:
    """Clerks and shift leads; each reporter of a case once, the least content counts; a reopened case owes it anew."""
    quick.hub.city = CityPack.model_validate(raw() | CITY)
    clerk, lead = quick.client(Role.CLERK), quick.client(Role.SHIFT_LEAD)
    assert quick.client(Role.CHECKER).get("/api/callbacks").status_code == 403
    assert clerk.get("/api/callbacks", params={"since": "2026-03-02", "until": "2026-03-01"}).status_code == 422
    for odd in ("since=0001-01-01&until=2026-03-01", "until=0001-01-05", "until=9999-12-31"):
        assert clerk.get(f"/api/callbacks?{odd}").status_code == 422, odd
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
