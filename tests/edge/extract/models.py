"""Models for the tests: manifests around real networks, and where test pictures are found."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.manifest import Manifest
from sharp_eyes.edge.settings import ModelSettings

MATERIAL = "SHARP_EYES_TEST_MATERIAL"
BESIDE = Path(__file__).resolve().parents[4] / "shared"
EXACT = {"runtime": "onnxruntime", "precision": "fp32"}
"""Of a model that is to be computed in one way: trying all of them takes longer than most tests."""
COCO = (
    "person",
    "bicycle",
    "car",
    "motorcycle",
    "airplane",
    "bus",
    "train",
    "truck",
    "boat",
    "traffic_light",
    "fire_hydrant",
    "stop_sign",
    "parking_meter",
    "bench",
    "bird",
    "cat",
    "dog",
    "horse",
    "sheep",
    "cow",
    "elephant",
    "bear",
    "zebra",
    "giraffe",
    "backpack",
    "umbrella",
    "handbag",
    "tie",
    "suitcase",
    "frisbee",
    "skis",
    "snowboard",
    "sports_ball",
    "kite",
    "baseball_bat",
    "baseball_glove",
    "skateboard",
    "surfboard",
    "tennis_racket",
    "bottle",
    "wine_glass",
    "cup",
    "fork",
    "knife",
    "spoon",
    "bowl",
    "banana",
    "apple",
    "sandwich",
    "orange",
    "broccoli",
    "carrot",
    "hot_dog",
    "pizza",
    "donut",
    "cake",
    "chair",
    "couch",
    "potted_plant",
    "bed",
    "dining_table",
    "toilet",
    "tv",
    "laptop",
    "mouse",
    "remote",
    "keyboard",
    "cell_phone",
    "microwave",
    "oven",
    "toaster",
    "sink",
    "refrigerator",
    "book",
    "clock",
    "vase",
    "scissors",
    "teddy_bear",
    "hair_drier",
    "toothbrush",
)
"""The 80 classes of COCO, in its order."""


def exact_detectors() -> Detectors:
    """The bundled detectors, computed in one way."""
    return Detectors.open(ModelSettings.model_validate(EXACT))


def material(relative: str) -> Path:
    """Return a path in the folder of test material, or skip the test.

    The folder is named by an environment variable; else it is ``shared`` beside the checkout.
    """
    path = Path(os.environ.get(MATERIAL, BESIDE)) / relative
    if not path.exists():
        pytest.skip(f"needs {relative} in the folder of test material; {MATERIAL} names another folder")
    return path


def description(**changes: Any) -> dict[str, Any]:
    """Return a manifest's content: a network of family ultralytics with two classes at 64 x 32."""
    return {
        "schema": 2,
        "kind": "detector",
        "name": "test",
        "version": "1",
        "networks": {"fp32": {"file": "test.onnx", "sha256": "0" * 64}},
        "licence": "CC0-1.0",
        "family": "ultralytics",
        "classes": ["person", "car"],
        "input": {"width": 64, "height": 32},
    } | changes


def manifest(**changes: Any) -> Manifest:
    """Return a manifest that was never on disk."""
    return Manifest.model_validate(description(**changes))


def write(folder: Path, network: Path | bytes, **changes: Any) -> Path:
    """Put a network and its manifest into a folder; return the manifest's path."""
    content = network if isinstance(network, bytes) else network.read_bytes()
    (folder / "test.onnx").write_bytes(content)
    path = folder / "manifest.yaml"
    whole = {"fp32": {"file": "test.onnx", "sha256": hashlib.sha256(content).hexdigest()}}
    found = description(networks=whole) | changes
    path.write_text(yaml.safe_dump(found), encoding="utf-8")
    return path
