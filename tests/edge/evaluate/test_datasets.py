"""Data sets in every form, and what is wrong in them."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.edge.evaluate.makers import HEIGHT, WIDTH, write_picture, write_yolo

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.detectors.datasets import DatasetOptions, open_source
from sharp_eyes.edge.evaluate.detectors.detection_cache import CachedDetections, DetectionCache
from sharp_eyes.edge.evaluate.detectors.labelled import EVERY_CLASS, renamed

CAR = "0 0.25 0.5 0.2 0.4\n"


def coco(folder: Path, annotations: list[dict[str, object]], images: int = 1) -> Path:
    """A COCO file in the layout of the original."""
    listed = []
    for number in range(1, images + 1):
        write_picture(folder / "val2017" / f"{number}.png", number)
        listed.append({"id": number, "file_name": f"{number}.png", "width": WIDTH, "height": HEIGHT})
    categories = [{"id": 3, "name": "car"}, {"id": 7, "name": "person"}]
    path = folder / "annotations" / "instances_val2017.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"images": listed, "annotations": annotations, "categories": categories}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_yolo_and_coco_say_the_same(tmp_path: Path) -> None:
    """One box, written both ways, is the same box; a crowd is an ignore region; an empty picture is a negative."""
    yolo, _ = open_source(write_yolo(tmp_path / "yolo", {"1": CAR, "2": ""}), DatasetOptions())
    annotation = {"id": 1, "image_id": 1, "category_id": 3, "bbox": [30, 30, 40, 40]}
    crowd = {"id": 2, "image_id": 1, "category_id": 7, "bbox": [100, 0, 50, 50], "iscrowd": 1}
    other, _ = open_source(coco(tmp_path / "coco", [annotation, crowd], images=2), DatasetOptions())
    for source in (yolo, other):
        np.testing.assert_allclose(source.pictures[0].boxes, [[0.15, 0.3, 0.35, 0.7]])
        assert source.pictures[0].names == ("car",)
        assert source.pictures[1].names == ()
        assert source.labelled == ("car", "person")
    assert other.pictures[0].ignore_names == ("person",)
    np.testing.assert_allclose(other.pictures[0].ignore, [[0.5, 0, 0.75, 0.5]])


def test_our_keys_of_data_yaml(tmp_path: Path) -> None:
    """Source, kind, licence, labelled, map, ignore regions and groups; what is not labelled is set aside."""
    file = write_yolo(
        tmp_path,
        {"a": CAR + "1 0.8 0.5 0.1 0.2\n2 0.5 0.5 0.1 0.1\n", "b": ""},
        names={0: "auto", 1: "person", 2: "van"},
        source="gate", kind="rendered", licence="CC0", labelled=["auto", "van"], map={"auto": "car", "van": "ignore"},
    )  # fmt: skip
    (tmp_path / "ignore").mkdir()
    (tmp_path / "ignore" / "a.txt").write_text("-1 0.1 0.1 0.1 0.1\n0 0.9 0.9 0.1 0.1\n", encoding="utf-8")
    (tmp_path / "index.csv").write_text("image,group,origin\na,place,x\n", encoding="utf-8")
    read, table = open_source(file, DatasetOptions())
    source = renamed(read, table, ["person", "car"])
    assert (source.name, source.kind, source.licence, source.labelled) == ("gate", "rendered", "CC0", ("car",))
    first, second = source.pictures
    assert first.names == ("car",)
    assert sorted(first.ignore_names) == [EVERY_CLASS, EVERY_CLASS, "car", "person"]
    assert (first.group, second.group) == ("place", "b.png")
    assert source.mapping == {"auto": "car", "van": "ignore", "person": "person"}


def test_names_are_compared_without_case_and_hyphens(tmp_path: Path) -> None:
    """`Gas-Cylinder` is `gas_cylinder`; a name that no model has stays and is told apart."""
    read, table = open_source(write_yolo(tmp_path, {"a": CAR}, names=["Gas-Cylinder", "jug"]), DatasetOptions())
    source = renamed(read, table, ["gas_cylinder"])
    assert source.labelled == ("gas_cylinder", "jug")
    assert source.pictures[0].names == ("gas_cylinder",)


def test_a_list_file_and_a_label_folder(tmp_path: Path) -> None:
    """Pictures from elsewhere, with labels and ignore regions of our own beside the data.yaml."""
    write_picture(tmp_path / "far" / "images" / "one.png")
    own = tmp_path / "own"
    (own / "labels").mkdir(parents=True)
    (own / "ignore").mkdir()
    (own / "list.txt").write_text(f"{tmp_path}/far/images/one.png\n", encoding="utf-8")
    (own / "labels" / "one.txt").write_text(CAR, encoding="utf-8")
    (own / "ignore" / "one.txt").write_text("-1 0.5 0.5 0.1 0.1\n", encoding="utf-8")
    file = own / "data.yaml"
    file.write_text("val: list.txt\nnames: [car]\nlabels: labels\nignore: ignore\n", encoding="utf-8")
    source, _ = open_source(file, DatasetOptions())
    assert source.name == "own"
    assert source.pictures[0].names == ("car",)
    assert source.pictures[0].ignore_names == (EVERY_CLASS,)


def test_outlines_become_boxes(tmp_path: Path) -> None:
    """A segmentation label is judged by the box around it."""
    source, _ = open_source(write_yolo(tmp_path, {"a": "0 0.1 0.2 0.5 0.1 0.3 0.6\n"}), DatasetOptions())
    np.testing.assert_allclose(source.pictures[0].boxes, [[0.1, 0.1, 0.5, 0.6]])


@pytest.mark.parametrize(
    ("line", "problem", "words"),
    [
        ("5 0.5 0.5 0.1 0.1", "class out of range", "class 5"),
        ("-1 0.5 0.5 0.1 0.1", "class out of range", "class -1"),
        ("0 0.5 0.5 0.1", "no label line", "found 4 values"),
        ("car 0.5 0.5 0.1 0.1", "no label line", "not numbers"),
        ("0 120 80 40 40", "outside the picture", "shares"),
        ("0 0.5 0.5 0 0.1", "empty box", "no area"),
    ],
)
def test_a_wrong_label_is_named_and_its_picture_left_out(tmp_path: Path, line: str, problem: str, words: str) -> None:
    """File and line are named; the other pictures are judged all the same."""
    source, _ = open_source(write_yolo(tmp_path, {"bad": f"{CAR}{line}\n", "good": CAR}), DatasetOptions())
    assert [picture.name for picture in source.pictures] == ["good.png"]
    (fault,) = source.faults
    assert fault.problem == problem
    assert "labels/bad.txt:2" in fault.message
    assert words in fault.message


def test_wrong_annotations_are_named(tmp_path: Path) -> None:
    """A category that is not listed, a box outside, a picture that is not there: each by its name."""
    path = coco(
        tmp_path,
        [
            {"id": 1, "image_id": 1, "category_id": 9, "bbox": [0, 0, 5, 5]},
            {"id": 2, "image_id": 2, "category_id": 3, "bbox": [500, 0, 5, 5]},
            {"id": 4, "image_id": 4, "category_id": 3, "bbox": [5, 0, 5, 5]},
        ],
        images=4,
    )
    (tmp_path / "val2017" / "3.png").unlink()
    source, _ = open_source(path, DatasetOptions())
    assert [picture.name for picture in source.pictures] == ["4.png"]
    assert {fault.file: fault.problem for fault in source.faults} == {
        "1.png": "class out of range",
        "2.png": "empty box",
        "3.png": "no such picture",
    }


def test_pictures_without_label_files_are_counted_as_negatives(tmp_path: Path) -> None:
    """As Ultralytics has it; but a folder without any label file is a mistake."""
    source, _ = open_source(write_yolo(tmp_path / "some", {"a": CAR, "b": None}), DatasetOptions())
    assert source.unlabelled_files == 1
    assert len(source.pictures) == 2
    with pytest.raises(ConfigError, match=r"not one of 2 pictures has a label file.*--negatives"):
        open_source(write_yolo(tmp_path / "none", {"a": None, "b": None}), DatasetOptions())


def test_splits_and_the_paths_of_common_exports(tmp_path: Path) -> None:
    """`val` before `test`; a `../` that leads nowhere is meant from the data.yaml, as Ultralytics takes it."""
    for split in ("valid", "test"):
        write_picture(tmp_path / split / "images" / f"{split}.png")
        (tmp_path / split / "labels").mkdir()
        (tmp_path / split / "labels" / f"{split}.txt").write_text(CAR, encoding="utf-8")
    file = tmp_path / "data.yaml"
    file.write_text("names: [car]\nval: ../valid/images\ntest: ../test/images\n", encoding="utf-8")
    assert [picture.name for picture in open_source(file, DatasetOptions())[0].pictures] == ["valid.png"]
    test, _ = open_source(file, DatasetOptions(split="test"))
    assert [(picture.name, picture.names) for picture in test.pictures] == [("test.png", ("car",))]
    with pytest.raises(ConfigError, match="says no `train`"):
        open_source(file, DatasetOptions(split="train"))


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    """Each message names the file and what to do."""
    with pytest.raises(ConfigError, match="no such file"):
        open_source(tmp_path / "nowhere", DatasetOptions())
    write_picture(tmp_path / "bare" / "images" / "a.png")
    with pytest.raises(ConfigError, match=r"no class names.*--names"):
        open_source(tmp_path / "bare", DatasetOptions())
    (tmp_path / "bare" / "classes.txt").write_text("car\n", encoding="utf-8")
    (tmp_path / "bare" / "labels").mkdir()
    (tmp_path / "bare" / "labels" / "a.txt").write_text(CAR, encoding="utf-8")
    assert open_source(tmp_path / "bare", DatasetOptions())[0].labelled == ("car",)
    wrong = write_yolo(tmp_path / "wrong", {"a": CAR}, labelled=["cat"])
    with pytest.raises(ConfigError, match="labelled: cat"):
        open_source(wrong, DatasetOptions())
    (tmp_path / "not.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigError, match="COCO"):
        open_source(tmp_path / "not.json", DatasetOptions())
    (tmp_path / "clip.json").write_text(
        '{"clip": "gone.mp4", "width": 9, "height": 9, "objects": [], "frames": []}', encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"gone\.mp4 is not there"):
        open_source(tmp_path / "clip.json", DatasetOptions())
    gap = write_yolo(tmp_path / "gap", {"a": CAR}, names={0: "car", 2: "bus"})
    with pytest.raises(ConfigError, match="without a gap"):
        open_source(gap, DatasetOptions())


def test_what_is_not_a_number_is_named_with_its_place(tmp_path: Path) -> None:
    """In every form of labels: file and line, annotation, or frame; NaN and infinity alike."""
    lines = {"a": "0 nan 0.5 0.2 0.2\n", "b": CAR + "nan 0.5 0.5 0.2 0.2\n", "c": "0 0.5 0.5 inf 0.2\n", "d": CAR}
    source, _ = open_source(write_yolo(tmp_path / "yolo", lines), DatasetOptions())
    assert len(source.pictures) == 1
    for fault, place in zip(source.faults, ("a.txt:1", "b.txt:2", "c.txt:1"), strict=True):
        assert f"{place}: " in fault.message
        assert "not a finite number" in fault.message
    annotation = {"id": 4, "image_id": 1, "category_id": 3, "bbox": [30, float("nan"), 40, 40]}
    source, _ = open_source(coco(tmp_path / "coco", [annotation], images=2), DatasetOptions())
    assert "annotation 4 of 1.png" in source.faults[0].message
    assert "not a finite number" in source.faults[0].message
    (tmp_path / "clip.mp4").write_bytes(b"")
    frames = [{"time": 2.5, "boxes": [{"object": 7, "box": [1, 2, float("nan"), 4], "visible": 1.0}]}]
    truth = {"clip": "clip.mp4", "width": 9, "height": 9, "objects": [{"id": 7, "class": "car"}], "frames": frames}
    (tmp_path / "clip.json").write_text(json.dumps(truth), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"clip\.json: frame at 2\.5 s, object 7: .*not a finite number"):
        open_source(tmp_path / "clip.json", DatasetOptions())


def test_evaluations_side_by_side_share_a_cache(tmp_path: Path) -> None:
    """One that has not written yet locks nobody out, and what it found is its own until then."""
    one, other = DetectionCache(tmp_path), DetectionCache(tmp_path)
    seen = CachedDetections(4, 3, np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32))
    one.put("model", "picture", seen)
    other.put("model", "other picture", seen)
    other.keep_note("order", "2")
    assert other.get("model", "picture") is None
    one.save()
    assert other.get("model", "picture") is not None
    assert one.get("model", "other picture") is not None
