"""Accounts by the interface: made, changed and locked out by administrators, with words for each refusal."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.hub.bench import EAST, PASSWORD, STREET, Bench
from tests.hub.test_city import raw

from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.cases.city_change import lost_with
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.tables import AuditEntry

NEW = "brand new long phrase"


def person(**changes: Any) -> dict[str, Any]:
    """A body that is right."""
    return {"username": "ann", "new_password": NEW, "role": "dispatcher", "password": PASSWORD} | changes


def sign_in(bench: Bench, username: str, password: str = NEW) -> TestClient:
    page = bench.stranger()
    body = {"username": username, "password": password}
    page.post("/api/session", json=body).raise_for_status()
    return page


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def acts(bench: Bench) -> list[tuple[str, str, str]]:
    with bench.hub.read_only() as work:
        rows = work.session.scalars(select(AuditEntry).where(AuditEntry.actor == "chief").order_by(AuditEntry.id))
        return [(row.action, row.subject, row.area) for row in rows]


def test_an_account_is_made_changed_locked_out_and_let_in_again(bench: Bench) -> None:
    """Each change ends its sessions, and each is a line of the trail."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    made = chief.post("/api/users", json=person(area=STREET, display_name="Ann"))
    assert made.status_code == 201, made.text
    assert (made.json()["area"], made.json()["disabled"]) == (STREET, False)
    page = sign_in(bench, "ann")
    changed = chief.patch("/api/users/ann", json={"role": "clerk", "area": EAST, "password": PASSWORD})
    assert (changed.json()["role"], changed.json()["area"]) == ("clerk", EAST)
    assert page.get("/api/session").status_code == 401
    page = sign_in(bench, "ann")
    assert page.get("/api/session").json()["role"] == "clerk"
    assert chief.patch("/api/users/ann", json={"disabled": True, "password": PASSWORD}).json()["disabled"]
    assert page.get("/api/session").status_code == 401
    assert not chief.patch("/api/users/ann", json={"disabled": False, "password": PASSWORD}).json()["disabled"]
    other = {"new_password": NEW + " again", "password": PASSWORD}
    assert chief.post("/api/users/ann/password", json=other).status_code == 204
    assert sign_in(bench, "ann", NEW + " again").get("/api/session").status_code == 200
    assert chief.post("/api/users/ann/second-factor/off", json={"password": PASSWORD}).status_code == 204
    page = sign_in(bench, "ann", NEW + " again")
    ann = next(one for one in chief.get("/api/users").json() if one["username"] == "ann")
    assert (ann["sessions"], ann["last_seen_at"] is None) == (1, False)
    assert chief.post("/api/users/ann/sessions/end", json={"password": PASSWORD}).status_code == 204
    assert page.get("/api/session").status_code == 401
    assert acts(bench) == [
        (Action.ACCOUNT_ADDED, "ann", STREET),
        (Action.ACCOUNT_CHANGED, "ann", EAST),
        (Action.ACCOUNT_DISABLED, "ann", EAST),
        (Action.ACCOUNT_ENABLED, "ann", EAST),
        (Action.PASSWORD_CHANGED, "ann", EAST),
        (Action.SECOND_FACTOR_OFF, "ann", EAST),
        (Action.SIGN_OUT_EVERYWHERE, "ann", EAST),
    ]
    assert {one["username"] for one in chief.get("/api/users").json()} == {"ann", "chief"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"role": "emperor"}, "role 'emperor' is not known"),
        ({"role": "handler"}, "a handler belongs to a unit"),
        ({"role": "handler", "unit": "navy"}, "unit 'navy'"),
        ({"area": "demo/nowhere"}, "area 'demo/nowhere'"),
        ({"username": "Ann B"}, "user name"),
        ({"new_password": "short"}, "password"),
        ({"language": "fr"}, "zh or en"),
        ({"username": "chief"}, "exists already"),
    ],
)
def test_what_does_not_fit_is_refused_with_words(quick: Bench, changes: dict[str, Any], words: str) -> None:
    """Nothing is made."""
    chief = quick.client(Role.ADMINISTRATOR, name="chief")
    answer = chief.post("/api/users", json=person(**changes))
    assert code(answer) == (422, "wrong_user")
    assert words in answer.json()["error"]["message"]
    assert len(chief.get("/api/users").json()) == 1


