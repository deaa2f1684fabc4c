"""A gateway as the hub's tests need it: a real MQTT client that keeps what it hears."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

T = TypeVar("T")


PATIENCE = 4
"""Times as long as on an idle machine: a busy one is slow, and who waits in vain waits once."""


def wait_for(what: str, look: Callable[[], T | None], seconds: float = 20.0) -> T:
    """Look again and again until something is found; fails with ``what`` when the time is over."""
    end = time.monotonic() + PATIENCE * seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited {PATIENCE * seconds:.0f} s in vain for: {what}")


class Link:
    """One MQTT connection."""

    def __init__(
        self,
        port: int,
        user: str,
        password: str,
        *topics: str,
        client_id: str = "",
        clean: bool = True,
        will: tuple[str, str] | None = None,
    ) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.connects: list[str] = []
        self.granted: list[list[int]] = []
        self._topics = topics
        self._subscribed = threading.Event()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=clean, protocol=mqtt.MQTTv311
        )
        self.client.username_pw_set(user, password)
        if will is not None:
            self.client.will_set(will[0], will[1], qos=1, retain=True)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._connected
        self.client.on_subscribe = self._granted
        self.client.on_message = lambda _client, _data, said: self.heard.append((said.topic, bytes(said.payload)))
        self.client.connect("127.0.0.1", port, keepalive=10)
        self.client.loop_start()

    def ready(self) -> "Link":
        """Wait until it is connected and its subscriptions are answered."""
        wait_for("the connection", lambda: "Success" in self.connects)
        if self._topics:
            assert self._subscribed.wait(60)
        return self

    def publish(self, topic: str, payload: bytes | str, qos: int = 1, retain: bool = False) -> None:
        """Send, and wait until the broker has it; while the broker is away it is sent later."""
        info = self.client.publish(topic, payload, qos, retain)
        if qos and info.rc == mqtt.MQTT_ERR_SUCCESS:
            info.wait_for_publish(60)

    def payloads(self, topic: str) -> list[Any]:
        """JSON heard on a topic so far."""
        return [json.loads(payload) for said, payload in list(self.heard) if said == topic]

    def close(self) -> None:
        """Say good-bye."""
        self.client.disconnect()
        self.client.loop_stop()

    def vanish(self) -> None:
        """Disappear without a word, as a gateway does whose power fails."""
        self.client.loop_stop()
        connection = self.client.socket()
        if connection is not None:
            connection.close()

    def _connected(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self.connects.append(str(reason))
        if not reason.is_failure and self._topics:
            client.subscribe([(topic, 1) for topic in self._topics])

    def _granted(self, _client: mqtt.Client, _data: Any, _mid: int, reasons: list[Any], _properties: Any) -> None:
        self.granted.append([reason.value for reason in reasons])
        self._subscribed.set()
