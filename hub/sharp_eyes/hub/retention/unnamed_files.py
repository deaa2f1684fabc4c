"""Files in the evidence store that no row names: a crash between a file and its row, or between a row and its file."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from sharp_eyes.hub.retention.deletion import named_keys
from sharp_eyes.hub.store.evidence_store import SMALL, EvidenceStore, Listed, hold_files
from sharp_eyes.hub.store.unit_of_work import UnitOfWorkFactory

_AT_ONCE = 500


def find_unnamed(read_only: UnitOfWorkFactory, store: EvidenceStore, before: datetime) -> Iterator[Listed]:
    """Find files that lay there ``before`` and that no row names.

    Raises:
        StoreError: the store does not answer.
    """
    files = (one for one in store.listed() if one.modified_at < before)
    while portion := list(islice(files, _AT_ONCE)):
        with read_only() as work:
            named = named_keys(work, [_of(one.key) for one in portion])
        yield from (one for one in portion if _of(one.key) not in named)


def remove_unnamed(transaction: UnitOfWorkFactory, store: EvidenceStore, files: Sequence[Listed]) -> None:
    """Remove them, but those that a row has come to name meanwhile.

    Raises:
        StoreError: the store does not answer, or one could not be removed.
    """
    keys = sorted({_of(one.key) for one in files})
    for start in range(0, len(keys), _AT_ONCE):
        portion = keys[start : start + _AT_ONCE]
        with transaction() as work:
            hold_files(work.session, alone=True)
            named = named_keys(work, portion)
            store.remove([key for key in portion if key not in named])


def _of(key: str) -> str:
    """The key of the file itself, of that of a small picture beside it."""
    return key.removesuffix(SMALL)
