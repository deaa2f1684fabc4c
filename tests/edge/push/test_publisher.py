"""The publisher against real brokers, with a consumer in the hub's place."""

import logging
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from tests.edge.push.brokers import Broker, Mosquitto, Nats
from tests.edge.push.consumer import Consumer, wait_for
from tests.edge.push.makers import GATEWAY, START, clip_entry, event_entry, event_id, evidence_entry

from sharp_eyes.contract.base import parse_message
from sharp_eyes.contract.command import Command, LookAgain, Watch
from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import Birth, CameraHealth, CameraState, Heartbeat, Will
from sharp_eyes.contract.topics import Channel
from sharp_eyes.edge.push.entry import Attachment, Entry
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.publisher import Publisher
from sharp_eyes.edge.push.window import WindowLimits
from sharp_eyes.edge.settings import HubConnectionSettings

ROOT = Path(__file__).parents[3]
QUICK = WindowLimits(patience=1.0, longest=4.0)
BIRTH = Birth(gateway=GATEWAY, session="session-1", time=START, version="0.1", cameras=())

MakePublisher = Callable[..., Publisher]


@pytest.fixture(params=[Nats, Mosquitto])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    folder = tmp_path / "broker"
    folder.mkdir()
    broker: Broker = request.param(folder)
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[Nats]:
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Nats(folder)
    yield broker
    broker.kill()


@pytest.fixture
def publisher(outbox: Outbox) -> Iterator[MakePublisher]:
    made: list[Publisher] = []

    def make(
        url: str,
        on_command: Callable[[Command], None] = lambda command: None,
        password: Path | None = None,
        ca_file: Path | None = None,
    ) -> Publisher:
        settings = HubConnectionSettings(url=url, password_file=password, ca_file=ca_file)
        made.append(Publisher(settings, GATEWAY, outbox, BIRTH, on_command, limits=QUICK))
        return made[-1]

    yield make
    for one in made:
        one.stop()


def some(count: int, size: int = 20_000) -> list[Entry]:
    """Events with a picture each, and a clip in parts every tenth."""
    entries = []
    for number in range(count):
        entries += [event_entry(number), evidence_entry(number, size)]
        if number % 10 == 0:
            entries.append(clip_entry(number, 450_000))
    return entries


def empty(outbox: Outbox) -> bool:
    return outbox.state().pending == 0


@pytest.mark.parametrize(("times", "delay"), [(1, 0.0), (2, 0.0), (1, 1.5)])
def test_everything_arrives_once(
    broker: Broker, outbox: Outbox, publisher: MakePublisher, times: int, delay: float
) -> None:
    """All messages and files arrive and the outbox empties, also with acks that come twice or late."""
    consumer = Consumer(broker.port, times=times, delay=delay)
    entries = some(40)
    outbox.put(entries[:60])
    publisher(broker.url).start()
    outbox.put(entries[60:])
    wait_for(lambda: empty(outbox), 60)
    assert sorted(consumer.committed) == sorted(entry.message.id for entry in entries)
    consumer.close()


def test_only_the_hubs_ack_forgets(broker: Broker, outbox: Outbox, publisher: MakePublisher) -> None:
    """With a broker that takes all and a hub that answers nothing, nothing is forgotten and little is sent."""
    consumer = Consumer(broker.port, times=0)
    outbox.put(some(60))
    publisher(broker.url).start()
    time.sleep(6)
    assert outbox.state().pending == len(some(60))
    assert len(consumer.received) <= QUICK.messages + QUICK.evidence_bytes // 20_000
    assert sum(consumer.received.values()) <= len(consumer.received) + 4

    consumer.times = 1
    wait_for(lambda: empty(outbox), 60)
    assert len(consumer.committed) == len(some(60))
    consumer.close()


