"""What the detector's labels and figures rest on: fusing, merging, the split by scene, the form for measuring."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from scripts.train.boxes import Found, fuse, suppress
from scripts.train.build_data import label_rows
from scripts.train.cutouts import CutOut
from scripts.train.held_out import HeldOut
from scripts.train.merge import ANY, Known, merge, on_its_side
from scripts.train.paste import Spot, compose, lay
from scripts.train.recipe import RECIPE, Recipe
from scripts.train.samples import Sample, chance

PERSON, EBIKE, MOTORCYCLE, CAR, TRUCK, SMOKE, FALLEN = 0, 2, 3, 4, 6, 7, 12


@pytest.fixture
def recipe() -> Recipe:
    return Recipe(yaml.safe_load(RECIPE.read_text(encoding="utf-8")), shared=Path("unused"))


def found(*rows: tuple[float, float, float, float, float, int]) -> Found:
    """Boxes from rows of x1, y1, x2, y2, score, class."""
    table = np.array(rows, np.float32).reshape(-1, 6)
    return Found(table[:, :4], table[:, 4], table[:, 5].astype(np.int64))


def test_fusing_weighs_boxes_by_score_and_counts_the_missing_votes() -> None:
    first = found((0, 0, 100, 100, 0.9, CAR), (300, 300, 340, 340, 0.5, CAR))
    second = found((10, 0, 110, 100, 0.3, CAR))
    fused = fuse([first, second], [1.0, 1.0], limit=0.55)
    assert len(fused) == 2
    np.testing.assert_allclose(fused.boxes[0], [2.5, 0, 102.5, 100], atol=1e-3)
    np.testing.assert_allclose(fused.scores, [0.6, 0.25], atol=1e-6)


def test_suppression_keeps_the_best_of_a_class_and_leaves_other_classes() -> None:
    kept = suppress(found((0, 0, 10, 10, 0.5, CAR), (1, 0, 11, 10, 0.8, CAR), (0, 0, 10, 10, 0.4, PERSON)), 0.6)
    assert sorted(zip(kept.classes.tolist(), kept.scores.round(2).tolist(), strict=True)) == [
        (PERSON, pytest.approx(0.4)),
        (CAR, pytest.approx(0.8)),
    ]


def one_sample(human: Found, trust: set[int], **more: object) -> Sample:
    return Sample(
        name="one", source="vehicles", group="one", held_out=False, human=human, trust=frozenset(trust), complete=False,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_merging_keeps_people_s_boxes_adds_sure_ones_and_does_not_judge_the_rest(recipe: Recipe) -> None:
    sample = one_sample(found((0, 0, 100, 100, 1, CAR)), {CAR})
    said = found(
        (2, 2, 100, 100, 0.9, TRUCK),  # the labelled car again, by another name
        (200, 0, 260, 100, 0.8, PERSON),  # sure, and nobody labelled it
        (400, 0, 440, 80, 0.3, PERSON),  # half sure
        (500, 0, 540, 80, 0.1, PERSON),  # as good as nothing
    )
    known = merge(sample, said, recipe, (640, 360))
    assert known.labels.classes.tolist() == [CAR, PERSON]
    assert known.regions.tolist() == [[400, 0, 440, 80]] * 2
    assert known.unknown.tolist() == [PERSON, FALLEN]


def test_a_class_that_a_source_does_not_label_is_unknown_in_the_whole_picture(recipe: Recipe) -> None:
    sample = one_sample(found((0, 0, 100, 100, 1, CAR)), {CAR}, unknown=frozenset({SMOKE}))
    known = merge(sample, Found.empty(), recipe, (640, 360))
    assert known.regions.tolist() == [[0, 0, 640, 360]]
    assert known.unknown.tolist() == [SMOKE]


def test_a_motorcycle_may_be_an_ebike_as_well(recipe: Recipe) -> None:
    sample = one_sample(found((10, 10, 60, 60, 1, MOTORCYCLE)), {MOTORCYCLE})
    known = merge(sample, Found.empty(), recipe, (640, 360))
    assert known.labels.classes.tolist() == [MOTORCYCLE]
    assert (known.regions.tolist(), known.unknown.tolist()) == ([[10, 10, 60, 60]], [EBIKE])


def test_label_rows_carry_unknown_regions_behind_the_classes(recipe: Recipe) -> None:
    regions = np.array([[0, 0, 100, 50], [0, 0, 50, 50]], np.float32)
    known = Known(found((0, 0, 50, 25, 1, CAR)), regions, np.array([SMOKE, ANY]))
    rows = label_rows(known, len(recipe.classes), (100, 50)).splitlines()
    assert rows[0] == f"{CAR} 0.250000 0.250000 0.500000 0.500000"
    assert rows[1] == f"{13 + SMOKE} 0.500000 0.500000 1.000000 1.000000"
    assert rows[2].startswith("26 ")


@pytest.mark.parametrize("clockwise", [True, False])
def test_a_turned_picture_keeps_its_box_on_the_thing(clockwise: bool) -> None:
    picture = np.zeros((60, 100, 3), np.uint8)
    picture[10:30, 20:80] = 255
    known = Known(found((20, 10, 80, 30, 1, CAR)), np.zeros((0, 4), np.float32), np.zeros(0, np.int64))
    turned, there = on_its_side(picture, known, clockwise)
    left, top, right, bottom = there.labels.boxes[0].astype(int)
    assert turned.shape == (100, 60, 3)
    assert turned[top:bottom, left:right].min() == 255
    assert turned.astype(int).sum() == turned[top:bottom, left:right].astype(int).sum()


def test_a_thing_laid_into_a_picture_gets_a_box_and_hides_what_is_behind() -> None:
    background = np.full((200, 300, 3), 120, np.uint8)
    thing = CutOut(
        "one", "gas_cylinder", "gas_cylinder", "", np.full((80, 40, 3), 30, np.uint8), np.ones((80, 40), np.float32)
    )
    done = lay(background, thing, Spot(x=150, foot=180, height=100), np.random.default_rng(1))
    assert done is not None
    picture, box = done
    assert box.tolist() == [125, 80, 175, 180]
    assert picture[130, 150].mean() < 100 < picture[20, 20].mean()
    behind = found((130, 100, 170, 170, 1, PERSON), (0, 0, 40, 100, 1, CAR))
    _, labels = compose(background, behind, behind.boxes[:0], [thing], ["person", "x", "y", "gas_cylinder", "car"], [4])
    assert len(labels) <= 3
    assert CAR in labels.classes


def test_a_thing_mostly_outside_is_not_laid() -> None:
    background = np.full((200, 300, 3), 120, np.uint8)
    thing = CutOut("one", "jug", None, "", np.full((80, 40, 3), 30, np.uint8), np.ones((80, 40), np.float32))
    assert lay(background, thing, Spot(x=150, foot=290, height=100), np.random.default_rng(1)) is None


def test_a_rendered_scene_is_held_out_as_a_whole(recipe: Recipe) -> None:
    scenes = [f"rendered_{seed}" for seed in range(5000, 5008)]
    share = recipe["rendered"]["street"]["hold_out"]
    held = {scene for scene in scenes if chance(recipe, "rendered", scene) < share}
    assert held == {"rendered_5004", "rendered_5006", "rendered_5007"}


def test_held_out_pictures_are_written_as_the_evaluator_reads_them(recipe: Recipe, tmp_path: Path) -> None:
    picture = np.zeros((100, 200, 3), np.uint8)
    file = tmp_path / "one.jpg"
    file.touch()
    sample = one_sample(
        found((0, 0, 100, 50, 1, CAR)), {CAR}, measure=frozenset({CAR}), file=file,
        ignore=np.array([[100, 0, 200, 100]], np.float32),
    )  # fmt: skip
    held = HeldOut(Recipe(recipe.values, recipe.shared, work=tmp_path))
    held.add(sample, picture)
    held.finish()
    home = tmp_path / "held" / "vehicles"
    assert yaml.safe_load((home / "data.yaml").read_text(encoding="utf-8"))["labelled"] == ["car"]
    assert (home / "labels" / "one.txt").read_text(encoding="utf-8") == f"{CAR} 0.250000 0.250000 0.500000 0.500000\n"
    assert (home / "ignore" / "one.txt").read_text(encoding="utf-8") == "-1 0.750000 0.500000 0.500000 1.000000\n"


def test_what_a_lent_machine_runs_needs_no_decoder_of_clips() -> None:
    """Such a machine has no PyAV; looks and packs are imported there."""
    names = "scripts.train.pack, scripts.train.looks, scripts.train.gateway, scripts.train.distil"
    code = f"import sys; sys.modules['av'] = None; import {names}"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2], timeout=600)
