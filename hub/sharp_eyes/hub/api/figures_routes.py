"""Figures of a period's cases, today's beside the usual, and both as spreadsheets."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.api.asked_facts import AskedFacts, AskedPeriod
from sharp_eyes.hub.api.audit_routes import note_export
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.figure_schemas import (
    AppealCountView,
    AreaCountView,
    CameraWrongView,
    CountView,
    DayCountView,
    FiguresView,
    GradeCountView,
    HourCountView,
    MilestoneCountView,
    PeriodView,
    SceneCountView,
    SourceCountView,
    SpreadView,
    StageTimeView,
    StateCountView,
    TodayView,
    UnitCountView,
)
from sharp_eyes.hub.api.figure_tables import Language, Names, case_rows, figure_rows
from sharp_eyes.hub.api.spreadsheet import CSV_ANSWER, csv_answer
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.cases.facts import Facts, Period
from sharp_eyes.hub.cases.figures import Count, Figures, count_figures
from sharp_eyes.hub.cases.queries import CaseFilter, count_cases
from sharp_eyes.hub.cases.today import count_today
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.model import AppealState, Source, State

router = APIRouter(prefix="/figures", tags=["figures"])
_USUAL_DAYS = 28
_Language = Annotated[Language, Query(description="Of the words")]


def asked_figures(
    hub: HubDependency,
    period: AskedPeriod,
    scene: SceneName | None = None,
    area: Annotated[str | None, Query(max_length=200, description="There and below")] = None,
    unit: Annotated[str | None, Query(max_length=100, description="Cases that it has, or had")] = None,
) -> CaseFilter:
    """Read which cases are counted; those of the last four weeks where no days are named."""
    if period is None:
        today = hub.clock().astimezone(hub.city.zone).date()
        period = Period(today - timedelta(days=_USUAL_DAYS - 1), today)
    return CaseFilter(scene=scene, facts=Facts(period, area=area, had_unit=unit))


AskedFigures = Annotated[CaseFilter, Depends(asked_figures)]


@router.get("")
def get_figures(hub: HubDependency, person: CurrentPerson, only: AskedFigures) -> FiguresView:
    """Count the cases that the asker may see that were reported in a period, and in as many days before."""
    return _figures(hub, person, only)


@router.get("/today")
def get_today(hub: HubDependency, person: CurrentPerson) -> TodayView:
    """Count today's cases until now, and what is usual on this weekday until this time of day."""
    with hub.read_only() as work:
        return TodayView.model_validate(asdict(count_today(work, person.scope)))


@router.get("/table.csv", response_class=StreamingResponse, responses=CSV_ANSWER)
def get_figure_table(
    hub: HubDependency, person: CurrentPerson, only: AskedFigures, language: _Language = "zh"
) -> StreamingResponse:
    """Give the figures as a table (CSV, UTF-8); it stands in the audit trail."""
    figures = _figures(hub, person, only)
    note_export(hub, person, f"figures {figures.period.first} {figures.period.last}")
    name = f"figures-{figures.period.first}-{figures.period.last}.csv"
    return csv_answer(name, figure_rows(figures, Names(hub.city, language)))


@router.get("/cases.csv", response_class=StreamingResponse, responses=CSV_ANSWER)
def get_case_table(
    hub: HubDependency,
    person: CurrentPerson,
    facts: AskedFacts,
    state: Annotated[list[State] | None, Query()] = None,
    scene: SceneName | None = None,
    gateway: Annotated[str | None, Query(max_length=100)] = None,
    camera: Annotated[str | None, Query(max_length=100)] = None,
    language: _Language = "zh",
) -> StreamingResponse:
    """Give the cases behind a figure as a table (CSV, UTF-8), newest first; it stands in the audit trail."""
    only = CaseFilter(state or (), scene, gateway, camera, facts=facts)
    with hub.read_only() as work:
        lines = count_cases(work, person.scope, only)
    note_export(hub, person, "cases", lines=lines)
    name = f"cases-{hub.clock():%Y%m%dT%H%M%SZ}.csv"
    return csv_answer(name, case_rows(hub.read_only, person.scope, only, Names(hub.city, language)))


def _figures(hub: Hub, person: Person, only: CaseFilter) -> FiguresView:
    with hub.read_only() as work:
        found = count_figures(work, person.scope, only)
        return _view(work.city, found, only.facts.period or Period(*[work.now.date()] * 2))


def _view(city: CityPack, found: Figures, period: Period) -> FiguresView:
    return FiguresView(
        period=PeriodView(first=period.first, last=period.last),
        before=PeriodView(first=period.before.first, last=period.before.last),
        total=CountView(**asdict(found.total)),
        states=[StateCountView(state=state, **_of(found.states, state.value)) for state in State],
        scenes=_scenes(found.scenes),
        grades=[GradeCountView(grade=grade, **_of(found.grades, grade.value)) for grade in Grade],
        sources=[SourceCountView(source=source, **_of(found.sources, source.value)) for source in Source],
        days=[
            DayCountView(day=period.first + timedelta(days=number), **asdict(count))
            for number, count in enumerate(found.days)
        ],
        hours=[HourCountView(hour=hour, **asdict(count)) for hour, count in enumerate(found.hours)],
        late=CountView(**asdict(found.late)),
        late_by_area=[
            AreaCountView(area=place.area, direct=place.direct, **asdict(count))
            for place, count in sorted(found.late_by_area.items(), key=lambda one: (one[0].area, one[0].direct))
        ],
        late_by_unit=[UnitCountView(unit=unit, **asdict(count)) for unit, count in sorted(found.late_by_unit.items())],
        times=[
            StageTimeView(stage=stage, now=SpreadView(**asdict(now)), before=SpreadView(**asdict(before)))
            for stage, (now, before) in found.times.items()
        ],
        false_alarms=CountView(**asdict(found.false)),
        false_by_scene=_scenes(found.false_by_scene),
        false_by_camera=[
            CameraWrongView(**asdict(place), **asdict(count)) for place, count in found.false_by_camera.items()
        ],
        reworked=CountView(**asdict(found.reworked)),
        extended=CountView(**asdict(found.extended)),
        appeals=[AppealCountView(appeal=appeal, **_of(found.appeals, appeal.value)) for appeal in AppealState],
        milestones=[
            MilestoneCountView(milestone=one, name=city.milestone_name(one), **asdict(count))
            for one, count in sorted(found.milestones.items())
        ],
    )


def _of(counts: Mapping[str, Count], key: str) -> dict[str, Any]:
    return asdict(counts.get(key, Count()))


def _scenes(counts: Mapping[str, Count]) -> list[SceneCountView]:
    """Scenes of which there is anything, most cases first."""
    order = sorted(counts.items(), key=lambda one: (-one[1].of, one[0]))
    return [SceneCountView(scene=SceneName(scene), **asdict(count)) for scene, count in order]
