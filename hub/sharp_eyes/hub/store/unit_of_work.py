"""The unit of work: an open transaction, and what is told to pages and gateways once it is committed."""

from collections.abc import Callable, Hashable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

from sharp_eyes.contract.command import Command
from sharp_eyes.hub.areas.area_history import AreaHistory
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.channel_settings import ChannelSettings
from sharp_eyes.hub.lifecycle.model import CaseState
from sharp_eyes.hub.store.writing import WritingSession

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class LiveUpdate:
    """Something that changed, for the pages of those who may see ``area``."""

    topic: Literal["case", "camera", "gateway", "notice", "desk", "begin", "reload"]
    area: str
    data: dict[str, Any]
    units: frozenset[str] | None = None
    """Of a case: units that have it or had it. None where everybody of the area is told."""

    people: frozenset[str] | None = None
    """Of a notice: the user names of those whom it is for, and nobody else."""

    ended_at: datetime | None = None
    """Of a case: when it ended; ``area`` is where it lay then."""


@dataclass(frozen=True, slots=True)
class GatewayCommand:
    """A command to be sent to a gateway."""

    gateway: str
    message: Command


@dataclass(slots=True)
class UnitOfWork:
    """A transaction in progress. Updates and commands leave only after the commit."""

    session: WritingSession
    city: CityPack
    now: datetime
    live_updates: list[LiveUpdate] = field(default_factory=list)
    gateway_commands: list[GatewayCommand] = field(default_factory=list)
    case_states: dict[int, CaseState] = field(default_factory=dict)
    """Cases that were read in this work, by id, so that a log is read once."""

    hushed: bool = False
    """Nobody is told of what is written now: it is snoozed."""

    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    """Channels by which people outside are told, by their id."""

    city_version: int = 0
    """Number of the stored version of ``city``; 0 where none is stored yet."""

    areas: AreaHistory = field(default_factory=AreaHistory)
    """Which area lay at which path when."""

    answers: dict[Hashable, Any] | None = None
    """What :meth:`once` was told before; None where this work may itself change what it asks for."""

    def note(self, question: Hashable, answer: object) -> None:
        """Keep an answer that became known otherwise."""
        if self.answers is not None:
            self.answers[question] = answer

    def noted(self, question: Hashable) -> Any:
        """Give an answer that is known; None where none is."""
        return None if self.answers is None else self.answers.get(question)

    def once(self, question: Hashable, ask: Callable[[], Answer]) -> Answer:
        """Ask once for many messages of one work: who is where, which gateway, which camera.

        Nothing that this work writes changes the answer, or whoever writes it notes it: so nothing is flushed for it.
        """
        if self.answers is None:
            return ask()
        if question not in self.answers:
            with self.session.no_autoflush:
                self.answers[question] = ask()
        found: Answer = self.answers[question]
        return found


UnitOfWorkFactory = Callable[[], AbstractContextManager[UnitOfWork]]
"""Opens a unit of work, which is committed or ended when its context ends."""
