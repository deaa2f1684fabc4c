"""A gateway that dies while an event is open goes on with that event."""

import json
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import av
import pytest
import yaml
from tests.e2e.films import no_parking, still_clip
from tests.e2e.killable import Killable
from tests.ports import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PATIENCE = 150.0


def write_settings(folder: Path, scene: dict[str, Any], camera: str = "kerb", **outbox: float) -> Path:
    """A gateway that plays the clip; no hub answers, so everything it says stays in its outbox."""
    settings = {
        "gateway": "gw",
        "data": str(folder / "data"),
        "hub": {"url": f"mqtt://127.0.0.1:{free_port()}"},
        "model": {"runtime": "onnxruntime", "precision": "fp32"},
        "outbox": outbox,
        "cameras": [
            {
                "id": camera,
                "source": {"kind": "file", "path": str(folder / "still.mp4"), "loop": True},
                "scenes": [scene] if scene else [],
            }
        ],
    }
    path = folder / "gateway.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


def phases(folder: Path) -> list[tuple[str, str]]:
    """What the outbox holds: event and phase, in order. The gateway must be dead: its lock is exclusive."""
    database = folder / "data" / "outbox" / "outbox.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT payload FROM message ORDER BY sequence").fetchall()
    found = [json.loads(row[0])["data"] for row in rows]
    return [(data["event_id"], data["phase"]) for data in found if "phase" in data]


def look_into(folder: Path) -> tuple[list[str], str]:
    """Phases in the outbox and what the scenes remember, while the gateway lives: read from a copy of its files."""
    with tempfile.TemporaryDirectory() as copy:
        for file in (folder / "data" / "outbox").glob("outbox.sqlite3*"):
            shutil.copy(file, copy)
        with closing(sqlite3.connect(Path(copy) / "outbox.sqlite3")) as connection:
            try:
                rows = connection.execute("SELECT payload FROM message ORDER BY sequence").fetchall()
                remembered = connection.execute("SELECT content FROM memory ORDER BY name").fetchall()
            except sqlite3.DatabaseError:  # copied while it was written
                return [], ""
    found = [json.loads(row[0])["data"] for row in rows]
    return [data["phase"] for data in found if "phase" in data], str(remembered)


def has_looked_since(folder: Path, before: str) -> bool:
    """Whether the scenes remember something else than before."""
    return look_into(folder)[1] not in ("", before)


def wait_until(what: str, holds: Callable[[], bool], gateway: Killable) -> None:
    """Wait for something in the outbox."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, f"waited in vain for {what}:\n{gateway.tail()}"
        time.sleep(0.5)


def pictures(folder: Path) -> int:
    """How many files of evidence lie in the outbox; can be asked while the gateway lives."""
    evidence = folder / "data" / "outbox" / "evidence"
    return len(list(evidence.iterdir())) if evidence.is_dir() else 0


def run_until_raised(gateway: Killable, folder: Path) -> None:
    """Start the gateway and wait for its first event's pictures."""
    gateway.start()
    until = time.monotonic() + PATIENCE
    while not pictures(folder):
        assert time.monotonic() < until, gateway.tail()
        time.sleep(0.2)


@pytest.fixture
def parked(tmp_path: Path) -> dict[str, Any]:
    """The no-parking zone of the street clip, a car standing in it."""
    still_clip(tmp_path / "still.mp4", (20.0, 20))
    return {"scene": "illegal_parking", "zones": [no_parking()], "dwell": 3, "clear_after": 5}


def test_an_open_event_is_not_raised_again_after_the_gateway_was_killed(tmp_path: Path, parked: dict[str, Any]) -> None:
    """Killed with SIGKILL while the car stands there, started again twice: one event, opened once."""
    config = write_settings(tmp_path, parked)
    gateway = Killable([sys.executable, "-m", "sharp_eyes.edge", "run", str(config)], tmp_path / "gateway.log")
    try:
        run_until_raised(gateway, tmp_path)
        gateway.kill()
        first = phases(tmp_path)
        assert len(first) == 1
        assert first[0][1] == "opened"

        for _ in range(2):
            gateway.start()
            for _ in range(2):  # twice the pace at which a scene's memory is stored: longer than the dwell
                wait_until("the scene to look", partial(has_looked_since, tmp_path, look_into(tmp_path)[1]), gateway)
            gateway.kill()
        assert phases(tmp_path) == first
    finally:
        gateway.kill()


