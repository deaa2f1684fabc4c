"""Whether a settings file names a time zone that there is."""

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sharp_eyes.configuration import Contradiction


def wrong_zone(raw: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Say that the key ``timezone`` names none."""
    zone = raw.get("timezone")
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield ("timezone",), f"timezone {zone!r} is unknown; give one such as 'Asia/Shanghai'"
