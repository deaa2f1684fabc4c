"""Kept video: what is on disk is the camera's own packets, within bounds, readable whatever happens to its writer."""

import errno
import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import av
import pytest
from tests.edge.test_live_video import BEGAN, Camera, Hub, hub_and_desk, until

from sharp_eyes.contract.command import LookBack, SaveClip
from sharp_eyes.contract.envelope import ClipRefusedMessage, EvidenceMessage, parse_durable
from sharp_eyes.contract.video import VideoBegins, VideoKept, VideoRefused, VideoSent, VideoWanted
from sharp_eyes.edge.look_back.cutting import cut
from sharp_eyes.edge.look_back.kept_video import KeptVideo
from sharp_eyes.edge.look_back.recorder import Recorder
from sharp_eyes.edge.look_back.segments import read_packets
from sharp_eyes.edge.look_back.shelf import Shelf, remove_strangers
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.saved_clips import SavedClips
from sharp_eyes.edge.settings import LookBackSettings

PLENTY = 1 << 40


class Clock:
    """Seconds that a test sets."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def shelf_in(folder: Path, seconds: float = 3600, max_bytes: int = PLENTY, **more: Any) -> Shelf:
    return Shelf(folder, seconds, max_bytes, now=Clock(BEGAN + 100), **more)


@contextmanager
def recording(camera: Camera, shelf: Shelf) -> Iterator[Recorder]:
    recorder = Recorder("cam-1", shelf, lambda: camera.ring)
    recorder.start()
    until(lambda: camera.ring._followers)
    try:
        yield recorder
    finally:
        recorder.stop()


def record(camera: Camera, shelf: Shelf, first: int = 0, last: int | None = None) -> None:
    """Put these packets on the shelf."""
    with recording(camera, shelf):
        camera.send(first, len(camera.packets) if last is None else last)


def packets_in(folder: Path) -> list[bytes]:
    found: list[bytes] = []
    for path in sorted(folder.glob("*.mp4")):
        with path.open("rb") as file:
            found += [one.data for one in read_packets(file)[1]]
    return found


def test_kept_files_hold_the_packets_that_came_and_each_plays_by_itself(tmp_path: Path) -> None:
    """For their owner alone; a name says from when until when, and the next file begins where one ends."""
    camera, shelf = Camera(), shelf_in(tmp_path / "cam-1")
    record(camera, shelf)
    assert packets_in(tmp_path / "cam-1") == [one.data for one in camera.packets]
    files = list((tmp_path / "cam-1").iterdir())
    assert len(files) > 2
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (tmp_path / "cam-1").stat().st_mode & 0o777 == 0o700
    for path in files:
        with av.open(path) as container:
            assert next(container.decode(video=0)).key_frame
    (stretch,) = shelf.stretches(0, 2 * BEGAN)
    assert stretch[0] == pytest.approx(camera.packets[0].decode_time)
    assert stretch[1] == pytest.approx(camera.packets[-1].decode_time, abs=0.2)
    assert Shelf(tmp_path / "cam-1", 3600, PLENTY, now=Clock(BEGAN)).stretches(0, 2 * BEGAN) == [
        pytest.approx(stretch, abs=1e-5)
    ]


def test_what_a_killed_gateway_leaves_plays_up_to_its_last_whole_packet(tmp_path: Path) -> None:
    """Wherever the growing file was broken off, also within its first packet."""
    camera, shelf = Camera(), shelf_in(tmp_path)
    with recording(camera, shelf):
        camera.send(0, 60)
        until(lambda: shelf.stretches(camera.packets[58].time, 2 * BEGAN))
        growing = max(tmp_path.iterdir(), key=lambda path: path.name)
        before, torn = packets_in(tmp_path), growing.read_bytes()
        whole = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path != growing}
    for place, at in enumerate((0, 10, len(torn) // 2, len(torn) - 1, len(torn))):
        folder = tmp_path / f"killed-{place}"
        folder.mkdir()
        for name, content in whole.items():
            (folder / name).write_bytes(content)
        (folder / growing.name).write_bytes(torn[:at])
        again = shelf_in(folder)
        left = packets_in(folder)
        assert left == before[: len(left)]
        assert (left == before) is (at == len(torn))
        record(Camera(), again, 0, 30)
        assert packets_in(folder) == [*left, *(one.data for one in camera.packets[:30])]


def test_minutes_and_bytes_bound_it_and_the_oldest_goes_first(tmp_path: Path) -> None:
    """By age also while nothing comes, and whatever the wall clock says meanwhile."""
    camera, clock = Camera(), Clock(1000.0)
    record(camera, shelf_in(tmp_path))
    sizes = {path.name: path.stat().st_size for path in sorted(tmp_path.iterdir())}
    most = sum(sizes.values()) * 4 // 5
    small = shelf_in(tmp_path, max_bytes=most)
    left = sorted(path.name for path in tmp_path.iterdir())
    assert 0 < len(left) < len(sizes)
    assert left == sorted(sizes)[-len(left) :]
    assert sum(sizes[name] for name in left) + small.largest <= most
    old = shelf_in(tmp_path, seconds=300, monotonic=clock)
    clock.now += 150
    old.trim()
    assert old.stretches(0, 2 * BEGAN)
    clock.now += 160
    old.trim()
    assert not list(tmp_path.iterdir())


def test_a_full_disk_makes_it_give_way_and_health_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is reserved for all else stays free; where the disk takes nothing even so, the oldest half goes at once."""
    camera, free = Camera(), [1000]
    record(camera, shelf_in(tmp_path))
    count = len(list(tmp_path.iterdir()))
    kept = shelf_in(tmp_path, reserve_bytes=500, free=lambda _folder: free[0])
    assert len(list(tmp_path.iterdir())) == count
    real = os.write

    def full(descriptor: int, data: Any) -> int:
        if threading.current_thread().name.startswith("look-back"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data)

    with monkeypatch.context() as patched, recording(camera, kept) as recorder:
        patched.setattr(os, "write", full)
        camera.send(0, 40)
        until(lambda: recorder.notice)
        assert "No space left" in recorder.notice
        assert len(list(tmp_path.glob("*-*-*.mp4"))) == count // 2
    free[0] = 100
    with recording(camera, kept) as recorder:
        camera.send(0, 40)
        until(lambda: recorder.notice)
        assert "look_back.reserve_bytes" in recorder.notice
    assert not list(tmp_path.iterdir())


