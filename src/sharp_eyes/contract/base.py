"""What every message has in common."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints


class ContractError(ValueError):
    """A message or topic that does not keep to the contract; the text says which and why."""


class Message(BaseModel):
    """Base of all messages: immutable.

    Unknown fields are ignored so that an older hub can read a newer gateway.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Timestamp = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment in time, always with a zone, kept in UTC."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
"""Name of a gateway, camera or zone: lower-case letters, digits, ``-`` and ``_``; safe in a topic and a path."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]
"""A share or a score, 0 to 1."""

Box = Annotated[tuple[Share, Share, Share, Share], Field(title="x1, y1, x2, y2 as shares of the picture")]
