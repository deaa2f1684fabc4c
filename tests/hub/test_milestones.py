"""Milestones: what units must reach on site by when; who says so, what happens late, and what is counted."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from tests.hub.bench import EAST, Bench

from sharp_eyes.hub.cases.timers import run_due
from sharp_eyes.hub.lifecycle.roles import Role

UNITS = ("gas-company", "fire-brigade")


@pytest.fixture
def gas(quick: Bench) -> dict[str, TestClient]:
    """A gas smell that two of the units have taken, of which one is there; and who leads the shift."""
    clients = {unit: quick.client(Role.HANDLER, EAST, unit=unit) for unit in UNITS}
    body = {"source": "grid_worker", "kind": "gas_smell", "words": "Gas", "area": EAST}
    headers = {"Idempotency-Key": str(uuid4())}
    assert quick.client(Role.GRID_WORKER, EAST).post("/api/reports", json=body, headers=headers).status_code == 201
    for client in clients.values():
        move(client, "accept")
    move(clients["fire-brigade"], "arrive")
    return clients | {"lead": quick.client(Role.SHIFT_LEAD)}


def post(client: TestClient, name: str, **body: Any) -> Any:
    return client.post(f"/api/cases/1/moves/{name}", json=body)


def move(client: TestClient, name: str, **body: Any) -> dict[str, Any]:
    said = post(client, name, **body)
    assert said.status_code == 200, said.text
    found: dict[str, Any] = said.json()
    return found


def test_only_a_unit_on_site_says_that_a_milestone_is_reached(quick: Bench, gas: dict[str, TestClient]) -> None:
    """Once, and one that the kind has; the case's next deadline is the next milestone's."""
    fire = gas["fire-brigade"]
    for client, body, status, code in (
        (gas["gas-company"], {"milestone": "evacuated"}, 403, "not_allowed"),  # not there yet
        (quick.client(Role.DISPATCHER), {"milestone": "evacuated"}, 403, "not_allowed"),
        (fire, {}, 422, "milestone_needed"),
        (fire, {"milestone": "flooded"}, 409, "illegal_move"),
    ):
        said = post(client, "reach", **body)
        assert (said.status_code, said.json()["error"]["code"]) == (status, code), said.text
    (offered,) = [one for one in fire.get("/api/cases/1").json()["moves"] if one["move"] == "reach"]
    assert offered["needs"] == ["milestone"]
    assert fire.get("/api/tasks").json()["tasks"][0]["case"]["due_at"] == "2026-03-01T08:15:00Z"
    quick.clock.forward(minutes=14)
    after = move(fire, "reach", milestone="evacuated", note="all 24 households")
    assert [(one["id"], one["reached_at"], one["unit"], one["due_at"]) for one in after["milestones"]] == [
        ("evacuated", "2026-03-01T08:14:00Z", "fire-brigade", None),
        ("sealed", None, None, "2026-03-01T08:20:00Z"),
    ]
    assert after["due_at"] == "2026-03-01T08:20:00Z"
    assert (after["log"][-1]["what"], after["log"][-1]["data"]) == ("milestone_reached", {"milestone": "evacuated"})
    assert post(fire, "reach", milestone="evacuated").status_code == 409
    # What is not due yet says nothing; what nobody has marked in time was missed, though no line of the log says so.
    assert counted(gas["lead"]) == {"evacuated": (1, 1)}
    quick.clock.forward(minutes=7)
    assert counted(quick.client(Role.SHIFT_LEAD)) == {"evacuated": (1, 1), "sealed": (0, 1)}


def test_a_milestone_that_is_late_climbs_the_ladder_and_stays_late(bench: Bench) -> None:
    """As other clocks do; work that is done before it is reached stops it, and rework lets it go on."""
    _city_with_a_ladder(bench)
    lead = bench.client(Role.SHIFT_LEAD)
    headers = {"Idempotency-Key": str(uuid4())}
    lead.post(
        "/api/reports", json={"source": "resident", "kind": "gas_smell", "words": "", "area": EAST}, headers=headers
    )
    units = ("gas-company", "fire-brigade", "police-station", "property-management")
    for unit in units:
        move(lead, "accept", turn=unit)
    move(lead, "arrive", turn="fire-brigade")
    told = []
    for _ in range(4):
        bench.clock.forward(minutes=5.5)
        run_due(bench.hub.transaction)
        log = lead.get("/api/cases/1").json()["log"]
        told.append(
            [one["data"]["milestone"] for one in log if one["what"] == "escalated" and "milestone" in one["data"]]
        )
    assert told == [[], [], ["evacuated"], ["evacuated", "sealed"]]
    case = move(lead, "reach", milestone="evacuated", turn="fire-brigade")
    assert [one["late_since"] for one in case["milestones"]] == ["2026-03-01T08:15:00Z", "2026-03-01T08:20:00Z"]
    assert case["late_since"] == "2026-03-01T08:15:00Z"
    assert counted(lead) == {"evacuated": (0, 1), "sealed": (0, 1)}
    for unit in units:
        case = move(lead, "handle", turn=unit, note="done")
    assert [one["due_at"] for one in case["milestones"]] == [None, None]
    again = move(lead, "fail", reason="still_there")
    assert again["milestones"][1]["due_at"] is not None
    assert again["milestones"][0]["due_at"] is None


def counted(client: TestClient) -> dict[str, tuple[int, int]]:
    """How often each milestone was kept, of how often settled; each figure leads to just its cases."""
    found = {}
    for row in client.get("/api/figures").json()["milestones"]:
        found[row["milestone"]] = row["now"], row["of"]
        for kept, count in ((True, row["now"]), (False, row["of"])):
            behind = client.get("/api/cases", params={"milestone": row["milestone"], "kept": kept}).json()["items"]
            assert len(behind) == count
    return found


def _city_with_a_ladder(bench: Bench) -> None:
    client = bench.client(Role.ADMINISTRATOR)
    said = client.get("/api/city/pack").json()
    text = said["text"] + "\nclocks:\n  milestone: {ladder: [{tell: [shift_lead]}]}\n"
    put = client.put("/api/city/pack", json={"text": text, "version": said["version"]})
    assert put.status_code == 200, put.text
