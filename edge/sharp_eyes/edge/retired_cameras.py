"""Cameras that were taken out of the settings: their open events close, and what they left is sent or removed."""

import logging
from collections.abc import Collection
from pathlib import Path

from sharp_eyes.contract.envelope import wrap
from sharp_eyes.edge.pipeline import close_remembered
from sharp_eyes.edge.push.clip_spool import ClipSpool
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.evidence import clip_entry
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.scenes.camera_scenes import FEEDS

_log = logging.getLogger(__name__)


def retire_cameras(outbox: Outbox, gateway: str, present: Collection[str], clips: Path) -> None:
    """Close at the hub what cameras that are not ``present`` any more had open, and forget what they remembered.

    The closings and the forgetting are one transaction a camera and feed: a death between repeats nothing.

    Args:
        clips: folder of unfinished clips, one folder a camera.
    """
    for name in outbox.memory_names():
        camera, _, last = name.rpartition("/")
        feed = next((feed for feed in FEEDS if feed == last), None)
        if feed is None or camera in present:
            continue
        closings = close_remembered(gateway, camera, feed, outbox.memory(name) or "")
        outbox.put([Entry(wrap(gateway, event)) for event in closings], {name: None})
        _log.warning("camera %s is gone from the settings; %d open events close", camera, len(closings))
    _send_clips(outbox, gateway, present, clips)


def _send_clips(outbox: Outbox, gateway: str, present: Collection[str], clips: Path) -> None:
    for folder in clips.iterdir() if clips.is_dir() else ():
        if folder.name in present:
            continue
        spool = ClipSpool(folder)
        for event, clip in spool.recover():
            entry = clip_entry(event, clip, gateway)
            if entry is not None:
                outbox.put([entry])
            spool.drop(event.event_id)
