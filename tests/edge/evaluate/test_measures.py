"""The figures, on cases small enough to work out by hand."""

import numpy as np
import pytest
from tests.edge.evaluate.makers import HEIGHT, WIDTH, Box, Found, looks, measured, model, picture, source

from sharp_eyes.edge.evaluate.detectors.average_precision import (
    Tally,
    average_precision,
    curve_of,
    intervals,
    share_interval,
)
from sharp_eyes.edge.evaluate.detectors.labelled import EVERY_CLASS, LabelledPicture
from sharp_eyes.edge.evaluate.detectors.metrics import false_frames_of, matches_of

ONE, TWO, THREE = (10, 10, 50, 50), (100, 10, 140, 50), (60, 60, 90, 90)
ELSEWHERE = (150, 60, 190, 95)


def test_average_precision_by_hand() -> None:
    """Hit, false alarm, hit of three objects: precision 1 up to recall 1/3, then 2/3 up to 2/3, then nothing.

    101 recalls: 34 of them (0.00 to 0.33) read 1, 33 (0.34 to 0.66) read 2/3: (34 + 22) / 101.
    """
    pictures = [picture("a", [(ONE, "car"), (TWO, "car")]), picture("b", [(THREE, "car")])]
    found: list[list[Found]] = [[(0.9, ONE, "car"), (0.7, TWO, "car")], [(0.8, ELSEWHERE, "car")]]
    figures = measured(["car"], [(source("s", ["car"], pictures), found)]).classes["car"]
    assert figures.ap50 == pytest.approx(56 / 101, abs=1e-4)
    assert figures.ap50_95 == pytest.approx(56 / 101, abs=1e-4)
    assert (figures.hits, figures.false_alarms, figures.misses) == (2, 1, 1)
    assert figures.precision == pytest.approx(2 / 3, abs=1e-4)
    assert figures.recall == pytest.approx(2 / 3, abs=1e-4)
    assert figures.f1 == pytest.approx(2 / 3, abs=1e-4)


def test_a_loose_box_counts_at_low_overlaps_only() -> None:
    """A box that shares 0.775 of its union counts at 0.5, 0.55 … 0.75: six of the ten overlaps."""
    pictures = [picture("a", [((0, 0, 40, 40), "car"), (TWO, "car")]), picture("b", [(THREE, "car")])]
    found: list[list[Found]] = [[(0.7, (0, 0, 40, 31), "car"), (0.9, TWO, "car")], [(0.8, ELSEWHERE, "car")]]
    figures = measured(["car"], [(source("s", ["car"], pictures), found)]).classes["car"]
    assert figures.ap50 == pytest.approx(56 / 101, abs=1e-4)
    assert figures.ap50_95 == pytest.approx((6 * 56 + 4 * 34) / 1010, abs=1e-4)


def test_a_perfect_and_a_blind_model() -> None:
    """Everything found gives ones; nothing found gives zeros, and no precision at all."""
    own = source(
        "s", ["car", "person"], [picture("a", [(ONE, "car"), (THREE, "person")]), picture("b", [(TWO, "car")])]
    )
    perfect = measured(["car", "person"], [(own, [[(0.9, ONE, "car"), (0.8, THREE, "person")], [(0.9, TWO, "car")]])])
    for figures in perfect.classes.values():
        assert (figures.ap50, figures.ap50_95, figures.precision, figures.recall, figures.f1) == (1, 1, 1, 1, 1)
        assert (figures.false_alarms, figures.misses, figures.false_frames) == (0, 0, 0)
    assert perfect.mean.ap50 == 1
    blind = measured(["car", "person"], [(own, [[], []])])
    for figures in blind.classes.values():
        assert (figures.ap50, figures.ap50_95, figures.recall, figures.f1) == (0, 0, 0, 0)
        assert figures.precision is None
    assert blind.mean.recall == 0
    assert [row[-1] for row in blind.confusion.counts] == [2, 1, 0]


def test_each_class_has_its_own_threshold() -> None:
    """A detection below its class's threshold is none; the threshold itself still counts."""
    own = source("s", ["car", "person"], [picture("a", [(ONE, "car"), (THREE, "person")])])
    found: list[list[Found]] = [[(0.5, ONE, "car"), (0.5, THREE, "person")]]
    table = measured(["car", "person"], [(own, found)], {"car": 0.5, "person": 0.51})
    assert table.classes["car"].recall == 1
    assert table.classes["person"].recall == 0
    assert table.classes["person"].ap50 == 1


