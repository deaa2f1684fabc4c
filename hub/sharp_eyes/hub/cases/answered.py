"""Requests that carry a key of their sender's: what was done for one is not done again, however often it comes.

A phone that loses its network in the middle of a request cannot know whether it was heard, and sends it again. The
key (``Idempotency-Key``) is written in the transaction that does the work.
"""

from uuid import UUID

from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.store.case_tables import AnsweredRequest, Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def answered(work: UnitOfWork, key: UUID | None, case: Case, actor: str, what: str) -> AnsweredRequest | None:
    """Find what was done for a key; the case must be locked, so that of two at once the second finds the first.

    Raises:
        RequestError: 422 ``key_reused`` where the key came with another request.
    """
    found = None if key is None else work.session.get(AnsweredRequest, key)
    if found is not None and (found.case_id, found.actor, found.what) != (case.id, actor, what):
        raise RequestError(422, "key_reused", f"Idempotency-Key {key} came with another request; use a new one")
    return found


def note_answer(
    work: UnitOfWork, key: UUID | None, case: Case, actor: str, what: str, made: UUID | None = None
) -> None:
    """Write down that a request was done; ``made``: the photo that it made."""
    if key is not None:
        work.session.add(AnsweredRequest(key=key, case_id=case.id, actor=actor, what=what, result=made, at=work.now))
