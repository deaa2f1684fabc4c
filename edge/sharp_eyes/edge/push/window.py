"""What is on the line: which message goes next, how much may be unanswered, when to send again.

Pure: the clock is passed in (seconds, any monotonic one), nothing is read or sent here.

Unanswered messages are bounded by number and evidence by bytes, so a broker whose hub is away is not flooded.
The messages of one event go one at a time and so arrive in order. While the hub answers, each message has its
own patience. While it is silent, only the smallest message is sent again, at growing intervals; the first
answer to it lets the others follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sharp_eyes.edge.push.entry import Pending


@dataclass(frozen=True, slots=True)
class WindowLimits:
    """How much may wait for an answer, and how long (seconds)."""

    messages: int = 20
    evidence_bytes: int = 1024 * 1024
    patience: float = 5.0
    longest: float = 30.0
    stalled: float = 60.0
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


class InFlightWindow:
    """The messages that have been sent, wholly or in part, and wait for the hub's ack."""

    def __init__(self, limits: WindowLimits | None = None) -> None:
        self._limits = limits or WindowLimits()
        self._flights: dict[str, _Flight] = {}
        self._last_ack = float("-inf")
        self._last_knock = float("-inf")
        self._knocks = 0

    def __len__(self) -> int:
        return len(self._flights)

    @property
    def rows_wanted(self) -> int:
        """How many pending rows to look at so that the window can be filled."""
        return len(self._flights) + 4 * self._limits.messages

    def take_in(self, rows: Iterable[Pending]) -> None:
        """Take in what fits, in the order given; a subject's next message waits for the answer to the one before."""
        subjects = {flight.pending.subject for flight in self._flights.values()} - {""}
        for row in rows:
            if row.id in self._flights or row.subject in subjects:
                continue
            if not self._fits(row):
                return
            self._flights[row.id] = _Flight(row)
            if row.subject:
                subjects.add(row.subject)

    def next_piece(self, now: float) -> OutgoingMessage | None:
        """What to send now; call :meth:`sent` once it is handed over."""
        unfinished = [flight for flight in self._flights.values() if not flight.complete]
        flight = min(unfinished, key=lambda one: one.pending.priority, default=None) or self._again(now)
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
            self._flights.pop(identity, None)

    def reconnected(self) -> None:
        """Note a new connection: a broker that was away may bring its hub back, so ask again without delay."""
        self._knocks = 0

    def drop(self, identity: str) -> None:
        """Let go of a message that cannot be sent any more."""
        self._flights.pop(identity, None)

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
        missed = [
            flight
            for flight in waiting
            if flight.quiet_since < self._last_ack
            and now - flight.quiet_since >= min(self._limits.patience * 2.0**flight.tries, self._limits.longest)
        ]
        if missed:
            return min(missed, key=lambda flight: flight.pending.priority)
        silent = [flight for flight in waiting if flight.quiet_since >= self._last_ack]
        knock = min(silent, key=lambda flight: flight.pending.size, default=None)
        if knock is None or now - self._last_knock < self._knock_interval(knock):
            return None
        return knock

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
