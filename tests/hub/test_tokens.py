"""API tokens: made and revoked by administrators, kept as a hash, let machines in, and end when they are to."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from fastapi.testclient import TestClient
from sqlalchemy import select
from tests.hub.bench import EAST, PASSWORD, START, STREET, Bench
from typer.testing import CliRunner, Result

from sharp_eyes.hub import cli
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.cases.city_change import lost_with
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.database import _MIGRATIONS, Database
from sharp_eyes.hub.store.tables import Account, ApiToken, AuditEntry


def wish(bench: Bench, **changes: Any) -> dict[str, Any]:
    """A body that is right, for a year but a day."""
    ends = (bench.clock() + timedelta(days=364)).isoformat()
    return {"name": "board", "role": "shift_lead", "expires_at": ends, "password": PASSWORD} | changes


def machine(bench: Bench, text: str, address: str = "testclient") -> TestClient:
    """A caller with a token and nothing else: no cookie, no header of ours."""
    client = bench.stranger(address)
    del client.headers["x-requested-with"]
    client.headers["authorization"] = f"Bearer {text}"
    return client


def acts(bench: Bench, action: Action) -> list[AuditEntry]:
    with bench.hub.read_only() as work:
        return list(work.session.scalars(select(AuditEntry).where(AuditEntry.action == action.value)))


def test_a_token_is_shown_once_and_kept_as_a_hash(bench: Bench) -> None:
    """Lists tell who made it, until when, when and from where it was used; never the token."""
    page = bench.client(Role.ADMINISTRATOR, name="chief")
    answer = page.post("/api/tokens", json=wish(bench))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    text = made["token"]
    assert text.startswith(made["prefix"] + "_")
    assert len(text) > 50
    with bench.hub.read_only() as work:
        row = work.session.scalars(select(ApiToken)).one()
        assert text not in {getattr(row, column.key) for column in ApiToken.__table__.columns}
    assert machine(bench, text, "192.0.2.7").get("/api/cases").status_code == 200
    (listed,) = page.get("/api/tokens").json()
    assert "token" not in listed
    assert (listed["made_by"], listed["last_used_address"]) == ("chief", "192.0.2.7")
    assert listed["last_used_at"].startswith("2026-03-01T08:00")
    (line,) = acts(bench, Action.TOKEN_ADDED)
    assert (line.actor, line.subject) == ("chief", "board")
    assert text not in str(line.detail)


def test_a_token_acts_without_cookie_and_header(bench: Bench) -> None:
    """A move needs neither; the case's log says which token made it."""
    text = bench.client(Role.ADMINISTRATOR).post("/api/tokens", json=wish(bench)).json()["token"]
    bench.birth()
    bench.report()
    caller = machine(bench, text)
    (case,) = caller.get("/api/cases").json()["items"]
    answer = caller.post(f"/api/cases/{case['id']}/moves/comment", json={"note": "seen by the board"})
    assert answer.status_code == 200, answer.text
    me = caller.get("/api/session").json()
    assert answer.json()["log"][-1]["actor"] == me["username"] == f"token:board/{text[:11]}"
    assert (me["role"], me["area"]) == ("shift_lead", "demo")


