"""How a gateway joins: an administrator has a code made, and the gateway comes with it."""

import logging
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from sharp_eyes.contract.joining import JoinGrant, JoinRequest
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, address_of
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.errors import RequestError, SettingsError, not_found, unfit
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.invitations import (
    MINUTES,
    MOST_MINUTES,
    authority_pem,
    find_invitation,
    make_invitation,
    take_invitation,
)
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.tables import Gateway, GatewayInvitation
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LOG = logging.getLogger(__name__)
_GUESSED = "gateway:join"
"""Whose wrong codes are counted; no account has a name like this."""

_WRONG = RequestError(403, "wrong_join_code", "this code is not known here; have a new one made at the hub")

router = APIRouter(tags=["gateways"])


class InvitationBody(BaseModel):
    """Which gateway is to join, and where its cameras lie."""

    gateway: StorableText = Field(max_length=63)
    area: StorableText | None = Field(None, max_length=200, description="The asker's own area where empty")
    renew: bool = Field(False, description="The gateway is registered, and gets a new password when it joins")
    minutes: int = Field(MINUTES, ge=1, le=MOST_MINUTES)


class InvitationView(ResponseModel):
    """A one-time code, shown only now."""

    gateway: str
    area: str
    code: str
    expires_at: datetime


@router.post("/gateways/invitations", status_code=201)
def invite_gateway(body: InvitationBody, hub: HubDependency, person: CurrentPerson) -> InvitationView:
    """Make a one-time code for a gateway of the asker's area; 403 for all but administrators, 422 wrong_gateway."""
    if person.me.role != Role.ADMINISTRATOR:
        raise RequestError(403, "not_allowed", "gateways are invited by administrators")
    area = body.area or person.area
    with hub.transaction() as work:
        known = work.session.get(Gateway, body.gateway)
        if not covers(person.area, area) or (known is not None and not covers(person.area, known.area)):
            raise not_found(f"gateway {body.gateway} in area {area}")
        try:
            made = make_invitation(
                work, hub.settings, person.origin, body.gateway, area, minutes=body.minutes, renew=body.renew
            )
        except SettingsError as error:
            raise unfit("wrong_gateway", error) from error
    return InvitationView(gateway=made.gateway, area=made.area, code=str(made.code), expires_at=made.expires_at)


@router.get("/join/authority", response_class=PlainTextResponse)
def get_authority(hub: HubDependency) -> PlainTextResponse:
    """Give the hub's own certificate authority (PEM), to be compared with the fingerprint in a gateway's code."""
    pem = authority_pem(hub.settings)
    if pem is None:
        raise not_found("an authority of this hub's own")
    return PlainTextResponse(pem, media_type="application/x-pem-file")


@router.post("/join")
def join(body: JoinRequest, request: Request, hub: HubDependency) -> JoinGrant:
    """Let a gateway in that has a one-time code; the same again is granted again while the code lasts.

    403 wrong_join_code, 410 join_code_expired, 410 join_code_used, 429 too_many_attempts.
    """
    address = address_of(request)
    hub.throttle.begin(_GUESSED, address)
    with hub.transaction() as work:
        row = find_invitation(work, body)
        outcome = _WRONG if row is None else _try(work, hub, row, body)
        _note(work, row, outcome, Origin("gateway" if row is None else f"gateway {row.gateway}", address), body.version)
    if isinstance(outcome, JoinGrant):
        hub.throttle.succeeded(_GUESSED, address)
        return outcome
    if row is not None:
        hub.throttle.withdraw(_GUESSED, address)  # who has the code does not guess
    raise outcome


def _try(work: UnitOfWork, hub: Hub, row: GatewayInvitation, body: JoinRequest) -> JoinGrant | RequestError:
    try:
        return take_invitation(work, hub.settings, row, body)
    except RequestError as error:
        return error


def _note(
    work: UnitOfWork, row: GatewayInvitation | None, outcome: JoinGrant | RequestError, origin: Origin, version: str
) -> None:
    """Write down who came in, and who did not: of a wrong code nothing but that it was wrong."""
    area, subject = (work.city.root, "unknown code") if row is None else (row.area, row.gateway)
    if isinstance(outcome, JoinGrant):
        record(work.session, work.now, origin, Action.GATEWAY_JOINED, area=area, subject=subject, version=version)
        return
    record(work.session, work.now, origin, Action.GATEWAY_JOIN_REFUSED, area=area, subject=subject, why=outcome.code)
    _LOG.warning("a gateway at %s was not let in (%s): %s", origin.address, subject, outcome.code)
