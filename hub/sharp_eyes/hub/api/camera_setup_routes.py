"""Cameras found, added and removed at a running gateway by administrators."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from sharp_eyes.contract.base import Identifier
from sharp_eyes.contract.camera_setup import PLACE_PATTERN, SealedLogin, SetupReport
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.gateway_routes import check_administrator, find_gateway
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import not_found
from sharp_eyes.hub.intake.camera_setup import ask_addition, ask_removal, ask_search
from sharp_eyes.hub.intake.liveness import area_of_camera

router = APIRouter(prefix="/gateways", tags=["gateways"])


class CameraAddition(BaseModel):
    """A camera that its gateway is to try, and to watch if it can be read."""

    camera: Identifier = Field(description="The identifier that it gets")
    name: StorableText = Field("", max_length=200)
    area: StorableText | None = Field(None, max_length=200, description="Within the gateway's; null: the gateway's")
    place: str = Field(
        max_length=300,
        pattern=PLACE_PATTERN,
        description="Scheme, host and port of its address",
        examples=["rtsp://192.0.2.20:554"],
    )
    channel: StorableText | None = Field(None, max_length=100, description="Which one of a recorder's")
    login: SealedLogin = Field(description="The whole address, user name and password, sealed for the gateway's key")
    why: StorableText = Field("", max_length=2000)


class CameraSetupView(ResponseModel):
    """A question; it waits until its gateway has answered, and is forgotten after a quarter of an hour."""

    request_id: UUID
    state: Literal["waiting", "answered"]
    report: SetupReport | None = None


@router.post("/{gateway}/camera-searches", status_code=202)
def post_camera_search(hub: HubDependency, person: CurrentPerson, gateway: str) -> CameraSetupView:
    """Have a gateway look for cameras on its networks (ONVIF), and give a key that a login can be sealed for.

    403 for all but administrators; 404; 409 gateway_away; 429 too_many_questions.
    """
    check_administrator(person)
    with hub.transaction() as work:
        row = find_gateway(work, person, gateway)
        command = ask_search(work, person.origin, row, hub.intake.camera_setups)
    return CameraSetupView(request_id=command.request_id, state="waiting")


@router.post("/{gateway}/cameras", status_code=202)
def post_camera(hub: HubDependency, person: CurrentPerson, gateway: str, body: CameraAddition) -> CameraSetupView:
    """Have a gateway add a camera; its login can be opened by nobody else.

    403 for all but administrators; 404; 409 gateway_away; 429 too_many_questions.
    """
    check_administrator(person)
    with hub.transaction() as work:
        row = find_gateway(work, person, gateway)
        if body.area is not None and not (covers(row.area, body.area) and covers(person.area, body.area)):
            raise not_found(f"area {body.area}")
        fields = body.model_dump(exclude={"login", "why"})
        setups = hub.intake.camera_setups
        command = ask_addition(work, person.origin, row, setups, login=body.login, why=body.why.strip(), **fields)
    return CameraSetupView(request_id=command.request_id, state="waiting")


@router.delete("/{gateway}/cameras/{camera}", status_code=202)
def delete_camera(
    hub: HubDependency,
    person: CurrentPerson,
    gateway: str,
    camera: str,
    why: Annotated[StorableText, Query(max_length=2000)] = "",
) -> CameraSetupView:
    """Have a gateway forget a camera that was added by way of the hub; its cases stay.

    403 for all but administrators; 404; 409 gateway_away; 429 too_many_questions.
    """
    check_administrator(person)
    with hub.transaction() as work:
        row = find_gateway(work, person, gateway)
        area = area_of_camera(work, gateway, camera)
        if area is None or not covers(person.area, area):
            raise not_found(f"camera {camera}")
        setups = hub.intake.camera_setups
        command = ask_removal(work, person.origin, row, setups, camera, area, why.strip())
    return CameraSetupView(request_id=command.request_id, state="waiting")


@router.get("/{gateway}/camera-setups/{request_id}")
def get_camera_setup(hub: HubDependency, person: CurrentPerson, gateway: str, request_id: UUID) -> CameraSetupView:
    """Say what a gateway answered; 403 for all but administrators, 404 where no such question is known (any more)."""
    check_administrator(person)
    with hub.read_only() as work:
        find_gateway(work, person, gateway)
    question = hub.intake.camera_setups.find(gateway, request_id)
    if question is None:
        raise not_found(f"question {request_id}")
    state: Literal["waiting", "answered"] = "answered" if question.report else "waiting"
    return CameraSetupView(request_id=request_id, state=state, report=question.report)