def test_an_event_whose_scene_was_taken_out_of_the_settings_is_closed(tmp_path: Path, parked: dict[str, Any]) -> None:
    """Nobody would ever close it otherwise."""
    config = write_settings(tmp_path, parked)
    gateway = Killable([sys.executable, "-m", "sharp_eyes.edge", "run", str(config)], tmp_path / "gateway.log")
    try:
        run_until_raised(gateway, tmp_path)
        gateway.kill()
        write_settings(tmp_path, {"scene": "perimeter_intrusion", "zones": parked["zones"]})
        gateway.start()
        wait_until("the event to be closed", lambda: "closed" in look_into(tmp_path)[0], gateway)
        gateway.stop()
        found = phases(tmp_path)
        assert [phase for _, phase in found] == ["opened", "closed"]
        assert len({event for event, _ in found}) == 1
    finally:
        gateway.kill()


def test_a_camera_that_was_taken_out_of_the_settings_closes_its_events(tmp_path: Path, parked: dict[str, Any]) -> None:
    """The next start says so to the hub, once, and forgets the camera."""
    config = write_settings(tmp_path, parked)
    gateway = Killable([sys.executable, "-m", "sharp_eyes.edge", "run", str(config)], tmp_path / "gateway.log")
    try:
        run_until_raised(gateway, tmp_path)
        gateway.kill()
        write_settings(tmp_path, {}, camera="other")
        for _ in range(2):
            gateway.start()
            wait_until("the other camera", lambda: "watches other" in gateway.tail(), gateway)
            gateway.stop()
            gateway.log.unlink()
        found = phases(tmp_path)
        assert [phase for _, phase in found] == ["opened", "closed"]
        assert len({event for event, _ in found}) == 1
    finally:
        gateway.kill()


@pytest.mark.parametrize("camera", ["kerb", "other"])
def test_a_clip_that_was_not_over_when_the_gateway_was_killed_is_sent(
    tmp_path: Path, parked: dict[str, Any], camera: str
) -> None:
    """Its packets so far lie on disk; the next start sends them, also where the camera is not watched any more."""
    config = write_settings(tmp_path, parked, clip_after=30.0)
    gateway = Killable([sys.executable, "-m", "sharp_eyes.edge", "run", str(config)], tmp_path / "gateway.log")
    spool = tmp_path / "data" / "clips" / "kerb"
    try:
        gateway.start()
        wait_until("a clip on disk", lambda: any(not path.suffix for path in spool.glob("*")), gateway)
        gateway.kill()
        gateway.log.unlink()
        assert clips(tmp_path) == []
        write_settings(tmp_path, parked, camera=camera, clip_after=30.0)
        gateway.start()
        wait_until("the start", lambda: "watches" in gateway.tail(), gateway)
        gateway.kill()
        found = clips(tmp_path)
        assert len(found) == 1
        with av.open(str(found[0])) as clip:
            frames = sum(1 for _ in clip.decode(video=0))
        assert frames >= 4
    finally:
        gateway.kill()


def clips(folder: Path) -> list[Path]:
    """Files of the clips in the outbox. The gateway must be dead."""
    with closing(sqlite3.connect(folder / "data" / "outbox" / "outbox.sqlite3")) as connection:
        rows = connection.execute(
            "SELECT evidence_id FROM message WHERE CAST(payload AS TEXT) LIKE '%video/mp4%'"
        ).fetchall()
    return [folder / "data" / "outbox" / "evidence" / row[0] for row in rows]
