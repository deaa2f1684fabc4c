"""Writes a ground clip by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .greenery import GreeneryDay, GreeneryHard
from .ponding import WaterloggingNight, WaterloggingRain
from .record import GroundClip

CLIPS: dict[str, Callable[[Path, int], GroundClip]] = {
    GreeneryDay.name: GreeneryDay,
    GreeneryHard.name: GreeneryHard,
    WaterloggingRain.name: WaterloggingRain,
    WaterloggingNight.name: WaterloggingNight,
}


def render_ground_clip(name: str, cache: Path, out: Path, samples: int) -> None:
    """Write a clip and its ground truth into `out`; still pictures and movers are kept in `cache`."""
    CLIPS[name](cache, samples).write(out)
