"""One's own account: password, sessions, second factor."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pyotp
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import delete, select
from tests.hub.bench import PASSWORD, Bench

from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.second_factor import switch_off
from sharp_eyes.hub.settings import SessionSettings
from sharp_eyes.hub.store.tables import Account, RecoveryCode

NEW = "quite another long phrase"


class Visit(NamedTuple):
    page: TestClient
    answer: tuple[int, str]


def said(answer: Response) -> tuple[int, str]:
    code: str = "" if answer.status_code == 204 else answer.json().get("error", {}).get("code", "")
    return answer.status_code, code


def sign_in(bench: Bench, name: str, code: str = "", password: str = PASSWORD, address: str = "a") -> Visit:
    page = bench.stranger(address)
    page.headers["User-Agent"] = "Firefox of a test"
    answer = page.post("/api/session", json={"username": name, "password": password, "code": code})
    return Visit(page, said(answer))


class Phone(NamedTuple):
    """A telephone's app, and the recovery codes that were shown with it."""

    at: Callable[[datetime], str]
    recovery: list[str]


def totp(page: TestClient, when: datetime) -> Phone:
    """Switch the second factor on; returns the telephone."""
    made = page.post("/api/account/second-factor", json={"password": PASSWORD}).json()
    phone = pyotp.TOTP(made["secret"])
    codes = page.post("/api/account/second-factor/confirm", json={"code": phone.at(when)})
    assert said(codes) == (200, "")
    return Phone(phone.at, codes.json()["codes"])


def test_ones_own_password_is_changed_with_the_old_one(bench: Bench) -> None:
    """All other sessions end, this one goes on; a weak one is refused, and what it says holds no password."""
    here = bench.client(Role.CLERK, name="clerk")
    other = sign_in(bench, "clerk").page
    change = {"current": PASSWORD, "new": NEW}
    assert said(here.post("/api/account/password", json=change | {"current": "wrong"})) == (403, "wrong_password")
    weak = here.post("/api/account/password", json=change | {"new": "password1234"})
    assert said(weak) == (422, "weak_password")
    assert "password1234" not in weak.text
    assert said(here.post("/api/account/password", json=change | {"new": "clerk clerk clerk"})) == (
        422,
        "weak_password",
    )
    assert said(here.post("/api/account/password", json=change)) == (204, "")
    assert here.get("/api/session").status_code == 200
    assert other.get("/api/session").status_code == 401
    assert sign_in(bench, "clerk").page.get("/api/session").status_code == 401
    assert sign_in(bench, "clerk", password=NEW).page.get("/api/session").status_code == 200


def test_guessing_the_password_inside_a_session_is_slowed_down_too(bench: Bench) -> None:
    """A screen left open is no place to guess at leisure."""
    page = bench.client(Role.CLERK, name="clerk")
    change = {"current": "wrong", "new": NEW}
    for _ in range(5):
        assert said(page.post("/api/account/password", json=change)) == (403, "wrong_password")
    assert said(page.post("/api/account/password", json=change | {"current": PASSWORD})) == (429, "too_many_attempts")


def test_ones_sessions_are_listed_and_can_be_ended(bench: Bench) -> None:
    """With the place and the browser; nobody else's can be seen or ended."""
    bench.client(Role.CLERK, name="clerk")
    here = sign_in(bench, "clerk", address="10.0.0.1").page
    there = sign_in(bench, "clerk", address="10.0.0.2").page
    listed = here.get("/api/account").json()["sessions"]
    assert [(row["address"], row["browser"], row["current"]) for row in listed[:2]] == [
        ("10.0.0.2", "Firefox of a test", False),
        ("10.0.0.1", "Firefox of a test", True),
    ]
    stranger = bench.client(Role.ADMINISTRATOR)
    assert said(stranger.delete(f"/api/account/sessions/{listed[0]['id']}")) == (404, "not_found")
    assert said(here.delete(f"/api/account/sessions/{listed[0]['id']}")) == (204, "")
    assert there.get("/api/session").status_code == 401
    assert here.get("/api/session").status_code == 200


def test_signing_out_everywhere(bench: Bench) -> None:
    """All of one's own, this one too, and the browser forgets what it kept; others stay."""
    other = bench.client(Role.CHECKER)
    first = bench.client(Role.CLERK, name="clerk")
    second = sign_in(bench, "clerk").page
    answer = second.delete("/api/account/sessions")
    assert said(answer) == (204, "")
    assert "cache" in answer.headers["clear-site-data"]
    assert first.get("/api/session").status_code == 401
    assert second.get("/api/session").status_code == 401
    assert other.get("/api/session").status_code == 200


def test_a_new_sign_in_ends_the_session_it_replaces(bench: Bench) -> None:
    """Nothing stays behind that no browser holds any more."""
    page = bench.client(Role.CLERK, name="clerk")
    page.post("/api/session", json={"username": "clerk", "password": PASSWORD})
    assert len(page.get("/api/account").json()["sessions"]) == 1


