"""The command line as a newcomer meets it: help, replay, and clear words for what is wrong."""

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.edge.command import edge

from sharp_eyes.edge import cli, doctor
from sharp_eyes.edge.extract.model import detector_manifests

ROOT = Path(__file__).resolve().parents[2]
CLIP, TRUTH = ROOT / "media/street.mp4", ROOT / "media/street.json"
NOWHERE = "0.1,0.1 0.9,0.1 0.9,0.9"


def apart(*arguments: str, code: int = 0) -> str:
    """Run ``sharp-eyes-edge`` in a process of its own; returns all it said, on one line."""
    command = [sys.executable, "-m", "sharp_eyes.edge", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == code, said
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("run",),
        ("replay",),
        ("doctor",),
        ("models", "add"),
        ("models", "list"),
        ("models", "check"),
        ("join",),
        ("backup",),
        ("restore",),
    ],
)
def test_every_command_has_help_with_an_example(command: tuple[str, ...]) -> None:
    """--help says what it does and shows how."""
    said = edge(*command, "--help")
    assert "Usage" in said
    if command:
        assert "Example" in said


def test_the_bundled_clip_gives_its_events_the_same_to_the_byte(tmp_path: Path) -> None:
    """The car that stops where it must not is found, the one that waits is not, and two runs agree."""
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))
    corners = " ".join(f"{x},{y}" for x, y in truth["zones"]["no_parking"]["polygon"])
    digests = set()
    for run, name in ((apart, "first"), (edge, "second")):
        said = run(
            "replay", str(CLIP), "--scene", "illegal_parking", "--zone", f"no_parking={corners}", "--set", "dwell=8",
            "--set", "clear_after=2", "--set", "grace=4", "--seconds", "40", "--out", str(tmp_path / name),
        )  # fmt: skip
        assert "1 events in" in said
        files = [tmp_path / name / file for file in ("events.jsonl", "annotated.mp4")]
        digests.add(tuple(hashlib.sha256(file.read_bytes()).hexdigest() for file in files))
    assert len(digests) == 1
    lines = (tmp_path / "first/events.jsonl").read_text(encoding="utf-8").splitlines()
    opened, closed = (json.loads(line)["data"] for line in lines)
    expected = next(event for event in truth["events"] if event["expected"] and event["scene"] == "illegal_parking")
    assert (opened["phase"], closed["phase"]) == ("opened", "closed")
    assert seconds(opened["started_at"]) == pytest.approx(expected["from"], abs=1.5)
    assert seconds(closed["ended_at"]) == pytest.approx(expected["to"], abs=2.0)


def test_the_walker_in_the_yard_is_one_intrusion(tmp_path: Path) -> None:
    """Somebody enters the fenced yard of the bundled clip once; those on the pavement raise nothing."""
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))
    corners = " ".join(f"{x},{y}" for x, y in truth["zones"]["yard"]["polygon"])
    edge(
        "replay", str(CLIP), "--scene", "perimeter_intrusion", "--zone", f"yard={corners}",
        "--set", "clear_after=4", "--seconds", "34", "--no-video", "--out", str(tmp_path),
    )  # fmt: skip
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    opened = [data for data in (json.loads(line)["data"] for line in lines) if data["phase"] == "opened"]
    expected = next(event for event in truth["events"] if event["scene"] == "perimeter_intrusion")
    assert len(opened) == 1
    assert expected["from"] - 0.5 <= seconds(opened[0]["started_at"]) <= expected["to"]


def seconds(stamp: str) -> float:
    """Seconds since the clip's start; its first frame is at 1970-01-01T00:00:00Z."""
    hours, minutes, rest = stamp.removeprefix("1970-01-01T").removesuffix("Z").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("replay", "nowhere.mp4", "--scene", "illegal_parking"), ["nowhere.mp4", "no such file"]),
        (("replay", str(CLIP)), ["--config", "--scene"]),
        (("replay", str(CLIP), "--scene", "teleport"), ["teleport", "illegal_parking"]),
        (("replay", str(CLIP), "--scene", "illegal_parking", "--zone", "0,0 1,1"), ["at least 3 points"]),
        (("replay", str(CLIP), "--scene", "illegal_parking", "--zone", "a b"), ["--zone", "x,y"]),
        (
            ("replay", str(CLIP), "--scene", "illegal_parking", "--zone", NOWHERE, "--set", "dwell"),
            ["--set dwell", "key=value"],
        ),
        (
            ("replay", str(CLIP), "--scene", "illegal_parking", "--zone", NOWHERE, "--set", "dwel=3"),
            ["dwel", "unknown key"],
        ),
        (
            ("replay", str(TRUTH), "--scene", "illegal_parking", "--zone", NOWHERE),
            ["street.json", "no readable video"],
        ),
    ],
)
def test_a_mistake_is_one_clear_message(tmp_path: Path, arguments: tuple[str, ...], words: list[str]) -> None:
    """No traceback, exit code 2, and the message names what to change."""
    said = edge(*arguments, "--out", str(tmp_path), code=2)
    for word in words:
        assert word in said


def test_a_mistake_ends_a_process_without_a_traceback() -> None:
    """As a service meets it."""
    said = apart("run", "nowhere.yaml", code=2)
    assert "nowhere.yaml" in said
    assert "No such file" in said


def test_an_altered_model_is_refused(tmp_path: Path) -> None:
    """One flipped byte: the sha256 differs, and the message says what to do."""
    folder = tmp_path / "street"
    shutil.copytree(ROOT / "models/street", folder)
    weights = folder / "street.onnx"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    said = edge(
        "replay", str(CLIP), "--scene", "illegal_parking", "--zone", NOWHERE,
        "--model", str(folder / "manifest.yaml"), "--out", str(tmp_path), code=2,
    )  # fmt: skip
    assert "sha256" in said
    assert "street.onnx" in said


def test_the_doctor_passes_a_healthy_camera_and_names_a_dead_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each check is one line; what is wrong makes the exit code 1. Of one network; the others take as long each."""
    monkeypatch.setattr(doctor, "detector_manifests", lambda given: detector_manifests(given)[:1])
    config = tmp_path / "gateway.yaml"
    config.write_text(
        f"gateway: gw\nhub: {{url: 'mqtt://127.0.0.1:1'}}\ncameras:\n"
        f"  - id: good\n    source: {{kind: file, path: '{CLIP}'}}\n"
        "  - id: gone\n    source: {kind: file, path: gone.mp4}\n",
        encoding="utf-8",
    )
    said = edge("doctor", str(config), "--no-capacity", code=1)
    assert "✓ camera good, picture: 1280x720" in said
    assert "onnxruntime fp32:" in said
    assert "reference boxes" in said
    assert "✗ camera gone, picture" in said
    assert "gone.mp4" in said
    assert "✗ broker" in said


def test_a_disk_that_takes_nothing_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Full, or only to be read: the file and why, wherever in a command it happens."""

    def refuse(**_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), "/data/gateway.yaml")

    monkeypatch.setattr(cli, "app", refuse)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "Error: /data/gateway.yaml: Read-only file system" in capsys.readouterr().err
