"""Tables of what people and other systems report, and of pairs of cases that may be one thing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base, Key


class Report(Base):
    """What somebody says there is, and the case that it made or joined."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_sender", "sender", "id"),
        Index("uq_report_public_number", "public_number", unique=True),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[UUID] = mapped_column(unique=True)
    """Made by its sender; files of evidence name it as their event."""

    digest: Mapped[str] = mapped_column(String(64))
    """Of what was sent under the key, so that it stands for one thing."""

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    source: Mapped[str]
    kind: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    longitude: Mapped[float | None]
    """Degrees in WGS 84, as ``latitude``."""

    latitude: Mapped[float | None]
    accuracy: Mapped[float | None]
    """Metres."""

    happened_at: Mapped[datetime]
    """When it was seen, as its sender says."""

    received_at: Mapped[datetime] = mapped_column(index=True)
    sender: Mapped[str]
    """Who sent it, by user name or token."""

    reporter: Mapped[UUID | None]
    """Whom they sent it for; who that is stands in ``reporter_contact``, as long as that is kept."""

    device_id: Mapped[int | None] = mapped_column(Key, index=True)
    """The device whose alarm it is. Not a foreign key: one that leaves the register leaves its reports behind."""

    public_number: Mapped[str | None] = mapped_column(String(40))
    """What a resident follows it by, whatever case it belongs to; of those that came over Open311."""


class ReporterContact(Base):
    """How somebody who reported can be reached; kept for a term of its own, outside of case and log."""

    __tablename__ = "reporter_contact"

    reporter: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str] = mapped_column(default="", server_default="")
    noted_at: Mapped[datetime] = mapped_column(index=True)


class DuplicateOffer(Base):
    """A new case that may be the same as one that was open when it came; once a pair, whatever was said of it."""

    __tablename__ = "duplicate_offer"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True, index=True)
    """The one that was there before."""

    metres: Mapped[int]
    minutes: Mapped[int]
    offered_at: Mapped[datetime]
    answer: Mapped[str | None]
    """``same``, ``other``; none while nobody has said."""

    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
