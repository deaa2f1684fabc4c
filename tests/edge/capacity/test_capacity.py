"""What cameras will cost is foreseen as it comes, and said."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.edge.snap.clips import make_clip
from typer.testing import CliRunner

from sharp_eyes.edge import doctor
from sharp_eyes.edge.capacity import clip as capacity_clip
from sharp_eyes.edge.capacity import costs
from sharp_eyes.edge.capacity.admission import Asked
from sharp_eyes.edge.capacity.costs import DecodingCost, LookCost, decoding_cost
from sharp_eyes.edge.capacity.demand import Demand, demand_of, load_of
from sharp_eyes.edge.capacity.streams import seen_in
from sharp_eyes.edge.cli import app
from sharp_eyes.edge.doctor import DoubtfulError, _admitted
from sharp_eyes.edge.errors import EdgeError, SourceError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Frame, Segmentation
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.sampling import LookPlan
from sharp_eyes.edge.settings import CameraSettings, FileSource
from sharp_eyes.edge.snap.sources import read_frames
from sharp_eyes.edge.snap.statistics import StreamStatistics

ZONE = {"id": "zone", "polygon": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]}
PICTURE = Frame.of_picture("a", 0.0, np.full((90, 160, 3), 90, np.uint8))
GROUND = Segmentation(np.ones((1, 9, 16), np.float32), ("paved",))


class NoDetectors(Detectors):
    """All classes of the bundled models; no network is opened."""

    def serve(
        self, camera: str, classes: Any, ground: bool = False, tiles: int = 1, region: Any = None
    ) -> tuple[str, ...]:
        return ()


@pytest.fixture(scope="module")
def detectors() -> Detectors:
    return NoDetectors.open()


def pipeline(detectors: Detectors, name: str, **settings: Any) -> CameraPipeline:
    camera = CameraSettings(
        id="a", source=FileSource(path=Path("none")), scenes=({"scene": name, "zones": [ZONE], **settings},)
    )
    return CameraPipeline("gate", camera, detectors)


def demand(detectors: Detectors, name: str, keyframes: float, busy: bool, **settings: Any) -> Demand:
    return demand_of(pipeline(detectors, name, **settings), PICTURE, lambda: GROUND, keyframes, 25.0, busy=busy)


def test_a_slow_scene_asks_for_more_when_something_is_near(detectors: Detectors) -> None:
    """Parking: a look a second at every keyframe while cars come, one in some seconds while nobody is there."""
    busy, quiet = (demand(detectors, "illegal_parking", 1.0, busy) for busy in (True, False))
    assert (busy.looks, busy.keyframes, busy.frames) == pytest.approx((1, 1, 0), abs=0.02)
    assert quiet.looks < 0.35
    assert quiet.frames == 0


def test_a_fast_scene_is_decoded_nearly_whole(detectors: Detectors) -> None:
    """Five looks a second need all but the last few frames of each group; every frame is what a falling thing needs."""
    fast = demand(detectors, "perimeter_intrusion", 2.0, busy=False, look_interval=0.2)
    assert fast.looks == pytest.approx(5, rel=0.02)
    assert 20 <= fast.frames + fast.keyframes <= 25
    falling = demand(detectors, "falling_object", 2.0, busy=False)
    assert (falling.looks, falling.keyframes, falling.frames) == (0, 0.5, 24.5)


@pytest.mark.parametrize("group", [25, 50, 125])
def test_what_is_foreseen_to_be_decoded_is_what_a_reader_decodes(
    tmp_path: Path, detectors: Detectors, group: int
) -> None:
    """The same looks, and the same packets into the decoder, as when a clip is read by the same plan."""
    clip = make_clip(tmp_path / "clip.mp4", seconds=40, keyframe_every=group, size=(160, 96))
    plan, statistics, looks = LookPlan(0.8), StreamStatistics(), 0

    def wants(moment: float, keyframe: bool) -> bool:
        plan.see(moment, keyframe)
        return plan.wants(moment, keyframe)

    one = pipeline(detectors, "perimeter_intrusion", look_interval=0.8)
    for frame in read_frames(FileSource(path=clip, pace="fast"), "a", "all", statistics=statistics, demand=wants):
        if plan.wants(frame.time, frame.keyframe):
            looks += 1
            plan.taken(frame.time)
            plan.wish(frame.time, [scene.pace.often(frame.time) for scene in one.scenes.scenes])
    foreseen = demand(detectors, "perimeter_intrusion", group / 25, busy=True, look_interval=0.8)
    assert foreseen.looks * 40 == pytest.approx(looks, rel=0.05)
    assert (foreseen.frames + foreseen.keyframes) * 40 == pytest.approx(statistics.fed, rel=0.1)


def test_a_load_is_the_sum_of_its_parts() -> None:
    """Decoding by the stream's size, a look as often as wanted, tiles as many looks more."""
    decoding = DecodingCost(packet=1e-4, keyframe=0.016, frame=0.004, rate=25, pixels=1920 * 1080)
    look = LookCost(network=0.02, scenes=0.002, every_frame=0.0, lasts=0.022)
    load = load_of(Demand(looks=1, keyframes=0.5, frames=12), decoding, look)
    assert load.decoding == pytest.approx(25e-4 + 0.008 + 0.048)
    assert (load.network, load.looking) == pytest.approx((0.02, 0.022))
    small = load_of(Demand(1, 0.5, 12), decoding.of(960 * 540), look, tiles=2)
    assert small.decoding == pytest.approx(25e-4 + 0.056 / 4)
    assert small.network == pytest.approx(0.1)


