"""A verifier for the tests that goes by colour: blue is a person, red a vehicle, all else nothing."""

from pathlib import Path
from typing import Any

import numpy as np
from tests.edge.extract.models import manifest

from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.verifier import Verifier

BLUE, RED, GREY = (255, 0, 0), (0, 0, 255), (114, 114, 114)
VERIFIER: dict[str, Any] = {
    "kind": "verifier",
    "family": "classification",
    "classes": ["none", "person", "vehicle"],
    "input": {"width": 32, "height": 32, "layout": "nhwc", "colour": "bgr", "dtype": "uint8"},
    "verifies": {"classes": {"person": "person", "car": "vehicle", "bus": "vehicle"}, "context": 1.5},
    "threshold": 0.2,
    "thresholds": {"vehicle": 0.3},
}


class ByColour:
    """Stands for a network: how blue and how red the middle of each crop is."""

    name = "by colour"

    def __init__(self) -> None:
        self.shown: list[Batch] = []

    def run(self, batch: Batch) -> list[Array]:
        self.shown.append(batch.copy())
        middle = batch[:, 12:20, 12:20].astype(np.int32)
        blue = ((middle[..., 0] > 180) & (middle[..., 2] < 80)).mean(axis=(1, 2))
        red = ((middle[..., 2] > 180) & (middle[..., 0] < 80)).mean(axis=(1, 2))
        return [np.stack([1 - blue - red, blue, red], axis=1).astype(np.float32)]


def by_colour(network: ByColour | None = None) -> Verifier:
    return Verifier(Model(manifest(**VERIFIER), Path("nowhere")), network or ByColour())
