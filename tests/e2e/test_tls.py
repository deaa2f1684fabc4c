"""Nobody listens in: one certificate for page and broker, no open door without it, plain words when sides differ."""

import logging
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from tests.e2e.killable import HubProcess
from tests.e2e.stand import PASSWORD, wait_for
from tests.ports import free_port

from sharp_eyes.contract.status import Birth
from sharp_eyes.edge.errors import BrokerError
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.probe import sign_in
from sharp_eyes.edge.push.publisher import Publisher
from sharp_eyes.edge.settings import HubConnectionSettings
from sharp_eyes.hub.broker.client import MqttClient
from sharp_eyes.hub.broker.login import BrokerLogin

GATEWAY = "gate-01"


class Guarded:
    """A running hub, with TLS or without, and a registered gateway."""

    def __init__(self, folder: Path, *, tls: bool, listen: str = "127.0.0.1") -> None:
        self.folder = folder
        port = free_port()
        self.hub = HubProcess(
            folder, broker={"port": port, "listen": listen}, http={"port": free_port(), "host": listen}
        )
        self.hub.http_port = _port_of(self.hub, "http")
        self.hub.broker_port = port
        self.ca_file = self.hub.use_tls() if tls else None
        self.password = folder / "gateway.password"
        self.password.write_text(self.hub.register_gateway(GATEWAY), encoding="utf-8")
        user = ("user", "add", "lead", "--role", "shift_lead", "--password-stdin")
        self.hub.run(*user, stdin=PASSWORD + "\n")
        self.hub.start()
        self.hub.wait_until_healthy()

    def settings(self, scheme: str, ca_file: Path | None = None) -> HubConnectionSettings:
        url = f"{scheme}://127.0.0.1:{self.hub.broker_port}"
        return HubConnectionSettings(url=url, password_file=self.password, ca_file=ca_file)

    def client(self) -> httpx.Client:
        trusted = True if self.ca_file is None else ssl.create_default_context(cafile=str(self.ca_file))
        headers = {"X-Requested-With": "sharp-eyes"}
        client = httpx.Client(base_url=self.hub.url, headers=headers, verify=trusted, timeout=240)
        client.post("/api/session", json={"username": "lead", "password": PASSWORD}).raise_for_status()
        return client


def _port_of(hub: HubProcess, part: str) -> int:
    import yaml

    settings = yaml.safe_load((hub.data.parent / "hub.yaml").read_text(encoding="utf-8"))
    port: int = settings[part]["port"]
    return port


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A hub that other machines could reach, with TLS."""
    made = Guarded(tmp_path_factory.mktemp("tls"), tls=True, listen="0.0.0.0")
    yield made
    made.hub.stop()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A hub on loopback, without."""
    made = Guarded(tmp_path_factory.mktemp("plain"), tls=False)
    yield made
    made.hub.stop()


@pytest.fixture
def foreign(tmp_path: Path, guarded: Guarded) -> Path:
    """An authority that has signed nothing here."""
    guarded.hub.run("tls", "make", str(tmp_path / "foreign"), "--name", "127.0.0.1")
    return tmp_path / "foreign" / "ca.crt"


def test_one_certificate_serves_page_and_broker(guarded: Guarded) -> None:
    """Over https the cookie is Secure by itself and browsers are told to stay; the health says that the hub's
    own client is connected to its broker."""
    client = guarded.client()
    answer = client.get("/api/session")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    again = client.post("/api/session", json={"username": "lead", "password": PASSWORD})
    assert "Secure" in again.headers["set-cookie"]
    assert client.get("/api/health").json()["status"] == "ok"


def test_without_tls_nothing_of_it_is_claimed(plain: Guarded) -> None:
    """A cookie that is Secure would never come back over http."""
    client = plain.client()
    answer = client.post("/api/session", json={"username": "lead", "password": PASSWORD})
    assert "Secure" not in answer.headers["set-cookie"]
    assert "strict-transport-security" not in answer.headers