def test_the_second_factor_is_set_up_with_an_app(bench: Bench) -> None:
    """Password, secret and picture, first code; from then on signing in asks for one."""
    page = bench.client(Role.ADMINISTRATOR, name="admin")
    assert said(page.post("/api/account/second-factor", json={"password": "wrong"})) == (403, "wrong_password")
    made = page.post("/api/account/second-factor", json={"password": PASSWORD}).json()
    assert made["uri"].startswith("otpauth://totp/Sharp%20Eyes:admin?secret=" + made["secret"])
    assert made["qr_svg"].startswith("<svg")
    assert sign_in(bench, "admin").answer == (200, "")  # not confirmed yet
    assert said(page.post("/api/account/second-factor/confirm", json={"code": "000000"})) == (422, "wrong_code")
    phone = pyotp.TOTP(made["secret"])
    assert said(page.post("/api/account/second-factor/confirm", json={"code": phone.at(bench.clock())})) == (200, "")
    assert page.get("/api/account").json()["second_factor"] is True
    assert said(page.post("/api/account/second-factor", json={"password": PASSWORD})) == (409, "second_factor_is_on")


def test_signing_in_with_a_second_factor(bench: Bench) -> None:
    """The password alone is not enough; a code holds once, half a minute around its own."""
    phone = totp(bench.client(Role.ADMINISTRATOR, name="admin"), bench.clock())
    assert sign_in(bench, "admin").answer == (401, "code_needed")
    assert sign_in(bench, "admin", "123456").answer == (401, "wrong_code")
    assert sign_in(bench, "admin", "１２３４５６").answer == (401, "wrong_code")
    used = phone.at(bench.clock())
    assert sign_in(bench, "admin", used).answer == (401, "wrong_code")  # at the set-up
    bench.clock.forward(seconds=60)
    code = phone.at(bench.clock())
    assert sign_in(bench, "admin", f"{code[:3]} {code[3:]}").answer == (200, "")
    assert sign_in(bench, "admin", code).answer == (401, "wrong_code")
    wrong = sign_in(bench, "admin", phone.at(bench.clock()), password="not the password at all")
    assert wrong.answer == (401, "wrong_password")


def test_codes_cannot_be_guessed_from_many_addresses(bench: Bench) -> None:
    """Who has the password has five tries in a quarter of an hour, wherever they come from."""
    phone = totp(bench.client(Role.ADMINISTRATOR, name="admin"), bench.clock())
    for number in range(5):
        answer = sign_in(bench, "admin", "000000", address=f"10.0.0.{number}").answer
        assert answer == (401, "wrong_code")
    bench.clock.forward(seconds=120)
    late = sign_in(bench, "admin", phone.at(bench.clock()), address="10.0.0.9")
    assert late.answer == (429, "too_many_attempts")
    bench.clock.forward(minutes=15)
    assert sign_in(bench, "admin", phone.at(bench.clock())).answer == (200, "")


def test_the_second_factor_is_taken_away_with_both(bench: Bench) -> None:
    """Or on the command line, when the telephone is lost."""
    page = bench.client(Role.ADMINISTRATOR, name="admin")
    phone = totp(page, bench.clock())
    bench.clock.forward(seconds=60)
    off = {"password": PASSWORD, "code": "000000"}
    assert said(page.post("/api/account/second-factor/off", json=off)) == (422, "wrong_code")
    off["code"] = phone.at(bench.clock())
    assert said(page.post("/api/account/second-factor/off", json=off)) == (204, "")
    assert sign_in(bench, "admin").answer == (200, "")
    totp(page, bench.clock())
    with bench.transaction() as work:
        switch_off(work.session, work.session.query(Account).filter_by(username="admin").one().id)
    assert sign_in(bench, "admin").answer == (200, "")


def test_a_recovery_code_stands_in_for_the_app_once(bench: Bench) -> None:
    """Ten are shown when the factor is switched on; each opens the door once, which is written down."""
    page = bench.client(Role.ADMINISTRATOR, name="admin")
    codes = totp(page, bench.clock()).recovery
    assert len(set(codes)) == 10
    assert page.get("/api/account").json()["recovery_codes"] == 10
    assert sign_in(bench, "admin", codes[0], password="not the password at all").answer == (401, "wrong_password")
    assert sign_in(bench, "admin", codes[0]).answer == (200, "")
    assert sign_in(bench, "admin", codes[0]).answer == (401, "wrong_code")
    assert sign_in(bench, "admin", f" {codes[1].upper().replace('-', ' ')} ").answer == (200, "")
    assert page.get("/api/account").json()["recovery_codes"] == 8
    trail = page.get("/api/audit?action=recovery_code_used").json()["items"]
    assert [(line["actor"], line["address"], line["detail"]) for line in trail] == [
        ("admin", "a", {"left": 8}),
        ("admin", "a", {"left": 9}),
    ]
    assert not any(code in page.get("/api/audit").text for code in codes)


