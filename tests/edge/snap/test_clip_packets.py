"""Clips of cameras that say how they encode late, once, anew or never before the first keyframe."""

import io
import subprocess
from pathlib import Path

import av
import pytest
from tests.edge.snap.clips import make_clip
from tests.edge.snap.faulty_camera import Faults, FaultyCamera
from tests.edge.snap.test_reader import Watcher

from sharp_eyes.contract.status import CameraState
from sharp_eyes.edge.settings import FileSource, RtspSource
from sharp_eyes.edge.snap import EncodedClip, PacketRing, read_frames
from sharp_eyes.edge.snap.clip_packets import ClipPackets
from sharp_eyes.edge.snap.parameter_sets import parameter_sets


def pictures(clip: EncodedClip | None) -> list[tuple[int, int]]:
    """Sizes of all pictures of a clip, as a player decodes it."""
    assert clip is not None
    with av.open(io.BytesIO(clip.data), "r") as container:
        return [(picture.width, picture.height) for picture in container.decode(video=0)]


def clip_of(camera: FaultyCamera, seconds: float) -> EncodedClip | None:
    """What the ring gives once it holds ``seconds`` of a camera."""
    watcher = Watcher(RtspSource(url=camera.url, timeout=30))
    watcher.reader.start()

    def enough() -> bool:
        span = watcher.ring.span
        return watcher.states[-1] is CameraState.ONLINE and span is not None and span[1] - span[0] >= seconds

    watcher.until(enough, 60)
    watcher.reader.stop()
    span = watcher.ring.span
    assert span is not None
    return watcher.ring.cut(*span)


@pytest.mark.parametrize("told", ["always", "once"])
@pytest.mark.parametrize("begin_at", [0, 40])
def test_a_camera_that_describes_itself_in_the_stream_alone_has_clips(tmp_path: Path, told: str, begin_at: int) -> None:
    """With keyframes four seconds apart, whether it is opened at one or between two."""
    faults = Faults(parameters_in_sdp=False, parameters_in_stream=told, begin_at=begin_at)  # type: ignore[arg-type]
    with FaultyCamera(make_clip(tmp_path / "a.mp4", seconds=4, keyframe_every=100), faults) as camera:
        sizes = pictures(clip_of(camera, 5))
    assert len(sizes) > 100
    assert set(sizes) == {(320, 240)}


def test_a_camera_that_describes_itself_at_the_opening_alone_has_clips(tmp_path: Path) -> None:
    """No word of it in the stream."""
    with FaultyCamera(make_clip(tmp_path / "a.mp4"), Faults(parameters_in_stream="never")) as camera:
        assert set(pictures(clip_of(camera, 2))) == {(320, 240)}


def test_a_camera_that_changes_its_picture_has_clips_of_the_new_one(tmp_path: Path) -> None:
    """In the same connection; what it said at the opening does not hold any more."""
    small = make_clip(tmp_path / "b.mp4", size=(160, 128))
    clip = make_clip(tmp_path / "a.mp4", seconds=2)
    with FaultyCamera(clip, Faults(then=small)) as camera:
        watcher = Watcher(RtspSource(url=camera.url, timeout=30))
        watcher.reader.start()
        watcher.until(lambda: len(watcher.frames) >= 120, 60)
        watcher.reader.stop()
    span = watcher.ring.span
    assert span is not None
    assert set(pictures(watcher.ring.cut(*span))) == {(160, 128)}


@pytest.mark.parametrize("form", ["mp4", "hevc"])
def test_a_clip_of_hevc_can_be_played_by_apple(tmp_path: Path, form: str) -> None:
    """It is tagged hvc1, whatever the tag or form of what came, and whole."""
    recording = tmp_path / f"a.{form}"
    make = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=10:duration=3"]
    try:
        subprocess.run(
            [*make, "-c:v", "libx265", "-x265-params", "log-level=none:keyint=10", str(recording)], check=True
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        pytest.skip("ffmpeg with libx265 is missing; scripts/install-system-parts.sh installs it")
    ring = PacketRing(60)
    assert len(list(read_frames(FileSource(path=recording, pace="fast"), "cam", "all", ring=ring))) == 30
    clip = ring.cut(0, 10)
    assert clip is not None
    assert b"hvc1" in clip.data
    assert b"hev1" not in clip.data
    assert len(pictures(clip)) >= 29


def test_a_length_that_looks_like_a_start_code_is_none(tmp_path: Path) -> None:
    """In MP4 a unit of 256 to 511 bytes begins with 00 00 01; what follows is no parameter set."""
    with av.open(str(make_clip(tmp_path / "a.mp4", seconds=1))) as container:
        ring = PacketRing(60)
        packets = ClipPackets(container.streams.video[0], ring, "cam")
        begun = ring._template
        packets.add(b"\0\0\1\x67" + bytes(0x167), 0.0, 0.0, True)
    assert begun is not None
    assert ring._template is begun
    assert ring.span == (0.0, 0.0)


def test_parameter_sets_are_found() -> None:
    """Before the picture and in its form alone."""
    sps, pps, picture = b"\x67abc", b"\x68de", b"\x65\x88\0\0\1\x67"
    stream = b"\0\0\0\1\x09\xf0" + b"\0\0\0\1" + sps + b"\0\0\1" + pps + b"\0\0\1" + picture
    assert parameter_sets("h264", stream) == b"\0\0\0\1" + sps + b"\0\0\0\1" + pps
    assert parameter_sets("h264", b"\0\0\0\1" + picture) == b""
    assert parameter_sets("mpeg4", stream) == b""
    assert parameter_sets("h264", b"\0\0\0\x04" + sps) == b""
    assert parameter_sets("hevc", b"\0\0\1\x40\1v\0\0\1\x42\1s\0\0\1\x44\1p\0\0\1\x26\1i") == (
        b"\0\0\0\1\x40\1v\0\0\0\1\x42\1s\0\0\0\1\x44\1p"
    )
