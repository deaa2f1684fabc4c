"""What can be done with a case, and who does it."""

from dataclasses import dataclass
from enum import StrEnum

from sharp_eyes.hub.lifecycle.roles import Rights


class Move(StrEnum):
    """What can be done with a case."""

    FILE = "file"
    REJECT = "reject"
    VOID = "void"
    DISPATCH = "dispatch"
    ADD_UNIT = "add_unit"
    WITHDRAW = "withdraw"
    REASSIGN = "reassign"
    ACCEPT = "accept"
    ARRIVE = "arrive"
    SEND_BACK = "send_back"
    HANDLE = "handle"
    LOOK_AGAIN = "look_again"
    PASS = "pass"
    FAIL = "fail"
    CLOSE = "close"
    FORCE_CLOSE = "force_close"
    REOPEN = "reopen"
    RATE = "rate"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    SUSPEND = "suspend"
    RESUME = "resume"
    SUPERVISE = "supervise"
    ANSWER_SUPERVISION = "answer_supervision"
    URGE = "urge"
    REGRADE = "regrade"
    MERGE = "merge"
    SPLIT = "split"
    LINK = "link"
    ACKNOWLEDGE = "acknowledge"
    COMMENT = "comment"
    DECLINE_CALL = "decline_call"
    APPEAL = "appeal"
    DECIDE_APPEAL = "decide_appeal"


SENDING = frozenset({Move.DISPATCH, Move.ADD_UNIT, Move.REASSIGN})
"""Moves that send units."""

JUDGING = (Move.REJECT, Move.VOID)
"""Moves whose reason may say that the camera was wrong."""


class ActorKind(StrEnum):
    """Who acts: a person, the rule table, a timer, the camera that looked again, or the gateway that reports."""

    PERSON = "person"
    RULE = "rule"
    TIMER = "timer"
    CAMERA = "camera"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a move. ``rights`` and ``unit`` belong to persons; ``on_behalf_of``: whose deputy they act as."""

    kind: ActorKind
    name: str
    rights: Rights | None = None
    unit: str | None = None
    on_behalf_of: str | None = None


RULE_TABLE = Actor(ActorKind.RULE, "rule")
"""Who makes the moves that a city pack's rules make by themselves."""
