"""A camera that comes and goes for ever is called at growing distances and does not fill the log."""

import pytest

from sharp_eyes.edge.snap.losses import FIRST_DELAY, LONGEST_DELAY, Losses

HOUR = 3600.0


class Stream:
    """Comes, lasts for so long, breaks off, and is tried again when it is time to; on a clock of its own."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.losses = Losses(lambda: self.now)
        self.delays: list[float] = []
        self.log: list[str] = []

    def live(self, lasts: float, seconds: float) -> None:
        """For so many seconds; one that lasts for none never comes."""
        end = self.now + seconds
        while self.now < end:
            if lasts and self.losses.came():
                self.log.append("online")
            self.now += lasts
            loss = self.losses.broke_off()
            if loss.is_due:
                self.log.append(f"lost{loss.often}")
            self.delays.append(loss.delay)
            self.now += loss.delay + 0.1


@pytest.mark.parametrize(("lasts", "longest"), [(0, LONGEST_DELAY), (2, LONGEST_DELAY), (11, 11), (59, LONGEST_DELAY)])
def test_it_is_tried_at_growing_distances_and_watched_for_half_of_the_time(lasts: float, longest: float) -> None:
    """What is hardly there waits longest; what gives some seconds each time is not left alone for more than those."""
    stream = Stream()
    stream.live(lasts, HOUR)
    assert stream.delays[0] <= 2 * FIRST_DELAY
    assert max(stream.delays[:3]) < min(stream.delays[7:])
    assert all(longest / 2 <= delay <= longest for delay in stream.delays[7:])


def test_a_stream_that_was_steady_is_tried_at_once() -> None:
    """A loss a minute is no reason to wait."""
    stream = Stream()
    stream.live(2, 300)
    stream.live(61, HOUR)
    assert all(delay <= FIRST_DELAY for delay in stream.delays[-10:])


@pytest.mark.parametrize("lasts", [0, 11, 61])
def test_the_log_says_it_at_growing_distances(lasts: float) -> None:
    """At once, after minutes, then hourly, with how often it was meanwhile; and that it is there, where it said not."""
    stream = Stream()
    stream.live(lasts, 24 * HOUR)
    lost = [line for line in stream.log if line != "online"]
    assert 28 <= len(lost) <= 31
    assert lost[0] == "lost"
    assert "times in 36" in lost[-1]
    assert len(stream.log) - len(lost) == (len(lost) + 1 if lasts else 0)
    stream.live(2 * HOUR, 2 * HOUR)  # quiet for so long that the next one is news
    assert stream.log[-1].startswith("lost")


def test_after_a_calm_it_is_said_again_from_the_beginning() -> None:
    """At once, after one minute, three, seven; what lasts for less than an hour is no calm."""
    stream = Stream()
    stream.live(2, 24 * HOUR)
    before = len(stream.log)
    stream.live(2 * HOUR, 1)
    stream.live(2, HOUR)
    assert len([line for line in stream.log[before:] if line != "online"]) >= 6
    hardly = Stream()
    hardly.live(HOUR / 3, 12 * HOUR)
    assert len([line for line in hardly.log if line != "online"]) <= 20


def test_what_is_said_counts_from_what_was_said_before() -> None:
    """Losses and seconds since then, where there was more than one."""
    stream = Stream()
    said, began = [], stream.now
    losses = Losses(lambda: stream.now)
    for second in (0, 30, 61, 100, 190, 2000):
        stream.now = began + second
        loss = losses.broke_off()
        if loss.is_due:
            said.append(loss.often)
    assert said == ["", " (2 times in 61 s)", " (2 times in 129 s)", ""]


def test_how_long_it_lasted_counts_from_its_first_coming() -> None:
    """Not from the latest picture that says so."""
    stream = Stream()
    for seconds in (30, 29, 2):
        stream.losses.came()
        stream.now += seconds
    assert stream.losses.broke_off().delay <= FIRST_DELAY


def test_a_street_of_cameras_does_not_call_in_one_instant() -> None:
    """Streams that were lost together are tried at different moments."""
    assert len({Losses().broke_off().delay for _ in range(20)}) > 1
