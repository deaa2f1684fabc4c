"""A message that cannot get through never holds the others up, with real brokers that take no large packets."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.edge.push.brokers import Broker, Mosquitto, Nats
from tests.edge.push.consumer import Consumer, wait_for
from tests.edge.push.makers import GATEWAY, clip_entry, event_entry, event_id, evidence_entry
from tests.edge.push.test_publisher import BIRTH

from sharp_eyes.contract.base import parse_message
from sharp_eyes.contract.command import NO_ROOM, Ack
from sharp_eyes.contract.status import Heartbeat
from sharp_eyes.contract.topics import Channel
from sharp_eyes.edge.push.entry import Attachment
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.packet_limit import PacketLimit, Piece, smaller_part
from sharp_eyes.edge.push.publisher import Publisher
from sharp_eyes.edge.push.window import WindowLimits
from sharp_eyes.edge.settings import HubConnectionSettings

LIMIT = 60_000
QUICK = WindowLimits(patience=1.0, longest=2.0, aside=1.5)

BROKERS: dict[str, Callable[[Path], Broker]] = {
    "nats hangs up": lambda folder: Nats(folder, max_payload=LIMIT),
    "mosquitto hangs up": lambda folder: Mosquitto(folder, more=f"max_packet_size {LIMIT}\n"),
    "mosquitto drops": lambda folder: Mosquitto(folder, more=f"message_size_limit {LIMIT}\n"),
}


@pytest.fixture(params=list(BROKERS))
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = BROKERS[request.param](folder)
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture(autouse=True)
def back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each size that is tried costs a connection or two; what backing off is like is in ``test_publisher.py``."""
    monkeypatch.setattr(Publisher, "_back_off", lambda line, client: client.reconnect_delay_set(0.1, 0.1))


@pytest.fixture
def publisher(broker: Broker, outbox: Outbox) -> Iterator[Publisher]:
    one = Publisher(HubConnectionSettings(url=broker.url), GATEWAY, outbox, BIRTH, lambda command: None, limits=QUICK)
    one.start()
    yield one
    one.stop()


def test_parts_shrink_to_what_the_broker_takes(broker: Broker, outbox: Outbox, publisher: Publisher) -> None:
    """Pictures and a clip larger than a packet may be arrive whole, and the events behind them do not wait."""
    consumer = Consumer(broker.port)
    wait_for(lambda: publisher.connected)
    entries = [
        evidence_entry(1, 150_000),
        evidence_entry(2, 70_000),
        event_entry(1),
        event_entry(2),
        clip_entry(3, 700_000),
    ]
    outbox.put(entries)
    wait_for(lambda: {entry.message.id for entry in entries} <= set(consumer.committed), 120)
    wait_for(lambda: outbox.state().pending == 0)
    later = [event_entry(9), evidence_entry(9, 150_000)]
    outbox.put(later)
    wait_for(lambda: {entry.message.id for entry in later} <= set(consumer.committed), 120)
    consumer.close()


