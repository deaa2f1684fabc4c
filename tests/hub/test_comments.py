"""Comments that call people: resolved by the hub among those who may see the case, who are told on their page."""

from fastapi.testclient import TestClient
from tests.hub.bench import EAST, Bench
from tests.hub.test_shared_moves import WEST, report

from sharp_eyes.hub.lifecycle.roles import Role


def notices(page: TestClient) -> list[tuple[str, str]]:
    items = page.get("/api/notices").json()["items"]
    return [(item["kind"], item["text"]) for item in items if item["kind"] == "mentioned"]


def test_only_those_who_may_see_the_case_are_called(quick: Bench) -> None:
    """They get a notice, the author none; whoever may not see it, or is nobody, stays a word in the text."""
    quick.birth()
    case = report(quick)
    lead = quick.client(Role.SHIFT_LEAD, EAST, name="lead-east")
    clerk = quick.client(Role.CLERK, "demo", name="clerk.one")
    elsewhere = quick.client(Role.CLERK, WEST, name="clerk-west")
    crew = quick.client(Role.HANDLER, "demo", unit="parks", name="crew")
    said = "@clerk.one, @clerk-west @crew @nobody @lead-east: look, mail a@clerk.one"
    answer = lead.post(f"/api/cases/{case}/moves/comment", json={"note": said})
    line = answer.json()["log"][-1]
    assert (line["what"], line["note"]) == ("commented", said)
    assert line["data"]["mentioned"] == ["clerk.one", "lead-east"]
    ((_, text),) = notices(clerk)
    assert answer.json()["number"] in text
    assert notices(lead) == notices(elsewhere) == notices(crew) == []
    people = {one["username"] for one in lead.get(f"/api/cases/{case}/people").json()}
    assert people == {"clerk.one", "lead-east"}
    assert elsewhere.get(f"/api/cases/{case}/people").status_code == 404


def test_a_comment_is_bounded_and_stays(quick: Bench) -> None:
    """Its length has an end, and so has the number of people that it calls."""
    quick.birth()
    case = report(quick)
    lead = quick.client(Role.SHIFT_LEAD)
    assert lead.post(f"/api/cases/{case}/moves/comment", json={"note": "x" * 2001}).status_code == 422
    assert lead.post(f"/api/cases/{case}/moves/comment", json={"note": " "}).status_code == 422
