"""What people judged at a hub becomes verdicts for tuning, a data set for the judge, and a source of the recipe."""

import csv
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from scripts.train.recipe import RECIPE, Recipe
from scripts.train.samples import everything
from tests.edge.command import open_to_others, usual_umask
from typer.testing import CliRunner

from sharp_eyes.edge.cli import app
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.verdicts import read_verdicts
from sharp_eyes.edge.lessons.from_hub import read_lessons, write_data_set

BOX = [0.25, 0.25, 0.5, 0.75]


def lesson(number: int, verdict: str, **changes: Any) -> dict[str, Any]:
    picture = {"full": {"file": f"pictures/e{number}-full.jpg", "sha256": "0" * 64}}
    usual = {
        "event_id": f"e{number}", "verdict": verdict, "reason": "shadow" if verdict == "false" else None,
        "gateway": "gate", "camera": "cam", "scene": "ebike_stairwell", "zone": "lobby", "score": 0.6, "box": BOX,
        "object_class": "ebike", "pictures": picture, "delete_by": "2027-01-01T00:00:00+00:00", "news": {"of": "later"},
    }  # fmt: skip
    return usual | changes


def hub_export(folder: Path, *lessons: dict[str, Any], **head: Any) -> Path:
    (folder / "pictures").mkdir(parents=True)
    said = {"format": "sharp-eyes-lessons", "version": 1, **head}
    (folder / "export.json").write_text(json.dumps(said), encoding="utf-8")
    lines = "".join(json.dumps(one) + "\n" for one in lessons)
    (folder / "lessons.jsonl").write_text(lines, encoding="utf-8")
    for one in lessons:
        cv2.imwrite(str(folder / "pictures" / f"{one['event_id']}-full.jpg"), np.full((90, 160, 3), 90, np.uint8))
    return folder


def test_only_the_box_of_an_alarm_was_judged(tmp_path: Path) -> None:
    """A confirmed one is a labelled object, a false one an empty label; all around is ignored; the rest is told."""
    folder = hub_export(
        tmp_path / "hub",
        lesson(1, "confirmed"),
        lesson(2, "false"),
        lesson(3, "false", reason="zone-wrong"),
        lesson(4, "false", scene="smoke", object_class="smoke"),
        lesson(5, "confirmed", box=None),
        lesson(6, "confirmed", pictures={"full": {"file": "../../../etc/passwd"}}),
    )
    out = tmp_path / "data"
    done = write_data_set(folder, out, ["ebike_stairwell"], ["shadow"])
    assert (done.confirmed, done.false, done.passed_over) == (1, 1, 2)
    assert (out / "labels/e1.txt").read_text(encoding="utf-8") == "0 0.375000 0.500000 0.250000 0.500000\n"
    assert (out / "labels/e2.txt").read_text(encoding="utf-8") == ""
    ignored = [line.split() for line in (out / "ignore/e2.txt").read_text(encoding="utf-8").splitlines()]
    assert [row[0] for row in ignored] == ["-1"] * 4
    seen = np.ones((90, 160), bool)
    for _, x, y, width, height in ignored:
        left, right = (float(x) + side * float(width) / 2 for side in (-1, 1))
        top, bottom = (float(y) + side * float(height) / 2 for side in (-1, 1))
        seen[round(top * 90) : round(bottom * 90), round(left * 160) : round(right * 160)] = False
    rows, columns = np.nonzero(seen)
    assert [columns.min() / 160, rows.min() / 90] == pytest.approx(BOX[:2], abs=0.02)
    assert [(columns.max() + 1) / 160, (rows.max() + 1) / 90] == pytest.approx(BOX[2:], abs=0.02)
    with (out / "index.csv").open(encoding="utf-8") as file:
        first, second = csv.DictReader(file)
    assert (first["image"], first["group"], first["called"], first["verdict"]) == (
        "e1",
        "gate/cam",
        "ebike",
        "confirmed",
    )
    assert second["reason"] == "shadow"
    with pytest.raises(ConfigError, match="holds something already"):
        write_data_set(folder, out)


def test_the_judge_reads_it(tmp_path: Path) -> None:
    """By its own command; where nothing is found the confirmed one is a miss, and the false one is none."""
    folder = hub_export(tmp_path / "hub", lesson(1, "confirmed"), lesson(2, "false"))
    with usual_umask():
        made = CliRunner().invoke(app, ["lessons", "data", str(folder), "--out", str(tmp_path / "data")])
    assert made.exit_code == 0, made.output
    assert open_to_others(tmp_path / "data") == []
    assert "1 confirmed and 1 false alarms" in made.output
    words = ["evaluate", "detector", "--data", str(tmp_path / "data"), "--model", "models/hazard"]
    judged = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "out"), "--cache", str(tmp_path / "cache")])
    assert judged.exit_code == 0, judged.output
    report = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert "hub_lessons" in json.dumps(report)


def test_the_training_recipe_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what was called is trusted, and only in its box; a camera is learned from or measured, never both."""
    lessons = [
        lesson(number, "false" if number % 2 else "confirmed", camera=f"cam-{number % 4}") for number in range(12)
    ]
    folder = hub_export(tmp_path / "hub", *lessons, lesson(90, "false", object_class="car"))
    write_data_set(folder, tmp_path / "runs" / "lessons")
    monkeypatch.setattr("scripts.train.samples.ROOT", tmp_path)
    monkeypatch.setattr("scripts.train.recipe.ROOT", tmp_path)
    values = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    values["pictures"] = {"hub_lessons": values["pictures"]["hub_lessons"]}
    recipe = Recipe(values | {"clips": {}, "rendered": {}}, tmp_path)
    samples = {one.name.removeprefix("hub_lessons_"): one for one in everything(recipe)}
    assert len(samples) == 13
    ebike, car = recipe.number("ebike"), recipe.number("car")
    assert samples["e2"].human.classes.tolist() == [ebike]
    assert samples["e2"].human.boxes[0].tolist() == pytest.approx([40, 22.5, 80, 67.5], abs=0.1)
    assert samples["e1"].human.classes.tolist() == []
    assert [set(samples[name].trust) for name in ("e1", "e90")] == [{ebike}, {car}]
    assert samples["e1"].ignore.shape == (4, 4)
    held = {
        one.group: {other.held_out for other in samples.values() if other.group == one.group}
        for one in samples.values()
    }
    assert all(len(said) == 1 for said in held.values())


def test_a_folder_of_lessons_is_a_file_of_verdicts(tmp_path: Path) -> None:
    """For ``tune --verdicts``."""
    folder = hub_export(tmp_path / "hub", lesson(1, "confirmed"), lesson(2, "false"))
    assert read_verdicts(folder) == {"e1": "confirmed", "e2": "false"}


@pytest.mark.parametrize(
    ("head", "text", "words"),
    [
        ({"version": 2}, "", "only sharp-eyes-lessons of version 1"),
        ({}, '{"event_id": "x"}\n', "line 1: verdict"),
        ({}, "{\n", "line 1"),
        ({}, None, "was not finished"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, head: dict[str, Any], text: str | None, words: str) -> None:
    folder = hub_export(tmp_path / "hub", **head)
    manifest = folder / "lessons.jsonl"
    manifest.unlink()
    if text is not None:
        manifest.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        list(read_lessons(folder))
    with pytest.raises(ConfigError, match=r"is no export of 'sharp-eyes-hub lessons export'"):
        list(read_lessons(tmp_path))
