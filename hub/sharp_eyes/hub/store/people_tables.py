"""Tables of signing in by an OpenID Connect provider, and of shifts that are handed over."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sharp_eyes.hub.store.base import Base, Key
from sharp_eyes.hub.store.tables import Account


class ProviderIdentity(Base):
    """Who somebody is at an OpenID Connect provider: expected by an administrator, then linked by the subject."""

    __tablename__ = "provider_identity"
    __table_args__ = (
        UniqueConstraint("account_id", "issuer"),
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("issuer", "expected", name="uq_provider_identity_expected"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str | None] = mapped_column(String(255))
    """None until it is linked; from then on nothing else counts."""

    expected: Mapped[str | None]
    """What an administrator entered, such as a mail address; compared once, and forgotten when it is linked."""

    made_by: Mapped[str]
    made_at: Mapped[datetime]
    linked_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined")


class ProviderAttempt(Base):
    """Somebody was sent to the provider and may come back once. What proves that it is they lies in their browser."""

    __tablename__ = "provider_attempt"

    state: Mapped[str] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(500))
    back: Mapped[str] = mapped_column(String(500))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    """Whose account is to be linked; None where somebody signs in."""

    expires_at: Mapped[datetime] = mapped_column(index=True)


class Handover(Base):
    """A shift was handed over: what was open then, with a note; whoever takes it confirms."""

    __tablename__ = "handover"
    __table_args__ = (Index("ix_handover_area_made_at", "area", "made_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    area: Mapped[str]
    unit: Mapped[str | None]
    role: Mapped[str | None]
    giver_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    taker_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    on_behalf_of: Mapped[str | None]
    """For whom the giver acted as a deputy."""

    note: Mapped[str] = mapped_column(Text)
    sheet: Mapped[list[Any]]
    """The cases that were open at that moment, as they were."""

    cases: Mapped[int]
    """How many were open; the sheet lists the first of them where they were very many."""

    facts: Mapped[dict[str, Any] | None]
    """What belonged to the shift besides its cases (``people/shift_sheet.py``); none of handovers before there was."""

    made_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    taken_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    withdrawn_at: Mapped[datetime | None]
