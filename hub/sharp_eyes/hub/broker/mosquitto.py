"""Files for a Mosquitto that serves a larger site: settings, passwords and who may use which topic."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.contract.topics import FROM_EDGE, FROM_HUB, FROM_PLATFORM, ROOT, Channel, subscription
from sharp_eyes.hub.broker.login import HUB_USER
from sharp_eyes.hub.broker.passwords import mosquitto_hash
from sharp_eyes.hub.certificates import TlsFiles
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.private_files import make_private_folder

_SETTINGS = """\
# Mosquitto 2 for Sharp Eyes. Copy this folder to /etc/mosquitto/sharp-eyes, make it readable for Mosquitto
# alone, and add to /etc/mosquitto/mosquitto.conf:  include_dir /etc/mosquitto/sharp-eyes
per_listener_settings false
{listener}

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


_PLAIN = """\
# Without TLS for this machine alone. Name a certificate under tls in hub.yaml and write these files anew.
listener {port} 127.0.0.1"""


def write_files(
    folder: Path,
    gateways: Mapping[str, str],
    port: int = 1883,
    tls: TlsFiles | None = None,
    *,
    platforms: Mapping[str, str] | None = None,
    insecure: bool = False,
) -> Path:
    """Write ``mosquitto.conf``, ``passwords`` and ``access`` into ``folder``; return the hub's password file.

    ``gateways`` and ``platforms`` of devices hold names and password hashes. The hub's own password is made once and
    kept. Without ``tls`` it listens on loopback, unless ``insecure``.

    Raises:
        SettingsError: the folder cannot be written.
    """
    try:
        make_private_folder(folder)
        secret = folder / "hub.password"
        if not secret.is_file():
            write_private(secret, secrets.token_urlsafe(24) + "\n")
        platforms = platforms or {}
        everyone = {HUB_USER: mosquitto_hash(secret.read_text().strip()), **gateways, **platforms}
        write_private(folder / "passwords", "".join(f"{name}:{hashed}\n" for name, hashed in everyone.items()))
        write_private(folder / "access", _access(gateways, platforms))
        write_private(
            folder / "mosquitto.conf",
            _SETTINGS.format(folder=folder.resolve(), listener=_listener(port, tls, insecure)),
        )
    except OSError as error:
        raise SettingsError(f"{folder}: {error.strerror}") from error
    return secret


def _listener(port: int, tls: TlsFiles | None, insecure: bool) -> str:
    if tls is not None:
        return (
            f"listener {port}\n# Mosquitto reads these as its own user.\ncertfile {tls.certificate}\nkeyfile {tls.key}"
        )
    return f"listener {port}" if insecure else _PLAIN.format(port=port)


def _access(gateways: Iterable[str], platforms: Iterable[str]) -> str:
    """Whoever is not named here may say and hear nothing."""
    lines = [f"user {HUB_USER}", f"topic readwrite {ROOT}/#"]
    for name in gateways:
        lines += _own_branch(name, FROM_EDGE, FROM_HUB)
    for name in platforms:
        lines += _own_branch(name, FROM_PLATFORM, (Channel.ACK,))
    return "\n".join(lines) + "\n"


def _own_branch(name: str, says: Iterable[Channel], hears: Iterable[Channel]) -> Iterator[str]:
    yield f"\nuser {name}"
    yield from (f"topic write {subscription(channel, name)}" for channel in says)
    yield from (f"topic read {subscription(channel, name)}" for channel in hears)
