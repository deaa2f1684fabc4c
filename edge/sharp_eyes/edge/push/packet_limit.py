"""Finds out which packet a broker will not take: MQTT 3.1.1 has no word for it, the broker just hangs up.

Pure: it is told what the broker has confirmed and what was on the line when the connection broke. After a break
pieces go one at a time for a while, so that the next break has one suspect; a piece with which the connection breaks
twice in a row is the cause, and from then on once is enough for smaller pieces of the same message. Some brokers
(Mosquitto 2.0 with message_size_limit) confirm what they drop and hang up in the same breath, so that after each
confirmation there is a pause.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sharp_eyes.edge.push.entry import Attachment

SMALLEST_PART = 4 * 1024
"""Bytes; a file is not cut finer, whatever the broker does."""

MOST_PARTS = 2000
"""Parts of one file that a hub takes."""

CAREFUL_SECONDS = 60.0
"""For how long pieces go one at a time after a break, at most: until each that was on the line is through."""

STRIKES = 2

PAUSE = 0.3
"""Seconds after a confirmation in which a break is still laid at that piece's door."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What was on the line: a message (``part`` None) or one part of its file, and its bytes."""

    identity: str
    part: int | None
    size: int


class PacketLimit:
    """What is known of the largest packet that the broker takes.

    Attributes:
        part_size: bytes of a part that files are cut into at most; None while nothing was refused.
    """

    def __init__(self) -> None:
        self.part_size: int | None = None
        self._suspects: set[Piece] = set()
        self._careful_until = float("-inf")
        self._latest: tuple[Piece, float] | None = None
        self._strikes: Counter[Piece] = Counter()
        self._known: set[str] = set()

    @property
    def suspects(self) -> set[str]:
        """Messages that were on the line at the latest break and are to go first, one by one."""
        return {piece.identity for piece in self._suspects}

    def may_send(self, on_the_line: int, now: float) -> bool:
        """Whether one more piece may go, beside those that are not confirmed yet."""
        if not self._suspects or now > self._careful_until:
            self._suspects.clear()
            return True
        return on_the_line == 0 and (self._latest is None or now - self._latest[1] >= PAUSE)

    def confirmed(self, piece: Piece, now: float) -> None:
        """Note that the broker has a piece; the one before it did no harm."""
        self._suspects.discard(piece)
        if self._latest is not None and self._latest[0] != piece:
            self._strikes.pop(self._latest[0], None)
        self._latest = piece, now

    def settled(self, identity: str) -> None:
        """Note that a message is through, or goes no more for now."""
        self._suspects = {piece for piece in self._suspects if piece.identity != identity}

    def answered(self, identity: str) -> None:
        """Note that a message is through."""
        self.settled(identity)
        self._known.discard(identity)
        for piece in [piece for piece in self._strikes if piece.identity == identity]:
            del self._strikes[piece]

    def broke_off(self, outstanding: Sequence[Piece], now: float) -> Piece | None:
        """Note that the connection broke with these pieces on the line; return the one that is to blame, once known."""
        suspects = list(outstanding)
        if self._latest is not None and now - self._latest[1] <= PAUSE:
            suspects.append(self._latest[0])
        self._latest = None
        if not suspects:
            return None
        self._suspects.update(suspects)
        self._careful_until = now + CAREFUL_SECONDS
        if len(set(suspects)) > 1:
            return None
        piece = suspects[0]
        self._strikes[piece] += 1
        if self._strikes[piece] < STRIKES and piece.identity not in self._known:
            return None
        del self._strikes[piece]
        self.settled(piece.identity)
        self._known.add(piece.identity)
        return piece

    def learn(self, part_size: int) -> None:
        """Cut all files into parts of so many bytes at most."""
        self.part_size = min(part_size, self.part_size or part_size)


def smaller_part(attachment: Attachment, wanted: int | None = None) -> int | None:
    """Bytes of a part when a file is cut finer: half of now, or ``wanted``; None where that cannot be."""
    now = min(attachment.part_size, attachment.size)
    floor = max(SMALLEST_PART, -(-attachment.size // MOST_PARTS))
    smaller = max(floor, now // 2 if wanted is None else wanted)
    return smaller if smaller < now else None
