"""What goes into the outbox, and what comes out of it."""

import hashlib
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.envelope import MAX_MESSAGE_SIZE, DurableMessage, EvidenceMessage


class Priority(IntEnum):
    """Who goes first; within a priority, the older one."""

    MESSAGE = 0
    PICTURE = 1
    CLIP = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One durable message, with the file's bytes where it announces evidence.

    Raises:
        ContractError: when message and content do not belong together, or the message is too large.
    """

    message: DurableMessage
    content: bytes | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.message, EvidenceMessage):
            if self.content is not None:
                raise ContractError(f"{self.message.id}: only evidence carries content")
        elif self.content is None or len(self.content) != self.message.data.size:
            raise ContractError(f"evidence {self.message.id}: content does not have the announced size")
        elif hashlib.sha256(self.content).hexdigest() != self.message.data.sha256:
            raise ContractError(f"evidence {self.message.id}: content does not have the announced sha256")
        if len(self.payload) > MAX_MESSAGE_SIZE:
            raise ContractError(f"message {self.message.id} is larger than {MAX_MESSAGE_SIZE} bytes")

    @property
    def payload(self) -> bytes:
        """The message as it travels: UTF-8 JSON."""
        return self.message.model_dump_json().encode()

    @property
    def size(self) -> int:
        """Bytes of evidence; 0 for any other message."""
        return len(self.content or b"")

    @property
    def priority(self) -> Priority:
        """Messages first, pictures next, clips last."""
        if not isinstance(self.message, EvidenceMessage):
            return Priority.MESSAGE
        return Priority.CLIP if self.message.data.media_type.startswith("video/") else Priority.PICTURE


@dataclass(frozen=True, slots=True)
class Attachment:
    """Where a pending evidence message's bytes lie, and how they are cut into parts."""

    evidence_id: UUID
    size: int
    part_size: int

    @property
    def parts(self) -> int:
        """How many parts the file travels in."""
        return -(-self.size // self.part_size)

    def part_length(self, part: int) -> int:
        """Bytes in one part; only the last is shorter than the others."""
        return min(self.part_size, self.size - part * self.part_size)


@dataclass(frozen=True, slots=True)
class Pending:
    """One message that waits for the hub's ack."""

    id: str
    priority: Priority
    payload: bytes
    attachment: Attachment | None = None

    @property
    def subject(self) -> str:
        """What a numbered message is about: its event, the id up to ``/<number>``; empty for any other.

        Messages on the same subject go one after the other, so that the hub hears an event's life in order.
        """
        head, _, number = self.id.rpartition("/")
        return head if number.isdecimal() else ""

    @property
    def size(self) -> int:
        """Bytes it puts on the line: the message and its evidence."""
        return len(self.payload) + (self.attachment.size if self.attachment else 0)