def test_only_administrators_and_only_in_their_area(quick: Bench) -> None:
    """Whoever lies above or beside it is not found, and nobody can be put there."""
    quick.client(Role.CLERK, "demo", name="above")
    quick.client(Role.CLERK, EAST, name="mine")
    page = quick.client(Role.ADMINISTRATOR, STREET, name="chief")
    assert {one["username"] for one in page.get("/api/users").json()} == {"mine", "chief"}
    for area in ("demo", "demo/second-street"):
        assert page.post("/api/users", json=person(area=area)).status_code == 404
        assert page.patch("/api/users/mine", json={"area": area, "password": PASSWORD}).status_code == 404
    for path, method in (("", "patch"), ("/password", "post"), ("/second-factor/off", "post")):
        body = {"password": PASSWORD, "new_password": NEW}
        assert page.request(method, f"/api/users/above{path}", json=body).status_code == 404
    for role in set(Role) - {Role.ADMINISTRATOR}:
        other = quick.client(role, "demo", "parks" if role is Role.HANDLER else None)
        assert code(other.get("/api/users")) == (403, "not_allowed")
        assert code(other.post("/api/users", json=person())) == (403, "not_allowed")


def test_ones_own_password_is_asked_and_ones_own_account_is_left_to_others(quick: Bench) -> None:
    """A stolen session makes no accounts, and nobody locks themselves out."""
    chief = quick.client(Role.ADMINISTRATOR, name="chief")
    assert code(chief.post("/api/users", json=person(password="wrong"))) == (403, "wrong_password")
    for path, method in (("", "patch"), ("/password", "post"), ("/second-factor/off", "post")):
        body = {"password": PASSWORD, "new_password": NEW, "disabled": True}
        assert code(chief.request(method, f"/api/users/chief{path}", json=body)) == (409, "own_account")


def test_a_units_open_cases_are_not_left_to_nobody_unasked(bench: Bench) -> None:
    """The refusal names the cases; 'anyway' does it all the same, as whoever leaves must be locked out."""
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    bench.client(Role.HANDLER, EAST, "traffic-police", name="officer")
    bench.birth()
    bench.report()
    (case,) = chief.get("/api/cases").json()["items"]
    assert (case["state"], case["unit"]) == ("dispatched", "traffic-police")
    for change in ({"disabled": True}, {"role": "clerk"}, {"unit": "parks"}):
        answer = chief.patch("/api/users/officer", json={**change, "password": PASSWORD})
        assert code(answer) == (409, "unit_left_alone")
        assert case["number"] in answer.json()["error"]["message"]
    assert chief.patch("/api/users/officer", json={"display_name": "Lee", "password": PASSWORD}).status_code == 200
    body = {"disabled": True, "anyway": True, "password": PASSWORD}
    assert chief.patch("/api/users/officer", json=body).json()["disabled"]
    bench.client(Role.HANDLER, EAST, "traffic-police", name="second")
    bench.client(Role.HANDLER, EAST, "traffic-police", name="third")
    assert chief.patch("/api/users/second", json={"disabled": True, "password": PASSWORD}).status_code == 200


def test_accounts_may_have_roles_of_the_city_packs_own(quick: Bench) -> None:
    """With its moves and its sight; a pack without the role cannot take over while somebody has it."""
    name = {"zh": "巡查", "en": "Patrol"}
    role = {"id": "patrol", "name": name, "own_unit_moves": ["accept", "handle"], "sees_own_unit_only": True}
    before = quick.hub.city
    quick.hub.city = CityPack.model_validate(raw() | {"roles": [role]})
    chief = quick.client(Role.ADMINISTRATOR, name="chief")
    assert code(chief.post("/api/users", json=person(role="patrol"))) == (422, "wrong_user")
    made = chief.post("/api/users", json=person(role="patrol", unit="traffic-police"))
    assert made.status_code == 201, made.text
    quick.birth()
    quick.report()
    page = sign_in(quick, "ann")
    (case,) = page.get("/api/cases").json()["items"]
    moves = {one["move"] for one in page.get(f"/api/cases/{case['id']}").json()["moves"]}
    assert moves == {"accept", "handle"} & moves != set()
    with quick.hub.read_only() as work:
        assert any("role 'patrol' is missing" in one for one in lost_with(work, before))
