"""Signing in by an OpenID Connect provider: the whole way over HTTP with real signatures, and its wrong turns."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from joserfc.jwk import RSAKey
from sqlalchemy import select
from tests.hub.bench import PASSWORD, START, Bench
from tests.hub.provider_bench import CLIENT, SECRET, Claims, PretendProvider, pretend_provider
from tests.hub.test_areas import ANY, STREET_ID

from sharp_eyes.hub.areas.area_history import AreaHistory
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.oidc_settings import GroupSettings, OidcSettings
from sharp_eyes.hub.people.provider.identities import check_groups
from sharp_eyes.hub.settings import SessionSettings
from sharp_eyes.hub.store.people_tables import ProviderAttempt, ProviderIdentity
from sharp_eyes.hub.store.tables import Account, AuditEntry, LoginSession

PAGE = "http://127.0.0.1:8420"
ANN: Claims = {"sub": "248289761001", "email": "Ann@City.example", "email_verified": True, "preferred_username": "ann"}
GROUPS = (
    GroupSettings(group="eyes/leads", role="shift_lead", area="demo/first-street"),
    GroupSettings(group="eyes/parks", role="handler", unit="parks"),
)


class Desk:
    """A hub that knows a provider, and somebody who sits before its page."""

    def __init__(self, data: Path, database: str | None, provider: PretendProvider, **settings: Any) -> None:
        secret = data.parent / "oidc.secret"
        secret.write_text(f"{SECRET}\n", encoding="utf-8")
        self.provider = provider
        sessions = settings.pop("sessions", SessionSettings())
        values = {"issuer": provider.url, "client_id": CLIENT, "client_secret_file": secret, "page": PAGE}
        oidc = OidcSettings.model_validate(values | settings)
        self.bench = Bench(data, database, oidc=oidc, sessions=sessions)
        provider.clock = self.bench.clock
        self.page = self.stranger()

    def stranger(self) -> TestClient:
        page = self.bench.stranger()
        page.base_url = httpx.URL(PAGE)
        page.follow_redirects = False
        return page

    def person(self, role: Role = Role.CLERK, name: str = "ann", **more: Any) -> TestClient:
        page = self.bench.client(role, name=name, **more)
        page.base_url, page.follow_redirects = httpx.URL(PAGE), False
        return page

    def expect(self, name: str = "ann", expected: str = "ann@city.example") -> None:
        page = self.person(Role.ADMINISTRATOR, name=f"chief-{name}")
        body = {"password": PASSWORD, "expected": expected}
        assert page.put(f"/api/users/{name}/provider", json=body).status_code == 200

    def leave(self, page: TestClient | None = None, back: str = "/") -> str:
        """Press the button; returns where the provider sends the browser back to."""
        answer = (page or self.page).post("/api/session/provider", json={"back": back})
        assert answer.status_code == 200, answer.text
        return self.consent(answer.json()["address"])

    def consent(self, address: str) -> str:
        assert address.startswith(f"{self.provider.url}/authorize?")
        return httpx.get(address, trust_env=False).headers["location"]

    def sign_in(self, page: TestClient | None = None, back: str = "/") -> Response:
        page = page or self.page
        answer: Response = page.get(self.leave(page, back))
        return answer

    def refused(self, answer: Response | None = None) -> str:
        """Sign in; the code of the refusal."""
        answer = self.sign_in() if answer is None else answer
        location = urlsplit(answer.headers["location"])
        assert (answer.status_code, location.path) == (303, "/sign-in"), answer.headers
        assert self.bench.hub.session_cookie not in answer.cookies
        assert self.page.get("/api/session").status_code == 401
        return parse_qs(location.query)["refused"][0]

    def audit(self, action: str) -> list[AuditEntry]:
        with self.bench.hub.read_only() as work:
            return list(work.session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


MakeDesk = Callable[..., Desk]


@pytest.fixture
def provider() -> Iterator[PretendProvider]:
    with pretend_provider(lambda: START) as made:
        made.person = ANN
        yield made


@pytest.fixture
def make(tmp_path: Path, provider: PretendProvider) -> Iterator[MakeDesk]:
    made: list[Desk] = []

    def desk(database: str | None = None, **settings: Any) -> Desk:
        made.append(Desk(tmp_path / "data", database, provider, **settings))
        return made[-1]

    yield desk
    for one in made:
        one.bench.close()


@pytest.fixture
def desk(make: MakeDesk, database_url: str) -> Desk:
    """On both databases; Ann has an account and is expected."""
    made = make(database_url)
    made.person()
    made.expect()
    return made


def test_ann_signs_in(desk: Desk) -> None:
    """By the address that the provider has verified; from then on by her subject, whatever else changes there."""
    answer = desk.sign_in(back="/cases/7?tab=log")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}/cases/7?tab=log")
    assert desk.page.get("/api/session").json()["username"] == "ann"
    cookie = next(one for one in answer.headers.get_list("set-cookie") if desk.bench.hub.session_cookie + "=" in one)
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert [entry.detail["claim"] for entry in desk.audit("provider_linked")] == ["email"]
    assert desk.audit("sign_in")[-1].detail == {"by": "provider", "issuer": desk.provider.url}
    desk.provider.person = {"sub": ANN["sub"], "email": "other@city.example", "email_verified": False}
    again = desk.stranger()
    assert desk.sign_in(again).headers["location"] == f"{PAGE}/"
    assert again.get("/api/session").json()["username"] == "ann"


def test_the_address_links_once(desk: Desk) -> None:
    """Somebody else who gets the address later is nobody here."""
    assert desk.sign_in().headers["location"] == f"{PAGE}/"
    desk.page = desk.stranger()
    desk.provider.person = ANN | {"sub": "somebody else"}
    assert desk.refused() == "provider_unknown"
    assert desk.audit("sign_in_failed")[-1].detail == {"reason": "provider_unknown", "subject_there": "somebody else"}


@pytest.mark.parametrize(
    "claims", [{"email_verified": False}, {"email_verified": "true"}, {"email": "bob@city.example"}]
)
def test_an_address_that_proves_nothing(make: MakeDesk, claims: Claims) -> None:
    """Not verified, or another's: nobody is linked."""
    desk = make()
    desk.person()
    desk.expect()
    desk.provider.person = ANN | claims
    assert desk.refused() == "provider_unknown"
    with desk.bench.hub.read_only() as work:
        assert work.session.scalars(select(ProviderIdentity.subject)).all() == [None]


