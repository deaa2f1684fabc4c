"""The public interface: what notebooks import, and that it says the same as the commands."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
import supervision
import yaml

import sharp_eyes.edge
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge import ConfigError, Detections, ModelError, SourceError, open_model, replay_clip, score_suite

ROOT = Path(__file__).resolve().parents[2]
SUITE = ROOT / "media" / "suite"
PICTURE = ROOT / "models" / "street" / "reference" / "1.jpg"


def falling_day() -> dict[str, Any]:
    """A clip of the suite that needs no network."""
    entries = yaml.safe_load((SUITE / "suite.yaml").read_text(encoding="utf-8"))["clips"]
    found: dict[str, Any] = next(entry for entry in entries if entry["clip"] == "falling_day.mp4")
    return found


def test_every_public_name_is_there_and_described() -> None:
    """`__all__` is the interface: each name can be imported and says what it is; nothing else is shown."""
    assert set(dir(sharp_eyes.edge)) == set(sharp_eyes.edge.__all__)
    for name in sharp_eyes.edge.__all__:
        assert getattr(sharp_eyes.edge, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'run'"):
        sharp_eyes.edge.run  # noqa: B018


def test_to_import_it_loads_no_runtime() -> None:
    """`--help` and a notebook's first cell need not wait."""
    program = (
        "import sys, sharp_eyes.edge; print([name for name in ('onnxruntime', 'cv2', 'av') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_model_finds_the_same_in_a_file_and_in_its_pixels() -> None:
    """By name or by folder, from a path or an array; the thresholds are the model's own."""
    model = open_model("street")
    found = model.detect(PICTURE)
    same = open_model(ROOT / "models" / "street").detect(cv2.imread(str(PICTURE)))  # type: ignore[arg-type]
    assert len(found) > 0
    assert np.array_equal(found.boxes, same.boxes)
    least = np.array([model.thresholds[found.names[number]] for number in found.classes])
    assert (found.scores >= least).all()
    assert len(model.detect(PICTURE, threshold=0.02)) > len(found) > len(model.detect(PICTURE, threshold=0.99)) == 0


def test_wrong_input_is_named() -> None:
    """An array of another shape, a model and a scene that are not there, a clip that is none."""
    model = open_model()
    with pytest.raises(ConfigError, match=r"shape \(4, 4\)"):
        model.detect(np.zeros((4, 4), np.uint8))
    with pytest.raises(ModelError, match="no model 'streets'"):
        open_model("streets")
    with pytest.raises(ConfigError, match="levitation"):
        list(replay_clip("clip.mp4", [{"scene": "levitation"}]))
    with pytest.raises(SourceError, match=r"nowhere\.mp4"):
        list(replay_clip("nowhere.mp4", falling_day()["camera"]["scenes"]))


def test_detections_go_to_supervision_and_come_back() -> None:
    """Boxes, scores, numbers and names survive; so does an empty one."""
    found = open_model().detect(PICTURE)
    theirs = found.to_supervision()
    assert isinstance(theirs, supervision.Detections)
    assert [str(name) for name in theirs.data["class_name"]] == [found.names[number] for number in found.classes]
    back = Detections.from_supervision(theirs, found.names)
    for field in ("boxes", "scores", "classes"):
        assert np.array_equal(getattr(back, field), getattr(found, field))
    assert back.names == found.names
    carried = Detections.from_supervision(theirs)
    assert [carried.names[number] for number in carried.classes] == [found.names[number] for number in found.classes]
    assert len(Detections.from_supervision(Detections.none(found.names).to_supervision())) == 0
    with pytest.raises(ConfigError, match="give names"):
        Detections.from_supervision(supervision.Detections(xyxy=np.zeros((1, 4)), class_id=np.zeros(1, int)))


@pytest.fixture(scope="module")
def events() -> list[SceneEvent]:
    """What is seen to fall in that clip."""
    camera = falling_day()["camera"]
    return list(replay_clip(SUITE / "falling_day.mp4", camera["scenes"], camera=camera["id"]))


def test_replayed_events_are_those_of_the_command(tmp_path: Path, events: list[SceneEvent]) -> None:
    """To the byte."""
    camera = {**falling_day()["camera"], "source": {"kind": "file", "path": str(SUITE / "falling_day.mp4")}}
    config = tmp_path / "gateway.yaml"
    config.write_text(yaml.safe_dump({"gateway": "replay", "cameras": [camera]}), encoding="utf-8")
    command = [sys.executable, "-m", "sharp_eyes.edge", "replay", camera["source"]["path"], "--config", str(config)]
    subprocess.run([*command, "--no-video", "--no-page", "--out", str(tmp_path)], check=True, capture_output=True)
    lines = [wrap("replay", event).model_dump_json() for event in events]
    assert lines
    assert lines == (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()


def test_a_suite_is_scored(tmp_path: Path) -> None:
    """A report as the command writes it."""
    suite = tmp_path / "suite.yaml"
    entry = {**falling_day(), "clip": str(SUITE / "falling_day.mp4"), "truth": str(SUITE / "falling_day.json")}
    suite.write_text(yaml.safe_dump({"version": 1, "name": "one", "clips": [entry]}), encoding="utf-8")
    report = score_suite(suite, use_cache=False)
    total = next(row.figures for row in report.rows if row.scene is None)
    assert total.hits == total.expected > 0
    assert json.loads(report.model_dump_json())["suite"] == "one"


def test_a_turned_recording_gives_the_events_of_the_upright_one(tmp_path: Path, events: list[SceneEvent]) -> None:
    """The zones lie in the picture as people see it, however the camera hangs."""
    upright, turned = SUITE / "falling_day.mp4", tmp_path / "turned.mp4"
    with av.open(str(upright)) as source, av.open(str(turned), "w") as target:
        stream = target.add_stream("libx264", rate=source.streams.video[0].average_rate)
        stream.pix_fmt, stream.options = "yuv420p", {"crf": "14", "preset": "ultrafast"}
        stream.height, stream.width = source.streams.video[0].width, source.streams.video[0].height
        stream.set_display_rotation(-90)
        for number, picture in enumerate(source.decode(video=0)):
            frame = av.VideoFrame.from_ndarray(np.rot90(picture.to_ndarray(format="bgr24")).copy(), format="bgr24")
            frame.pts = number
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    scenes = falling_day()["camera"]["scenes"]
    assert events
    seen = [(event.phase, event.zone) for event in replay_clip(turned, scenes)]
    assert seen == [(event.phase, event.zone) for event in events]
