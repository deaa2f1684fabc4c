"""A device decodes as long as it gives the processor's pictures; whatever it does, no picture is lost or wrong."""

import logging
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.edge.snap.clips import make_clip, packet_places
from tests.edge.snap.devices import PretendedDevice, drifts_from, fails_from, mute_from

from sharp_eyes.contract.status import CameraState
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import CameraSettings, FileSource, GatewaySettings
from sharp_eyes.edge.snap import CameraReader, DecodeMode, StreamStatistics, decode_trial, read_frames
from sharp_eyes.edge.snap.decode_device import DecodeDevice
from sharp_eyes.edge.snap.decode_mode import Demand
from sharp_eyes.edge.snap.decode_trial import DecodeTrial, choose_device, make_sample, try_apart, try_device


def read(
    path: Path, device: DecodeDevice | None, mode: DecodeMode = "all", demand: Demand | None = None
) -> tuple[list[Frame], StreamStatistics]:
    """All frames that are given, and what that took."""
    statistics = StreamStatistics()
    source = FileSource(path=path, pace="fast")
    frames = list(read_frames(source, "cam", mode, demand=demand, statistics=statistics, device=device))
    return frames, statistics


def assert_same(ours: list[Frame], theirs: list[Frame]) -> None:
    """The same frames at the same times, to the bit."""
    assert [frame.time for frame in ours] == [frame.time for frame in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert np.array_equal(one.picture(96, 64), other.picture(96, 64))


@pytest.mark.parametrize("bframes", [0, 2])
def test_a_good_device_decodes_and_nothing_is_said(tmp_path: Path, bframes: int) -> None:
    """It gets every packet, and the processor only the first keyframe for comparison."""
    path = make_clip(tmp_path / "a.mp4", seconds=4, bframes=bframes)
    device = PretendedDevice()
    frames, statistics = read(path, device)
    assert_same(frames, read(path, None)[0])
    assert device.packets == 100
    assert statistics.notice == ""


def test_a_device_that_cannot_be_opened_leaves_it_to_the_processor(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Health and log say so."""
    path = make_clip(tmp_path / "a.mp4", seconds=2)
    frames, statistics = read(path, PretendedDevice(closed=True))
    assert_same(frames, read(path, None)[0])
    assert (
        "decoding by pretended cannot be opened (operation not permitted); the processor decodes" in statistics.notice
    )
    assert "camera cam: video decoding by pretended cannot be opened" in caplog.text


@pytest.mark.parametrize("bframes", [0, 2])
@pytest.mark.parametrize("packet", [0, 1, 25, 37, 99])
@pytest.mark.parametrize(("mode", "wanted"), [("all", None), ("nonreference", 0.2), ("keyframes", None)])
def test_a_device_that_fails_midway_costs_no_picture(
    tmp_path: Path, bframes: int, packet: int, mode: DecodeMode, wanted: float | None
) -> None:
    """The processor takes over within the same group, whether all is decoded or what is wanted."""
    path = make_clip(tmp_path / "a.mp4", seconds=4, bframes=bframes)
    demand: Demand | None = None if wanted is None else lambda time, _keyframe: round(time / 0.04) % 5 == 0
    device = PretendedDevice(fails_from(packet))
    frames, statistics = read(path, device, mode, demand)
    assert_same(frames, read(path, None, mode, demand)[0])
    if device.packets > packet:
        assert "pretended failed (generic error in an external library)" in statistics.notice


def test_a_device_that_falls_silent_is_noticed(tmp_path: Path) -> None:
    """No error and no picture is a failure, too."""
    path = make_clip(tmp_path / "a.mp4", seconds=8, keyframe_every=50)
    frames, statistics = read(path, PretendedDevice(mute_from(50)))
    assert_same(frames, read(path, None)[0])
    assert "pretended gave no picture" in statistics.notice
    frames, statistics = read(path, PretendedDevice(mute_from(2)), "keyframes")
    assert_same(frames, read(path, None, "keyframes")[0])
    assert "pretended gave no picture" in statistics.notice


def test_a_device_that_drifts_from_the_start_gives_not_one_picture(tmp_path: Path) -> None:
    """The first keyframe is compared before it is given."""
    path = make_clip(tmp_path / "a.mp4", seconds=3)
    frames, statistics = read(path, PretendedDevice(drifts_from(0)))
    assert_same(frames, read(path, None)[0])
    assert "pretended gives another picture than the processor" in statistics.notice


def test_a_device_that_drifts_later_is_noticed_at_the_next_examination(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a minute a keyframe is decoded by both; here at each."""
    monkeypatch.setattr("sharp_eyes.edge.snap.guarded_decoding.EXAMINE_EVERY", 0.0)
    path = make_clip(tmp_path / "a.mp4", seconds=4)
    frames, statistics = read(path, PretendedDevice(drifts_from(60)))
    there = read(path, None)[0]
    assert_same(frames[75:], there[75:])
    assert "gives another picture than the processor" in statistics.notice


def test_a_torn_stream_is_not_the_devices_fault(tmp_path: Path) -> None:
    """What the processor cannot decode either is left out as ever, and the device goes on."""
    path = make_clip(tmp_path / "a.mp4", seconds=6)
    content = bytearray(path.read_bytes())
    for place, size, _ in packet_places(path)[53:56]:
        content[place + 4 : place + size] = bytes([0xFF]) * (size - 4)
    path.write_bytes(content)
    device = PretendedDevice()
    frames, statistics = read(path, device)
    expected, alone = read(path, None)
    assert_same(frames, expected)
    assert (statistics.broken, statistics.device_fault) == (alone.broken, "")


def test_after_a_fault_reconnects_stay_with_the_processor(tmp_path: Path) -> None:
    """Until the gateway starts again; a device that comes and goes is worse than none."""
    path = make_clip(tmp_path / "a.mp4", seconds=2)
    device, statistics = PretendedDevice(fails_from(30)), StreamStatistics()
    source = FileSource(path=path, pace="fast")
    for _ in range(2):
        list(read_frames(source, "cam", "all", statistics=statistics, device=device))
    assert device.packets == 31


def test_a_device_is_tried_against_the_processor() -> None:
    """Its pictures, and the processor time that it takes."""
    sample = make_sample()
    good = try_device(PretendedDevice(), sample)
    assert good.problem == ""
    assert good.agreement == 100
    assert good.processor > 0
    assert "drifts" not in str(good)
    assert "other pictures than the processor" in try_device(PretendedDevice(drifts_from(0)), sample).problem
    assert "cannot decode" in try_device(PretendedDevice(fails_from(3)), sample).problem
    assert "gives" in try_device(PretendedDevice(mute_from(3)), sample).problem
    assert "cannot decode (operation" in try_device(PretendedDevice(closed=True), sample).problem


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "ended the program that tried it (status -11)"),
        ("import time; time.sleep(60)", "did not answer within 1 s"),
        ("print('nonsense')", "ended the program that tried it (status 0)"),
    ],
)
def test_a_driver_may_take_its_process_with_it(monkeypatch: pytest.MonkeyPatch, program: str, said: str) -> None:
    """The trial is a process of its own; the gateway starts without the device."""
    monkeypatch.setattr(decode_trial, "LONGEST_TRIAL", 1.0)
    assert try_apart("cuda", (sys.executable, "-c", program)).problem == said


