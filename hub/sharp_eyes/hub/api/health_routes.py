"""The hub's own health."""

from fastapi import APIRouter

from sharp_eyes.hub.api.dependencies import HubDependency
from sharp_eyes.hub.api.schemas import HealthView

router = APIRouter(tags=["city"])


@router.get("/health")
def get_health(hub: HubDependency) -> HealthView:
    """Tell whether database and broker work."""
    database, broker = hub.database.is_reachable(), hub.broker_connected()
    return HealthView(status="ok" if database and broker else "degraded", database=database, broker=broker)
