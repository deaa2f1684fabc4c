"""Gateways that may connect."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharp_eyes.contract.base import is_identifier
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.broker import passwords
from sharp_eyes.hub.broker.login import HUB_USER
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.intake.dropped_messages import DroppedMessages
from sharp_eyes.hub.store.tables import Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def add_gateway(session: Session, city: CityPack, now: datetime, name: str, area: str | None = None) -> str:
    """Register a gateway and return its password, which is shown only now.

    Raises:
        SettingsError: the name or area does not fit, or the gateway exists.
    """
    if not is_identifier(name) or name == HUB_USER:
        raise SettingsError(f"gateway {name!r}: use lower-case letters, digits, '-' and '_', at most 63")
    if session.get(Gateway, name) is not None:
        raise SettingsError(f"gateway {name!r} exists already; 'gateway password' gives it a new password")
    path = area or city.root
    if city.area(path) is None:
        known = ", ".join(known.path for known in city.areas)
        raise SettingsError(f"area {path!r} is not in the city pack; it has {known}")
    password = passwords.new_password()
    gateway = Gateway(name=name, area=path, created_at=now, online=False)
    _set_password(gateway, password)
    session.add(gateway)
    session.flush()
    return password


def renew_password(session: Session, name: str) -> str:
    """Give a gateway a new password and return it; the old one no longer works.

    Raises:
        SettingsError: there is no such gateway.
    """
    gateway = session.get(Gateway, name)
    if gateway is None:
        raise SettingsError(f"there is no gateway {name!r}; 'gateway list' shows all")
    password = passwords.new_password()
    _set_password(gateway, password)
    return password


def list_gateways(session: Session) -> list[Gateway]:
    """List all gateways by name."""
    return list(session.scalars(select(Gateway).order_by(Gateway.name)))


def find_registered(work: UnitOfWork, name: str, dropped: DroppedMessages) -> Gateway | None:
    """Find a gateway that has sent something; a stranger's message is counted as dropped."""
    gateway = work.session.get(Gateway, name)
    if gateway is None:
        dropped.note("unknown gateway", name, "register it with 'sharp-eyes-hub gateway add'")
    return gateway


def _set_password(gateway: Gateway, password: str) -> None:
    gateway.bcrypt_hash = passwords.bcrypt_hash(password)
    gateway.pbkdf2_hash = passwords.mosquitto_hash(password)
