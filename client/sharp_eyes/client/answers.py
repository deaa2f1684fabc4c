"""What a hub answers, with attributes for what most programs read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Members that have no attribute here are found by name, ``case["place"]``, as the OpenAPI document has them."""

    model_config = ConfigDict(extra="allow", frozen=True)

    def __getitem__(self, name: str) -> Any:
        """Give a member by its name. Raises KeyError: the hub did not say it."""
        try:
            return getattr(self, name)
        except AttributeError:
            raise KeyError(name) from None


class Name(Answer):
    """A name in both languages."""

    zh: str
    en: str


class Me(Answer):
    """Who is signed in."""

    username: str
    role: str
    area: str
    unit: str | None = None


class LogLine(Answer):
    """A line of a case's log: ``what`` was done, such as ``dispatched``."""

    sequence: int
    at: datetime
    actor: str
    what: str


class LegalMove(Answer):
    """A move that one may make now; all of ``needs`` must be given, and one of ``either``."""

    move: str
    needs: tuple[str, ...] = ()
    either: tuple[str, ...] = ()


class Turn(Answer):
    """A unit's turn at a case."""

    unit: str
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    outcome: str | None = None


class Case(Answer):
    """A case as a list shows it."""

    id: int
    number: str
    source: str
    scene: str | None = None
    kind: str | None = None
    state: str
    grade: str
    area: str
    unit: str | None = None
    due_at: datetime | None = None
    late_since: datetime | None = None


class CaseDetail(Case):
    """A case with its log, turns and the moves that are legal now."""

    log: tuple[LogLine, ...]
    assignments: tuple[Turn, ...]
    moves: tuple[LegalMove, ...]
    rating: int | None = None

    @property
    def lines(self) -> list[str]:
        """What was done, in order."""
        return [line.what for line in self.log]


class Report(Answer):
    """A report, and the case that it made or joined."""

    key: UUID
    kind: str
    case: int
    number: str
    state: str
    joined: bool


class Task(Answer):
    """A unit's open turn at a case."""

    case: Case
    turn: Turn
    due_at: datetime | None = None


class Change(Answer):
    """Something that was committed; ``id`` is where to go on from, empty where the hub gives none.

    ``topic``: ``case``, ``camera``, ``gateway`` …; ``begin`` and ``reload`` are the stream's own: from here on, and
    that too much was missed to be told.
    """

    id: str
    topic: str
    data: dict[str, Any]
