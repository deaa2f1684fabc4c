"""The bundled clips are looked at at the very frames at which they were before scenes chose their pace."""

from pathlib import Path
from typing import Any

import av
import pytest
import yaml

from sharp_eyes.edge.sampling import LookPlan, NextLook, Sampler
from sharp_eyes.edge.scenes.base import FrameScene, Scene
from sharp_eyes.edge.scenes.catalogue import build, parse_settings
from sharp_eyes.edge.scenes.event_lifecycle import Origin

SUITE = Path(__file__).parents[2] / "media" / "suite" / "suite.yaml"
CLIPS: list[dict[str, Any]] = yaml.safe_load(SUITE.read_text(encoding="utf-8"))["clips"]


def frames_of(path: Path) -> list[tuple[float, bool]]:
    """Time and kind of each frame, in the order they are shown."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size and packet.pts is not None]
        base = float(stream.time_base or 0)
        return sorted((float(packet.pts or 0) * base, packet.is_keyframe) for packet in packets)


def looks_at(frames: list[tuple[float, bool]], scenes: list[Scene[Any]]) -> list[float]:
    """When scenes look in which something happens all the time."""
    plan = LookPlan(min(scene.needs.interval for scene in scenes))
    turns = [(scene, Sampler(scene.needs.interval)) for scene in scenes]
    wishes: dict[int, NextLook] = {}
    looks = []
    for time, keyframe in frames:
        plan.see(time, keyframe)
        if plan.wants(time, keyframe):
            plan.taken(time)
            looks.append(time)
            for scene, sampler in turns:
                if sampler.due(time):
                    sampler.taken(time)
                    wishes[id(scene)] = scene.pace.often(time)
            plan.wish(time, list(wishes.values()))
    return looks


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: Path(clip["clip"]).stem)
def test_the_bundled_clips_are_looked_at_at_the_same_frames(clip: dict[str, Any]) -> None:
    """So their events are the same to the byte: their dwells are short, and short dwells have one pace."""
    origin = Origin("gw", "cam", lambda _name: None)
    every = [build(parse_settings("cam", i, raw), origin) for i, raw in enumerate(clip["camera"]["scenes"])]
    scenes = [scene for scene in every if not isinstance(scene, FrameScene)]
    if not scenes:
        return
    assert all(scene.pace.steady for scene in scenes)
    frames = frames_of(SUITE.parent / clip["clip"])
    sampler = Sampler(min(scene.needs.interval for scene in scenes))
    before = []
    for time, _ in frames:
        if sampler.due(time):
            sampler.taken(time)
            before.append(time)
    assert looks_at(frames, scenes) == before
