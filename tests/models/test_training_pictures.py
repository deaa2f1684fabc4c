"""What changes training pictures: turns keep boxes on things, gateways keep sizes, draws keep the recipe's shares."""

import dataclasses
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest
import yaml
from scripts.train import footage, gateway, turning, weather
from scripts.train.boxes import Picture
from scripts.train.looks import chances, turn_all
from scripts.train.recipe import RECIPE, Recipe, RecipeError
from scripts.train.samples import _held_out, whole_picture


@pytest.fixture
def scene() -> Picture:
    """A picture with an even slope and one bright disc."""
    y, x = np.mgrid[:180, :320]
    return np.repeat(((x + y) / 5 + 40).astype(np.uint8)[:, :, None], 3, axis=2)


@pytest.mark.parametrize("degrees", [0, 17, 45, 90, 133, 180, 270])
def test_a_disc_stays_in_its_box_at_any_angle(degrees: float) -> None:
    picture = np.zeros((200, 200, 3), np.uint8)
    y, x = np.mgrid[:200, :200]
    picture[np.hypot(x - 120, y - 90) < 30] = 255
    matrix = turning.turning(200, 200, degrees)
    there = turning.turned(picture, matrix)[:, :, 0] > 128
    rows, columns = np.nonzero(there)
    (box,) = turning.turned_boxes(np.array([[90, 60, 150, 120]], np.float32), matrix, roundness=1.0)
    np.testing.assert_allclose(box, [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], atol=2)


def test_a_plank_s_corners_stay_in_its_box_and_a_rounder_thing_has_a_smaller_one() -> None:
    matrix = turning.turning(200, 200, 45)
    box = np.array([[50, 90, 150, 110]], np.float32)
    corners = np.array([[50, 90], [150, 90], [50, 110], [150, 110]], np.float32) @ matrix[:, :2].T + matrix[:, 2]
    (plank,) = turning.turned_boxes(box, matrix, roundness=0.0)
    np.testing.assert_allclose(plank, [*corners.min(axis=0), *corners.max(axis=0)], atol=0.01)
    (round_thing,) = turning.turned_boxes(box, matrix)
    assert (round_thing[:2] > plank[:2]).all()
    assert (round_thing[2:] < plank[2:]).all()


def test_a_right_angle_swaps_the_sides_of_a_box() -> None:
    matrix = turning.turning(100, 100, 90)
    (box,) = turning.turned_boxes(np.array([[10, 40, 90, 60]], np.float32), matrix, roundness=0.5)
    np.testing.assert_allclose(box, [40, 10, 60, 90], atol=0.01)


def test_the_zoom_to_fit_keeps_every_corner_in_the_picture() -> None:
    corners = np.array([[0, 0], [320, 0], [0, 180], [320, 180]], np.float32)
    for degrees in (10, 45, 90, 200):
        matrix = turning.turning(320, 180, degrees, turning.zoom_to_fit(320, 180, degrees))
        there = corners @ matrix[:, :2].T + matrix[:, 2]
        assert there.min() > -0.1
        assert (there <= np.array([320.1, 180.1])).all()


def test_shares_seen_are_those_of_the_area() -> None:
    boxes = np.array([[0, 0, 10, 10], [-5, 0, 5, 10], [95, 95, 105, 105], [200, 200, 210, 210]], np.float32)
    np.testing.assert_allclose(turning.seen_shares(boxes, 100, 100), [1, 0.5, 0.25, 0], atol=1e-6)


def test_a_thing_laid_on_lies_in_the_box_that_is_told(scene: Picture) -> None:
    crop = np.full((40, 80, 3), 250, np.uint8)
    picture = scene.copy()
    box = turning.lay_oval(picture, crop, 30, (160, 90), 80).round().astype(int)
    changed = np.nonzero((picture != scene).any(axis=2))
    assert box[0] - 2 <= changed[1].min() <= changed[1].max() <= box[2] + 2
    assert box[1] - 2 <= changed[0].min() <= changed[0].max() <= box[3] + 2
    assert changed[1].max() - changed[1].min() > 0.8 * (box[2] - box[0])
    outside = turning.lay_oval(picture.copy(), crop, 0, (900, 900), 40)
    assert outside.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("size", [(180, 320), (181, 319), (64, 64)])
def test_what_a_gateway_sends_keeps_its_size_and_is_coarser(size: tuple[int, int]) -> None:
    random = np.random.default_rng(3)
    picture = random.integers(0, 255, (*size, 3)).astype(np.uint8)
    for number in range(12):
        sent = gateway.as_sent(picture, np.random.default_rng(number))
        assert sent.shape == picture.shape
        assert sent.dtype == np.uint8
    blocky = gateway.h264(picture, 48, "ultrafast")
    assert blocky.shape == picture.shape
    assert np.abs(np.diff(blocky.astype(int), axis=1)).mean() < np.abs(np.diff(picture.astype(int), axis=1)).mean() / 2


def test_a_smeared_strip_lies_above_its_box_and_nowhere_else() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (100, 200, 3)).astype(np.uint8)
    smeared = gateway.smeared(picture, np.random.default_rng(2), (60, 50, 120, 90))
    rows, columns = np.nonzero((smeared != picture).any(axis=2))
    assert 60 <= columns.min() <= columns.max() < 120
    assert rows.max() < 50


@pytest.mark.parametrize("look", weather.LOOKS)
def test_weather_keeps_a_picture_s_size_and_changes_it(look: object, scene: Picture) -> None:
    changed = look(scene, np.random.default_rng(5))  # type: ignore[operator]
    assert changed.shape == scene.shape
    assert changed.dtype == np.uint8
    assert np.abs(changed.astype(int) - scene).mean() > 1


