"""The form of every error: RFC 9457 problem details, with the ``error`` member that the page has always read."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from uuid import uuid4

from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.store.trouble import is_full, is_passing

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5

_LOG = logging.getLogger(__name__)


def problem(
    status: int,
    code: str,
    message: str,
    *,
    retry_after: int | None = None,
    instance: str | None = None,
    members: Mapping[str, object] | None = None,
) -> JSONResponse:
    """Give an error; ``instance`` is the URI that stands in the log as well, ``members`` say more for programs."""
    body: dict[str, object] = {
        **(members or {}),
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": message,
        "error": {"code": code, "message": message},
    }
    if instance is not None:
        body["instance"] = instance
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"  # RFC 9110 wants one; browsers ask nobody for this scheme
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def request_problem(error: RequestError) -> JSONResponse:
    """Give a refusal in this form."""
    return problem(error.status, error.code, str(error), retry_after=error.retry_after, members=error.members)


class FaultMiddleware:
    """Answers in the usual form where nobody foresaw an error, or where the store cannot be used for a while."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            await _answer(scope, error)(scope, receive, send)


def _answer(scope: Scope, error: Exception) -> JSONResponse:
    instance = f"urn:uuid:{uuid4()}"
    cause = getattr(error, "orig", None) or error  # the database's own words, without the statement
    where = f"{scope['method']} {scope['path']}"
    if is_full(error):
        _LOG.error("%s: %s not done, the disk has no room: %s", instance, where, cause)
        return unavailable("no_room", "the command centre's disk has no room for this now; try again later", instance)
    if is_passing(error):
        _LOG.error("%s: %s not done, the store cannot be used now: %s", instance, where, cause)
        return unavailable("unavailable", "the database is busy or cannot be written now; try again", instance)
    _LOG.error("%s: %s failed", instance, where, exc_info=error)
    message = f"something went wrong in the hub; its log tells more under {instance}"
    return problem(500, "internal", message, instance=instance)


def unavailable(code: str, message: str, instance: str | None = None) -> JSONResponse:
    """Give a 503 that says when to come again."""
    return problem(503, code, message, retry_after=RETRY_SECONDS, instance=instance)
