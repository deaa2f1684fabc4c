"""Writes a ground clip by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .greenery_day import GreeneryDay
from .greenery_hard import GreeneryHard
from .record import GroundClip
from .waterlogging_night import WaterloggingNight
from .waterlogging_rain import WaterloggingRain

CLIPS: dict[str, Callable[[Path, int], GroundClip]] = {
    GreeneryDay.name: GreeneryDay,
    GreeneryHard.name: GreeneryHard,
    WaterloggingRain.name: WaterloggingRain,
    WaterloggingNight.name: WaterloggingNight,
}


def render_ground_clip(name: str, cache: Path, out: Path, samples: int) -> None:
    """Write a clip and its ground truth into `out`; still pictures and movers are kept in `cache`."""
    CLIPS[name](cache, samples).write(out)
