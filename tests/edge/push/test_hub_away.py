"""A hub that is away for long is told of again and again, and so is its return."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.edge.push.brokers import Mosquitto
from tests.edge.push.consumer import Consumer, wait_for
from tests.edge.push.makers import GATEWAY
from tests.edge.push.test_publisher import BIRTH

from sharp_eyes.configuration import reminder
from sharp_eyes.contract.base import parse_message
from sharp_eyes.contract.status import Heartbeat
from sharp_eyes.contract.topics import Channel
from sharp_eyes.edge.push import hub_away, publisher
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.publisher import Publisher
from sharp_eyes.edge.settings import HubConnectionSettings


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    (tmp_path / "broker").mkdir()
    made = Mosquitto(tmp_path / "broker")
    yield made
    made.kill()


def test_it_is_said_again_and_its_return_too(
    broker: Mosquitto, outbox: Outbox, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line says for how long; after the return log and heartbeat say it too. A minute is a second here."""
    monkeypatch.setattr(reminder, "FIRST_SECONDS", 1.0)
    monkeypatch.setattr(publisher, "LONGEST_DELAY", 1)
    monkeypatch.setattr(hub_away, "WORTH_TELLING", 1.0)
    caplog.set_level("INFO")
    line = Publisher(HubConnectionSettings(url=broker.url), GATEWAY, outbox, BIRTH, lambda _command: None)
    line.start()

    def told() -> list[int]:
        return [int(found) for found in re.findall(r"cannot be reached for (\d+) s", caplog.text)]

    try:
        wait_for(lambda: len(told()) >= 3, 90)
        assert told() == sorted(told())
        assert told()[2] >= 3, "after one second, and two more"
        broker.start()
        consumer = Consumer(broker.port)
        wait_for(lambda: line.connected, 60)
        assert re.search(r"connected to hub \S+ again; it was away for \d+ s", caplog.text)

        def detail() -> str:
            line.heartbeat([])
            beats = consumer.others[Channel.HEARTBEAT]
            return parse_message(Heartbeat, beats[-1]).outbox.detail if beats else ""

        wait_for(lambda: "the hub could not be reached for" in detail(), 30)
        consumer.close()
    finally:
        line.stop()
