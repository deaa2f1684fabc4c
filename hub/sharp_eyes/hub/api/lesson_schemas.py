"""Verdicts on alarms, advice on thresholds and their roll-out, as the HTTP interface says them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.areas.text import Text


class ReasonCount(ResponseModel):
    """How many cases were false alarms for one reason."""

    code: str
    name: Text | None
    cases: int


class FalseAlarmCount(ResponseModel):
    """Alarms of one place, and what people said of them."""

    gateway: str
    camera: str
    scene: SceneName | None
    zone: str | None
    area: str
    alarms: int
    false: int = Field(description="Alarms of cases that were voided or rejected because the camera was wrong")
    confirmed: int = Field(description="Alarms of cases that were closed after a unit had done the work")
    unjudged: int = Field(description="All others: of open cases, and of such as ended without a verdict on the camera")
    cases: int
    false_cases: int
    reasons: list[ReasonCount] = Field(description="Of the false cases, most first")
    keys: list[str] = Field(description="Thresholds of the scene that there is advice on")


class FalseAlarmCounts(ResponseModel):
    """The places with most false alarms."""

    since: datetime
    until: datetime
    items: list[FalseAlarmCount]
    more: bool = Field(description="There are more places than were asked for")


class TallyView(ResponseModel):
    """Alarms, and the cases that they are all of."""

    alarms: int
    cases: int


class StepView(ResponseModel):
    """What one value would have dropped; a case is dropped when all its alarms of this camera and scene are."""

    value: float
    false: TallyView = Field(description="False alarms that would not have come")
    confirmed: TallyView = Field(description="True alarms that would have been lost")
    unjudged: TallyView = Field(description="Alarms that would not have come and that nobody has judged")


class AdviceView(ResponseModel):
    """What higher thresholds would have changed for past alarms."""

    gateway: str
    camera: str
    scene: SceneName
    key: str
    unit: str = Field(description="UCUM unit of the values")
    present: float | None = Field(description="The value that holds; null where it is the scene's own default")
    since: datetime
    until: datetime
    read: int
    cut: bool = Field(description="There were more alarms than are looked at: only the newest count")
    exact: bool = Field(
        description="Whether the counts are what would have been; otherwise at most so many of each would be dropped"
    )
    false: TallyView
    confirmed: TallyView
    unjudged: TallyView
    steps: list[StepView]
    proposed: StepView | None
    why_not: Literal["no_false_alarms", "no_confirmed_alarms", "costs_true_alarms", "no_value_drops_any"] | None
    newest_version: int = Field(description="To be sent as base_version with a roll-out")


class ThresholdBody(BaseModel):
    """Sets one number of one scene of a camera."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "scene": "illegal_parking",
                    "key": "minutes",
                    "value": 5,
                    "why": "Deliveries take four",
                    "base_version": 3,
                }
            ]
        }
    )

    scene: SceneName
    key: StorableText = Field(max_length=100)
    value: float = Field(ge=-1e9, le=1e9)
    why: StorableText = Field(max_length=2000)
    base_version: int = Field(ge=0, description="newest_version of what this was made from")


class RevertBody(BaseModel):
    """Lets what an earlier version of a camera's settings set hold again."""

    version: int = Field(ge=0, le=2**53, description="0 gives the camera back to its gateway's file")
    why: StorableText = Field(max_length=2000)
    base_version: int = Field(ge=0)
