"""Legal hold: nothing of a case is deleted while it lasts; the case's log says who set it and why."""

from sharp_eyes.hub.cases.log import append_log
from sharp_eyes.hub.cases.state_machine import Actor, State
from sharp_eyes.hub.cases.updates import publish_change
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.store.tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def set_legal_hold(work: UnitOfWork, case: Case, actor: Actor, *, held: bool, reason: str) -> bool:
    """Set or end the legal hold of a locked case; return whether that changed anything.

    Raises:
        RequestError: 422 where no reason is given.
    """
    if not reason.strip():
        raise RequestError(422, "reason_needed", "legal hold needs a reason")
    if case.legal_hold == held:
        return False
    case.legal_hold = held
    ended_at = case.updated_at
    append_log(work, case, actor, "hold" if held else "release", State(case.state), reason.strip())
    # The term counts from the case's end, not from what was said of a hold.
    case.updated_at = ended_at
    publish_change(work, case, "hold" if held else "release")
    return True
