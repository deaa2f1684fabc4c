"""What holds for every test."""

import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests import loaded
from tests.rewriting import keep_rewritten

from sharp_eyes.configuration.log_throttle import LogThrottle

# On a crowded machine any example may take long; how long one took says nothing about what is tested.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


SLOWEST = (
    "e2e/test_suites.py", "hub/test_who_may_move.py", "edge/cameras/test_cameras.py", "e2e/test_demo.py",
    "e2e/test_guide.py", "e2e/test_nothing_lost.py", "e2e/test_clock_steps.py", "browser/test_records.py",
    "e2e/test_silence.py", "edge/test_cli.py", "browser/test_zones.py", "e2e/test_demo_parts.py",
    "edge/scenes/test_falling_object.py", "edge/push/test_publisher.py", "browser/test_desk.py", "e2e/test_join.py",
    "browser/test_phone.py", "e2e/test_restart.py", "browser/test_list.py", "e2e/test_walk.py",
    "browser/test_steady.py", "e2e/test_lessons_road.py", "hub/test_dry_run.py", "browser/test_every_page.py",
    "hub/test_daily_figures.py", "e2e/test_upgrade.py", "browser/test_account.py", "browser/test_map.py",
    "hub/test_walk.py", "hub/test_who_may_what.py", "edge/push/test_stuck.py", "browser/test_walk.py",
    "hub/test_cli.py", "edge/test_hub_settings.py", "hub/test_any_walk.py", "hub/test_cases_api.py",
    "browser/test_many.py", "edge/test_library.py", "e2e/test_settings_from_hub.py", "e2e/test_damaged_store.py",
)  # fmt: skip
"""Files by what they take (`--junitxml` says it), begun first: a long one at the end leaves all but one waiting."""


gc.disable()  # while all modules are loaded: there is next to no garbage among a million objects that stay


def pytest_collection_finish() -> None:
    """What was loaded stays: to look through it again and again for garbage costs a tenth of the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


def pytest_configure(config: pytest.Config) -> None:
    """Before workers are started, do once what each of them would do."""
    if not hasattr(config, "workerinput") and getattr(config.option, "numprocesses", None):
        loaded.share()
        keep_rewritten(sorted(Path(__file__).parent.rglob("test_*.py")), config)


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
