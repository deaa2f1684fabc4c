"""Whether a still picture begins to move, told from the sizes of its packets: nothing is decoded for it.

What changes in a picture has to be coded, so the packets between keyframes grow. How large they are in a still picture
depends on noise, on the camera's rate control, and on how long ago the keyframe was; so each is held against those of
the same place in the groups before, from a time in which the looks saw nothing move. Whether a camera's packets tell
anything at all is not taken on trust: a camera that spends the same bits whatever it sees never earns it.
"""

from collections import deque

BIN = 0.2
"""Seconds of a group of pictures that are judged as one place in it."""

WINDOW = 0.6
"""Seconds over which packets are averaged: one alone says little."""

GROUPS = 16
"""Groups whose sizes at one place are remembered."""

QUIETEST = 4
"""One in so many of them is quiet, at least: what passes now and then does not raise the level."""

FEWEST = 4
"""Of them from which on a quiet level is known."""

PLACES = 60
"""Places in a group that are told apart; in what comes later in a long one they are all the same."""

MARGIN = 0.08
"""Share above the quiet level from which a picture stirs, at least."""

SPREADS = 3.0
"""How many times as far above it as the quietest is below, at least: so far noise alone goes."""

FORGOTTEN = 120.0
"""Seconds after which a quiet level that nobody confirmed is not believed any more."""

ANNOUNCED = 3
"""Arrivals in a row that must have stirred before a look saw them, until stillness is believed."""

BEFORE = 3.0
"""Seconds before a look in which what it saw for the first time must have stirred."""


class PacketMotion:
    """One camera's packets. Read and written by the threads that read and look; attributes are replaced as a whole.

    Attributes:
        known: whether what is quiet at the present place of a group is known.
        began: when it began to stir; None where it does not.
    """

    def __init__(self) -> None:
        self._calm = False
        self._keyframe: float | None = None
        self._place = -1
        self._window: deque[tuple[float, int]] = deque()
        self._quiet: list[deque[float]] = [deque(maxlen=GROUPS) for _ in range(PLACES)]
        self._learnt = float("-inf")
        self.known = False
        self._stirred = float("-inf")
        self.began: float | None = None
        self._announced = 0

    @property
    def trusted(self) -> bool:
        """Whether the latest arrivals all stirred before they were seen."""
        return self._announced >= ANNOUNCED

    def trust(self) -> None:
        """Believe it from now on, as after :data:`ANNOUNCED` arrivals."""
        self._announced = ANNOUNCED

    def see(self, moment: float, size: int, keyframe: bool) -> None:
        """Take note of a packet.

        Args:
            moment: when it is shown, seconds.
            size: its bytes.
        """
        if keyframe or (self._keyframe is not None and moment < self._keyframe - BIN):
            self._keyframe, self._place = moment if keyframe else None, -1
            self._window.clear()
            return
        if self._keyframe is None:
            return
        self._window.append((moment, size))
        place = min(int((moment - self._keyframe) / BIN), PLACES - 1)
        if place == self._place and place < PLACES - 1:
            return
        self._place = place
        while self._window[0][0] < moment - WINDOW:
            self._window.popleft()
        self._judge(moment, place, sum(size for _, size in self._window) / len(self._window))

    def looked(self, moment: float, calm: bool, arrived: bool = True) -> None:
        """Take note of what a look at this moment saw.

        Args:
            calm: nothing that moves.
            arrived: somebody who was not there before; what a detector misses for a look and finds again is nobody new.
        """
        if self._calm and not calm and arrived:
            announced = self._stirred >= moment - BEFORE
            self._announced = self._announced + 1 if announced else 0
        self._calm = calm

    def still_since(self, moment: float) -> bool:
        """Whether nothing stirred since then, by a quiet level that is known and a camera that earned belief."""
        return self.known and self.trusted and self._stirred < moment

    def _judge(self, moment: float, place: int, value: float) -> None:
        quiet = self._quiet[place]
        known = len(quiet) >= FEWEST and moment - self._learnt < FORGOTTEN
        if known:
            ranked = sorted(quiet)
            level = ranked[len(ranked) // QUIETEST]
            stirs = value > level + max(MARGIN * level, SPREADS * (level - ranked[0]))
            if stirs:
                self._stirred = moment
                self.began = moment if self.began is None else self.began
            else:
                self.began = None
        self.known = known
        if self._calm:
            quiet.append(value)
            self._learnt = moment
