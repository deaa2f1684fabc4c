"""Reads what gateways send: the contract is kept, the sender is the topic's gateway, and a database can keep it."""

import math
import re
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar, cast

from pydantic import BaseModel, ValidationError

from sharp_eyes.contract.base import MAX_STATUS_SIZE, ContractError
from sharp_eyes.contract.envelope import DurableMessage, SettingsMessage, parse_durable
from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.contract.status import Birth, Heartbeat, Will
from sharp_eyes.contract.strict_json import DoubledKeyError, check_keys
from sharp_eyes.hub.errors import MessageRefusedError

_HARMLESS = frozenset({type(None), bool, datetime})
_LARGEST_INTEGER = 2**31 - 1
_LARGEST_IN_JSON = 2**53
"""Settings are kept as JSON, where whole numbers are exact up to here."""

_LARGEST_WITH_ID = 2**20
_KINDS = {b"0": b"0123456789_", b"e": b"eE", b".": b".", b"-": b"-", b" ": b'":,[]}+ \t\r\n\f\v'}
_MARKS = b"".join(next((mark for mark, those in _KINDS.items() if one in those), b"x") for one in range(256))
_LARGE = re.compile(rb" -?0{10}| -?[0.]+e ?0+ ")
"""A value that begins with ten digits, or has a power of ten, as ``_MARKS`` shows the text; not in the midst of ids."""

StatusType = TypeVar("StatusType", Birth, Will, Heartbeat)


class _IdOnly(BaseModel):
    id: str


def read_durable(payload: bytes, gateway: str) -> DurableMessage:
    """Read a durable message that came on ``gateway``'s topic.

    Raises:
        MessageRefusedError: it does not keep to the contract, or speaks for another gateway.
    """
    try:
        message = parse_durable(payload)
    except (ContractError, OverflowError) as error:
        raise MessageRefusedError(str(error), _identity(payload)) from error
    if message.gateway != gateway:
        raise MessageRefusedError(f"{message.source} may not speak on the topic of {gateway}", message.id)
    if isinstance(message.data, SceneEvent) and message.data.gateway != gateway:
        raise MessageRefusedError(f"event of gateway {message.data.gateway} from {gateway}", message.id)
    is_free = isinstance(message, SettingsMessage)  # its values may be anything
    largest = _LARGEST_IN_JSON if is_free else _LARGEST_INTEGER
    if (is_free or is_doubtful(payload)) and (fault := storage_fault(message.model_dump(), largest)) is not None:
        raise MessageRefusedError(fault, message.id)
    return message


def read_status(payload: bytes, gateway: str) -> Birth | Will:
    """Read a birth or a last will that came on ``gateway``'s topic.

    Raises:
        MessageRefusedError: it is too large, speaks for another gateway, or no database can keep it.
        ValidationError: it is neither.
    """
    message: Birth | Will
    try:
        message = _parse(Birth, payload)
    except ValidationError:
        message = _parse(Will, payload)
    _check(message, payload, gateway)
    return message


def read_heartbeat(payload: bytes, gateway: str) -> Heartbeat:
    """Read a heartbeat that came on ``gateway``'s topic.

    Raises:
        MessageRefusedError: it is too large, speaks for another gateway, or no database can keep it.
        ValidationError: it is none.
    """
    message = _parse(Heartbeat, payload)
    _check(message, payload, gateway)
    return message


def is_doubtful(payload: bytes) -> bool:
    """Whether a message's text may hold what :func:`storage_fault` finds; ``False`` is certain, and soon known.

    NUL comes by an escape only, a large number by its digits or a power of ten; no field of a number takes what is not
    finite.
    """
    return b"\\u" in payload or _LARGE.search(payload.translate(_MARKS)) is not None


def storage_fault(value: object, largest: int = _LARGEST_INTEGER) -> str | None:
    """Find what JSON and pydantic let through but no database can keep; ``None`` where all is well.

    ``largest``: whole number at most.
    """
    left: list[Iterable[object]] = [(value,)]
    while left:
        for one in left.pop():
            kind = type(one)
            if kind in _HARMLESS:
                continue
            if kind is dict:
                left += (cast("dict[object, object]", one), cast("dict[object, object]", one).values())
            elif kind in (list, tuple):
                left.append(cast("Iterable[object]", one))
            elif (fault := _fault_of(one, largest)) is not None:
                return fault
    return None


def _fault_of(one: object, largest: int) -> str | None:
    if isinstance(one, str):
        return "a text holds the character NUL" if "\0" in one else None
    if isinstance(one, float):
        return None if math.isfinite(one) else "a number is not finite"
    if isinstance(one, int) and abs(one) > largest:
        return f"the whole number {one:.3g} is too large"
    return None


def _parse(kind: type[StatusType], payload: bytes) -> StatusType:
    if len(payload) > MAX_STATUS_SIZE:
        raise MessageRefusedError(f"{kind.__name__} of {len(payload)} bytes")
    try:
        check_keys(payload)
        return kind.model_validate_json(payload, strict=True)
    except (OverflowError, DoubledKeyError) as error:
        raise MessageRefusedError(f"{kind.__name__}: {error}") from error


def _check(message: Birth | Will | Heartbeat, payload: bytes, gateway: str) -> None:
    if message.gateway != gateway:
        raise MessageRefusedError(f"{message.gateway!r} speaks on the topic of {gateway!r}")
    if is_doubtful(payload) and (fault := storage_fault(message.model_dump())) is not None:
        raise MessageRefusedError(fault)


def _identity(payload: bytes) -> str | None:
    """Read the id of a message that is otherwise wrong."""
    if len(payload) > _LARGEST_WITH_ID:
        return None
    try:
        identity = _IdOnly.model_validate_json(payload).id
    except ValidationError:
        return None
    return identity if 0 < len(identity) <= 200 else None