def test_one_bad_message_steps_aside_and_is_named(
    broker: Broker,
    outbox: Outbox,
    publisher: Publisher,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What cannot be cut finer waits at growing distances; all others arrive, and log and heartbeat say why."""
    monkeypatch.setattr("sharp_eyes.edge.push.packet_limit.CAREFUL_SECONDS", 5.0)
    monkeypatch.setattr("sharp_eyes.edge.push.stuck.smaller_part", lambda file, wanted=None: None)
    consumer = Consumer(broker.port)
    wait_for(lambda: publisher.connected)
    bad = evidence_entry(0, 100_000)
    outbox.put([bad])
    sent = []
    for number in range(1, 12):
        sent += [event_entry(number), evidence_entry(number, 20_000)]
        outbox.put(sent[-2:])
    wait_for(lambda: {entry.message.id for entry in sent} <= set(consumer.committed), 120)
    outbox.put([event_entry(100)])

    def told() -> bool:
        outbox.put([event_entry(int(time.monotonic() * 10))])  # an answer tells that the hub is alive
        publisher.heartbeat([])
        time.sleep(0.2)
        return any(parse_message(Heartbeat, one).outbox.aside for one in consumer.others[Channel.HEARTBEAT])

    wait_for(told, 240)
    beats = [parse_message(Heartbeat, one).outbox for one in consumer.others[Channel.HEARTBEAT]]
    assert any("max_packet_size" in beat.detail or "message_size_limit" in beat.detail for beat in beats if beat.aside)
    assert f"{bad.message.id} (" in caplog.text
    assert bad.message.id not in consumer.committed
    consumer.close()


def test_the_cause_is_found_by_sending_one_at_a_time() -> None:
    """A break with many pieces on the line blames none; two in a row with the same one alone blame that."""
    limit = PacketLimit()
    good, bad = Piece("a", None, 500), Piece("b", 0, 200_000)
    assert limit.may_send(5, 0.0)
    assert limit.broke_off([good, bad], 0.0) is None
    assert limit.may_send(0, 1.0)
    assert not limit.may_send(1, 1.0)
    limit.confirmed(good, 1.0)
    assert not limit.may_send(0, 1.1)
    assert limit.may_send(0, 1.5)
    assert limit.broke_off([bad], 2.0) is None
    assert limit.broke_off([bad], 3.0) == bad
    smaller = Piece("b", 0, 100_000)
    assert limit.broke_off([smaller], 4.0) == smaller
    assert limit.broke_off([], 5.0) is None
    assert limit.may_send(3, 5.0)


def test_what_is_confirmed_and_hung_up_on_is_found_too() -> None:
    """A break right after a confirmation, with nothing on the line, is laid at that piece's door."""
    limit = PacketLimit()
    bad = Piece("b", 0, 200_000)
    limit.confirmed(bad, 0.0)
    assert limit.broke_off([], 0.1) is None
    limit.confirmed(bad, 5.0)
    assert limit.broke_off([], 5.1) == bad


def test_a_line_that_breaks_now_and_then_blames_nobody() -> None:
    """A piece that gets through after the break is none the broker refuses."""
    limit = PacketLimit()
    pieces = [Piece("a", number, 200_000) for number in range(10)]
    for number, piece in enumerate(pieces):
        assert limit.broke_off([piece], 10.0 * number) is None
        limit.confirmed(piece, 10.0 * number + 1)
        limit.confirmed(Piece("next", number, 10), 10.0 * number + 2)
        assert limit.broke_off([], 10.0 * number + 9) is None


def test_a_file_is_not_cut_into_more_parts_than_a_hub_takes() -> None:
    """32 MiB in at most 2,000 parts; a picture down to 4 KiB; what is as fine as can be stays."""
    clip = Attachment(event_id(1), 32 * 1024**2, 20_000)
    assert smaller_part(clip) == -(-clip.size // 2000)
    picture = Attachment(event_id(1), 150_000, 192 * 1024)
    assert smaller_part(picture) == 75_000
    assert smaller_part(Attachment(event_id(1), 150_000, 4096)) is None


def test_what_was_learned_of_the_broker_outlives_a_restart(
    broker: Broker, outbox: Outbox, publisher: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    """The next start cuts files as fine at once, and breaks no connection over them; another broker is asked anew."""
    consumer = Consumer(broker.port)
    outbox.put([event_entry(1), evidence_entry(1, 150_000)])
    wait_for(lambda: outbox.state().pending == 0 and publisher._stuck.limit.part_size is not None, 120)
    learned = publisher._stuck.limit.part_size
    wait_for(lambda: outbox.memory("packet-limit") is not None)
    publisher.stop()
    caplog.clear()
    settings = HubConnectionSettings(url=broker.url)
    again = Publisher(settings, GATEWAY, outbox, BIRTH, lambda command: None, limits=QUICK)
    assert again._stuck.limit.part_size == learned
    outbox.put([event_entry(2), evidence_entry(2, 150_000)])
    again.start()
    wait_for(lambda: outbox.state().pending == 0, 120)
    again.stop()
    assert "ends the connection" not in caplog.text
    assert "lost" not in caplog.text
    consumer.close()
    elsewhere = HubConnectionSettings(url="mqtt://127.0.0.1:1")
    assert Publisher(elsewhere, GATEWAY, outbox, BIRTH, lambda command: None)._stuck.limit.part_size is None


@pytest.mark.parametrize("known", ["", "{", "[]", '{"url": 1}', '{"url": "u", "part_size": 5000, "learned_at": 1.0}'])
def test_a_limit_that_is_old_or_unreadable_is_learned_anew(outbox: Outbox, known: str) -> None:
    """Somebody may have raised it since."""
    outbox.put([], {"packet-limit": known})
    line = Publisher(HubConnectionSettings(url="mqtt://u"), GATEWAY, outbox, BIRTH, lambda command: None)
    assert line._stuck.limit.part_size is None


class FullConsumer(Consumer):
    """A hub that has no room for files, and says so."""

    full = True

    def _commit(self, identity: str) -> None:
        if self.full and any(file.message and file.message.id == identity for file in self._files.values()):
            self._answer(Ack(notice=NO_ROOM))
            return
        super()._commit(identity)


def test_a_hub_without_room_is_waited_for(tmp_path: Path, outbox: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    """Its files are not cut finer and do not wait for ever longer: when there is room they come within seconds."""
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    consumer = FullConsumer(broker.port)
    line = Publisher(HubConnectionSettings(url=broker.url), GATEWAY, outbox, BIRTH, lambda command: None, limits=QUICK)
    line.start()
    try:
        files = [evidence_entry(number, 150_000) for number in range(3)]
        outbox.put([entry for number in range(3) for entry in (event_entry(number), files[number])])
        tries = 0

        def all_left_out_thrice() -> bool:
            nonlocal tries
            tries += 1
            outbox.put([event_entry(100 + tries)])  # events are taken as ever
            time.sleep(0.1)
            return all(consumer.received[entry.message.id] >= 8 for entry in files)

        wait_for(all_left_out_thrice, 120)
        assert "has no room for files" in caplog.text
        assert "steps aside" not in caplog.text
        assert line._stuck.limit.part_size is None
        consumer.full = False
        wait_for(lambda: outbox.state().pending == 0, 30)
    finally:
        line.stop()
        consumer.close()
        broker.kill()
