"""Which account somebody of the provider is: linked, placed by groups, made or refused."""

from typing import Any

import pytest
from sqlalchemy import select
from tests.hub.bench import PASSWORD
from tests.hub.provider.desk import ANN, PAGE, Desk, MakeDesk
from tests.hub.provider_bench import SECRET
from tests.hub.test_areas import ANY, STREET_ID

from sharp_eyes.hub.areas.area_history import AreaHistory
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.oidc_settings import GroupSettings, OidcSettings
from sharp_eyes.hub.people.provider.identities import check_groups
from sharp_eyes.hub.settings import SessionSettings
from sharp_eyes.hub.store.people_tables import ProviderIdentity
from sharp_eyes.hub.store.tables import Account, LoginSession

GROUPS = (
    GroupSettings(group="eyes/leads", role="shift_lead", area="demo/first-street"),
    GroupSettings(group="eyes/parks", role="handler", unit="parks"),
)


def test_a_locked_account_stays_locked(desk: Desk) -> None:
    """The provider's word opens nothing that is locked here."""
    desk.sign_in()
    chief = desk.person(Role.ADMINISTRATOR, name="chief")
    assert chief.patch("/api/users/ann", json={"password": PASSWORD, "disabled": True}).status_code == 200
    assert desk.page.get("/api/session").status_code == 401
    assert desk.refused() == "provider_locked"


def test_own_second_factor(desk: Desk) -> None:
    """Who has one here comes in by a provider that asked for one, and by no other."""
    with desk.bench.transaction() as work:
        account = work.session.scalars(select(Account).where(Account.username == "ann")).one()
        account.totp_secret, account.totp_confirmed = "JBSWY3DPEHPK3PXP", True
    assert desk.refused() == "provider_second_factor"
    desk.provider.person = ANN | {"amr": ["pwd", "mfa"]}
    assert desk.sign_in().headers["location"] == f"{PAGE}/"


@pytest.mark.parametrize(("amr", "status"), [(["pwd", "mfa"], 200), (["pwd"], 403), ("mfa", 403), (None, 403)])
def test_administrators_who_need_a_second_factor(make: MakeDesk, amr: object, status: int) -> None:
    """The provider's counts, where it says that it asked for one."""
    desk = make(sessions=SessionSettings(administrators_need_second_factor=True))
    chief = desk.person(Role.ADMINISTRATOR)
    assert chief.get("/api/cases").status_code == 403
    with desk.bench.transaction() as work:
        account = work.session.scalars(select(Account).where(Account.username == "ann")).one()
        row = ProviderIdentity(account_id=account.id, issuer=desk.provider.url, subject=ANN["sub"])
        row.made_by, row.made_at = "test", work.now
        work.session.add(row)
    desk.provider.person = ANN | ({} if amr is None else {"amr": amr})
    answer = desk.sign_in()
    if isinstance(amr, str):
        assert desk.refused(answer) == "provider_failed"
        return
    assert answer.headers["location"] == f"{PAGE}/"
    assert desk.page.get("/api/cases").status_code == status


def test_somebody_links_their_own_account(desk: Desk) -> None:
    """With the password again, from the session that began it; and ends the link."""
    page = desk.person(Role.CHECKER, name="bob")
    desk.provider.person = {"sub": "bob-there"}
    assert page.get("/api/account/provider").json() == {"linked": False, "expected": None}
    assert page.post("/api/account/provider", json={"password": "wrong"}).status_code == 403
    begun = page.post("/api/account/provider", json={"password": PASSWORD})
    assert page.get(desk.consent(begun.json()["address"])).headers["location"] == f"{PAGE}/account?linked=1"
    assert page.get("/api/account/provider").json() == {"linked": True, "expected": None}
    assert page.get("/api/session").json()["username"] == "bob"
    assert desk.sign_in().headers["location"] == f"{PAGE}/"
    assert desk.page.get("/api/session").json()["username"] == "bob"
    assert page.post("/api/account/provider/unlink", json={"password": PASSWORD}).status_code == 204
    desk.page = desk.stranger()
    assert desk.refused() == "provider_unknown"
    assert [len(desk.audit(f"provider_{what}")) for what in ("linked", "unlinked")] == [1, 1]


