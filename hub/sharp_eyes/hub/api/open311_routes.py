"""Open311 GeoReport v2: what residents and other systems report, and how it stands, without an account.

Each answer is JSON or XML by the end of its path; errors are ``[{code, description}]``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError

from sharp_eyes.hub.api.area_routes import features_of
from sharp_eyes.hub.api.case_routes import read_photo
from sharp_eyes.hub.api.dependencies import HubDependency, address_of
from sharp_eyes.hub.api.map_routes import tiles_file, tiles_view
from sharp_eyes.hub.api.map_schemas import GroundView
from sharp_eyes.hub.api.open311_form import (
    RESIDENTS,
    GeoReportRoute,
    RequestForm,
    SpokenLanguage,
    key_holder,
    request_form,
)
from sharp_eyes.hub.api.schemas import StorableText
from sharp_eyes.hub.errors import not_found
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.reports import Contact
from sharp_eyes.hub.open311 import requests, views
from sharp_eyes.hub.open311.documents import MEDIA_TYPES, write_list, write_one
from sharp_eyes.hub.open311.documents import Form as DocumentForm
from sharp_eyes.hub.open311.words import NO_MEDIA_URL, said
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(tags=["open311"], route_class=GeoReportRoute)

_PARTS = "/open311/v2"
_FORMS: dict[str, Any] = {"application/xml": {"schema": {"type": "string"}}}
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": list[views.ErrorLine], "content": _FORMS} for status in ("4XX", "5XX")
}


def _answers(model: Any) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model, "content": _FORMS}, **_ERRORS}


@router.get("/discovery.{form}", responses=_answers(views.DiscoveryView))
def get_discovery(hub: HubDependency, request: Request, form: DocumentForm) -> Response:
    """Say what is offered here and where."""
    root = str(request.base_url).rstrip("/") + hub.settings.http.path.rstrip("/") + _PARTS
    endpoint = views.EndpointView(url=root, changeset=hub.city.fingerprint)
    city = hub.city
    found = views.DiscoveryView(changeset=city.fingerprint, contact=city.name.zh, endpoints=[endpoint]).model_dump()
    return Response(write_one(form, "discovery", found), media_type=MEDIA_TYPES[form])


@router.get("/services.{form}", responses=_answers(list[views.ServiceView]))
def get_services(hub: HubDependency, form: DocumentForm, language: SpokenLanguage) -> Response:
    """List what residents may report: the city pack's kinds that say so."""
    rows = [views.service_view(kind, language) for kind in requests.services(hub.city)]
    return _several(form, "services", "service", rows)


@router.get("/services/{code}.{form}", responses=_answers(views.ServiceDefinition))
def get_service(hub: HubDependency, code: str, form: DocumentForm) -> Response:
    """Say what a service asks for beyond the standard's fields: nothing. 404."""
    found = views.ServiceDefinition(service_code=requests.service(hub.city, code).id)
    return Response(write_one(form, "service_definition", found.model_dump()), media_type=MEDIA_TYPES[form])


@router.post("/requests.{form}", responses=_answers(list[views.TakenView]))
def post_request(
    hub: HubDependency,
    request: Request,
    form: DocumentForm,
    told: Annotated[RequestForm, Depends(request_form)],
    language: SpokenLanguage,
) -> Response:
    """Report something, as a form, with a photo as ``media`` where there is one.

    400 what is missing or cannot be, 403 the api_key, 404 an unknown service_code, 413, 429.
    """
    holder = key_holder(hub, told.api_key)
    sender = requests.reporter(holder or RESIDENTS)
    wish = _wish(hub, told)
    limits = hub.settings.limits
    bounds = hub.settings.open311
    with hub.read_only() as work:
        is_new = requests.find_by_token(work, wish.token) is None
    if holder is None:
        if is_new:
            hub.throttle.begin_report(address_of(request), bounds.reports_per_address)
        limits = limits.model_copy(update={"reports_per_hour": bounds.reports_per_hour})
    if is_new and told.media is not None:  # reading it costs: after the brake, and before the transaction
        wish = replace(wish, photo=read_photo(hub, told.media))

    def take() -> str:
        with hub.transaction() as work:
            row, _case = requests.take_request(work, hub.evidence_store, sender, wish, limits)
            return row.public_number or ""

    try:
        number = take()
    except IntegrityError:
        # The same request came twice at once: the other one is committed by now.
        number = take()
    notice = said(NO_MEDIA_URL, language) if told.media_url and told.media is None else None
    taken = views.TakenView(service_request_id=number, service_notice=notice, reporter_token=str(wish.token))
    return _several(form, "service_requests", "request", [taken])


