"""Legal hold: nothing of a case is deleted while it lasts; the case's log says who set it and why.

It holds wherever the case's alarms go: with the case that took them over, and with one that is split off.
"""

from sqlalchemy import select

from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.acts import Actor
from sharp_eyes.hub.store.case_tables import Case, CaseLog
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


def is_held(work: UnitOfWork, case: Case) -> bool:
    """Whether nothing of a case may be deleted: it is held, or one whose alarms and reports it took over is."""
    seen, ahead = {case.id}, [case]
    while ahead:
        one = ahead.pop()
        if one.legal_hold:
            return True
        took_over = select(CaseLog.payload).where(CaseLog.case_id == one.id, CaseLog.what == "took_over")
        numbers = [said["other"] for said in work.session.scalars(took_over)]
        found = work.session.scalars(select(Case).where(Case.number.in_(numbers))).all() if numbers else []
        ahead += [other for other in found if other.id not in seen]
        seen |= {other.id for other in found}
    return False