def test_linking_ends_with_its_session(desk: Desk) -> None:
    """Whoever sits there afterwards does not get the other's account linked."""
    page = desk.person(Role.CHECKER, name="bob")
    back = desk.consent(page.post("/api/account/provider", json={"password": PASSWORD}).json()["address"])
    other = desk.person(Role.CHECKER, name="carl")
    page.cookies.set(desk.bench.hub.session_cookie, other.cookies[desk.bench.hub.session_cookie])
    assert page.get(back).headers["location"] == f"{PAGE}/account?refused=provider_again"
    with desk.bench.hub.read_only() as work:
        assert work.session.scalars(select(ProviderIdentity.subject)).all() == [None]


def test_one_identity_is_one_account(desk: Desk) -> None:
    """It is not linked a second time, nor expected twice."""
    desk.sign_in()
    page = desk.person(Role.CHECKER, name="bob")
    back = desk.consent(page.post("/api/account/provider", json={"password": PASSWORD}).json()["address"])
    assert page.get(back).headers["location"] == f"{PAGE}/account?refused=provider_linked_elsewhere"
    chief = desk.person(Role.ADMINISTRATOR, name="chief")
    body = {"password": PASSWORD, "expected": "x@city.example"}
    desk.person(name="carl")
    assert chief.put("/api/users/bob/provider", json=body).json() == {"linked": False, "expected": "x@city.example"}
    answer = chief.put("/api/users/carl/provider", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "wrong_user")
    assert chief.post("/api/users/bob/provider/unlink", json={"password": PASSWORD}).status_code == 204
    assert chief.put("/api/users/carl/provider", json=body).status_code == 200
    assert chief.get("/api/users/carl/provider").json()["expected"] == "x@city.example"


def test_links_are_administrators(desk: Desk) -> None:
    """Of the account's area."""
    lead = desk.person(Role.SHIFT_LEAD, name="lead")
    west = desk.person(Role.ADMINISTRATOR, name="west", area="demo/first-street/west")
    body = {"password": PASSWORD, "expected": "x@city.example"}
    for page, status in ((lead, 403), (west, 404)):
        assert page.put("/api/users/ann/provider", json=body).status_code == status
        assert page.get("/api/users/ann/provider").status_code == status
        assert page.post("/api/users/ann/provider/unlink", json={"password": PASSWORD}).status_code == status


# --- groups


def test_groups_place_people(make: MakeDesk) -> None:
    """The first that fits, at each sign-in; a change ends their other sessions. Without one nobody comes in."""
    desk = make(groups=GROUPS)
    desk.person()
    desk.expect()
    assert desk.refused() == "provider_no_group"
    desk.provider.person = ANN | {"groups": ["others", "eyes/parks", "eyes/leads"]}
    desk.sign_in()
    me = desk.page.get("/api/session").json()
    assert (me["role"], me["area"], me["unit"]) == ("shift_lead", "demo/first-street", None)
    desk.provider.person = ANN | {"groups": "eyes/parks"}
    page = desk.stranger()
    desk.sign_in(page)
    me = page.get("/api/session").json()
    assert (me["role"], me["area"], me["unit"]) == ("handler", "demo", "parks")
    assert desk.page.get("/api/session").status_code == 401
    assert desk.audit("account_changed")[-1].detail == {"role": "handler", "unit": "parks", "group": "eyes/parks"}
    desk.provider.person = ANN | {"groups": []}
    desk.page = desk.stranger()
    assert desk.refused() == "provider_no_group"


