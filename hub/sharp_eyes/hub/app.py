"""The web application: routes, errors, protection and the hub's life, wired together."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from sharp_eyes.configuration.service_manager import ServiceManager
from sharp_eyes.configuration.version import __version__
from sharp_eyes.hub.api import (
    account_routes,
    acting_routes,
    area_routes,
    audit_routes,
    calendar_routes,
    callback_routes,
    camera_routes,
    camera_setup_routes,
    case_routes,
    city_pack_routes,
    city_routes,
    desk_routes,
    device_routes,
    draft_routes,
    duty_routes,
    figures_routes,
    gateway_routes,
    handover_routes,
    health_routes,
    household_routes,
    inspection_routes,
    join_routes,
    lesson_routes,
    live_routes,
    look_back_routes,
    map_routes,
    notice_routes,
    office_report_routes,
    one_map_routes,
    open311_routes,
    outward_routes,
    place_routes,
    premises_routes,
    provider_routes,
    record_routes,
    report_routes,
    rule_routes,
    rule_table_routes,
    session_routes,
    settings_routes,
    shared_move_routes,
    sponsor_routes,
    storage_routes,
    stream_routes,
    task_routes,
    token_routes,
    trial_routes,
    user_routes,
    webhook_routes,
)
from sharp_eyes.hub.api.body_types import all_faults, hold_body_to_types
from sharp_eyes.hub.api.case_changes import describe_changes
from sharp_eyes.hub.api.dependencies import refuse_nul, require_csrf_header
from sharp_eyes.hub.api.examples import add_examples
from sharp_eyes.hub.api.forwarded import ForwardedMiddleware, TrustedProxies
from sharp_eyes.hub.api.gate import GateMiddleware, HeadMiddleware
from sharp_eyes.hub.api.json_body import StrictJsonMiddleware
from sharp_eyes.hub.api.measuring import MeasuringMiddleware
from sharp_eyes.hub.api.middleware import PackingMiddleware, ProtectionMiddleware
from sharp_eyes.hub.api.patience import PatienceMiddleware
from sharp_eyes.hub.api.problems import MEDIA_TYPE, FaultMiddleware, problem, request_problem
from sharp_eyes.hub.api.schemas import ErrorView
from sharp_eyes.hub.api.sub_path import SubPathMiddleware
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.web.page_routes import page_router

_MOST_FAULTS = 20
_PROBLEM = {"schema": {"$ref": "#/components/schemas/ErrorView"}}
_CODES = {401: "not_signed_in", 404: "not_found", 405: "not_allowed", 413: "too_large"}


def create_app(hub: Hub) -> FastAPI:
    """Make the application around a hub, which starts and stops with it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(hub.start)
        manager = ServiceManager()
        manager.ready("takes gateways and people")
        living = asyncio.create_task(_live(manager))
        try:
            yield
        finally:
            living.cancel()
            manager.stopping()
            await run_in_threadpool(hub.stop)

    app = _HubApi(
        title="Sharp Eyes hub",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=_operation_name,
        routes=_routes(),
    )
    app.add_api_route("/api/openapi.json", _document, include_in_schema=False)
    app.include_router(page_router())  # takes what no other route has taken, so it comes last
    app.state.hub = hub
    hub.feed.describe_with(describe_changes(hub.read_only))
    app.add_exception_handler(RequestError, _request_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    # The last one added is the outermost: protecting headers stand on every answer, errors included.
    app.add_middleware(StrictJsonMiddleware)
    app.add_middleware(GateMiddleware, hub=hub)
    app.add_middleware(HeadMiddleware)
    app.add_middleware(FaultMiddleware)
    app.add_middleware(PackingMiddleware)
    app.add_middleware(ProtectionMiddleware, max_photo_bytes=hub.settings.http.max_photo_bytes)
    app.add_middleware(PatienceMiddleware)
    app.add_middleware(MeasuringMiddleware, measures=hub.measures)
    app.add_middleware(SubPathMiddleware, path=hub.settings.http.path.rstrip("/"))
    app.add_middleware(ForwardedMiddleware, trusted=TrustedProxies(hub.settings.http.trusted_proxies))
    return app


@cache
def _routes() -> list[BaseRoute]:
    """All routes of the interface, wired once a process: they find their hub by the request, and wiring is slow."""
    every = APIRouter(generate_unique_id_function=_operation_name)
    for module in (
        session_routes,
        account_routes,
        shared_move_routes,  # before the routes of one case: "moves" is no number
        case_routes,
        outward_routes,
        report_routes,
        desk_routes,
        task_routes,
        draft_routes,
        callback_routes,
        camera_routes,
        camera_setup_routes,
        live_routes,
        look_back_routes,
        city_routes,
        city_pack_routes,
        area_routes,
        rule_table_routes,
        calendar_routes,
        gateway_routes,
        sponsor_routes,
        stream_routes,
        audit_routes,
        health_routes,
        join_routes,
        storage_routes,
        record_routes,
        settings_routes,
        trial_routes,
        notice_routes,
        office_report_routes,
        duty_routes,
        token_routes,
        webhook_routes,
        user_routes,
        provider_routes,
        acting_routes,
        handover_routes,
        premises_routes,
        inspection_routes,
        lesson_routes,
        map_routes,
        one_map_routes,
        place_routes,
        figures_routes,
        rule_routes,
        device_routes,
        household_routes,
    ):
        every.include_router(
            module.router,
            prefix="/api",
            dependencies=[Depends(require_csrf_header), Depends(refuse_nul), Depends(hold_body_to_types)],
            responses={"4XX": {"model": ErrorView}, "5XX": {"model": ErrorView}},
        )
    # Without the header of ours: no session is looked at here, so no other site's page can use one.
    every.include_router(open311_routes.router, prefix="/open311/v2", dependencies=[Depends(refuse_nul)])
    every.include_router(live_routes.sockets)
    every.include_router(look_back_routes.sockets)
    return every.routes


async def _live(manager: ServiceManager) -> None:
    """Tell the service manager again and again that requests are served: that this runs is the sign."""
    while manager.watchdog is not None:
        manager.alive()
        await asyncio.sleep(manager.watchdog)


def _operation_name(route: APIRoute) -> str:
    return route.name


class _HubApi(FastAPI):
    """FastAPI that describes errors under the media type in which they are sent, and bodies by examples."""

    _describing = threading.Lock()

    def openapi(self) -> dict[str, Any]:
        """Describe the interface; the first time that takes seconds, and others wait for it."""
        with self._describing:
            return self.openapi_schema or self._described()

    def _described(self) -> dict[str, Any]:
        described = super().openapi()
        for operations in described["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    # Under whatever media type the route's own answers have; Open311 has errors of its own.
                    if status in ("4XX", "5XX") and _PROBLEM in answer["content"].values():
                        answer["content"] = {MEDIA_TYPE: dict(_PROBLEM)}
        add_examples(described)
        return described


def _document(request: Request) -> JSONResponse:
    """Give the interface's document; in a thread, since nobody else is answered while the event loop makes it."""
    api: FastAPI = request.app
    return JSONResponse(api.openapi())


async def _request_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestError)
    return request_problem(error)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = all_faults(request, error)
    where = ".".join(str(part) for part in found[0]["loc"])
    faults = [_fault(one) for one in found[:_MOST_FAULTS]]
    return problem(422, "invalid", f"{where}: {found[0]['msg']}", members={"faults": faults})


def _fault(found: dict[str, Any]) -> dict[str, object]:
    """What is wrong with one field, for pages: its path within the body, pydantic's word, and the figures to it."""
    values = {key: value for key, value in found.get("ctx", {}).items() if isinstance(value, str | int | float)}
    return {"field": ".".join(str(part) for part in found["loc"][1:]), "code": found["type"], "values": values}


async def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, _CODES.get(error.status_code, "refused"), str(error.detail))
