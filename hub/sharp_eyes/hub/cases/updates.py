"""What pages are told of a case."""

from sharp_eyes.hub.cases.visibility import units_of
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork


def publish_change(work: UnitOfWork, case: Case, change: str) -> None:
    """Tell the pages that a case changed, once the work is committed."""
    data = {"id": case.id, "change": change, "state": case.state}
    work.live_updates.append(LiveUpdate("case", case.area, data, units_of(work, case), ended_at=case.ended_at))
