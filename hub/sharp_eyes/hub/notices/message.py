"""A message that leaves the hub: what it tells, for whom, under which id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sharp_eyes.hub.notices.words import Place, heading, one_line


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is told. ``data`` as ``planning.describe`` gave it."""

    kind: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What one person or group is told at once.

    Attributes:
        id: the same at every attempt, so that it can be told to be the same.
        address: mail address or telephone number; none where the channel reaches a group.
        language: ``zh`` or ``en``.
        page: address of the page, for links.
    """

    id: UUID
    at: datetime
    items: Sequence[Item]
    place: Place
    address: str | None = None
    language: str = "zh"
    page: str | None = None

    @property
    def heading(self) -> str:
        """One line that says what it is about."""
        return heading([(one.kind, one.data) for one in self.items], self.language, self.place)

    def lines(self, most: int = 20) -> list[str]:
        """A line for each thing, with its link; where they are many, the last line counts the rest."""
        shown = [self._line(one) for one in self.items[:most]]
        rest = len(self.items) - most
        if rest > 0:
            shown.append(f"… +{rest}")
        return shown

    def link(self, item: Item) -> str | None:
        """Address of the item's case on the page."""
        case = item.data.get("case")
        return None if self.page is None or case is None else f"{self.page.rstrip('/')}/cases/{case}"

    def _line(self, item: Item) -> str:
        text, link = one_line(item.kind, item.data, self.language, self.place), self.link(item)
        return text if link is None else f"{text} {link}"


class Channel(Protocol):
    """A way by which messages leave. It keeps nothing of its own between two messages."""

    def send(self, message: Message) -> None:
        """Send a message, and return once the other side has taken it.

        Raises:
            ChannelError: it has not; ``lasting`` says that no other attempt can help.
        """
        ...
