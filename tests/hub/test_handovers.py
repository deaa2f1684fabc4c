"""Handing a shift over: what was open then, with a note, confirmed by whoever takes it, and readable later."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.hub.bench import EAST, Bench
from tests.hub.notices_bench import add_person
from tests.hub.test_areas import ANY, EAST_ID, SECOND_ID
from tests.hub.test_duty import shift
from tests.hub.test_reports import report

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.tables import AuditEntry

NORTH, WEST = "demo/second-street/north", "demo/first-street/west"
NOTE = "桥下有人值守；鼓楼路 3 号的垃圾明早再看"
PATH = "/api/duty/handovers"


class Office:
    """Two dispatchers, two people of the parks, and two cases, of which the parks have one."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        bench.birth()
        for _ in range(2):
            bench.report(scene=SceneName.GREENERY_DAMAGE)
        self.lead = bench.client(Role.SHIFT_LEAD, name="lead")
        self.hand = bench.client(Role.HANDLER, EAST, "parks", name="hand")
        self.other = bench.client(Role.HANDLER, EAST, "parks", name="other")
        items = self.lead.get("/api/cases").json()["items"]
        self.sent, self.new = (one["id"] for one in items)
        self.lead.post(f"/api/cases/{self.sent}/moves/file", json={})
        answer = self.lead.post(f"/api/cases/{self.sent}/moves/dispatch", json={"unit": "parks"})
        assert answer.status_code == 200, answer.text
        self.day = bench.client(Role.DISPATCHER, name="day")
        self.night = bench.client(Role.DISPATCHER, name="night")

    def give(self, page: TestClient | None = None, **body: Any) -> Any:
        return (page or self.day).post(PATH, json={"to": "night", "note": NOTE} | body)

    def trail(self) -> list[tuple[str, str, str]]:
        with self.bench.hub.read_only() as work:
            query = select(AuditEntry).where(AuditEntry.action.startswith("hand")).order_by(AuditEntry.id)
            return [(row.action, row.actor, row.subject) for row in work.session.scalars(query)]


@pytest.fixture
def office(bench: Bench) -> Office:
    return Office(bench)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_shift_is_handed_over_and_taken(office: Office) -> None:
    """The sheet stays as it was at that moment; giving and taking stand in the trail."""
    given = office.give()
    assert given.status_code == 201, given.text
    row = given.json()
    assert (row["role"], row["area"], row["cases"], row["note"]) == ("dispatcher", "demo", 2, NOTE)
    assert (row["giver"]["username"], row["taker"]["username"], row["taken_at"]) == ("day", "night", None)
    states = {line["id"]: (line["state"], line["unit"]) for line in row["sheet"]}
    assert states == {office.sent: ("dispatched", "parks"), office.new: ("reported", None)}
    dues = [line["due_at"] for line in row["sheet"]]
    assert dues == sorted(dues, key=lambda due: (due is None, due))
    told = office.night.get("/api/notices").json()["items"][0]
    assert (told["kind"], told["data"]["handover"]) == ("handed_over", row["id"])
    office.lead.post(f"/api/cases/{office.new}/moves/file", json={})
    office.bench.clock.forward(minutes=10)
    taken = office.night.post(f"{PATH}/{row['id']}/take", json={"note": "看过了"})
    assert taken.status_code == 200, taken.text
    later = office.day.get(f"{PATH}/{row['id']}").json()
    assert (later["taken_note"], later["sheet"]) == ("看过了", row["sheet"])
    assert later["taken_at"] > later["made_at"]
    assert office.trail() == [("handed_over", "day", "day: night"), ("handover_taken", "night", "night")]
    assert code(office.night.post(f"{PATH}/{row['id']}/take", json={})) == (409, "handover_over")
    assert office.day.get(f"{PATH}?waiting=true").json()["items"] == []
    assert [one["id"] for one in office.day.get(PATH).json()["items"]] == [row["id"]]


