"""The tools that train and measure the ground network: labels, pasting, counting."""

import dataclasses
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from scripts.train.ground.pasting import add_decoy, add_pond, spread
from scripts.train.ground.polygons import drawn, paint
from scripts.train.ground.recipe import RECIPE, Recipe, RecipeError
from scripts.train.ground.sources import black_corners, lookup, read, samples_of, split
from scripts.train.ground.textures import add_damage, squares_of

from sharp_eyes.edge.evaluate.segmenters.pixel_tally import Tally

CLASSES = ["vegetation", "soil", "paved", "water", "other"]
VEGETATION, SOIL, PAVED, WATER, OTHER = (1 << k for k in range(5))


@pytest.fixture
def recipe() -> Recipe:
    return Recipe(yaml.safe_load(RECIPE.read_text(encoding="utf-8")), Path("nowhere"))


def made_up(recipe: Recipe, folder: Path, pictures: int = 6) -> Recipe:
    """The recipe with one source: masks 0 and 1, three pictures a group, grey pictures."""
    for name in ("images", "masks"):
        (folder / "data" / "made" / name).mkdir(parents=True)
    lines = ["image,group,origin"]
    for number in range(pictures):
        mask = np.zeros((20, 30), np.uint8)
        mask[10:] = 1
        place = folder / "data" / "made"
        cv2.imwrite(str(place / "images" / f"p{number}.png"), np.full((20, 30, 3), 100, np.uint8))
        cv2.imwrite(str(place / "masks" / f"p{number}.png"), mask)
        lines.append(f"p{number},g{number // 3},x")
    (folder / "data" / "made" / "index.csv").write_text("\n".join(lines), encoding="utf-8")
    source = {"hold_out": {"share": 0.5}, "allow": {0: ["vegetation", "other"], 1: ["paved"]}}
    values = recipe.values | {"sources": {"made": source}}
    return dataclasses.replace(recipe, values=values, shared=folder)


def test_coarse_masks_become_sets_of_allowed_classes(recipe: Recipe) -> None:
    """'Far: buildings and vegetation' may be either; what is not named says nothing."""
    table = lookup(recipe, "idd_lite")
    assert table[5] == VEGETATION | OTHER
    assert table[0] == PAVED | SOIL
    assert table[255] == 0


def test_every_class_the_recipe_allows_is_known(recipe: Recipe) -> None:
    for source in recipe["sources"]:
        assert lookup(recipe, source).max() < 1 << len(recipe.classes)
        assert all(drawn(recipe, source).values()) or not drawn(recipe, source)


def test_groups_never_stand_on_both_sides(recipe: Recipe, tmp_path: Path) -> None:
    own = made_up(recipe, tmp_path, pictures=12)
    parts = split(own, "made")
    sides = [{sample.group for sample in side} for side in (parts.train, parts.held_out)]
    assert len(parts.train) == len(parts.held_out) == 6
    assert not sides[0] & sides[1]
    assert split(own, "made") == parts


def test_a_sample_is_read_as_bit_field(recipe: Recipe, tmp_path: Path) -> None:
    own = made_up(recipe, tmp_path)
    picture, field = read(samples_of(own, "made")[0], own)
    assert picture.shape == (20, 30, 3)
    assert set(field[:10].ravel()) == {VEGETATION | OTHER}
    assert set(field[10:].ravel()) == {PAVED}


def test_a_missing_picture_is_named(recipe: Recipe, tmp_path: Path) -> None:
    own = made_up(recipe, tmp_path)
    (tmp_path / "data" / "made" / "images" / "p1.png").unlink()
    with pytest.raises(RecipeError, match="holds no picture p1"):
        samples_of(own, "made")


