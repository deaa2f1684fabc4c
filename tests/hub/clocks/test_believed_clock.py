"""A clock that leaps ahead is not believed at once."""

from pathlib import Path

from tests.hub.bench import Clock

from sharp_eyes.configuration.believed_clock import BelievedClock


def test_a_clock_is_believed_again_a_day_for_each_hour(tmp_path: Path) -> None:
    """Who was switched off for half a year waits for eight days; that the clock was once behind is no matter."""
    clock = Clock()
    believed = BelievedClock(tmp_path / "believed-time", clock, clock.monotonic)
    assert believed.is_believed()
    clock.set_back(days=20_000)
    assert believed.is_believed()
    clock.set_by(days=20_000)
    assert believed.is_believed()
    clock.set_by(days=190)
    hours = 0
    while not believed.is_believed():
        clock.forward(hours=1)
        hours += 1
    assert hours == 188
