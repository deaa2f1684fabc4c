"""A gateway joins with a one-time code: real hub, real broker, with TLS and without, and with a stranger between."""

import http.server
import json
import os
import ssl
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.e2e.killable import ROOT, Killable
from tests.e2e.stand import PASSWORD, wait_for
from tests.e2e.test_tls import Guarded

from sharp_eyes.contract.joining import AUTHORITY_PATH
from sharp_eyes.edge.errors import ConfigError, JoinError
from sharp_eyes.edge.joining import command as joining
from sharp_eyes.edge.joining.command import JoinOptions, join_hub
from sharp_eyes.edge.settings import load

AREA = "demo/first-street/east"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A hub that other machines could reach, with TLS."""
    made = Guarded(tmp_path_factory.mktemp("tls"), tls=True, listen="0.0.0.0")
    made.hub.run("user", "add", "admin", "--role", "administrator", "--password-stdin", stdin=PASSWORD + "\n")
    yield made
    made.hub.stop()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A hub on loopback, without."""
    made = Guarded(tmp_path_factory.mktemp("plain"), tls=False)
    yield made
    made.hub.stop()


def invite(hub: Guarded, name: str, *more: str) -> str:
    where = () if "--renew" in more else ("--area", AREA)
    return hub.hub.run("gateway", "invite", name, *where, *more).strip()


def edge_join(*arguments: str, code: int = 0) -> str:
    """Run ``sharp-eyes-edge join`` as a process, with a umask that hides nothing; returns what it said."""
    command = [sys.executable, "-m", "sharp_eyes.edge", "join", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=240, cwd=ROOT, preexec_fn=lambda: os.umask(0o022)
    )
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == code, said
    assert "Traceback" not in said
    return said


def join_here(hub: str, code: str, config: Path, **more: Any) -> list[str]:
    said: list[str] = []
    join_hub(hub, code, JoinOptions(config, **more), said.append)
    return said


