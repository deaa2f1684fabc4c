"""What holds for every test."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from sharp_eyes.configuration.log_throttle import LogThrottle

# On a crowded machine any example may take long; how long one took says nothing about what is tested.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


SLOWEST = (
    "e2e/test_nothing_lost.py", "e2e/test_suites.py", "edge/snap/test_demand.py", "e2e/test_join.py",
    "e2e/test_guide.py",
    "e2e/test_tls.py", "browser/test_list.py",
    "browser/test_steady.py", "hub/test_who_may_move.py", "edge/scenes/test_falling_tracks.py", "e2e/test_upgrade.py",
    "e2e/test_walk.py", "edge/capacity/test_capacity.py", "e2e/test_silence.py", "browser/test_sub_path.py",
    "e2e/test_demo_parts.py", "e2e/test_restart.py", "browser/test_cameras.py", "e2e/test_demo.py",
    "edge/models/test_published.py", "edge/push/test_publisher.py", "edge/cameras/test_cameras.py", "hub/test_walk.py",
    "e2e/test_settings_from_hub.py", "browser/test_records.py", "browser/test_drafts.py", "browser/test_many.py",
    "e2e/test_lessons_road.py", "browser/test_provider.py", "e2e/test_clock_steps.py", "e2e/test_full_disk.py",
    "edge/push/test_stuck.py",
)  # fmt: skip
"""Files by what they take (`--junitxml` says it), begun first: a long one at the end leaves all but one waiting."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first; in a file, and among the others, the order stays."""
    here = Path(__file__).parent
    place = {here / name: number for number, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: place.get(item.path, len(SLOWEST)))


@pytest.fixture(autouse=True)
def whole_log() -> Iterator[None]:
    """A command that was called in this process throttles its log for good; the next test hears everything again."""
    yield
    for handler in logging.getLogger().handlers:
        for each in list(handler.filters):
            if isinstance(each, LogThrottle):
                handler.removeFilter(each)
