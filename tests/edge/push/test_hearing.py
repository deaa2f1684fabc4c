"""A broker that does not let a gateway hear its hub is asked again until it does."""

import logging

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from sharp_eyes.edge.push.hearing import LONGEST_WAIT, Hearing

GRANTED = [ReasonCode(PacketTypes.SUBACK, identifier=1)] * 2
REFUSED = [ReasonCode(PacketTypes.SUBACK, identifier=0x80), GRANTED[0]]


class Client:
    """Counts what is asked for."""

    def __init__(self) -> None:
        self.asked: list[list[tuple[str, int]]] = []

    def subscribe(self, topics: list[tuple[str, int]]) -> None:
        self.asked.append(topics)


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.mark.parametrize("answer", [REFUSED, None], ids=["refused", "no answer"])
def test_it_is_asked_again_until_it_is_granted(
    client: Client, answer: list[ReasonCode] | None, caplog: pytest.LogCaptureFixture
) -> None:
    """At growing distances; the log says it once, and when it is over."""
    caplog.set_level(logging.WARNING)
    hearing = Hearing("mqtt://hub", "gate-1")
    hearing.began(client, 0.0)  # type: ignore[arg-type]
    moments = []
    for second in range(1, 200):
        if answer is not None:
            hearing.answered(answer)
        before = len(client.asked)
        hearing.look(client, float(second))  # type: ignore[arg-type]
        if len(client.asked) > before:
            moments.append(second)
    assert moments == [5, 15, 35, 75, 135, 195]
    assert moments[-1] - moments[-2] == LONGEST_WAIT
    hearing.answered(GRANTED)
    hearing.look(client, 10_000.0)  # type: ignore[arg-type]
    assert len(client.asked) == 1 + len(moments)
    said = [record.getMessage() for record in caplog.records]
    assert [("does not let" in one, "again" in one) for one in said] == (
        [] if answer is None else [(True, True), (False, True)]
    )


def test_a_new_connection_asks_anew(client: Client) -> None:
    """What the old one still waited for is over."""
    hearing = Hearing("mqtt://hub", "gate-1")
    hearing.began(client, 0.0)  # type: ignore[arg-type]
    hearing.ended()
    hearing.look(client, 100.0)  # type: ignore[arg-type]
    assert len(client.asked) == 1
    hearing.began(client, 101.0)  # type: ignore[arg-type]
    assert len(client.asked) == 2
