"""What holds for every test."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from sharp_eyes.configuration.log_throttle import LogThrottle

# On a crowded machine any example may take long; how long one took says nothing about what is tested.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


@pytest.fixture(autouse=True)
def whole_log() -> Iterator[None]:
    """A command that was called in this process throttles its log for good; the next test hears everything again."""
    yield
    for handler in logging.getLogger().handlers:
        for each in list(handler.filters):
            if isinstance(each, LogThrottle):
                handler.removeFilter(each)