def test_signing_out_ends_our_session(desk: Desk) -> None:
    """And the password is a way in all the time, also while the provider is away."""
    desk.sign_in()
    assert desk.page.delete("/api/session").status_code == 204
    assert desk.page.get("/api/session").status_code == 401
    desk.provider.down = {"/.well-known/openid-configuration"}
    desk.bench.clock.forward(hours=2)
    answer = desk.page.post("/api/session/provider", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "provider_away")
    assert "sign in with your password" in answer.json()["error"]["message"]
    entered = desk.page.post("/api/session", json={"username": "ann", "password": PASSWORD})
    assert entered.status_code == 200


def test_a_provider_that_is_not_there(make: MakeDesk) -> None:
    """Nobody listens at the address: said in words, and the password works."""
    desk = make(issuer="http://127.0.0.1:9")
    desk.person()
    answer = desk.page.post("/api/session/provider", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "provider_away")


def test_nothing_is_asked_before_somebody_wants_it(desk: Desk) -> None:
    """The page's button needs no word of the provider's."""
    desk.bench.hub._check_provider()
    assert desk.page.get("/api/session/provider").json() == {"name": {"zh": "统一身份认证", "en": "single sign-on"}}
    assert desk.provider.asked == []


def test_without_a_provider(quick: Bench) -> None:
    """No button, and nothing to call."""
    page = quick.stranger()
    assert page.get("/api/session/provider").json() == {"name": None}
    assert page.post("/api/session/provider", json={}).status_code == 404
    assert page.get("/api/session/provider/callback?state=x&code=y").status_code == 404
    assert quick.client(Role.CLERK).get("/api/account/provider").status_code == 404


# --- what is not trusted


