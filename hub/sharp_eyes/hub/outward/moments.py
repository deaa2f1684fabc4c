"""A case after one line of its log: what every format is made from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sharp_eyes.hub.cases.calendars import calendar_of
from sharp_eyes.hub.lifecycle.entries import Entry
from sharp_eyes.hub.lifecycle.model import ENDED, CaseState
from sharp_eyes.hub.lifecycle.projection import evolve
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose messages they are. ``source``: a URI reference; ``page``: the page's address, for links."""

    source: str
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A line and the case as it was after it. ``before``: as it was until then, None for the first line."""

    case: Case
    entry: Entry
    state: CaseState
    before: CaseState | None

    @property
    def identity(self) -> str:
        """The same for ever: number and sequence."""
        return f"{self.case.number}-{self.entry.sequence}"

    @property
    def what(self) -> str:
        """Which kind of line it is."""
        return self.entry.payload.what

    @property
    def subject(self) -> str | None:
        """The kind of report or the scene that it is about."""
        return self.case.kind or self.case.scene

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is to be done."""
        return self.state.state in ENDED


def moments(work: UnitOfWork, case: Case, log: Sequence[Entry]) -> Iterator[Moment]:
    """Go through a case's log; ``log``: from the beginning, as far as is wanted."""
    state: CaseState | None = None
    for entry in log:
        before, state = state, evolve(state, entry, lambda version: calendar_of(work, version))
        yield Moment(case, entry, state, before)