@pytest.mark.parametrize("kind", ["guarded", "plain"])
def test_a_code_is_all_that_a_gateway_needs(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Settings, password and authority are there, private; the gateway that starts with them is online at the hub."""
    hub: Guarded = request.getfixturevalue(kind)
    config = tmp_path / "new" / "gateway.yaml"
    name = f"box-{kind}"
    code = invite(hub, name)
    said = edge_join(hub.hub.url, code, "--config", str(config))
    assert f"as {name}, area {AREA}" in said
    assert f"lets gateway {name} in" in said
    assert f"sharp-eyes-edge doctor {config}" in said
    assert code not in said
    settings = load(config)
    assert settings.gateway == name
    assert settings.hub.url == f"{'mqtts' if kind == 'guarded' else 'mqtt'}://127.0.0.1:{hub.hub.broker_port}"
    assert (settings.hub.ca_file is not None) == (kind == "guarded")
    written = [*config.parent.iterdir()]
    assert {path.name for path in written} == {"gateway.yaml", f"{name}.password"} | (
        {"hub-ca.crt"} if kind == "guarded" else set()
    )
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    if hub.ca_file is not None:
        assert (config.parent / "hub-ca.crt").read_text() == hub.ca_file.read_text()

    running = Killable([sys.executable, "-m", "sharp_eyes.edge", "run", str(config)], tmp_path / "gateway.log")
    running.start()
    try:
        client = hub.client()
        wait_for(
            "the gateway online",
            lambda: any(one["gateway"] == name and one["online"] for one in client.get("/api/gateways").json()),
        )
    finally:
        running.stop()
    assert "no camera yet" in running.tail(100)


def test_the_same_command_again_changes_nothing(guarded: Guarded, tmp_path: Path) -> None:
    """It looks at the connection and says so; another code does not overwrite what is there."""
    config = tmp_path / "gateway.yaml"
    code = invite(guarded, "box-again")
    join_here(guarded.hub.url, code, config)
    before = config.read_bytes(), (tmp_path / "box-again.password").read_bytes()
    assert "written with this code before" in "\n".join(join_here(guarded.hub.url, code, config))
    with pytest.raises(ConfigError, match=r"is there already.*--force"):
        join_here(guarded.hub.url, invite(guarded, "box-again", "--renew"), config)
    assert (config.read_bytes(), (tmp_path / "box-again.password").read_bytes()) == before


def test_force_changes_gateway_and_hub_and_nothing_else(guarded: Guarded, tmp_path: Path) -> None:
    """Cameras, comments and the other keys of the hub stay; a copy of what was is kept."""
    config = tmp_path / "gateway.yaml"
    text = (
        "# our gateway\ngateway: old   # in the yard\ndata: old-data\n\n"
        "hub: {url: 'mqtt://127.0.0.1:1', password_file: old.password, snapshot: 0}\n\n# the yard\ncameras:\n"
        "  - id: yard   # north\n    source: {kind: file, path: yard.mp4}\n"
    )
    config.write_text(text, encoding="utf-8")
    join_here(guarded.hub.url, invite(guarded, "box-force"), config, force=True)
    settings = load(config)
    assert settings.gateway == "box-force"
    assert settings.hub.snapshot == 0
    assert settings.hub.username is None
    assert settings.data == tmp_path / "var/box-force"  # what the other gateway had waiting is not this one's
    assert [camera.id for camera in settings.cameras] == ["yard"]
    assert "# the yard\ncameras:\n  - id: yard   # north\n" in config.read_text(encoding="utf-8")
    assert (tmp_path / "gateway.yaml.before-join").read_text(encoding="utf-8") == text
    code = invite(guarded, "box-force", "--renew")
    join_here(guarded.hub.url, code, config, force=True)
    assert config.read_text(encoding="utf-8").count("joined with code") == 1


@pytest.mark.parametrize("where", ["write_settings", "ask"])
def test_what_was_interrupted_goes_on(
    where: str, guarded: Guarded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Power fails after the hub has let it in, before anything is written, or before the hub is asked: the same
    command ends it, with the same password."""
    config = tmp_path / "gateway.yaml"
    code = invite(guarded, f"box-{where.replace('_', '-')}")

    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(joining, where, fails)
        with pytest.raises(KeyboardInterrupt):
            join_here(guarded.hub.url, code, config)
    (pending,) = tmp_path.iterdir()
    password = json.loads(pending.read_text())["password"]
    assert stat.S_IMODE(pending.stat().st_mode) == 0o600
    join_here(guarded.hub.url, code, config)
    assert load(config).hub.password() == password
    assert not pending.exists()


def test_a_used_code_opens_nothing(guarded: Guarded, tmp_path: Path) -> None:
    """For another box; nor does a mistyped one, which is noticed before anything is sent."""
    code = invite(guarded, "box-used")
    join_here(guarded.hub.url, code, tmp_path / "first" / "gateway.yaml")
    said = edge_join(guarded.hub.url, code, "--config", str(tmp_path / "second" / "gateway.yaml"), code=2)
    assert "was used already; have a new one made" in said
    assert not (tmp_path / "second" / "gateway.yaml").exists()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert "copy it whole" in edge_join(guarded.hub.url, wrong, "--config", str(tmp_path / "gateway.yaml"), code=2)


def test_the_trail_tells_who_invited_and_who_joined(guarded: Guarded, tmp_path: Path) -> None:
    """With the address that it came from."""
    join_here(guarded.hub.url, invite(guarded, "box-trail"), tmp_path / "gateway.yaml")
    lines = [json.loads(line) for line in guarded.hub.run("audit").splitlines()]
    told = [line for line in lines if line["subject"] == "box-trail"]
    assert [line["action"] for line in reversed(told)] == ["gateway_invited", "gateway_joined"]
    assert told[0]["actor"] == "gateway box-trail"
    assert told[0]["address"] == "127.0.0.1"


class Stranger:
    """A server between gateway and hub, with an authority of its own; it keeps all that it is told."""

    def __init__(self, certificates: Path, authority: Path) -> None:
        self.heard: list[str] = []
        heard, shown = self.heard, authority.read_bytes()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(f"GET {self.path}")
                self.send_response(200)
                self.end_headers()
                self.wfile.write(shown)

            def do_POST(self) -> None:
                heard.append(self.rfile.read(int(self.headers["content-length"])).decode())
                self.send_error(500)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates / "server.crt", certificates / "server.key")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.mark.parametrize("shows", ["its own authority", "the hub's authority"])
