"""Nobody else on the machine reads what the hub keeps: 0600 and 0700, also under a careless umask."""

import subprocess
import sys
from pathlib import Path

import yaml
from tests.hub.edge import wait_for
from tests.ports import free_port

from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.settings import HubSettings


def open_to_others(folder: Path) -> list[str]:
    """Files and folders below that somebody else could read."""
    return sorted(str(path) for path in [folder, *folder.rglob("*")] if path.lstat().st_mode & 0o077)


def test_a_running_hub_leaves_nothing_open(tmp_path: Path) -> None:
    """Real processes, started under umask 022: database, evidence, broker's store, logs, passwords, certificates."""
    config = tmp_path / "hub.yaml"
    home = tmp_path / "home"
    ports = {"http": {"port": free_port()}, "broker": {"port": free_port()}}
    config.write_text(yaml.safe_dump({"data": "home/data", **ports}))
    hub = [sys.executable, "-m", "sharp_eyes.hub"]

    def command(*words: str) -> None:
        subprocess.run([*hub, *words], check=True, umask=0o022, capture_output=True, timeout=600)

    command("gateway", "add", "gate-01", "--out", str(home / "gate-01.password"), "--config", str(config))
    command("tls", "make", str(home / "tls"), "--name", "hub.example.org")
    command("broker-files", str(home / "mosquitto"), "--config", str(config))
    process = subprocess.Popen(
        [*hub, "serve", "--config", str(config)], umask=0o022, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        wait_for("the broker's store", lambda: list((home / "data" / "broker").glob("jetstream/*/streams/*")), 60)
    finally:
        process.terminate()
        assert process.stderr is not None
        process.stderr.read()
        process.wait(30)
    assert (home / "data" / "hub.db").is_file()
    assert len((home / "gate-01.password").read_text().strip()) == 32
    assert open_to_others(home) == []


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    """At the next start; the folder itself, which may hold other things, is left as it is."""
    data = tmp_path / "data"
    (data / "evidence" / "ab").mkdir(parents=True)
    (data / "evidence" / "ab" / "x.jpg").write_bytes(b"x")
    (data / "hub.db").touch()
    for path in (data, data / "evidence", data / "hub.db"):
        path.chmod(0o755)
    hub = Hub(HubSettings(data=data))
    hub.prepare()
    hub.stop()
    assert (data / "evidence").stat().st_mode & 0o777 == 0o700
    assert (data / "hub.db").stat().st_mode & 0o077 == 0
    assert data.stat().st_mode & 0o777 == 0o755
