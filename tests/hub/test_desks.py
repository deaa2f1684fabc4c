"""Who is at a case and who has claimed it: seen by those who may see the case, and over when the page is."""

from typing import Any

from fastapi.testclient import TestClient
from tests.hub.bench import EAST, Bench
from tests.hub.test_shared_moves import WEST, report

from sharp_eyes.hub.desks import TERM_SECONDS
from sharp_eyes.hub.lifecycle.roles import Role


def seen(page: TestClient) -> dict[int, tuple[list[str], str | None]]:
    def of(one: dict[str, Any]) -> tuple[list[str], str | None]:
        return [who["username"] for who in one["people"]], one["claimed_by"] and one["claimed_by"]["username"]

    return {one["case"]: of(one) for one in page.get("/api/desks").json()}


def test_who_has_a_case_open_is_seen_until_the_page_is_gone(quick: Bench) -> None:
    """By those who may see the case; a page that falls silent vanishes, one that goes elsewhere at once."""
    quick.birth()
    first, second = report(quick), report(quick)
    lead = quick.client(Role.SHIFT_LEAD, EAST, name="lead-east")
    clerk = quick.client(Role.CLERK, name="clerk-one")
    west = quick.client(Role.CLERK, WEST, name="clerk-west")
    assert west.put("/api/desks", json={"page": "p", "case": first}).status_code == 404
    for page in (lead, clerk):
        assert page.put("/api/desks", json={"page": "p", "case": first}).status_code == 204
    assert seen(lead) == {first: (["clerk-one", "lead-east"], None)}
    assert seen(west) == {}
    assert clerk.put("/api/desks", json={"page": "p", "case": second}).status_code == 204
    quick.clock.forward(seconds=TERM_SECONDS - 1)
    assert lead.put("/api/desks", json={"page": "p", "case": first}).status_code == 204
    quick.clock.forward(seconds=2)
    assert seen(lead) == {first: (["lead-east"], None)}


def test_a_claim_is_taken_over_only_by_saying_so_and_ends_with_the_session(quick: Bench) -> None:
    """It holds while its person looks at something else, and is released by hand, by signing out, by silence."""
    quick.birth()
    case = report(quick)
    lead, clerk = (quick.client(role, name=role.value) for role in (Role.SHIFT_LEAD, Role.CLERK))
    path = f"/api/cases/{case}/claim"
    assert clerk.put(path, json={}).status_code == 204
    assert lead.put(path, json={}).json()["error"]["code"] == "claimed"
    assert lead.put(path, json={"take_over": True}).status_code == 204
    assert clerk.delete(path).status_code == 204
    assert seen(clerk) == {case: ([], "shift_lead")}, "nobody releases another's"
    quick.clock.forward(seconds=TERM_SECONDS - 1)
    assert lead.put("/api/desks", json={"page": "p"}).status_code == 204
    quick.clock.forward(seconds=TERM_SECONDS - 1)
    assert seen(clerk) == {case: ([], "shift_lead")}
    assert lead.delete("/api/session").is_success
    assert seen(clerk) == {}
    assert clerk.put(path, json={}).status_code == 204
    quick.clock.forward(seconds=TERM_SECONDS + 1)
    assert seen(clerk) == {}
