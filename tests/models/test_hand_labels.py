"""The hand-made labels can be read, and a mistake in them is named."""

from pathlib import Path

import pytest
from scripts.train import labels

LOOK_ALIKES = {"jug", "oxygen_bottle"}
CLASSES = {
    "person", "bicycle", "ebike", "motorcycle", "car", "bus", "truck", "smoke", "fire", "gas_cylinder", "garbage",
    "garbage_overflow", "fallen_person",
}  # fmt: skip


@pytest.mark.parametrize("source", labels.sources())
def test_every_file_is_sound(source: str) -> None:
    read = labels.read(source)
    assert read.source == source
    assert read.pictures or read.same
    assert read.trust <= CLASSES | LOOK_ALIKES
    for picture, label in read.pictures.items():
        names = {box.name for box in label.boxes or ()}
        assert names <= read.trust, (
            f"{picture}: {names - read.trust} is not among the classes the file can be trusted in"
        )
        assert not label.skip or label.note, f"{picture}: skipped without a reason"


@pytest.mark.parametrize("source", labels.sources())
def test_no_group_is_both_trained_on_and_held_out(source: str) -> None:
    sides: dict[str, set[bool]] = {}
    for label in labels.read(source).pictures.values():
        if label.group is not None and label.held_out is not None:
            sides.setdefault(label.group, set()).add(label.held_out)
    assert all(len(side) == 1 for side in sides.values())


def test_the_ebike_pictures_are_halved_with_the_bicycle_among_the_held_out() -> None:
    read = labels.read("ebike")
    halves = [label.held_out for label in read.pictures.values()]
    assert (halves.count(True), halves.count(False)) == (10, 10)
    boxes = read.label("ebike_00008").boxes or ()
    assert [box.name for box in boxes] == ["bicycle", "person"]


def write(folder: Path, text: str) -> None:
    (folder / "some.yaml").write_text(text, encoding="utf-8")


def test_a_picture_that_is_not_named_falls_back(tmp_path: Path) -> None:
    write(tmp_path, "source: some\nsame: {one: [a, 7]}\npictures: {p1: {group: mine, boxes: []}}\n")
    read = labels.read("some", tmp_path)
    assert read.label("p1").boxes == ()
    assert read.label("p2").boxes is None
    assert [read.group("p1", "a"), read.group("p2", "7"), read.group("p2", "b")] == ["mine", "one", "b"]


def test_groups_by_number_carry_their_side_of_the_split(tmp_path: Path) -> None:
    write(tmp_path, "groups: {a: [1, 2], b: [3]}\nheld_out: [b]\npictures: {some_00002: {boxes: []}}\n")
    read = labels.read("some", tmp_path)
    assert {name: (label.group, label.held_out) for name, label in read.pictures.items()} == {
        "some_00001": ("a", False),
        "some_00002": ("a", False),
        "some_00003": ("b", True),
    }
    assert read.label("some_00002").boxes == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("groups: {a: [1], b: [1]}", "some_00001 stands in the groups a and b"),
        ("groups: {a: [1]}\nheld_out: [c]", "held_out names c"),
        ("pictures: {p1: {boxes: [[car, 0.1, 0.1, 1.2, 0.4]]}}", r"p1: \[0.1, 0.1, 1.2, 0.4\] is not .* shares"),
        ("pictures: {p1: {boxes: [[car, 0.5, 0.1, 0.2, 0.4]]}}", "p1: .* no area"),
        ("pictures: {p1: {boxes: [[0.5, 0.1, 0.7, 0.4]]}}", r"p1: .* is not \[class"),
        ("pictures: {p1: {box: []}}", "p1: unknown key box"),
        ("same: {one: [a], two: [a]}", "`a` stands in two groups"),
        ("[1, 2]", "holds no mapping"),
        ("a: [", "is not YAML"),
    ],
)
def test_a_mistake_names_file_and_picture(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, text)
    with pytest.raises(labels.LabelError, match=said) as caught:
        labels.read("some", tmp_path)
    assert str(tmp_path / "some.yaml") in str(caught.value)


def test_a_source_without_labels_names_those_that_have(tmp_path: Path) -> None:
    with pytest.raises(labels.LabelError, match=r"not found; .*ebike"):
        labels.read("nothing", tmp_path)


def test_what_a_clip_shows_at_a_second(tmp_path: Path) -> None:
    (tmp_path / "clips.yaml").write_text("clips: {a: [[fire, 2, 3.5]], b: [], c: [[fire, 3, 2]]}", encoding="utf-8")
    assert labels.seen_at("a", 2.0, tmp_path) == {"fire"}
    assert labels.seen_at("a", 3.6, tmp_path) == frozenset()
    assert labels.sightings("b", tmp_path) == ()
    with pytest.raises(labels.LabelError, match="`d` was not looked at"):
        labels.sightings("d", tmp_path)
    with pytest.raises(labels.LabelError, match=r"c: .* start before end"):
        labels.sightings("c", tmp_path)


def test_the_clips_that_count_false_finds_were_looked_at() -> None:
    assert labels.seen_at("cctv_normal/nofi052", 1.0) == {"fallen_person", "garbage"}
    for clip in ("corridor", "stairwell_night", "street_queue", "indoor_person", "shared_bikes_riding"):
        names = {thing.name for thing in labels.sightings(clip)}
        assert not names & {"fire", "smoke", "gas_cylinder", "ebike"}
