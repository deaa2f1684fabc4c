"""What a city inspects: kinds of premises, and for each the items that are looked at, with their legal basis."""

import hashlib
from datetime import timedelta

from pydantic import Field

from sharp_eyes.configuration import Settings
from sharp_eyes.contract.base import Identifier
from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.clocks.limit import Limit


class PremisesKind(Settings):
    """A kind of premises, such as hotels."""

    id: Identifier = Field(title="Identifier")
    name: Text


class CheckItem(Settings):
    """One thing that is looked at, and what becomes of it where it is not in order."""

    id: Identifier = Field(title="Identifier, which no other item of the checklist has")
    name: Text = Field(title="What must be in order")
    basis: Text = Field(title="The law or standard that says so, with its article")
    photo: bool = Field(True, title="A photo must be taken of it, whatever is found")
    kind: Identifier = Field(title="Kind of report that a failure is: its rules say which unit is sent, and by when")
    grade: Grade | None = Field(
        None, title="How grave a failure is; that of its kind where empty. A major one is reported upward and listed"
    )
    limit: Limit | None = Field(
        None, title="Time to put it right, such as '3 calendar days'; that of its kind and grade where empty"
    )


class Checklist(Settings):
    """What is looked at in premises of a kind, and how often."""

    premises: Identifier = Field(title="Kind of premises")
    every_days: int = Field(title="Days from one inspection to the next", ge=1, le=3650)
    repeat_days: int = Field(
        365, title="Days in which an item that fails once more, after it was in order, counts as repeated", ge=1
    )
    items: tuple[CheckItem, ...] = Field(title="Items, in the order in which they are looked at", min_length=1)

    @property
    def every(self) -> timedelta:
        """How long after an inspection the next one is due."""
        return timedelta(days=self.every_days)

    @property
    def version(self) -> str:
        """Tells one state of the checklist from another: twelve hex digits of a sum over all that it says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    def item(self, identifier: str) -> CheckItem | None:
        """Find an item by its identifier."""
        return next((one for one in self.items if one.id == identifier), None)
