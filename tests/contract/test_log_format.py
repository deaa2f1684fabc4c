"""The log as one JSON object a line, for who collects logs."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sharp_eyes.configuration.log_format import JsonFormatter
from sharp_eyes.configuration.log_throttle import BURST, LogThrottle


@pytest.fixture
def lines() -> Iterator[list[dict[str, Any]]]:
    """What a logger of its own writes."""
    written: list[dict[str, Any]] = []

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = self.format(record)
            assert "\n" not in text
            written.append(json.loads(text))

    handler = Lines()
    formatter = JsonFormatter()
    formatter.always["gateway"] = "gate-1"
    handler.setFormatter(formatter)
    handler.addFilter(LogThrottle())
    logger = logging.getLogger("test.log_format")
    logger.addHandler(handler)
    logger.propagate = False
    yield written
    logger.removeHandler(handler)
    logger.propagate = True


def test_a_line_says_when_who_and_what(lines: list[dict[str, Any]]) -> None:
    """Time in UTC, level, logger, thread, the message with its values, and whom it is about."""
    log = logging.getLogger("test.log_format")
    before = datetime.now(UTC)
    log.warning("camera %s: main stream lost: %s; evidence comes from the substream", "东门", "timed\nout")
    log.error("%s, %s of case %s: %s %%", "who", "what", "2026-000007", 3)
    log.error("gateway %s: no heartbeat; taken as gone", "gate-2")
    log.error("%s failed, for %.0f s now; the next round tries again", "camera yard: cutting clips", 3.2)

    lost, case, gateway, step = lines
    assert before.replace(microsecond=0) <= datetime.fromisoformat(lost["time"])
    assert lost["time"].endswith("Z")
    assert (lost["level"], lost["logger"], lost["thread"]) == ("warning", "test.log_format", "MainThread")
    assert lost["message"].startswith("camera 东门: main stream lost: timed\nout;")
    assert (lost["camera"], lost["gateway"]) == ("东门", "gate-1")
    assert (case["case"], case["message"]) == ("2026-000007", "who, what of case 2026-000007: 3 %")
    assert "camera" not in case
    assert (gateway["gateway"], step["camera"]) == ("gate-2", "yard")


def test_an_error_has_its_id_and_its_trace_and_nothing_that_a_library_hung_on(lines: list[dict[str, Any]]) -> None:
    """What a person was shown finds the line; what stands beside the message in a record stays out of it."""
    instance = "urn:uuid:0d9c7a3e-8f0e-4b0e-9f0e-1a2b3c4d5e6f"
    try:
        raise ValueError("no such\nthing")
    except ValueError as error:
        logging.getLogger("test.log_format").error(
            "%s: %s failed", instance, "GET /api/x", exc_info=error, extra={"password": "street-12345"}
        )
    (line,) = lines
    assert line["error_id"] == instance
    assert (line["exception"]["type"], line["exception"]["message"]) == ("ValueError", "no such\nthing")
    assert line["exception"]["trace"].splitlines()[-2:] == ["ValueError: no such", "thing"]
    assert "street-12345" not in json.dumps(line)


def test_a_flood_is_throttled_in_json_too(lines: list[dict[str, Any]]) -> None:
    """The same bound as for lines that people read."""
    for number in range(5 * BURST):
        logging.getLogger("test.log_format").warning("camera %s: nothing new (%d)", "yard", number)
    assert len(lines) == BURST
