"""A case given out in the format of another system, to a person who may see it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from sharp_eyes.hub.api.audit_routes import note_export
from sharp_eyes.hub.api.case_routes import checked_id
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.cases.queries import find_case
from sharp_eyes.hub.cases.record import read_log
from sharp_eyes.hub.errors import RequestError, UnsayableError
from sharp_eyes.hub.outward.formats import MEDIA_TYPES, Format, last_message
from sharp_eyes.hub.outward.moments import moments

router = APIRouter(tags=["cases"])
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in MEDIA_TYPES.values()}}
}


@router.get("/cases/{case_id}/export", response_class=Response, responses=_ANSWER)
def get_case_export(
    hub: HubDependency, person: CurrentPerson, case_id: int, form: Annotated[Format, Query(alias="format")]
) -> Response:
    """Give the last message that a case makes in a format (XML); it stands in the audit trail. 409 unsayable."""
    with hub.read_only() as work:
        case = find_case(work, person.scope, checked_id(case_id))
        log = moments(work, case, read_log(work, case.id))
        try:
            message = last_message(form, log, work.city, hub.speaker())
        except UnsayableError as error:
            raise RequestError(409, "unsayable", str(error)) from error
        number, area = case.number, case.area
    note_export(hub, person, number, area, format=form.value, lines=1)
    name = f"{message.id}-{form}.xml"
    return Response(
        message.body, media_type=message.media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
