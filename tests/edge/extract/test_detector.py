"""The detector finds what is there, and gives boxes in the frame's own pixels."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.edge.extract.models import COCO, EXACT, manifest, material, write

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.nms import overlaps
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.frame import Boxes, Frame
from sharp_eyes.edge.settings import ModelSettings

PICTURES = 40
LARGE = 0.02
"""Share of the picture from which an object must be found."""


class Fixed:
    """A runtime that always gives the same rows, x1, y1, x2, y2, score, class in the input's pixels."""

    name = "fixed"

    def __init__(self, rows: Sequence[Sequence[float]]) -> None:
        self._rows = np.array(rows, np.float32).reshape(1, -1, 6)

    def run(self, batch: Batch) -> list[Array]:
        return [self._rows]


def detector(rows: Sequence[Sequence[float]], **changes: Any) -> Detector:
    described = manifest(**({"family": "ultralytics_end2end", "threshold": 0.5} | changes))
    return Detector(Model(described, Path("test")), Fixed(rows))


def frame(width: int, height: int) -> Frame:
    return Frame.of_picture("a", 0.0, np.zeros((height, width, 3), np.uint8))


def test_boxes_come_in_pixels_of_the_frame() -> None:
    """The letterbox is undone: input 64 x 32 holds a frame of 640 x 160 between bars of 8 rows."""
    (found,) = detector([[32, 16, 48, 24, 0.9, 1]]).detect([frame(640, 160)])
    assert found.boxes.tolist() == [[320, 80, 480, 160]]
    assert [found.names[i] for i in found.classes] == ["car"]


def test_boxes_are_not_clipped_and_those_in_the_padding_left_out() -> None:
    """A box that leaves the frame keeps its place, so that its anchor does; one in the bars alone is no object."""
    rows = [[-4, 4, 16, 12, 0.9, 0], [10, 1, 30, 7, 0.8, 0]]
    (found,) = detector(rows).detect([frame(640, 160)])
    assert found.boxes.tolist() == [[-40, -40, 160, 40]]


def test_best_score_comes_first_and_weak_ones_are_given_down_to_a_limit() -> None:
    """Detections below the threshold are given for the tracker, but not noise."""
    model = detector([[0, 8, 5, 13, score, 0] for score in (0.3, 0.9, 0.1, 0.6)])
    (found,) = model.detect([frame(640, 160)])
    assert found.scores.tolist() == pytest.approx([0.9, 0.6, 0.3])
    assert model.weakest == pytest.approx(0.4 * 0.5)


def test_a_network_opened_twice_serves_two_threads_at_once() -> None:
    """Each with buffers of its own; a third call waits."""
    meeting = threading.Barrier(2, timeout=120)

    class Meeting(Fixed):
        def run(self, batch: Batch) -> list[Array]:
            meeting.wait()
            return super().run(batch)

    rows = [[[32, 16, 48, 24, 0.9, 1]], [[0, 8, 16, 16, 0.9, 1]]]
    described = manifest(family="ultralytics_end2end", threshold=0.5)
    opened: list[Meeting] = []

    def again() -> Meeting:
        opened.append(Meeting(rows[1]))
        return opened[-1]

    one = Detector(Model(described, Path("test")), Meeting(rows[0]), again=again, at_once=2)
    assert not opened, "a start does not wait for it"
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: one.detect([frame(640, 160)])[0].boxes.tolist(), range(4)))
    assert sorted(found) == [[[0, 0, 160, 80]]] * 2 + [[[320, 80, 480, 160]]] * 2
    assert len(opened) == 1


def test_a_network_that_cannot_be_opened_once_more_serves_one_at_a_time() -> None:
    """Memory was short: looks wait for each other instead of failing."""

    def again() -> Fixed:
        raise ModelError("no memory")

    described = manifest(family="ultralytics_end2end", threshold=0.5)
    one = Detector(Model(described, Path("test")), Fixed([[32, 16, 48, 24, 0.9, 1]]), again=again, at_once=3)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: len(one.detect([frame(640, 160)])[0]), range(20)))
    assert found == [1] * 20


def test_a_gateway_shares_its_processors_out() -> None:
    """Several looks of one thread each, unless threads, workers or a device are named."""
    shared = ModelSettings().shared_out()
    assert 1 <= shared.workers <= 4
    assert shared.threads == (1 if shared.workers > 1 else 0)
    named = [ModelSettings(threads=2), ModelSettings(workers=3), ModelSettings(device="cuda")]
    assert [(one.workers, one.threads) for one in (each.shared_out() for each in named)] == [(1, 2), (3, 1), (1, 0)]


def test_each_frame_has_its_own_answer() -> None:
    """Frames of different sizes in one call do not mix."""
    first, second = detector([[32, 16, 48, 24, 0.9, 1]]).detect([frame(640, 160), frame(64, 32)])
    assert first.boxes.tolist() == [[320, 80, 480, 160]]
    assert second.boxes.tolist() == [[32, 16, 48, 24]]


def test_each_class_has_its_own_threshold() -> None:
    """A class with a high threshold is given from higher up, and does not lift that of the others."""
    rows = [[0, 8, 5, 13, score, kind] for score in (0.1, 0.25, 0.34) for kind in (0, 1)]
    model = detector(rows, threshold=0.2, thresholds={"car": 0.8})
    (found,) = model.detect([frame(640, 160)])
    given = [
        (found.names[kind], round(float(score), 2)) for kind, score in zip(found.classes, found.scores, strict=True)
    ]
    assert given == [("person", 0.34), ("car", 0.34), ("person", 0.25), ("person", 0.1)]
    assert model.weakest == pytest.approx(0.4 * 0.2)


