"""The command line and the settings: examples in every help, one clear line for every mistake."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from sharp_eyes.hub import cli
from sharp_eyes.hub.errors import HubError, SettingsError
from sharp_eyes.hub.settings import HubSettings, load_settings

ROOT = Path(__file__).parents[2]
COMMANDS = (
    ("serve",),
    ("openapi",),
    ("broker-files",),
    ("user", "add"),
    ("user", "password"),
    ("user", "disable"),
    ("user", "list"),
    ("user", "reset-second-factor"),
    ("audit",),
    ("tls", "make"),
    ("user", "change"),
    ("gateway", "remove"),
    ("backup",),
    ("restore",),
    ("disk",),
    ("hold",),
    ("gateway", "add"),
    ("gateway", "password"),
    ("gateway", "list"),
    ("gateway", "invite"),
    ("camera", "settings"),
    ("camera", "set"),
    ("city", "check"),
    ("city", "try"),
    ("notices", "channels"),
    ("notices", "test"),
    ("notices", "untold"),
    ("user", "contact"),
    ("duty", "import"),
    ("duty", "list"),
    ("snooze", "add"),
    ("snooze", "list"),
    ("snooze", "end"),
    ("token", "add"),
    ("token", "list"),
    ("token", "revoke"),
    ("city", "calendar"),
    ("city", "export"),
    ("city", "import"),
    ("lessons", "list"),
    ("lessons", "advice"),
    ("lessons", "set"),
    ("lessons", "revert"),
    ("lessons", "export"),
)


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, arguments, input=stdin)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_shows_an_example(command: tuple[str, ...]) -> None:
    """With the command's own name in it."""
    answer = run(*command, "--help")
    assert answer.exit_code == 0
    assert f"sharp-eyes-hub {' '.join(command)}" in answer.output


def test_accounts_and_gateways_are_made_on_the_command_line(tmp_path: Path) -> None:
    """The gateway's password alone is printed on standard output, once, and nowhere kept."""
    data = ("--data", str(tmp_path))
    made = run("user", "add", "lead", "--role", "shift_lead", "--password-stdin", *data, stdin="a long password\n")
    assert made.exit_code == 0, made.output
    assert "lead" in run("user", "list", *data).output
    assert run("user", "password", "lead", "--password-stdin", *data, stdin="another password\n").exit_code == 0
    assert run("user", "disable", "lead", *data).exit_code == 0
    password = run("gateway", "add", "gate-01", "--area", "demo/first-street", *data).stdout.strip()
    assert len(password) == 32
    assert password not in (tmp_path / "hub.db").read_bytes().decode("latin-1")
    renewed = run("gateway", "password", "gate-01", *data).stdout.strip()
    assert renewed not in ("", password)
    assert "gate-01" in run("gateway", "list", *data).output
    files = run("broker-files", str(tmp_path / "mosquitto"), *data)
    assert files.exit_code == 0, files.output
    assert "gate-01:$7$" in (tmp_path / "mosquitto" / "passwords").read_text()
    cluster = str(tmp_path / "nats")
    assert "needs TLS" in str(run("broker-files", cluster, "--nats", "mq-1,mq-2,mq-3", *data).exception)
    assert "outlives" in str(run("broker-files", cluster, "--nats", "127.0.0.1,127.0.0.1", *data).exception)
    files = run("broker-files", cluster, "--nats", "127.0.0.1,127.0.0.1,127.0.0.1", *data)
    assert files.exit_code == 0, files.output
    settings = json.loads((tmp_path / "nats" / "nats-3.json").read_text())
    assert settings["mqtt"]["stream_replicas"] == 3
    assert {one["user"] for one in settings["authorization"]["users"]} == {"sharp-eyes-hub", "gate-01"}


