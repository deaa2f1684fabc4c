"""The hub's own health."""

from fastapi import APIRouter

from sharp_eyes.hub.api.dependencies import HubDependency
from sharp_eyes.hub.api.schemas import HealthView

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
        **parts,
    )