def test_what_was_handed_over_while_the_line_broke_goes_again(
    nats: Nats, outbox: Outbox, publisher: MakePublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paho takes messages between the end of a connection and its word about it; they were never on the line."""
    monkeypatch.setattr(sys.modules[__name__], "QUICK", WindowLimits(patience=60.0))
    nats.start()
    consumer = Consumer(nats.port)
    line = publisher(nats.url)
    hung_up, say_so = Event(), Event()
    told = line._client.on_disconnect
    assert told is not None

    def late(*given: object) -> None:
        hung_up.set()
        say_so.wait(120)
        told(*given)  # type: ignore[arg-type]

    line._client.on_disconnect = late
    line.start()
    wait_for(lambda: line.connected)
    nats.kill()
    assert hung_up.wait(120)
    outbox.put([event_entry(1), evidence_entry(1, 500_000)])
    time.sleep(1.0)
    say_so.set()
    nats.start()
    wait_for(lambda: empty(outbox), 30)
    assert set(consumer.received.values()) == {1}
    consumer.close()


def test_a_broker_killed_midway_loses_nothing(broker: Broker, outbox: Outbox, publisher: MakePublisher) -> None:
    """The broker dies three times, whatever it had queued with it; all arrives, each file whole."""
    consumer = Consumer(broker.port)
    publisher(broker.url).start()
    chance = random.Random(7)
    entries = some(150)
    for first in range(0, len(entries), 105):
        outbox.put(entries[first : first + 105])
        time.sleep(chance.uniform(0.05, 0.3))
        broker.kill()
        time.sleep(0.5)
        broker.start()
    wait_for(lambda: empty(outbox), 90)
    assert sorted(consumer.committed) == sorted(entry.message.id for entry in entries)
    consumer.close()


def test_what_was_put_while_the_broker_was_away_follows(
    nats: Nats, outbox: Outbox, publisher: MakePublisher, caplog: pytest.LogCaptureFixture
) -> None:
    """Started without a broker, the publisher says so once, waits, and delivers when there is one."""
    publisher(nats.url).start()
    outbox.put(some(5))
    wait_for(lambda: "cannot be reached" in caplog.text)
    time.sleep(2)
    assert caplog.text.count("cannot be reached") == 1
    nats.start()
    consumer = Consumer(nats.port)
    wait_for(lambda: empty(outbox))
    assert len(consumer.committed) == len(some(5))
    consumer.close()


def test_a_refused_message_is_kept_aside(
    nats: Nats, outbox: Outbox, publisher: MakePublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the hub refuses for good is not sent again, and does not stand in the way of the rest."""
    # a refusal that takes longer than the patience would be asked for once more
    monkeypatch.setattr(sys.modules[__name__], "QUICK", WindowLimits(patience=5.0, longest=5.0))
    nats.start()
    bad = {event_entry(3).message.id, evidence_entry(4).message.id}
    consumer = Consumer(nats.port, refuse=lambda identity: identity in bad)
    outbox.put(some(8))
    publisher(nats.url).start()
    wait_for(lambda: empty(outbox))
    assert outbox.state().refused == 2
    assert set(consumer.committed) == {entry.message.id for entry in some(8)} - bad
    time.sleep(6)
    assert all(consumer.received[identity] == 1 for identity in bad)
    consumer.close()


def test_a_command_waits_for_the_gateway(broker: Broker, outbox: Outbox, publisher: MakePublisher) -> None:
    """A look-again command sent while the gateway is away arrives, once, when it is back."""
    consumer = Consumer(broker.port)
    first = publisher(broker.url)
    first.start()
    wait_for(lambda: len(consumer.others[Channel.STATUS]) == 1)
    first.stop()
    command = LookAgain(
        command_id=uuid4(),
        event_id=event_id(1),
        camera="cam-1",
        scene=SceneName.SMOKE,
        zone="yard",
        asked_at=START,
        expires_at=START,
    )
    consumer.send(Channel.COMMAND, command.model_dump_json())
    heard: list[Command] = []
    publisher(broker.url, heard.append).start()
    wait_for(lambda: len(heard) > 0)
    time.sleep(0.3)
    assert heard == [command]
    consumer.close()


def test_the_word_that_somebody_watches_arrives_and_later_words_do_no_harm(
    broker: Broker, publisher: MakePublisher
) -> None:
    """What a later hub may say besides is left aside."""
    consumer = Consumer(broker.port)
    heard: list[Command] = []
    publisher(broker.url, heard.append).start()
    wait_for(lambda: len(consumer.others[Channel.STATUS]) == 1)
    watch = Watch(camera="cam-1", seconds=20)

    def arrives() -> bool:
        consumer.send(Channel.COMMAND, '{"type": "of_a_later_version"}')
        consumer.send(Channel.COMMAND, watch.model_dump_json())
        return len(heard) > 0

    wait_for(arrives)
    assert set(heard) == {watch}
    consumer.close()


def test_birth_heartbeat_snapshot_and_farewell(nats: Nats, outbox: Outbox, publisher: MakePublisher) -> None:
    """The hub hears the birth, heartbeats that count up, small snapshots, and an offline note at the end."""
    nats.start()
    consumer = Consumer(nats.port)
    one = publisher(nats.url)
    health = CameraHealth(camera="cam-1", state=CameraState.ONLINE, since=START)
    one.heartbeat([health])
    assert not one.snapshot("cam-1", b"while away")
    one.start()
    wait_for(lambda: one.connected)
    one.heartbeat([health])
    one.heartbeat([health])
    assert one.snapshot("cam-1", b"\xff\xd8 small")
    assert not one.snapshot("cam-2", b"x" * 300_000)
    wait_for(lambda: len(consumer.others[Channel.HEARTBEAT]) == 2 and len(consumer.others[Channel.SNAPSHOT]) == 1)
    one.stop()
    wait_for(lambda: len(consumer.others[Channel.STATUS]) == 2)
    birth, farewell = consumer.others[Channel.STATUS]
    assert parse_message(Birth, birth) == BIRTH
    assert parse_message(Will, farewell).session == BIRTH.session
    beats = [parse_message(Heartbeat, payload) for payload in consumer.others[Channel.HEARTBEAT]]
    assert [beat.sequence for beat in beats] == [0, 1]
    assert beats[0].cameras == (health,)
    assert consumer.others[Channel.SNAPSHOT] == [b"\xff\xd8 small"]
    consumer.close()


KILLED = """
import sys, time
from pathlib import Path
from tests.edge.push.test_publisher import BIRTH, GATEWAY, HubConnectionSettings, Outbox, Publisher
outbox = Outbox(Path(sys.argv[1]), 1024**3)
Publisher(HubConnectionSettings(url=sys.argv[2]), GATEWAY, outbox, BIRTH, print).start()
time.sleep(60)
"""


def test_the_last_will_speaks_for_a_killed_gateway(broker: Broker, tmp_path: Path) -> None:
    """When the gateway's process dies, the broker says that it is offline."""
    consumer = Consumer(broker.port)
    gateway = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path / "killed"), broker.url], cwd=ROOT)
    wait_for(lambda: len(consumer.others[Channel.STATUS]) == 1)
    gateway.kill()
    gateway.wait()
    wait_for(lambda: len(consumer.others[Channel.STATUS]) == 2)
    assert parse_message(Will, consumer.others[Channel.STATUS][1]).session == BIRTH.session
    consumer.close()