@pytest.mark.parametrize(
    "twist",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": "another client", "azp": CLIENT},
        {"aud": [CLIENT, "another client"]},
        {"aud": [CLIENT, "another client"], "azp": "another client"},
        {"iss": "https://another.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"exp": 1},
        {"exp": None},
        {"iat": 4102444800},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
    ids=str,
)
def test_an_id_token_that_does_not_fit(make: MakeDesk, twist: Claims) -> None:
    """Another's, an old one, one for somebody else: nobody is signed in."""
    desk = make()
    desk.person()
    desk.expect()
    desk.provider.twist = lambda claims: {k: v for k, v in (claims | twist).items() if v is not None}
    assert desk.refused() == "provider_failed"


@pytest.mark.parametrize("forgery", ["none", "public key", "own key"])
def test_a_forged_signature(make: MakeDesk, forgery: str) -> None:
    """No signature, the public key taken for a password, or a key of one's own."""
    desk = make()
    desk.person()
    desk.expect()
    own = PretendProvider(desk.bench.clock)
    own.close()
    own.key = RSAKey.generate_key(2048, {"kid": "first"})
    signs = {"none": desk.provider.sign_not, "public key": desk.provider.sign_with_public_key, "own key": own.sign_well}
    desk.provider.sign = signs[forgery]
    assert desk.refused() == "provider_failed"


def test_keys_are_rotated_and_curves_known(make: MakeDesk) -> None:
    """A key that was not there is looked for again, but not at every forged token."""
    desk = make()
    desk.person()
    desk.expect()
    desk.sign_in()
    desk.bench.clock.forward(seconds=11)
    desk.provider.rotate()
    page = desk.stranger()
    assert desk.sign_in(page).headers["location"] == f"{PAGE}/"
    asked = desk.provider.asked.count("/keys")
    forger = PretendProvider(desk.bench.clock)
    forger.close()
    forger.rotate()
    desk.provider.sign = forger.sign_well
    for _ in range(3):
        desk.sign_in(desk.stranger())
    assert desk.provider.asked.count("/keys") == asked
    desk.bench.clock.forward(seconds=11)
    desk.provider.use_curve()
    assert desk.sign_in(desk.stranger()).headers["location"] == f"{PAGE}/"


def test_mixed_issuers(make: MakeDesk) -> None:
    """An answer that names another issuer, or none where the provider always names itself, is not this one's."""
    desk = make()
    desk.person()
    desk.expect()
    desk.provider.issued_by = "https://another.example"
    assert desk.refused() == "provider_failed"
    assert "/token" not in desk.provider.asked, "the code is not shown to anybody"
    back = desk.leave()
    desk.provider.issued_by = None
    assert desk.refused(desk.page.get(back.partition("&iss=")[0] + "&" + back.partition("&code=")[2])) != ""
    assert "/token" not in desk.provider.asked


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issuer", "https://another.example"),
        ("token_endpoint", "http://another.example/token"),
        ("jwks_uri", "ftp://another.example/keys"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("userinfo_endpoint", "http://user:word@127.0.0.1/"),
    ],
)
def test_a_provider_that_says_wrong_things_of_itself(make: MakeDesk, name: str, value: str) -> None:
    """Another issuer, or an address on which the secret would travel in the clear."""
    desk = make()
    desk.provider.describe = lambda metadata: metadata | {name: value}
    answer = desk.page.post("/api/session/provider", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "provider_failed")


def test_userinfo_of_somebody_else(make: MakeDesk) -> None:
    """Its subject is the ID token's, or it counts for nothing."""
    desk = make()
    desk.person()
    desk.expect()
    desk.provider.twist = lambda claims: claims | {"sub": "another"}
    assert desk.refused() == "provider_failed"


def test_the_provider_fails_midway(make: MakeDesk) -> None:
    """Said as its failure, not as the person's; a new attempt works."""
    desk = make()
    desk.person()
    desk.expect()
    desk.provider.down = {"/token"}
    assert desk.refused() == "provider_away"
    desk.provider.down = set()
    assert desk.sign_in().headers["location"] == f"{PAGE}/"


# --- whose browser, and where to


