"""Areas and units as those who look after them see them: areas as GeoJSON (RFC 7946), in the city pack's datum."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import to_json

from sharp_eyes.configuration import explain
from sharp_eyes.contract.base import Identifier
from sharp_eyes.hub.api.schemas import HangingView, ResponseModel, StorableText
from sharp_eyes.hub.areas.city_pack import AreaId, AreaPath
from sharp_eyes.hub.areas.geometry import Geometry
from sharp_eyes.hub.areas.text import Text

_PART = r"^[a-z0-9][a-z0-9_-]*$"


class BilingualName(BaseModel):
    """A name in both languages."""

    zh: StorableText = Field(min_length=1, max_length=200)
    en: StorableText = Field(min_length=1, max_length=200)

    def text(self) -> Text:
        """The same as the city pack has it."""
        return Text(zh=self.zh, en=self.en)


class Versioned(BaseModel):
    """``version``: of the city pack that the change begins from, as GET gave it; or say it by If-Match."""

    version: int | None = Field(None, ge=1, description="Of the city pack; 409 where it has changed since")


class AreaProperties(ResponseModel):
    """What an area is called, and where it lies in the tree."""

    path: AreaPath = Field(description="From the root; changes when the area is renamed or moved, its id does not")
    name: Text
    parent: str | None = Field(None, description="Id of the area above; null for the root. Given out, not read")


class AreaFeature(ResponseModel):
    """An area."""

    type: Literal["Feature"] = "Feature"
    id: str = Field(description="Stays whatever the area is renamed or moved to", examples=["demo.first-street.east"])
    geometry: Geometry | None
    properties: AreaProperties


class AreaCollection(ResponseModel):
    """The asker's areas."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    version: int = Field(description="Of the city pack; give it back with a change")
    features: list[AreaFeature]


class AreaContents(ResponseModel):
    """What lies in an area and below it and has not ended, kind by kind."""

    holds: list[HangingView]


class GivenProperties(BaseModel):
    """What other programs write beside it is not read."""

    model_config = ConfigDict(extra="ignore")

    path: AreaPath
    name: BilingualName


class GivenFeature(BaseModel):
    """An area as it is to be; one without an id, or with one that nobody has, is new."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["Feature"]
    id: AreaId | None = None
    geometry: Geometry | None = None
    properties: GivenProperties


def _named(raw: Any, _handler: ValidatorFunctionWrapHandler) -> GivenFeature:
    """Say which area is wrong: its place in a long list helps nobody."""
    try:
        return GivenFeature.model_validate_json(to_json(raw), strict=True)  # ``raw`` is Python's, whatever it came from
    except ValidationError as error:
        raise ValueError(f"area {_called(raw)}: {explain(error)}") from error


def _called(raw: Any) -> str:
    properties = raw.get("properties") if isinstance(raw, dict) else None
    path = properties.get("path") if isinstance(properties, dict) else None
    return str(path or (raw.get("id") if isinstance(raw, dict) else None) or "without a path")[:200]


class GivenCollection(Versioned):
    """All of the asker's areas as they are to be; one that is missing is retired."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["FeatureCollection"]
    features: list[Annotated[GivenFeature, WrapValidator(_named)]] = Field(min_length=1, max_length=5000)


class NewArea(Versioned):
    """An area to be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "parent": "demo.first-street",
                    "part": "south",
                    "name": {"zh": "柳桥南社区", "en": "Liuqiao South Community"},
                }
            ]
        }
    )

    parent: AreaId = Field(description="Id of the area above")
    part: StorableText = Field(
        pattern=_PART, max_length=60, description="What it adds to the path of the one above", examples=["south"]
    )
    name: BilingualName
    id: AreaId | None = Field(None, description="Its path with dots where empty")
    geometry: Geometry | None = None


class AreaChange(Versioned):
    """What is to be different; what is left out stays, a geometry of null goes. All below goes along."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": {"zh": "柳桥东苑社区", "en": "Liuqiao Dongyuan Community"}}]}
    )

    parent: AreaId | None = Field(None, description="Id of the area above")
    part: StorableText | None = Field(None, pattern=_PART, max_length=60, examples=["south"])
    name: BilingualName | None = None
    geometry: Geometry | None = None


class AreaMerge(Versioned):
    """Which area it goes into."""

    into: AreaId = Field(examples=["demo.first-street.west"])


class AreaSplit(Versioned):
    """The part that becomes an area of its own, beside the one that it is cut from."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "part": "south",
                    "name": {"zh": "柳桥南社区", "en": "Liuqiao South Community"},
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [
                            [[120.5, 29.6], [120.51, 29.6], [120.51, 29.61], [120.5, 29.61], [120.5, 29.6]]
                        ],
                    },
                }
            ]
        }
    )

    part: StorableText = Field(
        pattern=_PART, max_length=60, description="The last part of its path", examples=["south"]
    )
    name: BilingualName
    id: AreaId | None = Field(None, description="Its path with dots where empty")
    geometry: Geometry = Field(description="May reach beyond the area: only what lies in it counts")


class NewUnit(Versioned):
    """A unit to be."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "parks-north", "name": {"zh": "园林所北队", "en": "Parks Office, north"}}]
        }
    )

    id: Identifier = Field(max_length=100, examples=["parks-north"])
    name: BilingualName


class UnitChange(Versioned):
    """Another name."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": {"zh": "园林所北队", "en": "Parks Office, north"}}]}
    )

    name: BilingualName
