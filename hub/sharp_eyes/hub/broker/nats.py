"""Files for a cluster of NATS servers that outlives a machine, and who may do what at a NATS server."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.contract.topics import FROM_EDGE, FROM_HUB, FROM_PLATFORM, ROOT, Channel
from sharp_eyes.hub.broker.login import HUB_USER
from sharp_eyes.hub.broker.passwords import bcrypt_hash
from sharp_eyes.hub.certificates import TlsFiles
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.private_files import make_private_folder

MAX_PAYLOAD = 1024 * 1024

SESSION_EXPIRY = "168h"
"""After so long without its gateway a session is forgotten; open commands are sent again at a birth anyway."""

ROUTE_PORT = 6222

_DELIVERY = "$MQTT.sub.>"
"""Where NATS delivers QoS 1 to an MQTT client; clients cannot subscribe to it themselves."""

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_REPLICAS = 3
_MOST_CONNECTIONS = 65_536


@dataclass(frozen=True, slots=True)
class Node:
    """One server of the cluster: its host, where gateways reach it and where the other servers do."""

    host: str
    mqtt_port: int
    route_port: int = ROUTE_PORT


def subject(topic: str) -> str:
    """The subject under which NATS carries an MQTT topic or filter."""
    return topic.replace("/", ".")


def users(
    hub_hash: str, gateways: Mapping[str, str], platforms: Mapping[str, str] | None = None
) -> list[dict[str, object]]:
    """The hub, the gateways and the platforms of devices (name and bcrypt hash): each speaks in its own branch."""
    # A filter that ends in '#' also means the level above.
    everything = [subject(ROOT), f"{subject(ROOT)}.>"]
    hub = _user(HUB_USER, hub_hash, everything, everything)
    theirs = [_platform(name, hashed) for name, hashed in sorted((platforms or {}).items())]
    return [hub, *(_gateway(name, hashed) for name, hashed in sorted(gateways.items())), *theirs]


def write_cluster_files(
    folder: Path,
    gateways: Mapping[str, str],
    nodes: Sequence[Node],
    tls: TlsFiles | None = None,
    *,
    platforms: Mapping[str, str] | None = None,
    insecure: bool = False,
) -> Path:
    """Write one file of settings a node, ``nats-1.json`` and so on; return the hub's password file.

    ``gateways`` and ``platforms`` hold names and bcrypt hashes. The passwords of the hub and of the servers
    among each other are made once and kept. Each server keeps its store in ``store-1`` and so on, beside its file.
    Without ``tls`` all listen on loopback, unless ``insecure``.

    Raises:
        SettingsError: the folder cannot be written, these are too few nodes to outlive one, or TLS is missing.
    """
    if tls is None and not insecure and any(node.host not in _LOOPBACK for node in nodes):
        raise SettingsError("a cluster on several machines needs TLS: name a certificate under tls in hub.yaml")
    if len(nodes) < _REPLICAS:
        raise SettingsError(f"{len(nodes)} servers: a cluster that outlives one has {_REPLICAS} at least")
    try:
        make_private_folder(folder)
        secret, routes = _kept_secret(folder / "hub.password"), _kept_secret(folder / "routes.password")
        everyone = users(bcrypt_hash(secret.read_text().strip()), gateways, platforms)
        for number in range(len(nodes)):
            settings = _node(folder.resolve(), nodes, number, routes.read_text().strip(), tls)
            settings["authorization"] = {"users": everyone}
            write_private(folder / f"nats-{number + 1}.json", json.dumps(settings, indent=1))
    except OSError as error:
        raise SettingsError(f"{folder}: {error.strerror}") from error
    return secret


def _node(
    folder: Path, nodes: Sequence[Node], number: int, route_password: str, tls: TlsFiles | None
) -> dict[str, object]:
    node = nodes[number]
    shown = {} if tls is None else {"tls": {"cert_file": str(tls.certificate), "key_file": str(tls.key), "timeout": 5}}
    login = {"user": "route", "password": route_password}
    return {
        "server_name": f"nats-{number + 1}",
        # NATS' own protocol is not used, and no user may come that way.
        "host": "127.0.0.1",
        "port": -1,
        "max_payload": MAX_PAYLOAD,
        "max_connections": _MOST_CONNECTIONS,
        "jetstream": {"store_dir": str(folder / f"store-{number + 1}"), "max_file_store": 64 * 1024**3},
        "cluster": {
            "name": "sharp-eyes",
            "host": node.host,
            "port": node.route_port,
            "authorization": login | {"timeout": 5},
            "routes": [
                f"nats-route://{login['user']}:{login['password']}@{other.host}:{other.route_port}"
                for other in nodes
                if other is not node
            ],
        },
        "mqtt": {
            "host": node.host,
            "port": node.mqtt_port,
            "max_ack_pending": 256,
            # Sessions, retained births and messages on their way are on so many servers.
            "stream_replicas": _REPLICAS,
            "consumer_inactive_threshold": SESSION_EXPIRY,
            **shown,
        },
    }


def _kept_secret(file: Path) -> Path:
    if not file.is_file():
        write_private(file, secrets.token_urlsafe(24) + "\n")
    return file


def _gateway(name: str, hashed: str) -> dict[str, object]:
    branch = f"{subject(ROOT)}.{name}"
    publish = [
        f"{branch}.{channel}" + (".>" if channel in (Channel.EVIDENCE, Channel.SNAPSHOT) else "")
        for channel in FROM_EDGE
    ]
    return _user(name, hashed, publish, [f"{branch}.{channel}" for channel in FROM_HUB])


def _platform(name: str, hashed: str) -> dict[str, object]:
    branch = f"{subject(ROOT)}.{name}"
    return _user(name, hashed, [f"{branch}.{channel}" for channel in FROM_PLATFORM], [f"{branch}.{Channel.ACK}"])


def _user(name: str, hashed: str, publish: list[str], subscribe: list[str]) -> dict[str, object]:
    return {
        "user": name,
        "password": hashed,
        "allowed_connection_types": ["MQTT"],
        "permissions": {"publish": {"allow": publish}, "subscribe": {"allow": [*subscribe, _DELIVERY]}},
    }
