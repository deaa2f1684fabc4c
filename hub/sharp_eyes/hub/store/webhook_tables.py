"""Tables of webhooks: who subscribed to which changes of cases, and what has not left yet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, false, true
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base, Key


class Webhook(Base):
    """A subscription of another system; whoever holds its lease sends, and nobody else."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str]
    url: Mapped[str] = mapped_column(Text)
    area: Mapped[str]
    unit: Mapped[str | None]
    """It is told only of cases that this unit has or had."""

    kinds: Mapped[list[Any]]
    """Kinds of lines that it is told of; all where empty."""

    notes: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It is told what people wrote, and who acted."""

    format: Mapped[str] = mapped_column(default="cloudevents", server_default="cloudevents")
    """How it is told: a name of ``outward/formats.py``."""

    insecure: Mapped[bool] = mapped_column(default=False, server_default=false())
    secret: Mapped[str]
    """What signs; whoever receives has the same, so it cannot be a hash."""

    made_by: Mapped[str]
    made_at: Mapped[datetime]
    enabled: Mapped[bool] = mapped_column(default=True, server_default=true())
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """Attempts in a row to which the receiver gave no answer, or one that says that it is ill."""

    failing_since: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    """Not before then: the last attempt failed."""

    error: Mapped[str] = mapped_column(Text, default="", server_default="")
    last_delivered_at: Mapped[datetime | None]
    given_up: Mapped[int] = mapped_column(default=0, server_default="0")
    """Lines that were tried for days and never taken; a replay brings them again."""

    lease: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]


class WebhookLine(Base):
    """A line of a case's log that a webhook is still to be told; gone once it is."""

    __tablename__ = "webhook_line"
    __table_args__ = (Index("ix_webhook_line_due", "webhook_id", "due_at"),)

    webhook_id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    """No reference: who writes a line never waits for who sends, nor fails where one was just removed."""

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True, autoincrement=False, index=True
    )
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    since: Mapped[datetime]
    """When it was first to leave."""

    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str] = mapped_column(String(200), default="", server_default="")
