"""The shipped street detector is the file its manifest describes, and it finds parked cars."""

import hashlib
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import onnxruntime
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "models" / "street"
CLIP = ROOT.parent / "shared" / "data" / "clips" / "parked_cars.mp4"
LARGEST_FILE = 12_000_000
CLASSES = ["person", "bicycle", "motorcycle", "car", "bus", "truck"]
# Three cars that stand still through the whole clip, in its pixels, drawn by eye.
PARKED = np.array([[151, 99, 214, 148], [209, 72, 261, 108], [72, 133, 154, 194]], np.float32)


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FOLDER / "manifest.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def session(manifest: dict[str, Any]) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(
        str(FOLDER / manifest["networks"]["fp32"]["file"]), providers=["CPUExecutionProvider"]
    )


def test_the_checksum_is_that_of_the_file(manifest: dict[str, Any]) -> None:
    content = (FOLDER / manifest["networks"]["fp32"]["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == manifest["networks"]["fp32"]["sha256"]


def test_the_file_is_small_enough_for_a_repository(manifest: dict[str, Any]) -> None:
    assert (FOLDER / manifest["networks"]["fp32"]["file"]).stat().st_size <= LARGEST_FILE


def test_the_manifest_holds_exactly_the_agreed_keys(manifest: dict[str, Any]) -> None:
    assert set(manifest) == {
        "schema", "kind", "name", "version", "networks", "licence", "family", "classes", "input",
        "threshold", "iou", "sources", "figures", "measured_on",
    }  # fmt: skip
    assert manifest["classes"] == CLASSES
    assert set(manifest["figures"]) == set(CLASSES)
    for figures in manifest["figures"].values():
        for side in ("real", "rendered"):
            assert figures[side] is None or set(figures[side]) == {"map50", "precision", "recall", "pictures"}


def test_input_and_output_are_as_declared(manifest: dict[str, Any], session: onnxruntime.InferenceSession) -> None:
    declared = manifest["input"]
    (entry,) = session.get_inputs()
    assert entry.type == "tensor(float)"
    assert entry.shape[1:] == [3, declared["height"], declared["width"]]
    anchors = sum(declared["height"] // step * (declared["width"] // step) for step in (8, 16, 32))
    (output,) = session.get_outputs()
    assert output.shape[1:] == [4 + len(CLASSES), anchors]


def test_a_batch_gives_what_single_pictures_give(
    manifest: dict[str, Any], session: onnxruntime.InferenceSession
) -> None:
    """The first dimension is free, so that one call can serve several cameras."""
    shape = (2, 3, manifest["input"]["height"], manifest["input"]["width"])
    pictures = np.random.default_rng(7).random(shape, dtype=np.float32)
    name = session.get_inputs()[0].name
    together = np.asarray(session.run(None, {name: pictures})[0])
    alone = np.concatenate([np.asarray(session.run(None, {name: one[None]})[0]) for one in pictures])
    np.testing.assert_allclose(together, alone, rtol=1e-3, atol=1e-3)


def test_an_empty_picture_holds_nothing(manifest: dict[str, Any], session: onnxruntime.InferenceSession) -> None:
    grey = np.full((384, 640, 3), manifest["input"]["pad"], np.uint8)
    boxes, _ = _detect(grey, manifest, session)
    assert len(boxes) == 0


def test_parked_cars_are_found_in_most_looks(manifest: dict[str, Any], session: onnxruntime.InferenceSession) -> None:
    """A car that stands still must be seen in at least nine looks of ten, or its dwell breaks."""
    if not CLIP.exists():
        pytest.skip(f"{CLIP} is missing: the real clips are test material beside the repository")
    looks = _looks(CLIP, every=9)
    hits = np.zeros(len(PARKED))
    for picture in looks:
        boxes, classes = _detect(picture, manifest, session)
        vehicles = boxes[np.isin(classes, [CLASSES.index(name) for name in ("car", "bus", "truck")])]
        hits += [any(_overlap(place, box) >= 0.5 for box in vehicles) for place in PARKED]
    assert (hits / len(looks) >= 0.9).all(), f"found in {hits} of {len(looks)} looks"


def _looks(path: Path, every: int) -> list[np.ndarray[Any, Any]]:
    with av.open(str(path)) as clip:
        return [
            frame.to_ndarray(format="bgr24") for number, frame in enumerate(clip.decode(video=0)) if number % every == 0
        ]


def _detect(
    picture: np.ndarray[Any, Any], manifest: dict[str, Any], session: onnxruntime.InferenceSession
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Boxes (n, 4) x1, y1, x2, y2 in the picture and classes (n,), by the manifest's words alone."""
    declared = manifest["input"]
    width, height = declared["width"], declared["height"]
    scale = min(width / picture.shape[1], height / picture.shape[0])
    small = cv2.resize(picture, (round(picture.shape[1] * scale), round(picture.shape[0] * scale)))
    left, top = (width - small.shape[1]) // 2, (height - small.shape[0]) // 2
    canvas = np.full((height, width, 3), declared["pad"], np.uint8)
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    tensor = canvas[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32) * np.float32(declared["scale"])
    raw = np.asarray(session.run(None, {session.get_inputs()[0].name: tensor})[0])[0]
    scores = raw[4:].max(axis=0)
    sure = scores >= manifest["threshold"]
    middle, half = raw[:2, sure].T, raw[2:4, sure].T / 2
    boxes = (np.hstack([middle - half, middle + half]) - [left, top, left, top]) / scale
    return boxes, raw[4:, sure].argmax(axis=0)


def _overlap(first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]) -> float:
    """Intersection over union of two boxes."""
    sides = np.minimum(first[2:], second[2:]) - np.maximum(first[:2], second[:2])
    inner = float(np.clip(sides, 0, None).prod())
    union = float((first[2:] - first[:2]).prod() + (second[2:] - second[:2]).prod()) - inner
    return inner / union
