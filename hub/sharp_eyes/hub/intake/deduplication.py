"""What was committed is never taken twice: CloudEvents ids that were seen, by source."""

from collections.abc import Sequence

from sqlalchemy import select

from sharp_eyes.contract.envelope import DurableMessage
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.tables import ReceivedMessage
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_SEEN = PreparedSelect(
    lambda among: select(ReceivedMessage.source, ReceivedMessage.message_id).where(
        among(ReceivedMessage.message_id, "ids")
    )
)


def look_up_received(work: UnitOfWork, messages: Sequence[DurableMessage]) -> None:
    """Ask for many messages at once whether they were taken before."""
    found = set(_SEEN.rows(work.session, ids=[message.id for message in messages]))
    for message in messages:
        work.note(_question(message), (message.source, message.id) in found)


def first_time(work: UnitOfWork, message: DurableMessage) -> bool:
    """Note that a message was taken; ``False`` where it had been taken before."""
    key = {"source": message.source, "message_id": message.id}
    if work.once(_question(message), lambda: work.session.get(ReceivedMessage, key) is not None):
        return False
    work.session.add_row(ReceivedMessage, key | {"type": message.type, "received_at": work.now})
    work.note(_question(message), True)
    return True


def _question(message: DurableMessage) -> tuple[object, ...]:
    return ReceivedMessage, message.source, message.id