def test_a_sheet_says_what_waits_and_what_was_said(office: Office) -> None:
    """Before it is handed over the same is shown as a draft, with who could take the shift."""
    bench = office.bench
    office.day.post(f"/api/cases/{office.sent}/moves/comment", json={"note": "门卫说明早清理"}).raise_for_status()
    office.hand.post(f"/api/cases/{office.sent}/moves/accept", json={}).raise_for_status()
    asked = office.hand.post(f"/api/cases/{office.sent}/moves/ask_extension", json={"reason": "parts"})
    assert asked.status_code == 200, asked.text
    ends = (bench.clock() + timedelta(hours=3)).isoformat()
    snooze = {"scene": "bike_clutter", "area": EAST, "ends_at": ends, "reason": "road works"}
    office.lead.post("/api/snoozes", json=snooze).raise_for_status()
    draft = office.day.get(f"{PATH}/draft").json()
    assert (draft["role"], draft["cases"], draft["next"]) == ("dispatcher", 2, None)
    assert [one["username"] for one in draft["takers"]] == ["night"]
    waits = {line["id"]: line["waits"] for line in draft["sheet"]}
    assert waits == {office.new: ["calling"], office.sent: ["extension"]}
    facts = draft["facts"]
    assert [(one["case"], one["text"]) for one in facts["comments"]] == [(office.sent, "门卫说明早清理")]
    assert [(one["scene"], one["reason"]) for one in facts["snoozes"]] == [("bike_clutter", "road works")]
    given = office.give().json()
    assert (given["sheet"], given["facts"]["comments"]) == (draft["sheet"], facts["comments"])
    assert code(office.day.get(f"{PATH}/draft?unit=parks")) == (403, "not_allowed")
    report(office.lead, kind="road_hole").raise_for_status()
    kinds = {(one["scene"], one["kind"]) for one in office.day.get(f"{PATH}/draft").json()["sheet"]}
    assert kinds == {(None, "road_hole"), ("greenery_damage", None)}


def test_claims_go_to_whoever_confirms(office: Office) -> None:
    """Until then the giver goes on; what somebody else has claimed meanwhile stays theirs."""
    for page, case in ((office.day, office.new), (office.day, office.sent), (office.lead, office.sent)):
        assert page.put(f"/api/cases/{case}/claim", json={"take_over": page is office.lead}).status_code == 204

    def claims() -> dict[int, str]:
        return {one["case"]: one["claimed_by"]["username"] for one in office.lead.get("/api/desks").json()}

    row = office.give().json()
    claimed = {line["id"]: line["claimed_by"] and line["claimed_by"]["username"] for line in row["sheet"]}
    assert claimed == claims() == {office.new: "day", office.sent: "lead"}
    office.day.delete("/api/session")  # home before it was confirmed
    assert claims() == {office.sent: "lead"}
    office.night.post(f"{PATH}/{row['id']}/take", json={}).raise_for_status()
    assert claims() == {office.new: "night", office.sent: "lead"}


def test_a_claim_ends_with_its_shift(office: Office) -> None:
    """By the roster, though the page stays open; whoever has no shift there keeps theirs."""
    begins = [shift(office.bench, "day", begin=-6, unit=None, role="dispatcher")]
    assert office.lead.post("/api/duty/shifts", json={"shifts": begins}).status_code == 201
    ends = office.day.get(f"{PATH}/draft").json()["shift_ends_at"]
    left = (datetime.fromisoformat(ends) - office.bench.clock()).total_seconds()
    office.bench.clock.forward(seconds=left - 20)
    for page, case in ((office.day, office.new), (office.night, office.sent)):
        page.put(f"/api/cases/{case}/claim", json={}).raise_for_status()
    office.bench.clock.forward(seconds=30)
    for page, case in ((office.day, office.new), (office.night, office.sent)):
        page.put("/api/desks", json={"page": "one", "case": case}).raise_for_status()
    said = {one["case"]: one["claimed_by"] for one in office.lead.get("/api/desks").json()}
    assert said[office.new] is None
    assert said[office.sent]["username"] == "night"


def test_a_units_shift_has_the_units_cases(office: Office) -> None:
    """And is seen by that unit, by whoever sees the whole area, and by nobody of another unit or area."""
    given = office.give(office.hand, to="other").json()
    assert (given["unit"], given["role"], given["area"], given["cases"]) == ("parks", None, EAST, 1)
    assert [line["id"] for line in given["sheet"]] == [office.sent]
    path = f"{PATH}/{given['id']}"
    drainage = office.bench.client(Role.HANDLER, EAST, "drainage")
    elsewhere = office.bench.client(Role.SHIFT_LEAD, NORTH)
    for page, status in ((office.other, 200), (office.lead, 200), (drainage, 404), (elsewhere, 404)):
        assert page.get(path).status_code == status
        assert len(page.get(PATH).json()["items"]) == (status == 200)
        if page is not office.other:
            assert page.post(f"{path}/take", json={}).status_code == (403 if status == 200 else 404)
    assert office.other.post(f"{path}/take", json={}).status_code == 200


