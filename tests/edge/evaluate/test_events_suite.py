"""Suites and other settings: what is accepted, and what the errors name."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.edge.evaluate.events_makers import (
    ZONE,
    entry,
    film,
    must,
    parking,
    perimeter,
    trap,
    write_suite,
    write_truth,
)

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.overrides import overridden, read_overrides
from sharp_eyes.edge.evaluate.events.suite import load_suites
from sharp_eyes.edge.evaluate.events.variants import variants_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        film(tmp_path / f"{name}.mp4", [], 4)
    return tmp_path


def test_our_own_suite_is_in_order() -> None:
    """Every clip, its truth and its camera's settings; each scene has something to find."""
    suite = load_suites([ROOT / "media" / "suite"])
    assert {clip.kind for clip in suite.clips} == {"rendered"}
    for clip in suite.clips:
        assert any(event.expected for event in clip.expected), clip.name


def test_truth_beside_the_clip_or_in_the_suite(folder: Path) -> None:
    write_truth(folder / "one.json", [must(1, 2), trap(3, 4, "a queue")])
    first = {**entry("one.mp4", []), "truth": "one.json"}
    del first["events"]
    second = entry("two.mp4", [must(2, 3, grade="serious")], start_time="2026-03-01T22:00:00Z")
    suite = load_suites([write_suite(folder, first, second)])
    assert [(one.start, one.end, one.expected) for one in suite.clips[0].expected] == [(1, 2, True), (3, 4, False)]
    assert suite.clips[1].expected[0].grade == "serious"
    assert suite.clips[1].start_time == 1772402400.0


def test_recordings_may_lie_elsewhere(folder: Path, tmp_path: Path) -> None:
    away = tmp_path / "recordings"
    away.mkdir()
    (folder / "one.mp4").rename(away / "one.mp4")
    path = write_suite(folder, entry("one.mp4", []))
    assert load_suites([path], recordings=away).clips[0].path == away / "one.mp4"
    with pytest.raises(ConfigError, match=r"one\.mp4.*no such file"):
        load_suites([path])


def test_only_what_is_chosen_is_taken_and_checked(folder: Path) -> None:
    broken = entry("missing.mp4", [], {"scene": "no_such_scene"})
    path = write_suite(folder, entry("one.mp4", []), entry("two.mp4", [], perimeter()), broken)
    assert [clip.name for clip in load_suites([path], ["two"]).clips] == ["two"]
    assert [clip.name for clip in load_suites([path], ["illegal_parking"]).clips] == ["one"]
    with pytest.raises(ConfigError, match="there are one, illegal_parking, two"):
        load_suites([path], ["three"])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"camera": {"id": "one", "scenes": [parking(dwel=3)]}}, ["clip one.mp4", "scenes.0", "dwel", "unknown key"]),
        ({"camera": {"id": "one", "scenes": []}}, ["clip one.mp4", "scenes", "at least one"]),
        ({"camera": {"id": "one", "source": {}, "scenes": [parking()]}}, ["camera.source", "the source is the clip"]),
        ({"events": [must(1, 2, zone="nowhere")]}, ["events.0", "nowhere", "illegal_parking kerb"]),
        ({"events": [{**must(1, 2), "expected": False}]}, ["events", "0", "why"]),
        ({"events": [must(3, 2)]}, ["'to' (2) lies before 'from' (3)"]),
        ({"events": [{"scene": "smoke"}]}, ["0.zone", "0.from", "0.expected"]),
        ({"truth": "one.json"}, ["clips.0", "either 'truth'"]),
        ({"kind": "drawn"}, ["clips.0.kind"]),
        ({"clip": "gone.mp4"}, ["gone.mp4", "no such file"]),
    ],
)
def test_an_error_names_file_clip_and_key(folder: Path, changes: dict[str, Any], words: list[str]) -> None:
    path = write_suite(folder, {**entry("one.mp4", []), **changes})
    with pytest.raises(ConfigError) as caught:
        load_suites([path])
    for word in [str(path), *words]:
        assert word in str(caught.value)


def test_a_broken_truth_names_itself(folder: Path) -> None:
    raw = {**entry("one.mp4", []), "truth": "one.json"}
    del raw["events"]
    path = write_suite(folder, raw)
    slip = must(1, 2) | {"from": float("nan")}
    for content, words in (
        ("{", "no valid JSON"),
        ("[]", "'events'"),
        ('{"events": [{}]}', "0.scene"),
        (json.dumps({"events": [slip]}), "0.from"),
    ):
        (folder / "one.json").write_text(content, encoding="utf-8")
        with pytest.raises(ConfigError, match=r"one\.json") as caught:
            load_suites([path])
        assert words in str(caught.value)


def test_a_clip_stands_once(folder: Path) -> None:
    with pytest.raises(ConfigError, match="'one' stands twice"):
        load_suites([write_suite(folder, entry("one.mp4", []), entry("one.mp4", []))])


def test_other_settings_replace_and_merge(folder: Path) -> None:
    """A camera's own go before those for all; grades are merged; everything else stays."""
    suite = load_suites(
        [write_suite(folder, entry("one.mp4", [], parking(grades={"serious": 9})), entry("two.mp4", []))]
    )
    path = folder / "other.yaml"
    content = {
        "scenes": {"illegal_parking": {"dwell": 5}},
        "cameras": {"one": {"illegal_parking": {"dwell": 7, "grades": {"major": 20}}}},
    }
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    one, two = (overridden(clip, read_overrides(path), "other.yaml").scenes[0] for clip in suite.clips)
    assert (getattr(one, "dwell", 0), getattr(two, "dwell", 0)) == (7, 5)
    assert (one.grades.serious, one.grades.major, two.grades.serious) == (9, 20, None)
    zones: Any = getattr(one, "zones", None)
    assert zones[0].polygon[0] == tuple(ZONE[0])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"scenes": {"smoke": {"dwell": 3}}}, "scenes.smoke: no clip"),
        ({"cameras": {"nine": {"illegal_parking": {"dwell": 3}}}}, "cameras.nine.illegal_parking"),
        ({"scenes": {"illegal_parking": {"dwel": 3}}}, "dwel: unknown key"),
        ({"model": {"thresholds": {"car": 2}}}, "thresholds"),
        ({"scenery": {}}, "scenery: unknown key"),
    ],
)
def test_settings_that_would_change_nothing_are_an_error(folder: Path, content: dict[str, Any], words: str) -> None:
    suite = load_suites([write_suite(folder, entry("one.mp4", []))])
    path = folder / "other.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        [variant.clip(suite.clips[0]) for variant in variants_of([], [f"other={path}"], suite, "onnxruntime")]
    assert words in str(caught.value)
    assert str(path) in str(caught.value)