def test_a_source_is_judged_only_on_what_it_labels() -> None:
    """Persons found where nobody labelled persons are neither right nor wrong; bicycles there are judged."""
    partial = source("partial", ["bicycle"], [picture("a", [(ONE, "bicycle")])])
    whole = source("whole", ["bicycle", "person"], [picture("b", [(TWO, "person")])])
    found: list[list[Found]] = [[(0.9, ONE, "bicycle"), (0.9, TWO, "person")]]
    table = measured(["bicycle", "person"], [(partial, found), (whole, [[(0.9, TWO, "person")]])])
    assert table.classes["person"].pictures == 1
    assert table.classes["person"].false_alarms == 0
    assert table.classes["bicycle"].pictures == 2
    alone = measured(["bicycle", "person"], [(partial, found)])
    assert list(alone.classes) == ["bicycle"]
    assert alone.confusion.columns == ["bicycle", "background"]


@pytest.mark.parametrize("region", ["car", EVERY_CLASS])
def test_an_ignore_region_neither_rewards_nor_punishes(region: str) -> None:
    """A detection half inside is left out, the picture is no negative, and another class is not covered."""
    wide = (90, 0, 200, 100)
    own = source("s", ["car", "person"], [picture("a", [(ONE, "car")], [(wide, region)]), picture("b")])
    found: list[list[Found]] = [[(0.9, TWO, "car"), (0.8, ONE, "car"), (0.7, TWO, "person")], []]
    table = measured(["car", "person"], [(own, found)])
    car, person = table.classes["car"], table.classes["person"]
    assert (car.ap50, car.precision, car.false_alarms, car.negatives) == (1, 1, 0, 1)
    assert person.false_alarms == (1 if region == "car" else 0)
    assert person.negatives == (2 if region == "car" else 1)


def test_false_frames_are_counted_by_picture_not_by_box() -> None:
    """Three boxes in one of four empty pictures: one false frame, 50 in 200."""
    own = source("s", ["car"], [picture("a", [(ONE, "car")]), *(picture(name) for name in "bcde")])
    wrong: list[Found] = [(0.9, ONE, "car"), (0.8, TWO, "car"), (0.7, THREE, "car")]
    figures = measured(["car"], [(own, [[(0.9, ONE, "car")], wrong, [(0.2, ONE, "car")], [], []])]).classes["car"]
    assert (figures.negatives, figures.false_frames, figures.false_frames_per_200) == (4, 1, 50.0)


def test_false_frames_of_looks_without_objects() -> None:
    """Per class, and once a look for any of them."""
    classes = ["smoke", "fire", "car"]
    none = source("clip", ["smoke", "fire"], [picture(str(number)) for number in range(8)])
    both: list[Found] = [(0.9, ONE, "smoke"), (0.9, TWO, "fire"), (0.9, THREE, "car")]
    found = looks(classes, [both, [(0.9, ONE, "fire")], *([[(0.9, THREE, "car")]] * 6)])
    frames = false_frames_of(model(*classes), [(none, found)], dict.fromkeys(classes, 0.5))
    assert frames.classes == {"smoke": 1, "fire": 2}
    assert (frames.looks, frames.any, frames.any_per_200) == (8, 2, 50.0)
    assert frames.per_200 == {"smoke": 25.0, "fire": 50.0}


def test_recall_by_height_in_the_networks_input() -> None:
    """The input is twice the picture: 10 px are 20, 40 px are 80; a band without objects is left out."""
    things = [((0, 0, 10, 10), "car"), ((50, 0, 60, 10), "car"), (ONE, "car"), ((100, 0, 199, 99), "car")]
    found: list[list[Found]] = [[(0.9, (0, 0, 10, 10), "car"), (0.9, ONE, "car"), (0.2, (100, 0, 199, 99), "car")]]
    bands = measured(["car"], [(source("s", ["car"], [picture("a", things)]), found)]).classes["car"].by_height
    assert [(band.at_least, band.below, band.hits, band.objects) for band in bands] == [
        (16, 32, 1, 2),
        (64, 128, 1, 1),
        (128, None, 0, 1),
    ]


def test_no_false_frame_in_few_looks_is_no_proof() -> None:
    """Wilson's interval: 0 of 10 leaves up to 55.5 in 200 open, 0 of 1000 no more than 0.8; 5 of 10 is even."""
    assert share_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert 200 * share_interval(0, 1000)[1] < 0.8
    low, high = share_interval(5, 10)
    assert low + high == pytest.approx(1)
    assert low == pytest.approx(0.2366, abs=1e-4)
    assert share_interval(0, 0) == (0.0, 1.0)