def test_garbage_from_the_hub_is_ignored(
    nats: Nats, outbox: Outbox, publisher: MakePublisher, caplog: pytest.LogCaptureFixture
) -> None:
    """Answers and commands that make no sense are logged; the line goes on working."""
    nats.start()
    consumer = Consumer(nats.port, times=0)
    outbox.put([event_entry(1)])
    publisher(nats.url).start()
    wait_for(lambda: len(consumer.received) == 1)
    for channel, payload in [(Channel.ACK, "{"), (Channel.ACK, '{"ids": 7}'), (Channel.COMMAND, "[]")]:
        consumer.send(channel, payload)
    wait_for(lambda: caplog.text.count("no message of ours") == 3)
    consumer.times = 1
    wait_for(lambda: empty(outbox))
    consumer.close()


def test_a_wrong_password_is_said_and_tried_again(
    nats: Nats, outbox: Outbox, publisher: MakePublisher, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """The log names the gateway and the keys to check; once the broker knows the password, it connects."""
    caplog.set_level(logging.INFO)
    nats.users = {GATEWAY: "other", "consumer": "c"}
    nats.start()
    password = tmp_path / "password"
    password.write_text("secret-word\n")
    outbox.put([event_entry(1)])
    one = publisher(nats.url, password=password)
    one.start()
    wait_for(lambda: f"refuses gateway {GATEWAY}" in caplog.text)
    assert "hub.password_file" in caplog.text
    assert "secret-word" not in caplog.text
    nats.kill()
    nats.users = {GATEWAY: "secret-word", "consumer": "c"}
    nats.start()
    wait_for(lambda: one.connected)


def test_tls_is_used_and_checked(
    outbox: Outbox, publisher: MakePublisher, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With the broker's certificate in ca_file it connects; a certificate that nobody vouches for is refused."""
    caplog.set_level(logging.INFO)
    broker = Mosquitto(tmp_path, tls=True)
    broker.start()
    url = broker.url.replace("mqtt:", "mqtts:")
    stranger = publisher(url)
    stranger.start()
    wait_for(lambda: "its certificate is not trusted" in caplog.text)
    assert not stranger.connected
    stranger.stop()
    friend = publisher(url, ca_file=broker.certificate)
    friend.start()
    wait_for(lambda: friend.connected)
    friend.stop()
    broker.kill()


def test_a_file_that_vanished_does_not_block_the_rest(
    nats: Nats, outbox: Outbox, publisher: MakePublisher, tmp_path: Path
) -> None:
    """A picture whose file is gone is counted as lost; all others arrive."""
    nats.start()
    outbox.put(some(5))
    gone = evidence_entry(2, 20_000).message.id
    (tmp_path / "outbox" / "evidence" / gone).unlink()
    consumer = Consumer(nats.port)
    publisher(nats.url).start()
    wait_for(lambda: empty(outbox))
    assert outbox.state().lost == 1
    assert set(consumer.committed) == {entry.message.id for entry in some(5)} - {gone}
    consumer.close()


def test_a_file_acknowledged_while_it_goes_out_again_is_not_told_as_unsent(
    nats: Nats,
    publisher: MakePublisher,
    outbox: Outbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The answer to its first sending comes just before a part of it is read: nothing was lost."""
    nats.start()
    overtaken, read_part = Event(), outbox.read_part

    def answered_first(attachment: Attachment, part: int) -> bytes:
        outbox.forget([str(attachment.evidence_id)])
        overtaken.set()
        return read_part(attachment, part)

    monkeypatch.setattr(outbox, "read_part", answered_first)
    outbox.put([evidence_entry(1)])
    sender = publisher(nats.url)
    sender.start()
    assert overtaken.wait(30)
    sender.stop()
    assert "not sent" not in caplog.text
    assert outbox.state().lost == 0
