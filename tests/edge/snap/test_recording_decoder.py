"""A recording is decoded where somebody wants a picture, and what is given is what decoding everything gives."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.edge.snap.clips import make_clip, packet_places

from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.sampling import LookPlan, NextLook
from sharp_eyes.edge.settings import FileSource
from sharp_eyes.edge.snap import read_frames
from sharp_eyes.edge.snap.sources import look_through
from sharp_eyes.edge.snap.statistics import StreamStatistics


def everything(path: Path) -> list[Frame]:
    """All frames, in their order."""
    return list(read_frames(FileSource(path=path, pace="fast"), "cam", "all"))


def looked_at(frames: list[Frame], plan: LookPlan, wish: Callable[[float], list[NextLook]]) -> list[Frame]:
    """At which of these frames a plan looks."""
    wanted = []
    for frame in frames:
        plan.see(frame.time, frame.keyframe)
        if plan.wants(frame.time, frame.keyframe):
            plan.taken(frame.time)
            plan.wish(frame.time, wish(frame.time))
            wanted.append(frame)
    return wanted


def looked_through(path: Path, plan: LookPlan, wish: Callable[[float], list[NextLook]]) -> list[Frame]:
    """The same, while only what is wanted is decoded."""

    def wants(time: float, keyframe: bool) -> bool:
        plan.see(time, keyframe)
        return plan.wants(time, keyframe)

    frames = []
    for frame in look_through(FileSource(path=path), "cam", wants):
        plan.taken(frame.time)
        plan.wish(frame.time, wish(frame.time))
        frames.append(frame)
    return frames


@settings(max_examples=40, deadline=None)
@given(
    interval=st.sampled_from([0.04, 0.2, 0.5, 1.0, 1.4]),
    patience=st.sampled_from([0.0, 0.3, 1.25, 3.0]),
    every=st.sampled_from([12, 25, 60, 250]),
    bframes=st.sampled_from([0, 2, 5]),
    open_groups=st.booleans(),
)
def test_the_looks_and_pictures_are_those_of_decoding_everything(
    tmp_path_factory: pytest.TempPathFactory,
    interval: float,
    patience: float,
    every: int,
    bframes: int,
    open_groups: bool,
) -> None:
    """The very same frames at the very same times, also where pictures are shown in another order than decoded."""
    path = tmp_path_factory.getbasetemp() / f"recording-{every}-{bframes}-{open_groups}.mp4"
    if not path.exists():
        make_clip(path, seconds=7, keyframe_every=every, bframes=bframes, open_groups=open_groups)

    def wish(now: float) -> list[NextLook]:
        return [NextLook(now, now + patience)]

    wanted = looked_at(everything(path), LookPlan(interval), wish)
    given = looked_through(path, LookPlan(interval), wish)
    assert [(one.time, one.keyframe) for one in given] == [(one.time, one.keyframe) for one in wanted]
    for ours, theirs in zip(given, wanted, strict=True):
        assert np.array_equal(ours.picture(96, 64), theirs.picture(96, 64))


@pytest.mark.parametrize("bframes", [0, 2])
def test_what_nobody_wants_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bframes: int) -> None:
    """A look at every other keyframe costs that keyframe."""
    path = make_clip(tmp_path / "a.mp4", seconds=12, bframes=bframes)
    all_times = [frame.time for frame in everything(path)]
    statistics = StreamStatistics()
    monkeypatch.setattr("sharp_eyes.edge.snap.sources.StreamStatistics", lambda: statistics)
    asked: list[float] = []

    def wants(time: float, keyframe: bool) -> bool:
        asked.append(time)
        return keyframe and round(time) % 2 == 0

    frames = list(look_through(FileSource(path=path), "cam", wants))
    assert [frame.time for frame in frames] == pytest.approx([0, 2, 4, 6, 8, 10])
    assert statistics.fed == 6
    assert asked == all_times


@pytest.mark.parametrize("bframes", [0, 2])
def test_a_damaged_group_is_left_out_as_it_is_where_all_is_decoded(tmp_path: Path, bframes: int) -> None:
    """What was wanted of it and cannot be decoded is not given; the next group's pictures are."""
    path = make_clip(tmp_path / "a.mp4", seconds=6, bframes=bframes)
    content = bytearray(path.read_bytes())
    for number, (place, size, _) in enumerate(packet_places(path)):
        if number in (53, 54, 55):
            content[place + 4 : place + size] = bytes([0xFF]) * (size - 4)
    path.write_bytes(content)
    there = everything(path)
    assert len(there) < 150
    given = list(look_through(FileSource(path=path), "cam", lambda _time, _keyframe: True))
    assert [frame.time for frame in given] == [frame.time for frame in there]
    plan, same = LookPlan(0.2), LookPlan(0.2)
    ours = looked_through(path, plan, lambda now: [NextLook(now, now)])
    theirs = looked_at(there, same, lambda now: [NextLook(now, now)])
    assert [frame.time for frame in ours] == [frame.time for frame in theirs]


def test_nothing_that_can_be_decoded_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    """As it is where everything is decoded."""
    path = make_clip(tmp_path / "a.mp4", seconds=2)
    content = bytearray(path.read_bytes())
    for place, size, _ in packet_places(path):
        content[place + 4 : place + size] = bytes([0xFF]) * (size - 4)
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.mp4: not one picture"):
        list(look_through(FileSource(path=path), "cam", lambda _time, _keyframe: True))
