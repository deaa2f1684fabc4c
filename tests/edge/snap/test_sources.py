"""Recordings and folders become frames."""

import hashlib
import itertools
import logging
import os
import struct
import threading
import time
import traceback
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pytest
from tests.edge.snap.clips import SilentHost, make_clip, packet_places
from tests.ports import free_port

from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import FileSource, FolderSource, RtspSource
from sharp_eyes.edge.snap import DecodeMode, PacketRing, StreamStatistics, read_frames
from sharp_eyes.edge.snap.folder import decode_picture


def _all(path: Path, pace: DecodeMode = "all", statistics: StreamStatistics | None = None) -> list[Frame]:
    return list(read_frames(FileSource(path=path, pace="fast"), "cam", pace, statistics=statistics))


def _steps(frames: list[Frame]) -> list[float]:
    return [later.time - earlier.time for earlier, later in itertools.pairwise(frames)]


def _print(frames: list[Frame]) -> str:
    digest = hashlib.sha256()
    for frame in frames:
        digest.update(repr(frame.time).encode() + frame.picture(96, 64).tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize("bframes", [0, 2])
def test_the_same_clip_gives_the_same_frames(tmp_path: Path, bframes: int) -> None:
    """Read fast, a clip gives the same times and the same pixels each time."""
    path = make_clip(tmp_path / "a.mp4", bframes=bframes)
    first, second = _all(path), _all(path)
    assert len(first) == 100
    assert _print(first) == _print(second)
    assert _steps(first) == pytest.approx([0.04] * 99)
    assert [frame.index for frame in first] == list(range(100))
    assert not any(frame.after_gap for frame in first)


def test_time_starts_where_the_recording_says(tmp_path: Path) -> None:
    """The creation time counts; 1970 where there is none; the caller's word before both."""
    dated = make_clip(tmp_path / "a.mp4", seconds=1, creation_time="2026-03-01T08:00:00.000000Z")
    plain = make_clip(tmp_path / "b.mp4", seconds=1)
    assert _all(dated)[0].time == 1772352000.0
    assert _all(plain)[0].time == 0.0
    told = read_frames(FileSource(path=dated, pace="fast"), "cam", "all", start_time=50.0)
    assert next(told).time == 50.0


@pytest.mark.parametrize("bframes", [0, 2])
def test_keyframe_pace_gives_the_keyframes(tmp_path: Path, bframes: int) -> None:
    """Only keyframes come out, each with its own time and the same pixels as when all is decoded."""
    path = make_clip(tmp_path / "a.mp4", bframes=bframes)
    keyframes = _all(path, "keyframes")
    assert [frame.time for frame in keyframes] == pytest.approx([0.0, 1.0, 2.0, 3.0])
    assert all(frame.keyframe and not frame.after_gap for frame in keyframes)
    everything = [frame for frame in _all(path) if frame.keyframe]
    assert _print(keyframes) == _print(everything)


def test_nonreference_pace_leaves_out_what_nobody_needs(tmp_path: Path) -> None:
    """Fewer frames than all, more than the keyframes, and still in order."""
    path = make_clip(tmp_path / "a.mp4", bframes=2)
    some = _all(path, "nonreference")
    assert 4 < len(some) < 100
    assert min(_steps(some)) > 0
    assert {round(frame.time, 3) for frame in some} >= {0.0, 1.0, 2.0, 3.0}


@pytest.mark.parametrize("bframes", [0, 2])
@pytest.mark.parametrize("rate", [25, 30])
def test_a_stream_without_time_stamps_gets_usual_ones(tmp_path: Path, bframes: int, rate: int) -> None:
    """A bare H.264 stream stamps nothing: the rate in its headers stands for that."""
    frames = _all(make_clip(tmp_path / "a.h264", rate=rate, keyframe_every=rate, bframes=bframes))
    assert len(frames) == 4 * rate
    assert min(_steps(frames)) > 0
    assert frames[-1].time == pytest.approx(4, abs=0.15)
    keyframes = _all(tmp_path / "a.h264", "keyframes")
    assert [frame.time for frame in keyframes] == pytest.approx([0.0, 1.0, 2.0, 3.0])


def test_a_stream_with_a_senseless_rate_gets_the_usual_one(tmp_path: Path) -> None:
    """A header that speaks of a million pictures a second is not believed: 25 are taken for granted."""
    frames = _all(make_clip(tmp_path / "a.h264", ticks=1_000_000))
    assert _steps(frames) == pytest.approx([0.04] * 99)


def test_a_keyframe_comes_at_once(tmp_path: Path) -> None:
    """In keyframe pace a picture is given before the next packet is read, though the stream is reordered."""
    ring = PacketRing(60)
    source = FileSource(path=make_clip(tmp_path / "a.mp4", bframes=2), pace="fast")
    for number, frame in enumerate(read_frames(source, "cam", "keyframes", ring=ring)):
        assert frame.time == pytest.approx(number)
        assert ring.span == pytest.approx((0.0, number))


def test_a_loop_goes_on_without_a_seam(tmp_path: Path) -> None:
    """The second round follows the first by one frame's time, and so on."""
    path = make_clip(tmp_path / "a.mp4", seconds=1, bframes=2)
    frames = []
    for frame in read_frames(FileSource(path=path, pace="fast", loop=True), "cam", "all"):
        frames.append(frame)
        if len(frames) == 80:
            break
    assert _steps(frames) == pytest.approx([0.04] * 79)
    assert (frames[3].picture(64, 48) == frames[53].picture(64, 48)).all()
    assert not any(frame.after_gap for frame in frames)


def test_live_pace_follows_the_clock(tmp_path: Path) -> None:
    """Two seconds of video take two seconds, start now, and a pause of the reader is caught up."""
    path = make_clip(tmp_path / "a.mp4", seconds=2)
    began, lags = time.time(), []
    for frame in read_frames(FileSource(path=path), "cam", "all"):
        lags.append(time.time() - frame.time)
        if frame.index == 10:
            time.sleep(0.4)
    # Never early, and not late by more than a busy machine makes it.
    assert 1.7 < time.time() - began < 60
    assert min(lags) > -0.1
    assert max(lags[-10:]) < 30
    assert max(lags[11:13]) > 0.2


def test_pictures_are_scaled_in_any_thread(tmp_path: Path) -> None:
    """Many threads may ask many frames for many sizes, after the reading has ended, and all agree."""
    frames = _all(make_clip(tmp_path / "a.mp4", seconds=1))
    sizes = [(320, 240), (96, 64), (31, 17), (640, 480)]
    work = [(frame, size) for frame in frames for size in sizes] * 3
    expected = {(frame.index, size): frame.picture(*size).tobytes() for frame, size in work}
    with ThreadPoolExecutor(8) as threads:
        pictures = threads.map(lambda item: item[0].picture(*item[1]), work)
        for (frame, (width, height)), picture in zip(work, pictures, strict=True):
            assert picture.shape == (height, width, 3)
            assert picture.tobytes() == expected[frame.index, (width, height)]


def test_the_picture_shows_what_was_filmed(tmp_path: Path) -> None:
    """The white square is where it was drawn, in BGR order, at full and at small size."""
    frame = _all(make_clip(tmp_path / "a.mp4", seconds=1))[10]
    full, small = frame.picture(), frame.picture(160, 120)
    assert full.shape == (240, 320, 3)
    assert full[90:110, 40:60].min() > 225
    assert small[45:55, 20:30].min() > 225
    assert full[10:40].mean() < 200


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
@pytest.mark.parametrize("torn", [1.0, 0.5], ids=["whole", "half"])
def test_a_torn_clip_is_read_on_at_the_next_keyframe(
    tmp_path: Path, codec: Literal["libx264", "mpeg4"], torn: float
) -> None:
    """Bytes overwritten in the middle cost that group of pictures; it is counted and the gap is told.

    Where only half of a packet is torn the decoder paints over it and does not call it an error.
    """
    path = make_clip(tmp_path / "a.mp4", seconds=6, codec=codec)
    data = bytearray(path.read_bytes())
    for number, (place, size, _) in enumerate(packet_places(path)):
        if 55 <= number < 60:
            length = round(size * torn)
            data[place + size - length : place + size] = b"\xff" * length
    path.write_bytes(data)
    statistics = StreamStatistics()
    frames = _all(path, statistics=statistics)
    assert statistics.broken >= 1
    gap = [frame for frame in frames if frame.after_gap]
    assert [frame.time for frame in gap] == pytest.approx([3.0])
    assert gap[0].keyframe
    assert 53 <= sum(frame.time < 3 for frame in frames) <= 55
    assert sum(frame.time >= 3 for frame in frames) == 75


def test_a_cut_off_clip_is_read_to_where_it_ends(tmp_path: Path) -> None:
    """Half a file gives half the frames and then ends, without an error."""
    path = make_clip(tmp_path / "a.mp4", seconds=6)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    frames = _all(path)
    assert 30 < len(frames) < 120


@pytest.mark.parametrize("content", [b"", b"no video at all\n" * 200, bytes(range(256)) * 40])
@pytest.mark.parametrize("name", ["a.mp4", "a.txt", "a.png"])
def test_what_is_no_video_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    """The error names the file and says what to check."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.\w+ .*check that it is"):
        _all(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    """The error says what is wrong with the path."""
    with pytest.raises(SourceError, match=r"gone\.mp4 does not exist"):
        _all(tmp_path / "gone.mp4")
    with pytest.raises(SourceError, match=r"is a folder; use source\.kind: folder"):
        _all(tmp_path)
    with pytest.raises(SourceError, match=r"cannot be read \(file name too long\)"):
        _all(tmp_path / ("a" * 300))


def test_a_pipe_is_no_recording(tmp_path: Path) -> None:
    """Nobody may ever write into it, and opening it would wait for ever, beyond any stopping."""
    os.mkfifo(tmp_path / "a.mp4")
    with pytest.raises(SourceError, match=r"a\.mp4 is no file"):
        _all(tmp_path / "a.mp4")
    folder = tmp_path / "pictures"
    folder.mkdir()
    _pictures(folder)
    os.mkfifo(folder / "0b.png")
    statistics = StreamStatistics()
    source = FolderSource(path=folder, pace="fast")
    assert len(list(read_frames(source, "cam", "all", statistics=statistics))) == 5
    assert statistics.broken == 1


def test_a_picture_that_claims_to_be_larger_than_any_is_broken() -> None:
    """OpenCV raises where it reads the size, and the camera would begin its folder again, for ever."""
    chunks = (b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0), b"IDAT" + zlib.compress(bytes(1000)))
    framed = [struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in (*chunks, b"IEND")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(framed)
    assert decode_picture(bomb) is None


def test_a_closed_port_is_told_at_once() -> None:
    """Nobody answers: the error says so, hides the password, and carries it nowhere."""
    url = f"rtsp://admin:topsecret@127.0.0.1:{free_port()}/cam"
    with pytest.raises(SourceError, match=r"does not answer.*refused") as caught:
        list(read_frames(RtspSource(url=url), "cam", "all"))
    assert "127.0.0.1" in str(caught.value)
    assert "topsecret" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


def test_a_silent_host_is_given_up_within_the_timeout() -> None:
    """A host that accepts the connection and says nothing is told after the time-out."""
    with SilentHost() as host:
        began = time.monotonic()
        with pytest.raises(SourceError, match="nothing came within 1 s"):
            list(read_frames(RtspSource(url=f"rtsp://127.0.0.1:{host.port}/cam", timeout=1), "cam", "all"))
        assert 0.8 < time.monotonic() - began < 60


def _pictures(folder: Path) -> None:
    for number in range(4):
        picture = np.full((48, 64, 3), number * 40, np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), picture)
    cv2.imwrite(str(folder / "4.jpg"), np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8))


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    """Five pictures, two seconds apart."""
    _pictures(tmp_path)
    source = FolderSource(path=tmp_path, interval=2, pace="fast")
    frames = list(read_frames(source, "cam", "all", start_time=100))
    assert [frame.time for frame in frames] == [100, 102, 104, 106, 108]
    assert [int(frame.picture().mean()) for frame in frames][:4] == [0, 40, 80, 120]
    assert all(frame.keyframe for frame in frames)


def test_a_broken_picture_is_left_out_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its moment passes, it is counted, and the next frame follows a gap; so for a JPEG cut off half-way."""
    _pictures(tmp_path)
    (tmp_path / "1.png").write_bytes(b"broken")
    jpeg = (tmp_path / "4.jpg").read_bytes()
    (tmp_path / "4.jpg").write_bytes(jpeg[: len(jpeg) // 2])
    statistics = StreamStatistics()
    with caplog.at_level(logging.WARNING):
        source = FolderSource(path=tmp_path, pace="fast")
        frames = list(read_frames(source, "cam", "all", statistics=statistics))
    assert [(frame.time, frame.after_gap) for frame in frames] == [(0, False), (2, True), (3, False)]
    assert statistics.broken == 2
    assert "1.png" in caplog.text
    assert "4.jpg" in caplog.text


def test_a_folder_without_pictures_is_named(tmp_path: Path) -> None:
    """An empty folder and one with nothing but broken pictures are errors."""
    source = FolderSource(path=tmp_path, pace="fast", loop=True)
    with pytest.raises(SourceError, match="holds no picture"):
        list(read_frames(source, "cam", "all"))
    (tmp_path / "1.png").write_bytes(b"broken")
    with pytest.raises(SourceError, match="none of its 1 pictures"):
        list(read_frames(source, "cam", "all"))


def test_a_folder_stops_at_once_when_told(tmp_path: Path) -> None:
    """An hour between two pictures does not delay the stop."""
    _pictures(tmp_path)
    stop = threading.Event()
    frames = read_frames(FolderSource(path=tmp_path, interval=3600), "cam", "all", stop=stop)
    next(frames)
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    assert list(frames) == []
    assert time.monotonic() - began < 60
