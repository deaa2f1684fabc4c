"""A refused candidate raises nothing, is counted in the camera's health, and lies ready as a lesson."""

import csv
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml
from tests.edge.command import open_to_others, usual_umask
from tests.edge.privacy_scenes import ALL, frame_of, gateway_settings, street_picture
from typer.testing import CliRunner

from sharp_eyes.edge.cli import app
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.scheduler import Scheduler
from sharp_eyes.edge.lessons.shelf import MOST, LessonShelf, lessons_in
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import GatewaySettings
from sharp_eyes.edge.worker import CameraWorker

PERIMETER = {"scene": "perimeter_intrusion", "zones": [{"id": "all", "polygon": ALL}], "look_interval": 0.5}


def watched(
    folder: Path, monkeypatch: pytest.MonkeyPatch, verify: bool = True, privacy: dict[str, Any] | None = None
) -> tuple[CameraWorker, int]:
    """A camera that shows a street with people; from nearer by nobody is sure enough of a person."""
    settings = gateway_settings(folder, privacy or {}, [{**PERIMETER, "verify": verify}])
    detectors = Detectors.open(settings.model)
    monkeypatch.setattr(Detectors, "limit_of", lambda _self, name: 0.99 if name == "person" else None)
    outbox = Outbox(folder / "outbox", 64 * 1024**2)
    worker = CameraWorker(settings, settings.cameras[0], detectors, Scheduler(detectors, lambda _f, _d: None), outbox)
    for step in range(8):
        frame = frame_of(street_picture(), 1000.0 + 0.5 * step)
        worker.on_detections(frame, detectors.detect([frame])[0])
    return worker, len(outbox.pending(100))


def test_a_refused_candidate_is_no_event_but_counted_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the picture of that look and a note that says why."""
    worker, waiting = watched(tmp_path, monkeypatch)
    assert waiting == 0
    skipped = worker.health().skipped
    assert {key: count for key, count in skipped.items() if "second_look" in key} == {
        "perimeter_intrusion: second_look: nothing": 1
    }
    (lesson,) = lessons_in(tmp_path)
    note = lesson.note
    assert (note["camera"], note["scene"], note["zone"], note["called"]) == (
        "cam",
        "perimeter_intrusion",
        "all",
        "person",
    )
    assert note["likeliest"] == "nothing"
    assert "called person" in note["reason"]
    picture = cv2.imread(str(lesson.picture))
    assert picture is not None
    assert lesson.picture.parent.stat().st_mode & 0o077 == 0
    assert note["time"].startswith("1970-01-01T00:16:4")


def test_a_camera_whose_classes_nobody_looks_at_again_keeps_no_moments(tmp_path: Path) -> None:
    """Nothing is converted for it."""
    detectors = Detectors.open(gateway_settings(tmp_path, {}, [PERIMETER]).model)
    for scene, kept in ((PERIMETER, 0), (PERIMETER | {"scene": "gas_cylinder"}, 1)):
        pipeline = CameraPipeline("gw", gateway_settings(tmp_path, {}, [scene]).cameras[0], detectors)
        pipeline.process(frame_of(street_picture()))
        assert len(pipeline.second_look._verification._past) == kept


def test_without_the_second_look_the_same_looks_raise_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is the second look that refused."""
    worker, waiting = watched(tmp_path, monkeypatch, verify=False)
    assert waiting > 0
    assert not any("second_look" in key for key in worker.health().skipped)
    assert list(lessons_in(tmp_path)) == []


def test_a_lesson_is_masked_as_what_leaves_the_gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where people's faces may not leave, they are not kept open beside it."""
    watched(tmp_path, monkeypatch, privacy={"areas": [{"id": "all", "polygon": ALL}]})
    (lesson,) = lessons_in(tmp_path)
    picture = cv2.imread(str(lesson.picture))
    assert picture is not None
    assert float(np.asarray(picture).std()) < 5


def test_the_shelf_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest leave first, each with its note."""
    worker, _ = watched(tmp_path, monkeypatch)
    (lesson,) = lessons_in(tmp_path)
    for number in range(MOST):
        for ending in (".jpg", ".json"):
            copy = lesson.picture.with_name(f"2026{number:04}{ending}")
            copy.write_bytes(lesson.picture.with_suffix(ending).read_bytes())
    shelf = LessonShelf(tmp_path, "cam", worker._masker)
    shelf._drop_oldest()
    assert len(list(lessons_in(tmp_path))) == MOST
    assert not lesson.picture.exists()
    assert not lesson.picture.with_suffix(".json").exists()


def test_lessons_are_listed_and_written_as_a_data_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that the judge reads: the class that was called is not there."""
    watched(tmp_path, monkeypatch)
    config = tmp_path / "gateway.yaml"
    settings: GatewaySettings = gateway_settings(tmp_path, {}, [PERIMETER])
    config.write_text(json.dumps(settings.model_dump(mode="json")), encoding="utf-8")
    told = CliRunner().invoke(app, ["lessons", "list", str(config)])
    assert told.exit_code == 0, told.output
    assert "1 refused candidates" in told.output
    out = tmp_path / "out"
    with usual_umask():
        written = CliRunner().invoke(app, ["lessons", "export", str(config), "--out", str(out)])
    assert written.exit_code == 0, written.output
    assert open_to_others(out) == []
    assert yaml.safe_load((out / "data.yaml").read_text(encoding="utf-8"))["names"] == ["person"]
    with (out / "index.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["called"] == "person"
    assert (out / "labels" / f"{row['image']}.txt").read_text(encoding="utf-8") == ""
    judged = CliRunner().invoke(
        app, ["evaluate", "detector", "--data", str(out), "--out", str(tmp_path), "--cache", str(tmp_path)]
    )
    assert judged.exit_code == 0, judged.output
    again = CliRunner().invoke(app, ["lessons", "export", str(config), "--out", str(out)])
    assert again.exit_code != 0


def test_a_shelf_that_cannot_be_written_costs_the_lesson_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The camera goes on, and the log says it."""
    (tmp_path / "lessons").write_text("in the way", encoding="utf-8")
    worker, waiting = watched(tmp_path, monkeypatch)
    assert waiting == 0
    assert worker.health().skipped["perimeter_intrusion: second_look: nothing"] == 1
    assert any("cannot be kept" in record.message for record in caplog.records)
