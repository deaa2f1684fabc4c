"""Gateways by administrators: given to another area, and shut out. A one-time code lets them in (``join_routes``)."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select

from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.gateway_schemas import GatewayView
from sharp_eyes.hub.api.gateway_views import gateway_view
from sharp_eyes.hub.api.schemas import StorableText
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.errors import RequestError, SettingsError, not_found, unfit
from sharp_eyes.hub.intake.gateways import give_area, remove_gateway
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.tables import Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(prefix="/gateways", tags=["gateways"])


class GatewayChange(BaseModel):
    """Another area for a gateway."""

    area: StorableText = Field(
        max_length=200, description="Path; cameras that lie outside of it are taken to lie there"
    )


@router.patch("/{gateway}")
def patch_gateway(hub: HubDependency, person: CurrentPerson, gateway: str, body: GatewayChange) -> GatewayView:
    """Give a gateway to another of the asker's areas; its cases stay where its cameras saw them.

    403 not_allowed, 404, 422 wrong_gateway.
    """
    check_administrator(person)
    with hub.transaction() as work:
        row = find_gateway(work, person, gateway)
        if not covers(person.area, body.area):
            raise not_found(f"area {body.area}")
        before = row.area
        try:
            give_area(work, row, body.area)
        except SettingsError as error:
            raise unfit("wrong_gateway", error) from error
        record(
            work.session, work.now, person.origin, Action.GATEWAY_MOVED, area=row.area, subject=gateway, before=before
        )
        shared, held = hub.intake.router.sessions.is_shared(gateway), hub.intake.replies.held_back.counts(gateway)
        return gateway_view(work, row, name_in_use=shared, held_back=held)


@router.delete("/{gateway}", status_code=204)
def delete_gateway(
    hub: HubDependency,
    person: CurrentPerson,
    gateway: str,
    anyway: Annotated[bool, Query(description="Also while cases of it are open: nobody can look again")] = False,
) -> None:
    """Shut a gateway out for good and forget its cameras; its cases stay until their term ends.

    403 not_allowed, 404, 409 gateway_in_use.
    """
    check_administrator(person)
    with hub.transaction() as work:
        row = find_gateway(work, person, gateway)
        still_open = select(Case.number).where(Case.gateway == gateway, Case.ended_at.is_(None)).order_by(Case.id)
        numbers = work.session.scalars(still_open).all()
        if numbers and not anyway:
            named = ", ".join(numbers[:5]) + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")
            message = f"gateway {gateway} has open cases, for which nobody could look again: {named}; or say 'anyway'"
            raise RequestError(409, "gateway_in_use", message)
        remove_gateway(work.session, work.now, gateway)
        record(work.session, work.now, person.origin, Action.GATEWAY_REMOVED, area=row.area, subject=gateway)


def find_gateway(work: UnitOfWork, person: Person, name: str) -> Gateway:
    """The gateway of this name, in the asker's area.

    Raises:
        RequestError: 404 where there is none.
    """
    row = work.session.get(Gateway, name)
    if row is None or row.removed_at is not None or not covers(person.area, row.area):
        raise not_found(f"gateway {name}")
    return row


def check_administrator(person: Person) -> None:
    """Let nobody but administrators go on.

    Raises:
        RequestError: 403 to all others.
    """
    if person.me.role != Role.ADMINISTRATOR:
        raise RequestError(403, "not_allowed", "gateways are for administrators")
