"""Tries settings on past alarms: what stood there is put there again, for as long as it stood, before the scenes.

No picture is looked at, so this costs no detection. Scenes that judge the ground, the picture itself, or several
objects together cannot be asked so; that they raise nothing even with the settings that hold now tells those apart.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from itertools import takewhile
from math import ceil

import numpy as np

from sharp_eyes.contract.event import Phase
from sharp_eyes.contract.trial import PastAlarm, PastOutcome
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Frame, Track, Tracks
from sharp_eyes.edge.scenes.base import FrameScene
from sharp_eyes.edge.scenes.camera_scenes import CameraScenes
from sharp_eyes.edge.scenes.clock import MAX_STEP
from sharp_eyes.edge.settings import CameraSettings

MOST_LOOKS = 400
"""At what stood for hours; at what stood longer one in each of the longest steps that count as watched."""
LONGEST = 90_000.0
"""Seconds that are played at most: no scene can be told to wait longer than a day."""
WIDTH, HEIGHT = 1280, 720
"""Of a picture that nobody sees: boxes are shares of it."""

_GREY = np.full((180, 320, 3), 128, np.uint8)


def try_past(
    gateway: str,
    wanted: CameraSettings,
    holds: CameraSettings,
    detectors: Detectors,
    past: Sequence[PastAlarm],
    over: threading.Event,
) -> PastOutcome:
    """Say which past alarms would be raised with the wanted settings; once it is ``over``, what was found by then.

    It rests for as long as it has computed: the cameras' own looks come first.
    """
    raised, quiet, untried = [], [], []
    for alarm in past:
        used = time.thread_time()
        if _is_raised(gateway, wanted, detectors, alarm, over):
            raised.append(alarm.event_id)
        elif _is_raised(gateway, holds, detectors, alarm, over):
            quiet.append(alarm.event_id)
        else:
            untried.append(alarm.event_id)
        over.wait(time.thread_time() - used)
    return PastOutcome(raised=tuple(raised), quiet=tuple(quiet), untried=tuple(untried))


def _is_raised(
    gateway: str, camera: CameraSettings, detectors: Detectors, alarm: PastAlarm, over: threading.Event
) -> bool:
    own = tuple(scene for scene in camera.scenes if scene.get("scene") == alarm.scene)
    only = camera.model_copy(update={"scenes": own})
    scenes = CameraScenes(gateway, only, detectors.note_of, detectors.classes)
    interval = scenes.interval
    if interval is None or any(isinstance(one, FrameScene) or one.needs.ground for one in scenes.scenes):
        return False
    track = _track(alarm)
    return track is not None and any(
        event.phase is Phase.OPENED
        for moment in takewhile(lambda _: not over.is_set(), _looks(alarm, interval))
        for event in scenes.observe(Frame.of_picture(camera.id, moment, _GREY), Tracks(moment, WIDTH, HEIGHT, (track,)))
    )


def _looks(alarm: PastAlarm, interval: float) -> Iterator[float]:
    """Moments from the alarm's beginning to its end, evenly, as often as is due or enough to count as watched."""
    begin, seconds = alarm.started_at.timestamp(), min(alarm.seconds, LONGEST)
    steps = max(min(int(seconds / interval), max(MOST_LOOKS, ceil(seconds / MAX_STEP))), 1)
    for number in range(steps + 1):
        yield begin + seconds * number / steps


def _track(alarm: PastAlarm) -> Track | None:
    if alarm.box is None or alarm.object_class is None:
        return None
    x1, y1, x2, y2 = alarm.box
    box = (x1 * WIDTH, y1 * HEIGHT, x2 * WIDTH, y2 * HEIGHT)
    return Track(1, alarm.object_class, alarm.score, box, alarm.started_at.timestamp())
