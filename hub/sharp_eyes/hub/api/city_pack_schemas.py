"""The city pack as a whole, as the HTTP interface says it."""

from datetime import datetime

from pydantic import Field

from sharp_eyes.hub.api.schemas import CityFaultView, ResponseModel
from sharp_eyes.hub.areas.text import Text


class CityVersionView(ResponseModel):
    """A version that was in force, or is."""

    version: int
    fingerprint: str = Field(examples=["3f9a01c2d4e5"])
    origin: str = Field(description="file, import or interface", examples=["interface"])
    made_by: str
    made_at: datetime


class CityPackView(ResponseModel):
    """The city pack in force."""

    version: int = Field(description="Give it back with a change")
    name: Text
    text: str = Field(description="YAML")
    calendar: str | None = Field(description="Version of its working calendar", examples=["demo-2026.1"])
    years: list[int] = Field(description="That the calendar holds")
    doubts: list[str] = Field(description="What is allowed and hardly meant")
    versions: list[CityVersionView] = Field(description="The latest twenty, newest first")


class CityVersionText(ResponseModel):
    """A version as it was put in force."""

    version: int
    text: str = Field(description="YAML, with its comments")


class NamedView(ResponseModel):
    """One of a list of the pack."""

    id: str = Field(description="Of a rule its scene and area", examples=["illegal_parking demo/first-street"])
    name: Text | None


class CityDifferenceView(ResponseModel):
    """A part that would be another than in the pack in force; without any names where it is no list of things."""

    part: str = Field(description="Its key, such as areas, units, rules or calendar", examples=["units"])
    added: list[NamedView]
    changed: list[NamedView]
    removed: list[NamedView]


class CityPackCheck(ResponseModel):
    """What a city pack would be like; it can be taken over where ``faults`` and ``lost`` are empty."""

    faults: list[CityFaultView]
    lost: list[str] = Field(description="What the hub has and the pack lacks", examples=[["unit parks: 3 open cases"]])
    lacking: list[CityFaultView] = Field(description="The same as ``lost``, each with a stable word for it")
    doubts: list[str]
    differences: list[CityDifferenceView] = Field(description="To the pack in force, part by part")
    name: Text | None
    areas: int
    units: int = Field(examples=[8])
    rules: int