def test_a_cookie_beside_a_token_counts_for_nothing(quick: Bench) -> None:
    """Else another site's page could use the cookie with any word as a token, past the guard of the header."""
    page = quick.client(Role.ADMINISTRATOR)
    del page.headers["x-requested-with"]
    body = wish(quick)
    assert page.post("/api/tokens", json=body).status_code == 403
    page.headers["authorization"] = "Bearer anything"
    assert page.post("/api/tokens", json=body).status_code == 401
    assert page.get("/api/cases").status_code == 401


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SHIFT_LEAD])
def test_a_token_has_no_rights_of_a_session(quick: Bench, role: Role) -> None:
    """Whatever its role: no account to change, no tokens to make or see."""
    page = quick.client(Role.ADMINISTRATOR)
    caller = machine(quick, page.post("/api/tokens", json=wish(quick, role=role.value)).json()["token"])
    change = {"current": PASSWORD, "new": "quite another long phrase"}
    for method, path, body in (
        ("post", "/api/account/password", change),
        ("get", "/api/account", None),
        ("delete", "/api/account/sessions", None),
        ("get", "/api/tokens", None),
        ("post", "/api/tokens", wish(quick)),
        ("delete", "/api/tokens/1", None),
    ):
        answer = caller.request(method, path, json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "session_needed"), path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"role": "emperor"}, "role 'emperor' is not known"),
        ({"role": "handler"}, "belongs to a unit"),
        ({"role": "handler", "unit": "navy"}, "unit 'navy' is not in the city pack"),
        ({"area": "demo/nowhere"}, "area 'demo/nowhere' is not in the city pack"),
        ({"days": 366}, "within 365 days"),
        ({"days": -1}, "not before now"),
        ({"name": "a\nb"}, "name"),
    ],
)
def test_what_does_not_fit_is_refused_with_words(quick: Bench, changes: dict[str, Any], words: str) -> None:
    """Nothing is made."""
    page = quick.client(Role.ADMINISTRATOR)
    if "days" in changes:
        changes = {"expires_at": (quick.clock() + timedelta(days=changes["days"])).isoformat()}
    answer = page.post("/api/tokens", json=wish(quick, **changes))
    assert answer.status_code == 422
    assert words in answer.json()["error"]["message"]
    assert page.get("/api/tokens?over=true").json() == []


def test_a_token_without_an_end_or_without_the_password_is_not_made(quick: Bench) -> None:
    """A stolen session must not become a year."""
    page = quick.client(Role.ADMINISTRATOR)
    body = wish(quick)
    assert page.post("/api/tokens", json=wish(quick, password="wrong")).status_code == 403
    del body["expires_at"]
    assert page.post("/api/tokens", json=body).status_code == 422
    assert page.get("/api/tokens").json() == []


def test_administrators_see_and_end_tokens_of_their_area_alone(quick: Bench) -> None:
    """Above and beside it there is none; nor can they make one there."""
    chief, mine = quick.client(Role.ADMINISTRATOR), quick.client(Role.ADMINISTRATOR, STREET)
    above = chief.post("/api/tokens", json=wish(quick)).json()
    assert mine.post("/api/tokens", json=wish(quick, area="demo")).status_code == 404
    own = mine.post("/api/tokens", json=wish(quick)).json()
    assert own["area"] == STREET
    assert [one["id"] for one in mine.get("/api/tokens").json()] == [own["id"]]
    assert mine.delete(f"/api/tokens/{above['id']}").status_code == 404
    assert chief.delete(f"/api/tokens/{own['id']}").status_code == 204
    assert quick.client(Role.SHIFT_LEAD).get("/api/tokens").status_code == 403


def test_a_revoked_or_expired_token_lets_nobody_in(bench: Bench) -> None:
    """Revoking twice is one act; what has ended is listed where it is asked for."""
    page = bench.client(Role.ADMINISTRATOR, name="chief")
    first, second = (page.post("/api/tokens", json=wish(bench, name=name)).json() for name in ("a", "b"))
    for _ in range(2):
        assert page.delete(f"/api/tokens/{first['id']}").status_code == 204
    assert len(acts(bench, Action.TOKEN_REVOKED)) == 1
    refused = machine(bench, first["token"]).get("/api/cases")
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "token_ended")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert machine(bench, second["token"]).get("/api/cases").status_code == 200
    bench.clock.forward(days=364)
    assert machine(bench, second["token"]).get("/api/cases").json()["error"]["code"] == "token_ended"
    page = bench.client(Role.ADMINISTRATOR)
    assert page.get("/api/tokens").json() == []
    assert [one["revoked_by"] for one in page.get("/api/tokens?over=true").json()] == [None, "chief"]
    assert {line.subject for line in acts(bench, Action.TOKEN_REFUSED)} == {"a", "b"}


