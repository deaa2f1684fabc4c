"""``replay`` of clips, folders and cameras, and the page it writes."""

import json
import re
import shutil
from pathlib import Path

import cv2
import pytest
from tests.edge.command import edge
from tests.edge.test_cli import CLIP, NOWHERE, TRUTH

ZONES = json.loads(TRUTH.read_text(encoding="utf-8"))["zones"]
PARKING = " ".join(f"{x},{y}" for x, y in ZONES["no_parking"]["polygon"])


def pictures(folder: Path, start: float, count: int) -> None:
    """Pictures of the street clip, one a second."""
    folder.mkdir()
    capture = cv2.VideoCapture(str(CLIP))
    for number in range(count):
        capture.set(cv2.CAP_PROP_POS_MSEC, (start + number) * 1000)
        done, picture = capture.read()
        assert done
        cv2.imwrite(str(folder / f"{number:03d}.jpg"), picture)
    capture.release()


def test_a_folder_of_pictures_is_replayed_at_its_interval(tmp_path: Path) -> None:
    """Twelve pictures, a second apart, of a car that stands there: one event, and a page that shows it."""
    pictures(tmp_path / "kerb", 8.0, 12)
    out = tmp_path / "out"
    said = edge(
        "replay", str(tmp_path / "kerb"), "--interval", "1", "--scene", "illegal_parking", "--zone",
        f"kerb={PARKING}", "--set", "dwell=5", "--no-video", "--out", str(out),
    )  # fmt: skip
    assert "1 events in 11.0 s of video (12 frames, 12 looked at)" in said
    assert not (out / "annotated.mp4").exists()
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/jpeg;base64,") == 1
    assert "illegal parking" in page
    assert "机动车违停" in page
    assert "alarm at</span>" in page
    assert len(re.findall(r"<polyline", page)) == 1, "one zone, one line"
    assert "http" not in page.replace("http-equiv", ""), "the page needs nothing else"


def test_all_clips_of_a_folder_are_replayed_one_after_the_other(tmp_path: Path) -> None:
    """Each gets a folder of its own, and what is no clip is left alone."""
    recordings = tmp_path / "recordings"
    recordings.mkdir()
    for name in ("first.mp4", "second.mp4"):
        shutil.copy(CLIP, recordings / name)
    (recordings / "notes.txt").write_text("nothing")
    said = edge(
        "replay", str(recordings), "--seconds", "2", "--scene", "perimeter_intrusion", "--zone", NOWHERE,
        "--no-video", "--no-page", "--out", str(tmp_path / "out"),
    )  # fmt: skip
    assert said.count("0 events in 2.0 s of video") == 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["first", "second"]
    assert not list((tmp_path / "out").rglob("report.html"))


@pytest.mark.parametrize("content", ["nothing", "text"])
def test_a_folder_without_recordings_is_named(tmp_path: Path, content: str) -> None:
    """What a folder may hold is said."""
    if content == "text":
        (tmp_path / "readme.txt").write_text("no pictures here")
    said = edge("replay", str(tmp_path), "--scene", "illegal_parking", "--zone", NOWHERE, code=2)
    assert "neither clips" in said
    assert ".mp4" in said
    assert ".jpg" in said


def test_a_camera_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    """An address is taken as it is, and never shown whole."""
    said = edge(
        "replay", "rtsp://someone:secret@127.0.0.1:9/live", "--scene", "illegal_parking", "--zone", NOWHERE,
        "--seconds", "2", "--out", str(tmp_path), code=2,
    )  # fmt: skip
    assert "127.0.0.1:9" in said
    assert "secret" not in said
