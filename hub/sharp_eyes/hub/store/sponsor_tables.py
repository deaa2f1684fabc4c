"""Tables of sponsors (包保单位) and of the week's lists of whistles (吹哨报到)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base, Key


class Sponsor(Base):
    """A unit that sponsors an area, or a place in it, from one moment until another."""

    __tablename__ = "sponsor"
    __table_args__ = (Index("ix_sponsor_area", "area"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    area: Mapped[str]
    place: Mapped[str] = mapped_column(default="", server_default="")
    """Premises or a part of the area, in words; empty where it is all of it."""

    unit: Mapped[str]
    post: Mapped[str]
    """Who is responsible, by their post."""

    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    """Who holds the post, and is told of the week's list; the unit's people where it is nobody."""

    since: Mapped[datetime]
    until: Mapped[datetime | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class WhistleList(Base):
    """The list of an area's week, made once."""

    __tablename__ = "whistle_list"
    __table_args__ = (UniqueConstraint("week", "area"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    week: Mapped[date]
    """Its Monday."""

    area: Mapped[str]
    made_at: Mapped[datetime]
    report_in_by: Mapped[datetime]


class WhistleListCase(Base):
    """A case that stands on a list."""

    __tablename__ = "whistle_list_case"

    list_id: Mapped[int] = mapped_column(ForeignKey("whistle_list.id", ondelete="CASCADE"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True, index=True)
