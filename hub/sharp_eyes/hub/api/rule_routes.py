"""A changed rule table tried on past alarms, before anybody takes it over."""

import threading
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import func, select

from sharp_eyes.configuration import explain
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.pack_reading import faults_of
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.dry_run import Comparison, Decided, compare, read_past
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.intake.parsing import storage_fault
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Alarm

router = APIRouter(tags=["city"])
MOST_ALARMS = 5000
"""Alarms that are played here at most; the command line plays any number."""
_MOST_SHOWN = 200
_BUSY = threading.Lock()


class RulesBody(BaseModel):
    """A rule table as the city pack has it under ``rules``."""

    rules: list[dict[str, Any]] = Field(
        max_length=500, examples=[[{"scene": "illegal_parking", "unit": "traffic-police", "file": "auto"}]]
    )
    days: int = Field(30, ge=1, le=366, description="Alarms of the last so many days")


class ChangeView(ResponseModel):
    """How many cases the rules deal with in one way."""

    what: str
    before: int
    after: int


class DifferenceView(ResponseModel):
    """A case with which the changed rules do something else; null where it would be no case of its own."""

    case: int | None = Field(description="Its id; null where the rules in force made none", examples=[17])
    number: str
    scene: str
    area: str
    before: str | None = Field(examples=["traffic-police"])
    after: str | None = Field(examples=["property-management"])


class TrialView(ResponseModel):
    """What the changed rules would have done otherwise than those in force."""

    alarms: int
    cases_before: int
    cases_after: int
    changes: list[ChangeView]
    differing: int
    differences: list[DifferenceView] = Field(description="The first two hundred")


@router.post("/rules/try")
def post_rules_try(body: RulesBody, hub: HubDependency, person: CurrentPerson) -> TrialView:
    """Try a changed rule table on the alarms of the last days: they go through the intake beside the hub.

    Nothing of the hub is changed. 403 for all but administrators of the whole city; 409 busy; 422 invalid, too_many.
    """
    if person.me.role != Role.ADMINISTRATOR or not covers(person.area, hub.city.root):
        raise RequestError(403, "not_allowed", "rules are tried by administrators of the whole city")
    if not _BUSY.acquire(blocking=False):
        raise RequestError(409, "busy", "another trial is going on; try again when it is done")
    try:
        with hub.read_only() as work:
            city = work.city
            changed = _changed(city, body.rules)
            since = work.now - timedelta(days=body.days)
            count = work.session.scalar(select(func.count()).select_from(Alarm).where(Alarm.received_at >= since)) or 0
            if count > MOST_ALARMS:
                raise RequestError(
                    422,
                    "too_many",
                    f"{count} alarms; {MOST_ALARMS} at most are tried here: ask for fewer days, or use "
                    "'sharp-eyes-hub city try'",
                )
            past = read_past(work, since, work.now)
        return _view(compare(past, city, changed, hub.settings.limits))
    finally:
        _BUSY.release()


def _changed(city: CityPack, rules: list[dict[str, Any]]) -> CityPack:
    fault = storage_fault({"rules": rules})
    if fault is not None:
        raise RequestError(422, "invalid", fault)
    kept = {name: getattr(city, name) for name in CityPack.model_fields}
    try:
        return CityPack.model_validate(kept | {"rules": rules})
    except ValidationError as error:
        faults = [one.said for one in faults_of(error)]
        raise RequestError(422, "invalid", explain(error), members={"city_faults": faults}) from error


def _view(found: Comparison) -> TrialView:
    before, after = found.counts
    changes = [
        ChangeView(what=what, before=before.get(what, 0), after=after.get(what, 0))
        for what in sorted({*before, *after})
        if before.get(what, 0) != after.get(what, 0)
    ]
    differences = []
    for one in found.differences[:_MOST_SHOWN]:
        known = one.before or one.after
        if known is not None:
            said = {"before": _said(one.before), "after": _said(one.after)}
            differences.append(
                DifferenceView(case=one.case, number=one.number, scene=known.scene, area=known.area, **said)
            )
    return TrialView(
        alarms=found.alarms,
        cases_before=found.cases[0],
        cases_after=found.cases[1],
        changes=changes,
        differing=len(found.differences),
        differences=differences,
    )


def _said(side: Decided | None) -> str | None:
    return None if side is None else side.said