def test_the_recipe_keeps_a_whole_source_or_lift_out_of_each_new_hazard() -> None:
    recipe = Recipe(yaml.safe_load(RECIPE.read_text(encoding="utf-8")), shared=Path("unused"))
    pictures = recipe["pictures"]
    assert pictures["fire_varied"]["hold_out"] == {"share": 1.0}
    assert pictures["gas_photos"]["hold_out"] == {"share": 1.0}
    rule = pictures["ebike_lift"]["hold_out"]
    assert _held_out(recipe, "ebike_lift", rule, "liftA", "")
    assert not _held_out(recipe, "ebike_lift", rule, "liftB", "")
    trained = set(recipe.detector("hazard")["sources"])
    whole = {name for name, settings in pictures.items() if settings["hold_out"].get("share") == 1.0}
    assert {"fire_varied", "fire_roads", "fire_people", "gas_photos"} <= whole
    assert not whole & trained
    for name, stage in recipe.detector("hazard")["stages"].items():
        assert set(stage["draw"]) <= trained, name


def test_smoke_that_a_source_of_fires_does_not_label_is_unknown_there() -> None:
    recipe = Recipe(yaml.safe_load(RECIPE.read_text(encoding="utf-8")), shared=Path("unused"))
    burning = {name: settings for name, settings in recipe["pictures"].items() if "fire" in settings["trust"]}
    assert "fire_web" in burning
    for name, settings in burning.items():
        if settings["hold_out"].get("share") != 1.0:
            assert "smoke" in settings["trust"] or "smoke" in settings.get("unknown", ()), name


def test_a_crop_that_a_thing_fills_has_one_box_around_it() -> None:
    found = whole_picture(9, np.zeros((100, 200, 3), np.uint8))
    assert found.boxes.round().tolist() == [[2, 1, 198, 99]]
    assert found.classes.tolist() == [9]


def test_draws_follow_the_recipe_s_shares_whatever_a_source_s_size() -> None:
    files = [f"/x/fire_smoke-{number}.jpg" for number in range(90)] + ["/x/ebike-1.jpg", "/x/ebike-2.jpg"]
    shares = chances(files, {"fire_smoke": 1, "ebike": 3, "rendered_indoor": 5})
    assert shares.sum() == pytest.approx(1, abs=1e-5)
    assert shares[-2:].sum() == pytest.approx(0.75, abs=1e-5)
    assert chances(files, None) == pytest.approx(1 / 92)


def test_turning_keeps_whole_unknowns_and_makes_a_thing_that_left_the_picture_unknown() -> None:
    picture = np.full((100, 300, 3), 90, np.uint8)
    boxes = np.array([[0, 0, 300, 100], [130, 40, 170, 60], [0, 0, 40, 30]], np.float32)
    kinds = np.array([20, 2, 2])
    lost = 0
    for seed in range(40):
        _, there, now = turn_all(picture, boxes, kinds, 13, np.random.default_rng(seed), 180)
        assert there[0].tolist() == [0, 0, 300, 100]
        assert now[:2].tolist() == [20, 2]
        assert (there >= 0).all()
        lost += len(now) == 2 or now[2] == 15
    assert 0 < lost < 40


def test_half_of_the_footage_s_cameras_are_held_out_as_the_recipe_says() -> None:
    clips = footage.read_list()
    held = {clip.camera for clip in clips if clip.held_out}
    cameras = {clip.camera for clip in clips}
    assert len(held) == pytest.approx(len(cameras) / 2, abs=1)
    recipe = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    assert set(recipe["pictures"]["footage"]["hold_out"]["groups"]) == held
    assert all(len(clip.commit) == 40 and clip.licence and clip.shows for clip in clips)


def test_a_camera_on_both_sides_of_the_split_is_named(tmp_path: Path) -> None:
    clip = {"file": "a.mp4", "camera": "gate", "shows": "a gate"}
    rule = {"commit": "0" * 40, "licence": "none stated", "clips": [clip, {**clip, "held_out": True}]}
    path = tmp_path / "footage.yaml"
    path.write_text(yaml.safe_dump({"repositories": {"one/two": rule}}))
    with pytest.raises(RecipeError, match="gate is both held out"):
        footage.read_list(path)


def test_frames_are_taken_out_of_a_clone_with_their_origin(tmp_path: Path) -> None:
    clone = tmp_path / "clones" / "one+two"
    clone.mkdir(parents=True)
    with av.open(str(clone / "a.mp4"), "w") as film:
        stream = film.add_stream("libx264", rate=4)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for shade in range(0, 240, 10):
            picture = np.full((48, 64, 3), shade, np.uint8)
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        film.mux(stream.encode(None))
    git = ["git", "-C", str(clone), "-c", "user.name=n", "-c", "user.email=n@n"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *words], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    clip = footage.Clip("one/two", commit, "none stated", "a.mp4", "gate", "a gate")
    assert footage.extract([clip], tmp_path / "clones", tmp_path / "out", most=5) == 5
    index = (tmp_path / "out" / "index.csv").read_text().splitlines()
    assert index[1] == f"footage_gate_a_000,gate,one/two@{commit[:7]}:a.mp4"
    assert len(list((tmp_path / "out" / "images").iterdir())) == 5
    with pytest.raises(RecipeError, match=r"holds no b\.mp4"):
        dataclasses.replace(clip, file="b.mp4").read(tmp_path / "clones")
