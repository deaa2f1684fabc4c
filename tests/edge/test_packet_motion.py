"""What a stream's packets say of motion: believed where they told of those who came, and forgotten when it is old."""

from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from sharp_eyes.edge.packet_motion import ANNOUNCED, FORGOTTEN, PacketMotion
from sharp_eyes.edge.sampling import LookPlan, NextLook

QUIET = 1000


class Stream:
    """Ten packets a second, a keyframe every two; those late in a group are twice as large, as noise makes them."""

    def __init__(self, motion: PacketMotion) -> None:
        self.motion = motion
        self.plan: LookPlan | None = None
        self.now = 100.0

    def play(self, seconds: float, larger: float = 1.0, calm: bool | None = None) -> None:
        """Go on for so long; ``calm``: what a look at the end sees."""
        for _ in range(round(seconds * 10)):
            place = round(self.now * 10) % 20
            size = QUIET * (1 + place / 20) * larger
            self.motion.see(self.now, round(size if place else 20 * QUIET), keyframe=place == 0)
            if self.plan is not None:
                self.plan.see(self.now, keyframe=place == 0)
            self.now = round(self.now + 0.1, 1)
        if calm is not None:
            self.motion.looked(self.now, calm)

    def quiet(self) -> None:
        """A quiet minute, looked at every five seconds."""
        for _ in range(12):
            self.play(5, calm=True)

    def passes(self, larger: float = 1.3) -> None:
        """Somebody comes, is seen, and is gone."""
        self.play(1, larger)
        self.play(1, larger, calm=False)
        self.play(2, calm=True)


@pytest.fixture
def stream() -> Stream:
    """A camera at which nobody has looked yet."""
    return Stream(PacketMotion())


def test_nothing_is_still_before_arrivals_were_told(stream: Stream) -> None:
    """A quiet night says nothing about whether the packets would tell."""
    stream.quiet()
    assert not stream.motion.still_since(stream.now - 4)
    for _ in range(ANNOUNCED):
        stream.passes()
    assert not stream.motion.still_since(stream.now - 5), "somebody passed since"
    stream.quiet()
    assert stream.motion.still_since(stream.now - 4)


def test_who_was_not_told_of_ends_the_belief(stream: Stream) -> None:
    """A camera that spends the same bits whatever it sees is looked at as often as ever."""
    stream.quiet()
    for _ in range(ANNOUNCED):
        stream.passes()
    stream.quiet()
    assert stream.motion.trusted
    stream.passes(larger=1.0)
    stream.quiet()
    assert not stream.motion.trusted
    assert not stream.motion.still_since(stream.now - 4)


def test_who_was_there_before_is_no_arrival(stream: Stream) -> None:
    """A detector that misses somebody for a look, in a still picture, says nothing about the packets."""
    stream.motion.trust()
    stream.quiet()
    stream.motion.looked(stream.now, calm=False, arrived=False)
    assert stream.motion.trusted
    stream.quiet()
    stream.motion.looked(stream.now, calm=False, arrived=True)
    assert not stream.motion.trusted


def test_it_stirs_within_a_second(stream: Stream) -> None:
    """A tenth larger is enough, at any place in the group."""
    stream.motion.trust()
    stream.quiet()
    stream.play(0.7)
    assert stream.motion.began is None
    begun = stream.now
    stream.play(0.9, larger=1.1)
    assert stream.motion.began is not None
    assert begun <= stream.motion.began <= begun + 0.9
    stream.play(1.5)
    assert stream.motion.began is None, "it is quiet again"


def test_what_moves_all_the_time_is_not_learnt_as_quiet(stream: Stream) -> None:
    """As long as the looks see it."""
    stream.motion.trust()
    stream.quiet()
    for _ in range(12):
        stream.play(5, larger=1.5, calm=False)
    assert stream.motion.began is not None
    assert not stream.motion.still_since(stream.now - 1)


def test_an_old_level_is_not_believed(stream: Stream) -> None:
    """After minutes of motion it may be another light."""
    stream.motion.trust()
    stream.quiet()
    stream.play(FORGOTTEN + 4, larger=1.5, calm=False)
    stream.play(2)
    assert not stream.motion.still_since(stream.now - 1)


def drawn(moving: Callable[[int], bool], seconds: int, rate: int) -> Iterator[np.ndarray]:
    """Noisy pictures, 180 x 320 x 3, with a square that may move."""
    noise = np.random.default_rng(7)
    still = noise.integers(40, 200, (18, 32, 3)).repeat(10, 0).repeat(10, 1)
    place = 20
    for number in range(seconds * rate):
        picture = still + noise.normal(0, 4, still.shape)
        place += 4 * moving(number)
        picture[80:120, place % 260 : place % 260 + 40] = 230
        yield np.clip(picture, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("control", "tells"), [({"crf": "26"}, True), ({"b": "600k"}, False)], ids=["quality", "bitrate"]
)
def test_a_real_encoders_packets(tmp_path: Path, control: dict[str, str], tells: bool) -> None:
    """x264 with noise: still for half a minute, and stirring within a second of the motion; one that may spend only so
    many bits takes them from the noise, says nothing, and is not believed."""
    rate, start, end = 10, 40, 44
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        options = {"g": "20", "bf": "0", "sc_threshold": "0", "preset": "veryfast", **control}
        output = container.add_stream("libx264", rate, options=options)
        output.width, output.height, output.pix_fmt = 320, 180, "yuv420p"
        for picture in drawn(lambda number: start * rate <= number, end, rate):
            container.mux(output.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(output.encode())
    motion = PacketMotion()
    motion.trust()
    motion.looked(0.0, calm=True)
    stirred = []
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if packet.pts is not None and packet.pts * packet.time_base < start + 2:
                moment = float(packet.pts * packet.time_base)
                motion.see(moment, packet.size, packet.is_keyframe)
                stirred += [moment] if motion.began is not None else []
    motion.looked(start + 2, calm=False)
    assert sum(moment < start for moment in stirred) < 0.1 * start * rate
    assert any(start <= moment <= start + 1 for moment in stirred) == tells
    assert motion.trusted == tells


def test_a_look_waits_for_a_keyframe_while_nothing_moves_and_comes_when_it_does(stream: Stream) -> None:
    """What was put off is then due as it would have been."""
    plan = LookPlan(1.0)
    stream.motion, stream.plan = plan.motion, plan
    plan.motion.trust()
    stream.quiet()
    looked = stream.now
    plan.taken(looked)
    plan.wish(looked, [NextLook(looked + 2, looked + 3, NextLook(looked + 5, looked + 8))], calm=True)
    stream.play(4)
    assert not plan.wants(stream.now, keyframe=True)
    stream.play(1.5)
    assert plan.wants(stream.now, keyframe=True)
    assert not plan.wants(stream.now, keyframe=False)
    stream.play(0.7, larger=1.3)
    assert plan.wants(stream.now, keyframe=True)
    stream.play(1.0, larger=1.3)
    assert plan.wants(stream.now, keyframe=False)
