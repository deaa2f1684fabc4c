"""CloudEvents 1.0, JSON structured mode: the envelope of every durable message from edge to hub.

Source: CloudEvents specification 1.0.2 and its MQTT protocol binding, structured content mode.
"""

from typing import Annotated, Literal
from uuid import NAMESPACE_URL, uuid5

from pydantic import Field, TypeAdapter

from sharp_eyes.contract.base import (
    IDENTIFIER_PATTERN,
    MAX_MESSAGE_SIZE,
    Identifier,
    Message,
    Timestamp,
    read_message,
)
from sharp_eyes.contract.camera_setup import SetupReport
from sharp_eyes.contract.event import ClipRefused, Evidence, LookAgainAnswer, SceneEvent
from sharp_eyes.contract.status import CameraHealth, SettingsReport
from sharp_eyes.contract.trial import TrialReport

__all__ = [
    "DURABLE",
    "MAX_MESSAGE_SIZE",
    "AnswerMessage",
    "ClipRefusedMessage",
    "DurableData",
    "DurableMessage",
    "EvidenceMessage",
    "HealthMessage",
    "SceneEventMessage",
    "SettingsMessage",
    "SetupMessage",
    "TrialMessage",
    "parse_durable",
    "wrap",
]


class _Envelope(Message):
    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1, max_length=200, description="Unique for the source; the hub de-duplicates by it")
    source: str = Field(pattern=rf"^/gateways/{IDENTIFIER_PATTERN}$")
    time: Timestamp
    datacontenttype: Literal["application/json"] = "application/json"

    @property
    def gateway(self) -> str:
        """The gateway that sent it."""
        return self.source.removeprefix("/gateways/")


class SceneEventMessage(_Envelope):
    """A scene's event opened, was updated or closed."""

    type: Literal["sharp-eyes.scene.v1"] = "sharp-eyes.scene.v1"
    data: SceneEvent


class EvidenceMessage(_Envelope):
    """A file of evidence is about to be sent in parts."""

    type: Literal["sharp-eyes.evidence.v1"] = "sharp-eyes.evidence.v1"
    data: Evidence


class AnswerMessage(_Envelope):
    """The answer to a look-again command."""

    type: Literal["sharp-eyes.answer.v1"] = "sharp-eyes.answer.v1"
    data: LookAgainAnswer


class ClipRefusedMessage(_Envelope):
    """A clip of the past that was asked for does not come."""

    type: Literal["sharp-eyes.clip-refused.v1"] = "sharp-eyes.clip-refused.v1"
    data: ClipRefused


class HealthMessage(_Envelope):
    """A camera's state changed."""

    type: Literal["sharp-eyes.health.v1"] = "sharp-eyes.health.v1"
    data: CameraHealth


class SettingsMessage(_Envelope):
    """A camera's settings as they hold; sent when the hub asks, and in answer to each change."""

    type: Literal["sharp-eyes.settings.v1"] = "sharp-eyes.settings.v1"
    data: SettingsReport


class TrialMessage(_Envelope):
    """What settings would have raised that were tried."""

    type: Literal["sharp-eyes.trial.v1"] = "sharp-eyes.trial.v1"
    data: TrialReport


class SetupMessage(_Envelope):
    """What came of finding, adding or removing a camera."""

    type: Literal["sharp-eyes.camera-setup.v1"] = "sharp-eyes.camera-setup.v1"
    data: SetupReport


DurableMessage = (
    SceneEventMessage
    | EvidenceMessage
    | AnswerMessage
    | ClipRefusedMessage
    | HealthMessage
    | SettingsMessage
    | TrialMessage
    | SetupMessage
)
DURABLE: TypeAdapter[DurableMessage] = TypeAdapter(Annotated[DurableMessage, Field(discriminator="type")])


DurableData = (
    SceneEvent | Evidence | LookAgainAnswer | ClipRefused | CameraHealth | SettingsReport | TrialReport | SetupReport
)
"""What an envelope of a durable message holds."""


def wrap(gateway: Identifier, data: DurableData) -> DurableMessage:
    """Put data into its envelope with an id that is the same whenever the same thing is said."""
    source = f"/gateways/{gateway}"
    wrapped: DurableMessage
    match data:
        case SceneEvent():
            identity = f"{data.event_id}/{data.sequence}"
            wrapped = SceneEventMessage(id=identity, source=source, time=data.observed_at, data=data)
        case Evidence():
            wrapped = EvidenceMessage(id=str(data.evidence_id), source=source, time=data.captured_at, data=data)
        case LookAgainAnswer():
            identity = f"answer/{data.command_id}"
            wrapped = AnswerMessage(id=identity, source=source, time=data.observed_at, data=data)
        case ClipRefused():
            identity = f"clip-refused/{data.command_id}"
            wrapped = ClipRefusedMessage(id=identity, source=source, time=data.refused_at, data=data)
        case CameraHealth():
            name = f"{gateway}/{data.camera}/{data.state}/{data.since.isoformat()}"
            identity = f"health/{uuid5(NAMESPACE_URL, name)}"
            wrapped = HealthMessage(id=identity, source=source, time=data.since, data=data)
        case SettingsReport():
            identity = f"settings/{uuid5(NAMESPACE_URL, f'{gateway}/{data.session}/{data.sequence}')}"
            wrapped = SettingsMessage(id=identity, source=source, time=data.reported_at, data=data)
        case TrialReport():
            wrapped = TrialMessage(id=f"trial/{data.trial_id}", source=source, time=data.reported_at, data=data)
        case SetupReport():
            wrapped = SetupMessage(
                id=f"camera-setup/{data.request_id}", source=source, time=data.reported_at, data=data
            )
    return wrapped


def parse_durable(payload: bytes) -> DurableMessage:
    """Read a durable message.

    Raises:
        ContractError: when it is too large, is no JSON or does not fit the schema; the text says where.
    """
    return read_message(payload, MAX_MESSAGE_SIZE, lambda text: DURABLE.validate_json(text, strict=True))
