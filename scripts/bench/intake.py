"""Measures what it costs a hub to take events and their pictures, and how near that comes to what its database can do.

``--broker``: a whole hub (``sharp-eyes-hub serve``, with its broker) gets events with pictures from gateways that keep
to the contract (at most 20 messages and 1 MiB unanswered each), and the processor time of its process is read; its
broker is another process. Without it: the intake takes bare events that wait in its queue, with no broker between, and
beside it, in turn, the floor: three inserts by SQLAlchemy's Core for each event and one commit for as many messages as
the intake takes together, in a database of the same kind on the same disk.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

sys.path.insert(0, str(Path(__file__).parents[2]))

from scripts.bench.intake_floor import floor_rows, insert_rows, open_floor
from tests.e2e.killable import HubProcess
from tests.hub.bench import announced, scene_event
from tests.hub.databases import cluster

from sharp_eyes.contract.base import MAX_MESSAGE_SIZE
from sharp_eyes.contract.command import Ack
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.intake.worker import MOST_TOGETHER
from sharp_eyes.hub.settings import HubSettings, LimitSettings

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/intake.py                        bare events beside the floor, SQLite
  .venv/bin/python scripts/bench/intake.py --postgresql
  .venv/bin/python scripts/bench/intake.py --broker               events with two pictures, a whole hub
  .venv/bin/python scripts/bench/intake.py --broker --one-by-one  each waits for the one before: latency
"""
CITIES = Path(__file__).parents[2] / "configs" / "city"
AREA = "demo/first-street/east"
_UNANSWERED, _UNANSWERED_BYTES = 20, 1024 * 1024
"""What a gateway that keeps to the contract leaves unanswered."""

_PART = 192 * 1024
_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE = 300.0
Sent = tuple[str, list[tuple[Topic, bytes]]]
"""A message's id, and the packets that make it."""


def main() -> int:
    """Measure and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], epilog=EXAMPLES)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--broker", action="store_true", help="a whole hub with its broker, events with pictures")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL with its fsync on; SQLite without")
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--pictures", type=int, default=2, help="of each event, with --broker")
    parser.add_argument("--picture-bytes", type=int, default=150_000)
    parser.add_argument("--gateways", type=int, default=4)
    parser.add_argument("--spots", type=int, default=0, help="spots that events come from; each its own where 0")
    parser.add_argument("--rounds", type=int, default=3, help="of intake and floor in turn")
    parser.add_argument("--one-by-one", action="store_true", help="each event waits for the one before")
    parser.add_argument("--city", default="demo", help="pack in configs/city; demo-district has clocks and notices")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = None
        if given.postgresql:
            postgresql = stack.enter_context(cluster("fsync=on"))
            for name in ("hub", "floor"):
                postgresql.run(f"CREATE DATABASE {name}")
            database = postgresql.url
        said = measure_hub(folder, database, given) if given.broker else measure_bare(folder, database, given)
    said |= {"database": "PostgreSQL" if given.postgresql else "SQLite", "load": round(os.getloadavg()[0], 1)}
    print(json.dumps(said, indent=2))
    return 0


@dataclass(slots=True)
class Spent:
    """Seconds by the clock and of this process's processors, one a round."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @contextmanager
    def round(self) -> Iterator[None]:
        """Measure what runs meanwhile."""
        wall, processor = time.monotonic(), time.process_time()
        yield
        self.wall.append(time.monotonic() - wall)
        self.processor.append(time.process_time() - processor)

    def each(self, events: int) -> dict[str, float]:
        """Milliseconds an event, and events a second by the clock, of the middle round."""
        wall, processor = statistics.median(self.wall), statistics.median(self.processor)
        return {
            "processor_ms": round(1000 * processor / events, 3),
            "wall_ms": round(1000 * wall / events, 3),
            "events_s": round(events / wall, 1),
        }