def test_groups_follow_an_area_that_is_renamed(make: MakeDesk) -> None:
    """The settings name it by the path that it had; the hub starts, and people come in where it lies now."""
    desk = make(groups=GROUPS, create=True)
    chief = desk.person(Role.ADMINISTRATOR, name="chief")
    assert chief.patch(f"/api/areas/{STREET_ID}", json={"part": "main-street"}, headers=ANY).is_success
    desk.bench.hub._check_provider()
    desk.provider.person = ANN | {"groups": ["eyes/leads"]}
    for page in (desk.page, desk.stranger()):
        assert desk.sign_in(page).headers["location"] == f"{PAGE}/"
        assert page.get("/api/session").json()["area"] == "demo/main-street"
    assert desk.audit("account_changed") == []


def test_groups_deep_in_a_claim(make: MakeDesk) -> None:
    """As Keycloak has its roles."""
    desk = make(groups=GROUPS, groups_claim="realm_access.roles", create=True)
    desk.provider.person = ANN | {"realm_access": {"roles": ["eyes/parks"]}}
    desk.sign_in()
    assert desk.page.get("/api/session").json()["unit"] == "parks"


def test_accounts_are_made_where_that_was_said(make: MakeDesk) -> None:
    """With a password that nobody knows; once, and never in the place of another."""
    desk = make(groups=GROUPS, create=True)
    desk.provider.person = ANN | {"groups": ["eyes/leads"], "name": "安 Ann", "locale": "en-GB"}
    desk.sign_in()
    me = desk.page.get("/api/session").json()
    assert (me["username"], me["display_name"], me["language"]) == ("ann", "安 Ann", "en")
    desk.sign_in(desk.stranger())
    with desk.bench.hub.read_only() as work:
        assert work.session.scalars(select(Account.username)).all() == ["ann"]
        assert len(work.session.scalars(select(LoginSession)).all()) == 2
    assert [entry.detail["group"] for entry in desk.audit("account_added")] == ["eyes/leads"]
    for claims in ({"preferred_username": "ann"}, {"preferred_username": "ann@city"}, {"preferred_username": 7}):
        desk.page = desk.stranger()
        desk.provider.person = {"sub": "another", "groups": ["eyes/leads"]} | claims
        assert desk.refused() == "provider_name_taken"


def test_nobody_is_made_unasked(make: MakeDesk) -> None:
    """However good their groups are."""
    desk = make(groups=GROUPS)
    desk.provider.person = ANN | {"groups": ["eyes/leads"]}
    assert desk.refused() == "provider_unknown"


# --- settings


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"issuer": "http://login.example"}, "https"),
        ({"issuer": "https://login.example/?x=1"}, "query"),
        ({"page": "http://eyes.example"}, "https"),
        ({"client_secret_file": None}, "one of the two"),
        ({"client_secret_variable": "X"}, "one of the two"),
        ({"scopes": ("email",)}, "openid"),
        ({"create": True}, "groups"),
    ],
    ids=str,
)
def test_settings_that_do_not_fit(change: dict[str, Any], words: str) -> None:
    """Are refused where they are read."""
    values = {"issuer": "https://login.example", "client_id": "x", "client_secret_file": "x", "page": PAGE}
    with pytest.raises(ValueError, match=words):
        OidcSettings.model_validate(values | change)


def test_a_hub_that_cannot_read_the_secret_does_not_start(make: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """And names file or variable; a group's role that the city pack lacks is named too."""
    desk = make(client_secret_file=None, client_secret_variable="EYES_SECRET")
    with pytest.raises(SettingsError, match="EYES_SECRET"):
        desk.bench.hub._check_provider()
    monkeypatch.setenv("EYES_SECRET", SECRET)
    desk.bench.hub._check_provider()
    assert desk.bench.hub.settings.oidc is not None
    wrong = desk.bench.hub.settings.oidc.model_copy(update={"groups": (GroupSettings(group="g", role="king"),)})
    with pytest.raises(SettingsError, match=r"'g'.*king"):
        check_groups(wrong, desk.bench.hub.city, AreaHistory())
