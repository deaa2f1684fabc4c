"""JSON as RFC 8259 and RFC 7493 (I-JSON) want it: no key twice, no text or number that nobody can keep.

Programs differ in what they make of a key that stands twice, so that what a guard has read is not what we would do;
half characters, NUL and numbers that are not finite end in a database.
"""

import json
import math
import re
from typing import Any


class DoubledKeyError(ValueError):
    """A key stands twice in one object."""


def read_strictly(text: str) -> Any:
    """Read a text of JSON.

    Raises:
        ValueError: says what is wrong with it.
    """
    try:
        read = json.loads(
            text, object_pairs_hook=_once, parse_float=_finite, parse_int=_whole_number, parse_constant=_no_number
        )
    except RecursionError:
        raise ValueError("is nested too deep") from None
    if "\\u" in text and (fault := next(filter(None, map(_fault_of_text, _texts(read))), None)) is not None:
        raise ValueError(fault)
    return read


def check_keys(payload: bytes) -> None:
    """See that no key stands twice; pydantic, which reads the same text, takes the last. What is no JSON it finds.

    Raises:
        DoubledKeyError: names the key.
    """
    try:
        _KEYS.decode(payload.decode())
    except DoubledKeyError:
        raise
    except (ValueError, RecursionError):
        return


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DoubledKeyError(f"the key {twice[:60]!r} stands in it twice")
    return read


_KEYS = json.JSONDecoder(object_pairs_hook=_once)


def _finite(text: str) -> float:
    read = float(text)
    if not math.isfinite(read):
        raise ValueError(f"the number {text[:20]} is too large")
    return read


def _whole_number(text: str) -> int:
    if len(text) > 300:  # more digits than a floating-point number's largest has make no number of it
        raise ValueError(f"the number {text[:20]}… is too large")
    return int(text)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _texts(read: Any) -> list[str]:
    """All texts, keys included."""
    found, left = [], [read]
    while left:
        one = left.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            left += (*one, *one.values())
        elif isinstance(one, list):
            left += one
    return found


def _fault_of_text(text: str) -> str | None:
    if "\0" in text:
        return "the character NUL is not allowed"
    return None if text.isascii() or not re.search("[\ud800-\udfff]", text) else "a text holds half a character"
