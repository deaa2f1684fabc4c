"""How lines of the log look: for people, or one JSON object a line for who collects logs."""

import json
import logging
import re
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timezone
from enum import Enum
from types import TracebackType
from typing import Any

from sharp_eyes.configuration.log_throttle import throttle_root_log

LOG_FORMAT_VARIABLE = "SHARP_EYES_LOG_FORMAT"
"""Environment variable that says it for a process and for those that it starts."""

_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_PLACEHOLDER = re.compile(r"(?:\b(?P<what>camera|case|gateway) )?%(?P<kind>[a-zA-Z%]|[-+ #0-9.]+[a-zA-Z])")
_BEGINS = re.compile(r"(?P<what>camera|case|gateway) (?P<name>[^\s:]+): ")
_ERROR_ID = re.compile(r"\burn:uuid:[0-9a-f-]{36}\b")


class LogFormat(str, Enum):
    """How lines of the log look."""

    TEXT = "text"
    JSON = "json"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: ``time`` (UTC, RFC 3339), ``level``, ``logger``, ``thread``, ``message``.

    Where the line names them also ``camera``, ``case``, ``gateway`` and ``error_id`` (the one that a person was shown),
    and ``exception`` with ``type``, ``message`` and ``trace``. Nothing else of the record is written, so that what a
    library hangs on it does not get out this way.
    """

    def __init__(self) -> None:
        super().__init__()
        self.always: dict[str, str] = {}
        """Stands in every line that does not say otherwise."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        message = record.getMessage()
        moment = datetime.fromtimestamp(record.created, timezone.utc)
        line: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "thread": record.threadName,
            "message": message,
            **self.always,
            **dict(_named(record, message)),
        }
        if error_id := _ERROR_ID.search(message):
            line["error_id"] = error_id[0]
        if record.exc_info and record.exc_info[0] is not None:
            kind, error, _ = record.exc_info
            trace = self.formatException(record.exc_info)
            line["exception"] = {"type": kind.__qualname__, "message": str(error), "trace": trace}
        return json.dumps(line, ensure_ascii=False)


def formatter_of(form: LogFormat) -> logging.Formatter:
    """What writes lines in this form."""
    return JsonFormatter() if form is LogFormat.JSON else logging.Formatter(_TEXT)


def begin_log(level: int, form: LogFormat) -> None:
    """Log to the standard error output, throttled.

    JSON takes the place of what was set before, and what ends the process or a thread of it is a line as well.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(formatter_of(form))
    logging.basicConfig(level=level, handlers=[handler], force=form is LogFormat.JSON)
    throttle_root_log()
    if form is LogFormat.JSON:
        sys.excepthook = _note_end
        threading.excepthook = lambda end: _note_end(end.exc_type, end.exc_value, end.exc_traceback)


def say_always(**fields: str) -> None:
    """Let every line in JSON bear these fields from now on."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, JsonFormatter):
            handler.formatter.always.update(fields)


def is_json() -> bool:
    """Whether the log is written in JSON."""
    return any(isinstance(handler.formatter, JsonFormatter) for handler in logging.getLogger().handlers)


def _named(record: logging.LogRecord, message: str) -> Iterator[tuple[str, str]]:
    """What of camera, case and gateway the line is about, by the words that stand before its values."""
    if isinstance(record.args, tuple) and record.args:
        values = iter(record.args)
        for found in _PLACEHOLDER.finditer(str(record.msg)):
            if found["kind"] != "%" and (value := next(values, None)) is not None and found["what"]:
                yield found["what"], str(value)
    if begins := _BEGINS.match(message):
        yield begins["what"], begins["name"]


def _note_end(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, KeyboardInterrupt):
        logging.getLogger("sharp_eyes").critical("ended by an error", exc_info=(kind, error, trace))