def test_the_next_by_the_roster_takes_over(office: Office) -> None:
    """Nobody need be named where there is a roster; without one somebody must be."""
    assert code(office.give(to=None)) == (422, "no_next")
    for name, begin in (("day", -6), ("night", 1)):
        one = shift(office.bench, name, begin=begin, unit=None, role="dispatcher")
        assert office.lead.post("/api/duty/shifts", json={"shifts": [one]}).status_code == 201
    assert office.give(to=None).json()["taker"]["username"] == "night"
    office.bench.clock.forward(hours=2)
    assert office.give(to=None).json()["taker"]["username"] == "night", "also once it has begun"


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"to": "day"}, (422, "no_taker")),
        ({"to": "hand"}, (422, "not_of_unit")),
        ({"to": "nobody"}, (404, "not_found")),
        ({"note": "  "}, (422, "reason_needed")),
        ({"area": "demo/nowhere"}, (422, "invalid")),
        ({"unit": "parks"}, (403, "not_allowed")),
        ({"unit": "parks", "role": "dispatcher"}, (422, "invalid")),
        ({"role": "checker"}, (403, "not_allowed")),
        ({"role": "handler"}, (422, "invalid")),
    ],
    ids=str,
)
def test_a_handover_that_does_not_fit(office: Office, change: dict[str, Any], wanted: tuple[int, str]) -> None:
    """Is refused with what is wrong, and nothing is kept."""
    assert code(office.give(**change)) == wanted
    assert office.lead.get(PATH).json()["items"] == []


def test_a_handler_hands_over_no_more_than_they_see(office: Office) -> None:
    """Neither the area's cases as a role, nor another area's."""
    assert code(office.give(office.hand, to="other", role="handler")) == (422, "invalid")
    assert office.give(office.hand, to="other", area="demo").status_code == 404
    assert office.give(office.hand, to="other", unit="drainage").status_code == 403


def test_what_went_to_the_wrong_person_is_taken_back(office: Office) -> None:
    """While it waits: by whoever gave it, or the shift lead of the area."""
    for page in (office.day, office.lead):
        row = office.give().json()["id"]
        path = f"{PATH}/{row}/withdraw"
        assert code(office.night.post(path)) == (403, "not_yours")
        assert page.post(path).json()["withdrawn_at"] is not None
        assert code(page.post(path)) == (409, "handover_over")
        assert code(office.night.post(f"{PATH}/{row}/take", json={})) == (409, "handover_over")
    assert [line[0] for line in office.trail()] == ["handed_over", "handover_withdrawn"] * 2


def test_a_shift_lead_hands_over_for_who_is_gone(office: Office) -> None:
    """Of any unit or role of the area."""
    row = office.give(office.lead, to="other", unit="parks", area=EAST).json()
    assert (row["unit"], row["giver"]["username"], row["cases"]) == ("parks", "lead", 1)


def test_a_deputy_hands_over_and_takes(office: Office) -> None:
    """In the place of whom they stand in for, which is said."""
    bench = office.bench
    page = bench.client(Role.CLERK, NORTH, name="ann")
    ends = (bench.clock() + timedelta(days=1)).isoformat()
    for name in ("day", "night"):
        body = {"username": name, "deputy": "ann", "ends_at": ends, "reason": "leave"}
        assert office.lead.post("/api/deputies", json=body).status_code == 201
    assert office.give(page, role="dispatcher").status_code == 403
    page.put("/api/account/acting", json={"username": "day"}).raise_for_status()
    row = office.give(page).json()
    assert (row["giver"]["username"], row["on_behalf_of"], row["cases"]) == ("ann", "day", 2)
    assert code(page.post(f"{PATH}/{row['id']}/take", json={})) == (403, "not_yours")
    page.put("/api/account/acting", json={"username": "night"}).raise_for_status()
    assert page.post(f"{PATH}/{row['id']}/take", json={}).status_code == 200
    with bench.hub.read_only() as work:
        taken = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "handover_taken")).one()
        assert (taken.actor, taken.detail["on_behalf_of"]) == ("ann", "night")


def test_pages_and_a_closed_case_stays_out(quick: Bench) -> None:
    """What has ended is handed over to nobody; the list is read page by page."""
    office = Office(quick)
    office.lead.post(f"/api/cases/{office.new}/moves/reject", json={"reason": "shadow"})
    add_person(quick, "third", Role.DISPATCHER)
    made = [office.give(to=name).json() for name in ("night", "third", "night")]
    assert {row["cases"] for row in made} == {1}
    first = office.lead.get(f"{PATH}?limit=2").json()
    assert [one["id"] for one in first["items"]] == [made[2]["id"], made[1]["id"]]
    second = office.lead.get(f"{PATH}?limit=2&before={first['next']}").json()
    assert ([one["id"] for one in second["items"]], second["next"]) == ([made[0]["id"]], None)


def test_an_area_that_moved_keeps_its_handovers(quick: Bench) -> None:
    """They have the path of their day; the area's own people read them, and whoever it waits for takes it."""
    office = Office(quick)
    row = office.give(office.hand, to="other").json()
    lead = quick.client(Role.SHIFT_LEAD, EAST)
    chief = quick.client(Role.ADMINISTRATOR)
    quick.clock.forward(minutes=5)
    moved = chief.patch(f"/api/areas/{EAST_ID}", json={"parent": SECOND_ID}, headers=ANY)
    assert moved.is_success, moved.text
    assert [one["id"] for one in lead.get(PATH).json()["items"]] == [row["id"]]
    assert office.other.post(f"{PATH}/{row['id']}/take", json={}).status_code == 200
