"""Tiers of a city (community, street, district), what each may decide by itself, and its response groups."""

from pydantic import Field, field_validator

from sharp_eyes.configuration import Settings
from sharp_eyes.configuration.said import Said
from sharp_eyes.contract.base import Identifier
from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.lifecycle.acts import SENDING, Move

BOUND = frozenset({Move.FILE, Move.REJECT, Move.CLOSE, Move.HAND_TO_GROUP, *SENDING})
"""Moves that need a power where a tier has its powers listed."""

_NAMED = (Move.FILE, Move.REJECT, Move.DISPATCH, Move.CLOSE, Move.HAND_TO_GROUP)


class Power(Settings):
    """What a tier may decide by itself."""

    moves: tuple[Move, ...] = Field(
        title="Moves: file, reject, dispatch (and whom else), close, hand_to_group", min_length=1
    )
    kinds: tuple[Identifier, ...] = Field((), title="Kinds of reports and scenes; all where empty")
    grades: tuple[Grade, ...] = Field((), title="Grades; all where empty")
    units: tuple[Identifier, ...] = Field((), title="Units that it may send; all where empty")

    @field_validator("moves")
    @classmethod
    def _known(cls, given: tuple[Move, ...]) -> tuple[Move, ...]:
        other = [move for move in given if move not in _NAMED]
        if other:
            known = ", ".join(_NAMED)
            words = f"{other[0]} is no power of a tier; there are {known}"
            raise ValueError(Said("no_power", words, move=other[0], known=known))
        return given

    def covers(self, move: Move, subject: str | None, grade: str) -> bool:
        """Whether it is a power to make a move, whomever it sends. Who may dispatch may add and change units."""
        wanted = Move.DISPATCH if move in SENDING else move
        return (
            wanted in self.moves
            and (not self.kinds or subject in self.kinds)
            and (not self.grades or grade in self.grades)
        )


class Tier(Settings):
    """A level of the area tree, as whoever is bound to an area of it may decide."""

    id: Identifier = Field(title="Identifier")
    name: Text
    level: int = Field(title="Depth of its areas in the tree: 1 is the root", ge=1, le=8)
    told: tuple[Identifier, ...] = Field(("shift_lead",), title="Roles that are told of what is passed up to it")
    powers: tuple[Power, ...] | None = Field(None, title="What it decides by itself; everything where left out")

    def powers_for(self, move: Move, subject: str | None, grade: str) -> tuple[Power, ...] | None:
        """The powers by which it may make a move; None where nothing binds it."""
        if self.powers is None or move not in BOUND:
            return None
        return tuple(power for power in self.powers if power.covers(move, subject, grade))


class ResponseGroup(Settings):
    """Units that take what is difficult together, under a lead that answers for all (专班)."""

    id: Identifier = Field(title="Identifier")
    name: Text
    lead: Identifier = Field(title="Unit that leads")
    units: tuple[Identifier, ...] = Field((), title="Further units")

    @property
    def members(self) -> tuple[Identifier, ...]:
        """All of its units, the lead first."""
        return tuple(dict.fromkeys((self.lead, *self.units)))


def level_of(area: str) -> int:
    """How deep an area lies: 1 is the root."""
    return area.count("/") + 1


def tier_of(tiers: tuple[Tier, ...], area: str) -> Tier | None:
    """The tier of an area: of its own level, or of the nearest one above; None where there is none."""
    return max((one for one in tiers if one.level <= level_of(area)), key=lambda one: one.level, default=None)


def tier_above(tiers: tuple[Tier, ...], tier: Tier) -> Tier | None:
    """The tier that a tier passes up to."""
    return max((one for one in tiers if one.level < tier.level), key=lambda one: one.level, default=None)
