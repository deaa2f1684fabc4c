"""Whether a settings file names a time zone that there is."""

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sharp_eyes.configuration.said import Said, SaidAt


def wrong_zone(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Say that the key ``timezone`` names none."""
    zone = raw.get("timezone")
    if isinstance(zone, str):
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            words = f"timezone {zone!r} is unknown; give one such as 'Asia/Shanghai'"
            yield ("timezone",), Said("unknown_zone", words, zone=zone)
