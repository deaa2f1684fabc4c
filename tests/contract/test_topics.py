"""Topics: built and parsed in one place, to the letter."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub
from tests.contract.strategies import identifiers, topics

from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.topics import ROOT, Channel, Topic, parse, subscription

EVIDENCE_ID = "c2a6f0de-2f3c-5a4b-8a55-6a2f9f6f0b01"


@given(topics)
def test_every_topic_comes_back_as_it_was(topic: Topic) -> None:
    """Building and parsing are each other's inverse, and no topic holds a wildcard or an empty level."""
    text = str(topic)
    assert parse(text) == topic
    assert not set("+#\0 .") & set(text.removeprefix(ROOT))
    assert all(text.split("/"))


@given(topics, st.sampled_from(Channel), identifiers)
def test_a_subscription_matches_its_channel_and_gateway_only(topic: Topic, channel: Channel, gateway: str) -> None:
    """The filter of a channel takes that channel's topics of that gateway, and no others."""
    assert topic_matches_sub(subscription(channel), str(topic)) == (topic.channel is channel)
    matches = topic_matches_sub(subscription(channel, gateway), str(topic))
    assert matches == (topic.channel is channel and topic.gateway == gateway)


@given(st.text(max_size=80))
def test_anything_else_is_refused_by_name(text: str) -> None:
    """Any text is either one of our topics, to the letter, or a contract error; nothing else is raised."""
    for candidate in (text, f"{ROOT}/{text}", f"{ROOT}/gate/{text}", f"{ROOT}/gate/evidence/{text}"):
        try:
            topic = parse(candidate)
        except ContractError:
            continue
        assert str(topic) == candidate


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        ROOT,
        f"{ROOT}/gate",
        f"{ROOT}/gate/event/",
        f"{ROOT}/gate/event/more",
        f"{ROOT}//event",
        f"{ROOT}/Gate/event",
        f"{ROOT}/gate/EVENT",
        f"{ROOT}/+/event",
        f"{ROOT}/gate/snapshot",
        f"{ROOT}/gate/snapshot/cam/2",
        f"{ROOT}/gate/snapshot/../cam",
        f"{ROOT}/gate/evidence/{EVIDENCE_ID}",
        f"{ROOT}/gate/evidence/{EVIDENCE_ID}/01",
        f"{ROOT}/gate/evidence/{EVIDENCE_ID}/-1",
        f"{ROOT}/gate/evidence/{EVIDENCE_ID}/1000000",
        f"{ROOT}/gate/evidence/{EVIDENCE_ID}/٣",
        f"{ROOT}/gate/evidence/{EVIDENCE_ID.upper()}/0",
        f"{ROOT}/gate/evidence/{{{EVIDENCE_ID}}}/0",
        "sharp-eyes/v2/gate/event",
    ],
)
def test_wrong_topics_are_refused(wrong: str) -> None:
    """Wrong levels, letters, numbers and forms of an id are all refused."""
    with pytest.raises(ContractError):
        parse(wrong)


def test_a_topic_cannot_be_built_wrongly() -> None:
    """Parts stand where they belong and only there, and names keep to their letters."""
    identity = UUID(EVIDENCE_ID)
    wrongs: list[Callable[[], Topic]] = [
        lambda: Topic("Gate", Channel.EVENT),
        lambda: Topic("g" * 64, Channel.EVENT),
        lambda: Topic("gate", Channel.EVENT, camera="cam"),
        lambda: Topic("gate", Channel.SNAPSHOT),
        lambda: Topic("gate", Channel.SNAPSHOT, camera="a/b"),
        lambda: Topic("gate", Channel.EVIDENCE, evidence_id=identity),
        lambda: Topic("gate", Channel.EVIDENCE, evidence_id=identity, part=-1),
        lambda: Topic("gate", Channel.ACK, evidence_id=identity, part=1),
    ]
    for wrong in wrongs:
        with pytest.raises(ContractError):
            wrong()
