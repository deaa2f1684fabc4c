"""One-time codes by which gateways join: made for one name, good for minutes, used once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select

from sharp_eyes.configuration.addresses import is_loopback
from sharp_eyes.configuration.broker import parse_broker_url
from sharp_eyes.contract.joining import JoinCode, JoinGrant, JoinRequest, Trust, secret_hash
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.broker.passwords import password_fits
from sharp_eyes.hub.certificates import authority_of, fingerprint_of, pem_of
from sharp_eyes.hub.errors import FieldError, RequestError, SettingsError
from sharp_eyes.hub.intake.gateways import add_gateway, check_area, check_name, renew_password
from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.tables import Gateway, GatewayInvitation
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MINUTES = 30
MOST_MINUTES = 24 * 60
_FORGOTTEN = timedelta(days=1)
"""After so long a code that has ended is not even known any more."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A fresh code; it is shown only now."""

    code: JoinCode
    gateway: str
    area: str
    expires_at: datetime


def make_invitation(
    work: UnitOfWork,
    settings: HubSettings,
    by: Origin,
    name: str,
    area: str | None = None,
    *,
    minutes: int = MINUTES,
    renew: bool = False,
) -> Invitation:
    """Make the code for one gateway; an earlier one for it ends. ``renew`` is for a gateway that is registered.

    Raises:
        SettingsError: the name or area does not fit, the gateway exists and is not to be renewed, or the certificate
            cannot be read.
    """
    check_name(name)
    known = work.session.get(Gateway, name)
    if known is not None and known.removed_at is None:
        if not renew:
            message = f"gateway {name!r} exists already; with --renew the code gives it a new password when it is used"
            raise FieldError(message, "gateway", "taken")
        area = known.area
    elif renew:
        raise SettingsError(f"there is no gateway {name!r} to renew; leave --renew out")
    path = area or work.city.root
    check_area(work.city, path)
    code = JoinCode.new(*trust_of(settings))
    ended = GatewayInvitation.expires_at < work.now - _FORGOTTEN
    work.session.execute(delete(GatewayInvitation).where((GatewayInvitation.gateway == name) | ended))
    expires_at = work.now + timedelta(minutes=minutes)
    row = GatewayInvitation(gateway=name, area=path, secret_hash=secret_hash(code.secret_text), made_at=work.now)
    row.made_by, row.expires_at = by.actor, expires_at
    work.session.add(row)
    record(work.session, work.now, by, Action.GATEWAY_INVITED, area=path, subject=name, minutes=minutes, renews=renew)
    return Invitation(code, name, path, expires_at)


def revoke_invitation(work: UnitOfWork, by: Origin, name: str) -> None:
    """End a gateway's code before its time.

    Raises:
        SettingsError: there is none that could still be used.
    """
    row = work.session.get(GatewayInvitation, name)
    if row is None or row.used_at is not None:
        raise SettingsError(f"there is no code for gateway {name!r} that could still be used")
    work.session.delete(row)
    record(work.session, work.now, by, Action.GATEWAY_INVITATION_REVOKED, area=row.area, subject=name)


def find_invitation(work: UnitOfWork, request: JoinRequest) -> GatewayInvitation | None:
    """The invitation that a request's secret belongs to."""
    wanted = secret_hash(request.secret)
    return work.session.scalar(select(GatewayInvitation).where(GatewayInvitation.secret_hash == wanted))


def take_invitation(work: UnitOfWork, settings: HubSettings, row: GatewayInvitation, request: JoinRequest) -> JoinGrant:
    """Let the gateway in with the password that it has made.

    The same request again is granted again while the code lasts, for the answer may have been lost on the way.

    Raises:
        RequestError: 410, the code has ended or was used by another.
    """
    if work.now >= row.expires_at:
        raise RequestError(410, "join_code_expired", "this code has ended; have a new one made at the hub")
    known = work.session.get(Gateway, row.gateway)
    if row.used_at is None:
        if known is not None and known.removed_at is None:
            renew_password(work.session, row.gateway, request.password)
        else:
            add_gateway(work.session, work.city, work.now, row.gateway, row.area, request.password)
        row.used_at = work.now
    elif known is None or not password_fits(request.password, known.bcrypt_hash):
        raise RequestError(410, "join_code_used", "this code was used already; have a new one made at the hub")
    return _grant(settings, row)


def trust_of(settings: HubSettings) -> tuple[Trust, bytes]:
    """By what a gateway can know this hub, and the authority's fingerprint where that is it.

    Raises:
        SettingsError: the certificate cannot be read.
    """
    if settings.tls is not None and settings.https:
        authority = authority_of(settings.tls.certificate_file)
        return (Trust.SYSTEM, b"") if authority is None else (Trust.AUTHORITY, fingerprint_of(authority))
    behind_proxy = settings.tls is not None or bool(settings.http.trusted_proxies)
    return (Trust.SYSTEM if behind_proxy else Trust.PLAIN), b""


def authority_pem(settings: HubSettings) -> str | None:
    """The authority of the hub's own certificate, which is no secret; ``None`` where there is none of its own.

    Raises:
        SettingsError: the certificate cannot be read.
    """
    authority = None if settings.tls is None else authority_of(settings.tls.certificate_file)
    return None if authority is None else pem_of(authority)


def _grant(settings: HubSettings, row: GatewayInvitation) -> JoinGrant:
    broker = settings.broker
    if broker.kind == "bundled":
        scheme, host, port = "mqtt" if settings.tls is None else "mqtts", None, broker.port
        authority = authority_pem(settings)
    else:
        endpoint = parse_broker_url(broker.url)
        scheme, port = "mqtts" if endpoint.tls else "mqtt", endpoint.port
        host = None if is_loopback(endpoint.host) else endpoint.host
        authority = _text_of(broker.ca_file) if endpoint.tls and broker.ca_file is not None else None
    return JoinGrant.model_validate(
        {
            "gateway": row.gateway,
            "area": row.area,
            "broker_scheme": scheme,
            "broker_host": host,
            "broker_port": port,
            "authority": authority,
        }
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"broker.ca_file {path}: {error}") from error
