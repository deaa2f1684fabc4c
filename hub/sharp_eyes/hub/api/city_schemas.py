"""The city's areas, units and categories, as the HTTP interface says them."""

from pydantic import Field

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.areas.place_kinds import FactField
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.lifecycle.model import Source


class UnitView(ResponseModel):
    """A unit."""

    id: str
    name: Text


class AreaView(ResponseModel):
    """A node of the area tree."""

    path: str
    name: Text


class CategoryView(ResponseModel):
    """A scene's name and code."""

    scene: SceneName
    name: Text
    code: str | None


class KindView(ResponseModel):
    """A category of reports."""

    id: str
    name: Text
    scene: SceneName | None = Field(description="By which cameras see the same")
    code: str | None
    grade: Grade


class PlaceKindView(ResponseModel):
    """A kind of place or thing, with the facts that are kept of it."""

    id: str
    name: Text
    fields: list[FactField]


class RoleView(ResponseModel):
    """A role that somebody can have."""

    id: str
    name: Text | None = Field(description="Of the city pack's own roles; the built-in ones are known by their id")
    needs_unit: bool


class PremisesKindView(ResponseModel):
    """A kind of premises that is inspected."""

    id: str
    name: Text


class CityView(ResponseModel):
    """The city as far as the asker may see it."""

    name: Text
    timezone: str
    scenes: list[CategoryView]
    kinds: list[KindView] = Field(description="Categories of reports")
    place_kinds: list[PlaceKindView] = Field(description="Kinds of places and things")
    may_report: list[Source] = Field(description="Sources from which the asker may report")
    premises_kinds: list[PremisesKindView]
    areas: list[AreaView]
    units: list[UnitView]
    roles: list[RoleView]
