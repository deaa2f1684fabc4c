"""Messages that are committed together: one transaction, opened when the first of them needs it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from sqlalchemy.exc import IntegrityError, OperationalError

from sharp_eyes.hub.store.evidence_store import NewFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork, UnitOfWorkFactory


@dataclass
class Batch:
    """A batch in progress.

    Attributes:
        files: whole files that are brought safely into the store before the commit.
        whole: gateway and id of each such file; a part of it that comes again changes nothing.
        taken: ids of messages that are acknowledged after the commit, by gateway.
        after: what else is done after the commit.
    """

    _open: Callable[[], UnitOfWork]
    files: list[NewFile] = field(default_factory=list)
    whole: set[tuple[str, UUID]] = field(default_factory=set)
    taken: dict[str, dict[str, None]] = field(default_factory=dict)
    after: list[Callable[[], None]] = field(default_factory=list)

    @cached_property
    def work(self) -> UnitOfWork:
        """The transaction; what is asked of people, places and gateways is asked once in it."""
        work = self._open()
        work.answers = {}
        return work

    def acknowledge(self, gateway: str, identity: str) -> None:
        """Acknowledge a message once all is committed; once, however often it came."""
        self.taken.setdefault(gateway, {})[identity] = None


@contextmanager
def together(transaction: UnitOfWorkFactory, settle: Callable[[Batch], None]) -> Iterator[Batch]:
    """Open a batch. At its end ``settle`` brings its files into the store, then it is committed.

    On an error nothing of it is committed, and nothing is done after it.
    """
    with ExitStack() as stack:
        batch = Batch(lambda: stack.enter_context(transaction()))
        yield batch
        if "work" in vars(batch):  # what the database cannot keep is known before files are put in
            batch.work.session.flush()
        settle(batch)
    for act in batch.after:
        act()


_DEADLOCK = "40P01"


def is_nobodys_fault(error: Exception) -> bool:
    """Whether the database is away or held by somebody: then no message of a batch fares better alone."""
    return isinstance(error, OperationalError) and not is_overtaken(error)


def is_overtaken(error: Exception) -> bool:
    """Whether another hub wrote the same at the same time: once more, and its rows are found."""
    if isinstance(error, OperationalError):
        return getattr(error.orig, "sqlstate", None) == _DEADLOCK
    return isinstance(error, IntegrityError)
