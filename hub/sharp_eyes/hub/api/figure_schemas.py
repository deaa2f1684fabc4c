"""Figures as the interface gives them."""

from datetime import date

from pydantic import Field

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.areas.city_pack import Text
from sharp_eyes.hub.cases.facts import Stage
from sharp_eyes.hub.lifecycle.model import AppealState, Source, State


class CountView(ResponseModel):
    """How many cases, of how many; in the period, and in the one before."""

    now: int
    of: int = Field(description="Where it is 0 nothing was measured")
    before: int
    before_of: int


class StateCountView(CountView):
    """Cases of a state."""

    state: State


class SceneCountView(CountView):
    """Cases of a scene."""

    scene: SceneName


class SourceCountView(CountView):
    """Cases that came in by one way."""

    source: Source


class GradeCountView(CountView):
    """Cases of a grade."""

    grade: Grade


class AreaCountView(CountView):
    """Cases of an area with all below it; ``direct``: without."""

    area: str
    direct: bool


class UnitCountView(CountView):
    """Cases that a unit had a turn at."""

    unit: str


class CameraWrongView(CountView):
    """Cases of a camera."""

    gateway: str
    camera: str


class AppealCountView(CountView):
    """Cases with an appeal."""

    appeal: AppealState


class MilestoneCountView(CountView):
    """Cases whose milestone was reached in time, of those in which it was reached or missed."""

    milestone: str
    name: Text | None = Field(description="Null where the city pack has it no longer")


class DayCountView(CountView):
    """Cases that were reported on a day, and on the day that stands in its place in the period before."""

    day: date


class HourCountView(CountView):
    """Cases that were reported at an hour of the day, by the city's clocks."""

    hour: int


class SpreadView(ResponseModel):
    """Seconds from the report on; null where no case came so far."""

    count: int
    median: float | None
    p90: float | None


class StageTimeView(ResponseModel):
    """How long it took until cases came so far, in the period and in the one before."""

    stage: Stage
    now: SpreadView
    before: SpreadView


class PeriodView(ResponseModel):
    """Days of the city, both included."""

    first: date
    last: date


class FiguresView(ResponseModel):
    """All figures of the cases that were reported in a period."""

    period: PeriodView
    before: PeriodView
    total: CountView
    states: list[StateCountView]
    scenes: list[SceneCountView]
    sources: list[SourceCountView]
    grades: list[GradeCountView]
    days: list[DayCountView]
    hours: list[HourCountView]
    late: CountView
    late_by_area: list[AreaCountView]
    late_by_unit: list[UnitCountView]
    times: list[StageTimeView]
    false_alarms: CountView
    false_by_scene: list[SceneCountView]
    false_by_camera: list[CameraWrongView] = Field(description="Those that were wrong most often")
    reworked: CountView = Field(description="Of cases that were handled")
    extended: CountView
    appeals: list[AppealCountView]
    milestones: list[MilestoneCountView]


class UsualView(ResponseModel):
    """How many today until now, and how many are usual until this time of day; null where too little is known."""

    today: int
    usual: float | None


class TodayView(ResponseModel):
    """Today beside the same weekday of the weeks before."""

    reported: UsualView
    handled: UsualView
    closed: UsualView
    weeks: int
