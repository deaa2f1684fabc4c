"""A consumer in the hub's place: commits to memory, then acknowledges, in the manner a test asks for."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Timer
from uuid import UUID

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from tests.edge.push.makers import GATEWAY

from sharp_eyes.contract.command import Ack, Refusal
from sharp_eyes.contract.envelope import EvidenceMessage, parse_durable
from sharp_eyes.contract.topics import ROOT, Channel, Topic, parse


@dataclass
class _File:
    message: EvidenceMessage | None = None
    parts: dict[int, bytes] = field(default_factory=dict)


class Consumer:
    """Commits each message once and acknowledges it ``times`` times after ``delay`` seconds.

    Attributes:
        committed: ids in the order they were committed.
        received: how often each durable message came.
        others: payloads on all other topics of the gateway, by channel.
    """

    def __init__(self, port: int, *, times: int = 1, delay: float = 0.0, refuse: Callable[[str], bool] | None = None):
        self.times = times
        self.delay = delay
        self.refuse = refuse or (lambda identity: False)
        self.committed: list[str] = []
        self.received: Counter[str] = Counter()
        self.others: dict[Channel, list[bytes]] = {channel: [] for channel in Channel}
        self._files: dict[UUID, _File] = {}
        self._lock = Lock()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="consumer", clean_session=False)
        self.client.on_message = self._on_message
        self.client.on_connect = lambda client, *_: client.subscribe(f"{ROOT}/#", 1)
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        wait_for(self.client.is_connected)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def send(self, channel: Channel, payload: str) -> None:
        """Say something to the gateway."""
        self.client.publish(str(Topic(GATEWAY, channel)), payload, qos=1).wait_for_publish(5)

    def _on_message(self, _client: mqtt.Client, _userdata: object, packet: mqtt.MQTTMessage) -> None:
        topic = parse(packet.topic)
        with self._lock:
            if topic.channel is Channel.EVENT:
                self._take_message(bytes(packet.payload))
            elif topic.channel is Channel.EVIDENCE and topic.evidence_id and topic.part is not None:
                file = self._files.setdefault(topic.evidence_id, _File())
                file.parts[topic.part] = bytes(packet.payload)
                self._finish(file)
            else:
                self.others[topic.channel].append(bytes(packet.payload))

    def _take_message(self, payload: bytes) -> None:
        message = parse_durable(payload)
        self.received[message.id] += 1
        if self.refuse(message.id):
            self._answer(Ack(refused=(Refusal(id=message.id, reason="not wanted here"),)))
        elif isinstance(message, EvidenceMessage):
            file = self._files.setdefault(message.data.evidence_id, _File())
            if file.message is not None and file.message != message:
                file.parts.clear()  # cut anew
            file.message = message
            self._finish(file)
        else:
            self._commit(message.id)

    def _finish(self, file: _File) -> None:
        if file.message is None:
            return
        wanted = range(file.message.data.parts)
        if not all(number in file.parts for number in wanted):
            return
        content = b"".join(file.parts[number] for number in wanted)
        assert hashlib.sha256(content).hexdigest() == file.message.data.sha256
        self._commit(file.message.id)

    def _commit(self, identity: str) -> None:
        if identity not in self.committed:
            self.committed.append(identity)
        for _ in range(self.times):
            self._answer(Ack(ids=(identity,)))

    def _answer(self, ack: Ack) -> None:
        def publish() -> None:
            self.client.publish(str(Topic(GATEWAY, Channel.ACK)), ack.model_dump_json(), qos=1)

        if self.delay:
            Timer(self.delay, publish).start()
        else:
            publish()


def wait_for(condition: Callable[[], bool], timeout: float = 30.0) -> None:
    """Wait until a condition holds; four times as long as on an idle machine.

    Raises:
        TimeoutError: when it does not in time.
    """
    end = time.monotonic() + 4 * timeout
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for did not happen")
        time.sleep(0.02)
