"""The pictures of a place from which a clip is blended, each rendered once and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scripts.render import engine
from scripts.render.ground import passes
from scripts.render.picture_file import write_picture

from .place import Place, ground_heights, light, wetness

Picture = NDArray[np.uint8]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Layer:
    """A state of the place in a light; `wet`, `ripple` and `rain` from 0 to 1."""

    states: tuple[str, ...]
    light: str
    wet: float = 0.0
    ripple: float = 0.0
    rain: float = 0.0

    @property
    def name(self) -> str:
        """File name without its ending."""
        return "_".join((*self.states, self.light, f"{round(self.wet * 100)}"))


class Layers:
    """Renders the layers that are missing in a folder; the place is built only when one is."""

    def __init__(self, folder: Path, build: Callable[[int], Place], seed: int, samples: int) -> None:
        self.folder, self.build, self.seed, self.samples = folder, build, seed, samples
        self.place: Place | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def set_up(self, layer: Layer) -> None:
        """Show a layer's state in its light."""
        if self.place is None:
            self.place = self.build(self.seed)
        engine.use_camera(self.place.camera)
        self.place.show(*layer.states)
        light(self.place, layer.light, self.seed)
        wetness(layer.wet, layer.ripple, layer.rain)

    def picture(self, layer: Layer) -> Picture:
        """The layer, BGR."""
        path = self.folder / f"{layer.name}.png"
        if not path.exists():
            self.set_up(layer)
            print(f"rendering {layer.name}", flush=True)
            dark = layer.light in ("night", "dusk", "infrared")
            write_picture(path, engine.render(self.samples * (2 if dark else 1), self.folder / "scratch.png"))
        return np.asarray(cv2.imread(str(path)), dtype=np.uint8)

    def mask(self, states: tuple[str, ...]) -> Picture:
        """Classes of the ground (rows, columns) in a state, as in `ground.classes`."""
        path = self.folder / f"{'_'.join(('mask', *states))}.png"
        if not path.exists():
            self.set_up(Layer(states, "overcast"))
            write_picture(path, passes.render_mask(self.folder)[0])
        return np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), dtype=np.uint8)

    def heights(self, x: Array, y: Array) -> Array:
        """Heights in metres of the carriageway at points of the picture (rows, columns)."""
        path = self.folder / "heights.npy"
        if not path.exists():
            if self.place is None:
                self.place = self.build(self.seed)
            np.save(path, ground_heights(self.place, x, y))
        return np.asarray(np.load(path), dtype=np.float64)
