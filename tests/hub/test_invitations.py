"""One-time codes by which gateways join: made by whom, used once, ended in time, not to be guessed."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.hub.bench import EAST, GATEWAY, STREET, Bench

from sharp_eyes.contract.joining import JoinCode, Trust
from sharp_eyes.hub.broker.passwords import password_fits
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.tables import AuditEntry, Gateway, GatewayInvitation

FIRST, SECOND = "a" * 32, "b" * 32


def invite(page: TestClient, gateway: str = "gate-02", **more: Any) -> JoinCode:
    answer = page.post("/api/gateways/invitations", json={"gateway": gateway, **more})
    assert answer.status_code == 201, answer.text
    return JoinCode.parse(answer.json()["code"])


def join(bench: Bench, code: JoinCode | None, password: str = FIRST) -> Any:
    secret = "0" * 20 if code is None else code.secret_text
    return bench.stranger().post("/api/join", json={"secret": secret, "password": password, "version": "9"})


def trail(bench: Bench) -> list[tuple[str, str, str]]:
    with bench.hub.read_only() as work:
        rows = work.session.query(AuditEntry).filter(AuditEntry.action.like("gateway%")).order_by(AuditEntry.id)
        return [(row.action, row.actor, row.subject) for row in rows]


def test_a_code_lets_one_gateway_in_once(bench: Bench) -> None:
    """With the password that it made, into the area that was said; who comes second with it is refused."""
    code = invite(bench.client(Role.ADMINISTRATOR, name="admin"), area=EAST)
    assert code.trust is Trust.PLAIN
    answer = join(bench, code)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "gateway": "gate-02",
        "area": EAST,
        "broker_scheme": "mqtt",
        "broker_host": None,
        "broker_port": bench.hub.settings.broker.port,
        "authority": None,
    }
    with bench.hub.read_only() as work:
        row = work.session.get_one(Gateway, "gate-02")
        assert password_fits(FIRST, row.bcrypt_hash)
        assert row.area == EAST
    second = join(bench, code, SECOND)
    assert (second.status_code, second.json()["error"]["code"]) == (410, "join_code_used")
    assert trail(bench) == [
        ("gateway_invited", "admin", "gate-02"),
        ("gateway_joined", "gateway gate-02", "gate-02"),
        ("gateway_join_refused", "gateway gate-02", "gate-02"),
    ]


def test_the_same_gateway_is_answered_again_while_the_code_lasts(quick: Bench) -> None:
    """Its first answer may have been lost; afterwards the code is over for it, too."""
    code = invite(quick.client(Role.ADMINISTRATOR), minutes=5)
    assert join(quick, code).status_code == 200
    assert join(quick, code).json() == join(quick, code).json()
    quick.clock.forward(minutes=5)
    late = join(quick, code)
    assert (late.status_code, late.json()["error"]["code"]) == (410, "join_code_expired")


def test_a_code_ends_in_time_and_with_the_next_one(quick: Bench) -> None:
    """Thirty minutes unless said otherwise."""
    admin = quick.client(Role.ADMINISTRATOR)
    first = invite(admin)
    second = invite(admin)
    assert join(quick, first).status_code == 403
    quick.clock.forward(minutes=30)
    assert join(quick, second).status_code == 410
    with quick.hub.read_only() as work:
        assert work.session.get(Gateway, "gate-02") is None


def test_a_registered_gateway_is_renewed_only_on_purpose(quick: Bench) -> None:
    """The one that is there goes on until the code is used."""
    admin = quick.client(Role.ADMINISTRATOR)
    refused = admin.post("/api/gateways/invitations", json={"gateway": GATEWAY})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "wrong_gateway")
    unknown = admin.post("/api/gateways/invitations", json={"gateway": "gate-09", "renew": True})
    assert unknown.status_code == 422
    code = invite(admin, GATEWAY, renew=True)
    with quick.hub.read_only() as work:
        before = work.session.get_one(Gateway, GATEWAY).bcrypt_hash
    assert join(quick, code).json()["area"] == STREET
    with quick.hub.read_only() as work:
        assert work.session.get_one(Gateway, GATEWAY).bcrypt_hash != before


def test_guessing_is_braked_and_written_down(quick: Bench) -> None:
    """By the brake of the sign-in; the trail tells that there was a wrong code, not which."""
    answers = [join(quick, None) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0
    assert trail(quick) == [("gateway_join_refused", "gateway", "unknown code")] * 5
    code = invite(quick.client(Role.ADMINISTRATOR))
    assert join(quick, code).status_code == 429
    quick.clock.forward(seconds=61)
    assert join(quick, code).status_code == 200


def test_a_gateway_that_repeats_itself_is_not_taken_for_a_guesser(quick: Bench) -> None:
    """Neither with a code that has ended nor with a good one."""
    code = invite(quick.client(Role.ADMINISTRATOR), minutes=5)
    assert [join(quick, code).status_code for _ in range(20)] == [200] * 20
    quick.clock.forward(minutes=6)
    assert [join(quick, code).status_code for _ in range(20)] == [410] * 20


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_invite(quick: Bench, role: Role) -> None:
    """Others are told so."""
    page = quick.client(role, unit="parks" if role is Role.HANDLER else None)
    assert page.post("/api/gateways/invitations", json={"gateway": "gate-02"}).status_code == 403


def test_an_administrator_invites_into_their_own_area_alone(quick: Bench) -> None:
    """Neither into another nor a gateway of another; without an area it is their own."""
    admin = quick.client(Role.ADMINISTRATOR, EAST)
    elsewhere = admin.post("/api/gateways/invitations", json={"gateway": "gate-02", "area": "demo"})
    foreign = admin.post("/api/gateways/invitations", json={"gateway": GATEWAY, "area": EAST, "renew": True})
    assert (elsewhere.status_code, foreign.status_code) == (404, 404)
    assert join(quick, invite(admin)).json()["area"] == EAST


@pytest.mark.parametrize(
    "body", [{}, {"secret": "x"}, {"secret": "0" * 20, "password": "short"}, {"secret": "0" * 20, "password": "ü" * 40}]
)
def test_what_is_no_request_is_refused(quick: Bench, body: dict[str, str]) -> None:
    """A weak password above all."""
    assert quick.stranger().post("/api/join", json=body).status_code == 422


def test_a_code_is_kept_as_a_hash_and_gone_with_its_gateway(quick: Bench) -> None:
    """Who reads the database cannot join."""
    from sharp_eyes.hub.intake.gateways import remove_gateway

    code = invite(quick.client(Role.ADMINISTRATOR))
    files = b"".join(path.read_bytes() for path in quick.hub.settings.data.glob("hub.db*"))
    assert code.secret not in files
    assert code.secret_text.encode() not in files
    assert join(quick, code).status_code == 200
    with quick.transaction() as work:
        remove_gateway(work.session, work.now, "gate-02")
    with quick.hub.read_only() as work:
        assert work.session.query(GatewayInvitation).count() == 0
    assert join(quick, code).status_code == 403


def test_a_hub_without_tls_shows_no_authority(quick: Bench) -> None:
    """There is none."""
    assert quick.stranger().get("/api/join/authority").status_code == 404
