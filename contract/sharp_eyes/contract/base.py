"""What every message has in common."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.strict_json import DoubledKeyError, check_keys

MAX_MESSAGE_SIZE = 64 * 1024
"""Bytes; a larger durable message is garbage."""

MAX_STATUS_SIZE = 256 * 1024
"""Bytes of a birth, heartbeat, ack or command: they list many cameras or ids."""


class ContractError(ValueError):
    """A message or topic that does not keep to the contract; the text says which and why."""


class Message(BaseModel):
    """Base of all messages: immutable, and every number is finite, since JSON knows no other.

    Unknown fields are ignored so that an older hub can read a newer gateway.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


FIRST_YEAR, LAST_YEAR = 1969, 2199
"""Of moments: a clock that was never set says 1970, and what it sees may have begun before that.

Who reckons with them stays within the calendar.
"""


def _to_utc(value: datetime) -> datetime:
    if FIRST_YEAR - 1 <= value.year <= LAST_YEAR + 1:  # at the calendar's own ends there is no other zone
        moment = value.astimezone(UTC)
        if FIRST_YEAR <= moment.year <= LAST_YEAR:
            return moment
    raise ValueError(f"the time lies outside the years {FIRST_YEAR} to {LAST_YEAR}")


Timestamp = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment in time, always with a zone, kept in UTC; from 1969 to 2199."""

IDENTIFIER_PATTERN = r"[a-z0-9][a-z0-9_-]{0,62}"
"""Regular expression of an identifier, without anchors."""

Identifier = Annotated[str, StringConstraints(pattern=rf"^{IDENTIFIER_PATTERN}$")]
"""Name of a gateway, camera or zone: lower-case letters, digits, ``-`` and ``_``; safe in a topic or path."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]
"""A share or a score, 0 to 1."""

Box = Annotated[tuple[Share, Share, Share, Share], Field(title="x1, y1, x2, y2 as shares of the picture")]


def is_none(value: object) -> bool:
    """Whether a field is left out of what is written: one added later, which says nothing where it is None."""
    return value is None


def is_identifier(value: str) -> bool:
    """Whether a text can name a gateway, camera or zone."""
    return re.fullmatch(IDENTIFIER_PATTERN, value) is not None


MessageType = TypeVar("MessageType", bound=Message)


def parse_message(model: type[MessageType], payload: bytes) -> MessageType:
    """Read one message of a known type: a birth, a heartbeat, an ack, a command.

    Raises:
        ContractError: when it is too large, is no JSON or does not fit the schema; the text says where.
    """
    return read_message(payload, MAX_STATUS_SIZE, lambda text: model.model_validate_json(text, strict=True))


Read = TypeVar("Read")


def read_message(payload: bytes, limit: int, read: Callable[[bytes], Read]) -> Read:
    """Read a message of at most ``limit`` bytes by ``read``, which validates it with pydantic.

    Raises:
        ContractError: when it is too large, is no JSON or does not fit the schema; the text says where.
    """
    check_size(payload, limit)
    try:
        check_keys(payload)
        return read(payload)
    except ValidationError as error:
        raise ContractError(first_fault(error)) from None
    except DoubledKeyError as error:
        raise ContractError(f"message: {error}") from None


def check_size(payload: bytes, limit: int) -> None:
    """Refuse a message of more than ``limit`` bytes before anything reads it."""
    if len(payload) > limit:
        raise ContractError(f"message of {len(payload)} bytes; at most {limit} are allowed")


def first_fault(error: ValidationError) -> str:
    """Say where the first fault is and what it is, without repeating the input."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "message"
    return f"{where}: {first['msg']}"