def test_only_mapped_classes_are_given_under_our_names() -> None:
    """A class map leaves out what it does not name and may give two classes one name."""
    rows = [[0, 8, 5, 13, 0.9 - kind / 100, kind] for kind in range(6)]
    mapped = {"size": 6, "names": {2: "car", 5: "car", 0: "person"}}
    (found,) = detector(rows, class_map=mapped).detect([frame(640, 160)])
    assert [found.names[kind] for kind in found.classes] == ["person", "car", "car"]
    assert found.scores.tolist() == pytest.approx([0.9, 0.88, 0.85])


def test_a_segmenter_is_no_detector() -> None:
    """A model of another kind is refused by name."""
    with pytest.raises(ModelError, match="test is a segmenter; a detector is wanted"):
        detector([], kind="segmenter", family="segmentation")


def test_settings_override_the_thresholds_of_classes() -> None:
    """A class's own setting goes before the common one, and that before the manifest's; unknown ones are named."""
    described = manifest(threshold=0.3, thresholds={"car": 0.6})

    def chosen(**values: Any) -> tuple[float, float]:
        found = Thresholds.chosen(described, ModelSettings.model_validate(values))
        return found.of("person"), found.of("car")

    assert chosen() == (0.3, 0.6)
    assert chosen(thresholds={"person": 0.4}) == (0.4, 0.6)
    assert chosen(threshold=0.5, thresholds={"car": 0.7}) == (0.5, 0.7)
    with pytest.raises(ModelError, match=r"model\.thresholds: tram .* person, car"):
        chosen(thresholds={"tram": 0.5})


def test_settings_override_the_threshold(tmp_path: Path) -> None:
    """A threshold in the settings goes before the manifest's."""
    settings = ModelSettings.model_validate({"threshold": 0.7, "runtime": "onnxruntime"})
    assert Detector.open(settings).thresholds.of("car") == 0.7
    missing = ModelSettings.model_validate({"manifest": tmp_path / "missing.yaml"})
    with pytest.raises(ModelError, match=r"missing\.yaml"):
        Detector.open(missing)


def labelled(picture: Path) -> tuple[Frame, Boxes, list[int]]:
    """Return a picture of the COCO sample with the boxes and classes drawn by people."""
    pixels = cv2.imread(str(picture))
    assert pixels is not None
    rows, columns = pixels.shape[:2]
    path = picture.parents[1] / "labels" / f"{picture.stem}.txt"
    labels = np.loadtxt(path, ndmin=2).reshape(-1, 5) if path.exists() else np.zeros((0, 5))
    centre, half = labels[:, 1:3], labels[:, 3:] / 2
    boxes = np.concatenate([centre - half, centre + half], axis=1) * [columns, rows, columns, rows]
    whole = Frame.of_picture("a", 0.0, np.asarray(pixels, np.uint8))
    return whole, boxes.astype(np.float32), labels[:, 0].astype(int).tolist()


def rates(model: Detector, names: Sequence[str]) -> tuple[float, float]:
    """Share of large labelled objects found, and share of strong large boxes that are right."""
    wanted = found = given = right = 0
    for picture in sorted(material("data/coco128/images").glob("*.jpg"))[:PICTURES]:
        whole, boxes, kinds = labelled(picture)
        (seen,) = model.detect([whole])
        area = LARGE * whole.width * whole.height
        shared = overlaps(boxes, seen.boxes) >= 0.5
        same = np.array([[COCO[kind] == seen.names[i] for i in seen.classes] for kind in kinds], bool)
        hits = shared & same.reshape(shared.shape) & (seen.scores >= model.thresholds.usual)
        sides = boxes[:, 2:] - boxes[:, :2]
        large = (sides.prod(axis=1) >= area) & np.isin([COCO[kind] for kind in kinds], names)
        wanted += int(large.sum())
        found += int(hits[large].any(axis=1).sum())
        strong = (seen.scores >= model.thresholds.usual) & (
            (seen.boxes[:, 2:] - seen.boxes[:, :2]).prod(axis=1) >= area
        )
        given += int(strong.sum())
        right += int(hits.any(axis=0)[strong].sum())
    return found / wanted, right / given


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "changes", "least_found", "least_right"),
    [
        (
            "yolox_nano_coco.onnx",
            {
                "family": "yolox",
                "input": {"width": 416, "height": 416, "colour": "bgr", "fit": "letterbox_topleft"},
            },
            0.5,
            0.7,
        ),
        (
            "yolo26n_coco_int8.onnx",
            {"family": "ultralytics_end2end", "input": {"width": 640, "height": 640, "scale": 1 / 255}},
            0.55,
            0.7,
        ),
    ],
)
def test_published_networks_find_what_people_labelled(
    tmp_path: Path, file: str, changes: dict[str, Any], least_found: float, least_right: float
) -> None:
    """On labelled photographs most large objects are found and most boxes are right: the head reads rightly."""
    path = write(tmp_path, material(f"weights/{file}"), classes=[*COCO], **changes)
    model = Detector.open(ModelSettings.model_validate({"manifest": path, **EXACT}))
    found, right = rates(model, COCO)
    assert found >= least_found
    assert right >= least_right


@pytest.mark.slow
def test_bundled_model_finds_what_people_labelled() -> None:
    """The street model finds most large people and vehicles in labelled photographs."""
    model = Detector.open(ModelSettings.model_validate(EXACT))
    found, right = rates(model, model.model.classes)
    assert found >= 0.6
    assert right >= 0.6
