"""What goes to a lent machine and what its teacher settles."""

import argparse
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from scripts.train.boxes import Found
from scripts.train.distil import Rows, fill_files, filled
from scripts.train.pack import STEPS, PackError, spread, spread_by_source, step_that_fits, unpack, write
from scripts.train.recipe import RECIPE, Recipe
from scripts.train.samples import read_picture

EBIKE, SMOKE, FIRE, CLASSES = 2, 7, 8, 13
WHOLE = (0.0, 0.0, 1.0, 1.0)


def rows(*table: tuple[int, tuple[float, float, float, float]]) -> Rows:
    return Rows(np.array([kind for kind, _ in table], np.int64), np.array([box for _, box in table], np.float32))


def said(*table: tuple[float, int, tuple[float, float, float, float]]) -> Found:
    return Found(
        np.array([box for _, _, box in table], np.float32).reshape(-1, 4),
        np.array([score for score, _, _ in table], np.float32),
        np.array([kind for _, kind, _ in table], np.int64),
    )


def test_the_teacher_settles_only_what_was_open_on_the_whole_picture() -> None:
    before = rows((FIRE, (0.1, 0.1, 0.3, 0.3)), (CLASSES + SMOKE, WHOLE), (CLASSES + EBIKE, (0.5, 0.5, 0.7, 0.7)))
    after = filled(
        before,
        said(
            (0.9, SMOKE, (0.2, 0.0, 0.8, 0.4)),  # sure: a label
            (0.3, SMOKE, (0.0, 0.5, 0.2, 0.9)),  # in doubt: open there, and only there
            (0.1, SMOKE, (0.9, 0.9, 1.0, 1.0)),  # nothing
            (0.9, FIRE, (0.6, 0.6, 0.9, 0.9)),  # people labelled fire
            (0.9, EBIKE, (0.5, 0.5, 0.7, 0.7)),  # open in one place only: people were in doubt
        ),
        CLASSES,
        sure=0.55,
        doubt=0.2,
    )
    assert after.kinds.tolist() == [FIRE, CLASSES + EBIKE, SMOKE, CLASSES + SMOKE]
    np.testing.assert_allclose(after.boxes[2], (0.2, 0.0, 0.8, 0.4))


def test_a_label_that_stands_there_already_is_not_doubled() -> None:
    before = rows((SMOKE, (0.2, 0.2, 0.6, 0.6)), (CLASSES + SMOKE, WHOLE))
    after = filled(before, said((0.9, SMOKE, (0.2, 0.2, 0.6, 0.58))), CLASSES, 0.55, 0.2)
    assert after.kinds.tolist() == [SMOKE]


def test_label_files_are_settled_in_place_and_counted(tmp_path: Path) -> None:
    open_file, closed = tmp_path / "a.txt", tmp_path / "b.txt"
    open_file.write_text(f"{CLASSES + SMOKE} 0.5 0.5 1 1\n")
    closed.write_text(f"{SMOKE} 0.500000 0.500000 0.200000 0.200000\n")
    opinion = said((0.8, SMOKE, (0.25, 0.25, 0.75, 0.75)))
    assert fill_files({open_file: opinion, closed: opinion}, CLASSES, 0.55, 0.2) == 1
    assert open_file.read_text() == f"{SMOKE} 0.500000 0.500000 0.500000 0.500000\n"


def test_lines_are_spread_evenly_and_each_stands_once() -> None:
    assert spread(["a", "b", "b", "c", "d"], None) == ["a", "b", "c", "d"]
    assert spread(["a", "b", "c", "d"], 2) == ["a", "c"]


def test_a_small_source_stays_whole_where_a_large_one_is_thinned() -> None:
    lines = [f"x/fire_smoke-{number}.jpg" for number in range(6)] + ["x/ebike_lift-1.jpg", "x/ebike_lift-2.jpg"]
    assert spread_by_source(lines, 2) == [lines[0], lines[3], lines[6], lines[7]]


def test_the_best_step_that_fits_is_taken_and_too_little_room_is_said() -> None:
    probes = [np.random.default_rng(1).integers(0, 255, (480, 640, 3)).astype(np.uint8)]
    assert step_that_fits(probes, 10, 100_000_000) == STEPS[0]
    assert step_that_fits(probes, 10, 1_200_000) in STEPS[1:]
    with pytest.raises(PackError, match="do not fit"):
        step_that_fits(probes, 1000, 1000)


def test_what_was_packed_comes_out_where_training_looks_for_it(tmp_path: Path) -> None:
    values = {**yaml.safe_load(RECIPE.read_text(encoding="utf-8")), "start_weights": "weights/start.pt"}
    recipe = Recipe(values, shared=tmp_path / "shared", work=tmp_path / "here")
    home = recipe.work / "city"
    for folder in (home / "train" / "images", home / "train" / "labels", tmp_path / "shared" / "weights"):
        folder.mkdir(parents=True)
    (tmp_path / "shared" / "weights" / "start.pt").write_bytes(b"start")
    (recipe.work / "before.pt").write_bytes(b"before")
    for number in range(3):
        picture = np.full((900, 1200, 3), number * 60, np.uint8)
        cv2.imwrite(str(home / "train" / "images" / f"ebike-{number}.jpg"), picture)
        (home / "train" / "labels" / f"ebike-{number}.txt").write_text("2 0.5 0.5 0.2 0.2\n")
    lines = "".join(f"./train/images/ebike-{number}.jpg\n" for number in (0, 1, 2, 2))
    (home / "hazard.txt").write_text(lines)
    (home / "hazard.yaml").write_text(yaml.safe_dump({"names": {0: "person"}}))
    given = argparse.Namespace(
        detector="hazard", also=["hazard_teacher"], weights=["before.pt"], megabytes=1.0, limit=None,
        out=tmp_path / "pack.zip",
    )  # fmt: skip
    assert write(recipe, given).startswith("3 pictures at 640")
    there = tmp_path / "there"
    unpack(given.out, there)
    data = yaml.safe_load((there / "city" / "hazard_teacher.yaml").read_text())
    assert Path(data["path"]) == there / "city"
    listed = (there / "city" / data["train"]).read_text().splitlines()
    assert len(listed) == 3
    assert read_picture(there / "city" / listed[0]).shape == (480, 640, 3)
    assert (there / "city" / "train" / "labels" / "ebike-0.txt").read_text() == "2 0.5 0.5 0.2 0.2\n"
    assert (there / "before.pt").read_bytes() == b"before"
    assert (there / "shared" / "weights" / "start.pt").read_bytes() == b"start"
