"""A made-up lane as a camera would show it: asphalt, things put on it, shade, rain, and the light of day and night."""

import cv2
import numpy as np
import numpy.typing as npt
from tests.edge.scenes.worlds import Camera

from sharp_eyes.edge.frame import Frame, Picture, Track, Tracks
from sharp_eyes.edge.scenes.base import Observation
from sharp_eyes.edge.scenes.geometry import Rectangle

WIDTH, HEIGHT = 320, 180
LANE = [[0.3, 0.4], [0.7, 0.4], [0.8, 0.95], [0.2, 0.95]]
CARTONS: Rectangle = (0.38, 0.55, 0.62, 0.8)

Canvas = npt.NDArray[np.float32]

NOISE = np.random.default_rng(7).normal(0, 3, (13, HEIGHT, WIDTH, 3)).astype(np.float32)
"""What a sensor adds, picture by picture."""


def asphalt(seed: int = 1) -> Canvas:
    """A road with a grain, a kerb on each side, a marking and grass."""
    random = np.random.default_rng(seed)
    grain = cv2.GaussianBlur(random.normal(0, 14, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 1.0)
    patches = cv2.GaussianBlur(random.normal(0, 60, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 6)
    road = np.full((HEIGHT, WIDTH, 3), (112, 110, 106), np.float32) + (grain + patches)[..., None]
    left, right = int(0.12 * WIDTH), int(0.88 * WIDTH)
    road[:, :left] = (60, 120, 80) + 3 * grain[:, :left, None]
    road[:, right:] = (150, 150, 160) + grain[:, right:, None]
    road[:, left : left + 4] = road[:, right - 4 : right] = (170, 170, 170)
    cv2.line(road, (160, 70), (160, 175), (215, 215, 215), 3)
    return road


def cartons(canvas: Canvas, box: Rectangle = CARTONS) -> Canvas:
    """A stack of brown cartons with a lit top, a dark side and tape."""
    picture = canvas.copy()
    x1, y1, x2, y2 = _pixels(box)
    middle, top = (x1 + x2) // 2, y1 + (y2 - y1) // 4
    picture[y1:top, x1:x2] = (120, 165, 200)
    picture[top:y2, x1:middle] = (85, 125, 160)
    picture[top:y2, middle:x2] = (60, 95, 125)
    picture[(top + y2) // 2 : (top + y2) // 2 + 2, x1:x2] = (140, 180, 205)
    return picture


def barrier(canvas: Canvas, box: Rectangle = CARTONS) -> Canvas:
    """A grey concrete barrier: no colour of its own, but lit and dark sides and a striped edge."""
    picture = canvas.copy()
    x1, y1, x2, y2 = _pixels(box)
    for i, level in enumerate((200, 150, 95, 60)):
        picture[y1 + i * (y2 - y1) // 4 : y1 + (i + 1) * (y2 - y1) // 4, x1:x2] = level
    return picture


def shade(canvas: Canvas, box: Rectangle, strength: float = 0.5) -> Canvas:
    """A hard shadow, a little bluer than the sun, as of a building."""
    picture = canvas.copy()
    x1, y1, x2, y2 = _pixels(box)
    picture[y1:y2, x1:x2] *= np.array([strength * 1.1, strength, strength * 0.93], np.float32)
    return picture


def lit(canvas: Canvas, gain: float = 1.0, tint: tuple[float, float, float] = (1, 1, 1)) -> Canvas:
    """Another light over everything."""
    return np.asarray(canvas * gain * np.array(tint, np.float32), np.float32)


def headlights(canvas: Canvas, x: float, y: float) -> Canvas:
    """Two bright pools of light on the road."""
    glow = np.zeros((HEIGHT, WIDTH), np.float32)
    for dx in (-0.05, 0.05):
        cv2.circle(glow, (int((x + dx) * WIDTH), int(y * HEIGHT)), 11, 120, -1)
    return np.asarray(canvas + cv2.GaussianBlur(glow, (0, 0), 5)[..., None], np.float32)


def rain(canvas: Canvas, random: np.random.Generator, wetness: float) -> Canvas:
    """Streaks, and a road that darkens as it gets wet."""
    picture = lit(canvas, 1 - 0.3 * wetness)
    for x, y in random.integers(0, (WIDTH, HEIGHT - 15), (120, 2)):
        cv2.line(picture, (int(x), int(y)), (int(x) + 1, int(y) + 11), (190, 190, 190), 1)
    return picture


class LaneCamera(Camera):
    """A camera that shows pictures; noise is part of them."""

    def show(self, canvas: Canvas, tracks: tuple[Track, ...] = (), step: float = 1.0) -> None:
        """One look at this picture."""
        frame = Frame.of_picture("cam", self.time, self._developed(canvas))
        self.clock.advance(self.time)
        view = Observation(Tracks(self.time, WIDTH, HEIGHT, tracks), self.clock, frame=frame)
        self.events += self.scene.observe(view)
        self.time += step

    def watch_picture(self, canvas: Canvas, seconds: float, tracks: tuple[Track, ...] = (), step: float = 1.0) -> None:
        """The same picture for some time."""
        end = self.time + seconds
        while self.time < end - 1e-9:
            self.show(canvas, tracks, step)

    def _developed(self, canvas: Canvas) -> Picture:
        developed = canvas + NOISE[int(self.time * 1000) % len(NOISE)]
        np.clip(developed, 0, 255, out=developed)
        return np.asarray(developed, np.uint8)


def seen(identity: int, box: Rectangle, name: str = "car", first_seen: float = 0.0) -> Track:
    """A track in this lane's picture; ``box`` in shares of it."""
    x1, y1, x2, y2 = box
    return Track(identity, name, 0.8, (x1 * WIDTH, y1 * HEIGHT, x2 * WIDTH, y2 * HEIGHT), first_seen)


def _pixels(box: Rectangle) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = box
    return int(x1 * WIDTH), int(y1 * HEIGHT), int(x2 * WIDTH), int(y2 * HEIGHT)
