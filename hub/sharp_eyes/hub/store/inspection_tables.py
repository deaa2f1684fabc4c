"""Tables of premises that are inspected, of their inspections and of what was found item by item."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base, Key
from sharp_eyes.hub.store.case_tables import BY_PATH


class Premises(Base):
    """Something that is inspected again and again, such as a hotel."""

    __tablename__ = "premises"
    __table_args__ = (
        Index("ix_premises_area", "area", "id", postgresql_ops=BY_PATH),
        Index("uq_premises_name", "area", "kind", "name", unique=True),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str]
    """The city pack's kind of premises."""

    name: Mapped[str]
    address: Mapped[str] = mapped_column(Text)
    area: Mapped[str]
    longitude: Mapped[float | None]
    """Degrees in WGS 84, as ``latitude``."""

    latitude: Mapped[float | None]
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether it is inspected; what has closed down keeps its past."""

    inspected_at: Mapped[datetime | None]
    """When the last whole inspection was handed in."""

    added_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class PremisesContact(Base):
    """Whom to call there; kept for a term of its own, and renewed by each change."""

    __tablename__ = "premises_contact"

    premises_id: Mapped[int] = mapped_column(
        ForeignKey("premises.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name: Mapped[str]
    phone: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(index=True)


class Inspection(Base):
    """Somebody's walk through a checklist; begun, and handed in once."""

    __tablename__ = "inspection"

    key: Mapped[UUID] = mapped_column(primary_key=True)
    """Made by its sender; photos of items that made no case name it as their event."""

    premises_id: Mapped[int] = mapped_column(ForeignKey("premises.id"), index=True)
    version: Mapped[str] = mapped_column(String(20))
    items: Mapped[list[Any]]
    """The items as the checklist had them when it began."""

    recheck: Mapped[bool]
    """Only of what had failed."""

    by: Mapped[str]
    begun_at: Mapped[datetime] = mapped_column(index=True)
    submitted_at: Mapped[datetime | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    """Of what was handed in, so that the key stands for one thing."""


class InspectionItem(Base):
    """What was found of one item."""

    __tablename__ = "inspection_item"

    inspection: Mapped[UUID] = mapped_column(ForeignKey("inspection.key", ondelete="CASCADE"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    result: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    photos: Mapped[list[Any]]
    """Ids of files of evidence."""

    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id", ondelete="SET NULL"), index=True)
    """The case that a failure made, or that a re-check was of."""
