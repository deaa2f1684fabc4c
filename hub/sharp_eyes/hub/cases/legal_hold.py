"""Legal hold: nothing of a case is deleted while it lasts; the case's log says who set it and why."""

from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.acts import Actor
from sharp_eyes.hub.store.case_tables import Case
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
    write_line(work, case, actor, time_line.HoldSet(held=held, text=reason.strip()), "hold" if held else "release")
    return True
