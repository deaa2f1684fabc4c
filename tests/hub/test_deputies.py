"""Deputies act with the rights of whom they stand in for: said with everything they do, and over by itself."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.hub.bench import GATEWAY, PASSWORD, Bench
from tests.hub.notices_bench import add_person
from tests.hub.test_city import raw
from tests.hub.test_duty import deputy, names, shift

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.accounts import set_disabled
from sharp_eyes.hub.settings import SessionSettings
from sharp_eyes.hub.store.case_tables import Case, CaseLog
from sharp_eyes.hub.store.tables import Account, AuditEntry

NORTH = "demo/second-street/north"


@pytest.fixture
def office(bench: Bench) -> Bench:
    """Ann of the parks stands in for the shift lead for five days; a case waits."""
    prepare(bench)
    return bench


def prepare(bench: Bench) -> None:
    add_person(bench, "lead", Role.SHIFT_LEAD)
    bench.birth()
    bench.report(scene=SceneName.GREENERY_DAMAGE)


def ann(bench: Bench) -> TestClient:
    return bench.client(Role.HANDLER, NORTH, "parks", name="ann")


def name_deputy(bench: Bench, of: str = "lead", to: str = "ann", **more: Any) -> int:
    chief = bench.client(Role.ADMINISTRATOR)
    made = chief.post("/api/deputies", json=deputy(bench, username=of, deputy=to, **more))
    assert made.status_code == 201, made.text
    number: int = made.json()["id"]
    return number


def act(page: TestClient, username: str = "lead") -> Any:
    return page.put("/api/account/acting", json={"username": username})


def cases(page: TestClient) -> list[int]:
    return [one["id"] for one in page.get("/api/cases").json()["items"]]


def trail(bench: Bench, action: str) -> list[AuditEntry]:
    with bench.hub.read_only() as work:
        return list(work.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_deputy_acts_in_anothers_place(office: Bench) -> None:
    """Role, area and unit are the other's, the name is one's own, and every line says on whose behalf."""
    page = ann(office)
    assert (cases(page), act(page).status_code) == ([], 403)
    name_deputy(office)
    possible = page.get("/api/account/acting").json()
    assert (possible["acting"], [one["username"] for one in possible["possible"]]) == (None, ["lead"])
    assert cases(page) == [], "nothing changes before it is said"
    assert act(page).json()["role"] == "shift_lead"
    me = page.get("/api/session").json()
    assert [me[key] for key in ("username", "role", "area", "unit", "on_behalf_of")] == [
        "ann", "shift_lead", "demo", None, "lead",
    ]  # fmt: skip
    (case,) = cases(page)
    assert page.post(f"/api/cases/{case}/moves/file", json={}).status_code == 200
    line = page.get(f"/api/cases/{case}").json()["log"][-1]
    assert (line["what"], line["actor"], line["on_behalf_of"]) == ("filed", "handler of the shift", "lead")
    with office.hub.read_only() as work:
        stored = work.session.scalars(select(CaseLog).where(CaseLog.what == "filed")).one()
        assert (stored.actor, stored.on_behalf_of) == ("ann", "lead")
    snooze = {"scene": "bike_clutter", "ends_at": deputy(office)["ends_at"], "reason": "festival"}
    assert page.post("/api/snoozes", json=snooze).status_code == 201
    assert [(one.actor, one.detail["on_behalf_of"]) for one in trail(office, "snooze_set")] == [("ann", "lead")]
    assert page.delete("/api/account/acting").status_code == 204
    assert (page.get("/api/session").json()["on_behalf_of"], cases(page)) == (None, [])
    assert [len(trail(office, f"acting_{what}")) for what in ("begun", "ended")] == [1, 1]


def test_it_is_over_by_itself(office: Bench) -> None:
    """With its time; what one sees then is one's own again, and what one did stays said."""
    page = ann(office)
    name_deputy(office, ends_at=(office.clock() + timedelta(hours=2)).isoformat())
    act(page)
    (case,) = cases(page)
    office.clock.forward(hours=2)
    assert page.get("/api/session").json()["on_behalf_of"] is None
    assert page.post(f"/api/cases/{case}/moves/file", json={}).status_code == 404
    assert page.get("/api/account/acting").json() == {"acting": None, "possible": []}