def test_a_gateway_is_removed_and_an_account_changed(tmp_path: Path) -> None:
    """A removed gateway is listed no more, and can be added anew; a changed account must sign in again."""
    data = ("--data", str(tmp_path))
    run("gateway", "add", "gate-01", *data)
    assert run("gateway", "remove", "gate-01", *data).exit_code == 0
    assert "gate-01" not in run("gateway", "list", *data).output
    assert "there is no gateway" in str(run("gateway", "remove", "gate-01", *data).exception)
    assert "there is no gateway" in str(run("gateway", "password", "gate-01", *data).exception)
    again = run("gateway", "add", "gate-01", "--area", "demo/first-street", *data)
    assert again.exit_code == 0
    assert "demo/first-street" in run("gateway", "list", *data).output
    run("user", "add", "lee", "--role", "clerk", "--password-stdin", *data, stdin="a long password\n")
    assert "needs" not in run("user", "change", "lee", "--role", "shift_lead", *data).output
    assert "shift_lead" in run("user", "list", *data).output
    changed = run("user", "change", "lee", "--role", "handler", "--unit", "parks", "--area", "demo/first-street", *data)
    assert "user lee is handler in demo/first-street, unit parks" in changed.output
    assert "user lee is clerk in demo/first-street" in run("user", "change", "lee", "--role", "clerk", *data).output
    assert "None" not in run("user", "list", *data).output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("user", "password", "nobody", "--password-stdin"), "there is no user 'nobody'"),
        (("user", "add", "a", "--role", "clerk", "--password-stdin"), "12 to 200"),
        (("gateway", "add", "Bad"), "lower-case"),
        (("gateway", "add", "sharp-eyes-hub"), "lower-case"),
        (("gateway", "add", "gate", "--area", "elsewhere"), "elsewhere"),
        (("gateway", "remove", "nobody"), "there is no gateway 'nobody'"),
        (("camera", "settings", "gate", "yard"), "has not reported the settings of a camera yard"),
        (("camera", "set", "gate", "yard"), "--file, or --reset"),
        (("camera", "set", "gate", "yard", "tiles=2"), "has not reported the settings of a camera yard"),
        (("gateway", "invite", "nobody", "--renew"), "there is no gateway 'nobody'"),
        (("gateway", "invite", "nobody", "--revoke"), "no code for gateway 'nobody'"),
        (("user", "change", "nobody", "--role", "clerk"), "there is no user 'nobody'"),
        (("hold", "2026-000001", "--reason", "x"), "there is no case"),
        (("restore", "missing.tar"), "missing.tar"),
        (("gateway", "password", "nobody"), "there is no gateway 'nobody'"),
        (("city", "check", "missing.yaml"), "missing.yaml"),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    """Not a traceback."""
    data = () if arguments[0] == "city" else ("--data", str(tmp_path))
    answer = run(*arguments, *data, stdin="short\n")
    assert isinstance(answer.exception, HubError)
    assert words in str(answer.exception)


def test_the_interface_is_printed_without_touching_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's types are made from it."""
    monkeypatch.chdir(tmp_path)
    said = json.loads(run("openapi").stdout)
    assert "/api/cases/{case_id}/moves/{move}" in said["paths"]
    assert {"CaseDetail", "CaseSummary", "CameraView", "Me", "ErrorView"} <= set(said["components"]["schemas"])
    assert list(tmp_path.iterdir()) == []


def test_the_example_settings_are_the_defaults() -> None:
    """What the example shows is what happens without it."""
    shown = load_settings(ROOT / "configs" / "hub.example.yaml")
    assert shown == HubSettings(data=ROOT / "configs" / "var" / "hub")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http: {prot: 1}", "http.prot: unknown key"),
        ("http: {port: 99999}", "http.port"),
        ("broker: {kind: external}", "broker.password_file is needed"),
        ("broker: {url: 'http://x'}", "broker.url"),
        ("[1, 2]", "a mapping"),
        ("a: [", "no valid YAML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, words: str) -> None:
    """File and key."""
    path = tmp_path / "hub.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_relative_paths_start_at_the_files_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the hub is started from; --data on the command line wins."""
    path = tmp_path / "hub.yaml"
    bucket = {"name": "eyes", "access_key_id": "hub", "secret_key_file": "s3.secret"}
    path.write_text(yaml.safe_dump({"data": "d", "city": "c.yaml", "evidence": {"bucket": bucket}}))
    monkeypatch.chdir(os.sep)
    assert load_settings(path).data == tmp_path / "d"
    assert load_settings(path).city == tmp_path / "c.yaml"
    found = load_settings(path).evidence.bucket
    assert found is not None
    assert found.secret_key_file == tmp_path / "s3.secret"
    assert load_settings(path, Path("elsewhere")).data == Path("/elsewhere")
    assert load_settings(None, tmp_path).database_url == f"sqlite:///{tmp_path}/hub.db"


def test_a_hub_that_cannot_start_says_why_in_one_line(tmp_path: Path) -> None:
    """Here the broker's port is taken; nothing is left running."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        path = tmp_path / "hub.yaml"
        path.write_text(yaml.safe_dump({"data": "data", "broker": {"port": port}}))
        answer = run("serve", "--config", str(path))
    assert isinstance(answer.exception, HubError)
    assert f"port {port}" in str(answer.exception)
    assert "broker.port" in str(answer.exception)


def test_an_external_brokers_missing_password_is_named(tmp_path: Path) -> None:
    """The file that cannot be read."""
    path = tmp_path / "hub.yaml"
    path.write_text(yaml.safe_dump({"data": "data", "broker": {"kind": "external", "password_file": "nowhere"}}))
    answer = run("serve", "--config", str(path))
    assert isinstance(answer.exception, HubError)
    assert str(tmp_path / "nowhere") in str(answer.exception)


def test_a_command_does_not_wait_for_the_web_framework() -> None:
    """What only ``serve`` needs is loaded by ``serve``; every other command answers half a second earlier."""
    program = "import sys, sharp_eyes.hub.cli; print([name for name in ('fastapi', 'uvicorn') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=600)
    assert said.stdout.strip() == "[]"
