"""What holds for every test."""

import logging
from collections.abc import Iterator

import pytest

from sharp_eyes.configuration.log_throttle import LogThrottle


@pytest.fixture(autouse=True)
def whole_log() -> Iterator[None]:
    """A command that was called in this process throttles its log for good; the next test hears everything again."""
    yield
    for handler in logging.getLogger().handlers:
        for each in list(handler.filters):
            if isinstance(each, LogThrottle):
                handler.removeFilter(each)
