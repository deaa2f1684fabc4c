"""What a handler has to do: the open turns of their unit, with all that a phone needs where it has no network."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from sharp_eyes.hub.api import serializers
from sharp_eyes.hub.api.case_schemas import AssignmentView, CaseSummary, MilestoneView, ReasonView
from sharp_eyes.hub.api.case_views import milestone_views, turn_view
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.cases.tasks import Task, list_tasks
from sharp_eyes.hub.lifecycle.acts import Move
from sharp_eyes.hub.map_settings import Datum
from sharp_eyes.hub.one_map.case_layer import place_of_case
from sharp_eyes.hub.store.case_tables import Case
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
    found = place_of_case(work, case)
    if found is None:
        return None
    (longitude, latitude), whose = found
    return TaskPlace(latitude=latitude, longitude=longitude, datum="wgs84", of="report" if whose == "own" else whose)