@router.get("/tokens/{token}.{form}", responses=_answers(list[views.RequestTokenView]))
def get_token(hub: HubDependency, token: UUID, form: DocumentForm) -> Response:
    """Give the number of the request that a reporter's token stands for. 404."""
    with hub.read_only() as work:
        row = requests.find_by_token(work, token)
        if row is None:
            raise not_found(f"token {token}")
        case = work.session.get_one(Case, row.case_id)
        found = views.RequestTokenView(
            service_request_id=row.public_number or "", token=str(token), may_rate=requests.may_rate(case)
        )
    return _several(form, "service_requests", "request", [found])


@router.post("/tokens/{token}/rating.{form}", responses=_answers(list[views.RequestView]))
def post_rating(
    hub: HubDependency,
    token: UUID,
    form: DocumentForm,
    stars: Annotated[int, Form(ge=1, le=5)],
    language: SpokenLanguage,
    words: Annotated[StorableText, Form(max_length=1000)] = "",
) -> Response:
    """Rate what was done, once it is closed; beyond the standard. 400 where it is not, or was rated; 404."""
    with hub.transaction() as work:
        row = requests.rate_request(work, token, stars, words.strip())
        work.session.flush()
        number = row.public_number or ""
    with hub.read_only() as work:
        return _requests(hub, work, form, requests.Asked(numbers=(number,)), language)


@router.get("/requests.{form}", responses=_answers(list[views.RequestView]))
def get_requests(
    hub: HubDependency,
    form: DocumentForm,
    language: SpokenLanguage,
    service_request_id: Annotated[
        str, Query(max_length=4000, description="Numbers, by commas; others do not count")
    ] = "",
    service_code: Annotated[str, Query(max_length=2000, description="Codes, by commas")] = "",
    start_date: Annotated[datetime | None, Query(description="90 days before end_date where empty")] = None,
    end_date: Annotated[datetime | None, Query(description="Now where empty")] = None,
    status: Annotated[str, Query(pattern="^(open|closed)?(,(open|closed))*$", description="open, closed or both")] = "",
) -> Response:
    """List requests, the newest first: of 90 days and 1,000 at most. Of each only what anybody may know."""
    asked = requests.Asked(
        _parts(service_request_id),
        _parts(service_code),
        _in_city(hub, start_date),
        _in_city(hub, end_date),
        frozenset(_parts(status)),
    )
    with hub.read_only() as work:
        return _requests(hub, work, form, asked, language)


@router.get("/requests/{number}.{form}", responses=_answers(list[views.RequestView]))
def get_request(hub: HubDependency, number: str, form: DocumentForm, language: SpokenLanguage) -> Response:
    """Say how a request stands. 404."""
    with hub.read_only() as work:
        return _requests(hub, work, form, requests.Asked(numbers=(number,)), language, needed=number)


@router.get("/ground.json", responses={**_ERRORS})
def get_ground(hub: HubDependency) -> GroundView:
    """Give the outlines of the areas and the map's tiles, for choosing a place; beyond the standard."""
    city = hub.city
    return GroundView(datum=city.datum, tiles=tiles_view(hub, f"{_PARTS}/tiles"), areas=features_of(city, city.root))


@router.get("/tiles", response_class=FileResponse, responses={**_ERRORS})
def get_ground_tiles(hub: HubDependency) -> FileResponse:
    """Give the map's tiles; 404 where there are none."""
    return tiles_file(hub)


@router.api_route("/{rest:path}", methods=["GET", "POST"], include_in_schema=False)
def get_nothing(rest: str) -> Response:
    """Answer in the standard's form where there is nothing, not with the page."""
    raise not_found(f"{_PARTS}/{rest}")


def _wish(hub: Hub, told: RequestForm) -> requests.Wish:
    name = f"{told.first_name} {told.last_name}".strip()
    reachable = told.phone or told.email
    return requests.Wish(
        token=told.token,
        service_code=told.service_code,
        words=told.description,
        place=None if told.lat is None or told.long is None else (told.long, told.lat),
        address=told.address_string,
        contact=Contact(name, told.phone, told.email) if reachable else None,
    )


def _requests(
    hub: Hub, work: UnitOfWork, form: DocumentForm, asked: requests.Asked, language: SpokenLanguage, needed: str = ""
) -> Response:
    found = requests.find_requests(work, asked)
    if needed and not found:
        raise not_found(f"service_request_id {needed}")
    decimals = hub.settings.open311.place_decimals
    rows = [views.request_view(work.city, row, case, decimals, language) for row, case in found]
    return _several(form, "service_requests", "request", rows)


def _several(form: DocumentForm, root: str, item: str, rows: Sequence[BaseModel]) -> Response:
    plain: list[Mapping[str, Any]] = [row.model_dump(mode="json") for row in rows]
    return Response(write_list(form, root, item, plain), media_type=MEDIA_TYPES[form])


def _parts(listed: str) -> tuple[str, ...]:
    return tuple(part for part in (one.strip() for one in listed.split(",")) if part)


def _in_city(hub: Hub, moment: datetime | None) -> datetime | None:
    """A moment without a zone is the city's."""
    return moment if moment is None or moment.tzinfo is not None else moment.replace(tzinfo=hub.city.zone)
