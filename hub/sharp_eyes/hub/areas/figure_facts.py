"""What a city pack's figures are counted by: a closed list of facts, and what cannot be in a formula of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sharp_eyes.configuration.said import Said, SaidAt
from sharp_eyes.hub.areas.raw_rows import listed, twice


class Fact(StrEnum):
    """What is so of a case, or not; ``cases/facts.py`` says of each how the database knows it.

    Their order is that of the bits in the kept sums of days (``cases/outcomes.py``): new ones come last.
    """

    REPORTED = "reported"
    """Every case."""
    FILED = "filed"
    """It was taken up: filed, or sent to a unit."""
    DISPATCHED = "dispatched"
    """A unit was sent."""
    DUE = "due"
    """It has a deadline for its handling, and was not voided, rejected or merged."""
    HANDLED = "handled"
    """The units say that it is done."""
    CLOSED = "closed"
    CLOSED_IN_TIME = "closed_in_time"
    """Closed, and the deadline for its handling was never missed."""
    EXTENDED = "extended"
    """More time was granted."""
    SUSPENDED = "suspended"
    """Its clocks were paused."""
    REWORKED = "reworked"
    """A check failed."""
    REOPENED = "reopened"
    EXEMPTED = "exempted"
    """An appeal against a lateness was granted."""
    FALSE_ALARM = "false_alarm"
    """The camera was wrong."""
    MERGED = "merged"
    """It was the same as another case."""
    RESPONDED = "responded"
    """A unit said that it has it."""
    RESPONDED_IN_TIME = "responded_in_time"
    """A unit said that it has it, and none missed its time for saying so."""
    RATED = "rated"
    """Whoever reported it, or the community, rated it."""
    SATISFIED = "satisfied"
    """Rated with four or five stars."""
    CALLBACK_DUE = "callback_due"
    """It has ended, and whoever reported it is to hear what has become of it."""
    CALLED_BACK = "called_back"
    """All who reported it have heard."""
    CALLED_BACK_IN_TIME = "called_back_in_time"
    """The same, and none had to wait longer than the limit."""
    CALLER_RATED = "caller_rated"
    """It was rated, and whoever reported it was to hear of it."""
    CALLER_SATISFIED = "caller_satisfied"
    """The same, with four or five stars."""


@dataclass(frozen=True, slots=True)
class Count:
    """Cases of which any of some facts is so, and none of others."""

    any_of: tuple[Fact, ...]
    none_of: tuple[Fact, ...] = ()


def read_terms(terms: Sequence[str]) -> Count:
    """Read the facts of a formula; one behind a minus must not be so."""
    without = tuple(Fact(term[1:]) for term in terms if term.startswith("-"))
    return Count(tuple(Fact(term) for term in terms if not term.startswith("-")), without)


def figure_faults(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Say what does not fit together among the figures, with its place."""
    for place, name in twice(raw.get("figures")):
        yield ("figures", place, "id"), Said("twice", f"figure {name!r} stands twice", name=name)
    for place, row in listed(raw.get("figures")):
        for part in ("numerator", "denominator"):
            given = row.get(part)
            if isinstance(given, list | tuple):
                yield from _wrong_terms(
                    ("figures", place, part), f"figure {row.get('id')!r}", [str(term) for term in given]
                )


def _wrong_terms(where: tuple[str | int, ...], figure: str, terms: Sequence[str]) -> Iterator[SaidAt]:
    names = [term.removeprefix("-") for term in terms]
    for number, name in enumerate(names):
        if name not in set(Fact):
            known = ", ".join(Fact)
            words = f"{figure}: {name!r} is no fact; there are {known}"
            yield (*where, number), Said("unknown_fact", words, fact=name, known=known)
        elif name in names[:number]:
            yield (*where, number), Said("twice", f"{figure}: {name!r} stands twice", name=name)
    if terms and all(term.startswith("-") for term in terms):
        words = f"{figure}: it takes away from nothing; name a fact without a minus first, such as 'reported'"
        yield where, Said("takes_from_nothing", words)
