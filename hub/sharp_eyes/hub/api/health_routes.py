"""The hub's own health."""

from fastapi import APIRouter

from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.schemas import HealthPartsView, HealthView
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.lifecycle.roles import Role

router = APIRouter(tags=["city"])


@router.get("/health")
def get_health(hub: HubDependency) -> HealthView:
    """Tell whether database and broker work, messages come through and the disk has room."""
    parts = {
        "database": hub.database.is_reachable(),
        "broker": hub.broker_connected(),
        "intake": hub.intake.is_hearing,
        "disk": hub.disk_room.has_room(),
    }
    return HealthView(
        status="ok" if all(parts.values()) else "degraded",
        broker_store_set_aside_at=hub.intake.store_set_aside_at,
        insecure=bool(hub.settings.unprotected()),
        **parts,
    )


@router.get("/health/parts")
def get_health_parts(hub: HubDependency, person: CurrentPerson) -> HealthPartsView:
    """Tell an administrator of the whole city which part of this hub is ill, since when, and why."""
    if person.me.role != Role.ADMINISTRATOR or person.area != hub.city.root:
        raise RequestError(403, "not_allowed", "the hub's health is shown to administrators of the whole city")
    if not hub.health.parts:
        hub.health.look()
    return HealthPartsView.model_validate(hub.health.told())
