"""A gateway's identity in one file: what is in it, what is not, and a machine that becomes that gateway."""

import io
import stat
import tarfile
from pathlib import Path

import pytest

from sharp_eyes.edge.backup.archive import bring_back, save
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.push.connection import SESSION
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import load

TEXT = """\
# ours
gateway: gw-7
data: var
hub: {url: 'mqtts://hub:18830', password_file: gw-7.password, ca_file: tls/ca.crt}
cameras:
  - {id: yard, source: {kind: rtsp, url: 'rtsp://192.0.2.1/', username: u, password_file: yard.password}}
  - {id: gate, source: {kind: rtsp, url: 'rtsp://192.0.2.2/', username: u, password_file: yard.password}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A gateway that has run: with passwords, authority, a change of the hub and a session."""
    folder = tmp_path / "old"
    for name, text in {
        "gateway.yaml": TEXT,
        "gw-7.password": "secret of the gateway\n",
        "yard.password": "secret of the camera\n",
        "tls/ca.crt": "authority\n",
        "var/settings/yard.json": '{"version": 3}',
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    outbox = Outbox(folder / "var/outbox", 2**30)
    outbox.put([], {SESSION: "s3cret", "yard/looks": "{}"})
    outbox.close()
    return folder / "gateway.yaml"


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "outbox" not in path.parts
    }


def test_another_machine_becomes_the_gateway(config: Path, tmp_path: Path) -> None:
    """Every file as it was, private; the session at the broker goes on, what the scenes remembered does not."""
    archive = tmp_path / "gw-7.backup"
    saved = save(config, archive)
    assert saved.gateway == "gw-7"
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    new = tmp_path / "new/etc/gateway.yaml"
    bring_back(archive, new)
    assert files(new.parent) == files(config.parent)
    modes = {stat.S_IMODE((new.parent / name).stat().st_mode) for name in files(new.parent)}
    assert modes == {0o600}
    assert load(new).hub.password() == "secret of the gateway"
    outbox = Outbox(new.parent / "var/outbox", 2**30)
    assert outbox.memory(SESSION) == "s3cret"
    assert outbox.memory("yard/looks") is None
    outbox.close()


def test_a_running_gateway_is_saved_without_its_session(config: Path, tmp_path: Path) -> None:
    """And this is said."""
    outbox = Outbox(config.parent / "var/outbox", 2**30)
    saved = save(config, tmp_path / "a.backup")
    outbox.close()
    assert "session at the broker is not in it" in saved.hints[0]
    bring_back(tmp_path / "a.backup", tmp_path / "new/gateway.yaml")
    assert load(tmp_path / "new/gateway.yaml").gateway == "gw-7"


def test_nothing_is_written_over_unless_forced(config: Path, tmp_path: Path) -> None:
    """What differs is named and nothing is written; what is as in the backup disturbs nobody."""
    save(config, tmp_path / "a.backup")
    bring_back(tmp_path / "a.backup", config)
    (config.parent / "gw-7.password").write_text("another\n")
    (config.parent / "yard.password").unlink()
    with pytest.raises(ConfigError, match=r"gw-7\.password: there already.*--force"):
        bring_back(tmp_path / "a.backup", config)
    assert not (config.parent / "yard.password").exists()
    bring_back(tmp_path / "a.backup", config, force=True)
    assert load(config).hub.password() == "secret of the gateway"


def test_what_is_missing_or_no_backup_is_named(config: Path, tmp_path: Path) -> None:
    """With the file."""
    (config.parent / "yard.password").unlink()
    with pytest.raises(ConfigError, match=r"yard\.password: No such file"):
        save(config, tmp_path / "a.backup")
    for name, content in {"none": b"text", "empty": b""}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ConfigError, match=rf"{name}: .*backup"):
            bring_back(tmp_path / name, tmp_path / "new/gateway.yaml")
    assert not (tmp_path / "new/gateway.yaml").exists()


def test_an_archive_writes_nothing_but_what_its_settings_name(config: Path, tmp_path: Path) -> None:
    """A path that was put into it leads nowhere."""
    save(config, tmp_path / "a.backup")
    with tarfile.open(tmp_path / "a.backup") as tar:
        content = {member.name: (tar.extractfile(member) or io.BytesIO()).read() for member in tar}
    manifest = content["manifest.json"].decode()
    content["manifest.json"] = (
        manifest.replace('"gw-7.password"', '"../evil"').replace('"settings/yard.json"', '"../../worse.json"').encode()
    )
    with tarfile.open(tmp_path / "b.backup", "w:gz") as tar:
        for name, data in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    bring_back(tmp_path / "b.backup", tmp_path / "deep/new/gateway.yaml")
    assert not list(tmp_path.rglob("evil"))
    assert not list(tmp_path.rglob("worse.json"))
