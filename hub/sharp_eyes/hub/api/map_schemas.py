"""The map, as the HTTP interface says it."""

from datetime import datetime

from pydantic import Field

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.api.area_schemas import AreaFeature
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.lifecycle.model import Source, State
from sharp_eyes.hub.map_settings import Datum


class TilesView(ResponseModel):
    """The ground under everything."""

    url: str = Field(description="A PMTiles file; ask for parts of it with Range")
    datum: Datum
    attribution: str = Field(examples=["Survey of the district, 2025"])


class MapUnitView(ResponseModel):
    """A unit that the city pack gives a place."""

    id: str = Field(examples=["traffic-police"])
    name: Text
    longitude: float
    latitude: float
    on_duty: list[str] = Field(description="Names of its people who are on duty now by the roster")


class MapCaseView(ResponseModel):
    """An open case in few words."""

    id: int
    number: str
    source: Source
    scene: SceneName | None
    kind: str | None
    grade: Grade
    state: State
    gateway: str | None
    camera: str | None
    area: str
    unit: str | None
    due_at: datetime | None
    rank: int
    place: str = Field(description="Where it is, in words; empty where nobody has said")
    longitude: float | None = Field(description="Where it is; null where only its camera may say")
    latitude: float | None


class GroundView(ResponseModel):
    """What lies under everything: areas and tiles."""

    datum: Datum = Field(description="Of all longitudes and latitudes that the hub gives")
    tiles: TilesView | None
    areas: list[AreaFeature]


class MapView(GroundView):
    """What the map shows beside cameras, which GET /api/cameras gives with their places."""

    units: list[MapUnitView]
    cases: list[MapCaseView] = Field(description="That are open, the first of the queue first; 10,000 of them at most")
    total: int = Field(description="How many are open")


class CameraCountView(ResponseModel):
    """How many cases came from a camera."""

    gateway: str
    camera: str
    count: int
