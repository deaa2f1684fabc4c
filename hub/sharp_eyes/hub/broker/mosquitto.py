"""Files for a Mosquitto that serves a larger site: settings, passwords and who may use which topic."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from sharp_eyes.contract.topics import FROM_EDGE, FROM_HUB, ROOT, Channel
from sharp_eyes.hub.broker.login import HUB_USER
from sharp_eyes.hub.broker.passwords import mosquitto_hash
from sharp_eyes.hub.errors import SettingsError

_SETTINGS = """\
# Mosquitto 2 for Sharp Eyes. Copy this folder to /etc/mosquitto/sharp-eyes, make it readable for Mosquitto
# alone, and add to /etc/mosquitto/mosquitto.conf:  include_dir /etc/mosquitto/sharp-eyes
per_listener_settings false
listener {port}
# For gateways across a network, give certificates:
#cafile {folder}/ca.crt
#certfile {folder}/server.crt
#keyfile {folder}/server.key

allow_anonymous false
password_file {folder}/passwords
acl_file {folder}/access

# Commands wait on disk for gateways that are away.
persistence true
autosave_interval 60
persistent_client_expiration 7d
# The default of 1,000 waiting messages drops silently; the hub acknowledges each message, so none pile up.
max_queued_messages 0
max_inflight_messages 100
queue_qos0_messages false
# A part of evidence has 192 KiB.
message_size_limit 1048576
"""


def write_files(folder: Path, hashes: Mapping[str, str], port: int = 1883) -> Path:
    """Write ``mosquitto.conf``, ``passwords`` and ``access`` into ``folder``; return the hub's password file.

    ``hashes`` holds each gateway's name and password hash. The hub's own password is made once and kept.

    Raises:
        SettingsError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        secret = folder / "hub.password"
        if not secret.is_file():
            _write(secret, secrets.token_urlsafe(24) + "\n")
        everyone = {HUB_USER: mosquitto_hash(secret.read_text().strip()), **hashes}
        _write(folder / "passwords", "".join(f"{name}:{hashed}\n" for name, hashed in everyone.items()))
        _write(folder / "access", _access())
        _write(folder / "mosquitto.conf", _SETTINGS.format(folder=folder.resolve(), port=port))
    except OSError as error:
        raise SettingsError(f"{folder}: {error.strerror}") from error
    return secret


def _access() -> str:
    lines = [f"user {HUB_USER}", f"topic readwrite {ROOT}/#", "", "# %u is the gateway's name."]
    for channel in FROM_EDGE:
        tail = "/#" if channel in (Channel.EVIDENCE, Channel.SNAPSHOT) else ""
        lines.append(f"pattern write {ROOT}/%u/{channel}{tail}")
    lines += [f"pattern read {ROOT}/%u/{channel}" for channel in FROM_HUB]
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    new = path.with_name(path.name + ".new")
    new.touch(mode=0o600)
    new.write_text(text)
    new.replace(path)