def test_confusion_names_what_is_taken_for_what() -> None:
    """A bus taken for a truck, a jug (no class of the model) for a cylinder, a miss, and a false alarm."""
    classes = ["bus", "truck", "gas_cylinder"]
    things = [(ONE, "bus"), (TWO, "jug"), (THREE, "truck")]
    own = source("s", [*classes, "jug"], [picture("a", things)])
    found: list[list[Found]] = [[(0.9, ONE, "truck"), (0.8, TWO, "gas_cylinder"), (0.7, ELSEWHERE, "bus")]]
    confusion = measured(classes, [(own, found)]).confusion
    assert confusion.rows == ["bus", "truck", "gas_cylinder", "jug", "background"]
    assert confusion.foreign == ["jug"]
    assert confusion.counts == [
        [0, 1, 0, 0],  # the bus is taken for a truck
        [0, 0, 0, 1],  # the truck is not found
        [0, 0, 0, 0],
        [0, 0, 1, 0],  # the jug is taken for a cylinder
        [1, 0, 0, 0],  # a bus where there is nothing
    ]


def scattered(seed: int, pictures: int = 30) -> tuple[list[LabelledPicture], list[list[Found]]]:
    """Objects at random, most of them found, some loosely, with false alarms and crowds."""
    draw = np.random.default_rng(seed)
    truths: list[LabelledPicture] = []
    found: list[list[Found]] = []
    for number in range(pictures):
        objects: list[tuple[Box, str]] = []
        crowds: list[tuple[Box, str]] = []
        mine: list[Found] = []
        for _ in range(draw.integers(0, 5)):
            x, y = draw.uniform(0, WIDTH - 60), draw.uniform(0, HEIGHT - 50)
            box = (x, y, x + draw.uniform(10, 50), y + draw.uniform(10, 45))
            (crowds if draw.random() < 0.2 else objects).append((box, "car"))
            if draw.random() < 0.8:
                x1, y1, x2, y2 = np.array(box) + draw.normal(0, 4, 4)
                mine.append((float(np.float32(draw.uniform(0.05, 1))), (x1, y1, x2, y2), "car"))
        for _ in range(draw.integers(0, 3)):
            x, y = draw.uniform(0, WIDTH - 60), draw.uniform(0, HEIGHT - 50)
            mine.append((float(np.float32(draw.uniform(0.01, 0.7))), (x, y, x + 30, y + 30), "car"))
        truths.append(picture(f"{number}", objects, crowds, group=f"{number // 3}"))
        found.append(mine)
    return truths, found


@pytest.mark.parametrize("seed", range(6))
def test_our_matching_agrees_with_the_library(seed: int) -> None:
    """The same detections are right: average precision from our matches is the library's, crowds included."""
    truths, found = scattered(seed)
    own = source("s", ["car"], truths)
    seen = list(matches_of(model("car"), [(own, looks(["car"], found))], "car"))
    scores = np.concatenate([view.matches.scores[view.matches.met != -2] for view in seen])
    right = np.concatenate([view.matches.met[view.matches.met != -2] >= 0 for view in seen]).astype(np.float64)
    order = np.argsort(-scores, kind="stable")
    objects = np.array([float(sum(view.matches.objects for view in seen))])
    tally = Tally(scores[order], right[order], np.zeros(len(order), np.int64), objects)
    library = curve_of([view.judgement for view in seen])
    assert 0.2 < library.ap50 < 0.95
    assert average_precision(tally, np.ones(1)) == pytest.approx(library.ap50, abs=1e-9)


def test_an_interval_tells_a_small_set_from_a_large_one() -> None:
    """The same rate from ten times the groups is surer; fifty frames of one place are one place; no dice."""

    def tally(groups: int, frames: int) -> Tally:
        draw = np.random.default_rng(3)
        group = np.repeat(np.arange(groups), frames)
        return Tally(
            scores=np.linspace(1, 0.6, len(group)),
            right=(draw.random(groups) < 0.7).astype(np.float64)[group],
            group=group,
            objects=np.full(groups, float(frames)),
        )

    (_, few), (_, many), (_, repeated) = (intervals(tally(*size), 0.5) for size in ((10, 1), (100, 1), (10, 50)))
    assert few is not None
    assert many is not None
    assert repeated is not None
    assert many[1] - many[0] < 0.5 * (few[1] - few[0])
    assert repeated == few
    assert intervals(tally(10, 1), 0.5)[1] == few
    assert intervals(tally(1, 50), 0.5) == (None, None)
