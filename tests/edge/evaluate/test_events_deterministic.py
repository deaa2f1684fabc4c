"""The same clip gives the same events: on every run, from memory or not, at any speed, alone or among many."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import av
import pytest
from rich.console import Console
from tests.edge.evaluate.events_makers import (
    Painted,
    detectors,
    entry,
    film,
    parking,
    perimeter,
    person,
    write_suite,
)

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.evaluate.events.cached_detectors import InferenceMemory, Recordings
from sharp_eyes.edge.evaluate.events.evaluation import EventEvaluationOptions, evaluate_events
from sharp_eyes.edge.evaluate.events.inference_cache import InferenceCache
from sharp_eyes.edge.evaluate.events.playback import PlayedClip, Player, play
from sharp_eyes.edge.evaluate.events.suite import SuiteClip, load_suites
from sharp_eyes.edge.evaluate.events.variants import OpenedVariants, variants_of
from sharp_eyes.edge.evaluate.events.writing import events_of
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.scheduler import Scheduler
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.replay.command import GATEWAY
from sharp_eyes.edge.settings import FileSource
from sharp_eyes.edge.snap.sources import read_frames

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[SuiteClip, ...]:
    """Four cameras: a car, a car and a person, two stays of a car, nothing."""
    folder = tmp_path_factory.mktemp("clips")
    film(folder / "car.mp4", [Painted(2, 9)], 12)
    film(folder / "both.mp4", [Painted(1, 7), person(8, 11)], 12)
    film(folder / "twice.mp4", [Painted(1, 5), Painted(8, 11.5)], 12)
    film(folder / "nothing.mp4", [], 12)
    names = ("car", "both", "twice", "nothing")
    entries = [entry(f"{name}.mp4", [], parking(dwell=2), perimeter()) for name in names]
    return load_suites([write_suite(folder, *entries)]).clips


def alone(clip: SuiteClip) -> PlayedClip:
    """Play one clip by itself."""
    return play([Player(clip, detectors(), "colour")], Recordings())[0]


@pytest.fixture(scope="module")
def excerpt(tmp_path_factory: pytest.TempPathFactory) -> SuiteClip:
    """Seconds 15 to 19 of the bundled clip, in which somebody enters the yard; its packets as they are."""
    folder = tmp_path_factory.mktemp("excerpt")
    (street,) = load_suites([ROOT / "media" / "suite"], ["street"]).clips
    with ExitStack() as files:
        source = files.enter_context(av.open(str(street.path)))
        target = files.enter_context(av.open(str(folder / "yard.mp4"), "w"))
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        wanted = False
        for packet in source.demux(stream):
            if packet.pts is None or packet.time_base is None:
                continue
            seconds = float(packet.pts * packet.time_base)
            wanted = seconds < 19 and (wanted or (packet.is_keyframe and seconds >= 15))
            if wanted:
                packet.stream = copy
                target.mux(packet)
    raw = dict(street.camera.scenes[1])
    return load_suites([write_suite(folder, entry("yard.mp4", [], raw))]).clips[0]


def remembered(clip: SuiteClip, cache: InferenceCache | None) -> str:
    """Play with the bundled models; the events as they would be sent."""
    recordings = Recordings()
    opened = OpenedVariants(InferenceMemory(cache, recordings))
    (variant,) = variants_of([], [], load_suites([ROOT / "media" / "suite"], ["street"]), "onnxruntime")
    return events_of(play([Player(clip, opened.detectors(variant), variant.eyes)], recordings))


def test_real_looks_and_remembered_ones_give_the_same_events_to_the_byte(
    excerpt: SuiteClip, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a memory, with an empty one, and with a full one, from which no network is opened at all."""
    fresh = remembered(excerpt, None)
    assert fresh.count('"opened"') == 1
    cache = InferenceCache(tmp_path)
    assert remembered(excerpt, cache) == fresh
    cache.close()
    monkeypatch.setattr("sharp_eyes.edge.extract.backends.Backend.open", lambda *_: pytest.fail("a network was opened"))
    again = InferenceCache(tmp_path)
    assert remembered(excerpt, again) == fresh
    again.close()


@pytest.mark.slow
def test_clips_played_at_once_give_what_they_give_one_after_the_other(excerpt: SuiteClip, tmp_path: Path) -> None:
    """Each in a process of its own, with half of the processor; what one kept serves the other."""
    folder = excerpt.path.parent
    film(folder / "still.mp4", [], 2)
    raw = dict(excerpt.camera.scenes[0])
    suite = write_suite(folder, entry("yard.mp4", [], raw), entry("still.mp4", [], raw))
    wish = EventEvaluationOptions(
        suites=(suite,), models=(), settings=(), only=(), recordings=None, tolerance=2.0, runtime="onnxruntime",
        cache=tmp_path, use_cache=True, jobs=2,
    )  # fmt: skip
    at_once = evaluate_events(wish, Console(quiet=True))
    in_turn = evaluate_events(replace(wish, use_cache=False, jobs=1), Console(quiet=True))
    assert at_once.report == in_turn.report
    assert events_of(at_once.played["suite"]) == events_of(in_turn.played["suite"])
    assert at_once.report.variants[0].networks[0].name == "street"
    with closing(sqlite3.connect(InferenceCache(tmp_path).file)) as database:
        (kept,) = database.execute("SELECT count(*) FROM look").fetchone()
    assert kept == sum(one.looks for one in at_once.played["suite"])


def test_two_runs_give_the_same_events_to_the_byte(clips: tuple[SuiteClip, ...]) -> None:
    """And they give the events that were painted: one, two, two and none."""
    first, second = ([alone(clip) for clip in clips] for _ in range(2))
    assert events_of(first) == events_of(second)
    opened = [[message.scene.value for message in one.messages if message.sequence == 0] for one in first]
    assert opened == [["illegal_parking"], ["illegal_parking", "perimeter_intrusion"], ["illegal_parking"] * 2, []]


