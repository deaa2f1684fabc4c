"""Cameras and gateways as the HTTP interface describes them."""

from datetime import datetime

from sharp_eyes.configuration.version import __version__
from sharp_eyes.hub.api.gateway_schemas import (
    CameraView,
    GatewayView,
    LooksView,
    MachineView,
    OutboxView,
    RunningModelView,
)
from sharp_eyes.hub.api.names import area_name
from sharp_eyes.hub.store.tables import Camera, Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def camera_view(work: UnitOfWork, camera: Camera, *, gateway_online: bool, snapshot_at: datetime | None) -> CameraView:
    """Describe a camera; one whose gateway is gone counts as lost."""
    gone = not gateway_online
    return CameraView.model_validate(
        {
            "gateway": camera.gateway,
            "camera": camera.camera,
            "name": camera.name,
            "area": camera.area,
            "area_name": area_name(work.city, camera.area),
            "longitude": camera.longitude,
            "latitude": camera.latitude,
            "scenes": camera.scenes,
            "state": "lost" if gone and camera.state in {"online", "starting"} else camera.state,
            "since": camera.since,
            "detail": "no contact with its gateway" if gone else camera.detail,
            "frames_per_second": None if gone else camera.frames_per_second,
            "looks": camera.looks,
            "skipped": camera.skipped,
            "late": camera.late,
            "lateness": None if gone else camera.lateness,
            "gateway_online": gateway_online,
            "last_snapshot_at": snapshot_at,
            "snapshot_url": f"/api/cameras/{camera.gateway}/{camera.camera}/snapshot" if snapshot_at else None,
        }
    )


def gateway_view(work: UnitOfWork, gateway: Gateway, *, name_in_use: bool, held_back: dict[str, int]) -> GatewayView:
    """Describe a gateway."""
    return GatewayView(
        gateway=gateway.name,
        area=gateway.area,
        area_name=area_name(work.city, gateway.area),
        online=gateway.online,
        version=gateway.version,
        hub_version=__version__,
        last_heartbeat_at=gateway.last_heartbeat_at,
        outbox=None if gateway.outbox is None else OutboxView.model_validate(gateway.outbox),
        looks=None if gateway.looks is None or not gateway.online else LooksView.model_validate(gateway.looks),
        machine=None if gateway.machine is None else MachineView.model_validate(gateway.machine),
        models=None if gateway.models is None else [RunningModelView.model_validate(one) for one in gateway.models],
        name_in_use=name_in_use,
        held_back=held_back,
    )
