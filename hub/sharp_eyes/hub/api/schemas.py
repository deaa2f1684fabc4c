"""What all of the HTTP interface shares, as pydantic models; the page's types are generated from them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from sharp_eyes.configuration.health import PartState
from sharp_eyes.hub.areas.row_error import RowError
from sharp_eyes.hub.health import PartName


def _storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("the character NUL is not allowed")
    return value


StorableText = Annotated[str, AfterValidator(_storable)]
"""Text that every database can keep."""


class ResponseModel(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True)


class ErrorBody(ResponseModel):
    """Why a request was not done."""

    code: str = Field(description="Stable word, such as illegal_move")
    message: str


class RowFaultView(ResponseModel):
    """What is wrong with a row of a file."""

    line: int = Field(description="Of the file, 0 where it is the whole; of GeoJSON the number of the feature")
    code: str = Field(description="Stable word, such as no_degrees", examples=["no_degrees"])
    said: dict[str, str] = Field(
        description="What it names, for words of one's own", examples=[{"longitude": "east", "latitude": "29.6"}]
    )
    message: str = Field(examples=["longitude 'east', latitude '29.6' are no degrees"])

    @classmethod
    def of(cls, line: int, fault: RowError) -> "RowFaultView":
        """Describe a fault of a line."""
        return cls(line=line, code=fault.code, said=fault.said, message=str(fault))


class HangingView(ResponseModel):
    """Things of one kind that keep an area or a unit from being retired."""

    kind: str = Field(description="areas, rules, open_cases, cameras, gateways, people, …")
    count: int
    names: list[str] = Field(description="Of the first of them")


class CityFaultView(ResponseModel):
    """Something wrong in a city pack."""

    place: str = Field(description="The key, such as areas.3.name.en; empty where it is the whole")
    line: int | None = Field(description="Of the text, where there is one")
    words: str
    code: str = Field(description="A stable word for it; empty where only the words say it", examples=["no_parent"])
    values: dict[str, str] = Field(description="What it is about", examples=[{"path": "demo/a/b", "parent": "demo/a"}])


class ErrorView(ResponseModel):
    """The form of every error: problem details (RFC 9457), extended by ``error``."""

    type: str = Field(description="Always about:blank; what went wrong stands in error.code")
    title: str = Field(description="The status in words")
    status: int
    detail: str = Field(description="The same as error.message")
    instance: str | None = Field(
        None,
        description="Where the hub itself failed: a URN that its log names too",
        examples=["urn:uuid:0b54a5a6-3ef2-5c1a-9d0c-6f1d1f6b7a10"],
    )
    area: str | None = Field(None, description="Id of the area that cannot be retired")
    unit: str | None = Field(None, description="Id of the unit that cannot be retired")
    hangs_on: list[HangingView] | None = Field(None, description="What hangs on it")
    city_faults: list[CityFaultView] | None = Field(None, description="What is wrong in a city pack (wrong_city)")
    file_faults: list[RowFaultView] | None = Field(None, description="What is wrong in a file of rows (wrong_file)")
    error: ErrorBody


class HealthPartView(ResponseModel):
    """How a part of the hub is, and since when."""

    name: PartName
    state: PartState
    since: datetime
    reason: str = Field(description="Why it is not ok, a word of docs/deployer.md; empty where it is")
    amount: int | None = Field(description="What the reason is measured by: seconds, bytes, or how many")


class HealthPartsView(ResponseModel):
    """Each part of this hub, for administrators of the whole city."""

    status: PartState
    parts: list[HealthPartView]


class HealthView(ResponseModel):
    """Whether the hub works; needs no sign-in."""

    status: Literal["ok", "degraded"]
    database: bool
    broker: bool
    intake: bool = Field(description="Whether messages come through: the hub hears what it sends to itself")
    disk: bool = Field(description="Whether the disk has room for more evidence")
    broker_store_set_aside_at: datetime | None = Field(
        description="When the bundled broker's damaged store was set aside; null where none lies there"
    )
    insecure: bool = Field(description="Whether it speaks with other machines without TLS, as its settings say")
