"""Signing in by an OpenID Connect provider: the whole way over HTTP, and who may walk it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from tests.hub.bench import PASSWORD, Bench
from tests.hub.provider.desk import ANN, PAGE, Desk, MakeDesk
from tests.hub.provider_bench import Claims

from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.settings import SessionSettings
from sharp_eyes.hub.store.people_tables import ProviderAttempt, ProviderIdentity


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
