"""Tables of notices: what people are told, by which way, who is on duty, and where nobody is to be told for a while."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base, Key


class Notice(Base):
    """Something that one person is told on the page."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_account_id", "account_id", "id"),
        Index(
            "ix_notice_unread",
            "account_id",
            "id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(500), unique=True)
    """What it is about and for whom: the same is not told twice."""

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str]
    area: Mapped[str]
    data: Mapped[dict[str, Any]]
    read_at: Mapped[datetime | None]


class Delivery(Base):
    """Something that is to leave the hub: one line for one person or group by one channel."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_channel_state", "channel", "state", "due_at"),
        Index("ix_delivery_target", "channel", "recipient", "state"),
        Index("ix_delivery_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(500), unique=True)
    channel: Mapped[str]
    recipient: Mapped[str]
    """User name; empty where the channel reaches a group or a system."""

    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    area: Mapped[str]
    data: Mapped[dict[str, Any]]
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[str]
    """``waiting``, ``sending`` (it belongs to a message), ``sent``, ``failed``, or ``settled``: somebody saw to it."""

    message: Mapped[UUID | None] = mapped_column(index=True)
    """The message that it belongs to, with all that gathered meanwhile; its id stays over every attempt."""

    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="", server_default="")
    settled_by: Mapped[str | None]


class DeliveryTarget(Base):
    """One person or group by one channel; whoever holds its lease sends, and nobody else."""

    __tablename__ = "delivery_target"

    channel: Mapped[str] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(primary_key=True)
    last_sent_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    """Not before then: the last attempt failed."""

    lease: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]


class Contact(Base):
    """Where a person is reached outside: a mail address, a telephone number."""

    __tablename__ = "contact"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]


class DutyShift(Base):
    """Somebody is on duty for a unit, or as a role of an area, from one moment until another."""

    __tablename__ = "duty_shift"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    area: Mapped[str]
    unit: Mapped[str | None]
    role: Mapped[str | None]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class Deputy(Base):
    """Somebody is away, and another is told in their place."""

    __tablename__ = "deputy"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class Snooze(Base):
    """Alarms of a camera, scene or zone that open no case until an end: road works, a festival."""

    __tablename__ = "snooze"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    area: Mapped[str]
    gateway: Mapped[str | None]
    camera: Mapped[str | None]
    scene: Mapped[str | None]
    zone: Mapped[str | None]
    major_too: Mapped[bool]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    over_at: Mapped[datetime | None]
    """When what still held at its end was reported."""
