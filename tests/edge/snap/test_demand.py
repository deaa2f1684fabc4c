"""Nobody decodes what nobody wants; what is wanted is the picture that decoding everything gives."""

import gc
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.edge.snap.clips import make_clip

from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.sampling import LookPlan, NextLook
from sharp_eyes.edge.settings import FileSource
from sharp_eyes.edge.snap import DecodeMode, StreamStatistics, decoder, read_frames
from sharp_eyes.edge.snap.decode_mode import Demand


def read(path: Path, mode: DecodeMode, demand: Demand | None) -> tuple[list[Frame], StreamStatistics]:
    """All frames that are given, and what that took."""
    statistics = StreamStatistics()
    source = FileSource(path=path, pace="fast")
    return list(read_frames(source, "cam", mode, demand=demand, statistics=statistics)), statistics


def looked_at(
    path: Path, mode: DecodeMode, plan: LookPlan, wish: Callable[[float], list[NextLook]]
) -> tuple[list[Frame], StreamStatistics]:
    """Frames at which a plan looks, each taken at once."""
    statistics = StreamStatistics()

    def demand(time: float, keyframe: bool) -> bool:
        plan.see(time, keyframe)
        return plan.wants(time, keyframe)

    frames = []
    for frame in read_frames(FileSource(path=path, pace="fast"), "cam", mode, demand=demand, statistics=statistics):
        if plan.wants(frame.time, frame.keyframe):
            plan.taken(frame.time)
            plan.wish(frame.time, wish(frame.time))
            frames.append(frame)
    return frames, statistics


@pytest.mark.parametrize("bframes", [0, 2])
def test_what_nobody_wants_is_not_decoded(tmp_path: Path, bframes: int) -> None:
    """But for the first picture, which shows that the camera can be watched."""
    path = make_clip(tmp_path / "a.mp4", seconds=6, bframes=bframes)
    frames, statistics = read(path, "nonreference", lambda _time, _keyframe: False)
    assert [frame.time for frame in frames] == [0.0]
    assert statistics.fed == 1
    assert statistics.keyframe_interval == pytest.approx(1.0)


@pytest.mark.parametrize("bframes", [0, 2])
def test_a_scene_with_patience_accepts_the_cameras_keyframes(tmp_path: Path, bframes: int) -> None:
    """Keyframes every two seconds, a look wanted each second that may come 3.6 s later: keyframes alone are decoded."""
    path = make_clip(tmp_path / "a.mp4", seconds=12, keyframe_every=50, bframes=bframes)
    frames, statistics = looked_at(path, "nonreference", LookPlan(1.0), lambda now: [NextLook(now, now + 3.6)])
    assert [frame.time for frame in frames][-4:] == pytest.approx([4.0, 6.0, 8.0, 10.0])
    # Until two keyframes have come nobody knows when the next will: the first group is decoded.
    assert statistics.fed <= 50 + 6


def test_a_look_between_keyframes_costs_its_group_up_to_it(tmp_path: Path) -> None:
    """And what comes after it in that group nothing."""
    path = make_clip(tmp_path / "a.mp4", seconds=12, keyframe_every=50)
    taken: list[float] = []

    def demand(time: float, _keyframe: bool) -> bool:
        return time >= 7.0 and not taken

    statistics = StreamStatistics()
    source = FileSource(path=path, pace="fast")
    for frame in read_frames(source, "cam", "all", demand=demand, statistics=statistics):
        if frame.time >= 7:
            taken.append(frame.time)
    assert taken == pytest.approx([7.0])
    assert statistics.fed == 1 + 26


@pytest.mark.parametrize("bframes", [0, 2])
def test_keyframes_only_means_it(tmp_path: Path, bframes: int) -> None:
    """Who sets `decode: keyframes` gets no other frame, however eager the scenes are."""
    path = make_clip(tmp_path / "a.mp4", seconds=8, keyframe_every=50, bframes=bframes)
    frames, statistics = looked_at(path, "keyframes", LookPlan(0.2), lambda now: [NextLook(now, now)])
    assert [frame.time for frame in frames] == pytest.approx([0.0, 2.0, 4.0, 6.0])
    assert statistics.fed == 4


def test_rare_keyframes_do_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packets that are held for a look that nobody wants yet are decoded when they become too many."""
    monkeypatch.setattr(decoder, "MOST_HELD", 3000)
    path = make_clip(tmp_path / "a.mp4", seconds=10, keyframe_every=250)
    everything, _ = read(path, "all", None)
    taken: list[Frame] = []

    def demand(time: float, _keyframe: bool) -> bool:
        return time >= 9.0 and not taken

    statistics = StreamStatistics()
    source = FileSource(path=path, pace="fast")
    for frame in read_frames(source, "cam", "all", demand=demand, statistics=statistics):
        if frame.time >= 9:
            taken.append(frame)
    assert [frame.time for frame in taken] == pytest.approx([9.0])
    assert np.array_equal(taken[0].picture(), everything[225].picture())


def test_a_group_that_is_decoded_for_one_picture_is_not_held_as_pictures(tmp_path: Path) -> None:
    """Fifty of 1080p at once would be 150 MB for each camera, and the decoder never gives such buffers back."""
    path = make_clip(tmp_path / "a.mp4", seconds=8, keyframe_every=50)
    alive: list[int] = []

    def demand(time: float, _keyframe: bool) -> bool:
        alive.append(sum(type(one) is av.VideoFrame for one in gc.get_objects()))
        return 5.79 < time < 5.83

    gc.freeze()  # what was there before is not listed: it is much, and has pictures of other tests
    try:
        frames, statistics = read(path, "all", demand)
    finally:
        gc.unfreeze()
    assert frames[1].time == pytest.approx(5.8)
    assert statistics.fed > 45
    assert 1 <= max(alive) <= 4


@settings(max_examples=25, deadline=None)
@given(
    interval=st.sampled_from([0.2, 0.5, 1.0, 1.4]),
    patience=st.sampled_from([0.0, 0.3, 1.25, 3.0]),
    every=st.sampled_from([12, 25, 60]),
    bframes=st.sampled_from([0, 2]),
)
def test_the_pictures_are_those_of_decoding_everything(
    tmp_path_factory: pytest.TempPathFactory, interval: float, patience: float, every: int, bframes: int
) -> None:
    """The same looks at the same pixels, at whatever pace and however the stream is made."""
    folder = tmp_path_factory.getbasetemp()
    path = folder / f"{every}-{bframes}.mp4"
    if not path.exists():
        make_clip(path, seconds=8, keyframe_every=every, bframes=bframes)
    everything, _ = read(path, "all", None)

    def wish(now: float) -> list[NextLook]:
        return [NextLook(now, now + patience)]

    plan = LookPlan(interval)
    wanted = []
    for frame in everything:
        plan.see(frame.time, frame.keyframe)
        if plan.wants(frame.time, frame.keyframe):
            plan.taken(frame.time)
            plan.wish(frame.time, wish(frame.time))
            wanted.append(frame)
    frames, _ = looked_at(path, "all", LookPlan(interval), wish)
    if not bframes:  # with them a keyframe is known of before the pictures shown ahead of it, and may be waited for
        assert [frame.time for frame in frames] == [frame.time for frame in wanted]
    shown = {frame.time: frame for frame in everything}
    assert len(frames) >= len(wanted) / 2
    for ours in frames:
        assert np.array_equal(ours.picture(96, 64), shown[ours.time].picture(96, 64))
