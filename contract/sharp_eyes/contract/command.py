"""What the hub says to a gateway: acknowledgements and commands."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from sharp_eyes.contract.base import Box, Identifier, Message, Timestamp
from sharp_eyes.contract.event import SceneName


class Refusal(Message):
    """A durable message that can never be taken; the gateway keeps it aside and stops sending it."""

    id: str
    reason: str


class Ack(Message):
    """Names durable messages (by CloudEvents id) that the hub has committed, or refuses for good."""

    ids: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    notice: str | None = Field(
        default=None,
        max_length=200,
        description="A word to the gateway itself, not to a message: 'name_in_use' while two gateways share its name, "
        "'no_room' while the hub has no room for files",
    )


NAME_IN_USE = "name_in_use"
"""The notice of an :class:`Ack` that two gateways speak under one name."""

NO_ROOM = "no_room"
"""The notice of an :class:`Ack` that the hub has no room for files now; events are taken as ever."""


class LookAgain(Message):
    """Asks a camera to look at the same place once more after the case was handled."""

    type: Literal["look_again"] = "look_again"
    command_id: UUID
    event_id: UUID
    camera: Identifier
    scene: SceneName
    zone: Identifier
    box: Box | None = Field(default=None, description="Where the event's object stood")
    asked_at: Timestamp
    expires_at: Timestamp
