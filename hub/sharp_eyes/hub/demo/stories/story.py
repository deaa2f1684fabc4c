"""What a story is made of: steps that people take through the client, and what cameras and devices send."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import httpx

from sharp_eyes.client import Client
from sharp_eyes.contract.command import LookAgain
from sharp_eyes.contract.envelope import DurableData
from sharp_eyes.contract.event import Evidence
from sharp_eyes.hub.demo.people import Person
from sharp_eyes.hub.errors import HubError

_Found = TypeVar("_Found")


class StoryError(HubError):
    """A story does not go as it is told."""


class Stage(Protocol):
    """Where a story is played: the tests' hub or a running demo."""

    gateway: str
    """Name of the gateway whose cameras the story has."""

    def now(self) -> datetime:
        """The hub's time."""
        ...

    def client(self, person: Person) -> Client:
        """Somebody, signed in."""
        ...

    def stranger(self) -> httpx.Client:
        """Somebody from outside, without an account: a resident's browser, or another system."""
        ...

    def send(self, data: DurableData) -> None:
        """Hand over a message of the story's gateway, which the hub has taken when this returns."""
        ...

    def send_file(self, evidence: Evidence, content: bytes) -> None:
        """Hand over a file of the story's gateway, announcement and parts."""
        ...

    def asked(self, event: UUID) -> LookAgain:
        """Wait for the hub's question to the camera about an event, for seconds at most."""
        ...

    def picture(self, scene: str | None = None) -> bytes:
        """A JPEG: what a camera of the scene shows, or what a phone might take."""
        ...

    def platform(self) -> Client:
        """A platform that speaks for devices in homes, with its token."""
        ...

    def lets_pass(self, seconds: float) -> None:
        """Let so much of the hub's own time pass, for a limit that is short enough to be waited for."""
        ...

    def makes_week_list(self, area: str) -> None:
        """Have the list of an area's whistles made: at its time, or now where that cannot be waited for."""
        ...


@dataclass(slots=True)
class Play:
    """One telling of a story: its stage, and what its steps must remember of each other."""

    stage: Stage
    kept: dict[str, Any] = field(default_factory=dict)

    def keep(self, name: str, value: _Found) -> _Found:
        """Remember something for later steps."""
        self.kept[name] = value
        return value

    @property
    def case(self) -> int:
        """Id of the case that the story is about."""
        found: int = self.kept["case"]
        return found


@dataclass(frozen=True, slots=True)
class Outsider:
    """Who takes a step without an account, as they are called: a resident, a camera, the clock."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a story.

    Attributes:
        minute: since the story began, when it happens at the earliest.
        who: who takes it.
        zh, en: what happens, in a line.
        does: does it, and sees that what the person then sees is right.
    """

    minute: float
    who: Person | Outsider
    zh: str
    en: str
    does: Callable[[Play], None]


@dataclass(frozen=True, slots=True)
class Story:
    """A story.

    Attributes:
        name: as it is called on the command line.
        zh, en: what it is about.
        pace: minutes of the story in a minute where it is shown, so that it lasts a few minutes.
    """

    name: str
    zh: str
    en: str
    steps: tuple[Step, ...]
    pace: float = 60


def expect(is_so: object, otherwise: str) -> None:
    """See that something is so.

    Raises:
        StoryError: it is not; ``otherwise`` says what there is instead.
    """
    if not is_so:
        raise StoryError(otherwise)


def expect_same(found: object, wanted: object, of: str) -> None:
    """See that ``of``, in words, is what it must be.

    Raises:
        StoryError: it is something else.
    """
    expect(found == wanted, f"{of}: {found!r}, and should be {wanted!r}")
