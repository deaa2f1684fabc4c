"""Whether something in the picture moves and flickers as smoke and flames do, told from a few small pictures.

A lamp, a lantern, a sign, a cloud bank and a grey wall stand still. Smoke changes the grey of its place all the time;
flames go up and down several times a second, which pictures a third of a second apart show as an irregular coming
and going of brightness. What the whole picture does (noise, a shaking pole, clouds before the sun) is taken off, and
so are the places of people and vehicles, which move as well.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.frame import Picture
from sharp_eyes.edge.scenes.geometry import Rectangle, clipped

WIDTH, HEIGHT = 256, 144
"""Size of the small pictures, pixels."""
LEAST_PICTURES = 5
"""Pictures from which something can be said."""
LAG = 2
"""Pictures between two that are compared: smoke is slow."""
SWING = 12.0
"""Grey levels by which a place must go up or down to be counted as turning."""
TURNS = 2
"""Turns up or down within the memory that make a place flicker."""
JUMP = 14.0
"""Median change of grey of the whole picture at which it is another one: a light went on, the camera turned. Two
such changes on end are a picture full of fire."""
QUIET = 0.4
"""Share of a place's changes that may be smaller than its unrest: who passes touches fewer than half of them."""
HIDDEN = 0.35
"""Share of the pictures in which a place may lie behind people or vehicles and still tell something."""
FREE = 0.3
"""Share of a part that must tell something."""
USUAL = 30
"""Percentile of the unrest that stands for the picture as a whole: most of it may be full of smoke."""
FLAT = 8.0
"""Standard deviation of grey below which a picture shows nothing."""
CLIPPED = 0.6
"""Share of wholly white pixels from which a picture is overexposed."""

Grey = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Signs:
    """What a part of the picture did lately.

    Attributes:
        motion: mean unrest, above that of the picture as a whole; grey levels. The unrest of a place is nearly the
            median change between two pictures, so that what happens once (somebody passes) is none; what the whole part
            does in one direction (a lamp warms up) is taken off.
        flicker: share of its places whose brightness went up and down again and again.
    """

    motion: float
    flicker: float


def blind(picture: Picture) -> bool:
    """Whether a picture shows nothing that could be judged: uniform, covered, dead or overexposed."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return float(grey.std()) < FLAT or float((grey >= 250).mean()) > CLIPPED


class Liveliness:
    """The last small pictures of one camera."""

    def __init__(self, state: int) -> None:
        """``state``: pictures kept."""
        self._pictures: deque[Grey] = deque(maxlen=state)
        self._others: deque[Sequence[Rectangle]] = deque(maxlen=state)
        self._unrest: Grey | None = None
        self._drift: Grey | None = None
        self._jumped = False

    def take(self, picture: Picture, others: Sequence[Rectangle] = ()) -> None:
        """Take in one look's picture, of any size; one that is wholly another starts anew.

        ``others``: boxes of what moves in it and is neither smoke nor flame, in shares of the picture.
        """
        small = cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        grey = np.asarray(cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (3, 3), 0), np.float32)
        jumps = bool(self._pictures) and float(np.median(np.abs(grey - self._pictures[-1]))) > JUMP
        if jumps and not self._jumped:
            self._pictures.clear()
            self._others.clear()
        self._jumped = jumps
        self._pictures.append(grey)
        self._others.append(others)
        self._unrest = None

    def clear(self) -> None:
        """Forget the pictures."""
        self._pictures.clear()
        self._others.clear()
        self._unrest = None

    def of(self, box: Rectangle) -> Signs | None:
        """What a part of the picture did over the memory.

        None as long as there are too few pictures, or where people and vehicles hide nearly all of it.
        """
        if len(self._pictures) < LEAST_PICTURES:
            return None
        if self._unrest is None or self._drift is None:
            series = np.stack(self._pictures)
            changes = series[LAG:] - series[:-LAG]
            quiet = int(QUIET * len(changes))
            self._unrest = np.asarray(np.partition(np.abs(changes), quiet, axis=0)[quiet], np.float32)
            self._drift = np.asarray(np.median(changes, axis=0), np.float32)
        x1, y1, x2, y2 = clipped(box)
        left, top = min(int(x1 * WIDTH), WIDTH - 2), min(int(y1 * HEIGHT), HEIGHT - 2)
        part = slice(top, max(round(y2 * HEIGHT), top + 2)), slice(left, max(round(x2 * WIDTH), left + 2))
        free = self._free()[part]
        if float(free.mean()) < FREE:
            return None
        usual = min(float(np.percentile(self._unrest, USUAL)), JUMP)
        motion = float(self._unrest[part][free].mean()) - abs(float(self._drift[part][free].mean())) - usual
        turns = count_turns(np.stack([picture[part] for picture in self._pictures]), SWING + 2 * usual)
        return Signs(max(motion, 0.0), float((turns[free] >= TURNS).mean()))

    def _free(self) -> npt.NDArray[np.bool_]:
        """The places that people and vehicles seldom hid."""
        hidden = np.zeros((HEIGHT, WIDTH), np.int32)
        for others in self._others:
            covered = np.zeros((HEIGHT, WIDTH), np.bool_)
            for x1, y1, x2, y2 in map(clipped, others):
                covered[int(y1 * HEIGHT) : round(y2 * HEIGHT), int(x1 * WIDTH) : round(x2 * WIDTH)] = True
            hidden += covered
        return np.asarray(hidden <= HIDDEN * len(self._others), np.bool_)


def count_turns(series: npt.NDArray[np.float32], swing: float) -> npt.NDArray[np.int32]:
    """How often each place turned from rising to falling or back, by at least ``swing``.

    ``series``: pictures x rows x columns. A turn is counted when the value has left its latest extreme by the swing.
    """
    extreme, heading = series[0].copy(), np.zeros(series.shape[1:], np.int32)
    turns = np.zeros(series.shape[1:], np.int32)
    for grey in series[1:]:
        further = heading * (grey - extreme) > 0
        extreme = np.where(further, grey, extreme)
        away = grey - extreme
        leaves = (np.abs(away) >= swing) & (np.sign(away) != heading)
        turns += leaves & (heading != 0)
        heading = np.where(leaves, np.sign(away), heading).astype(np.int32)
        extreme = np.where(leaves, grey, extreme)
    return turns
