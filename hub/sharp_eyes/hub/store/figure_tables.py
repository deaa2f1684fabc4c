"""Tables of figures by day: they follow from cases and can be made again from them (``cases/daily_figures.py``)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base, Key


class DailyFigure(Base):
    """Sums of the cases that were reported on one of the city's days and lie in an area.

    ``direct``: those that lie there and not below; the others hold all that lies there or below.
    """

    __tablename__ = "daily_figure"
    __table_args__ = (Index("ix_daily_figure_parent", "parent", "direct", "day"),)

    area: Mapped[str] = mapped_column(primary_key=True)
    direct: Mapped[bool] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    parent: Mapped[str]
    late: Mapped[dict[str, Any]]
    """Cases and late ones by scene, for whoever asks for no more."""

    sums: Mapped[dict[str, Any]]


class StaleFigure(Base):
    """Something changed at a case of a day whose sums are made: written with the change, gone with the new sums."""

    __tablename__ = "stale_figure"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reported_at: Mapped[datetime]
    area: Mapped[str]


class FigureProgress(Base):
    """How far the sums of days are made; one row, or none yet."""

    __tablename__ = "figure_progress"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    zone: Mapped[str]
    """By whose days: another in the city pack makes all of them anew."""

    until: Mapped[date]
    """The first day that has no sums yet."""
