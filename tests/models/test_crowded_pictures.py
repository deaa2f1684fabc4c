"""Vehicles side by side and in heaps, small things looked for in tiles, street pictures out of clones."""

import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from scripts.train import more
from scripts.train.boxes import Found, Picture
from scripts.train.crowded import Canvas, crowd, read_fleet
from scripts.train.cutouts import CutOut
from scripts.train.merge import Known
from scripts.train.recipe import RECIPE, Recipe
from scripts.train.teachers import in_tiles, tile_edges, with_small


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """The shipped recipe with a fleet of plain blocks in the place of rendered vehicles."""
    values = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    fleet, things = tmp_path / "fleet", tmp_path / "things"
    fleet.mkdir()
    things.mkdir()
    block = np.full((40, 60, 4), 255, np.uint8)
    kinds = ("car", "car", "bus", "bicycle", "motorcycle")
    rows = ["image,class,view,elevation,azimuth,metres"]
    for view in range(18):
        for number, kind in enumerate(kinds):
            cv2.imwrite(str(fleet / f"{kind}_{view}_{number}.png"), block)
            rows.append(f"{kind}_{view}_{number}.png,{kind},{view},{20 + 4 * view},{20 * view},0.08")
    (fleet / "index.csv").write_text("\n".join(rows), encoding="utf-8")
    rows = ["image,kind,class,elevation"]
    for kind, name in (("bicycle", "bicycle"), ("ebike", "ebike"), ("pram", "")):
        for number in range(18):
            cv2.imwrite(str(things / f"{kind}_1_{number}_0.png"), block)
            rows.append(f"{kind}_1_{number}_0.png,{kind},{name},20")
    (things / "index.csv").write_text("\n".join(rows), encoding="utf-8")
    values["crowded"]["fleet"] = str(fleet)
    values["paste"]["rendered"]["folder"] = str(things)
    return Recipe(values=values, shared=tmp_path)


def nothing() -> Known:
    return Known(Found.empty(), np.zeros((0, 4), np.float32), np.zeros(0, np.int64))


def canvas() -> Canvas:
    return Canvas(np.zeros((200, 300, 3), np.uint8), np.full((200, 300), -1, np.int32))


def block(colour: int = 200) -> CutOut:
    return CutOut("block", "car", "car", "0", np.full((40, 40, 3), colour, np.uint8), np.ones((40, 40), np.float32))


def test_a_car_beside_another_has_a_box_of_its_own_around_what_is_seen(recipe: Recipe) -> None:
    laid = canvas()
    laid.lay(block(), "car", (100, 100), (60, 40), 0)
    laid.lay(block(), "car", (140, 110), (60, 40), 0)
    known = laid.known(recipe, nothing())
    np.testing.assert_allclose(known.labels.boxes, [[70, 80, 130, 120], [110, 90, 170, 130]], atol=1)
    assert known.labels.classes.tolist() == [recipe.number("car")] * 2


def test_a_car_hidden_almost_wholly_is_unknown_and_no_label(recipe: Recipe) -> None:
    laid = canvas()
    laid.lay(block(), "car", (100, 100), (60, 40), 0)
    laid.lay(block(), "car", (110, 104), (70, 44), 0)
    known = laid.known(recipe, nothing())
    assert len(known.labels) == 1
    assert set(known.unknown.tolist()) == set(recipe.numbers(["car", "bus", "truck"]))


def test_what_stood_there_before_goes_where_it_is_hidden(recipe: Recipe) -> None:
    person, far = [80, 85, 100, 115], [10, 10, 30, 60]
    number = recipe.number("person")
    labels = Found(np.array([person, far], np.float32), np.ones(2, np.float32), np.array([number, number]))
    laid = canvas()
    laid.lay(block(), "car", (100, 100), (60, 40), 0)
    known = laid.known(recipe, Known(labels, np.zeros((0, 4), np.float32), np.zeros(0, np.int64)))
    assert [
        box.tolist() for box, kind in zip(known.labels.boxes, known.labels.classes, strict=True) if kind == number
    ] == [far]


def test_crowds_are_the_same_for_a_seed_and_their_boxes_lie_in_the_picture(recipe: Recipe) -> None:
    fleet = read_fleet(recipe, held=False)
    street = np.full((240, 320, 3), 90, np.uint8)
    counts = []
    for number in range(30):
        picture, known = crowd(street, nothing(), fleet, recipe, [1, number])
        again, _ = crowd(street, nothing(), fleet, recipe, [1, number])
        np.testing.assert_array_equal(picture, again)
        assert (known.labels.boxes >= 0).all()
        assert (known.labels.boxes <= [picture.shape[1], picture.shape[0]] * 2).all()
        counts.append(len(known.labels))
    assert max(counts) >= 5
    assert street.max() == 90, "the background itself stays as it was"


