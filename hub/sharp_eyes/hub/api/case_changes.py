"""What the stream says of a changed case: the case as the list shows it, so that a page need not ask."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from sharp_eyes.hub.api.serializers import case_summaries
from sharp_eyes.hub.change_feed import Describe
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWorkFactory


def describe_changes(read_only: UnitOfWorkFactory) -> Describe:
    """Give the function that adds ``case`` to updates of cases; all of them are read at once, after their commit."""

    def describe(updates: Sequence[LiveUpdate]) -> Sequence[LiveUpdate]:
        wanted = {update.data["id"] for update in updates if update.topic == "case"}
        if not wanted:
            return updates
        with read_only() as work:
            cases = work.session.scalars(select(Case).where(Case.id.in_(wanted))).all()
            found = {one.id: one.model_dump(mode="json") for one in case_summaries(work, cases)}
        return [
            replace(update, data=update.data | {"case": found[update.data["id"]]})
            if update.topic == "case" and update.data["id"] in found
            else update
            for update in updates
        ]

    return describe