def test_polygons_lie_over_the_mask_in_their_order() -> None:
    field = np.full((100, 100), OTHER, np.uint8)
    square = ((20.0, 20.0), (80.0, 20.0), (80.0, 80.0), (20.0, 80.0))
    inner = ((40.0, 40.0), (60.0, 40.0), (60.0, 60.0), (40.0, 60.0))
    painted = paint(field, (("p", square), ("sv", inner)), CLASSES)
    assert painted[10, 10] == OTHER
    assert painted[30, 30] == PAVED
    assert painted[50, 50] == SOIL | VEGETATION


def test_only_dark_areas_at_a_corner_are_black_corners() -> None:
    picture = np.full((40, 60, 3), 120, np.uint8)
    picture[:8, :10] = 0
    picture[20:25, 30:35] = 0
    found = black_corners(picture)
    assert found[:8, :10].all()
    assert found.sum() == 80


def street() -> tuple[Any, Any, Any]:
    """A made-up street: sky above, asphalt with grain below."""
    random = np.random.default_rng(1)
    picture = np.full((120, 200, 3), (230, 200, 160), np.uint8)
    picture[50:] = np.clip(random.normal(110, 12, (70, 200, 1)), 0, 255).astype(np.uint8)
    field = np.full((120, 200), OTHER, np.uint8)
    field[50:] = PAVED
    return random, picture, field


def test_a_pond_turns_paved_ground_into_water_and_touches_nothing_else() -> None:
    random, picture, field = street()
    seen, marked = add_pond(random, picture, field, field == PAVED, WATER)
    assert (marked == WATER).sum() > 30
    assert (field[marked == WATER] == PAVED).all()
    assert (marked[marked != WATER] == field[marked != WATER]).all()
    assert np.abs(seen.astype(int) - picture)[marked == WATER].mean() > 5
    assert (seen[:30] == picture[:30]).all()


def test_a_decoy_changes_the_picture_but_not_what_the_ground_is() -> None:
    random, picture, field = street()
    seen = add_decoy(random, picture, field == PAVED)
    assert (seen != picture).any()
    assert (seen[:30] == picture[:30]).all()


def test_spread_covers_about_the_share_asked_for() -> None:
    random, _, field = street()
    paved = field == PAVED
    shares = [spread(random, paved, 0.4)[paved].mean() for _ in range(10)]
    assert np.mean(shares) == pytest.approx(0.4, abs=0.08)


def test_bare_ground_is_laid_into_greenery_alone() -> None:
    random, picture, field = street()
    field[50:] = VEGETATION
    bank = squares_of(np.full((60, 60, 3), (40, 80, 130), np.uint8), np.ones((60, 60), np.bool_))
    seen, marked = add_damage(random, picture, field, bank, CLASSES)
    assert (marked == SOIL).sum() > 30
    assert (field[marked == SOIL] == VEGETATION).all()
    assert (seen[marked == SOIL] != picture[marked == SOIL]).any()


def test_only_sure_pixels_enter_intersection_over_union() -> None:
    """Worked out by hand: of 4 paved pixels 3 are found, 1 of the others is taken for paved."""
    tally = Tally.empty(5)
    field = np.array([[PAVED] * 4 + [OTHER] * 2 + [PAVED | SOIL] * 3 + [0]], np.uint8)
    given = np.array([[2, 2, 2, 4, 2, 4, 2, 1, 4, 2]], np.uint8)
    tally.add(field, given)
    assert tally.iou(2) == pytest.approx(3 / 5)
    assert tally.recall(2) == pytest.approx(3 / 4)
    assert tally.precision(2) == pytest.approx(3 / 4)
    assert tally.iou(3) is None
    assert tally.consistency == pytest.approx(2 / 3)


def test_tallies_add_up() -> None:
    first, second = Tally.empty(5), Tally.empty(5)
    first.add(np.array([[PAVED]], np.uint8), np.array([[2]], np.uint8))
    second.add(np.array([[PAVED]], np.uint8), np.array([[4]], np.uint8))
    both = first.merge(second)
    assert both.iou(2) == pytest.approx(0.5)
    assert both.pictures[2] == 2
