"""One move of several cases: which are legal for how many of them, and the move with each case's own result."""

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import ConfigDict, Field

from sharp_eyes.hub.api.case_routes import MAX_ID, given_of
from sharp_eyes.hub.api.case_schemas import CaseSummary, MoveBody, MoveView
from sharp_eyes.hub.api.case_views import move_views
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.api.serializers import case_summaries
from sharp_eyes.hub.cases.queries import CaseFilter, list_cases, lock_case
from sharp_eyes.hub.cases.record import state_of
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.handle.person_moves import move_case
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.acts import Move

router = APIRouter(tags=["cases"])
MOST = 200
"""Cases of one request."""

SHARED = (
    *(Move.FILE, Move.REJECT, Move.VOID, Move.DISPATCH, Move.ACCEPT, Move.LOOK_AGAIN, Move.PASS, Move.CLOSE),
    *(Move.URGE, Move.COMMENT, Move.WHISTLE),
)
"""Moves that mean the same for several cases; the others need something of each."""

Ids = Annotated[list[Annotated[int, Field(ge=1, le=MAX_ID)]], Field(min_length=1, max_length=MOST)]


class SharedMoveView(MoveView):
    """A move that is legal for the asker with some of the cases that were named."""

    count: int = Field(description="With how many of them")


class SharedMoveBody(MoveBody):
    """What goes along with a move, and the cases it is made with."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ids": [123, 124], "reason": "permitted"}]})

    ids: Ids = Field(examples=[[123, 124]])


class RefusalView(ResponseModel):
    """Why a move was not made."""

    code: str
    message: str


class MadeView(ResponseModel):
    """What became of one case."""

    id: int
    case: CaseSummary | None = Field(description="As it is now; null where the move was not made")
    refused: RefusalView | None


@router.get("/cases/moves")
def get_moves(
    hub: HubDependency,
    person: CurrentPerson,
    ids: Annotated[Ids, Query(alias="id", description="Cases; what one may not see counts for nothing")],
) -> list[SharedMoveView]:
    """List the moves that can be made with several cases at once, and with how many of these each is legal."""
    counted: Counter[Move] = Counter()
    views: dict[Move, MoveView] = {}
    with hub.read_only() as work:
        cases, _ = list_cases(work, person.scope, CaseFilter(ids=ids, limit=MOST))
        for case in cases:
            for view in move_views(work.city, state_of(work, case), case.subject, person.actor):
                counted[view.move] += 1
                views.setdefault(view.move, view)
    told = [(move, views[move].model_dump() | {"turns": [], "note_for_unit": None}) for move in SHARED if move in views]
    return [SharedMoveView(**view, count=counted[move]) for move, view in told]


@router.post("/cases/moves/{move}")
def post_moves(hub: HubDependency, person: CurrentPerson, move: Move, body: SharedMoveBody) -> list[MadeView]:
    """Make a move with each of several cases by itself, as if each were asked for alone.

    A case whose move is refused does not keep the others; 422 ``not_shared`` for moves that need something of each.
    """
    if move not in SHARED:
        raise RequestError(
            422, "not_shared", f"{move} is made with one case; for several there are {', '.join(SHARED)}"
        )
    return [_made(hub, person, case_id, move, body) for case_id in dict.fromkeys(body.ids)]


def _made(hub: Hub, person: Person, case_id: int, move: Move, body: MoveBody) -> MadeView:
    try:
        with hub.transaction() as work:
            case = lock_case(work, person.scope, case_id)
            move_case(work, case, person.actor, move, given_of(move, body, work.now), anyway=body.anyway)
            work.session.flush()
            return MadeView(id=case_id, case=case_summaries(work, [case])[0], refused=None)
    except RequestError as error:
        return MadeView(id=case_id, case=None, refused=RefusalView(code=error.code, message=str(error)))