@pytest.mark.parametrize("how", ["not yet", "ended", "locked"])
def test_it_holds_while_there_is_a_deputy(office: Bench, how: str) -> None:
    """Not before it begins, not after it was ended, and a locked account lends its rights to nobody."""
    page = ann(office)
    later = {"begins_at": (office.clock() + timedelta(days=1)).isoformat()} if how == "not yet" else {}
    number = name_deputy(office, **later)
    if how == "not yet":
        assert act(page).json()["error"]["code"] == "no_deputy"
        return
    assert act(page).status_code == 200
    if how == "ended":
        assert office.client(Role.SHIFT_LEAD).delete(f"/api/deputies/{number}").status_code == 204
    else:
        with office.transaction() as work:
            set_disabled(work.session, "lead", disabled=True)
    assert page.get("/api/session").json()["on_behalf_of"] is None
    assert cases(page) == []


def test_it_is_chosen_for_one_session(office: Bench) -> None:
    """Another browser of the same person acts for itself."""
    page = ann(office)
    name_deputy(office)
    act(page)
    other = office.stranger()
    assert other.post("/api/session", json={"username": "ann", "password": PASSWORD}).json()["on_behalf_of"] is None
    assert (cases(other), len(cases(page))) == ([], 1)


def test_people_stay_ones_own(office: Bench) -> None:
    """An administrator's deputy makes no accounts, tokens and deputies: none of it would end with their time."""
    page = ann(office)
    add_person(office, "root", Role.ADMINISTRATOR)
    name_deputy(office, "root")
    assert act(page, "root").status_code == 200
    assert page.get("/api/audit").status_code == 200
    user = {"username": "x", "new_password": "brand new long phrase", "role": "clerk", "password": PASSWORD}
    token = {"name": "x", "role": "clerk", "days": 1, "password": PASSWORD}
    assert page.post("/api/users", json=user).status_code == 403
    assert page.patch("/api/users/ann", json={"role": "administrator", "password": PASSWORD}).status_code == 403
    assert page.post("/api/tokens", json=token).status_code in (403, 422)
    assert page.get("/api/tokens").status_code == 403
    assert page.post("/api/deputies", json=deputy(office, username="lead", deputy="root")).status_code in (403, 404)
    assert page.get("/api/account").json()["username"] == "ann"


