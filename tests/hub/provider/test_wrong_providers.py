"""What a provider says is believed only when its signature and every claim fit."""

import pytest
from joserfc.jwk import RSAKey
from tests.hub.provider.desk import PAGE, MakeDesk
from tests.hub.provider_bench import CLIENT, Claims, PretendProvider


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
