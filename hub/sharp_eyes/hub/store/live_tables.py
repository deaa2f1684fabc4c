"""Tables of what is of the moment and shared by every hub on one database; all of it is deleted after minutes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, FetchedValue, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base, Key


class Change(Base):
    """Something that pages are told, written in the transaction that changed it."""

    __tablename__ = "change"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own attribute

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    transaction: Mapped[int | None] = mapped_column(BigInteger, FetchedValue(), index=True)
    """PostgreSQL's number of the transaction: ids are given out before it commits, so they are no order to read in."""

    at: Mapped[datetime] = mapped_column(index=True)
    topic: Mapped[str]
    area: Mapped[str]
    units: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    people: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    ended_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]]


class DeskStay(Base):
    """A page has a case open."""

    __tablename__ = "desk_stay"

    session_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The sign-in's; no reference, so that who signed out is still known to the pages that have to be told."""

    page: Mapped[str] = mapped_column(String(64), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id", ondelete="CASCADE"), index=True)
    username: Mapped[str]
    display_name: Mapped[str]
    until: Mapped[datetime]


class DeskClaim(Base):
    """Somebody sees to a case."""

    __tablename__ = "desk_claim"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    session_id: Mapped[int] = mapped_column(BigInteger, index=True)
    username: Mapped[str]
    display_name: Mapped[str]
    until: Mapped[datetime]


class SignInAttempt(Base):
    """A password, code or token that was wrong, or is not yet known to be right."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of what it counts against: people type passwords where names belong."""

    at: Mapped[datetime] = mapped_column(index=True)


class Installation(Base):
    """What all hubs of one database have in common; one row."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    cookie: Mapped[str] = mapped_column(String(8))
    """Id in the name of the session's cookie: who signed in at one hub is signed in at all."""
