"""One camera of a gateway: what goes wrong in a scene stays there."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.edge.extract.models import exact_detectors
from tests.edge.push.makers import scene_event
from tests.edge.snap.clips import make_clip

from sharp_eyes.contract.envelope import EvidenceMessage, SceneEventMessage, parse_durable
from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.contract.status import CameraHealth, CameraState, LooksState
from sharp_eyes.edge.extract.scheduler import SamplingStats, Scheduler
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.gateway import looks_state
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.scenes.falling_object import FallingObject
from sharp_eyes.edge.settings import GatewaySettings
from sharp_eyes.edge.snap import wall_clock
from sharp_eyes.edge.worker import CameraWorker, with_sampling

EVERYWHERE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]


def test_a_fault_of_a_scene_that_sees_every_frame_is_told_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frames go on to the camera's other scenes; the health says what fails, until it works again."""
    zones = [{"id": "all", "polygon": EVERYWHERE}]
    camera = {
        "id": "tower",
        "source": {"kind": "file", "path": str(tmp_path / "never-opened.mp4")},
        "scenes": [{"scene": "falling_object", "zones": zones}, {"scene": "perimeter_intrusion", "zones": zones}],
    }
    settings = GatewaySettings.model_validate({"gateway": "gw", "data": str(tmp_path), "cameras": [camera]})
    detectors = exact_detectors()
    scheduler = Scheduler(detectors, lambda _frame, _found: None)
    outbox = Outbox(tmp_path / "outbox", 2**30)
    worker = CameraWorker(settings, settings.cameras[0], detectors, scheduler, outbox)

    def fails(_scene: object, _frame: Frame, _clock: object) -> list[SceneEvent]:
        raise ValueError("out of shape")

    pictures = [Frame.of_picture("tower", 100.0 + number, np.zeros((90, 160, 3), np.uint8)) for number in range(3)]
    with monkeypatch.context() as patched:
        patched.setattr(FallingObject, "observe_frame", fails)
        worker._on_frame(pictures[0])
        worker._on_frame(pictures[1])
        assert "cannot watch every frame: out of shape" in worker.health().detail
        assert scheduler.counts("tower").skipped["replaced"] == 1, "the looks were offered both frames"
    worker._on_frame(pictures[2])
    assert "cannot watch" not in worker.health().detail
    outbox.close()


def test_events_say_that_their_clock_was_doubtful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the clock was set the event and its camera's health say so; else the message has no word of it."""
    camera = {"id": "gate", "source": {"kind": "file", "path": str(tmp_path / "never-opened.mp4")}}
    settings = GatewaySettings.model_validate({"gateway": "gw", "data": str(tmp_path), "cameras": [camera]})
    detectors = exact_detectors()
    outbox = Outbox(tmp_path / "outbox", 2**30)
    worker = CameraWorker(settings, settings.cameras[0], detectors, Scheduler(detectors, lambda *_: None), outbox)
    worker._save_state("looks", [scene_event(1, sequence=0)])
    clock = wall_clock.WallClock()
    clock.time()
    monkeypatch.setattr(clock, "_epoch", 4e9)
    monkeypatch.setattr("sharp_eyes.edge.worker.wall", clock)
    clock.time()
    worker._save_state("looks", [scene_event(1, sequence=1)])
    first, second = (parse_durable(one.payload) for one in outbox.pending(5))
    outbox.close()
    assert isinstance(first, SceneEventMessage)
    assert isinstance(second, SceneEventMessage)
    assert "clock_doubt" not in first.model_dump_json()
    assert "clock was set back by" in (second.data.clock_doubt or "")


def test_a_camera_that_shakes_is_told_while_it_does(tmp_path: Path) -> None:
    """Its health names the scene that cannot judge, and counts the frames."""
    zones = [{"id": "all", "polygon": EVERYWHERE}]
    camera = {
        "id": "mast",
        "source": {"kind": "file", "path": str(tmp_path / "never-opened.mp4")},
        "scenes": [{"scene": "falling_object", "zones": zones}],
    }
    settings = GatewaySettings.model_validate({"gateway": "gw", "data": str(tmp_path), "cameras": [camera]})
    detectors = exact_detectors()
    scheduler = Scheduler(detectors, lambda _frame, _found: None)
    worker = CameraWorker(settings, settings.cameras[0], detectors, scheduler, Outbox(tmp_path / "outbox", 2**30))
    wall = np.random.default_rng(1).integers(60, 180, (20, 34, 3), np.uint8).repeat(10, axis=0).repeat(10, axis=1)
    for number in range(40):
        sway = 3 * (number % 2) if number < 10 else 0
        shown = np.ascontiguousarray(wall[:180, sway : sway + 320])
        worker._on_frame(Frame.of_picture("mast", 100.0 + 0.2 * number, shown))
        if number == 9:
            assert worker._scenes.hindrances == "falling_object: the camera shakes or moves"
    assert worker._scenes.hindrances == ""
    assert worker.health().skipped["falling_object: the camera shakes or moves"] > 5


