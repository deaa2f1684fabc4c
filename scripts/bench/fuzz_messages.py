"""Sends a hub fuzzed MQTT messages over its real broker, sound ones among them, and counts what arrived.

The hub, its bundled broker and its database are real; one gateway sends with QoS 1, so no message may be missing.
What is sent is random bytes, JSON of any shape, and sound messages with a value or a byte changed, on topics that a
gateway may use. Every hundredth message is a sound event: each must become a case and be acknowledged.
"""

import argparse
import json
import logging
import random
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import func, select

from sharp_eyes.contract.base import parse_message
from sharp_eyes.contract.command import Ack
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import Grade, Measure, Phase, SceneEvent, SceneName
from sharp_eyes.contract.topics import Channel, Topic, subscription
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.settings import BrokerSettings, HubSettings
from sharp_eyes.hub.store.case_tables import Case

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/fuzz_messages.py
  .venv/bin/python scripts/bench/fuzz_messages.py --messages 100000 --seed 7
"""
GATEWAY = "fuzzer"
WINDOW = 500
"""Messages that may be on the way."""

STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**70,
    1e308,
    "",
    "\u0000",
    "x" * 5000,
    [],
    {},
    [[[]]],
    "../../etc/passwd",
    "2026-13-45",
)


class Sender:
    """A gateway that sends anything, and hears what is acknowledged."""

    def __init__(self, port: int, password: str) -> None:
        self.taken: set[str] = set()
        self.refused = 0
        self._room = threading.Semaphore(WINDOW)
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=GATEWAY)
        self._client.username_pw_set(GATEWAY, password)
        self._client.max_inflight_messages_set(WINDOW)
        self._client.on_publish = lambda *_: self._room.release()
        self._client.on_message = self._heard
        self._client.connect("127.0.0.1", port)
        self._client.subscribe(subscription(Channel.ACK, GATEWAY), 1)
        self._client.loop_start()

    def send(self, topic: Topic, payload: bytes) -> None:
        """Send with QoS 1; waits while too many are on the way."""
        self._room.acquire()
        self._client.publish(str(topic), payload, qos=1)

    def close(self) -> None:
        """Wait until the broker has all, and leave."""
        for _ in range(WINDOW):
            self._room.acquire()
        self._client.disconnect()
        self._client.loop_stop()

    def _heard(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        ack = parse_message(Ack, bytes(message.payload))
        self.taken.update(ack.ids)
        self.refused += len(ack.refused)


def sound_event(number: int) -> SceneEvent:
    """An event that must be taken."""
    began = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=number)
    return SceneEvent(
        event_id=uuid4(),
        sequence=0,
        phase=Phase.OPENED,
        scene=SceneName.ILLEGAL_PARKING,
        gateway=GATEWAY,
        camera="cam-1",
        zone=f"kerb-{number}",
        started_at=began,
        observed_at=began,
        grade=Grade.ORDINARY,
        score=0.9,
        measures=(Measure(name="dwell", value=60.0, unit="s", threshold=30.0),),
        box=(0.25, 0.25, 0.75, 0.75),
    )


def fuzzed(chance: random.Random, number: int) -> tuple[Topic, bytes]:
    """A topic of the gateway's own, and something that is no sound message, most of the time."""
    channel = chance.choice((Channel.EVENT, Channel.EVENT, Channel.STATUS, Channel.EVIDENCE, Channel.SNAPSHOT))
    topic = Topic(GATEWAY, channel) if channel in (Channel.EVENT, Channel.STATUS) else None
    if channel is Channel.SNAPSHOT:
        topic = Topic(GATEWAY, channel, camera=f"cam-{chance.randrange(3)}")
    if topic is None:
        topic = Topic(GATEWAY, Channel.EVIDENCE, evidence_id=uuid4(), part=chance.choice((0, 1, 999_999)))
    kind = chance.randrange(4)
    if kind == 0:
        return topic, chance.randbytes(chance.choice((0, 1, 40, 2000)))
    if kind == 1:
        return topic, json.dumps(chance.choice(STRANGE)).encode()
    message = json.loads(wrap(GATEWAY, sound_event(number)).model_dump_json())
    if kind == 2:
        inner = chance.choice((message, message["data"]))
        inner[chance.choice(list(inner))] = chance.choice(STRANGE)
        return topic, json.dumps(message).encode()
    text = bytearray(json.dumps(message).encode())
    text[chance.randrange(len(text))] = chance.randrange(256)
    return topic, bytes(text)


def wait_until_heard(hub: Hub) -> None:
    """Wait until the hub hears what it sends to itself: before that, it is not subscribed and a gateway would wait."""
    line = hub.intake.client
    if line is None:
        raise SystemExit("the hub has no line to its broker")
    before = line.heard_at
    while line.heard_at <= before:
        line.send_to_self()
        time.sleep(0.1)


def wait_for_all(taken: set[str], wanted: set[str], seconds: float) -> None:
    """Wait until all are acknowledged, no longer than this."""
    end = time.monotonic() + seconds
    while not wanted <= taken and time.monotonic() < end:
        time.sleep(0.1)


def main() -> int:
    """Fuzz; 0 when every message arrived and every sound one became a case."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=10_000, help="how many in all")
    parser.add_argument("--seed", type=int, default=1, help="of what is sent")
    parser.add_argument("--port", type=int, default=18_931, help="of the broker")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.CRITICAL)
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        hub = Hub(HubSettings(data=Path(folder), broker=BrokerSettings(port=arguments.port)))
        hub.prepare()
        with hub.transaction() as work:
            password = add_gateway(work.session, work.city, work.now, GATEWAY, "demo")
        arrived = 0
        offer = hub.intake.worker.offer

        def counted(text: str, payload: bytes) -> None:
            nonlocal arrived
            arrived += 1
            offer(text, payload)

        hub.intake.worker.offer = counted  # type: ignore[method-assign]
        hub.start()
        wait_until_heard(hub)
        began = time.monotonic()
        sender, wanted = Sender(arguments.port, password), set()
        for number in range(arguments.messages):
            if number % 100 == 0:
                message = wrap(GATEWAY, sound_event(number))
                wanted.add(message.id)
                sender.send(Topic(GATEWAY, Channel.EVENT), message.model_dump_json().encode())
            else:
                sender.send(*fuzzed(chance, number))
        wait_for_all(sender.taken, wanted, 600)
        end = time.monotonic() + 60
        while arrived < arguments.messages and time.monotonic() < end:
            time.sleep(0.1)
        seconds = time.monotonic() - began
        sender.close()
        with hub.read_only() as work:
            cases = work.session.scalar(select(func.count()).select_from(Case))
        dropped = hub.intake.replies.dropped.counts()
        hub.stop()
    missing = wanted - sender.taken
    print(f"{arguments.messages} messages sent, {arrived} arrived at the intake, in {seconds:.0f} s")
    print(
        f"{len(wanted)} sound ones: {len(wanted) - len(missing)} acknowledged; {cases} cases; {sender.refused} refused"
    )
    print(f"dropped, by reason: {dropped}")
    return int(bool(missing) or arrived < arguments.messages or "fault" in dropped)


if __name__ == "__main__":
    raise SystemExit(main())
