"""The register of places, as the HTTP interface says it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sharp_eyes.hub.api.schemas import ResponseModel, RowFaultView, StorableText
from sharp_eyes.hub.api.seen import Seen
from sharp_eyes.hub.areas.datum import AnyDatum
from sharp_eyes.hub.areas.place_kinds import Fact

_Degrees = Annotated[float, Field(allow_inf_nan=False)]
_LENGTH = 6_000_000


class PlaceBody(BaseModel):
    """A place or thing: what it is, its number among those of its kind, and where it stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "hydrant",
                    "number": "XF-0012",
                    "name": "Hydrant at the east gate",
                    "longitude": 120.5301,
                    "latitude": 29.6052,
                    "datum": "gcj02",
                    "facts": {"diameter": 100},
                }
            ]
        }
    )

    kind: StorableText = Field(max_length=200, description="One of 'place_kinds' of GET /api/city")
    number: StorableText = Field(max_length=100, description="No two of a kind have the same")
    name: StorableText = Field(max_length=200)
    longitude: _Degrees
    latitude: _Degrees
    datum: AnyDatum = Field(description="What longitude and latitude refer to; it is never guessed")
    area: StorableText | None = Field(
        None, max_length=200, description="Path of its area, where the outlines do not say it"
    )
    facts: dict[str, Fact | None] = Field({}, description="By the fields of its kind")
    seen: Seen = None


class PlaceView(ResponseModel):
    """A place or thing."""

    id: int
    kind: str
    number: str
    name: str
    area: str = Field(description="Path of its grid")
    longitude: float = Field(description="Degrees in WGS 84")
    latitude: float
    facts: dict[str, Fact]
    changed_by: str
    changed_at: datetime


class PlacePage(ResponseModel):
    """Places by their ids; ``next`` is the cursor of the following page."""

    items: list[PlaceView]
    next: int | None


class PlaceFileBody(BaseModel):
    """A file of places."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "form": "csv",
                    "datum": "wgs84",
                    "check": True,
                    "text": "kind,number,name,longitude,latitude,diameter\nhydrant,XF-1,East gate,120.53,29.605,100\n",
                }
            ]
        }
    )

    form: Literal["csv", "geojson"]
    text: StorableText = Field(max_length=_LENGTH)
    datum: AnyDatum | None = Field(None, description="Of all positions, where the file itself does not say it")
    check: bool = Field(False, description="Only say what it would do, and what is wrong")


class PlaceFileView(ResponseModel):
    """What a file did to the register, or would do."""

    rows: int
    added: int
    changed: int
    same: int
    faults: list[RowFaultView]
