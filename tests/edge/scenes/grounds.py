"""A made-up street with a lawn: pictures and segmentations as a camera and a segmenter would give them."""

import json
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from tests.edge.scenes.worlds import scene_of

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.frame import Frame, Picture, Segmentation, Track, Tracks
from sharp_eyes.edge.scenes.base import Finding, Observation
from sharp_eyes.edge.scenes.calibration import Calibration
from sharp_eyes.edge.scenes.clock import Clock
from sharp_eyes.edge.scenes.reference.scene import ReferenceScene, ZoneState

NAMES = ("vegetation", "soil", "paved", "water", "other")
ROWS, COLUMNS = 72, 128
LAWN = [[0.1, 0.5], [0.5, 0.5], [0.5, 0.9], [0.1, 0.9]]
ROAD = [[0.55, 0.5], [0.95, 0.5], [0.95, 0.9], [0.55, 0.9]]
_NOISE = np.random.default_rng(9).normal(0, 2, (ROWS * 4 + 60, COLUMNS * 4 + 60))
Cells = tuple[slice, slice]


def cells(x1: float, y1: float, x2: float, y2: float) -> Cells:
    """Part of the grid, from shares of the picture."""
    return slice(round(y1 * ROWS), round(y2 * ROWS)), slice(round(x1 * COLUMNS), round(x2 * COLUMNS))


def fine(part: Cells) -> Cells:
    """The same part in the picture."""
    return tuple(slice(4 * one.start, 4 * one.stop) for one in part)  # type: ignore[return-value]


