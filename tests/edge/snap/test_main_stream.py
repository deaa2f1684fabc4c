"""Two streams of one camera over real RTSP: the substream is looked at, the main stream gives the evidence."""

import contextlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import av
import cv2
import numpy as np
import pytest
from tests.edge.extract.models import EXACT
from tests.edge.push.makers import event_id, scene_event
from tests.edge.snap.clips import RtspCamera
from tests.edge.snap.numbered import number_clip, number_of
from tests.ports import free_port

from sharp_eyes.contract.envelope import EvidenceMessage, parse_durable
from sharp_eyes.contract.event import EvidenceKind
from sharp_eyes.contract.status import CameraState
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.scheduler import Scheduler
from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import CameraSettings, GatewaySettings, RtspSource
from sharp_eyes.edge.snap.main_stream import MainStream
from sharp_eyes.edge.snap.reader import CameraReader
from sharp_eyes.edge.worker import CameraWorker


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same twenty seconds, large with a keyframe every two seconds, and small with one every second."""
    folder = tmp_path_factory.mktemp("streams")
    return (
        number_clip(folder / "large.mp4", (1280, 720), keyframe_every=50),
        number_clip(folder / "small.mp4", (640, 360)),
    )


@pytest.fixture
def camera(clips: tuple[Path, Path]) -> Iterator[RtspCamera]:
    """A camera with two streams that show the same moment."""
    with RtspCamera(clips[0], free_port(), clips[1]) as running:
        yield running


def wait_for(what: str, holds: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something holds."""
    assert holds_within(seconds, holds), f"waited in vain for {what}"


def holds_within(seconds: float, holds: Callable[[], object]) -> bool:
    """Whether something holds before so many seconds are over."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


class Relay:
    """Another way to a camera, which can be cut off while the camera lives."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._target = (str(address.hostname), int(address.port or 0))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self.url = f"rtsp://127.0.0.1:{self._listener.getsockname()[1]}{address.path}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_off(self) -> None:
        """Nobody gets through any more."""
        for one in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cut_off()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                return
            self._sockets += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := one.recv(65536):
                other.sendall(content)


def raised(worker: CameraWorker, number: int) -> None:
    """Let a scene raise an event at a picture of now: an older one's packets may have left the ring already."""
    wait_for("a picture of now", lambda: worker._latest is not None and worker._latest.time > time.time() - 2)
    frame = worker._latest
    assert frame is not None
    moment = datetime.fromtimestamp(frame.time, UTC)
    event = scene_event(number).model_copy(update={"started_at": moment, "observed_at": moment, "camera": "gate"})
    worker._publish([event], frame, "looks")


def pictures_of(outbox: Outbox, number: int) -> dict[str, Picture]:
    """The event's evidence that waits, each as a picture (of a clip the first one)."""
    found = {}
    for row in outbox.pending(100):
        message = parse_durable(row.payload)
        if isinstance(message, EvidenceMessage) and message.data.event_id == event_id(number):
            assert row.attachment is not None
            content = b"".join(outbox.read_part(row.attachment, part) for part in range(row.attachment.parts))
            if message.data.kind is EvidenceKind.CLIP:
                with av.open(io.BytesIO(content), "r") as container:
                    picture = np.asarray(next(container.decode(video=0)).to_ndarray(format="bgr24"), np.uint8)
            else:
                picture = np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR), np.uint8)
            found[message.data.kind.value] = picture
    return found


def are_there(worker: CameraWorker, outbox: Outbox, number: int) -> bool:
    """Whether full picture, crop and clip wait."""
    worker.cut_clips()
    return len(pictures_of(outbox, number)) == 3


def is_grey(picture: Picture) -> bool:
    """Whether the corner below on the left, which nobody looks at, is painted over."""
    height, width = picture.shape[:2]
    return bool(np.abs(picture[int(height * 0.85) :, : int(width * 0.25)].astype(np.int16) - 114).max() < 12)


def test_the_evidence_shows_the_same_moment_as_the_look_at_the_main_streams_size(camera: RtspCamera) -> None:
    """Ten times, to one picture: where the main stream is late there is none, but never another moment's."""
    source = RtspSource(url=camera.url, substream=camera.sub_url)
    main = MainStream("gate", source, 20)
    frames: list[Frame] = []
    settings = CameraSettings(id="gate", source=source.looked_at)
    reader = CameraReader(settings, "keyframes", None, frames.append, lambda _: None, patience=1.0)
    reader.start()
    main.start()
    apart: list[int] = []
    end = time.monotonic() + 240
    try:
        wait_for("the main stream", lambda: not main.lost)
        while len(apart) < 10:
            wait_for("a look", lambda: frames and frames[-1].time > time.time() - 1)
            frame = frames[-1]
            frames.clear()
            picture = main.picture(frame, wait=True)
            if picture is None:
                assert time.monotonic() < end, f"{len(apart)} pictures"
                continue  # before the main stream's first keyframe, or a busy machine
            assert (picture.width, picture.height, picture.time) == (1280, 720, frame.time)
            apart.append(number_of(picture.picture()) - number_of(frame.picture()))
        assert max(map(abs, apart)) <= 1, apart
        assert main.notice == ""
        wait_for("a clip's length", lambda: (span := main.span) and span[1] - span[0] > 4)
        assert main.span is not None
        newest = main.span[1]
        assert main.cut(newest - 3, newest) is not None
        assert main.size == (1280, 720)
    finally:
        reader.stop()
        main.stop()


