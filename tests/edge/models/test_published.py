"""Published networks, added by the command line, find what people labelled in real photographs."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.edge.extract.models import COCO, material

from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.nms import overlaps
from sharp_eyes.edge.extract.parity import read_frame
from sharp_eyes.edge.settings import ModelSettings

LARGE = 0.05
"""Share of the picture from which a labelled person or car must be found."""
PICTURES = 6


def edge(*arguments: str, code: int = 0) -> str:
    """Run ``sharp-eyes-edge``; returns all it said, on one line."""
    command = [sys.executable, "-m", "sharp_eyes.edge", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == code, said
    assert "Traceback" not in said
    return said


def labelled() -> list[tuple[Path, str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]]:
    """Photographs with one large person or car, its class, and its box in shares of the picture."""
    chosen = []
    for path in sorted((material("data/coco128") / "labels").glob("*.txt")):
        found = np.loadtxt(path, ndmin=2)
        large = [row for row in found if COCO[int(row[0])] in ("person", "car") and row[3] * row[4] >= LARGE]
        if len(large) == 1:
            kind, x, y, width, height = large[0]
            box = np.array([[x - width / 2, y - height / 2, x + width / 2, y + height / 2]], np.float32)
            chosen.append((path.parents[1] / "images" / f"{path.stem}.jpg", COCO[int(kind)], box))
    return chosen[:PICTURES]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "family", "options"),
    [
        ("yolox_nano_coco.onnx", "yolox", ["--classes", "coco", "--map", "0=person,car=car"]),
        ("yolo26n_coco_int8.onnx", "ultralytics_end2end", ["--map", "person=person,2=car"]),
    ],
)
def test_a_published_network_is_added_and_sees(tmp_path: Path, file: str, family: str, options: list[str]) -> None:
    """Added, listed and checked by the command line; then most large persons and cars are found where they are."""
    pictures = labelled()
    said = edge(
        "models", "add", str(material(f"weights/{file}")), *options, "--name", "theirs",
        "--directory", str(tmp_path), "--picture", str(pictures[0][0]),
    )  # fmt: skip
    assert f"family: {family}" in said
    assert pictures[0][1] in said.partition("in the picture:")[2]
    assert "is the input right?" not in said
    if family == "yolox":  # a slow network is not tried in every way twice
        assert "theirs 1" in edge("models", "list", "--directory", str(tmp_path))
        assert "in order" in edge("models", "check", "theirs", "--directory", str(tmp_path))
    settings = {"name": "theirs", "directory": tmp_path, "runtime": "onnxruntime", "precision": "fp32"}
    detector = Detector.open(ModelSettings.model_validate(settings))
    assert detector.model.classes == ("person", "car")
    hits = 0
    for picture, name, box in pictures:
        frame = read_frame(picture)
        (seen,) = detector.detect([frame])
        there = overlaps(box * np.array([frame.width, frame.height] * 2, np.float32), seen.boxes)[0] >= 0.5
        hits += any(there[i] and seen.names[kind] == name for i, kind in enumerate(seen.classes))
    assert hits >= PICTURES - 1


@pytest.mark.slow
def test_a_wrong_scale_is_noticed(tmp_path: Path) -> None:
    """A network that wants 0 to 255 and is fed 0 to 1 sees nothing; the doubt is said aloud."""
    said = edge(
        "models", "add", str(material("weights/yolox_nano_coco.onnx")), "--classes", "coco",
        "--input", "scale=0.00392", "--directory", str(tmp_path),
    )  # fmt: skip
    assert "is the input right?" in said
    assert "--input scale=1" in said
