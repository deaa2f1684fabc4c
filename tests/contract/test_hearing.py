"""A broker that does not let somebody hear what they must is asked again until it does."""

import logging

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from sharp_eyes.configuration.hearing import LONGEST_WAIT, Hearing

TOPICS = [("ack", 1), ("command", 1)]
GRANTED, REFUSED = ReasonCode(PacketTypes.SUBACK, identifier=1), ReasonCode(PacketTypes.SUBACK, identifier=0x80)


class Client:
    """Keeps what is asked for, by the packet's number."""

    def __init__(self) -> None:
        self.asked: list[list[tuple[str, int]]] = []

    def subscribe(self, topics: list[tuple[str, int]]) -> tuple[int, int]:
        self.asked.append(list(topics))
        return 0, self.number

    @property
    def number(self) -> int:
        """Of the last packet."""
        return len(self.asked)


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def hearing(client: Client) -> Hearing:
    """It has asked once."""
    hearing = Hearing("hub mqtt://hub", "gateway gate-1", TOPICS)
    hearing.began(client, 0.0)  # type: ignore[arg-type]
    return hearing


@pytest.mark.parametrize("answer", [True, False], ids=["refused", "no answer"])
def test_it_is_asked_again_until_it_is_granted(
    client: Client, hearing: Hearing, answer: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """At growing distances, for what is missing; the log says it once, and when it is over."""
    caplog.set_level(logging.WARNING)
    moments = []
    for second in range(1, 196):
        if answer:
            hearing.answered(client.number, [REFUSED, GRANTED][: len(client.asked[-1])])  # a second time it is nothing
        before = len(client.asked)
        hearing.look(client, float(second))  # type: ignore[arg-type]
        if len(client.asked) > before:
            moments.append(second)
    assert moments == [5, 15, 35, 75, 135, 195]
    assert moments[-1] - moments[-2] == LONGEST_WAIT
    assert client.asked[-1] == (TOPICS[:1] if answer else TOPICS)
    assert not hearing.is_whole
    hearing.answered(client.number, [GRANTED] * len(client.asked[-1]))
    assert hearing.is_whole
    hearing.look(client, 10_000.0)
    assert len(client.asked) == 1 + len(moments)
    said = [record.getMessage() for record in caplog.records]
    assert [("does not let" in one, "again" in one) for one in said] == (
        [(True, True), (False, True)] if answer else []
    )


def test_a_new_connection_asks_anew(client: Client, hearing: Hearing) -> None:
    """What the old one still waited for is over, what it was granted counts no more, and nobody waits as long again."""
    hearing.answered(client.number, [GRANTED, REFUSED])
    hearing.look(client, 5.0)  # type: ignore[arg-type]
    old = client.number
    hearing.ended()
    hearing.look(client, 100.0)  # type: ignore[arg-type]
    assert client.number == old
    hearing.began(client, 101.0)  # type: ignore[arg-type]
    assert client.asked[-1] == TOPICS
    hearing.answered(old, [GRANTED, GRANTED])
    assert not hearing.is_whole
    hearing.look(client, 105.0)  # type: ignore[arg-type]
    assert client.number == old + 1
    hearing.look(client, 106.0)  # type: ignore[arg-type]
    assert client.number == old + 2
    assert client.asked[-1] == TOPICS  # an answer to the old one counted for nothing


@pytest.mark.parametrize("late", [GRANTED, REFUSED], ids=["granted", "refused"])
def test_an_answer_that_comes_late_counts_for_what_it_answers(
    client: Client, hearing: Hearing, late: ReasonCode
) -> None:
    """Asked twice meanwhile; the first packet's answer grants what it asked for, or takes nothing back."""
    hearing.look(client, 5.0)  # type: ignore[arg-type]
    if late is REFUSED:
        hearing.answered(client.number, [GRANTED, GRANTED])
    hearing.answered(1, [late, late])
    assert hearing.is_whole
    hearing.answered(client.number, [REFUSED, REFUSED])
    hearing.look(client, 10_000.0)  # type: ignore[arg-type]
    assert client.number == 2
