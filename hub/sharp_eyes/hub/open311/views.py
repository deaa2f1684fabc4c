"""Services and requests as the standard names their fields; of a request only what anybody may know."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from sharp_eyes.hub.areas.city_pack import CityPack, Kind
from sharp_eyes.hub.lifecycle.model import ENDED, State
from sharp_eyes.hub.open311.words import Language, said, status_words
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.report_tables import Report

_REQUEST: dict[str, JsonValue] = {
    "service_request_id": "2026-000001",
    "status": "open",
    "status_notes": "Somebody has been told to deal with it",
    "service_name": "Leaning tree",
    "service_code": "leaning_tree",
    "requested_datetime": "2026-03-01T16:00:00+08:00",
    "updated_datetime": "2026-03-01T16:00:00+08:00",
    "expected_datetime": "2026-03-01T20:00:00+08:00",
    "lat": 30.5728,
    "long": 104.0668,
}


class EndpointView(BaseModel):
    """Where the standard is spoken, and in which forms."""

    specification: Literal["http://wiki.open311.org/GeoReport_v2"] = "http://wiki.open311.org/GeoReport_v2"
    url: str = Field(examples=["https://eyes.example.org/open311/v2"])
    changeset: str = Field(examples=["3f9a01c2d4e5"])
    type: Literal["production"] = "production"
    formats: list[str] = Field(["application/json", "text/xml"], examples=[["application/json", "text/xml"]])


class DiscoveryView(BaseModel):
    """What is offered here and where."""

    changeset: str = Field(description="Changes with the city pack", examples=["3f9a01c2d4e5"])
    contact: str = Field(examples=["云溪区"])
    key_service: str = Field("", examples=[""])
    endpoints: list[EndpointView]


class ServiceView(BaseModel):
    """A kind of report that residents may send."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"service_code": "leaning_tree", "service_name": "Leaning tree", "description": "Leaning tree"}
            ]
        }
    )

    service_code: str
    service_name: str
    description: str
    metadata: bool = Field(False, description="Whether more is asked for than the standard's fields: never")
    type: Literal["realtime"] = "realtime"
    keywords: str = ""
    group: str = ""


class ServiceDefinition(BaseModel):
    """What is asked for beyond the standard's fields: nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"service_code": "leaning_tree", "attributes": []}]})

    service_code: str
    attributes: list[str] = []


class RequestView(BaseModel):
    """A request as anybody may see it; the fields that are always empty are the standard's."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST]})

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str
    service_name: str
    service_code: str
    description: str | None = Field(None, description="The reporter's words are theirs and the office's")
    agency_responsible: str | None = None
    service_notice: str | None = None
    requested_datetime: str
    updated_datetime: str
    expected_datetime: str | None
    address: str | None = None
    address_id: str | None = None
    zipcode: str | None = None
    lat: float | None = Field(description="Degrees in WGS 84, coarse, as 'long'")
    long: float | None
    media_url: str | None = None


class TakenView(BaseModel):
    """What the reporter of a new request keeps."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_request_id": "2026-000001",
                    "service_notice": "media_url is not fetched; send the photo as 'media'",
                    "reporter_token": "5f0c8f7e-9d0a-4c62-a0ff-6b3f3f6f2e11",
                }
            ]
        }
    )

    service_request_id: str
    service_notice: str | None
    account_id: str | None = None
    reporter_token: str = Field(description="Beyond the standard: the reporter's own, by which alone they rate")


class RequestTokenView(BaseModel):
    """The request behind a reporter's token."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "service_request_id": "2026-000001",
                    "token": "5f0c8f7e-9d0a-4c62-a0ff-6b3f3f6f2e11",
                    "may_rate": True,
                }
            ]
        }
    )

    service_request_id: str
    token: str
    may_rate: bool = Field(description="Beyond the standard: it is closed, and nobody has rated it")


class ErrorLine(BaseModel):
    """An error in the standard's form."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"code": 404, "description": "service_code 'ufo' is not offered"}]}
    )

    code: int = Field(description="HTTP status")
    description: str


def service_view(kind: Kind, language: Language) -> ServiceView:
    """Describe a kind as a service."""
    name = said((kind.name.zh, kind.name.en), language)
    return ServiceView(service_code=kind.id, service_name=name, description=name)


def request_view(city: CityPack, row: Report, case: Case, decimals: int, language: Language) -> RequestView:
    """Say of a request what anybody may know, with its place rounded to so many decimals of a degree."""
    name = city.name_of(row.kind)

    def local(at: datetime) -> str:
        return at.astimezone(city.zone).replace(microsecond=0).isoformat()

    state = State(case.state)
    return RequestView(
        service_request_id=row.public_number or "",
        status="closed" if state in ENDED else "open",
        status_notes=status_words(state, language),
        service_name=row.kind if name is None else said((name.zh, name.en), language),
        service_code=row.kind,
        requested_datetime=local(row.received_at),
        updated_datetime=local(case.updated_at),
        expected_datetime=None if case.due_at is None else local(case.due_at),
        lat=None if row.latitude is None else round(row.latitude, decimals),
        long=None if row.longitude is None else round(row.longitude, decimals),
    )