def test_a_stranger_between_learns_nothing(shows: str, guarded: Guarded, tmp_path: Path) -> None:
    """Whichever authority he shows: his own has another fingerprint, and the hub's has not signed his certificate.
    The code was never sent, so it still works with the hub."""
    guarded.hub.run("tls", "make", str(tmp_path / "foreign"), "--name", "127.0.0.1")
    assert guarded.ca_file is not None
    authority = tmp_path / "foreign" / "ca.crt" if shows == "its own authority" else guarded.ca_file
    stranger = Stranger(tmp_path / "foreign", authority)
    code = invite(guarded, f"box-{shows[:3]}")
    config = tmp_path / "gateway.yaml"
    try:
        words = "another fingerprint" if shows == "its own authority" else "is not trusted"
        with pytest.raises(JoinError, match=words):
            join_here(stranger.url, code, config)
    finally:
        stranger.close()
    assert stranger.heard == [f"GET {AUTHORITY_PATH}"]
    assert not config.exists()
    join_here(guarded.hub.url, code, config)


def test_mistakes_with_the_address_are_named(guarded: Guarded, plain: Guarded, tmp_path: Path) -> None:
    """Plain http for https, a name that the certificate does not hold, nobody there, no TLS over a network."""
    config = tmp_path / "gateway.yaml"
    code, loose = invite(guarded, "box-address"), invite(plain, "box-address")
    with pytest.raises(ConfigError, match="speaks TLS: write https"):
        join_here(f"http://127.0.0.1:{guarded.hub.http_port}", code, config)
    with pytest.raises(JoinError, match=r"does not hold for 127\.0\.0\.2.*--name 127\.0\.0\.2"):
        join_here(f"https://127.0.0.2:{guarded.hub.http_port}", code, config)
    with pytest.raises(JoinError, match="cannot be reached"):
        join_here("https://127.0.0.1:9", code, config)
    with pytest.raises(JoinError, match=r"does not speak TLS|cannot be reached"):
        join_here(f"https://127.0.0.1:{plain.hub.http_port}", code, config)
    with pytest.raises(ConfigError, match="has no TLS, and everybody on the way"):
        join_here("http://192.0.2.7:8420", loose, config)
    with pytest.raises(ConfigError, match="write it such as"):
        join_here("ftp://192.0.2.7", loose, config)
    join_here(f"127.0.0.1:{plain.hub.http_port}", loose, config)


def test_a_code_from_the_interface_and_an_old_settings_file(guarded: Guarded, tmp_path: Path) -> None:
    """An administrator has one made on the page's way; what is wrong in an old file is said before it is used."""
    client = guarded.client()
    client.post("/api/session", json={"username": "admin", "password": PASSWORD}).raise_for_status()
    made = client.post("/api/gateways/invitations", json={"gateway": "box-page"})
    assert made.status_code == 201, made.text
    config = tmp_path / "gateway.yaml"
    config.write_text("gateway: [", encoding="utf-8")
    with pytest.raises(ConfigError, match="no valid YAML"):
        join_here(guarded.hub.url, made.json()["code"], config, force=True)
    config.write_text("gateway: x\n", encoding="utf-8")
    join_here(guarded.hub.url, made.json()["code"], config, force=True)
    assert yaml.safe_load(config.read_text(encoding="utf-8"))["gateway"] == "box-page"
