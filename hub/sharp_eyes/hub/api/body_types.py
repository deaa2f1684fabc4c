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
    try:
        _adapter(cast(Hashable, field.field_info.annotation), *field.field_info.metadata).validate_json(
            body, strict=True
        )
    except ValidationError as error:
        faults = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(faults) from error


@lru_cache(512)
def _adapter(annotation: Hashable, *more: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[annotation, *more] if more else annotation)
