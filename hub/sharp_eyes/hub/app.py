"""The web application: routes, errors, protection and the hub's life, wired together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from sharp_eyes.configuration.version import __version__
from sharp_eyes.hub.api import (
    camera_routes,
    case_routes,
    city_routes,
    health_routes,
    session_routes,
    storage_routes,
    stream_routes,
)
from sharp_eyes.hub.api.dependencies import refuse_nul, require_csrf_header
from sharp_eyes.hub.api.middleware import ProtectionMiddleware
from sharp_eyes.hub.api.schemas import ErrorView
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.web.page_routes import page_router

_CODES = {401: "not_signed_in", 404: "not_found", 405: "not_allowed", 413: "too_large"}


def create_app(hub: Hub) -> FastAPI:
    """Make the application around a hub, which starts and stops with it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(hub.start)
        try:
            yield
        finally:
            await run_in_threadpool(hub.stop)

    app = FastAPI(
        title="Sharp Eyes hub",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=_operation_name,
    )
    app.state.hub = hub
    api = APIRouter(
        prefix="/api",
        dependencies=[Depends(require_csrf_header), Depends(refuse_nul)],
        responses={"4XX": {"model": ErrorView}},
    )
    for module in (
        session_routes,
        case_routes,
        camera_routes,
        city_routes,
        stream_routes,
        health_routes,
        storage_routes,
    ):
        api.include_router(module.router)
    app.include_router(api)
    app.include_router(page_router())
    app.add_exception_handler(RequestError, _request_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_middleware(ProtectionMiddleware, max_photo_bytes=hub.settings.http.max_photo_bytes)
    return app


def _operation_name(route: APIRoute) -> str:
    return route.name


def _answer(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status)


async def _request_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestError)
    answer = _answer(error.status, error.code, str(error))
    if error.retry_after is not None:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return _answer(422, "invalid", f"{where}: {first['msg']}")


async def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return _answer(error.status_code, _CODES.get(error.status_code, "refused"), str(error.detail))