def test_only_the_browser_that_left_comes_back(desk: Desk) -> None:
    """Somebody else's way back signs nobody in: not without the cookie, not with that of another attempt."""
    back = desk.leave(desk.stranger())
    assert desk.refused(desk.page.get(back)) == "provider_again"
    desk.leave()
    assert desk.refused(desk.page.get(back)) == "provider_again"
    assert "/token" not in desk.provider.asked


def test_a_way_back_counts_once_and_not_for_ever(desk: Desk) -> None:
    """Neither a second time, nor after ten minutes."""
    back = desk.leave()
    kept = dict(desk.page.cookies)
    assert desk.page.get(back).headers["location"] == f"{PAGE}/"
    assert desk.page.delete("/api/session").status_code == 204
    desk.page.cookies.update(kept)
    assert desk.refused(desk.page.get(back)) == "provider_again"
    slow, slower = desk.stranger(), desk.stranger()
    backs = {page: desk.leave(page) for page in (slow, slower)}
    desk.bench.clock.forward(minutes=9.9)
    assert slow.get(backs[slow]).headers["location"] == f"{PAGE}/"
    desk.bench.clock.forward(minutes=0.1)
    desk.page = slower
    assert desk.refused(slower.get(backs[slower])) == "provider_again"
    desk.leave()
    with desk.bench.hub.read_only() as work:
        assert len(work.session.scalars(select(ProviderAttempt)).all()) == 1


def test_a_session_is_always_a_new_one(desk: Desk) -> None:
    """A cookie that somebody laid into the browser before is worth nothing afterwards, and what was there has ended."""
    mallory = desk.person(name="mallory")
    laid = mallory.cookies[desk.bench.hub.session_cookie]
    desk.page.cookies.set(desk.bench.hub.session_cookie, laid)
    desk.page.get(desk.leave())
    found = [one.value for one in desk.page.cookies.jar if one.name == desk.bench.hub.session_cookie]
    assert laid not in found[-1:]
    assert mallory.get("/api/session").status_code == 401


@pytest.mark.parametrize(
    "back",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\/evil", "/a\nb", "@evil.example", "/api/audit",
     ".x", "/sign-in?refused=x", "javascript:alert(1)", "/%0d%0ax\t"],
)  # fmt: skip
def test_no_way_leads_elsewhere(make: MakeDesk, back: str) -> None:
    """Whatever is asked for, one ends at the page."""
    desk = make()
    desk.person()
    desk.expect()
    assert desk.sign_in(back=back).headers["location"] == f"{PAGE}/"


def test_the_redirect_uri_is_the_settings(desk: Desk) -> None:
    """Not what the request says of its host."""
    answer = desk.page.post("/api/session/provider", json={}, headers={"Host": "evil.example"})
    asked = parse_qs(urlsplit(answer.json()["address"]).query)
    assert asked["redirect_uri"] == [f"{PAGE}/api/session/provider/callback"]
    assert set(asked) >= {"state", "nonce", "code_challenge", "code_challenge_method"}
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "Path=/api/session/provider/callback" in cookie


def test_another_site_cannot_begin(desk: Desk) -> None:
    """The header that only our page sends is needed."""
    del desk.page.headers["x-requested-with"]
    assert desk.page.post("/api/session/provider", json={}).status_code == 403


def test_somebody_who_declines(desk: Desk) -> None:
    """Is back at the sign-in page, which knows where they were going."""
    desk.provider.person = None
    answer = desk.sign_in(back="/cameras")
    assert answer.headers["location"] == f"{PAGE}/sign-in?refused=provider_declined&back=%2Fcameras"


def test_who_begins_again_and_again_waits(make: MakeDesk) -> None:
    """It makes the hub ask and write; coming back as one of ours is no attempt."""
    desk = make(sessions=SessionSettings(attempts_per_address=3))
    desk.person()
    desk.expect()
    for _ in range(4):
        assert desk.sign_in().headers["location"] == f"{PAGE}/"
    for _ in range(3):
        desk.leave()
    assert desk.page.post("/api/session/provider", json={}).status_code == 429
    entered = desk.page.post("/api/session", json={"username": "ann", "password": PASSWORD})
    assert entered.status_code == 200, "the password's brake is another"


# --- accounts


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
