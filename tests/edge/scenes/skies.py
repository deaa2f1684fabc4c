"""Made-up pictures of a facade before which things fall, fly, drift, flap and shine; 10 pixels are a metre."""

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from tests.edge.scenes.worlds import note

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.scenes.clock import Clock
from sharp_eyes.edge.scenes.event_lifecycle import Origin
from sharp_eyes.edge.scenes.falling_object import FallingObject, FallingObjectSettings

WIDTH, HEIGHT, METRE = 640, 360, 10.0
START = 1000.0
FACADE: dict[str, Any] = {"id": "facade", "polygon": [[0.05, 0.0], [0.95, 0.0], [0.95, 1.0], [0.05, 1.0]]}
MEASURED: dict[str, Any] = {
    **FACADE,
    "height": {"bottom": [0.5, 1.0], "top": [0.5, 0.0], "metres": HEIGHT / METRE},
    "floors": {"first": 1, "count": 12, "lines": [[0.5, 1.0], [0.5, 0.0]]},
}

ROOM = 40
NOISE = np.random.default_rng(2).normal(0, 1.5, (HEIGHT + ROOM, WIDTH + ROOM)).astype(np.float32)
"""A sensor's; each frame has another part of it, for to draw it anew would take longer than the scene does."""

Canvas = npt.NDArray[np.float32]
Thing = Callable[[Canvas, float], None]
"""Draws itself into a grey picture at a time in seconds."""


def facade(seed: int = 1) -> Canvas:
    """Rows of dark windows in a pale wall."""
    random = np.random.default_rng(seed)
    wall = np.full((HEIGHT, WIDTH), 150, np.float32) + random.normal(0, 3, (HEIGHT, WIDTH)).astype(np.float32)
    for top in range(8, HEIGHT, 30):
        for left in range(20, WIDTH - 30, 45):
            wall[top : top + 14, left : left + 20] = 70 + random.integers(-15, 15)
    return wall


def spot(canvas: Canvas, x: float, y: float, width: float, height: float, grey: float) -> None:
    """A rectangle with soft edges, of sizes in pixels, around a point."""
    left, top = int(x - width / 2) - 1, int(y - height / 2) - 1
    right, bottom = int(x + width / 2) + 2, int(y + height / 2) + 2
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, WIDTH), min(bottom, HEIGHT)
    if left >= right or top >= bottom:
        return
    columns, rows = np.arange(left, right), np.arange(top, bottom)
    across = np.clip(np.minimum(columns + 1, x + width / 2) - np.maximum(columns, x - width / 2), 0, 1)
    down = np.clip(np.minimum(rows + 1, y + height / 2) - np.maximum(rows, y - height / 2), 0, 1)
    share = (down[:, None] * across[None]).astype(np.float32)
    canvas[top:bottom, left:right] += share * (grey - canvas[top:bottom, left:right])


def falling(
    x: float,
    y: float,
    start: float = 2.0,
    aside: float = 0.0,
    terminal: float = 60.0,
    size: float = 5,
    grey: float = 20,
) -> Thing:
    """Let go at a pixel and a time; drifts ``aside`` m/s, and the air holds it at ``terminal`` m/s."""

    def draw(canvas: Canvas, time: float) -> None:
        passed = time - start
        metres = terminal**2 / 9.81 * np.log(np.cosh(9.81 * max(passed, 0.0) / terminal))
        if passed >= 0:
            spot(canvas, x + aside * passed * METRE, y + metres * METRE, size, size, grey)

    return draw


def moving(place: Callable[[float], tuple[float, float]], size: float = 5, grey: float = 20) -> Thing:
    """Goes where the function of time says."""
    return lambda canvas, time: spot(canvas, *place(time), size, size, grey)


def rain(count: int = 60, seed: int = 3) -> Thing:
    """Pale streaks anew in every frame."""

    def draw(canvas: Canvas, time: float) -> None:
        random = np.random.default_rng((seed, round(time * 1000)))
        for x, y in zip(random.uniform(0, WIDTH, count), random.uniform(0, HEIGHT, count), strict=True):
            spot(canvas, float(x), float(y), 1.2, 14, 215)

    return draw


def frames(
    things: Sequence[Thing], seconds: float, rate: float = 25.0, dropped: Sequence[int] = (), light: Thing | None = None
) -> list[Frame]:
    """The pictures a camera gives, with a little noise; ``dropped`` are numbers of frames that are lost."""
    wall, random = facade(), np.random.default_rng(2)
    made = []
    for index in range(round(seconds * rate)):
        canvas, time = wall.copy(), index / rate
        if light is not None:
            light(canvas, time)
        for thing in things:
            thing(canvas, time)
        top, left = random.integers(0, ROOM, 2)
        noise = NOISE[top : top + HEIGHT, left : left + WIDTH]
        grey = np.clip(canvas + noise, 0, 255).astype(np.uint8)
        if index not in dropped:
            picture = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
            made.append(Frame.of_picture("cam", START + time, picture, index))
    return made


def scene_of(zone: dict[str, Any] = MEASURED, **settings: Any) -> FallingObject:
    """The scene with one zone."""
    checked = FallingObjectSettings.model_validate({"scene": "falling_object", "zones": [zone], **settings})
    return FallingObject(checked, Origin("gw", "cam", note))


def watched(scene: FallingObject, seen: Sequence[Frame], clock: Clock | None = None) -> list[SceneEvent]:
    """What the scene says to the frames."""
    clock = clock or Clock()
    said = []
    for frame in seen:
        clock.advance(frame.time)
        said += scene.observe_frame(frame, clock)
    return said
