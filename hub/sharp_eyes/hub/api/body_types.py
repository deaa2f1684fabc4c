"""Bodies are held to JSON's own types: "1" is no number, 1 no boolean, and a moment no count of seconds.

FastAPI reads JSON first and validates what Python then has, where pydantic turns what can be turned. Read from the text
itself, in pydantic's strict way, each kind stays what it is; moments, days, ids and words of a list are texts there.
"""

import codecs
from collections.abc import Hashable
from functools import lru_cache
from typing import Annotated, Any, cast

from fastapi import Request, params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from sharp_eyes.hub.api.json_body import is_json


async def hold_body_to_types(request: Request) -> None:
    """Refuse a body of JSON in which a field has another kind than its own (422); for all routes."""
    route = request.scope.get("route")
    field = route.body_field if isinstance(route, APIRoute) else None
    if field is None or isinstance(field.field_info, params.Form) or not is_json(request.headers):
        return
    body = (await request.body()).removeprefix(codecs.BOM_UTF8)
    if not body:
        return
    kind = _adapter(cast(Hashable, field.field_info.annotation), *field.field_info.metadata)
    try:
        kind.validate_json(body, strict=True)
    except ValidationError as error:
        faults = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        if _would_be_taken(kind, body):
            raise RequestValidationError(faults) from error
        request.state.body_faults = faults  # refused in any case, once it is clear that the sender may ask this


def all_faults(request: Request, error: RequestValidationError) -> list[dict[str, Any]]:
    """What is wrong with a request; of its body what was found here, which is more than FastAPI finds."""
    found: list[dict[str, Any]] = list(error.errors())
    ours: list[dict[str, Any]] = getattr(request.state, "body_faults", [])
    return [one for one in found if one["loc"][0] != "body"] + ours if ours else found


def _would_be_taken(kind: TypeAdapter[Any], body: bytes) -> bool:
    try:
        kind.validate_json(body)
    except ValidationError:
        return False
    return True


@lru_cache(512)
def _adapter(annotation: Hashable, *more: Hashable) -> TypeAdapter[Any]:
    whole: Any = Annotated[annotation, *more] if more else annotation
    return TypeAdapter(whole)
