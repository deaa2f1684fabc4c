"""Changed settings of a camera tried at its gateway before they are sent."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.trial import TrialReport, TrySettings
from sharp_eyes.hub.api.audit_routes import note_look
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.api.settings_routes import check_may_set
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.cases.verdicts import Verdict
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.intake.camera_settings import check_size, check_takes_changes
from sharp_eyes.hub.intake.liveness import area_of_camera
from sharp_eyes.hub.intake.parsing import storage_fault
from sharp_eyes.hub.lessons.last_week import Fate, last_alarms, tried_alarms
from sharp_eyes.hub.store.tables import Gateway
from sharp_eyes.hub.store.unit_of_work import GatewayCommand

router = APIRouter(tags=["cameras"])


class TrialBody(BaseModel):
    """The keys that would hold in the place of the gateway's file, as in a change."""

    settings: dict[str, Any]
    minutes: float = Field(10, gt=0, le=60, description="How far back, where the gateway keeps the camera's video")
    past_days: float = Field(
        7, ge=0, le=31, description="Of how many days the camera's alarms are tried besides", examples=[7]
    )


class TriedAlarmView(ResponseModel):
    """A past alarm of the camera, and what the tried settings make of it."""

    event_id: UUID
    case_id: int
    case_number: str
    scene: SceneName
    zone: str
    started_at: datetime
    verdict: Verdict
    fate: Fate = Field(
        description="quiet: would not be raised, though with what holds now it would; untried: neither says so",
        examples=["quiet"],
    )
    picture_id: UUID | None
    box: tuple[float, float, float, float] | None = Field(
        description="Where in the picture: x1, y1, x2, y2 in shares", examples=[[0.12, 0.4, 0.31, 0.66]]
    )


class SettingsTrialView(ResponseModel):
    """A trial; it waits until its gateway has answered, and is forgotten after a quarter of an hour."""

    trial_id: UUID
    state: Literal["waiting", "answered"]
    report: TrialReport | None = None
    past: list[TriedAlarmView] = Field(default=[], description="The camera's alarms of the last days, oldest first")


@router.post("/cameras/{gateway}/{camera}/settings/trials", status_code=202)
def post_settings_trial(
    body: TrialBody, hub: HubDependency, person: CurrentPerson, gateway: str, camera: str
) -> SettingsTrialView:
    """Ask a camera's gateway what these settings would have raised on what it has, and which of the last days' alarms
    they would raise again; nothing is changed.

    403 for all but administrators; 409 file_holds, no_settings, gateway_away; 422 too_long, invalid;
    429 too_many_questions.
    """
    fault = storage_fault(body.settings)
    if fault is not None:
        raise RequestError(422, "invalid", fault)
    check_size(body.settings)
    with hub.transaction() as work:
        check_may_set(work, person, gateway, camera)
        check_takes_changes(work, gateway, camera)
        if not work.session.get_one(Gateway, gateway).online:
            raise RequestError(409, "gateway_away", f"gateway {gateway} is away; nothing can be tried there now")
        identity = hub.intake.trials.begin(gateway, camera)
        past = last_alarms(work, person.scope, gateway, camera, body.past_days)
        command = TrySettings(trial_id=identity, camera=camera, settings=body.settings, minutes=body.minutes, past=past)
        work.gateway_commands.append(GatewayCommand(gateway, command))
    return SettingsTrialView(trial_id=identity, state="waiting")


@router.get("/cameras/{gateway}/{camera}/settings/trials/{trial_id}")
def get_settings_trial(
    hub: HubDependency, person: CurrentPerson, gateway: str, camera: str, trial_id: UUID
) -> SettingsTrialView:
    """Say what came of a trial; 403 for all but administrators, 404 where none is known (any more).

    Its pictures are the camera's: who looked at them stands in the audit trail.
    """
    with hub.read_only() as work:
        check_may_set(work, person, gateway, camera)
        area = area_of_camera(work, gateway, camera) or person.area
        trial = hub.intake.trials.find(gateway, trial_id)
        if trial is None or trial.camera != camera:
            raise not_found(f"trial {trial_id}")
        outcome = None if trial.report is None else trial.report.past
        past = [] if outcome is None else tried_alarms(work, person.scope, gateway, camera, outcome)
    if trial.report is not None and any(alarm.picture for alarm in trial.report.alarms):
        note_look(hub, person, Action.VIDEO_SEEN, area, f"{gateway}/{camera} trial {trial_id}")
    return SettingsTrialView(
        trial_id=trial_id,
        state="answered" if trial.report else "waiting",
        report=trial.report,
        past=[TriedAlarmView.model_validate(asdict(one)) for one in past],
    )
