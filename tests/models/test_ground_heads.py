"""The heads for water and floods are trained on what the shipped ground network sees: its inner values, and labels."""

import dataclasses
import json
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
import yaml
from scripts.train.ground import held_out
from scripts.train.ground.drawing import epoch_list, flooded_share
from scripts.train.ground.floods import auc, interval
from scripts.train.ground.looks import Eye, at, fitted
from scripts.train.ground.recipe import RECIPE, Recipe
from scripts.train.ground.sources import Sample, read, samples_of, split

from sharp_eyes.edge.evaluate.segmenters.masks import open_masks, read_masked

WATER, DRY = 8, 1 | 2 | 4 | 16


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """The recipe with one source of fixed cameras: two flooded, one of them with a polygon, and two dry."""
    values = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    folder = tmp_path / "data" / "rain"
    (folder / "images").mkdir(parents=True)
    names = ["a1", "a2", "b1", "b2"]
    for name in names:
        cv2.imwrite(str(folder / "images" / f"{name}.png"), np.full((40, 60, 3), 90, np.uint8))
    (folder / "index.csv").write_text("image,group,origin\n" + "".join(f"{n},{n[0]},x\n" for n in names))
    (folder / "flooded.csv").write_text("image,flooded\na1,1\na2,1\nb1,0\nb2,0\n")
    square = [[0.0, 0.5], [1.0, 0.5], [1.0, 1.0], [0.0, 1.0]]
    (folder / "water.json").write_text(json.dumps({"pictures": {"a1": [square]}}))
    source = {
        "licence": "none stated",
        "flooded": "flooded.csv",
        "polygons": "water.json",
        "hold_out": {"groups": ["b"]},
        "leave_out": ["b2"],
        "elsewhere": ["vegetation", "soil", "paved", "other"],
    }
    values |= {"sources": {"rain": source}, "training": values["training"] | {"draw": {"rain": 3}, "repeat_rare": {}}}
    return dataclasses.replace(Recipe(values, tmp_path), work=tmp_path / "runs")


def by_name(recipe: Recipe) -> dict[str, Sample]:
    return {sample.picture.stem: sample for sample in samples_of(recipe, "rain")}


def test_a_flooded_picture_says_nothing_beside_its_polygon_and_a_dry_one_that_all_is_dry(recipe: Recipe) -> None:
    """'Flooded' is a word for the whole picture: only what somebody drew is water for sure."""
    samples = by_name(recipe)
    assert set(samples) == {"a1", "a2", "b1"}
    drawn = read(samples["a1"], recipe)[1]
    assert (drawn[:19] == 0).all()
    assert (drawn[21:] == WATER).all()
    assert (read(samples["a2"], recipe)[1] == 0).all()
    assert (read(samples["b1"], recipe)[1] == DRY).all()


def test_a_crop_is_flooded_as_surely_as_it_shows_it(recipe: Recipe) -> None:
    """The word of a source counts with some doubt; a crop that has lost the water of a mask says nothing."""
    samples, doubt = by_name(recipe), recipe["flood"]["doubt"]
    none, all_of_it = np.zeros((40, 60), np.uint8), np.full((40, 60), WATER, np.uint8)
    assert flooded_share(samples["a2"], none, recipe) == pytest.approx(1 - doubt)
    assert flooded_share(samples["b1"], none, recipe) == pytest.approx(doubt)
    masked = dataclasses.replace(samples["a1"], mask=Path("mask.png"))
    assert flooded_share(masked, all_of_it, recipe) == 1
    assert flooded_share(masked, none, recipe) == -1
    assert flooded_share(dataclasses.replace(samples["b1"], flooded=None), none, recipe) == -1


def test_an_epoch_is_as_long_as_the_recipe_draws_and_goes_through_a_source_before_it_repeats(recipe: Recipe) -> None:
    shown = [sample.picture.stem for epoch in range(4) for sample in epoch_list(recipe, epoch, 1.0)]
    assert len(shown) == 12
    assert all({*shown[start : start + 2]} == {"a1", "a2"} for start in range(0, 12, 2))
    assert not {sample.group for sample in split(recipe, "rain").train} & {"b"}


def test_held_out_pictures_reach_the_judge_as_they_were_labelled(recipe: Recipe, tmp_path: Path) -> None:
    """Sets of classes and all; a picture of which nothing is known is not among them."""
    folder = tmp_path / "set"
    assert held_out.write(recipe, "rain", samples_of(recipe, "rain"), folder) == 2
    source = open_masks(folder, recipe.classes)
    found = {one.name: read_masked(source, one) for one in source.pictures}
    assert set(found) == {"a1.png", "b1.png"}
    for name, own in found.items():
        assert isinstance(own, tuple)
        np.testing.assert_array_equal(own[1], read(by_name(recipe)[Path(name).stem], recipe)[1])


def test_the_inner_values_are_those_from_which_the_shipped_network_says_its_classes() -> None:
    """Whoever exports it otherwise has to name them anew."""
    shipped = Path(__file__).resolve().parents[2] / "models" / "ground" / "ground.onnx"
    picture = np.random.default_rng(1).integers(0, 256, (320, 512, 3), np.uint8)
    seen = Eye(shipped, 1).see(picture)
    shapes = {name: value.shape for name, value in seen.items()}
    assert shapes == {"scores": (5, 80, 128), "merged": (96, 40, 64), "middle": (128, 20, 32), "far": (256, 10, 16)}
    told = onnxruntime.InferenceSession(str(shipped)).run(["probabilities"], {"images": picture[None]})[0][0]
    scores = seen["scores"].astype(np.float32)
    grown = np.exp(scores - scores.max(axis=0))
    others = [0, 1, 2, 4]  # the head for water may have changed the score of water
    np.testing.assert_allclose(
        (grown[others] / grown[others].sum(axis=0)), told[others] / told[others].sum(axis=0), atol=0.01
    )


def test_values_between_cells_are_those_of_bilinear_scaling() -> None:
    plane = np.random.default_rng(2).normal(size=(3, 5, 8)).astype(np.float16)
    scaled = np.stack([cv2.resize(one.astype(np.float32), (32, 20), interpolation=cv2.INTER_LINEAR) for one in plane])
    rows, columns = np.divmod(np.arange(20 * 32), 32)
    np.testing.assert_allclose(at(plane, rows, columns, 4), scaled.reshape(3, -1).T, atol=1e-3)


def test_the_whole_picture_lies_in_the_middle_with_its_label() -> None:
    picture, field = np.full((30, 30, 3), 200, np.uint8), np.full((30, 30), WATER, np.uint8)
    seen, marked = fitted(picture, field, 64, 32)
    assert (seen[:, 16:48] == 200).all()
    assert (seen[:, :16] == 114).all()
    assert (marked[:, 16:48] == WATER).all()
    assert not marked[:, 48:].any()


def test_the_area_under_the_curve_counts_pairs_and_ties_as_half() -> None:
    flooded = np.array([True, True, False, False])
    assert auc(np.array([0.9, 0.4, 0.4, 0.1]), flooded) == pytest.approx(3.5 / 4)
    assert auc(np.array([0.9, 0.4]), np.array([True, True])) is None
    found = interval(
        np.array([0.9, 0.8, 0.2, 0.1] * 5), np.array([True, True, False, False] * 5), list("abcdefghij" * 2)
    )
    assert found == (1.0, 1.0)