def measure_bare(folder: Path, database: Callable[[str], str] | None, given: argparse.Namespace) -> dict[str, object]:
    """Let the intake take events that wait for it, and beside it the floor."""
    url = database("hub") if database else None
    floor_url = database("floor") if database else f"sqlite:///{folder / 'floor.db'}"
    taken, floor = Spent(), Spent()
    with running_intake(folder / "data", url, given) as (hub, acknowledged), open_floor(floor_url) as connection:
        for _ in range(given.rounds):
            events = [bare(number, given) for number in range(given.events)]
            wait = acknowledged(len(events))
            with taken.round():
                for _, packets in events:
                    for topic, payload in packets:
                        hub.intake.worker.offer(str(topic), payload)
                wait()
            rows = [floor_rows() for _ in range(given.events)]
            with floor.round():
                for start in range(0, len(rows), MOST_TOGETHER):
                    insert_rows(connection, rows[start : start + MOST_TOGETHER])
    ours, bound = taken.each(given.events), floor.each(given.events)
    return {
        "bare_event": ours,
        "floor": bound,
        "of_the_floor": round(ours["events_s"] / bound["events_s"], 3),
        "of_the_floor_by_processor": round(bound["processor_ms"] / ours["processor_ms"], 3),
    }


@contextmanager
def running_intake(
    data: Path, url: str | None, given: argparse.Namespace
) -> Iterator[tuple[Hub, Callable[[int], Callable[[], None]]]]:
    """A hub of which only the intake's thread runs; and how to wait for so many acknowledgements."""
    limits = LimitSettings(storm_events=0)
    hub = Hub(HubSettings(data=data, database=url, city=CITIES / f"{given.city}.yaml", limits=limits))
    hub.prepare()
    hub.take_city()
    counter = Counter()
    hub.intake.replies.outbound = counter
    with hub.transaction() as work:
        for number in range(given.gateways):
            add_gateway(work.session, work.city, work.now, gateway_name(number), AREA)
    hub.intake.worker.start()
    try:
        yield hub, counter.expect
    finally:
        hub.intake.worker.stop()
        hub.stop()


class Counter:
    """Counts what the hub acknowledges; nothing goes out."""

    def __init__(self) -> None:
        self._left = 0
        self._done = threading.Event()

    def expect(self, count: int) -> Callable[[], None]:
        """Begin to count; what is returned waits until so many are acknowledged."""
        self._left = count
        self._done.clear()
        return self._wait

    def acknowledge(self, gateway: str, ack: Ack) -> None:
        """Count."""
        if ack.refused:
            raise RuntimeError(f"{gateway}: {ack.refused[0].reason}")
        self._left -= len(ack.ids)
        if self._left == 0:
            self._done.set()

    def command(self, gateway: str, message: object) -> None:
        """Nothing listens."""

    def watch(self, gateway: str, message: object) -> None:
        """Nothing listens."""

    def _wait(self) -> None:
        if not self._done.wait(_PATIENCE):
            raise TimeoutError(f"{self._left} messages were not acknowledged")


def gateway_name(number: int) -> str:
    """Name of a gateway of this bench."""
    return f"gate-{number}"


def bare(number: int, given: argparse.Namespace) -> Sent:
    """An event of the next gateway, with nothing that belongs to it."""
    gateway = gateway_name(number % given.gateways)
    spot = {"zone": f"spot-{number % given.spots}"} if given.spots else {}
    message = wrap(gateway, scene_event(datetime.now(UTC), gateway=gateway, **spot))
    payload = message.model_dump_json().encode()
    if len(payload) > MAX_MESSAGE_SIZE:
        raise ValueError("the event is too large for the contract")
    return message.id, [(Topic(gateway, Channel.EVENT), payload)]


def with_pictures(number: int, given: argparse.Namespace, bytes_of: Random) -> list[Sent]:
    """An event of the next gateway, and its pictures."""
    gateway, now = gateway_name(number % given.gateways), datetime.now(UTC)
    spot = {"zone": f"spot-{number % given.spots}"} if given.spots else {}
    event = scene_event(now, gateway=gateway, **spot)
    sent: list[Sent] = []
    message = wrap(gateway, event)
    sent.append((message.id, [(Topic(gateway, Channel.EVENT), message.model_dump_json().encode())]))
    for _ in range(given.pictures):
        content = b"\xff\xd8\xff" + bytes_of.randbytes(given.picture_bytes - 3)
        evidence = announced(content, event.event_id, now, part_size=_PART)
        announcement = wrap(gateway, evidence)
        packets = [(Topic(gateway, Channel.EVENT), announcement.model_dump_json().encode())]
        for part in range(evidence.parts):
            topic = Topic(gateway, Channel.EVIDENCE, evidence_id=evidence.evidence_id, part=part)
            packets.append((topic, content[part * _PART : (part + 1) * _PART]))
        sent.append((announcement.id, packets))
    return sent


