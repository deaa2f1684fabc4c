"""Clips are cut from what the camera sent, without re-encoding."""

import io
from pathlib import Path

import av
import numpy as np
import pytest
from tests.edge.snap.clips import make_clip

from sharp_eyes.edge.settings import FileSource
from sharp_eyes.edge.snap import PacketRing, read_frames


def _filled(path: Path, ring: PacketRing) -> PacketRing:
    for _ in read_frames(FileSource(path=path, pace="fast"), "cam", "keyframes", ring=ring, start_time=5000.0):
        pass
    return ring


def _decoded(data: bytes) -> list[av.VideoFrame]:
    with av.open(io.BytesIO(data), "r") as container:
        return list(container.decode(video=0))


@pytest.mark.parametrize("bframes", [0, 2])
def test_a_clip_covers_what_was_asked(tmp_path: Path, bframes: int) -> None:
    """It starts at the keyframe before, ends at the end, and every picture in it can be decoded."""
    ring = _filled(make_clip(tmp_path / "a.mp4", seconds=8, bframes=bframes), PacketRing(60))
    clip = ring.cut(5003.5, 5005.2)
    assert clip is not None
    assert clip.start == pytest.approx(5003.0)
    assert 5005.2 <= clip.end <= 5005.4
    pictures = _decoded(clip.data)
    assert len(pictures) == pytest.approx((clip.end - clip.start) * 25, abs=1)
    times = [picture.time for picture in pictures]
    assert times == sorted(times)
    assert times[-1] - times[0] == pytest.approx(clip.end - clip.start, abs=0.09)


def test_a_clip_can_be_played_while_it_loads(tmp_path: Path) -> None:
    """The index stands before the pictures."""
    clip = _filled(make_clip(tmp_path / "a.mp4"), PacketRing(60)).cut(5000, 5003)
    assert clip is not None
    assert 0 < clip.data.index(b"moov") < clip.data.index(b"mdat")


def test_a_clip_is_not_encoded_again(tmp_path: Path) -> None:
    """The pictures of the clip are those of the recording, to the bit."""
    path = make_clip(tmp_path / "a.mp4", seconds=3, bframes=2)
    clip = _filled(path, PacketRing(60)).cut(5000, 5010)
    assert clip is not None
    original = _decoded(path.read_bytes())
    copied = _decoded(clip.data)
    assert len(copied) == len(original) == 75
    assert all((one.to_ndarray() == other.to_ndarray()).all() for one, other in zip(original, copied, strict=True))


def test_the_ring_forgets(tmp_path: Path) -> None:
    """Only the last seconds are kept, from a keyframe on; what lies before cannot be cut any more."""
    ring = _filled(make_clip(tmp_path / "a.mp4", seconds=10), PacketRing(3))
    assert ring.span == pytest.approx((5006.0, 5009.96))
    assert ring.cut(5000, 5002) is None
    reaching_back = ring.cut(5004, 5008)
    assert reaching_back is not None
    assert reaching_back.start == pytest.approx(5006.0)


def test_the_ring_does_not_grow_without_keyframes(tmp_path: Path) -> None:
    """Where keyframes are rarer than the memory allows, the ring starts anew instead of growing."""
    ring = PacketRing(60, max_bytes=20_000)
    _filled(make_clip(tmp_path / "a.mp4", seconds=6, keyframe_every=50), ring)
    assert ring.span is None or ring.span[0] >= 5002.0


def test_an_empty_ring_gives_nothing() -> None:
    """Nothing was seen, so nothing is cut."""
    assert PacketRing(5).cut(0, 10) is None
    assert PacketRing(5).span is None


def test_other_pictures_are_not_mixed_into_a_clip(tmp_path: Path) -> None:
    """When a camera comes back with another picture size, older packets are dropped."""
    ring = _filled(make_clip(tmp_path / "a.mp4"), PacketRing(60))
    small = make_clip(tmp_path / "b.mp4", size=(160, 128), seconds=1)
    for _ in read_frames(FileSource(path=small, pace="fast"), "cam", "all", ring=ring, start_time=5010.0):
        pass
    clip = ring.cut(5000, 5020)
    assert clip is not None
    assert clip.start == pytest.approx(5010.0)
    assert {picture.width for picture in _decoded(clip.data)} == {160}


def test_a_recording_without_decode_times_can_be_cut(tmp_path: Path) -> None:
    """Matroska leaves out when a picture is decoded; the clip is whole all the same."""
    ring = _filled(make_clip(tmp_path / "a.mkv", seconds=3, bframes=2), PacketRing(60))
    clip = ring.cut(5000, 5010)
    assert clip is not None
    assert len(_decoded(clip.data)) >= 74


def test_video_that_no_clip_can_hold_is_still_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A codec that MP4 does not know costs the clips, with a warning, not the camera."""
    path = tmp_path / "a.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("wmv2", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(5):
            picture = np.full((48, 64, 3), number * 40, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    ring = PacketRing(60)
    frames = list(read_frames(FileSource(path=path, pace="fast"), "cam", "all", ring=ring))
    assert len(frames) == 5
    assert ring.cut(0, 10) is None
    assert "no clips until it is opened again" in caplog.text


def test_a_clip_can_be_cut_across_the_setting_of_the_clock(tmp_path: Path) -> None:
    """What is kept gets the times of the new clock, so that a clip covers both sides."""
    ring = _filled(make_clip(tmp_path / "a.mp4"), PacketRing(60))
    ring.shift(-3600.0)
    assert ring.span == pytest.approx((1400.0, 1403.96))
    clip = ring.cut(1401.0, 1402.0)
    assert clip is not None
    assert clip.start == pytest.approx(1401.0)
    assert len(_decoded(clip.data)) == pytest.approx(26, abs=1)
