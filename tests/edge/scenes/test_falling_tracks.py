"""Real trajectories against the tracker and the fit. Prints its figures: ``pytest -s`` shows them."""

from pathlib import Path

import pytest
from tests.edge.scenes.falling_tracks import Change, Trajectory, trajectories

from sharp_eyes.edge.scenes.falling.falls import Falls, Told
from sharp_eyes.edge.scenes.falling.motion import MotionDetector
from sharp_eyes.edge.scenes.falling_object import FallingObjectSettings, limits_of

FILE = Path(__file__).resolve().parents[4] / "shared" / "data" / "falling_tracks" / "boxes.csv"
WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]]
SETTINGS = FallingObjectSettings.model_validate({"zones": [{"id": "all", "polygon": WHOLE}]})


@pytest.fixture(scope="module")
def real() -> list[Trajectory]:
    if not FILE.exists():
        pytest.skip(f"{FILE} is not there; it holds the real trajectories and is no part of the project")
    return trajectories(FILE)


def recognised(trajectory: Trajectory, interval: float) -> bool:
    """Whether the scene's own settings find a fall in it."""
    zone = SETTINGS.zones[0]
    falls = Falls(
        MotionDetector(zone.polygon, SETTINGS.largest), limits_of(SETTINGS, None), SETTINGS.confidence, Told()
    )
    return any(falls.take(time, moving) for time, moving in trajectory.looks(interval))


def count(real: list[Trajectory], change: Change, interval: float, jitter: float = 0.0) -> int:
    found = sum(recognised(item.changed(change, jitter), interval) for item in real)
    pace = "every box" if interval == 0 else f"{1 / interval:g} looks a second"
    print(f"{change}, jitter {jitter:g} px, {pace}: {found} of {len(real)}")
    return found


@pytest.mark.parametrize(("interval", "share"), [(0.0, 0.9), (0.04, 0.85)], ids=["every box", "25 a second"])
def test_real_trajectories_are_falls(real: list[Trajectory], interval: float, share: float) -> None:
    """Nine of ten with every box; somewhat fewer with as many as a camera gives."""
    assert len(real) >= 80
    assert count(real, "none", interval) >= share * len(real)


@pytest.mark.parametrize("interval", [0.0, 0.04], ids=["every box", "25 a second"])
@pytest.mark.parametrize("change", ["reversed", "steady", "level"])
def test_the_same_in_reverse_or_flattened_are_none(real: list[Trajectory], change: Change, interval: float) -> None:
    """Time reversed, or the height linear or constant in time, also with a pixel of noise."""
    assert count(real, change, interval) == 0
    if change != "reversed" and interval > 0:
        assert count(real, change, interval, jitter=1.0) == 0


def test_falls_are_seen_after_the_clock_was_set_back(real: list[Trajectory]) -> None:
    """What was in the air when it was set is let go; the same things thrown again are told again."""
    thrown = next(one for one in real if recognised(one, 0.04)).looks(0.04)
    zone = SETTINGS.zones[0]
    falls = Falls(
        MotionDetector(zone.polygon, SETTINGS.largest), limits_of(SETTINGS, None), SETTINGS.confidence, Told()
    )
    for hours in (0, -1, -2):
        told = [fall for time, moving in thrown for fall in falls.take(time + 3600 * hours, moving)]
        assert told, hours
        assert len({fall.number for fall in told}) == 1, hours
    assert falls.told.number == 3
