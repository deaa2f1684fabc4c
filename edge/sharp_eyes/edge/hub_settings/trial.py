"""Tries changed settings on what the gateway has of a camera, through the one pipeline, beside its work; and on past
alarms that the hub names, through the scenes alone.
"""

import base64
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sharp_eyes.configuration.periodic import Steps
from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import Phase
from sharp_eyes.contract.trial import MAX_TRIAL_PICTURE, TrialAlarm, TrialReport, TrySettings
from sharp_eyes.edge.errors import ConfigError, EdgeError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.hub_settings.footage import Footage, footage_of
from sharp_eyes.edge.hub_settings.merging import merged
from sharp_eyes.edge.hub_settings.past import try_past
from sharp_eyes.edge.look_back.kept_video import KeptVideo
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.live_picture import live_picture
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import CameraSettings
from sharp_eyes.edge.snap.wall_clock import wall

PATIENCE = 300.0
"""Seconds by the clock that a trial takes at most; what it has seen by then is its answer."""
NICENESS = 5
"""Of the thread: what else wants the processor comes first, yet a full machine does not starve it."""
MOST_WAITING = 8
"""Trials that wait for their turn; more are refused: each may take minutes."""
PICTURES = 4
ALARMS = 40
_NAME = "settings-trial"
"""Under this name the detectors serve a trial: the camera itself goes on beside it."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Found:
    """What a trial has seen so far."""

    began: float | None = None
    """Time of the first frame."""
    seconds: float = 0.0
    count: int = 0
    alarms: list[TrialAlarm] = field(default_factory=list)


class TrialDesk:
    """Tries one change after the other, and takes at most half of a thread's time for it.

    Args:
        camera_of: the camera as its gateway's file has it.
        check: as before a change.
        kept_of: its kept video, where it runs.
        holds_of: the camera as it holds.
    """

    def __init__(
        self,
        gateway: str,
        detectors: Detectors,
        outbox: Outbox,
        camera_of: Callable[[str], CameraSettings | None],
        check: Callable[[CameraSettings], None],
        kept_of: Callable[[str], KeptVideo | None],
        holds_of: Callable[[str], CameraSettings | None],
    ) -> None:
        self._gateway, self._detectors, self._outbox = gateway, detectors, outbox
        self._camera_of, self._check, self._kept_of, self._holds_of = camera_of, check, kept_of, holds_of
        self._over, self._enough = threading.Event(), threading.Event()
        self._commands: queue.Queue[TrySettings | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="trial", daemon=True)

    def start(self) -> None:
        """Begin to take trials."""
        self._thread.start()

    def stop(self) -> None:
        """End at once; a trial in hand is not answered."""
        self._over.set()
        self._enough.set()
        self._commands.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def take(self, command: TrySettings) -> None:
        """Take a trial, or refuse it where too many wait; returns at once."""
        if self._commands.qsize() < MOST_WAITING:
            self._commands.put(command)
            return
        why = f"{MOST_WAITING} trials wait for their turn at gateway {self._gateway}; try again later"
        known = {"trial_id": command.trial_id, "camera": command.camera, "reported_at": datetime.now(UTC)}
        self._outbox.put([Entry(wrap(self._gateway, TrialReport(**known, state="refused", reason=why)))])

    def _run(self) -> None:
        steps = Steps()
        with suppress(OSError, AttributeError):  # a system that counts no niceness by threads
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        while (command := self._commands.get()) is not None:
            steps.do("a trial of settings", partial(self._answer, command))

    def _answer(self, command: TrySettings) -> None:
        known: dict[str, Any] = {
            "trial_id": command.trial_id,
            "camera": command.camera,
            "reported_at": datetime.now(UTC),
        }
        try:
            camera = self._wanted(command)
            holds = self._holds_of(command.camera)
            if command.past and holds is not None:
                known["past"] = try_past(self._gateway, camera, holds, self._detectors, command.past, self._over)
            footage = footage_of(camera, self._kept_of(command.camera), command.minutes, wall.time())
            found = None if footage is None else self._play(camera, footage)
            if found is None or found.began is None:
                report = TrialReport(**known, state="nothing", reason="the gateway keeps no video of this camera")
            else:
                began = datetime.fromtimestamp(found.began, UTC) if footage and footage.dated else None
                more = {"seconds": round(found.seconds, 1), "count": found.count, "alarms": tuple(found.alarms)}
                report = TrialReport(**known, state="done", begins_at=began, **more)
        except EdgeError as error:
            report = TrialReport(**known, state="refused", reason=str(error)[:2000] or "it cannot be used")
        if not self._over.is_set():
            self._outbox.put([Entry(wrap(self._gateway, report))])

    def _wanted(self, command: TrySettings) -> CameraSettings:
        camera = self._camera_of(command.camera)
        if camera is None:
            raise ConfigError(f"gateway {self._gateway} has no camera {command.camera}")
        wanted = merged(camera, command.settings)
        self._check(wanted)
        return wanted.model_copy(update={"id": _NAME})

    def _play(self, camera: CameraSettings, footage: Footage) -> _Found:
        pipeline = CameraPipeline.for_recording(self._gateway, camera, self._detectors)
        found, latest, end = _Found(), float("-inf"), time.monotonic() + PATIENCE
        self._enough.clear()
        if self._over.is_set():
            return found

        def wants(moment: float, keyframe: bool) -> bool:
            nonlocal latest
            if moment <= latest:
                return False  # files of kept video may overlap where the clock was set
            latest = moment
            found.began = moment if found.began is None else found.began
            if moment - found.began > footage.seconds or time.monotonic() > end:
                self._enough.set()
                return False
            found.seconds = moment - found.began
            return pipeline.wants(moment, keyframe)

        for frame in footage.frames(camera.id, wants, self._enough):
            used = time.thread_time()
            for event in pipeline.process(frame).events:
                if event.phase is Phase.OPENED:
                    found.count += 1
                    if len(found.alarms) < ALARMS:
                        picture = _picture(pipeline, frame) if len(found.alarms) < PICTURES else ""
                        second = round(found.seconds, 1)
                        found.alarms.append(
                            TrialAlarm(scene=event.scene, zone=event.zone, second=second, picture=picture)
                        )
            self._over.wait(time.thread_time() - used)  # the cameras' own looks come first
        return found


def _picture(pipeline: CameraPipeline, frame: Frame) -> str:
    """The picture as it may leave the gateway, in base64; empty where it cannot be made."""
    try:
        shown = pipeline.masker.masked(pipeline.masker.watched(frame), "snapshot")
        jpeg = live_picture(shown, MAX_TRIAL_PICTURE)
    except EdgeError as error:
        _log.error("a trial's picture stays here, its mask fails: %s", error)
        return ""
    return "" if jpeg is None else base64.b64encode(jpeg).decode("ascii")
