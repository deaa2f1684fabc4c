"""Tables of devices that give alarms by themselves, of the households they hang in, and of who is near."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from sharp_eyes.hub.store.base import Base, Key


class Household(Base):
    """A home that the office looks after. Who lives there stands in ``household_contact``, with a term of its own."""

    __tablename__ = "household"
    __table_args__ = (Index("ix_household_area", "area", postgresql_ops={"area": "varchar_pattern_ops"}),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    area: Mapped[str]
    address: Mapped[str] = mapped_column(Text)
    longitude: Mapped[float | None]
    """Degrees in WGS 84, as ``latitude``."""

    latitude: Mapped[float | None]
    note: Mapped[str] = mapped_column(Text)
    """What whoever goes there must know, such as that somebody hears badly; no names."""

    lone_elder: Mapped[bool] = mapped_column(default=False, server_default=false())
    contact: Mapped[UUID]
    """Under which its contacts stand; it means nothing elsewhere."""

    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class HouseholdContact(Base):
    """How somebody of a household can be reached; kept for a term of its own, outside of register, case and log."""

    __tablename__ = "household_contact"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    contact: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    phone: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(index=True)


class Device(Base):
    """A device of the register, and how it was last heard of."""

    __tablename__ = "device"
    __table_args__ = (Index("ix_device_area", "area", postgresql_ops={"area": "varchar_pattern_ops"}),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str]
    serial: Mapped[str] = mapped_column(unique=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    place: Mapped[str] = mapped_column(Text)
    """Where it hangs, in words; beside the household's address where it has one."""

    area: Mapped[str]
    longitude: Mapped[float | None]
    """Degrees in WGS 84, as ``latitude``; its own, else its household's."""

    latitude: Mapped[float | None]
    made_at: Mapped[datetime]
    battery: Mapped[int | None]
    """Percent, as it said last."""

    battery_low: Mapped[bool] = mapped_column(default=False, server_default=false())
    heard_at: Mapped[datetime | None]
    tested_at: Mapped[datetime | None]
    alarm_since: Mapped[datetime | None]
    """When the alarm that it has not cleared yet began."""


class DevicePlatform(Base):
    """A system that speaks for devices over MQTT; it knows its password, the hub only hashes."""

    __tablename__ = "device_platform"

    name: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str]
    bcrypt_hash: Mapped[str]
    pbkdf2_hash: Mapped[str]
    made_at: Mapped[datetime]


class DutyPosition(Base):
    """Where somebody on duty was last, as their phone said with their consent: the latest, until the shift ends."""

    __tablename__ = "duty_position"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    longitude: Mapped[float]
    """Degrees in WGS 84, as ``latitude``."""

    latitude: Mapped[float]
    accuracy: Mapped[float | None]
    at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """When the shift that it was given for ends, and it is forgotten."""
