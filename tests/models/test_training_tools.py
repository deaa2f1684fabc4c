"""What the detector's labels and figures rest on: fusing, merging, the split by scene, average precision."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from scripts.train.boxes import Found, fuse, suppress
from scripts.train.build_data import merge, training_list
from scripts.train.measures import Tally
from scripts.train.recipe import RECIPE, ROOT, Recipe
from scripts.train.samples import Sample, chance

PERSON, CAR, TRUCK = 0, 3, 5


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


def test_merging_keeps_people_s_boxes_adds_sure_ones_and_doubts_the_rest(recipe: Recipe) -> None:
    sample = Sample(
        name="one",
        source="vehicles",
        group="one",
        held_out=False,
        human=found((0, 0, 100, 100, 1, CAR)),
        trust=frozenset({CAR}),
        complete=False,
    )
    said = found(
        (2, 2, 100, 100, 0.9, TRUCK),  # the labelled car again, by another name
        (200, 0, 260, 100, 0.8, PERSON),  # sure, and nobody labelled it
        (400, 0, 440, 80, 0.3, PERSON),  # half sure
        (500, 0, 540, 80, 0.1, PERSON),  # as good as nothing
    )
    labels, doubtful = merge(sample, said, recipe)
    assert labels.classes.tolist() == [CAR, PERSON]
    assert doubtful.boxes.tolist() == [[400, 0, 440, 80]]


def test_a_rendered_scene_is_held_out_as_a_whole(recipe: Recipe) -> None:
    scenes = [f"rendered_{seed}" for seed in range(5000, 5008)]
    held = {scene for scene in scenes if chance(recipe, "rendered", scene) < recipe["rendered"]["hold_out"]}
    assert held == {"rendered_5004", "rendered_5006", "rendered_5007"}


def test_rendered_pictures_stand_several_times_in_the_list(recipe: Recipe, tmp_path: Path) -> None:
    folder = tmp_path / "train" / "images"
    folder.mkdir(parents=True)
    for name in ("rendered-street_5000_0.jpg", "vehicles-1.jpg"):
        (folder / name).touch()
    lines = training_list(recipe, tmp_path)
    assert lines.count("./train/images/rendered-street_5000_0.jpg") == recipe["rendered"]["repeat"] > 1
    assert lines.count("./train/images/vehicles-1.jpg") == 1


def test_average_precision_of_a_case_worked_by_hand() -> None:
    """Hit, miss, hit over three objects: 1/3 at precision 1, another third at 2/3, the last never found."""
    tally = Tally()
    truth = found((0, 0, 10, 10, 1, CAR), (50, 50, 60, 60, 1, CAR), (90, 90, 99, 99, 1, CAR))
    seen = found((0, 0, 10, 10, 0.9, CAR), (20, 20, 30, 30, 0.8, CAR), (50, 50, 60, 60, 0.2, CAR))
    tally.add(seen, truth)
    assert tally.average_precision() == pytest.approx(1 / 3 + (2 / 3) / 3)
    assert tally.at(0.35) == pytest.approx((0.5, 1 / 3))
    assert tally.pictures == 1


def test_a_box_found_twice_counts_once() -> None:
    tally = Tally()
    tally.add(found((0, 0, 10, 10, 0.9, CAR), (0, 0, 10, 10, 0.8, CAR)), found((0, 0, 10, 10, 1, CAR)))
    assert tally.at(0.5) == (0.5, 1.0)


def test_the_manifest_names_every_source_of_the_recipe(recipe: Recipe) -> None:
    manifest = yaml.safe_load((ROOT / "models" / "street" / "manifest.yaml").read_text(encoding="utf-8"))
    trained = {name for name, clip in recipe["clips"].items() if clip["hold_out"] < 1.0}
    named = {source["name"]: source for source in manifest["sources"] if source["pictures"]}
    assert set(named) == trained | set(recipe["pictures"]) | {"rendered"}
    assert all(source["licence"] for source in named.values())
    assert manifest["version"] == recipe["version"]
