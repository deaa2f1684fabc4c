"""What was committed is never taken twice: CloudEvents ids that were seen, by source."""

from sharp_eyes.contract.envelope import DurableMessage
from sharp_eyes.hub.store.tables import ReceivedMessage
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def first_time(work: UnitOfWork, message: DurableMessage) -> bool:
    """Note that a message was taken; ``False`` where it had been taken before."""
    key = {"source": message.source, "message_id": message.id}
    if work.session.get(ReceivedMessage, key) is not None:
        return False
    work.session.add(ReceivedMessage(**key, type=message.type, received_at=work.now))
    return True
