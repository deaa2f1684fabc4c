"""Builds and parses every MQTT topic; the only place a topic string stands.

``sharp-eyes/v1/<gateway>/<channel>[/…]``: a gateway owns its branch, so one ACL line a gateway is enough. A platform
that speaks for devices owns a branch in the same way.
"""

import re
from dataclasses import dataclass
from uuid import UUID

from sharp_eyes.contract.backports import StrEnum
from sharp_eyes.contract.base import ContractError, is_identifier

ROOT = "sharp-eyes/v1"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,5}")


class Channel(StrEnum):
    """The last fixed level of a topic."""

    EVENT = "event"  # durable CloudEvents, edge → hub, QoS 1
    EVIDENCE = "evidence"  # parts of files, edge → hub, QoS 1
    STATUS = "status"  # birth and last will, retained, QoS 1
    HEARTBEAT = "heartbeat"  # QoS 0
    SNAPSHOT = "snapshot"  # a camera's latest small picture, QoS 0
    ACK = "ack"  # hub → edge, QoS 1
    COMMAND = "command"  # hub → edge, QoS 1
    DEVICE = "device"  # a platform's devices → hub, QoS 1


FROM_EDGE = (Channel.EVENT, Channel.EVIDENCE, Channel.STATUS, Channel.HEARTBEAT, Channel.SNAPSHOT)
FROM_HUB = (Channel.ACK, Channel.COMMAND)
FROM_PLATFORM = (Channel.DEVICE,)
"""What a platform of devices says below its own name; it hears ``ack`` there, as a gateway does."""

TO_HUB = (*FROM_EDGE, *FROM_PLATFORM)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic taken apart. ``camera`` for snapshots; ``evidence_id`` and ``part`` for evidence."""

    gateway: str
    channel: Channel
    camera: str | None = None
    evidence_id: UUID | None = None
    part: int | None = None

    def __post_init__(self) -> None:
        _check_identifier(self.gateway, "gateway")
        if (self.camera is not None) != (self.channel is Channel.SNAPSHOT):
            raise ContractError("a camera stands in snapshot topics, and only there")
        if self.camera is not None:
            _check_identifier(self.camera, "camera")
        is_evidence = self.channel is Channel.EVIDENCE
        if (self.evidence_id is not None) != is_evidence or (self.part is not None) != is_evidence:
            raise ContractError("evidence_id and part stand in evidence topics, and only there")
        if self.part is not None and not 0 <= self.part <= 999_999:
            raise ContractError(f"part {self.part} is out of range")

    def __str__(self) -> str:
        levels = [ROOT, self.gateway, self.channel.value]
        levels += [str(extra) for extra in (self.camera, self.evidence_id, self.part) if extra is not None]
        return "/".join(levels)


def parse(topic: str) -> Topic:
    """Take a topic apart.

    Raises:
        ContractError: when it is not one of ours, to the letter.
    """
    prefix = ROOT + "/"
    if not topic.startswith(prefix):
        raise ContractError(f"topic {topic!r} does not start with {prefix!r}")
    gateway, _, rest = topic.removeprefix(prefix).partition("/")
    name, *extra = rest.split("/")
    try:
        channel = Channel(name)
    except ValueError:
        raise ContractError(f"topic {topic!r} has no known channel") from None
    match channel, extra:
        case Channel.SNAPSHOT, [camera]:
            return Topic(gateway, channel, camera=camera)
        case Channel.EVIDENCE, [identity, part] if _NUMBER.fullmatch(part):
            return Topic(gateway, channel, evidence_id=_uuid(identity, topic), part=int(part))
        case ((Channel.SNAPSHOT | Channel.EVIDENCE), _):
            raise ContractError(f"topic {topic!r} has the wrong number of levels")
        case _, []:
            return Topic(gateway, channel)
    raise ContractError(f"topic {topic!r} has the wrong number of levels")


def subscription(channel: Channel, gateway: str = "+") -> str:
    """Filter that matches one channel of one gateway, or of all (``+``)."""
    tail = "/#" if channel in (Channel.EVIDENCE, Channel.SNAPSHOT) else ""
    return f"{ROOT}/{gateway}/{channel.value}{tail}"


def self_check_topic(hub: str) -> str:
    """Topic on which a hub (its name at the broker) sends to itself alone, to see that messages still come through."""
    return f"{ROOT}/{hub}/self-check"


def _check_identifier(value: str, what: str) -> None:
    if not is_identifier(value):
        raise ContractError(f"{what} {value!r}: use lower-case letters, digits, '-' and '_', at most 63")


def _uuid(text: str, topic: str) -> UUID:
    try:
        value = UUID(text)
    except ValueError:
        raise ContractError(f"topic {topic!r}: {text!r} is no UUID") from None
    if str(value) != text:
        raise ContractError(f"topic {topic!r}: write the UUID in its plain lower-case form")
    return value
