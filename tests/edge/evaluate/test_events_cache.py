"""The memory of looks: the same to the bit, of bounded size, and told apart by what a look depends on."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from tests.edge.evaluate.events_makers import film

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.events.cached_detectors import (
    CachingDetector,
    CachingSegmenter,
    InferenceMemory,
    Recordings,
)
from sharp_eyes.edge.evaluate.events.inference_cache import InferenceCache
from sharp_eyes.edge.extract.backends import backends
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.model import load_model
from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.settings import FileSource, ModelSettings
from sharp_eyes.edge.snap.decode_mode import DecodeMode
from sharp_eyes.edge.snap.sources import read_frames

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def frame() -> Frame:
    """A frame of the bundled clip in which much is to be seen."""
    source = FileSource(path=ROOT / "media" / "street.mp4", pace="fast")
    return next(frame for frame in read_frames(source, "street", "keyframes") if frame.time >= 20)


def same(one: Detections, other: Detections) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("boxes", "scores", "classes"))


@pytest.mark.parametrize("threshold", [0.2, 0.5])
def test_a_remembered_look_is_what_the_detector_gives_at_any_threshold(
    frame: Frame, tmp_path: Path, threshold: float
) -> None:
    """Kept is what lies far below the threshold too, so that another threshold needs no new look."""
    model = load_model()
    (way, *_) = backends(model.manifest)
    plain = Detector(model, way.open(model, 0), Thresholds(threshold)).detect([frame])[0]
    assert len(plain) > 3
    cache, recordings = InferenceCache(tmp_path), Recordings()
    recordings.begin("street", "clip", 0.0)
    first = CachingDetector(model, way, 0, Thresholds(0.35), InferenceMemory(cache, recordings))
    first.detect([frame])
    second = CachingDetector(model, way, 0, Thresholds(threshold), InferenceMemory(cache, recordings))
    assert same(second.detect([frame])[0], plain)
    assert "_detector" not in vars(second)
    recordings.begin("street", "another clip", 0.0)
    second.detect([frame])
    assert "_detector" in vars(second)
    cache.close()


def test_remembered_ground_is_the_same_to_the_bit(frame: Frame, tmp_path: Path) -> None:
    settings = ModelSettings(name="ground", runtime="onnxruntime")
    plain = Segmenter.open(settings).segment(frame)
    cache, recordings = InferenceCache(tmp_path), Recordings()
    recordings.begin("street", "clip", 0.0)
    for _ in range(2):
        segmenter = CachingSegmenter(settings, InferenceMemory(cache, recordings))
        seen = segmenter.segment(frame)
        assert np.array_equal(seen.probabilities, plain.probabilities)
        assert seen.names == plain.names
    assert "_segmenter" not in vars(segmenter)
    cache.close()


def test_what_was_used_least_recently_is_dropped_first(tmp_path: Path) -> None:
    """The file is held to its size when it is closed; what was used last stays."""
    random = np.random.default_rng(1)
    for name in ("old", "middle", "new"):
        cache = InferenceCache(tmp_path, most_bytes=10**9)
        for moment in range(40):
            cache.put("network", name, moment, random.bytes(5000))
        cache.close()
    cache = InferenceCache(tmp_path, most_bytes=10**9)
    assert cache.get("network", "old", 3) is not None
    cache.close()
    InferenceCache(tmp_path, most_bytes=500_000).close()
    cache = InferenceCache(tmp_path)
    kept = [name for name in ("old", "middle", "new") if cache.get("network", name, 3) is not None]
    assert kept == ["old", "new"]
    cache.close()
    assert cache.file.stat().st_size < 600_000


def test_a_look_is_on_disk_although_the_run_was_cut_off(tmp_path: Path) -> None:
    """Whoever stops a run loses at most the last looks."""
    cache = InferenceCache(tmp_path)
    for moment in range(60):
        cache.put("network", "clip", moment, b"found")
    other = InferenceCache(tmp_path)
    assert other.get("network", "clip", 49) == b"found"
    assert other.get("network", "clip", 59) is None
    assert other.get("other", "clip", 49) is None


def test_a_file_that_is_no_cache_is_named(tmp_path: Path) -> None:
    (tmp_path / "looks-1.sqlite").write_bytes(b"this is something else, and long enough to be looked at" * 40)
    with pytest.raises(ConfigError, match="--cache"):
        InferenceCache(tmp_path)


def test_a_file_that_somebody_holds_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda file, **given: connect(file, **{**given, "timeout": 0.1}))
    cache = InferenceCache(tmp_path)
    with closing(connect(cache.file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ConfigError, match=r"looks-1\.sqlite: cannot be written.*--no-cache"):
            cache.put("network", "clip", 1, b"found")


def test_a_frame_is_known_by_its_time_whatever_is_decoded(tmp_path: Path) -> None:
    """Of keyframes only, or of all frames: the same picture has the same place."""
    path = film(tmp_path / "clip.mp4", [], 4)
    places: dict[DecodeMode, list[int]] = {}
    paces: tuple[tuple[DecodeMode, float], ...] = (("all", 0.0), ("keyframes", 1.7e9))
    for pace, start in paces:
        recordings = Recordings()
        for frame in read_frames(FileSource(path=path, pace="fast"), "one", pace, start_time=start):
            if not recordings.starts:
                recordings.begin("one", "digest", frame.time)
            places.setdefault(pace, []).append(recordings.place(frame)[1])
    assert places["keyframes"] == [0, 1000, 2000, 3000]
    assert set(places["keyframes"]) < set(places["all"])
