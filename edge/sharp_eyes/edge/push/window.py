"""What is on the line: which message goes next, how much may be unanswered, when to send again.

Pure: the clock is passed in (seconds, any monotonic one), nothing is read or sent here.

Unanswered messages are bounded by number and evidence by bytes, so a broker whose hub is away is not flooded.
The messages of one event go one at a time and so arrive in order. While the hub answers, each message has its
own patience: twice as long as answers take of late, so that a slow hub is not sent everything twice, and nothing
is taken for stuck because it waits for its turn there. While it is silent, only the smallest message is sent again,
at growing intervals; the first answer to it lets the others follow.

A message that cannot get through steps aside, for longer each time, so that the others are not held up; the
later messages of its event wait for it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sharp_eyes.edge.push.entry import Pending

_FADES = 0.9
"""What is left, with each answer, of how long the slowest one of late took."""


@dataclass(frozen=True, slots=True)
class WindowLimits:
    """How much may wait for an answer, and how long (seconds).

    ``patience``: at least; where the hub takes longer to answer, there is more of it, up to ``longest``.
    ``repeats``: how often what the hub does not answer is sent again, while it answers others, before it steps aside.
    """

    messages: int = 20
    evidence_bytes: int = 1024 * 1024
    patience: float = 5.0
    longest: float = 30.0
    stalled: float = 60.0
    repeats: int = 2
    aside: float = 10.0
    longest_aside: float = 3600.0
    knock_bytes_per_second: int = 32 * 1024


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """What goes out next: the message itself, or one part of its evidence."""

    pending: Pending
    part: int | None


@dataclass(slots=True)
class _Flight:
    pending: Pending
    pieces_sent: int = 0
    unconfirmed: int = 0
    quiet_since: float = 0.0
    tries: int = 0

    @property
    def complete(self) -> bool:
        file = self.pending.attachment
        return self.pieces_sent == 1 + (file.parts if file else 0)


@dataclass(slots=True)
class _Aside:
    subject: str
    until: float
    pause: float
    away: bool = True


class InFlightWindow:
    """The messages that have been sent, wholly or in part, and wait for the hub's ack."""

    def __init__(self, limits: WindowLimits | None = None) -> None:
        self._limits = limits or WindowLimits()
        self._flights: dict[str, _Flight] = {}
        self._asides: dict[str, _Aside] = {}
        self._last_ack = float("-inf")
        self._answers_take = 0.0
        self._last_knock = float("-inf")
        self._knocks = 0

    def __len__(self) -> int:
        return len(self._flights)

    @property
    def rows_wanted(self) -> int:
        """How many pending rows to look at so that the window can be filled."""
        return len(self._flights) + len(self._asides) + 4 * self._limits.messages

    @property
    def aside(self) -> int:
        """How many have stepped aside for now."""
        return sum(one.away for one in self._asides.values())

    def take_in(self, rows: Iterable[Pending]) -> None:
        """Take in what fits, in the order given; a subject's next message waits for the answer to the one before."""
        away = {identity: one.subject for identity, one in self._asides.items() if one.away}
        subjects = {flight.pending.subject for flight in self._flights.values()} | set(away.values())
        subjects -= {""}
        for row in rows:
            if row.id in self._flights or row.id in away or row.subject in subjects:
                continue
            if not self._fits(row):
                return
            self._flights[row.id] = _Flight(row)
            if row.subject:
                subjects.add(row.subject)

    def next_piece(self, now: float, first: Collection[str] = ()) -> OutgoingMessage | None:
        """What to send now, those with the ids ``first`` before others; call :meth:`sent` once it is handed over."""
        unfinished = [flight for flight in self._flights.values() if not flight.complete]
        flight = min(
            unfinished, key=lambda one: (one.pending.id not in first, one.pending.priority), default=None
        ) or self._again(now)
        if flight is None:
            return None
        number = 0 if flight.complete else flight.pieces_sent
        return OutgoingMessage(flight.pending, number - 1 if number else None)

    def sent(self, piece: OutgoingMessage, now: float) -> None:
        """Note that a piece was handed over."""
        flight = self._flights.get(piece.pending.id)
        if flight is None:
            return
        if piece.part is None and flight.complete:
            self._note_repeat(flight, now)
        flight.pieces_sent = 1 if piece.part is None else piece.part + 2
        flight.unconfirmed += 1
        flight.quiet_since = now

    def confirmed(self, identity: str, now: float) -> None:
        """Note that the broker has one piece of a message; patience with the hub starts here."""
        flight = self._flights.get(identity)
        if flight is not None:
            flight.unconfirmed = max(0, flight.unconfirmed - 1)
            flight.quiet_since = now

    def answered(self, ids: Iterable[str], now: float) -> None:
        """Let go of what the hub has taken or refused; it is alive."""
        self._last_ack = now
        self._knocks = 0
        for identity in ids:
            flight = self._flights.pop(identity, None)
            # Of what was sent again nobody knows which sending was answered.
            if flight is not None and flight.complete and flight.tries == 0:
                self._answers_take = max(now - flight.quiet_since, _FADES * self._answers_take)
            self._asides.pop(identity, None)

    def reconnected(self) -> None:
        """Note a new connection: what the broker has not confirmed is sent again.

        A broker that was away may bring its hub back, so that is asked again without delay.
        """
        self._knocks = 0
        for flight in self._flights.values():
            flight.pieces_sent = max(0, flight.pieces_sent - flight.unconfirmed)
            flight.unconfirmed = 0

    def drop(self, identity: str) -> None:
        """Let go of a message that cannot be sent any more, or is to be read anew."""
        self._flights.pop(identity, None)

    def step_aside(self, row: Pending, now: float, *, growing: bool = True) -> float:
        """Let the others pass; return for how many seconds: ``growing``, twice as many as the time before."""
        self._flights.pop(row.id, None)
        if not growing:
            self._asides[row.id] = _Aside(row.subject, now + self._limits.longest, self._limits.aside / 2)
            return self._limits.longest
        before = self._asides.get(row.id)
        pause = min(2 * before.pause, self._limits.longest_aside) if before else self._limits.aside
        self._asides[row.id] = _Aside(row.subject, now + pause, pause)
        return pause

    def come_back(self, now: float) -> None:
        """Let those be taken in again whose time aside is over."""
        for one in self._asides.values():
            one.away = one.away and now < one.until

    def unanswered(self, now: float) -> list[Pending]:
        """Those that the hub leaves out while it answers others, however often they are sent."""
        return [
            flight.pending
            for flight in self._flights.values()
            if flight.tries >= self._limits.repeats and self._is_missed(flight, now)
        ]

    def _fits(self, row: Pending) -> bool:
        same_kind = [
            flight.pending
            for flight in self._flights.values()
            if (flight.pending.attachment is None) == (row.attachment is None)
        ]
        if row.attachment is None:
            return len(same_kind) < self._limits.messages
        on_the_line = sum(pending.size for pending in same_kind)
        return not same_kind or on_the_line + row.size <= self._limits.evidence_bytes

    def _again(self, now: float) -> _Flight | None:
        waiting = [flight for flight in self._flights.values() if self._is_quiet(flight, now)]
        missed = [flight for flight in waiting if self._is_missed(flight, now)]
        if missed:
            return min(missed, key=lambda flight: flight.pending.priority)
        silent = [flight for flight in waiting if flight.quiet_since >= self._last_ack]
        knock = min(silent, key=lambda flight: flight.pending.size, default=None)
        if knock is None or now - self._last_knock < self._knock_interval(knock):
            return None
        return knock

    def _is_missed(self, flight: _Flight, now: float) -> bool:
        least = max(self._limits.patience, 2 * self._answers_take)
        patience = min(least * 2.0**flight.tries, self._limits.longest)
        return (
            flight.complete
            and self._is_quiet(flight, now)
            and flight.quiet_since < self._last_ack
            and now - flight.quiet_since >= patience
        )

    def _is_quiet(self, flight: _Flight, now: float) -> bool:
        silence = now - flight.quiet_since
        return silence >= self._limits.stalled or (flight.unconfirmed == 0 and silence >= self._limits.patience)

    def _knock_interval(self, flight: _Flight) -> float:
        if self._knocks == 0:
            return 0.0
        patience = min(self._limits.patience * 2.0**self._knocks, self._limits.longest)
        return max(patience, flight.pending.size / self._limits.knock_bytes_per_second)

    def _note_repeat(self, flight: _Flight, now: float) -> None:
        flight.tries = min(flight.tries + 1, 10)
        if flight.quiet_since >= self._last_ack:
            self._knocks = min(self._knocks + 1, 10)
            self._last_knock = now
