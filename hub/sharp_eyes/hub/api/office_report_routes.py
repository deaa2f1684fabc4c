"""The office's report on a month, a quarter or a year, as figures and as a workbook, and where cases come most."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.api.audit_routes import note_export
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.figure_tables import Language, Names
from sharp_eyes.hub.api.office_report_schemas import HotSpotsView, HotSpotView, OfficeReportView, SubjectCountView
from sharp_eyes.hub.api.office_report_views import make_report, period_view
from sharp_eyes.hub.api.office_workbook import WORKBOOK_ANSWER, workbook_answer
from sharp_eyes.hub.cases.calendar_period import PATTERN, CalendarPeriod, read_period
from sharp_eyes.hub.cases.facts import Facts
from sharp_eyes.hub.cases.hot_spots import count_hot_spots
from sharp_eyes.hub.cases.office_report import By
from sharp_eyes.hub.cases.queries import CaseFilter
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.lifecycle.model import Source

router = APIRouter(prefix="/figures", tags=["figures"])
_USUAL = (By.AREA, By.UNIT, By.SCENE, By.SOURCE)


def asked_calendar_period(
    hub: HubDependency,
    period: Annotated[
        str | None,
        Query(
            pattern=PATTERN, description="A month, a quarter or a year; this month where empty", examples=["2026-03"]
        ),
    ] = None,
) -> CalendarPeriod:
    """Read which period is asked for.

    Raises:
        RequestError: 422 where it has yet to begin.
    """
    today = hub.clock().astimezone(hub.city.zone).date()
    found = read_period(period or f"{today:%Y-%m}", today)
    if found is None:
        raise RequestError(422, "invalid", f"period: {period} has yet to begin")
    return found


def asked_cases(
    area: Annotated[str | None, Query(max_length=200, description="There and below")] = None,
    scene: SceneName | None = None,
    source: Annotated[Source | None, Query(description="How they came in")] = None,
    unit: Annotated[str | None, Query(max_length=100, description="Cases that it answers for")] = None,
) -> CaseFilter:
    """Read which cases are counted."""
    return CaseFilter(scene=scene, facts=Facts(area=area, source=source, answering=unit))


AskedPeriod = Annotated[CalendarPeriod, Depends(asked_calendar_period)]
AskedCases = Annotated[CaseFilter, Depends(asked_cases)]


@router.get("/report")
def get_office_report(
    hub: HubDependency,
    person: CurrentPerson,
    period: AskedPeriod,
    only: AskedCases,
    by: Annotated[list[By] | None, Query(description="What rows are of; all but cameras where empty")] = None,
) -> OfficeReportView:
    """Give the figures of the city pack's formulas for the cases that the asker may see, beside the period before."""
    with hub.read_only() as work:
        return make_report(work, person.scope, only, period, by or _USUAL)


@router.get("/report.xlsx", response_class=StreamingResponse, responses=WORKBOOK_ANSWER)
def get_office_workbook(
    hub: HubDependency,
    person: CurrentPerson,
    period: AskedPeriod,
    only: AskedCases,
    language: Annotated[Language, Query(description="Of the words")] = "zh",
) -> StreamingResponse:
    """Give the same as a workbook (XLSX): a sheet for all, for areas, units, scenes, sources, cameras and formulas.

    It stands in the audit trail.
    """
    with hub.read_only() as work:
        report = make_report(work, person.scope, only, period, list(By))
    note_export(hub, person, f"report {period.name}")
    return workbook_answer(f"report-{period.name}.xlsx", report, Names(hub.city, language), language)


@router.get("/hotspots")
def get_hot_spots(
    hub: HubDependency,
    person: CurrentPerson,
    period: AskedPeriod,
    only: AskedCases,
    most: Annotated[int, Query(ge=1, le=100, description="Cells that are named")] = 10,
) -> HotSpotsView:
    """Count the cases that were reported in a period by hour of the week and by place."""
    asked = replace(only, facts=replace(only.facts, period=period.counted))
    with hub.read_only() as work:
        found = count_hot_spots(work, person.scope, asked, most)
    spots = []
    for spot in found.spots:
        latitude, longitude = spot.cell.middle
        subjects = [SubjectCountView(subject=subject, count=count) for subject, count in spot.subjects]
        spots.append(
            HotSpotView(
                cell=str(spot.cell), count=spot.count, subjects=subjects, latitude=latitude, longitude=longitude,
                place=spot.place, area=spot.area, gateway=spot.gateway, camera=spot.camera,
            )
        )  # fmt: skip
    return HotSpotsView(
        period=period_view(period.counted), hours=list(found.hours), spots=spots, unplaced=found.unplaced
    )
