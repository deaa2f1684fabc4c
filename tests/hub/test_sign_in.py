"""Signing in: sessions that end, the brake on guessing, and nothing that tells who exists."""

import logging
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.hub.bench import PASSWORD, Bench

from sharp_eyes.hub.errors import RequestError, SettingsError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people import accounts, sessions
from sharp_eyes.hub.people.accounts import add_account, find_account, set_disabled, set_password
from sharp_eyes.hub.people.throttle import LoginThrottle
from sharp_eyes.hub.settings import SessionSettings
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.tables import Account, LoginSession


def enter(page: TestClient, name: str, password: str = PASSWORD) -> tuple[int, str]:
    answer = page.post("/api/session", json={"username": name, "password": password})
    body = answer.json()
    return answer.status_code, body["error"]["code"] if "error" in body else body["username"]


@pytest.fixture
def page(bench: Bench) -> TestClient:
    """A page that nobody is signed in on; there is an account 'clerk'."""
    bench.client(Role.CLERK, name="clerk")
    return bench.stranger()


def test_signing_in_and_out(bench: Bench, page: TestClient) -> None:
    """The cookie is out of reach of scripts and other sites, and worthless after signing out."""
    answer = page.post("/api/session", json={"username": "Clerk ", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json() == {
        "username": "clerk",
        "display_name": "clerk of the shift",
        "role": "clerk",
        "area": "demo",
        "unit": None,
        "language": "zh",
        "on_behalf_of": None,
    }
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert page.get("/api/session").status_code == 200
    kept = page.cookies[bench.hub.session_cookie]
    assert page.delete("/api/session").status_code == 204
    page.cookies.set(bench.hub.session_cookie, kept)
    assert page.get("/api/session").json()["error"]["code"] == "not_signed_in"


def test_the_token_is_kept_only_as_a_hash(bench: Bench, page: TestClient) -> None:
    """Who reads the database cannot sign in with what is there."""
    assert enter(page, "clerk")[0] == 200
    token = page.cookies[bench.hub.session_cookie]
    assert len(token) >= 43
    with bench.hub.read_only() as work:
        hashes = work.session.scalars(select(LoginSession.token_hash)).all()
        password = work.session.scalars(select(Account.password_hash)).one()
    assert token not in hashes
    assert all(len(value) == 64 for value in hashes)
    assert password.startswith("$argon2id$")


def test_an_unknown_name_looks_like_a_wrong_password(page: TestClient) -> None:
    """The same status, code and words."""
    wrong = page.post("/api/session", json={"username": "clerk", "password": "not the password"})
    unknown = page.post("/api/session", json={"username": "nobody", "password": "not the password"})
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
    assert wrong.json()["error"]["code"] == "wrong_password"


def test_an_unknown_name_costs_the_same_check_as_a_wrong_password(
    quick: Bench, full_cost_passwords: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time does not tell which names exist: both pay for one check of a hash made with the same parameters."""
    checked: list[str] = []

    class Watched:
        def verify(self, hashed: str, password: str) -> bool:
            checked.append(hashed)
            return PasswordHasher().verify(hashed, password)

    quick.client(Role.CLERK, name="clerk")
    with quick.transaction() as work:
        set_password(work.session, "clerk", PASSWORD)
    page = quick.stranger()
    monkeypatch.setattr(accounts, "_HASHER", Watched())
    for name in ("clerk", "nobody"):
        assert enter(page, name, "wrong wrong wrong") == (401, "wrong_password")
    parameters = [extract_parameters(hashed) for hashed in checked]
    assert parameters == [extract_parameters(PasswordHasher().hash("any"))] * 2


def test_guessing_one_account_is_slowed_down(bench: Bench, page: TestClient) -> None:
    """After five wrong passwords even the right one must wait, and the answer says how long."""
    for _ in range(5):
        assert enter(page, "clerk", "wrong") == (401, "wrong_password")
    answer = page.post("/api/session", json={"username": "clerk", "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too_many_attempts"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert "wait" in answer.json()["error"]["message"]
    bench.client(Role.CHECKER, name="other")
    assert enter(page, "other")[0] == 200
    bench.clock.forward(seconds=61)
    assert enter(page, "clerk") == (200, "clerk")
    assert enter(page, "clerk", "wrong")[0] == 401


def test_guessing_many_accounts_from_one_address_is_slowed_down(tmp_path: Path) -> None:
    """Four wrong passwords for four names, where four are set: the address must wait."""
    bench = Bench(tmp_path, sessions=SessionSettings(attempts_per_address=4))
    bench.client(Role.CLERK, name="clerk")
    page = bench.stranger()
    for count in range(4):
        assert enter(page, f"name-{count}", "wrong")[0] == 401
    assert enter(page, "clerk") == (429, "too_many_attempts")
    bench.clock.forward(seconds=61)
    assert enter(page, "clerk")[0] == 200


def test_right_passwords_never_use_up_the_attempts(tmp_path: Path) -> None:
    """A busy office behind one address is not locked out by signing in."""
    bench = Bench(tmp_path, sessions=SessionSettings(attempts=2, attempts_per_address=2))
    bench.client(Role.CLERK, name="clerk")
    page = bench.stranger()
    for _ in range(4):
        assert enter(page, "clerk")[0] == 200


def test_many_attempts_at_once_count_before_they_are_checked(bench: Bench) -> None:
    """Guesses sent side by side do not slip past the brake."""
    throttle = LoginThrottle(SessionSettings(attempts=3), bench.hub.database, bench.clock)
    for _ in range(3):
        throttle.begin("clerk", "10.0.0.1")
    with pytest.raises(RequestError, match="wait 60 seconds"):
        throttle.begin("clerk", "10.0.0.1")


def test_a_stranger_cannot_lock_a_named_operator_out(bench: Bench, page: TestClient) -> None:
    """However often they guess, only they themselves must wait."""
    stranger = bench.stranger("203.0.113.9")
    for _ in range(5):
        assert enter(stranger, "clerk", "wrong")[0] == 401
    assert enter(stranger, "clerk", "wrong") == (429, "too_many_attempts")
    assert enter(stranger, "clerk") == (429, "too_many_attempts")
    assert enter(page, "clerk") == (200, "clerk")


def test_guesses_count_at_whichever_hub_they_are_made(bench: Bench) -> None:
    """Of several on one database; so does what proves right."""
    hubs = [
        LoginThrottle(SessionSettings(attempts=4), Database(bench.hub.settings.database_url), bench.clock) for _ in "ab"
    ]
    for throttle in hubs * 2:
        throttle.begin("clerk", "10.0.0.1")
    for throttle in hubs:
        with pytest.raises(RequestError, match="wait 60 seconds"):
            throttle.begin("clerk", "10.0.0.1")
    hubs[0].succeeded("clerk", "10.0.0.1")
    hubs[1].begin("clerk", "10.0.0.1")
    for throttle in hubs:
        throttle._database.close()


def test_the_addresses_of_one_network_are_one_stranger(quick: Bench) -> None:
    """Of IPv6 a subscriber has a whole /64, and could take a new address for each guess."""
    throttle = LoginThrottle(SessionSettings(attempts=2), quick.hub.database, quick.clock)
    for last in (1, 2):
        throttle.begin("clerk", f"2001:db8:1:2::{last}")
    with pytest.raises(RequestError, match="wait"):
        throttle.begin("clerk", "2001:db8:1:2:ffff::3")
    throttle.begin("clerk", "2001:db8:1:3::1")


def test_a_clock_that_is_set_back_makes_nobody_wait(bench: Bench, page: TestClient) -> None:
    """The brake counts what has passed, not the time of day."""
    for _ in range(5):
        enter(page, "clerk", "wrong")
    bench.clock.set_back(hours=1)
    answer = page.post("/api/session", json={"username": "clerk", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) <= 60
    bench.clock.forward(seconds=61)
    assert enter(page, "clerk") == (200, "clerk")


def test_over_https_the_cookie_is_secure_by_itself(bench: Bench, page: TestClient) -> None:
    """No setting is needed, and browsers are told to stay with https."""
    answer = bench.stranger(https=True).post("/api/session", json={"username": "clerk", "password": PASSWORD})
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]
    answer = page.post("/api/session", json={"username": "clerk", "password": PASSWORD})
    assert "Secure" not in answer.headers["set-cookie"]


def test_signing_out_clears_what_the_browser_kept(bench: Bench) -> None:
    """Pictures of strangers lie in its cache."""
    answer = bench.client(Role.CLERK).delete("/api/session")
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert "Max-Age=0" in answer.headers["set-cookie"]


def test_what_was_typed_as_a_name_is_not_logged(page: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """People type their password into the wrong field."""
    with caplog.at_level(logging.DEBUG, logger="sharp_eyes"):
        enter(page, "MySecretPassw0rd!", "x")
        enter(page, "clerk", "AnotherSecret9")
    said = caplog.text.lower()
    assert "mysecretpassw0rd" not in said
    assert "anothersecret9" not in said
    assert "clerk" in said


def test_a_session_ends_when_it_is_idle(bench: Bench) -> None:
    """It says 'expired', not 'sign in', so that the page can tell the person."""
    page = bench.client(Role.CLERK)
    for _ in range(3):
        bench.clock.forward(hours=7)
        assert page.get("/api/session").status_code == 200
    bench.clock.forward(hours=8, minutes=1)
    answer = page.get("/api/cases")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "session_expired")


def test_a_session_ends_after_a_day_however_busy(bench: Bench) -> None:
    """Use does not prolong it for ever."""
    page = bench.client(Role.CLERK)
    for _ in range(4):
        bench.clock.forward(hours=5, minutes=59)
        assert page.get("/api/session").status_code == 200
    bench.clock.forward(hours=1)
    assert page.get("/api/session").json()["error"]["code"] == "session_expired"


def test_a_changed_password_or_a_lock_out_ends_all_sessions(bench: Bench) -> None:
    """At once, not at the next sign-in."""
    first, second = bench.client(Role.CLERK, name="one"), bench.client(Role.CLERK, name="two")
    with bench.transaction() as work:
        set_password(work.session, "one", "another long password")
        set_disabled(work.session, "two", disabled=True)
    assert first.get("/api/session").status_code == 401
    assert second.get("/api/session").status_code == 401
    page = bench.stranger()
    assert enter(page, "one", "another long password")[0] == 200
    assert enter(page, "two") == (401, "wrong_password")


@pytest.mark.parametrize("change", ["password", "lock_out", "second_factor"])
def test_who_is_being_let_in_while_the_account_is_changed_is_not(
    bench: Bench, page: TestClient, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """A check of a password takes its time: a session that begins behind the change would outlast it."""
    check = sessions.authenticate

    def check_slowly(session: Session, username: str, password: str) -> Account | None:
        found = check(session, username, password)
        with bench.transaction() as work:
            if change == "password":
                set_password(work.session, username, "another long password")
            elif change == "lock_out":
                set_disabled(work.session, username, disabled=True)
            else:
                find_account(work.session, username).totp_confirmed = True
        return found

    def begun() -> set[int]:
        with bench.hub.read_only() as work:
            return set(work.session.scalars(select(LoginSession.id)))

    before = begun()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(sessions, "authenticate", check_slowly)
        assert enter(page, "clerk") == (401, "not_signed_in")
    assert begun() <= before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"username": "Bad Name"}, "user name"),
        ({"password": "short"}, "12 to 200"),
        ({"password": "password1234"}, "very common password"),
        ({"password": "123456789012"}, "easily guessed"),
        ({"password": "aaaaaaaaaaaaaaaa"}, "easily guessed"),
        ({"password": "administrator.root", "username": "administrator.root"}, "easily guessed"),
        ({"area": "elsewhere"}, "elsewhere"),
        ({"role": Role.HANDLER}, "--unit"),
        ({"unit": "nobody"}, "nobody"),
        ({"language": "xx"}, "zh or en"),
        ({"username": "taken"}, "exists already"),
    ],
)
def test_an_account_that_does_not_fit_is_refused_by_name(quick: Bench, change: dict[str, object], words: str) -> None:
    """The error says which part is wrong."""
    quick.client(Role.CLERK, name="taken")
    values: dict[str, object] = {"username": "new", "password": PASSWORD, "role": Role.CLERK} | change
    with pytest.raises(SettingsError, match=words), quick.transaction() as work:
        add_account(work.session, work.city, work.now, **values)  # type: ignore[arg-type]
