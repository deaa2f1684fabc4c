"""One camera's past on its way to the hub: which stretches there are, and those files of them that are wanted."""

import time
from collections.abc import Callable, Iterator

from websockets.protocol import State
from websockets.sync.connection import Connection

from sharp_eyes.contract.base import parse_message
from sharp_eyes.contract.command import LookBack
from sharp_eyes.contract.video import Piece, VideoBegins, VideoKept, VideoRefused, VideoSent, VideoWanted
from sharp_eyes.edge.live.byte_budget import ByteBudget
from sharp_eyes.edge.live.line import Asked, HubLine, say
from sharp_eyes.edge.look_back.kept_video import KeptVideo
from sharp_eyes.edge.look_back.segments import Segment, pieces_of
from sharp_eyes.edge.snap.fragments import media_type
from sharp_eyes.edge.snap.wall_clock import wall

_STEP = 0.5
"""Seconds for which a word of the hub is awaited."""

_TELL_EVERY = 2.0
"""Seconds between two looks whether there is more, or less, than was said."""

_LONGEST = 1800.0
"""Seconds without a wish after which the line ends."""


class PastSender(HubLine):
    """Answers one wish after the other; a new one ends what is being sent for the one before."""

    def __init__(
        self, asked: Asked, kept: KeptVideo, command: LookBack, budget: ByteBudget, done: Callable[[], None]
    ) -> None:
        super().__init__(asked, done)
        self._shelf, self._ended = kept.shelf, kept.ended
        self._since, self._until = command.since.timestamp(), command.until.timestamp()
        self._budget = budget
        self._said: VideoKept | None = None
        self._next_look = 0.0

    def _speak(self, line: Connection) -> None:
        asked = time.monotonic()
        wanted: VideoWanted | None = None
        while self._goes_on(line) and time.monotonic() - asked < _LONGEST:
            self._tell(line)
            if wanted is None:
                wanted = _heard(line, _STEP)
                continue
            asked = time.monotonic()
            wanted = self._answer(line, wanted)

    def _goes_on(self, line: Connection) -> bool:
        return not self._stop.is_set() and not self._ended.is_set() and line.state is State.OPEN

    def _tell(self, line: Connection) -> None:
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + _TELL_EVERY
        stretches = tuple(self._shelf.stretches(self._since, self._until)[-1000:])
        kept = VideoKept(stretches=stretches, doubt=wall.doubt[:200])
        if kept != self._said:
            self._said = kept
            say(line, kept)
            self._sent = True

    def _answer(self, line: Connection, wanted: VideoWanted) -> VideoWanted | None:
        """Send what is wanted; give the wish that came meanwhile."""
        reached: float | None = None
        since, until = max(wanted.since, self._since), min(wanted.until, self._until)
        for segment in self._shelf.covering(since, until):
            for said in self._pieces(segment):
                if (other := _heard(line, 0)) is not None:
                    return other
                if not self._wait_for_room(line, said):
                    return None
                say(line, said)
                if isinstance(said, VideoRefused):
                    self.stop()
                    return None
            reached = segment.end
        say(line, VideoSent(number=wanted.number, until=reached))
        return None

    def _pieces(self, segment: Segment) -> Iterator[VideoBegins | VideoRefused | bytes]:
        try:
            with self._shelf.open(segment) as file:
                kind = Piece.BEGINNING
                for piece in pieces_of(file):
                    if kind is Piece.BEGINNING:
                        named = media_type(piece)
                        if named is None:
                            yield VideoRefused(reason="codec")
                            return
                        yield VideoBegins(media_type=named, epoch=segment.start)
                    yield bytes([kind]) + piece
                    kind = Piece.KEYFRAME if kind is Piece.BEGINNING else Piece.FRAGMENT
        except FileNotFoundError:
            return  # too old by now

    def _wait_for_room(self, line: Connection, said: object) -> bool:
        """Wait until the budget of all that is watched has room: what is wanted comes late, but whole."""
        size = min(len(said), self._budget.most) if isinstance(said, bytes) else 0
        while not self._budget.spend(size):
            if not self._goes_on(line):
                return False
            self._stop.wait(0.05)
        return True


def _heard(line: Connection, timeout: float) -> VideoWanted | None:
    """What the hub says within this time; the latest of it."""
    found = None
    try:
        while True:
            said = line.recv(timeout)
            found = parse_message(VideoWanted, said.encode() if isinstance(said, str) else said)
            timeout = 0
    except TimeoutError:
        return found