def test_a_break_of_the_camera_is_a_gap(tmp_path: Path) -> None:
    """And a clip over it holds both sides."""
    camera, shelf = Camera(), shelf_in(tmp_path)
    half = next(place for place, one in enumerate(camera.packets) if one.keyframe and one.time > BEGAN + 4)
    with recording(camera, shelf):
        camera.send(0, half)
        for one in camera.packets[half:]:
            camera.ring.add(one.data, one.time + 20, one.decode_time + 20, one.keyframe)
    first, second = shelf.stretches(0, 2 * BEGAN)
    assert second[0] - first[1] == pytest.approx(20, abs=0.5)
    clip = cut(shelf, BEGAN + 2, second[0] + 1)
    assert clip is not None
    with av.open(io.BytesIO(clip.data), "r") as container:
        times = [float(frame.time or 0) for frame in container.decode(video=0)]
    assert max(b - a for a, b in pairwise(times)) == pytest.approx(20, abs=0.5)


def test_after_a_step_of_the_clock_what_was_kept_has_the_times_of_its_events(tmp_path: Path) -> None:
    """Set back, a time comes twice: the later recording is shown, and what it does not cover of the earlier one."""
    camera, shelf = Camera(), shelf_in(tmp_path)
    record(camera, shelf, 0, 120)
    (whole,) = shelf.stretches(0, 2 * BEGAN)
    with recording(camera, shelf):
        camera.ring.shift(-2.0)
        for one in camera.packets[:60]:
            camera.ring.add(one.data, one.time + 2, one.decode_time + 2, one.keyframe)
    early, late, *rest = shelf.stretches(0, 2 * BEGAN)
    assert early == (whole[0], late[0])
    assert late[0] == pytest.approx(BEGAN + 2, abs=0.5)
    assert all(one[0] >= late[1] for one in rest)
    assert next(shelf.covering(BEGAN + 2.5, BEGAN + 3)).start >= late[0]