def test_auto_takes_what_saves_and_a_named_device_what_agrees(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Never by hope: what cannot be tried is not used."""
    trials = {
        "cuda": DecodeTrial("cuda", "", 80, processor=5.0, alone=6.0),
        "vaapi": DecodeTrial("vaapi", "", 80, processor=9.0, alone=6.0),
        "qsv": DecodeTrial("qsv", "gives other pictures than the processor (20 dB)", 20, processor=1.0, alone=6.0),
    }
    monkeypatch.setattr(decode_trial, "present", lambda: list(trials))
    monkeypatch.setattr(decode_trial, "try_apart", trials.__getitem__)
    caplog.set_level(logging.INFO)

    def name(setting: str) -> str | None:
        chosen = choose_device(GatewaySettings.model_validate({"gateway": "g", "decode_device": setting}).decode_device)
        return None if chosen is None else chosen.name

    assert [name(setting) for setting in ("auto", "cpu", "cuda", "vaapi", "qsv")] == [
        "cuda",
        None,
        "cuda",
        "vaapi",
        None,
    ]
    assert "qsv: not used: it gives other pictures" in caplog.text
    trials["cuda"] = DecodeTrial("cuda", "", 80, processor=5.9, alone=6.0)
    assert name("auto") is None


def test_a_cameras_health_says_that_its_device_failed(tmp_path: Path) -> None:
    """It is online all the same."""
    path = make_clip(tmp_path / "a.mp4", seconds=4)
    camera = CameraSettings(id="cam", source=FileSource(path=path, pace="live", loop=True))
    frames: list[Frame] = []
    device = PretendedDevice(fails_from(30))
    reader = CameraReader(camera, "all", None, frames.append, lambda _health: None, device=device)
    reader.start()
    try:
        end = time.monotonic() + 60
        while len(frames) < 40 and time.monotonic() < end:
            time.sleep(0.05)
        health = reader.health()
    finally:
        reader.stop()
    assert (health.state, device.packets) == (CameraState.ONLINE, 31)
    assert "video decoding by pretended failed" in health.detail