def test_variants_that_share_a_decoding_do_not_change_each_other(clips: tuple[SuiteClip, ...]) -> None:
    """Each gives what it gives alone, whatever stands beside it."""
    clip = clips[2]
    other = load_suites([write_suite(clip.path.parent, entry("twice.mp4", [], parking(dwell=3.5)))]).clips[0]
    shared = detectors()
    together = play([Player(one, shared, "colour") for one in (clip, other, clip)], Recordings())
    assert events_of([together[0]]) == events_of([together[2]]) == events_of([alone(clip)])
    assert events_of([together[1]]) == events_of([alone(other)])
    assert events_of([together[1]]) != events_of([together[0]])


def test_a_clip_played_live_gives_what_it_gives_fast(tmp_path: Path) -> None:
    """The clock of the rules is the frames' own, not the machine's."""
    film(tmp_path / "short.mp4", [Painted(0.5, 2.5)], 5)
    raw = entry("short.mp4", [], parking(dwell=1, look_interval=0.5, clear_after=0.5, grace=0.5))
    clip = load_suites([write_suite(tmp_path, raw)]).clips[0]
    fast = alone(clip)
    assert isinstance(clip.camera.source, FileSource)
    live = clip.camera.source.model_copy(update={"pace": "live"})
    pipeline = CameraPipeline.for_recording(GATEWAY, clip.camera, detectors())
    start: float | None = None
    said: list[SceneEvent] = []
    for frame in read_frames(live, clip.camera.id, "all"):
        start = frame.time if start is None else start
        said += pipeline.process(frame).events
    assert len(said) == 2
    assert without_start(said, start or 0.0) == without_start(fast.messages, fast.start)


def without_start(messages: Sequence[SceneEvent], start: float) -> list[tuple[object, ...]]:
    """What the messages say, with times from the clip's first frame."""
    return [
        (
            message.phase,
            message.scene,
            message.zone,
            round(message.started_at.timestamp() - start, 2),
            round(message.observed_at.timestamp() - start, 2),
            message.measures,
            message.box,
            message.score,
        )
        for message in messages
    ]


class Crowd:
    """Cameras behind one scheduler, as a gateway has them; every due frame waits until it has been looked at."""

    def __init__(self, clips: Sequence[SuiteClip], eyes: Detectors) -> None:
        self.said: dict[str, list[SceneEvent]] = {clip.camera.id: [] for clip in clips}
        self.order: list[str] = []
        self._clips = clips
        self._pipelines = {clip.camera.id: CameraPipeline(GATEWAY, clip.camera, eyes) for clip in clips}
        self._done = threading.Condition()
        self.scheduler = Scheduler(eyes, self._looked)
        for clip in clips:
            self.scheduler.add(clip.camera.id, self._pipelines[clip.camera.id].scenes.interval or 1.0)

    def _looked(self, frame: Frame, found: Detections) -> None:
        self.said[frame.camera] += self._pipelines[frame.camera].on_detections(frame, found).events
        self.order.append(frame.camera)

    def play(self) -> None:
        """Frame by frame, all cameras at once."""
        with self.scheduler:
            streams: list[Iterator[Frame]] = [
                read_frames(clip.camera.source, clip.camera.id, "all") for clip in self._clips
            ]
            for number, frames in enumerate(zip_longest(*streams), start=1):
                for frame in frames:
                    if frame is not None:
                        self.scheduler.offer(frame)
                self._settle(number)

    def _settle(self, offered: int) -> None:
        """Wait until every frame that was offered has been looked at or was not due."""
        for clip in self._clips:
            while True:
                counts = self.scheduler.counts(clip.camera.id)
                if counts.looks + sum(counts.skipped.values()) >= offered:
                    break
                threading.Event().wait(0.001)
            assert counts.skipped["replaced"] == counts.skipped["failed"] == 0


def test_a_camera_among_many_gives_what_it_gives_alone(clips: tuple[SuiteClip, ...]) -> None:
    """The scheduler mixes the cameras' looks; where none is dropped, no camera knows of the others."""
    crowd = Crowd(clips, detectors())
    crowd.play()
    assert len(set(crowd.order[:8])) == len(clips)
    for clip in clips:
        assert events_of([alone(clip)]) == events_of([PlayedClip("", messages=crowd.said[clip.camera.id])])


@pytest.mark.parametrize("interval", [1.0, 2.0])
def test_fewer_decoded_frames_move_an_event_by_at_most_one_look(tmp_path: Path, interval: float) -> None:
    """A slow scene on keyframes only, one in eight frames, against every frame."""
    film(tmp_path / "slow.mp4", [Painted(2.4, 16.7), Painted(22.1, 31.3)], 44)
    found = []
    for number, decode in enumerate(("all", "keyframes")):
        raw = entry("slow.mp4", [], parking(dwell=4, look_interval=interval, clear_after=4, grace=2))
        raw["camera"]["decode"] = decode
        folder = tmp_path / str(number)
        folder.mkdir()
        found.append(alone(load_suites([write_suite(folder, raw)], recordings=tmp_path).clips[0]))
    every, few = found
    assert every.frames > 7 * few.frames
    assert [message.phase for message in every.messages] == ["opened", "closed"] * 2
    assert len(few.messages) == len(every.messages)
    for one, other in zip(every.messages, few.messages, strict=True):
        assert (one.phase, one.scene, one.zone, one.grade) == (other.phase, other.scene, other.zone, other.grade)
        for name in ("started_at", "observed_at"):
            apart = abs((getattr(one, name) - getattr(other, name)).total_seconds())
            assert apart <= interval + 1e-3