def test_a_clip_is_cut_to_the_packet_without_reencoding(tmp_path: Path) -> None:
    """From the keyframe before; None where nothing is kept, and pieces that have gone meanwhile hurt nobody."""
    camera, shelf = Camera(), shelf_in(tmp_path)
    record(camera, shelf)
    clip = cut(shelf, BEGAN + 3, BEGAN + 6.02)
    assert clip is not None
    first = max(place for place, one in enumerate(camera.packets) if one.keyframe and one.time <= BEGAN + 3)
    assert clip.start == pytest.approx(camera.packets[first].time, abs=1e-4)
    assert clip.end == pytest.approx(BEGAN + 6, abs=0.2)
    with av.open(io.BytesIO(clip.data), "r") as container:
        frames = len(list(container.decode(video=0)))
    assert frames == len([one for one in camera.packets[first:] if one.time <= BEGAN + 6.02])
    assert cut(shelf, BEGAN - 60, BEGAN - 30) is None
    for path in tmp_path.iterdir():
        path.unlink()
    assert cut(shelf, BEGAN + 3, BEGAN + 6.02) is None


def test_what_is_masked_or_switched_off_is_not_kept_nor_what_was(tmp_path: Path) -> None:
    """And what a camera left that is gone from the settings is removed."""
    camera = Camera()
    record(camera, shelf_in(tmp_path / "cam-1"))
    settings = LookBackSettings(minutes=5)
    assert KeptVideo(tmp_path / "cam-1", "cam-1", settings, lambda: camera.ring, masked=False).refusal is None
    assert list((tmp_path / "cam-1").iterdir()) == []  # five minutes are over long ago
    record(camera, shelf_in(tmp_path / "cam-1"))
    masked = KeptVideo(tmp_path / "cam-1", "cam-1", settings, lambda: camera.ring, masked=True)
    masked.start()
    masked.stop()
    assert masked.refusal == "masked"
    assert not (tmp_path / "cam-1").exists()
    record(camera, shelf_in(tmp_path / "cam-2"))
    off = KeptVideo(tmp_path / "cam-2", "cam-2", LookBackSettings(), lambda: camera.ring, masked=False)
    assert off.refusal == "not_kept"
    assert not (tmp_path / "cam-2").exists()
    record(camera, shelf_in(tmp_path / "cam-3"))
    remove_strangers(tmp_path, {"cam-4"})
    assert list(tmp_path.iterdir()) == []


@contextmanager
def looking(tmp_path: Path, *, until_second: float = 600, **kept_as: Any) -> Iterator[tuple[Camera, KeptVideo, Hub]]:
    """A line that is open, of a camera that records."""
    camera = Camera()
    settings = LookBackSettings(**({"minutes": 60} | kept_as))
    kept = KeptVideo(tmp_path / "cam-1", "cam-1", settings, lambda: camera.ring, masked=False)
    kept.start()
    since = datetime.fromtimestamp(BEGAN, UTC)
    with hub_and_desk() as (hub, desk, request):
        camera.send(0, len(camera.packets))
        until(lambda: kept.refusal or kept.shelf.stretches(BEGAN, camera.packets[-2].time))
        command = LookBack(camera="cam-1", since=since, until=since + timedelta(seconds=until_second), video=request)
        desk.look_back(kept, command)
        desk.look_back(kept, command)  # said again, as a hub does until it is heard
        until(lambda: hub.said)
        yield camera, kept, hub
        kept.stop()
        until(hub.ended.is_set)
        assert len(hub.paths) == 1


def wish(hub: Hub, number: int, since: float, until_: float) -> list[Any]:
    """Say a wish, and give all that is answered."""
    assert hub.line is not None
    before = len(hub.said)
    hub.line.send(VideoWanted(number=number, since=since, until=until_).model_dump_json())
    until(lambda: any(one.number == number for one in hub.notes(VideoSent)))
    return hub.said[before:]


