"""Clears messages that a gateway had retained where the contract retains none.

Birth and will are retained, nothing else. A broker cannot forbid it by topic, and what is retained stays in the store
that all gateways share. Whether a message was retained is told only to those who subscribe later, so this comes by now
and then as a client of its own, and clears what it is shown.
"""

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from sharp_eyes.configuration.periodic import PeriodicThread
from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.topics import FROM_HUB, TO_HUB, Channel, parse, subscription
from sharp_eyes.hub.broker.client import prepare
from sharp_eyes.hub.broker.login import BrokerLogin

_LOG = logging.getLogger(__name__)
_QUIET_SECONDS, _AS_SLOW = 1.5, 3.0
"""Without a message for so long nothing more comes; of a broker that is slow, for so many times as its answers take."""

_LONGEST_SECONDS = 60.0
_FIRST_BUNDLED = 8 * 1024 * 1024


def clear_retained(login: BrokerLogin, patience: float = _LONGEST_SECONDS) -> dict[str, int]:
    """Clear what should not be retained; return how many messages of each gateway. A broker that is away is no error.

    Raises:
        BrokerError: the address or the certificate authority cannot be used.
    """
    visit = _Visit(login)
    return visit.run(patience)


class _Visit:
    def __init__(self, login: BrokerLogin) -> None:
        self._cleared: Counter[str] = Counter()
        self._last = self._asked = time.monotonic()
        self._quiet: float | None = None
        self._is_refused = False
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{login.username}-sweep-{secrets.token_hex(16)}",
            clean_session=True,
            protocol=mqtt.MQTTv311,
        )
        self._endpoint = prepare(self._client, login)
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._seen

    def run(self, patience: float) -> dict[str, int]:
        end = time.monotonic() + patience
        try:
            self._client.connect(self._endpoint.host, self._endpoint.port, keepalive=30)
        except OSError:
            return {}
        while time.monotonic() < end and not self._is_over():
            if self._client.loop(timeout=0.2) != mqtt.MQTT_ERR_SUCCESS:
                break
        self._client.disconnect()
        self._client.loop(timeout=0.2)
        return dict(self._cleared)

    def _is_over(self) -> bool:
        """Whether it was refused, or everything has come: a busy broker takes seconds to say that it listens."""
        return self._is_refused or (self._quiet is not None and time.monotonic() - self._last >= self._quiet)

    def _subscribed(self, *_: Any) -> None:
        self._last = time.monotonic()
        self._quiet = max(_QUIET_SECONDS, _AS_SLOW * (self._last - self._asked))

    def _connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self._is_refused = reason.is_failure
        if not self._is_refused:
            channels = [channel for channel in (*TO_HUB, *FROM_HUB) if channel is not Channel.STATUS]
            client.subscribe([(subscription(channel), 0) for channel in channels])

    def _seen(self, client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if not message.retain or not message.payload:
            return
        self._last = time.monotonic()
        try:
            gateway = parse(message.topic).gateway
        except ContractError:
            gateway = message.topic[:100]
        self._cleared[gateway] += 1
        client.publish(message.topic, b"", qos=1, retain=True)


class RetainedSweeper:
    """Clears at the start, every ``every`` seconds, and at once when the store of retained messages grows.

    Args:
        login: how the hub signs in.
        note: told of each gateway whose messages were cleared, and how many.
        store: the bundled broker's store of retained messages, whose size is watched; ``None`` for another broker.
    """

    def __init__(
        self, login: BrokerLogin, note: Callable[[str, int], None], store: Path | None = None, every: float = 300.0
    ) -> None:
        self._login = login
        self._note = note
        self._store = store
        self._every = every
        self._swept, self._size = -every, 0
        self._thread = PeriodicThread("retained", "clearing what was retained at the broker", self._step, 1.0)

    def start(self) -> None:
        """Start; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; a visit under way is left to end by itself."""
        self._thread.stop(0)

    def _step(self) -> None:
        size = 0 if self._store is None else _size(self._store)
        if time.monotonic() - self._swept < self._every and size < 2 * self._size + _FIRST_BUNDLED:
            return
        cleared = clear_retained(self._login)
        for gateway, count in cleared.items():
            self._note(gateway, count)
        if cleared:
            return  # a busy broker shows them haltingly: until a visit finds nothing more, there may be more
        # As large as it was before the visit: what is retained during one is not shown to it, and calls for another.
        self._swept, self._size = time.monotonic(), size


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total
