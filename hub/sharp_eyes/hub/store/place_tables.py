"""The register of places and things: buildings, hydrants and whatever else the city pack names."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base, Key
from sharp_eyes.hub.store.case_tables import BY_PATH


class Place(Base):
    """A place or thing that stands somewhere; ``number`` is its own among those of its kind."""

    __tablename__ = "place"
    __table_args__ = (
        UniqueConstraint("kind", "number"),
        Index("ix_place_area", "area", "id", postgresql_ops=BY_PATH),
        Index("ix_place_position", "longitude", "latitude"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str]
    """One of the city pack's ``place_kinds``."""

    number: Mapped[str] = mapped_column(String(100))
    name: Mapped[str]
    area: Mapped[str]
    """The grid in which it stands."""

    longitude: Mapped[float]
    """Degrees in WGS 84, as ``latitude``."""

    latitude: Mapped[float]
    facts: Mapped[dict[str, Any]]
    """By the fields of its kind."""

    found_by: Mapped[str] = mapped_column(Text)
    """Number and name, folded, in which words are looked for."""

    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