def test_a_main_stream_that_is_lost_is_told_and_gives_no_picture(camera: RtspCamera) -> None:
    """It is there again when the camera is."""
    main = MainStream("gate", RtspSource(url=camera.url, substream=camera.sub_url, timeout=3), 20)
    frame = Frame.of_picture("gate", time.time(), np.zeros((360, 640, 3), np.uint8))
    assert main.picture(frame, wait=False) is None
    main.start()
    try:
        wait_for("the main stream", lambda: not main.lost)
        camera.freeze()
        wait_for("the loss", lambda: "pictures and clips are the substream's" in main.notice)
        assert main.picture(frame, wait=True) is None
        camera.thaw()
        wait_for("the main stream again", lambda: not main.notice)
    finally:
        main.stop()


def test_an_events_pictures_and_clip_are_the_main_streams_and_the_substreams_while_it_is_lost(
    camera: RtspCamera, tmp_path: Path
) -> None:
    """Through the worker into the outbox: full picture and clip 1280 wide; without a main stream 640, with words."""
    with Relay(camera.url) as main:
        corner = [[0.0, 0.8], [0.3, 0.8], [0.3, 1.0], [0.0, 1.0]]
        zone = {"id": "kerb", "polygon": [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]}
        settings = GatewaySettings.model_validate({
            "gateway": "gw", "data": str(tmp_path), "outbox": {"clip_before": 1, "clip_after": 1},
                "hub": {"snapshot": 1, "snapshot_unwatched": 1},
            "cameras": [{
                "id": "gate",
                "source": {"kind": "rtsp", "url": main.url, "substream": camera.sub_url, "timeout": 3},
                "privacy": {"never_watch": [{"id": "window", "polygon": corner}]},
                "scenes": [{"scene": "illegal_parking", "zones": [zone]}],
            }],
        })  # fmt: skip
        detectors = Detectors.open(settings.model)
        outbox = Outbox(tmp_path / "outbox", 2**30)
        worker = CameraWorker(settings, settings.cameras[0], detectors, Scheduler(detectors, lambda *_: None), outbox)
        worker.start()
        try:
            wait_for("both streams", lambda: worker._latest is not None and "main stream" not in worker.health().detail)
            wait_for("a clip's length", lambda: (span := worker._streams.span) and span[1] - span[0] > 5)
            for event in range(1, 9):  # a busy machine may be late with the main stream's picture, or a clip's packets
                raised(worker, event)
                if not holds_within(45, partial(are_there, worker, outbox, event)):
                    continue
                found = pictures_of(outbox, event)
                if found["full"].shape[1] == 1280:
                    break
            assert {kind: picture.shape[1] for kind, picture in found.items()} == {
                "full": 1280,
                "crop": 320,
                "clip": 1280,
            }
            assert is_grey(found["full"])
            assert is_grey(found["clip"])
            main.cut_off()
            wait_for("the loss", lambda: "main stream: " in worker.health().detail)
            assert worker.health().state is CameraState.ONLINE
            raised(worker, event + 1)
            wait_for("the evidence", partial(are_there, worker, outbox, event + 1), 240)
            found = pictures_of(outbox, event + 1)
            assert {kind: picture.shape[1] for kind, picture in found.items()} == {
                "full": 640,
                "crop": 160,
                "clip": 640,
            }
            assert is_grey(found["full"])
        finally:
            worker.stop()
            worker.cut_clips(at_once=True)
            outbox.close()


def test_a_worker_that_another_takes_over_from_reads_no_stream_any_more(tmp_path: Path) -> None:
    """Neither of the two: the camera would be read once more with each change of its settings."""
    source = {
        "kind": "rtsp",
        "url": f"rtsp://127.0.0.1:{free_port()}/a",
        "substream": "rtsp://127.0.0.1:9/b",
        "timeout": 1,
    }
    camera = {"id": "gate", "source": source}
    settings = GatewaySettings.model_validate(
        {"gateway": "gw", "data": str(tmp_path), "model": EXACT, "cameras": [camera]}
    )
    detectors = Detectors.open(settings.model)
    outbox = Outbox(tmp_path / "outbox", 2**30)
    worker = CameraWorker(settings, settings.cameras[0], detectors, Scheduler(detectors, lambda *_: None), outbox)
    worker.start()
    wait_for("both threads", lambda: {"camera-gate", "main-gate"} <= {one.name for one in threading.enumerate()})
    worker.retire()
    wait_for("their end", lambda: not {"camera-gate", "main-gate"} & {one.name for one in threading.enumerate()})
    outbox.close()
