"""The fields that the standard posts, and the standard's own form of errors."""

import hashlib
import hmac
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import Depends, File, Form, Header, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BeforeValidator, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from sharp_eyes.hub.api.dependencies import HubDependency, address_of
from sharp_eyes.hub.api.gate import announced_bytes
from sharp_eyes.hub.api.schemas import StorableText
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.open311 import documents
from sharp_eyes.hub.open311.words import Language, language_of

_AS_STANDARD = {409: 400, 415: 400, 422: 400}
RESIDENTS = "residents"


class GeoReportRoute(APIRoute):
    """A route that answers errors as the standard does, and looks at what can be refused before it reads a body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                await run_in_threadpool(_refuse_early, request)
                return await handle(request)
            except RequestError as error:
                return _failed(request, error.status, str(error), error.retry_after)
            except RequestValidationError as error:
                first = error.errors()[0]
                status = 404 if first["loc"][0] == "path" else 400
                return _failed(request, status, f"{'.'.join(str(part) for part in first['loc'][1:])}: {first['msg']}")
            except HTTPException as error:
                return _failed(request, error.status_code, str(error.detail))

        return answer


def _refuse_early(request: Request) -> None:
    hub: Hub = request.app.state.hub
    settings = hub.settings.open311
    if not settings.enabled:
        raise RequestError(
            404, "not_found", "nothing is taken over Open311 here; 'open311: {enabled: true}' turns it on"
        )
    jurisdiction = request.query_params.get("jurisdiction_id")
    check_jurisdiction(hub, jurisdiction)
    if request.method != "POST":
        return
    if not settings.api_keys:  # else the body tells whether one is given
        hub.throttle.check_report(address_of(request), settings.reports_per_address)
    if not hub.disk_room.has_room(announced_bytes(request)):
        raise RequestError(503, "no_room", "there is no room for reports now; try again later", retry_after=60)


def check_jurisdiction(hub: Hub, named: str | None) -> None:
    """Refuse another jurisdiction than one's own. Raises ``RequestError`` 404."""
    own = hub.settings.open311.jurisdiction_id
    if own is not None and named not in (None, "", own):
        raise RequestError(404, "not_found", f"jurisdiction_id {named!r} is not here; it is {own!r}")


def _failed(request: Request, status: int, text: str, retry_after: int | None = None) -> Response:
    form: documents.Form = "json" if request.url.path.endswith(".json") else "xml"
    code = _AS_STANDARD.get(status, status)
    content = documents.write_list(form, "errors", "error", [{"code": code, "description": text}])
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(content, code, headers, documents.MEDIA_TYPES[form])


def _language(accept_language: Annotated[str, Header(description="zh or en; Chinese where empty")] = "") -> Language:
    return language_of(accept_language)


SpokenLanguage = Annotated[Language, Depends(_language)]


def _none_if_empty(value: object) -> object:
    """A field that a form sends empty was not filled in."""
    return None if value == "" else value


_Empty = BeforeValidator(_none_if_empty)
_Degrees = Annotated[float | None, _Empty, Field(allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class RequestForm:
    """A posted request, each field by the standard's name; ``key`` and ``media`` are our own."""

    service_code: str
    lat: float | None
    long: float | None
    address_string: str
    description: str
    first_name: str
    last_name: str
    email: str
    phone: str
    media: UploadFile | None
    media_url: str
    api_key: str
    token: UUID


def request_form(
    hub: HubDependency,
    service_code: Annotated[StorableText, Form(min_length=1, max_length=100, description="One of the services")],
    lat: Annotated[_Degrees, Form(ge=-90, le=90, description="WGS 84; with 'long', or address_string")] = None,
    long: Annotated[_Degrees, Form(ge=-180, le=180)] = None,
    address_string: Annotated[StorableText, Form(max_length=500)] = "",
    description: Annotated[StorableText, Form(max_length=2000)] = "",
    first_name: Annotated[StorableText, Form(max_length=50)] = "",
    last_name: Annotated[StorableText, Form(max_length=50)] = "",
    email: Annotated[StorableText, Form(max_length=200)] = "",
    phone: Annotated[StorableText, Form(max_length=40)] = "",
    media: Annotated[UploadFile | Literal[""] | None, File(description="A photo: JPEG, PNG or WebP")] = None,
    media_url: Annotated[StorableText, Form(max_length=2000, description="Not fetched: send 'media'")] = "",
    api_key: Annotated[StorableText, Form(max_length=200)] = "",
    jurisdiction_id: Annotated[StorableText | None, Form(max_length=100)] = None,
    key: Annotated[UUID | None, Form(description="As Idempotency-Key")] = None,
    idempotency_key: Annotated[
        UUID | None,
        Header(description="Random UUID (version 4) of the sender's; sent again with it, it is one request"),
    ] = None,
) -> RequestForm:
    """Read a posted request.

    Raises:
        RequestError: 404 another jurisdiction, 422 half a place, or a key that is not random.
    """
    check_jurisdiction(hub, jurisdiction_id)
    token = idempotency_key or key or uuid4()
    if token.version != 4:
        raise RequestError(
            422, "key_not_random", "the key must be a random UUID (version 4): it is the reporter's token"
        )
    if (lat is None) != (long is None):
        raise RequestError(422, "place_missing", "lat and long go together")
    return RequestForm(
        service_code, lat, long, address_string.strip(), description.strip(), first_name.strip(), last_name.strip(),
        email.strip(), phone.strip(), media or None, media_url, api_key, token,
    )  # fmt: skip


def key_holder(hub: Hub, api_key: str) -> str | None:
    """Find who reports: the name of a system's key, or ``None`` for somebody without one.

    Raises:
        RequestError: 403 the key is wrong, or one is needed.
    """
    settings = hub.settings.open311
    if api_key:
        given = hashlib.sha256(api_key.encode()).hexdigest()
        found = [one.name for one in settings.api_keys if hmac.compare_digest(one.sha256, given)]
        if not found:
            raise RequestError(403, "wrong_api_key", "this api_key is not known here")
        return found[0]
    if not settings.keyless:
        raise RequestError(403, "api_key_missing", "an api_key is needed here")
    return None