def test_a_streams_rate_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However fast or slow this machine reads it; only one picture is decoded."""
    clip = make_clip(tmp_path / "clip.mp4", seconds=6, keyframe_every=50)
    seen = seen_in(FileSource(path=clip, pace="live", loop=True), "a")
    assert (seen.width, seen.height) == (320, 240)
    assert (seen.rate, seen.keyframes) == pytest.approx((25, 2))
    assert str(seen) == "320x240, 25.0 frames/s, a keyframe every 2.0 s"
    with pytest.raises(SourceError, match=r"gone\.mp4"):
        seen_in(FileSource(path=tmp_path / "gone.mp4"), "a")


def test_decoding_is_measured_frame_by_frame(tmp_path: Path) -> None:
    """Both kinds of frames have a cost, and a clip without video is named."""
    cost = decoding_cost(make_clip(tmp_path / "clip.mp4", seconds=4))
    assert cost.rate == 25
    assert cost.pixels == 320 * 240
    assert 0 < cost.frame <= cost.keyframe
    with pytest.raises(SourceError, match=r"gone\.mp4"):
        decoding_cost(tmp_path / "gone.mp4")


def test_settings_that_ask_for_too_much_are_refused_or_doubted() -> None:
    """Too much on a quiet street is an error, only at busy hours a warning; the words say what would help."""
    assert "asked" not in _admitted(Asked(3, 0.1, 0.2))
    with pytest.raises(DoubtfulError, match=r"95%.*busy hours.*substreams"):
        _admitted(Asked(12, 0.5, 0.95))
    with pytest.raises(EdgeError, match=r"12 cameras ask for 130%.*late all the time"):
        _admitted(Asked(12, 1.3, 2.5))


def said(arguments: Sequence[str]) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


@pytest.mark.slow
def test_the_doctor_says_how_many_cameras_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the real models, on a clip made of their reference pictures; settings that ask for too much end with 1."""
    monkeypatch.setattr(capacity_clip, "SIZE", (640, 360))  # a short look: whether it measures well is a bench's matter
    monkeypatch.setattr(capacity_clip, "GROUPS", 1)
    monkeypatch.setattr(doctor, "_models", lambda *_: "tried elsewhere: tests/edge/test_cli.py")
    monkeypatch.setattr(costs, "LOOKS", 1)
    monkeypatch.setattr(costs, "FRAMES", 2)
    clip = make_clip(tmp_path / "clip.mp4", seconds=6, keyframe_every=50, size=(640, 360))
    intrusion = {"scene": "perimeter_intrusion", "look_interval": 0.2, "zones": [ZONE]}
    cameras = [
        {"id": f"c{number}", "source": {"kind": "file", "path": str(clip)}, "scenes": [intrusion]}
        for number in range(400)
    ]
    config = tmp_path / "gateway.yaml"
    config.write_text(
        re.sub("'", '"', str({"gateway": "gate", "hub": {"url": "mqtt://127.0.0.1:1"}, "cameras": cameras}))
    )
    code, words = said(["doctor", str(config)])
    assert code == 1
    assert "decoding 0.2 megapixels" in words
    assert re.search(r"perimeter_intrusion +[\d.]+ ms +\d+ / \d+ +\d+ / \d+", words), words
    assert re.search(r"✗ capacity, these settings: 400 cameras ask for \d+%", words), words