def test_what_computes_otherwise_than_chosen_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The camera's health says that a device was given up."""
    camera = {"id": "gate", "source": {"kind": "file", "path": str(tmp_path / "never-opened.mp4")}}
    settings = GatewaySettings.model_validate({"gateway": "gw", "data": str(tmp_path), "cameras": [camera]})
    detectors = exact_detectors()
    outbox = Outbox(tmp_path / "outbox", 2**30)
    worker = CameraWorker(settings, settings.cameras[0], detectors, Scheduler(detectors, lambda *_: None), outbox)
    assert "cuda" not in worker.health().detail
    monkeypatch.setattr(detectors, "faults", lambda camera: f"{camera}: onnxruntime cuda fp16 failed")
    assert "gate: onnxruntime cuda fp16 failed" in worker.health().detail
    outbox.close()


def test_an_event_that_can_have_no_clip_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log says which event and why; its pictures go on their way."""
    camera = {
        "id": "gate",
        "source": {"kind": "file", "path": str(tmp_path / "never-opened.mp4")},
        "scenes": [{"scene": "illegal_parking", "zones": [{"id": "kerb", "polygon": EVERYWHERE}]}],
    }
    settings = GatewaySettings.model_validate({"gateway": "gw", "data": str(tmp_path), "cameras": [camera]})
    detectors = exact_detectors()
    outbox = Outbox(tmp_path / "outbox", 2**30)
    worker = CameraWorker(settings, settings.cameras[0], detectors, Scheduler(detectors, lambda *_: None), outbox)
    event = scene_event(1)
    frame = Frame.of_picture("gate", event.observed_at.timestamp(), np.zeros((36, 64, 3), np.uint8))
    worker._publish([event], frame, "looks")
    worker.cut_clips(at_once=True)
    assert f"camera gate: event {event.event_id} has no clip: none of its packets are kept" in caplog.text
    messages = [parse_durable(row.payload) for row in outbox.pending(9)]
    assert [one.data.kind.value for one in messages if isinstance(one, EvidenceMessage)] == ["full", "crop"]
    outbox.close()


def test_what_nobody_wants_is_not_decoded_and_who_watches_is_served(tmp_path: Path) -> None:
    """A scene that looks once a minute has one keyframe decoded, until somebody watches the live picture."""
    clip = make_clip(tmp_path / "a.mp4", seconds=4, keyframe_every=5)
    camera = {
        "id": "gate",
        "source": {"kind": "file", "path": str(clip), "loop": True},
        "scenes": [{"scene": "illegal_parking", "look_interval": 60, "zones": [{"id": "all", "polygon": EVERYWHERE}]}],
    }
    settings = GatewaySettings.model_validate(
        {
            "gateway": "gw",
            "data": str(tmp_path),
            "hub": {"snapshot": 0.4, "snapshot_unwatched": 600},
            "cameras": [camera],
        }
    )
    detectors = exact_detectors()
    outbox = Outbox(tmp_path / "outbox", 2**30)
    workers: list[CameraWorker] = []

    def on_detections(frame: Frame, found: Detections) -> None:
        workers[0].on_detections(frame, found)

    with Scheduler(detectors, on_detections) as scheduler:
        worker = CameraWorker(settings, settings.cameras[0], detectors, scheduler, outbox)
        workers.append(worker)
        statistics = worker._reader._statistics
        worker.start()
        until(lambda: worker.health().looks == 1)
        assert worker.snapshot_due
        assert worker.snapshot() is not None
        seen = statistics.last_time
        until(lambda: (worker._ring.span or (0, 0))[1] > (seen or 0) + 3)
        assert statistics.fed <= 2, "the first picture, and one keyframe that a start may cost"
        assert not worker.snapshot_due
        worker.watch(60)
        until(lambda: worker.snapshot_due and worker.snapshot() is not None)
        until(lambda: worker.snapshot_due and worker.snapshot() is not None)
        assert worker.health().looks == 1
        worker.stop()
    outbox.close()


def until(condition: Callable[[], bool]) -> None:
    """Wait for it, with patience."""
    end = time.monotonic() + 80
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def test_health_says_how_late_looks_are() -> None:
    """Of one camera to a tenth of a second, and of all together as the heartbeat carries it."""
    counts = SamplingStats(looks=9, late=2, skipped={}, failure=None, lateness=3.456)
    health = CameraHealth(camera="gate", state=CameraState.ONLINE, since=datetime.now(UTC))
    late = with_sampling(health, counts)
    assert (late.late, late.lateness) == (2, 3.5)
    assert health.late is None, "a camera that is not looked at counts nothing"
    assert looks_state([health, late], 0.987) == LooksState(late=2, lateness=3.5, busy=0.99)