def test_nobody_lends_more_than_they_have(office: Bench) -> None:
    """A shift lead names no deputy of an administrator: it might be themselves."""
    add_person(office, "root", Role.ADMINISTRATOR)
    lead = office.client(Role.SHIFT_LEAD, name="own")
    answer = lead.post("/api/deputies", json=deputy(office, username="root", deputy="own"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")
    assert lead.post("/api/deputies", json=deputy(office, username="lead", deputy="own")).status_code == 201


def test_the_second_factor_is_the_deputys(tmp_path: Any) -> None:
    """Where administrators need one, whoever acts for one needs their own."""
    bench = Bench(tmp_path, sessions=SessionSettings(administrators_need_second_factor=True))
    prepare(bench)
    add_person(bench, "root", Role.ADMINISTRATOR)
    page = ann(bench)
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    with bench.transaction() as work:
        for account in work.session.scalars(select(Account).where(Account.username == "chief")):
            account.totp_confirmed = True
    made = chief.post("/api/deputies", json=deputy(bench, username="root", deputy="ann"))
    assert made.status_code == 201, made.text
    assert act(page, "root").status_code == 200
    assert page.get("/api/cases").json()["error"]["code"] == "second_factor_needed"
    assert page.delete("/api/account/acting").status_code == 204
    assert page.get("/api/cases").status_code == 200
    bench.close()


def test_who_is_away_is_stood_in_for_by_their_deputys_deputy(office: Bench) -> None:
    """Whoever is told may act: the lead's deputy is away as well."""
    page = ann(office)
    add_person(office, "second", Role.SHIFT_LEAD)
    name_deputy(office, "lead", "second")
    name_deputy(office, "second", "ann")
    possible = page.get("/api/account/acting").json()["possible"]
    assert [one["username"] for one in possible] == ["lead", "second"]
    assert act(page, "lead").status_code == 200
    name_deputy(office, "ann", "lead")
    assert page.get("/api/account/acting").status_code == 200, "a ring has an end"


def test_a_unit_is_stood_in_for(office: Bench) -> None:
    """A clerk does a handler's work: the unit's cases, its moves, and no others."""
    add_person(office, "hand", Role.HANDLER, unit="parks")
    clerk = office.client(Role.CLERK, name="desk-clerk")
    name_deputy(office, "hand", "desk-clerk")
    lead = office.client(Role.SHIFT_LEAD)
    (case,) = cases(lead)
    act(clerk, "hand")
    assert cases(clerk) == []
    lead.post(f"/api/cases/{case}/moves/file", json={})
    assert lead.post(f"/api/cases/{case}/moves/dispatch", json={"unit": "parks"}).status_code == 200
    assert cases(clerk) == [case]
    assert clerk.post(f"/api/cases/{case}/moves/accept", json={}).status_code == 200
    assert clerk.post(f"/api/cases/{case}/moves/void", json={"reason": "x"}).status_code == 403
    with office.hub.read_only() as work:
        row = work.session.scalars(select(CaseLog).where(CaseLog.what == "accepted")).one()
        assert (row.actor, row.on_behalf_of) == ("desk-clerk", "hand")
        assert work.session.get_one(Case, case).gateway == GATEWAY


def test_rosters_take_the_citys_own_roles(bench: Bench) -> None:
    """They are on duty as such, and told; a role that there is not is refused by name."""
    role = {
        "id": "night-watch",
        "name": {"zh": "夜间值守", "en": "Night watch"},
        "moves": ["file", "reject", "comment"],
    }
    bench.hub.city = CityPack.model_validate(raw() | {"roles": [role]})
    add_person(bench, "owl", "night-watch")
    add_person(bench, "bat", "night-watch")
    lead = bench.client(Role.SHIFT_LEAD)
    one = shift(bench, "owl", unit=None, role="night-watch")
    made = lead.post("/api/duty/shifts", json={"shifts": [one]})
    assert (made.status_code, made.json()[0]["role"]) == (201, "night-watch")
    assert names(lead.get("/api/duty?role=night-watch")) == ["owl"]
    assert [row["role"] for row in lead.get("/api/duty/shifts?role=night-watch").json()] == ["night-watch"]
    refused = lead.get("/api/duty?role=king")
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "invalid")
    assert "night-watch" in refused.json()["error"]["message"]
    wrong = lead.post("/api/duty/shifts", json={"shifts": [shift(bench, "owl", unit=None, role="king")]})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "not_of_unit")
    name_deputy(bench, "owl", "bat")
    assert names(lead.get("/api/duty?role=night-watch")) == ["bat"]


def test_a_stream_follows_who_one_acts_for(office: Bench) -> None:
    """What a session's stream began as is compared with what it is: also where only the deputy's time ended."""
    from sharp_eyes.hub.people.sessions import live_sessions

    page = ann(office)
    name_deputy(office)
    row = page.get("/api/account").json()["sessions"][0]["id"]

    def standing() -> Any:
        with office.hub.read_only() as work:
            return live_sessions(work.session, {row}, office.hub.settings.sessions, work.now)[row]

    assert standing() == (NORTH, None)
    act(page)
    assert standing() == ("demo", "lead")
    office.clock.forward(hours=1)
    assert standing() == ("demo", "lead")
    with office.transaction() as work:
        set_disabled(work.session, "lead", disabled=True)
    assert standing() == (NORTH, None)


def test_nobody_grants_what_they_asked_for_themselves(bench: Bench) -> None:
    """Not as somebody's deputy either: more time takes four eyes. Refused it may be, and another may grant it."""
    prepare(bench)
    lead, page = bench.client(Role.SHIFT_LEAD), bench.client(Role.HANDLER, unit="parks", name="ann")
    for move, body in (("file", {}), ("dispatch", {"unit": "parks"})):
        assert lead.post(f"/api/cases/1/moves/{move}", json=body).status_code == 200
    asked = {"reason": "the crane is late"}
    assert page.post("/api/cases/1/moves/ask_extension", json=asked).status_code == 200
    name_deputy(bench)
    assert act(page).status_code == 200
    assert "grant_extension" not in [one["move"] for one in page.get("/api/cases/1").json()["moves"]]
    refused = page.post("/api/cases/1/moves/grant_extension", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "four_eyes")
    assert page.post("/api/cases/1/moves/refuse_extension", json=asked).status_code == 200
    assert page.post("/api/cases/1/moves/ask_extension", json=asked | {"unit": "parks"}).status_code == 200
    assert lead.post("/api/cases/1/moves/grant_extension", json={}).status_code == 200
