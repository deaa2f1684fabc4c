"""Cameras, their live snapshots, and gateways."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import select

from sharp_eyes.hub.api.audit_routes import note_look
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.gateway_schemas import CameraView, GatewayView
from sharp_eyes.hub.api.gateway_views import camera_view, gateway_view
from sharp_eyes.hub.areas.tree import covers, within
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.errors import not_found
from sharp_eyes.hub.store.tables import Camera, Gateway

router = APIRouter(tags=["cameras"])


@router.get("/cameras")
def get_cameras(hub: HubDependency, person: CurrentPerson) -> list[CameraView]:
    """List the cameras of the asker's area."""
    with hub.read_only() as work:
        rows = work.session.execute(
            select(Camera, Gateway.online)
            .join(Gateway, Gateway.name == Camera.gateway)
            .where(within(Camera.area, person.area))
            .order_by(Camera.gateway, Camera.camera)
        ).all()
        return [
            camera_view(
                work,
                row,
                gateway_online=online,
                snapshot_at=hub.intake.snapshots.taken_at(row.gateway, row.camera),
            )
            for row, online in rows
        ]


@router.get("/cameras/{gateway}/{camera}/snapshot", response_class=Response)
def get_snapshot(hub: HubDependency, person: CurrentPerson, gateway: str, camera: str) -> Response:
    """Give a camera's latest small picture (JPEG)."""
    with hub.read_only() as work:
        area = work.session.scalar(select(Camera.area).where(Camera.gateway == gateway, Camera.camera == camera))
    picture = hub.intake.snapshots.latest(gateway, camera)
    if area is None or not covers(person.area, area) or picture is None:
        raise not_found(f"snapshot of camera {camera}")
    note_look(hub, person, Action.SNAPSHOT_SEEN, area, f"{gateway}/{camera}")
    hub.intake.viewers.see(gateway, camera)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.get("/gateways")
def get_gateways(hub: HubDependency, person: CurrentPerson) -> list[GatewayView]:
    """List the gateways of the asker's area."""
    with hub.read_only() as work:
        rows = work.session.scalars(
            select(Gateway)
            .where(within(Gateway.area, person.area), Gateway.removed_at.is_(None))
            .order_by(Gateway.name)
        )
        return [
            gateway_view(
                work,
                row,
                name_in_use=hub.intake.router.sessions.is_shared(row.name),
                held_back=hub.intake.replies.held_back.counts(row.name),
            )
            for row in rows
        ]