def test_a_gateway_speaks_tls_and_is_heard(guarded: Guarded, tmp_path: Path) -> None:
    """Doctor's probe and the publisher come in with the authority's certificate."""
    sign_in(guarded.settings("mqtts", guarded.ca_file), GATEWAY)
    outbox = Outbox(tmp_path / "outbox", 1024**3)
    birth = Birth(gateway=GATEWAY, session="s", time=datetime.now(UTC), version="1", cameras=())
    publisher = Publisher(guarded.settings("mqtts", guarded.ca_file), GATEWAY, outbox, birth, lambda _command: None)
    publisher.start()
    client = guarded.client()
    try:
        wait_for("the gateway online", lambda: client.get("/api/gateways").json()[0]["online"])
    finally:
        publisher.stop()
        outbox.close()


def test_plain_to_tls_and_tls_to_plain_say_what_is_wrong(guarded: Guarded, plain: Guarded, foreign: Path) -> None:
    """The doctor's words name the cause and the key, not a reset."""
    with pytest.raises(BrokerError, match=r"speaks TLS there.*mqtts://.*hub\.url"):
        sign_in(guarded.settings("mqtt"), GATEWAY)
    with pytest.raises(BrokerError, match=r"does not speak TLS there.*hub\.url"):
        sign_in(plain.settings("mqtts", guarded.ca_file), GATEWAY)
    with pytest.raises(BrokerError, match=r"certificate is not trusted.*ca_file .*foreign"):
        sign_in(guarded.settings("mqtts", foreign), GATEWAY)


@pytest.mark.parametrize("way", ["plain to tls", "tls to plain", "foreign authority"])
def test_a_running_gateway_says_so_in_its_log(
    way: str, guarded: Guarded, plain: Guarded, foreign: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, and in the same words."""
    settings, words = {
        "plain to tls": (guarded.settings("mqtt"), "it speaks TLS there"),
        "tls to plain": (plain.settings("mqtts", guarded.ca_file), "does not speak TLS there"),
        "foreign authority": (guarded.settings("mqtts", foreign), "certificate is not trusted"),
    }[way]
    outbox = Outbox(tmp_path / "outbox", 1024**3)
    birth = Birth(gateway=GATEWAY, session="s", time=datetime.now(UTC), version="1", cameras=())
    publisher = Publisher(settings, GATEWAY, outbox, birth, lambda _command: None)
    with caplog.at_level(logging.WARNING):
        publisher.start()
        try:
            wait_for("the word in the log", lambda: words in caplog.text)
        finally:
            publisher.stop()
            outbox.close()


@pytest.mark.parametrize("way", ["plain to tls", "tls to plain"])
def test_the_hubs_own_client_says_so_too(
    way: str, guarded: Guarded, plain: Guarded, caplog: pytest.LogCaptureFixture
) -> None:
    """As it would against an external broker."""
    ours, words = (guarded, "it speaks TLS there") if way == "plain to tls" else (plain, "does not speak TLS there")
    scheme = "mqtt" if way == "plain to tls" else "mqtts"
    url = f"{scheme}://127.0.0.1:{ours.hub.broker_port}"
    client = MqttClient(BrokerLogin(url, "hub", "secret", guarded.ca_file), lambda _topic, _payload: None)
    with caplog.at_level(logging.WARNING):
        client.start()
        try:
            wait_for("the word in the log", lambda: words in caplog.text)
        finally:
            client.stop()


@pytest.mark.parametrize("part", ["http", "broker"])
def test_an_open_door_without_tls_is_refused_at_start(tmp_path: Path, part: str) -> None:
    """The key is named, and both ways out of it."""
    place = {"host": "0.0.0.0"} if part == "http" else {"listen": "0.0.0.0"}
    hub = HubProcess(tmp_path, **{part: {"port": free_port(), **place}})
    with pytest.raises(RuntimeError) as caught:
        hub.run("serve")
    said = str(caught.value)
    assert f"{part}.{next(iter(place))} 0.0.0.0" in said
    assert "tls make" in said
    assert "insecure: true" in said


def test_insecure_is_possible_and_loud(tmp_path: Path) -> None:
    """One line that nobody overlooks."""
    hub = HubProcess(tmp_path, http={"port": free_port(), "host": "0.0.0.0"}, insecure=True)
    hub.http_port = _port_of(hub, "http")
    hub.start()
    try:
        hub.wait_until_healthy()
        assert "ERROR" in hub.tail(100)
        assert "INSECURE" in hub.tail(100)
    finally:
        hub.stop()
