"""Cameras' settings: what holds at the gateway, and what an administrator changes."""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sharp_eyes.contract.scene_settings import scene_settings
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.intake.camera_settings import change_settings, changes_of, newest_version
from sharp_eyes.hub.intake.liveness import area_of_camera
from sharp_eyes.hub.intake.parsing import storage_fault
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.tables import CameraSettings, SettingsChange
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(tags=["cameras"])


class SettingsChangeView(ResponseModel):
    """A change, and what became of it."""

    version: int
    settings: dict[str, Any]
    made_by: str
    made_at: datetime
    why: str = Field(description="What whoever made it said")
    state: Literal["waiting", "applied", "refused", "replaced"]
    reason: str = Field(description="The gateway's words where it refused")
    answered_at: datetime | None


class CameraSettingsView(ResponseModel):
    """A camera's settings as its gateway last said that they hold."""

    gateway: str
    camera: str
    settings: dict[str, Any]
    changed: dict[str, Any] = Field(description="The part of them that the hub has set in the place of the file's")
    version: int = Field(description="The change that holds; 0 where the gateway's file alone does")
    newest_version: int = Field(description="To be sent as base_version with a change")
    takes_changes: bool
    reported_at: datetime
    changes: list[SettingsChangeView] = Field(description="The latest twenty, newest first")


class SettingsBody(BaseModel):
    """The keys that are to hold in the place of the gateway's file, all of them; none gives the camera back to it."""

    settings: dict[str, Any]
    base_version: int = Field(ge=0, description="newest_version of the settings that this was made from")
    why: StorableText = Field("", max_length=2000)


class SceneSettingsView(ResponseModel):
    """JSON Schemas, with the titles and bounds that gateways of this version check by."""

    scenes: dict[str, dict[str, Any]] = Field(
        description="Of a scene's settings, by the scene's name", examples=[{"illegal_parking": {"type": "object"}}]
    )
    calibration: dict[str, Any] = Field(examples=[{"type": "object"}])


@router.get("/scene-settings")
def get_scene_settings(person: CurrentPerson) -> SceneSettingsView:
    """Say what can be set for each scene; what is drawn on the picture carries ``shape``."""
    del person
    return SceneSettingsView.model_validate(scene_settings())


@router.get("/cameras/{gateway}/{camera}/settings")
def get_camera_settings(hub: HubDependency, person: CurrentPerson, gateway: str, camera: str) -> CameraSettingsView:
    """Show a camera's settings, without logins; 403 for all but administrators, 404 where none were reported."""
    with hub.read_only() as work:
        check_may_set(work, person, gateway, camera)
        row = work.session.get(CameraSettings, (gateway, camera))
        if row is None:
            raise not_found(f"settings of camera {camera}")
        return CameraSettingsView(
            gateway=gateway,
            camera=camera,
            settings=row.settings,
            changed=row.changed,
            version=row.version,
            newest_version=newest_version(work, gateway, camera),
            takes_changes=row.takes_changes,
            reported_at=row.reported_at,
            changes=[change_view(change) for change in changes_of(work, gateway, camera)],
        )


@router.put("/cameras/{gateway}/{camera}/settings", status_code=202)
def put_camera_settings(
    body: SettingsBody, hub: HubDependency, person: CurrentPerson, gateway: str, camera: str
) -> SettingsChangeView:
    """Change a camera's settings; its gateway checks them and answers, at once or when it comes back.

    403 for all but administrators; 409 file_holds, no_settings, changed_meanwhile; 422 too_long, invalid.
    """
    fault = storage_fault(body.settings)
    if fault is not None:
        raise RequestError(422, "invalid", fault)
    with hub.transaction() as work:
        check_may_set(work, person, gateway, camera)
        row = change_settings(work, person.origin, gateway, camera, body.settings, body.base_version, body.why.strip())
        return change_view(row)


def check_may_set(work: UnitOfWork, person: Person, gateway: str, camera: str) -> None:
    """Let nobody but administrators of a camera's area set it.

    Raises:
        RequestError: 404 where it lies elsewhere or is not there, 403 to all others.
    """
    area = area_of_camera(work, gateway, camera)
    if area is None or not covers(person.area, area):
        raise not_found(f"camera {camera}")
    if person.me.role != Role.ADMINISTRATOR:
        raise RequestError(403, "not_allowed", "cameras' settings are for administrators")


def change_view(row: SettingsChange) -> SettingsChangeView:
    """Say a change as the interface does."""
    return SettingsChangeView.model_validate({name: getattr(row, name) for name in SettingsChangeView.model_fields})