@dataclass
class Street:
    """What the camera sees now; change it, then look."""

    seed: int = 5

    def __post_init__(self) -> None:
        random = np.random.default_rng(self.seed)
        self.classes = np.full((ROWS, COLUMNS), 2, np.int64)
        self.classes[: ROWS * 2 // 5] = 4
        self.classes[cells(0.05, 0.42, 0.52, 0.98)] = 0
        self.sure, self.thin = 0.9, 0.0
        self.flooded: float | None = None
        picture = np.full((ROWS * 4, COLUMNS * 4, 3), (110.0, 108.0, 106.0))
        picture[: ROWS * 4 * 2 // 5] = (150, 140, 135)
        for _ in range(12):  # houses with windows, which stay where they are
            x, y = int(random.integers(0, 480)), int(random.integers(10, 90))
            cv2.rectangle(picture, (x, y), (x + 22, y + 18), tuple(random.uniform(40, 220, 3).tolist()), -1)
        picture[fine(cells(0.05, 0.42, 0.52, 0.98))] = (60, 120, 80)
        for x in range(300, 500, 40):
            cv2.line(picture, (x, 180), (x + 12, 230), (215.0, 215.0, 215.0), 4)
        self.picture = picture * random.normal(1, 0.06, picture.shape[:2])[..., None]
        self.gain = np.ones(3)

    def bare(self, part: Cells) -> None:
        """Take the plants away."""
        self.classes[part] = 1
        grain = np.random.default_rng(1).normal(1, 0.05, self.picture[fine(part)].shape[:2])
        self.picture[fine(part)] = np.array([90.0, 120.0, 145.0]) * grain[..., None]

    def stand(self, part: Cells, colour: tuple[int, int, int] = (40, 40, 180)) -> None:
        """Put something before the ground."""
        self.classes[part] = 4
        self.picture[fine(part)] = colour

    def darken(self, part: Cells, factor: float = 0.45) -> None:
        """Throw a bluish shadow."""
        self.picture[fine(part)] *= factor * np.array([1.06, 1.0, 0.95])

    def seen(self, random: np.random.Generator) -> Picture:
        """The picture with the sensor's noise."""
        down, across = (int(value) for value in random.integers(0, 60, 2))
        noise = _NOISE[down : down + ROWS * 4, across : across + COLUMNS * 4, None]
        return np.asarray(np.clip(self.picture * self.gain + noise, 0, 255), np.uint8)

    def ground(self) -> Segmentation:
        """The segmentation with some doubt; ``thin`` of the plants' probability goes to soil."""
        rest = (1 - self.sure) / (len(NAMES) - 1)
        probabilities = np.full((len(NAMES), ROWS, COLUMNS), rest, np.float32)
        np.put_along_axis(probabilities, self.classes[None], self.sure, axis=0)
        lost = probabilities[0] * self.thin
        probabilities[0] -= lost
        probabilities[1] += lost
        return Segmentation(probabilities, NAMES, {} if self.flooded is None else {"flooded": self.flooded})


class GroundCamera:
    """Lets a scene look at a street."""

    def __init__(self, street: Street | None = None, calibration: Calibration | None = None, **settings: Any) -> None:
        self.settings = settings
        self.street = street or Street()
        self.calibration = calibration
        self.clock = Clock(900.0)
        self.time = 1000.0
        self.random = np.random.default_rng(3)
        self.events: list[SceneEvent] = []
        self.scene = self.built()

    def built(self) -> ReferenceScene[Any]:
        """The scene as at the start of a gateway."""
        scene = scene_of(**self.settings)
        assert isinstance(scene, ReferenceScene)
        return scene

    def restart(self, **changes: Any) -> None:
        """Stop the gateway and start it again with what it remembers."""
        state = json.loads(json.dumps({"scene": self.scene.dump_state(), "clock": self.clock.dump_state()}))
        self.settings |= changes
        self.scene, self.clock = self.built(), Clock(900.0)
        self.clock.load_state(state["clock"])
        self.scene.load_state(state["scene"])

    def view(
        self, picture: Picture | None = None, boxes: tuple[tuple[float, float, float, float], ...] = ()
    ) -> Observation:
        """One look at the present time; ``boxes`` of people in shares of the picture."""
        shown = self.street.seen(self.random) if picture is None else picture
        rows, columns = shown.shape[:2]
        found = tuple(
            Track(i, "person", 0.8, (x1 * columns, y1 * rows, x2 * columns, y2 * rows), 0.0)
            for i, (x1, y1, x2, y2) in enumerate(boxes)
        )
        frame = Frame.of_picture("cam", self.time, shown)
        ground = self.street.ground()
        tracks = Tracks(self.time, columns, rows, found)
        return Observation(tracks, self.clock, frame=frame, ground=lambda: ground, calibration=self.calibration)

    def look(
        self,
        looks: int = 1,
        step: float = 10.0,
        picture: Picture | None = None,
        boxes: tuple[tuple[float, float, float, float], ...] = (),
    ) -> list[SceneEvent]:
        """Look again and again at what is there."""
        said: list[SceneEvent] = []
        for _ in range(looks):
            self.clock.advance(self.time)
            said += self.scene.observe(self.view(picture, boxes))
            self.time += step
        self.events += said
        return said

    def check(self) -> Finding:
        """The answer to a second look."""
        self.clock.advance(self.time)
        return self.scene.check("zone", None, self.view())

    @property
    def state(self) -> ZoneState:
        """The one zone's state."""
        return self.scene.states["zone"]

    @property
    def phases(self) -> list[str]:
        """The phases of all messages so far."""
        return [event.phase.value for event in self.events]


def moved(picture: Picture, share: float) -> Picture:
    """The view after the camera has turned by this share of its width."""
    place = np.array([[1, 0, share * picture.shape[1]], [0, 1, 0]], np.float32)
    shifted = cv2.warpAffine(picture, place, picture.shape[1::-1], borderMode=cv2.BORDER_REFLECT)
    return np.asarray(shifted, np.uint8)


def grey(picture: Picture) -> Picture:
    """As by infrared light."""
    one: npt.NDArray[np.uint8] = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    return np.asarray(np.repeat(one[..., None], 3, axis=2), np.uint8)
