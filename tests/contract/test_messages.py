"""Messages: what one side writes the other reads; garbage is refused with a reason."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.contract.strategies import durable_messages, evidence, health, other_messages, scene_events

from sharp_eyes.contract.base import MAX_MESSAGE_SIZE, MAX_STATUS_SIZE, ContractError, Message, parse_message
from sharp_eyes.contract.command import Ack, LookAgain, Watch, parse_command
from sharp_eyes.contract.envelope import DurableMessage, SceneEventMessage, parse_durable, wrap
from sharp_eyes.contract.event import Evidence, Measure, SceneEvent
from sharp_eyes.contract.status import CameraHealth

GOLDEN = Path(__file__).parent / "golden"


def opened() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((GOLDEN / "scene-opened.json").read_text())
    return document


@given(durable_messages)
def test_a_durable_message_comes_back_as_it_was(message: DurableMessage) -> None:
    """Wrapped, written and read again, every message is equal to itself, of its own type."""
    again = parse_durable(message.model_dump_json().encode())
    assert again == message
    assert type(again) is type(message)


@given(other_messages)
def test_any_other_message_comes_back_as_it_was(message: Message) -> None:
    """Births, wills, heartbeats, acks and commands too."""
    assert parse_message(type(message), message.model_dump_json().encode()) == message


@given(durable_messages)
def test_unknown_fields_are_tolerated(message: DurableMessage) -> None:
    """A newer gateway may say more; an older hub reads what it knows."""
    document = message.model_dump(mode="json")
    document["subject"] = "from the future"
    document["data"]["mood"] = {"deep": [1, 2, 3]}
    assert parse_durable(json.dumps(document).encode()) == message


@given(st.binary(max_size=200))
def test_garbage_is_a_contract_error(garbage: bytes) -> None:
    """No bytes make the parsers raise anything else."""
    with pytest.raises(ContractError):
        parse_durable(garbage)
    try:
        parse_message(Ack, garbage)
    except ContractError:
        pass
    else:
        assert isinstance(json.loads(garbage), dict)


@given(st.data())
def test_a_damaged_message_is_read_or_refused(data: st.DataObject) -> None:
    """A byte changed or cut off never does more than a contract error."""
    payload = bytearray(json.dumps(opened()).encode())
    payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    try:
        parse_durable(bytes(payload[: data.draw(st.integers(0, len(payload)))]))
    except ContractError as error:
        assert str(error)


@pytest.mark.parametrize("deep", [b"[" * 60_000, b'{"data":' * 7_000])
def test_deep_nesting_is_refused(deep: bytes) -> None:
    """A message cannot exhaust the stack."""
    with pytest.raises(ContractError):
        parse_durable(deep)


@pytest.mark.parametrize("place", [b'"specversion"', b'"phase"', b'"name"', b'"x"'])
def test_a_key_that_stands_twice_is_refused(place: bytes) -> None:
    """Readers differ in which of the two they take, at whatever depth, and however it is escaped."""
    message = json.dumps(opened() | {"subject": {"x": 1}}).encode()
    assert place in message
    twice = message.replace(place, place + b': "closed", ' + place.replace(b'"p', b'"\\u0070'), 1)
    with pytest.raises(ContractError, match="stands in it twice"):
        parse_durable(twice)
    ack = b'{"type": "ack", "ids": ["a"], "ids": ["b"]}'
    with pytest.raises(ContractError, match="'ids' stands in it twice"):
        parse_message(Ack, ack)


def test_oversize_is_refused_before_it_is_read() -> None:
    """The text says how large it was and what is allowed."""
    with pytest.raises(ContractError, match=f"{MAX_MESSAGE_SIZE + 1} bytes; at most {MAX_MESSAGE_SIZE}"):
        parse_durable(b" " * (MAX_MESSAGE_SIZE + 1))
    with pytest.raises(ContractError, match=f"at most {MAX_STATUS_SIZE}"):
        parse_message(Ack, b" " * (MAX_STATUS_SIZE + 1))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"type": "sharp-eyes.scene.v2"}, "tag"),
        ({"source": "/gateways/North Gate"}, "source"),
        ({"id": ""}, "id"),
        ({"specversion": "0.3"}, "specversion"),
        ({"time": "2026-03-01T08:30:15"}, "time"),
    ],
)
def test_a_wrong_envelope_is_refused_with_the_place(change: dict[str, str], where: str) -> None:
    """The error names the field, and does not repeat the payload."""
    with pytest.raises(ContractError, match=where):
        parse_durable(json.dumps(opened() | change).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 1},
        {"phase": "updated"},
        {"ended_at": "2026-03-01T08:40:00Z"},
        {"phase": "closed", "sequence": 3},
        {"score": 1.01},
        {"box": [0.1, 0.2, 0.3]},
        {"box": [0.1, 0.2, 0.3, 1.2]},
        {"measures": []},
        {"camera": "Cam 1"},
        {"scene": "jaywalking"},
        {"started_at": "2026-03-01T08:30:15"},
        {"measures": [{"name": "dwell", "value": None, "unit": "s"}]},
        {"measures": [{"name": "dwell", "value": True, "unit": "s"}]},
        {"score": "0.9"},
        {"score": True},
        {"sequence": "0"},
        {"started_at": 1772353815},
        {"started_at": "0001-01-01T00:00:00Z"},
        {"started_at": "1969-01-01T00:30:00+01:00"},
        {"observed_at": "9999-12-31T23:59:59-12:00"},
    ],
)
def test_an_event_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    """Phase, sequence and end fit together; shares are shares, numbers numbers; moments have a zone and a sane year."""
    document = opened()
    document["data"] |= change
    with pytest.raises(ContractError, match="data"):
        parse_durable(json.dumps(document).encode())


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_are_finite(number: str) -> None:
    """What JSON cannot say is refused on both sides."""
    payload = json.dumps(opened()).replace('"value": 180.0', f'"value": {number}')
    assert number in payload
    with pytest.raises(ContractError, match="finite"):
        parse_durable(payload.encode())
    with pytest.raises(ValidationError):
        Measure(name="dwell", value=float(number), unit="s")


def test_moments_are_kept_in_utc() -> None:
    """A moment with another zone is the same moment in UTC, and written so."""
    document = opened()
    document["data"]["observed_at"] = "2026-03-01T16:33:15.250000+08:00"
    message = parse_durable(json.dumps(document).encode())
    assert isinstance(message, SceneEventMessage)
    assert message.data.observed_at.utcoffset() == timedelta(0)
    assert message.data.observed_at == datetime(2026, 3, 1, 8, 33, 15, 250_000, tzinfo=UTC)
    assert '"observed_at":"2026-03-01T08:33:15.250000Z"' in message.model_dump_json()


@given(scene_events())
def test_each_message_of_an_event_has_its_own_id_for_ever(event: SceneEvent) -> None:
    """The id is made of event and sequence, so saying it again gives the same id."""
    message = wrap("gate", event)
    assert message.id == f"{event.event_id}/{event.sequence}"
    assert wrap("gate", event) == message
    assert message.gateway == "gate"


@given(evidence)
def test_parts_cover_the_file_exactly(announcement: Evidence) -> None:
    """All parts but the last are full, the last is not empty."""
    before_last = (announcement.parts - 1) * announcement.part_size
    assert before_last < announcement.size <= before_last + announcement.part_size


@given(health, health)
def test_another_state_is_another_health_message(one: CameraHealth, other: CameraHealth) -> None:
    """Camera, state and moment make the identity; details do not."""
    same = (one.camera, one.state, one.since) == (other.camera, other.state, other.since)
    assert (wrap("gate", one).id == wrap("gate", other).id) == same
    assert wrap("gate", one).id == wrap("gate", one.model_copy(update={"looks": one.looks + 1})).id


def test_messages_cannot_be_changed() -> None:
    """A message is a fact."""
    message = parse_durable(json.dumps(opened()).encode())
    for name in ("id", "data"):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(message, name, "other")


def test_a_command_is_read_as_what_it_is() -> None:
    """One of a kind that came later is left aside, and one that is no command is refused."""
    assert isinstance(parse_command((GOLDEN / "look-again.json").read_bytes()), LookAgain)
    assert parse_command((GOLDEN / "watch.json").read_bytes()) == Watch(camera="cam-1", seconds=20)
    assert parse_command(b'{"type": "of_a_later_version", "camera": "cam-1"}') is None
    for broken in (b"{}", b"no JSON", b'{"type": "watch", "camera": "cam-1", "seconds": 0}'):
        with pytest.raises(ContractError):
            parse_command(broken)