class Sender:
    """A gateway that keeps to the contract: it leaves only so much unanswered."""

    def __init__(self, name: str, password: str, port: int) -> None:
        self.waits: list[float] = []
        self._name = name
        self._room = threading.Condition()
        self._unanswered: dict[str, tuple[int, float]] = {}
        self._subscribed = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv311)
        self._client.username_pw_set(name, password)
        self._client.on_connect = self._connected
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._answered
        self._client.max_inflight_messages_set(1000)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        if not self._subscribed.wait(_PATIENCE):
            raise TimeoutError("the broker does not answer")

    def send(self, sent: Sent) -> None:
        """Send a message with its packets once there is room."""
        identity, packets = sent
        size = sum(len(payload) for _, payload in packets)
        with self._room:
            if not self._room.wait_for(lambda: self._has_room(size), _PATIENCE):
                raise TimeoutError(f"{self._name}: the hub does not acknowledge {next(iter(self._unanswered))}")
            self._unanswered[identity] = size, time.monotonic()
        for topic, payload in packets:
            self._client.publish(str(topic), payload, qos=1)

    def wait_until_answered(self) -> None:
        """Wait until nothing is unanswered."""
        with self._room:
            if not self._room.wait_for(lambda: not self._unanswered, _PATIENCE):
                raise TimeoutError(f"{self._name}: the hub does not acknowledge {next(iter(self._unanswered))}")

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, *_: object) -> None:
        self._client.subscribe(str(Topic(self._name, Channel.ACK)), 1)

    def _has_room(self, size: int) -> bool:
        waiting = sum(one for one, _ in self._unanswered.values())
        return not waiting or (len(self._unanswered) < _UNANSWERED and waiting + size <= _UNANSWERED_BYTES)

    def _answered(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        ack = Ack.model_validate_json(message.payload)
        if ack.refused:
            raise RuntimeError(ack.refused[0].reason)
        with self._room:
            for identity in ack.ids:
                known = self._unanswered.pop(identity, None)
                if known is not None:
                    self.waits.append(time.monotonic() - known[1])
            self._room.notify_all()


def measure_hub(folder: Path, database: Callable[[str], str] | None, given: argparse.Namespace) -> dict[str, object]:
    """Send a whole hub events with pictures, and read its process's time."""
    more = {"database": database("hub")} if database else {}
    city = str(CITIES / f"{given.city}.yaml")
    hub = HubProcess(folder, limits={"storm_events": 0}, city=city, **more)
    passwords = [hub.register_gateway(gateway_name(number), AREA) for number in range(given.gateways)]
    hub.start()
    try:
        hub.wait_until_healthy()
        senders = [Sender(gateway_name(n), word, hub.broker_port) for n, word in enumerate(passwords)]
        bytes_of = Random(1)
        for number in range(len(senders)):  # what is made once is made now
            send_all(senders, [with_pictures(number, given, bytes_of)], given)
        load = [with_pictures(number, given, bytes_of) for number in range(given.events)]
        for sender in senders:
            sender.waits.clear()
        before, began = processor_seconds(hub.pid), time.monotonic()
        send_all(senders, load, given)
        wall, spent = time.monotonic() - began, processor_seconds(hub.pid) - before
        waits = sorted(wait for sender in senders for wait in sender.waits)
        for sender in senders:
            sender.close()
    finally:
        hub.stop()
    return {
        "events": given.events,
        "pictures_each": given.pictures,
        "hub_processor_ms_an_event": round(1000 * spent / given.events, 2),
        "events_s": round(given.events / wall, 1),
        "until_acknowledged_ms": {
            "p50": round(1000 * statistics.median(waits), 1),
            "p95": round(1000 * waits[int(0.95 * len(waits))], 1),
        },
    }


def send_all(senders: list[Sender], load: list[list[Sent]], given: argparse.Namespace) -> None:
    """Send each event by its gateway, and wait until all is acknowledged."""
    for messages in load:
        gateway = messages[0][1][0][0].gateway
        sender = next(one for number, one in enumerate(senders) if gateway_name(number) == gateway)
        for message in messages:
            sender.send(message)
        if given.one_by_one:
            sender.wait_until_answered()
    for sender in senders:
        sender.wait_until_answered()


def processor_seconds(pid: int) -> float:
    """Seconds of processor time that a process has taken, all its threads together; no child's."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


if __name__ == "__main__":
    sys.exit(main())