def test_wrong_tokens_count_against_the_address(quick: Bench) -> None:
    """With wrong passwords together; a right token comes in from there all the same, and others are not held up."""
    text = quick.client(Role.ADMINISTRATOR).post("/api/tokens", json=wish(quick)).json()["token"]
    most = quick.hub.settings.sessions.attempts_per_address
    wrong = machine(quick, "se_00000000_wrong", "198.51.100.9")
    answers = [(wrong.get if number % 2 else wrong.post)("/api/cases").status_code for number in range(most)]
    assert answers == [401] * most
    assert wrong.get("/api/cases").status_code == 429
    assert wrong.get("/api/cases").headers["retry-after"]
    signing_in = quick.stranger("198.51.100.9").post("/api/session", json={"username": "x", "password": "y"})
    assert signing_in.status_code == 429
    assert machine(quick, text, "198.51.100.9").get("/api/cases").status_code == 200
    assert machine(quick, "se_00000000_wrong", "198.51.100.10").get("/api/cases").status_code == 401
    assert len(acts(quick, Action.TOKEN_REFUSED)) == 2  # one a place and a while: nobody fills the trail
    quick.clock.forward(seconds=60)
    assert wrong.get("/api/cases").status_code == 401


def test_a_city_pack_that_lacks_what_a_token_needs_is_doubtful(quick: Bench) -> None:
    """Its area or unit may not go while it holds."""
    page = quick.client(Role.ADMINISTRATOR)
    page.post("/api/tokens", json=wish(quick, role="handler", unit="parks", area=EAST))
    city = quick.hub.city
    left = tuple(one for one in city.areas if one.path != EAST)
    smaller = city.model_copy(update={"areas": left, "units": city.units[:1]})
    with quick.hub.read_only() as work:
        said = [one for one in lost_with(work, smaller) if "API token" in one]
    assert len(said) == 2


def test_tokens_stand_in_the_interfaces_description(quick: Bench) -> None:
    """As a security scheme, on the routes that take one."""
    described = quick.app.openapi()
    scheme = described["components"]["securitySchemes"]["token"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert {"token": []} in described["paths"]["/api/cases"]["get"]["security"]
    assert described["paths"]["/api/tokens"]["post"]["security"] == [{"session": []}]


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["token", *arguments, "--data", str(data)])


def test_the_command_line_makes_lists_and_revokes(tmp_path: Path) -> None:
    """The token alone goes to standard output; a name that several have is not enough to end one."""
    made = [run(tmp_path, "add", "board", "--role", "evaluator", "--days", "90") for _ in range(2)]
    texts = [one.stdout.strip() for one in made]
    assert all(text.startswith("se_") and "\n" not in text for text in texts)
    listed = run(tmp_path, "list").stdout
    assert texts[0][:11] in listed
    assert texts[0] not in listed
    refused = run(tmp_path, "revoke", "board")
    assert "say which by its prefix" in str(refused.exception)
    assert run(tmp_path, "revoke", texts[0][:11]).exit_code == 0
    assert run(tmp_path, "revoke", "board").exit_code == 0
    assert "still holds" in str(run(tmp_path, "revoke", "board").exception)
    assert "within 365 days" in str(run(tmp_path, "add", "x", "--role", "clerk", "--days", "366").exception)


def test_a_database_of_the_version_before_gets_the_table_and_loses_it_again(database_url: str) -> None:
    """With the people it has; forwards and back."""
    database = Database(database_url)
    database.upgrade()
    settings = Config()
    settings.set_main_option("script_location", str(_MIGRATIONS))
    with database.write() as session:
        session.execute(sa.insert(Account).values(_account()))
        settings.attributes["connection"] = session.connection()
        before = ScriptDirectory.from_config(settings).get_revision("api_tokens").down_revision
        command.downgrade(settings, str(before))
        assert not sa.inspect(session.connection()).has_table("api_token")
    database.upgrade()
    with database.read() as session:
        assert session.scalars(select(Account.username)).all() == ["ann"]
        assert session.scalars(select(ApiToken)).all() == []
    database.close()


def _account() -> dict[str, Any]:
    plain = dict.fromkeys(("username", "display_name", "password_hash", "role", "area", "language"), "ann")
    return {**plain, "disabled": False, "created_at": START}
