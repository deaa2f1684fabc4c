"""Whether messages still come through, decided from what was heard; and when a lasting trouble is said again."""

import logging

import paho.mqtt.client as mqtt
import pytest

from sharp_eyes.configuration.hearing import Hearing
from sharp_eyes.configuration.log_throttle import BURST, WINDOW_SECONDS, LogThrottle
from sharp_eyes.configuration.reminder import Reminder
from sharp_eyes.hub.broker.client import MqttClient
from sharp_eyes.hub.broker.login import BrokerLogin
from sharp_eyes.hub.intake.self_check import INTERVAL_SECONDS, PATIENCE_SECONDS, SelfCheck


class Line:
    """A broker that answers at once while ``works``."""

    def __init__(self, clock: "Clock") -> None:
        self.clock = clock
        self.works = True
        self.heard_at = clock()

    def send_to_self(self) -> None:
        if self.works:
            self.heard_at = self.clock()


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


class Stand:
    def __init__(self) -> None:
        self.clock = Clock()
        self.line = Line(self.clock)
        self.behind = False
        self.has_room = True
        self.mended: list[float] = []
        self.check = SelfCheck(self.line, lambda: self.behind, self.mend, self.clock)

    def mend(self) -> str:
        if not self.has_room:
            return ""
        self.mended.append(self.clock())
        return "restarted"

    def ticks(self, seconds: float) -> None:
        for _ in range(int(seconds / INTERVAL_SECONDS)):
            self.clock.time += INTERVAL_SECONDS
            self.check.tick()


def test_while_messages_come_through_nothing_is_mended() -> None:
    """Not in an hour."""
    stand = Stand()
    stand.ticks(3600)
    assert stand.check.is_hearing
    assert stand.mended == []


def test_a_broker_that_gives_nothing_back_is_mended_at_growing_distances() -> None:
    """At once after the patience, and less and less often when that does not help."""
    stand = Stand()
    stand.ticks(60)
    stand.line.works = False
    stand.ticks(PATIENCE_SECONDS + 2 * INTERVAL_SECONDS)
    assert not stand.check.is_hearing
    assert len(stand.mended) == 1
    stand.ticks(1200)
    distances = [after - before for before, after in zip(stand.mended, stand.mended[1:], strict=False)]
    assert distances[:5] == [30, 60, 120, 240, 300]


def test_it_waits_for_room_and_then_mends_at_once() -> None:
    """A broker restarted on a full disk would be no better."""
    stand = Stand()
    stand.line.works, stand.has_room = False, False
    stand.ticks(600)
    assert not stand.check.is_hearing
    assert stand.mended == []
    stand.has_room = True
    stand.ticks(INTERVAL_SECONDS)
    assert len(stand.mended) == 1
    stand.line.works = True
    stand.ticks(2 * INTERVAL_SECONDS)
    assert stand.check.is_hearing


def test_a_hub_that_holds_up_the_line_itself_is_not_deaf() -> None:
    """While the database is locked nothing is read from the broker: that is not the broker's fault."""
    stand = Stand()
    stand.line.works, stand.behind = False, True
    stand.ticks(600)
    assert stand.check.is_hearing
    stand.behind = False
    stand.ticks(PATIENCE_SECONDS + INTERVAL_SECONDS)
    assert not stand.check.is_hearing


def test_a_lasting_trouble_is_said_at_once_and_again_at_growing_distances() -> None:
    """Tried every second for a day: a handful of lines, not 86,400."""
    clock = Clock()
    reminder = Reminder(clock)
    said = []
    for second in range(86_400):
        clock.time = 1000.0 + second
        if reminder.is_due():
            said.append(second)
    assert said[:5] == [0, 60, 180, 420, 900]
    assert len(said) < 32
    assert reminder.lasts == 86_399
    assert reminder.over()
    assert not reminder.over()
    assert reminder.is_due()


def test_a_flood_of_one_kind_of_line_is_counted_not_written(caplog: pytest.LogCaptureFixture) -> None:
    """And silences no other kind; the next line says how many were left out."""
    clock = Clock()
    throttle = LogThrottle(clock)

    def line(text: str, *values: object) -> logging.LogRecord | None:
        record = logging.LogRecord("a", logging.WARNING, "file", 1, text, values, None)
        return record if throttle.filter(record) else None

    written = [line("refused %d", number) for number in range(10_000)]
    assert sum(record is not None for record in written) == BURST
    assert line("another") is not None
    clock.time += WINDOW_SECONDS
    last = line("refused %d", 7)
    assert last is not None
    assert last.getMessage() == f"refused 7 (and {10_000 - BURST} more lines of this kind)"


def test_it_counts_what_did_not_help() -> None:
    """So that more can be done after that; when messages come again it begins anew."""
    stand = Stand()
    stand.line.works = False
    stand.ticks(PATIENCE_SECONDS + INTERVAL_SECONDS + 100)
    assert stand.check.mends == len(stand.mended) == 3
    stand.line.works = True
    stand.ticks(2 * INTERVAL_SECONDS)
    assert stand.check.mends == 0


def test_what_a_broker_had_retained_is_no_sign_that_it_takes_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has latched a full disk throws everybody out again and again, and gives that at each connecting."""
    monkeypatch.setattr(Hearing, "is_whole", True)
    heard: list[str] = []
    client = MqttClient(BrokerLogin("mqtt://127.0.0.1:9", "hub", "x"), lambda topic, _: heard.append(topic))
    before = client.heard_at
    message = mqtt.MQTTMessage(topic=b"sharp-eyes/v1/gate-1/status")
    message.payload, message.qos, message.retain = b"{}", 1, True
    client._received(client._client, None, message)
    assert (client.heard_at, len(heard)) == (before, 1)
    message.retain = False
    client._received(client._client, None, message)
    assert client.heard_at > before
