"""What has been left standing in some part of a picture, whatever it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.polygons import Point
from sharp_eyes.edge.scenes.background.foreground import foreground_blobs, strangeness
from sharp_eyes.edge.scenes.background.layers import Colours, Layers, Mask
from sharp_eyes.edge.scenes.background.light import ChangeKind, LightChange
from sharp_eyes.edge.scenes.background.png import from_text, to_text
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.state import StateCodec, log

WIDTH = 256
"""Columns of the whole picture as it is compared."""

STANDING = 3.0
"""Watched seconds in which a pixel must be steady to belong to something that stands."""

_MARGIN = 0.05  # share of the picture watched around the polygons
_AROUND = 0.12  # a detected object's box is ignored with this share of its size around it
_TENTHS = 10.0
_DOUBT = 3.0  # seconds around a moment at which the light changed in many places
_DOUBTED_FOR = 600.0  # seconds for which that is kept in mind


@dataclass(frozen=True, slots=True)
class ForegroundObject:
    """Something that stands.

    Attributes:
        mask: whole picture, ``grid`` rows x columns.
        seconds: for how long it has been there, watched seconds.
        evidence: share of its pixels that no change of the light explains.
    """

    mask: Mask
    seconds: float
    evidence: float


@dataclass(frozen=True, slots=True)
class _State:
    part: tuple[int, int, int, int]
    slow: str
    fast: str
    ages: str
    flags: str
    light: list[float]


_CODEC: StateCodec[_State] = StateCodec(_State)


def grid_of(width: int, height: int) -> tuple[int, int]:
    """Rows and columns in which a picture of this size is compared."""
    return max(2, round(WIDTH * height / width / 2) * 2), WIDTH


class BackgroundModel:
    """Learns how part of a picture looks when empty, and finds what stands there and did not before."""

    def __init__(self, polygons: Sequence[Sequence[Point]]) -> None:
        """Watch the smallest rectangle around the polygons."""
        corners = np.array([point for polygon in polygons for point in polygon], np.float64)
        self._bounds = (*(corners.min(axis=0) - _MARGIN), *(corners.max(axis=0) + _MARGIN))
        self._light = LightChange()
        self._layers: Layers | None = None
        self._pending: _State | None = None
        self._part = (0, 0, 0, 0)
        self._grid = (0, 0)
        self._stirred: list[float] = []

    def update(self, frame: Frame, ignored: Sequence[Rectangle], passing: Sequence[Rectangle], now: float) -> None:
        """Take in one frame at ``now`` (watched seconds).

        ``ignored``: boxes of what must never count, such as people; ``passing``: boxes of vehicles, which count by
        themselves.
        """
        whole, part = self._pictures(frame)
        if self._layers is None:
            self._take_up(part, now)
        change = self._light.see(whole, now)
        evened = self._light.evened(part)
        layers = self._layers or Layers.begin(evened, now)
        self._layers = layers
        if change is ChangeKind.UPHEAVAL:
            layers.latest = now
        elif change is ChangeKind.SETTLED:
            layers.relearn(evened, now)
        else:
            self._compare(layers, evened, (self._covered(ignored), self._covered(passing)), now)

    def things(self, frame: Frame | None = None) -> list[ForegroundObject]:
        """What stands; with a ``frame``, what of it still stands in that one."""
        if self._layers is None:
            return []
        layers = self._layers
        held = layers.held if frame is None else layers.held & ~self._empty_in(frame, layers)
        number, labels = cv2.connectedComponents(held.astype(np.uint8))
        strange = strangeness(layers.fast, layers.slow)
        left, top, right, bottom = self._part
        found = []
        for label in range(1, number):
            mask = labels == label
            whole = np.zeros(self._grid, bool)
            whole[top:bottom, left:right] = mask
            seconds = max(layers.latest - float(np.median(layers.since[mask])), 0.0)
            found.append(ForegroundObject(whole, seconds, float(strange[mask].mean())))
        return found

    def start_ages(self, now: float) -> None:
        """Let all that stands have begun to stand now."""
        if self._layers is not None:
            self._layers.start_ages(now)

    def dump_state(self) -> Any:
        """The empty and the present picture and what stands, as JSON can hold it; None where nothing is known."""
        layers = self._layers
        if layers is None:
            return None if self._pending is None else _CODEC.dump(self._pending)
        ages = np.clip((layers.latest - layers.since) * _TENTHS, 0, 65_535).astype(np.uint16)
        flags = (layers.known * 1 + layers.held * 2 + layers.blind * 4 + layers.jumped * 8).astype(np.uint8)
        state = _State(
            self._part,
            to_text(_levels(layers.slow)),
            to_text(_levels(layers.fast)),
            to_text(ages),
            to_text(flags),
            self._light.dump_state(),
        )
        return _CODEC.dump(state)

    def load_state(self, state: Any, what: str) -> None:
        """Go on with this at the next look; ``what`` names it in the log, should it be of no use."""
        self._pending = _CODEC.load(state, what) if state is not None else None

    def _take_up(self, part: Colours, now: float) -> None:
        """Make layers of what was remembered, if it is of the same part of a picture of the same size."""
        kept, self._pending = self._pending, None
        if kept is None:
            return
        try:
            slow, fast = (from_text(text).astype(np.float32) for text in (kept.slow, kept.fast))
            ages, flags = from_text(kept.ages).astype(np.float32), from_text(kept.flags)
            fits = tuple(kept.part) == self._part and slow.shape == fast.shape == part.shape
            if not (fits and ages.shape == flags.shape == part.shape[:2] and self._light.load_state(kept.light)):
                raise ValueError("it is of another part of the picture, or of a picture of another size")
        except ValueError as error:
            log.warning("the empty lane's picture that was remembered cannot be used and is learnt anew: %s", error)
            return
        known, held, blind, jumped = (flags & bit > 0 for bit in (1, 2, 4, 8))
        never = np.full(part.shape[:2], np.inf)
        since = now - ages.astype(np.float64) / _TENTHS
        self._layers = Layers(slow, fast, fast, since, never, known, held, jumped, blind, now)

    def _pictures(self, frame: Frame) -> tuple[Picture, Colours]:
        rows, columns = self._grid = grid_of(frame.width, frame.height)
        x1, y1, x2, y2 = (min(max(value, 0.0), 1.0) for value in self._bounds)
        self._part = int(x1 * columns), int(y1 * rows), -int(-x2 * columns // 1), -int(-y2 * rows // 1)
        left, top, right, bottom = self._part
        whole = cv2.GaussianBlur(frame.picture(columns, rows), (3, 3), 0)
        return np.asarray(whole, np.uint8), np.asarray(whole[top:bottom, left:right], np.float32)

    def _compare(self, layers: Layers, part: Colours, hidden: tuple[Mask, Mask], now: float) -> None:
        faintness, passed = self._light.faintness, now - layers.latest
        layers.see(part, *hidden, faintness, now)
        changed = layers.changed(faintness)
        things = np.zeros_like(changed)
        for blob in foreground_blobs(
            layers.arrived(STANDING, changed), layers.fast, layers.slow, self._doubtful(layers, now)
        ):
            new = float((blob.mask & layers.held).sum()) < 0.5 * float(blob.mask.sum())
            if blob.ghost and new:
                layers.absorb(blob.mask)
            elif blob.thing:
                things |= blob.mask
        layers.hold(things, faintness)
        layers.learn(passed, hidden[0] | hidden[1], changed)

    def _doubtful(self, layers: Layers, now: float) -> Mask:
        """Pixels that became as they are while the light changed in many places."""
        self._stirred = [moment for moment in self._stirred if now - moment <= _DOUBTED_FOR]
        self._stirred += [now] if self._light.stirred else []
        doubtful = np.zeros(layers.since.shape, bool)
        for moment in self._stirred:
            doubtful |= np.abs(layers.since - moment) <= _DOUBT
        return doubtful

    def _covered(self, boxes: Sequence[Rectangle]) -> Mask:
        """Pixels of the watched part under these boxes."""
        left, top, right, bottom = self._part
        rows, columns = self._grid
        whole = np.zeros(self._grid, bool)
        for x1, y1, x2, y2 in boxes:
            across, down = _AROUND * (x2 - x1), _AROUND * (y2 - y1)
            first, last = max(int((y1 - down) * rows), 0), max(int((y2 + down) * rows) + 1, 0)
            whole[first:last, max(int((x1 - across) * columns), 0) : max(int((x2 + across) * columns) + 1, 0)] = True
        return whole[top:bottom, left:right]

    def _empty_in(self, frame: Frame, layers: Layers) -> Mask:
        _, part = self._pictures(frame)
        return layers.empty_in(self._light.evened(part), self._light.faintness)


def _levels(colours: Colours) -> Picture:
    return np.clip(np.rint(colours), 0, 255).astype(np.uint8)
