"""The office's report as the interface gives it."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from sharp_eyes.hub.api.figure_schemas import PeriodView
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.areas.city_pack import Text
from sharp_eyes.hub.areas.figure_facts import Fact
from sharp_eyes.hub.cases.facts import Basis
from sharp_eyes.hub.cases.office_report import By


class SideView(ResponseModel):
    """Cases of which any of some facts is so, and none of others."""

    any_of: list[Fact]
    none_of: list[Fact]


class FormulaView(ResponseModel):
    """How a figure is counted; the city pack says it."""

    id: str
    name: Text
    period: Basis = Field(description="Which day of a case must lie in the period")
    numerator: SideView
    denominator: SideView
    better: Literal["high", "low"]
    weight: int = Field(description="In the score; 0 where it does not count")


class ShareView(ResponseModel):
    """So many of so many."""

    count: int
    of: int
    percent: Decimal | None = Field(
        description="With two places, rounded half up, such as 93.72; null where it is of nothing", examples=["93.72"]
    )


class MeanView(ResponseModel):
    """How long it took on average, of how many cases."""

    count: int
    seconds: int | None


class RowFiguresView(ResponseModel):
    """Figures of a row in one period."""

    reported: int
    due: int
    shares: list[ShareView] = Field(description="In the order of the formulas")
    response: MeanView = Field(description="From the first dispatch until a unit says that it has it")
    handling: MeanView = Field(description="From the first dispatch until it is handled")
    score: Decimal | None = Field(description="Mean of the shares by their weights, of a hundred")


class ReportRowView(ResponseModel):
    """A row of the report, in the period and in the one before."""

    by: By | None = Field(description="None of the row of all")
    key: str = Field(description="Path of an area, a unit, scene or source, or a camera's name; empty of all")
    direct: bool = Field(description="Of an area: without what lies below it")
    gateway: str | None = Field(description="Of a camera")
    rank: int | None = Field(description="Of a unit: its place by the score; units of the same score share it")
    now: RowFiguresView
    before: RowFiguresView


class OfficeReportView(ResponseModel):
    """The office's report on a month, a quarter or a year."""

    name: str
    period: PeriodView = Field(description="Of a period that goes on: until today")
    before: PeriodView
    is_over: bool
    area: str
    formulas: list[FormulaView]
    total: ReportRowView
    rows: list[ReportRowView]


class SubjectCountView(ResponseModel):
    """Cases of a scene or kind; null where they have neither."""

    subject: str | None
    count: int


class HotSpotView(ResponseModel):
    """A cell of the ground, some 200 m wide, in which many cases lie."""

    cell: str = Field(description="Asks for its cases in GET /api/cases")
    count: int
    subjects: list[SubjectCountView]
    latitude: float = Field(description="Of its middle, in WGS 84")
    longitude: float
    place: str = Field(description="Of its latest case, with area and camera; empty where nobody named it")
    area: str
    gateway: str | None
    camera: str | None


class HotSpotsView(ResponseModel):
    """Where and when cases were reported most."""

    period: PeriodView
    hours: list[int] = Field(description="By hour of the week, by the city's clocks: 168, from Monday on")
    spots: list[HotSpotView] = Field(description="Most cases first")
    unplaced: int = Field(description="Cases without a place")
