"""Rosters and deputies by the interface: who may, what fits, and who is told at a moment."""

from datetime import timedelta
from typing import Any

import pytest
from tests.hub.bench import EAST, Bench
from tests.hub.notices_bench import add_person

from sharp_eyes.hub.lifecycle.roles import Role

SQUAD = "traffic-police"
WEST = "demo/first-street/west"


@pytest.fixture
def squad(bench: Bench) -> Bench:
    for name in ("ann", "bob"):
        add_person(bench, name, Role.HANDLER, unit=SQUAD)
    add_person(bench, "away", Role.SHIFT_LEAD, EAST)
    add_person(bench, "boss", Role.SHIFT_LEAD)
    return bench


def shift(bench: Bench, name: str = "ann", begin: float = 0, hours: float = 8, **more: Any) -> dict[str, Any]:
    begins = bench.clock() + timedelta(hours=begin)
    times = {"begins_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=hours)).isoformat()}
    return {"username": name, "unit": SQUAD, **times, **more}


def names(answer: Any) -> list[str]:
    return [one["username"] for one in answer.json()["people"]]


def test_who_is_on_duty_at_a_moment(squad: Bench) -> None:
    """Day and night by turns; where nobody is on the roster, everybody."""
    lead = squad.client(Role.SHIFT_LEAD)
    roster = [shift(squad, "ann", hours=2), shift(squad, "bob", begin=2, hours=2)]
    assert lead.post("/api/duty/shifts", json={"shifts": roster}).status_code == 201
    asked = f"/api/duty?unit={SQUAD}"
    found = lead.get(asked)
    assert (names(found), found.json()["by_roster"]) == (["ann"], True)
    then = (squad.clock() + timedelta(hours=2)).isoformat().replace("+", "%2B")
    assert names(lead.get(f"{asked}&at={then}")) == ["bob"]
    squad.clock.forward(hours=4)
    found = lead.get(asked)
    assert (names(found), found.json()["by_roster"]) == (["ann", "bob"], False)
    assert lead.get("/api/duty/shifts").json() == []
    assert len(lead.get("/api/duty/shifts?over=true").json()) == 2


def test_the_trail_says_whose_shifts_they_are(squad: Bench) -> None:
    """Added and taken off: the people by their user names."""
    admin = squad.client(Role.ADMINISTRATOR)
    roster = [shift(squad, "bob"), shift(squad, "ann", hours=2), shift(squad, "ann", begin=2)]
    added = admin.post("/api/duty/shifts", json={"shifts": roster}).json()
    assert admin.delete(f"/api/duty/shifts/{added[0]['id']}").status_code == 204
    acts = {line["action"]: line for line in admin.get("/api/audit").json()["items"]}
    assert (acts["shifts_added"]["subject"], acts["shifts_added"]["detail"]) == ("ann, bob", {"shifts": 3})
    assert acts["shift_removed"]["subject"] == f"bob {SQUAD}"


def test_a_role_on_duty(squad: Bench) -> None:
    """Of several shift leads the one who is on; a role that nobody holds is the shift lead's."""
    add_person(squad, "late", Role.SHIFT_LEAD)
    lead = squad.client(Role.ADMINISTRATOR)
    one = shift(squad, "late", unit=None, role="shift_lead")
    assert lead.post("/api/duty/shifts", json={"shifts": [one]}).status_code == 201
    assert names(lead.get("/api/duty?role=shift_lead")) == ["late"]
    found = lead.get("/api/duty?role=checker").json()
    assert (found["people"][0]["username"], found["instead_of"]) == ("late", "checker")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"username": "nobody"}, 404, "not_found"),
        ({"unit": "parks"}, 422, "not_of_unit"),
        ({"unit": None, "role": "checker"}, 422, "not_of_unit"),
        ({"role": "handler"}, 422, "invalid"),
        ({"unit": None}, 422, "invalid"),
        ({"ends_at": "2026-03-01T07:00:00Z"}, 422, "invalid"),
        ({"ends_at": "2026-05-01T07:00:00Z"}, 422, "invalid"),
        ({"area": "demo/nowhere"}, 422, "invalid"),
    ],
)
def test_a_shift_that_does_not_fit(squad: Bench, change: dict[str, Any], status: int, code: str) -> None:
    """And then none of the roster is added."""
    lead = squad.client(Role.SHIFT_LEAD)
    answer = lead.post("/api/duty/shifts", json={"shifts": [shift(squad, "bob"), shift(squad) | change]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert lead.get("/api/duty/shifts").json() == []


def test_rosters_are_the_shift_leads(squad: Bench) -> None:
    """Of their own area; everybody sees those of theirs."""
    lead, west = squad.client(Role.SHIFT_LEAD), squad.client(Role.SHIFT_LEAD, WEST)
    handler = squad.client(Role.HANDLER, unit=SQUAD)
    assert handler.post("/api/duty/shifts", json={"shifts": [shift(squad)]}).status_code == 403
    assert west.post("/api/duty/shifts", json={"shifts": [shift(squad)]}).status_code == 404
    made = lead.post("/api/duty/shifts", json={"shifts": [shift(squad, area=EAST)]}).json()[0]
    assert [one["id"] for one in handler.get("/api/duty/shifts").json()] == [made["id"]]
    assert west.get("/api/duty/shifts").json() == []
    assert west.get(f"/api/duty?unit={SQUAD}&area=demo").status_code == 404
    assert handler.get("/api/duty").json()["error"]["code"] == "invalid"
    path = f"/api/duty/shifts/{made['id']}"
    assert handler.delete(path).status_code == 403
    assert west.delete(path).status_code == 404
    assert lead.delete(path).status_code == 204
    assert lead.delete(path).status_code == 404


def deputy(bench: Bench, **more: Any) -> dict[str, Any]:
    return {"deputy": "boss", "ends_at": (bench.clock() + timedelta(days=5)).isoformat(), "reason": "leave"} | more


def test_somebody_names_their_deputy(squad: Bench) -> None:
    """Who is told in their place until it ends."""
    lead = squad.client(Role.SHIFT_LEAD, EAST, name="own")
    made = lead.post("/api/deputies", json=deputy(squad))
    assert made.status_code == 201, made.text
    asked = f"/api/duty?role=shift_lead&area={EAST}"
    assert sorted(names(lead.get(asked))) == ["away", "boss"]
    assert [one["id"] for one in lead.get("/api/deputies").json()] == [made.json()["id"]]
    assert lead.delete(f"/api/deputies/{made.json()['id']}").status_code == 204
    assert sorted(names(lead.get(asked))) == ["away", "own"]


def test_deputies_of_others(squad: Bench) -> None:
    """Are named by shift leads and administrators of their area; who sees less acts with the other's rights."""
    lead, clerk = squad.client(Role.SHIFT_LEAD), squad.client(Role.CLERK, name="clerk")
    assert clerk.post("/api/deputies", json=deputy(squad, username="away")).status_code == 403
    made = lead.post("/api/deputies", json=deputy(squad, username="away"))
    assert made.status_code == 201
    path = f"/api/deputies/{made.json()['id']}"
    assert clerk.delete(path).status_code == 403
    assert squad.client(Role.SHIFT_LEAD, WEST).delete(path).status_code == 404
    assert clerk.get("/api/deputies").json() == []
    for change, code in (
        ({"username": "boss", "deputy": "boss"}, "no_deputy"),
        ({"username": "away", "reason": " "}, "reason_needed"),
        ({"username": "away", "ends_at": "2026-02-01T00:00:00Z"}, "invalid"),
    ):
        answer = lead.post("/api/deputies", json=deputy(squad) | change)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, code), change
    assert lead.post("/api/deputies", json=deputy(squad, username="nobody")).status_code == 404
    assert lead.post("/api/deputies", json=deputy(squad, deputy="nobody")).status_code == 404
