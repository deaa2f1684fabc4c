"""Roles are data: which moves each may make, and whether for any unit or for its own alone. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sharp_eyes.hub.lifecycle.model import Source


class Role(StrEnum):
    """The built-in roles; a city pack may have others beside them."""

    GRID_WORKER = "grid_worker"
    CLERK = "clerk"
    DISPATCHER = "dispatcher"
    SHIFT_LEAD = "shift_lead"
    HANDLER = "handler"
    CHECKER = "checker"
    EVALUATOR = "evaluator"
    LEADER = "leader"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """How far a right reaches."""

    NONE = "none"
    OWN_UNIT = "own_unit"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role may do with cases.

    Attributes:
        moves: by the move's name; what is missing it may not.
        sees_own_unit_only: it is shown its unit's cases, not the whole area's.
        reports: sources from which it may report.
    """

    moves: Mapping[str, Right] = field(default_factory=dict)
    sees_own_unit_only: bool = False
    reports: frozenset[Source] = frozenset()

    def of(self, move: str) -> Right:
        """How far the right to a move reaches."""
        return self.moves.get(move, Right.NONE)


def _all(*moves: str) -> dict[str, Right]:
    return dict.fromkeys(moves, Right.ALL)


_TALK = _all("comment", "link")
_DESK = _all("acknowledge", "file", "reject", "regrade", "merge", "split")
_SEND = _all(
    "acknowledge",
    "dispatch",
    "add_unit",
    "withdraw",
    "reassign",
    "void",
    "urge",
    "grant_extension",
    "refuse_extension",
    "regrade",
    "merge",
)
_UNIT = dict.fromkeys(
    ("accept", "arrive", "send_back", "handle", "ask_extension", "answer_supervision", "appeal", "comment"),
    Right.OWN_UNIT,
)
_CHECK = _all("look_again", "pass", "fail")
_LEAD = (
    _TALK
    | _DESK
    | _SEND
    | _CHECK
    | dict.fromkeys(_UNIT, Right.ALL)
    | _all("close", "force_close", "reopen", "suspend", "resume", "supervise", "rate", "decide_appeal")
)

_TOLD = frozenset(Source) - {Source.CAMERA}
"""What a desk takes down: all but what cameras see, which comes by their gateways."""

BUILT_IN: Mapping[str, Rights] = {
    Role.GRID_WORKER: Rights(
        _TALK | _all("rate"), reports=frozenset({Source.GRID_WORKER, Source.VISIT, Source.INSPECTION})
    ),
    Role.CLERK: Rights(_TALK | _DESK | _all("void", "rate"), reports=_TOLD),
    Role.DISPATCHER: Rights(_TALK | _SEND),
    Role.SHIFT_LEAD: Rights(_LEAD, reports=_TOLD),
    Role.HANDLER: Rights(_UNIT, sees_own_unit_only=True),
    Role.CHECKER: Rights(_TALK | _CHECK),
    Role.EVALUATOR: Rights(_TALK | _all("rate", "decide_appeal")),
    Role.LEADER: Rights(_TALK | _all("supervise", "urge")),
    Role.ADMINISTRATOR: Rights(_LEAD, reports=_TOLD),
}
"""Roles of the field's practice; a city pack may add its own or change these."""