def test_no_view_and_no_thing_is_both_trained_on_and_held_out(recipe: Recipe) -> None:
    ours, held = read_fleet(recipe, held=False), read_fleet(recipe, held=True)
    views = [{item.cut.group for view in fleet.views for item in view} for fleet in (ours, held)]
    things = [{item.group for item in (*fleet.singles, *fleet.others)} for fleet in (ours, held)]
    assert views[1]
    assert things[1]
    assert not views[0] & views[1]
    assert not things[0] & things[1]


def test_without_a_rendered_fleet_there_are_no_views(recipe: Recipe, tmp_path: Path) -> None:
    recipe.values["crowded"]["fleet"] = str(tmp_path / "none")
    assert read_fleet(recipe, held=False).views == []


def test_tiles_cover_a_side_and_overlap() -> None:
    assert tile_edges(700, 2, 0.25) == [(0, 400), (300, 700)]
    assert tile_edges(640, 1, 0.25) == [(0, 640)]


class Bright:
    """A detector that finds the one bright block of a picture."""

    def find(self, picture: Picture) -> Found:
        rows, columns = np.nonzero(picture[:, :, 0] > 128)
        if not len(rows):
            return Found.empty()
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        return Found(np.array([box], np.float32), np.array([0.9], np.float32), np.array([0]))


def test_a_thing_in_the_overlap_of_tiles_is_found_once_and_whole() -> None:
    picture = np.zeros((350, 700, 3), np.uint8)
    picture[160:180, 330:345] = 255  # in all four tiles
    picture[:, 600:] = 0
    found = in_tiles(Bright(), picture, 2, 0.25)  # type: ignore[arg-type]
    np.testing.assert_allclose(found.boxes, [[330, 160, 345, 180]])


def test_a_thing_that_a_tile_s_inner_edge_cuts_is_left_to_the_tile_that_holds_it() -> None:
    picture = np.zeros((350, 700, 3), np.uint8)
    picture[20:40, 380:420] = 255  # the left tile ends at 400
    found = in_tiles(Bright(), picture, 2, 0.25)  # type: ignore[arg-type]
    np.testing.assert_allclose(found.boxes, [[380, 20, 420, 40]])


def test_a_close_look_adds_what_is_small_and_raises_what_was_doubted() -> None:
    whole = Found(
        np.array([[0, 0, 10, 20], [100, 0, 200, 150]], np.float32), np.array([0.2, 0.9], np.float32), np.array([0, 1])
    )
    boxes = np.array([[0, 0, 10, 21], [50, 50, 58, 66], [0, 0, 90, 150]], np.float32)
    near = Found(boxes, np.array([0.8, 0.6, 0.9], np.float32), np.array([0, 0, 0]))
    found = with_small(whole, near, largest=40, trust=0.5, overlap=0.55)
    np.testing.assert_allclose(found.scores, [0.4, 0.9, 0.3])
    np.testing.assert_allclose(found.boxes[2], [50, 50, 58, 66])


def test_copies_of_one_picture_are_a_group_and_only_some_are_taken() -> None:
    names = ["a/x_jpg.rf.1.jpg", "a/x_jpg.rf.2.jpg", "a/x_jpg.rf.3.jpg", "a/y_jpg.rf.4.jpg", "a/notes.txt"]
    assert more.chosen(names, "^(.+?)_jpg", 2) == [(names[0], "x"), (names[1], "x"), (names[3], "y")]


def test_pictures_and_labels_are_taken_out_of_a_clone(tmp_path: Path) -> None:
    clone = tmp_path / "clones" / "some+streets"
    for kind, name, data in (
        ("images", "x_jpg.rf.1.jpg", b"picture"),
        ("labels", "x_jpg.rf.1.txt", b"0 0.5 0.5 1 1\n"),
    ):
        (clone / kind).mkdir(parents=True)
        (clone / kind / name).write_bytes(data)
    for words in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "pictures"],
    ):
        subprocess.run(["git", "-C", str(clone), *words], check=True)
    commit = subprocess.run(["git", "-C", str(clone), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    rule = {
        "commit": commit.stdout.strip(),
        "as": "streets",
        "pictures": "images",
        "labels": "labels",
        "of": "^(.+?)_jpg",
        "most": 1,
    }
    assert more.lay("some/streets", rule, tmp_path / "clones", tmp_path / "out") == 1
    assert (tmp_path / "out" / "streets" / "images" / "streets_00000.jpg").read_bytes() == b"picture"
    assert (tmp_path / "out" / "streets" / "labels" / "streets_00000.txt").read_text() == "0 0.5 0.5 1 1\n"
    assert ",x,some/streets@" in (tmp_path / "out" / "streets" / "index.csv").read_text()