def test_the_hub_gets_what_it_wants_of_the_past_from_the_keyframe_before(tmp_path: Path) -> None:
    """Piece by piece without a hole, each with the moment at which its file begins; nothing outside of the bounds."""
    with looking(tmp_path, until_second=6) as (camera, _, hub):
        (kept,) = hub.notes(VideoKept)
        assert kept.stretches == ((pytest.approx(BEGAN), BEGAN + 6),)
        said = wish(hub, 1, BEGAN + 3, BEGAN + 4)
        begins = [one for one in said if isinstance(one, VideoBegins)]
        assert BEGAN < begins[0].epoch <= BEGAN + 3
        assert begins[0].media_type.startswith('video/mp4; codecs="avc1.')
        sent = said[-1].until
        said += wish(hub, 2, sent, sent + 60)
        own = [one.data for one in camera.packets]
        found = packets_of_files(said)
        first = own.index(found[0])
        assert camera.packets[first].keyframe
        assert found == own[first : first + len(found)]
        assert camera.packets[first + len(found) - 1].time < BEGAN + 6 + 5
        (nothing,) = wish(hub, 3, BEGAN + 600, BEGAN + 700)
        assert nothing == VideoSent(number=3, until=None)


def packets_of_files(said: list[Any]) -> list[bytes]:
    files: list[bytes] = []
    for one in said:
        if isinstance(one, VideoBegins):
            files.append(b"")
        elif isinstance(one, bytes):
            files[-1] += one[1:]
    found: list[bytes] = []
    for file in files:
        with av.open(io.BytesIO(file), "r") as container:
            found += [bytes(packet) for packet in container.demux(video=0) if packet.size]
    return found


def test_where_nothing_is_kept_the_hub_is_told_so(tmp_path: Path) -> None:
    with looking(tmp_path, minutes=0) as (_, _, hub):
        assert hub.said == [VideoRefused(reason="not_kept")]


def test_a_clip_that_is_asked_for_goes_into_the_outbox_once(tmp_path: Path) -> None:
    """Under the id that it was asked for with; and where there is none, why."""
    camera, outbox = Camera(), Outbox(tmp_path / "outbox", 1 << 30)
    kept = KeptVideo(tmp_path / "cam-1", "cam-1", LookBackSettings(minutes=60), lambda: camera.ring, masked=False)
    kept.start()
    until(lambda: camera.ring._followers)
    camera.send(0, len(camera.packets))
    kept.stop()
    hidden = KeptVideo(tmp_path / "cam-2", "cam-2", LookBackSettings(minutes=5), lambda: camera.ring, masked=True)
    clips = SavedClips("gate-1", outbox)
    wanted = [asked(2, 5), asked(-60, -50), asked(2, 5), asked(2, 5), asked(2, 5)]
    for command, where in zip(wanted, (kept, kept, None, hidden, kept), strict=True):
        clips.take(command, where)
        clips.take(command, where)
    clips._cutting.shutdown(wait=True)
    said = {}
    for one in outbox.pending(100):
        message = parse_durable(one.payload)
        assert isinstance(message, EvidenceMessage | ClipRefusedMessage)
        key = message.data.evidence_id if isinstance(message, EvidenceMessage) else message.data.command_id
        said[key] = message.data
    assert len(said) == len(outbox.pending(100)) == 5
    refusals = [getattr(said[one.command_id], "reason", "") for one in wanted]
    assert refusals == ["", "not_kept", "camera_gone", "masked", ""]
    assert all(said[one.command_id].event_id == one.event_id for one in wanted)
    outbox.close()


def asked(first: float, last: float) -> SaveClip:
    began = datetime.fromtimestamp(BEGAN, UTC)
    return SaveClip(
        command_id=uuid4(),
        event_id=uuid4(),
        camera="cam-1",
        since=began + timedelta(seconds=first),
        until=began + timedelta(seconds=last),
    )
