"""Tables of the city: each version of its pack, and which area lay at which path when."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base


class CityVersion(Base):
    """A version of the city pack; the highest is in force. Rows are only added."""

    __tablename__ = "city_version"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fingerprint: Mapped[str]
    """What a case's log calls it: ``CityPack.fingerprint``."""

    content: Mapped[dict[str, Any]]
    text: Mapped[str] = mapped_column(Text)
    """The same as YAML, with the comments of whoever wrote the file."""

    origin: Mapped[str]
    """``file``: the hub found it at its start; ``import``: by command; ``interface``: a change by the API."""

    made_at: Mapped[datetime]
    made_by: Mapped[str]


class AreaStay(Base):
    """An area lies, or lay, at a path."""

    __tablename__ = "area_stay"

    area: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    path: Mapped[str]
    until: Mapped[datetime | None]
    """None where it lies there now."""
