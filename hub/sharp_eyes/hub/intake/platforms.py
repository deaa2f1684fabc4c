"""Systems that speak for devices over MQTT: each has a name, a password and an area, as a gateway has."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharp_eyes.contract.base import is_identifier
from sharp_eyes.hub.broker import passwords
from sharp_eyes.hub.broker.login import HUB_USER
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.intake.gateways import check_area
from sharp_eyes.hub.store.device_tables import DevicePlatform
from sharp_eyes.hub.store.tables import Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def add_platform(work: UnitOfWork, name: str, area: str | None = None) -> str:
    """Register a platform and return its password, which is shown only now.

    Raises:
        SettingsError: the name or area does not fit, or a platform or gateway has the name.
    """
    if not is_identifier(name) or name == HUB_USER:
        raise SettingsError(f"platform {name!r}: use lower-case letters, digits, '-' and '_', at most 63")
    if work.session.get(DevicePlatform, name) is not None or work.session.get(Gateway, name) is not None:
        raise SettingsError(f"{name!r} is the name of a platform or gateway already; choose another")
    path = area or work.city.root
    check_area(work.city, path)
    password = passwords.new_password()
    row = DevicePlatform(name=name, area=path, made_at=work.now)
    row.bcrypt_hash, row.pbkdf2_hash = passwords.bcrypt_hash(password), passwords.mosquitto_hash(password)
    work.session.add(row)
    work.session.flush()
    return password


def remove_platform(work: UnitOfWork, name: str) -> DevicePlatform:
    """Shut a platform out; its devices stay in the register.

    Raises:
        SettingsError: there is no such platform.
    """
    row = work.session.get(DevicePlatform, name)
    if row is None:
        raise SettingsError(f"there is no platform {name!r}; 'device-platform list' shows all")
    work.session.delete(row)
    return row


def list_platforms(session: Session) -> list[DevicePlatform]:
    """List all platforms by name."""
    return list(session.scalars(select(DevicePlatform).order_by(DevicePlatform.name)))
