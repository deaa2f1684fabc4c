"""Tables of figures by day: they follow from cases and can be made again from them (``cases/daily_figures.py``)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base, Key


class DailyFigure(Base):
    """Sums of the cases that lie in an area and fall on one of the city's days: by ``basis`` reported, or due then.

    ``direct``: those that lie there and not below; the others hold all that lies there or below.
    """

    __tablename__ = "daily_figure"
    __table_args__ = (Index("ix_daily_figure_parent", "basis", "parent", "direct", "day"),)

    basis: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    direct: Mapped[bool] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    parent: Mapped[str]
    late: Mapped[dict[str, Any]]
    """Cases and late ones by scene, for whoever asks for no more; empty of days of deadlines, as ``sums``."""

    sums: Mapped[dict[str, Any]]
    outcomes: Mapped[list[Any]]
    """What became of cases (``cases/outcomes.py``)."""

    unit_outcomes: Mapped[list[Any]]
    """The same by the unit that answers for them."""

    spots: Mapped[dict[str, Any]]
    """Where and when cases came (``cases/day_spots.py``)."""


class StaleFigure(Base):
    """Something changed at a case of a day whose sums are made: written with the change, gone with the new sums."""

    __tablename__ = "stale_figure"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    basis: Mapped[str]
    moment: Mapped[datetime]
    """Any of the day."""

    area: Mapped[str]


class FigureProgress(Base):
    """How far the sums of days are made; one row, or none yet."""

    __tablename__ = "figure_progress"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    zone: Mapped[str]
    """By whose days: another in the city pack makes all of them anew."""

    until: Mapped[date]
    """The first day that has no sums yet."""
