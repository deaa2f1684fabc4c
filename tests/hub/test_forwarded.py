"""What a reverse proxy says of its visitors: believed of trusted proxies alone, and only where it is an address."""

import pytest
from pydantic import ValidationError
from tests.hub.bench import Bench

from sharp_eyes.configuration.addresses import subscriber_of
from sharp_eyes.hub.api.connection_guard import Connections
from sharp_eyes.hub.settings import HttpSettings, SessionSettings

PROXY, OUTER, STRANGER = "10.1.2.3", "192.0.2.1", "198.51.100.9"


@pytest.fixture
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A hub behind a chain of two proxies, which stand in its settings as an address and as a network."""
    return Bench(
        tmp_path_factory.mktemp("proxied"),
        http=HttpSettings(trusted_proxies=("10.1.0.0/16", OUTER)),
        sessions=SessionSettings(attempts_per_address=3),
    )


def guess(bench: Bench, peer: str, **said: str) -> int:
    """Give a wrong password, with what a proxy says of it."""
    headers = {name.replace("_", "-"): value for name, value in said.items()}
    page = bench.stranger(peer)
    status: int = page.post(
        "/api/session", json={"username": "nobody", "password": "wrong"}, headers=headers
    ).status_code
    return status


@pytest.mark.parametrize(
    "way",
    [
        f"{STRANGER}",
        f"::ffff:{STRANGER}",
        f"{STRANGER}:50{{n}}",
        f"[::ffff:{STRANGER}]:{{n}}",
        f"203.0.113.{{n}}, {STRANGER}",
        f"{STRANGER}, {OUTER}",
        f"203.0.113.{{n}}, {STRANGER}, {OUTER}:80",
    ],
)
def test_nobody_gets_round_the_brake_by_how_their_address_is_written(proxied: Bench, way: str) -> None:
    """Nor by what they write before it: the one that counts is the last that is no proxy of ours."""
    assert [guess(proxied, PROXY, x_forwarded_for=way.format(n=n)) for n in range(3)] == [401] * 3
    assert guess(proxied, PROXY, x_forwarded_for=way.format(n=9)) == 429
    assert guess(proxied, PROXY, x_forwarded_for="203.0.113.77, ::ffff:198.51.100.10") == 401, "nobody else waits"
    proxied.close()


def test_what_is_no_address_is_the_proxys_own(proxied: Bench) -> None:
    """Words that a stranger chose are no place of their own, and no line of the trail."""
    odd = ["unknown", "_hidden", "<script>", "[::1", "1.2.3", "a" * 5000, "0177.0.0.1", f"{STRANGER}, me"]
    assert [guess(proxied, PROXY, x_forwarded_for=one) for one in odd] == [401] * 3 + [429] * 5
    proxied.close()


def test_who_is_no_proxy_of_ours_is_believed_nothing(proxied: Bench) -> None:
    """Neither another address nor https."""
    for n in range(3):
        assert guess(proxied, STRANGER, x_forwarded_for=f"203.0.113.{n}") == 401
    assert guess(proxied, STRANGER, x_forwarded_for="203.0.113.9") == 429
    headers = {"X-Forwarded-Proto": "https"}
    assert "strict-transport-security" not in proxied.stranger("10.2.0.1").get("/", headers=headers).headers
    for word in ("https", "HTTPS", "https, http", "https,https"):
        headers = {"X-Forwarded-Proto": word}
        assert "strict-transport-security" in proxied.stranger(PROXY).get("/", headers=headers).headers, word
    for word in ("http", "javascript", "", "http, https"):
        headers = {"X-Forwarded-Proto": word}
        assert "strict-transport-security" not in proxied.stranger(PROXY).get("/", headers=headers).headers, word
    proxied.close()


@pytest.mark.parametrize(
    "one", ["*", "0.0.0.0/0", "::/0", "proxy.lan", "10.1.2.3:80", "10.0.0.1/8", "10.1.2.3, 10.1.2.4"]
)
def test_a_proxy_that_can_never_be_met_is_said_at_once(one: str) -> None:
    """And one that would be anybody."""
    with pytest.raises(ValidationError, match="trusted_proxies"):
        HttpSettings(trusted_proxies=(one,))


def test_one_subscriber_is_one_however_the_address_is_written() -> None:
    """Of IPv6 the network of 64 bits, also where zeros of it are left out; IPv4 in IPv6 is IPv4."""
    assert subscriber_of("2001:db8::1") == subscriber_of("2001:db8::ffff:1") == "2001:db8::/64"
    assert subscriber_of("fe80::1%eth0") == "fe80::/64"
    assert subscriber_of("::ffff:192.0.2.7") == subscriber_of("192.0.2.7") == "192.0.2.7"
    assert subscriber_of("testclient") == "testclient"


def test_a_trusted_proxy_has_all_connections_for_its_visitors() -> None:
    """Also where its network is named, and by IPv6."""
    connections = Connections(
        HttpSettings(trusted_proxies=("10.1.0.0/16", "fd00:1:2:3::/64"), max_connections_per_address=2)
    )
    for peer in (PROXY, "fd00:1:2:3::5", "::ffff:10.1.9.9"):
        key = connections.key_of(peer)
        assert [connections.admit(key) for _ in range(5)] == [True] * 5
    key = connections.key_of("2001:db8::1")
    assert key == connections.key_of("2001:db8::2")
    assert [connections.admit(key) for _ in range(3)] == [True, True, False]