def test_recovery_codes_are_kept_hashed_and_belong_to_one_account(bench: Bench) -> None:
    """The database holds none of them, and another's opens nothing."""
    codes = totp(bench.client(Role.ADMINISTRATOR, name="admin"), bench.clock()).recovery
    totp(bench.client(Role.CLERK, name="clerk"), bench.clock())
    with bench.hub.read_only() as work:
        kept = [row.code_hash for row in work.session.scalars(select(RecoveryCode))]
    assert len(kept) == 20
    assert not any(code.replace("-", "")[:8] in line for code in codes for line in kept)
    assert sign_in(bench, "clerk", codes[0]).answer == (401, "wrong_code")


def test_recovery_codes_are_braked_as_the_apps_are(bench: Bench) -> None:
    """Guesses at either count together, wherever they come from."""
    codes = totp(bench.client(Role.ADMINISTRATOR, name="admin"), bench.clock()).recovery
    for number in range(5):
        guess = "aaaa-bbbb-cccc-dddd" if number % 2 else "000000"
        assert sign_in(bench, "admin", guess, address=f"10.0.0.{number}").answer == (401, "wrong_code")
    late = sign_in(bench, "admin", codes[0], address="10.0.0.9")
    assert late.answer == (429, "too_many_attempts")


def test_new_recovery_codes_take_the_place_of_the_old(bench: Bench) -> None:
    """With password and a code of either kind; not without a second factor; it is written down."""
    page = bench.client(Role.ADMINISTRATOR, name="admin")
    path = "/api/account/second-factor/recovery-codes"
    assert said(page.post(path, json={"password": PASSWORD, "code": "000000"})) == (422, "wrong_code")
    old = totp(page, bench.clock()).recovery
    assert said(page.post(path, json={"password": "wrong", "code": old[0]})) == (403, "wrong_password")
    assert said(page.post(path, json={"password": PASSWORD, "code": "000000"})) == (422, "wrong_code")
    made = page.post(path, json={"password": PASSWORD, "code": old[0]})
    assert said(made) == (200, "")
    assert sign_in(bench, "admin", old[1]).answer == (401, "wrong_code")
    assert sign_in(bench, "admin", made.json()["codes"][1]).answer == (200, "")
    assert len(page.get("/api/audit?action=recovery_codes_made").json()["items"]) == 1


def test_a_factor_of_an_earlier_version_has_no_codes_and_makes_them(bench: Bench) -> None:
    """With the app's code; until then none is taken."""
    page = bench.client(Role.ADMINISTRATOR, name="admin")
    phone = totp(page, bench.clock())
    with bench.transaction() as work:
        work.session.execute(delete(RecoveryCode))
    assert page.get("/api/account").json()["recovery_codes"] == 0
    assert sign_in(bench, "admin", phone.recovery[0]).answer == (401, "wrong_code")
    bench.clock.forward(seconds=60)
    body = {"password": PASSWORD, "code": phone.at(bench.clock())}
    assert len(page.post("/api/account/second-factor/recovery-codes", json=body).json()["codes"]) == 10
    assert page.get("/api/account").json()["recovery_codes"] == 10


def test_recovery_codes_go_with_the_second_factor(bench: Bench) -> None:
    """A recovery code takes the factor away when the telephone is lost; the others are then worth nothing."""
    page = bench.client(Role.ADMINISTRATOR, name="admin")
    old = totp(page, bench.clock()).recovery
    assert said(page.post("/api/account/second-factor/off", json={"password": PASSWORD, "code": old[0]})) == (204, "")
    assert page.get("/api/account").json()["recovery_codes"] == 0
    assert sign_in(bench, "admin").answer == (200, "")
    totp(page, bench.clock())
    assert sign_in(bench, "admin", old[1]).answer == (401, "wrong_code")


def test_administrators_can_be_held_to_a_second_factor(tmp_path: Path) -> None:
    """Without one, only their own account is open to them; others are not asked."""
    bench = Bench(tmp_path, sessions=SessionSettings(administrators_need_second_factor=True))
    page = bench.client(Role.ADMINISTRATOR, name="admin")
    for path in ("/api/cases", "/api/cameras", "/api/audit", "/api/stream"):
        assert said(page.get(path)) == (403, "second_factor_needed")
    assert page.get("/api/account").json()["second_factor_needed"] is True
    totp(page, bench.clock())
    assert page.get("/api/cases").status_code == 200
    assert page.get("/api/account").json()["second_factor_needed"] is False
    assert bench.client(Role.CLERK).get("/api/cases").status_code == 200
    bench.close()


@pytest.mark.parametrize("path", ["/api/account/password", "/api/account/second-factor"])
def test_a_form_of_another_site_changes_nothing(bench: Bench, path: str) -> None:
    """Without our header nothing is done."""
    page = bench.client(Role.CLERK)
    del page.headers["X-Requested-With"]
    assert said(page.post(path, json={"current": PASSWORD, "new": NEW, "password": PASSWORD})) == (
        403,
        "header_missing",
    )
