"""Gateways that may connect."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from sharp_eyes.contract.base import is_identifier
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.broker import passwords
from sharp_eyes.hub.broker.login import HUB_USER
from sharp_eyes.hub.errors import FieldError, SettingsError
from sharp_eyes.hub.intake.dropped_messages import DroppedMessages
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.device_tables import DevicePlatform
from sharp_eyes.hub.store.tables import (
    Camera,
    CameraChange,
    CameraSettings,
    Gateway,
    GatewayInvitation,
    SettingsChange,
)
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_BY_NAMES = select(Gateway).where(Gateway.name.in_(bindparam("names", expanding=True)))


def add_gateway(
    session: Session, city: CityPack, now: datetime, name: str, area: str | None = None, password: str | None = None
) -> str:
    """Register a gateway and return its password, which is shown only now; a new one unless it has made its own.

    Raises:
        SettingsError: the name or area does not fit, or the gateway exists.
    """
    check_name(name)
    if session.get(DevicePlatform, name) is not None:
        raise FieldError(f"{name!r} is the name of a platform of devices; choose another", "gateway", "taken")
    known = session.get(Gateway, name)
    if known is not None and known.removed_at is None:
        message = f"gateway {name!r} exists already; 'gateway password' gives it a new password"
        raise FieldError(message, "gateway", "taken")
    path = area or city.root
    check_area(city, path)
    password = password or passwords.new_password()
    # One that was removed comes back under its name; its former cases are its own again.
    gateway = known or Gateway(name=name)
    gateway.area, gateway.created_at, gateway.online, gateway.removed_at = path, now, False, None
    _set_password(gateway, password)
    session.add(gateway)
    session.flush()
    return password


def check_name(name: str) -> None:
    """See that a gateway may have this name.

    Raises:
        SettingsError: it may not.
    """
    if not is_identifier(name) or name == HUB_USER:
        message = f"gateway {name!r}: use lower-case letters, digits, '-' and '_', at most 63"
        raise FieldError(message, "gateway", "string_pattern_mismatch")


def check_area(city: CityPack, path: str) -> None:
    """See that the city pack has this area.

    Raises:
        SettingsError: it has not; names those that it has.
    """
    if city.area(path) is None:
        paths = ", ".join(area.path for area in city.areas)
        raise SettingsError(f"area {path!r} is not in the city pack; it has {paths}")


def renew_password(session: Session, name: str, password: str | None = None) -> str:
    """Give a gateway a new password, or the one that it has made, and return it; the old one no longer works.

    Raises:
        SettingsError: there is no such gateway.
    """
    gateway = _find(session, name)
    password = password or passwords.new_password()
    _set_password(gateway, password)
    return password


def give_area(work: UnitOfWork, gateway: Gateway, path: str) -> None:
    """Give a gateway to another area; cameras that do not lie in it are taken to lie there, as at its next birth.

    Raises:
        SettingsError: the city pack has no such area.
    """
    check_area(work.city, path)
    gateway.area = path
    for camera in work.session.scalars(select(Camera).where(Camera.gateway == gateway.name)):
        if not covers(path, camera.area):
            camera.area = path


def list_gateways(session: Session) -> list[Gateway]:
    """List all gateways by name, without those that were removed."""
    return list(session.scalars(select(Gateway).where(Gateway.removed_at.is_(None)).order_by(Gateway.name)))


def remove_gateway(session: Session, now: datetime, name: str) -> int:
    """Shut a gateway out and forget its cameras; return how many of its cases are still open.

    Its cases, their evidence and their logs stay, with its name, until their term ends.

    Raises:
        SettingsError: there is no such gateway.
    """
    gateway = _find(session, name)
    gateway.removed_at, gateway.online, gateway.session, gateway.outbox = now, False, None, None
    # Nobody knows these passwords, so that the old one opens nothing where the row is overlooked.
    _set_password(gateway, passwords.new_password())
    session.execute(delete(GatewayInvitation).where(GatewayInvitation.gateway == name))
    session.execute(delete(SettingsChange).where(SettingsChange.gateway == name))
    session.execute(delete(CameraSettings).where(CameraSettings.gateway == name))
    cameras = select(Camera.id).where(Camera.gateway == name)
    session.execute(delete(CameraChange).where(CameraChange.camera_id.in_(cameras)))
    session.execute(delete(Camera).where(Camera.gateway == name))
    query = select(func.count()).select_from(Case).where(Case.gateway == name, Case.ended_at.is_(None))
    return session.scalar(query) or 0


def look_up_gateways(work: UnitOfWork, names: Collection[str]) -> None:
    """Ask for several gateways at once."""
    found = {row.name: row for row in work.session.scalars(_BY_NAMES, {"names": list(names)})}
    for name in names:
        work.note((Gateway, name), found.get(name))


def find_registered(work: UnitOfWork, name: str, dropped: DroppedMessages) -> Gateway | None:
    """Find a gateway that has sent something; a stranger's message is counted as dropped."""
    gateway = work.once((Gateway, name), lambda: work.session.get(Gateway, name))
    if gateway is None or gateway.removed_at is not None:
        dropped.note("unknown gateway", name, "register it with 'sharp-eyes-hub gateway add'")
        return None
    return gateway


def _find(session: Session, name: str) -> Gateway:
    gateway = session.get(Gateway, name)
    if gateway is None or gateway.removed_at is not None:
        raise SettingsError(f"there is no gateway {name!r}; 'gateway list' shows all")
    return gateway


def _set_password(gateway: Gateway, password: str) -> None:
    gateway.bcrypt_hash = passwords.bcrypt_hash(password)
    gateway.pbkdf2_hash = passwords.mosquitto_hash(password)
