"""What a handler has to do: the open turns of their unit, with all that a phone needs where it has no network."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select

from sharp_eyes.hub.api import serializers
from sharp_eyes.hub.api.case_schemas import AssignmentView, CaseSummary, MilestoneView, ReasonView
from sharp_eyes.hub.api.case_views import milestone_views, turn_view
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.areas.geometry import middle
from sharp_eyes.hub.cases.tasks import Task, list_tasks
from sharp_eyes.hub.lifecycle.acts import Move
from sharp_eyes.hub.lifecycle.model import Source
from sharp_eyes.hub.map_settings import Datum
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.tables import Camera
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(tags=["cases"])


class TaskPlace(ResponseModel):
    """Where to go, for a phone's map: the report's or camera's place, else the middle of the area."""

    latitude: float
    longitude: float
    datum: Datum
    of: Literal["report", "camera", "area"]


class TaskView(ResponseModel):
    """A unit's open turn at a case."""

    case: CaseSummary
    turn: AssignmentView
    due_at: datetime | None
    report_in_at: datetime | None
    word: str = Field(examples=["still_there"])
    others: list[AssignmentView]
    milestones: list[MilestoneView]
    address: str
    place: TaskPlace | None


class TasksView(ResponseModel):
    """The tasks of a unit, what is due first at the head; none for somebody without a unit."""

    unit: str | None
    tasks: list[TaskView]
    send_back_reasons: list[ReasonView]


@router.get("/tasks")
def get_tasks(hub: HubDependency, person: CurrentPerson) -> TasksView:
    """List what the asker's unit has open now."""
    unit = person.me.unit
    with hub.read_only() as work:
        found = [] if unit is None else list_tasks(work, person.scope, unit)
        reasons = [ReasonView(code=one.code, name=one.name) for one in work.city.reasons_for(Move.SEND_BACK)]
        return TasksView(unit=unit, tasks=_views(work, found), send_back_reasons=reasons)


def _views(work: UnitOfWork, tasks: Sequence[Task]) -> list[TaskView]:
    cases = serializers.case_summaries(work, [task.case for task in tasks])
    return [
        TaskView(
            case=case,
            turn=turn_view(work, task.turn),
            due_at=task.due_at,
            report_in_at=task.report_in_at,
            word=task.word,
            others=[turn_view(work, turn) for turn in task.others],
            milestones=milestone_views(work, task.case.kind, task.state),
            address=task.case.place,
            place=_place(work, task.case),
        )
        for case, task in zip(cases, tasks, strict=True)
    ]


def _place(work: UnitOfWork, case: Case) -> TaskPlace | None:
    datum = work.city.datum
    if case.source != Source.CAMERA and case.latitude is not None and case.longitude is not None:
        return TaskPlace(latitude=case.latitude, longitude=case.longitude, datum="wgs84", of="report")
    named = select(Camera).where(Camera.gateway == case.gateway, Camera.camera == case.camera)
    camera = work.session.scalar(named)
    if camera is not None and camera.latitude is not None and camera.longitude is not None:
        return TaskPlace(latitude=camera.latitude, longitude=camera.longitude, datum=datum, of="camera")
    found = work.city.area(case.area)
    if found is None or found.geometry is None:
        return None
    longitude, latitude = middle(found.geometry)
    return TaskPlace(latitude=latitude, longitude=longitude, datum=datum, of="area")
