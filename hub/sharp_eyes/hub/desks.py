"""Who is at which case now, and who has claimed it. It is of the moment, so it is kept in memory and in no log.

A page says again and again where it is; what is not said again for ``TERM_SECONDS`` is over, whether its browser was
closed, its machine died or its network went. A claim is its session's: it ends with it, or with its last page.
"""

import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.store.unit_of_work import LiveUpdate

TERM_SECONDS = 150.0
"""Longer than the minute to which browsers slow down a page in the background."""

MOST_CLAIMS = 50
"""Cases that one session can claim."""


@dataclass(frozen=True, slots=True)
class Sitter:
    """A person at a desk, with the session and the page by which they are there."""

    username: str
    display_name: str
    session: int
    page: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A case, with who may be told of it."""

    case: int
    area: str
    units: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Stay:
    spot: Spot
    who: Sitter
    until: float


class Desks:
    """Who is where. Safe to use from many threads."""

    def __init__(self, publish: Callable[[Iterable[LiveUpdate]], None], monotonic: Callable[[], float]) -> None:
        """``publish`` tells the pages of those who may see a case."""
        self._publish = publish
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._stays: dict[tuple[int, str], _Stay] = {}
        """Open cases, by session and page."""
        self._claims: dict[int, _Stay] = {}
        """By case."""

    def sit(self, who: Sitter, spot: Spot | None) -> None:
        """Note that a page is there and has this case open, or none; keeps its session's claims."""
        with self._lock:
            told = self._sweep()
            until = self._monotonic() + TERM_SECONDS
            key = (who.session, who.page)
            before = self._stays.pop(key, None)
            if spot is not None:
                self._stays[key] = _Stay(spot, who, until)
            for case, claim in self._claims.items():
                if claim.who.session == who.session:
                    self._claims[case] = replace(claim, until=until)
                    told.append(claim.spot)
            told += [one for one in (before.spot if before else None, spot) if one is not None]
        self._tell(told)

    def claim(self, who: Sitter, spot: Spot, *, take_over: bool) -> None:
        """Claim a case for oneself.

        Raises:
            RequestError: 409 ``claimed`` where somebody else has it and ``take_over`` is not said; 422 ``too_many``.
        """
        with self._lock:
            told = self._sweep()
            held = self._claims.get(spot.case)
            if held is not None and held.who.username != who.username and not take_over:
                raise RequestError(
                    409, "claimed", f"{held.who.display_name} has claimed this case; take it over, or leave it"
                )
            if held is None and sum(one.who.session == who.session for one in self._claims.values()) >= MOST_CLAIMS:
                raise RequestError(
                    422, "too_many", f"{MOST_CLAIMS} cases at most are claimed at once; release some first"
                )
            self._claims[spot.case] = _Stay(spot, who, self._monotonic() + TERM_SECONDS)
            told.append(spot)
        self._tell(told)

    def release(self, username: str, case: int | None = None) -> None:
        """Give up one's claim of a case, or all of them."""
        self._drop(lambda stay: False, lambda stay: stay.who.username == username and case in (None, stay.spot.case))

    def leave(self, sessions: Collection[int | str]) -> None:
        """Sessions ended: their pages and claims are gone."""
        self._drop(lambda stay: stay.who.session in sessions, lambda stay: stay.who.session in sessions)

    def now(self) -> list[dict[str, Any]]:
        """Say of every case that somebody is at who that is."""
        with self._lock:
            self._sweep()
            cases = {stay.spot.case for stay in (*self._stays.values(), *self._claims.values())}
            return [self._say(case) for case in sorted(cases)]

    def _drop(self, stays: Callable[[_Stay], bool], claims: Callable[[_Stay], bool]) -> None:
        with self._lock:
            gone = [one for one in self._stays.values() if stays(one)] + [
                one for one in self._claims.values() if claims(one)
            ]
            self._stays = {key: one for key, one in self._stays.items() if not stays(one)}
            self._claims = {case: one for case, one in self._claims.items() if not claims(one)}
        self._tell([one.spot for one in gone])

    def _sweep(self) -> list[Spot]:
        now = self._monotonic()
        over = [one.spot for one in (*self._stays.values(), *self._claims.values()) if one.until <= now]
        self._stays = {key: one for key, one in self._stays.items() if one.until > now}
        self._claims = {case: one for case, one in self._claims.items() if one.until > now}
        return over

    def _say(self, case: int) -> dict[str, Any]:
        here = {one.who.username: one.who.display_name for one in self._stays.values() if one.spot.case == case}
        claim = self._claims.get(case)
        return {
            "case": case,
            "people": [{"username": name, "display_name": shown} for name, shown in sorted(here.items())],
            "claimed_by": claim and {"username": claim.who.username, "display_name": claim.who.display_name},
        }

    def _tell(self, spots: Iterable[Spot]) -> None:
        with self._lock:
            said = [(spot, self._say(spot.case)) for spot in {spot.case: spot for spot in spots}.values()]
        self._publish(LiveUpdate("desk", spot.area, data, units=spot.units) for spot, data in said)
