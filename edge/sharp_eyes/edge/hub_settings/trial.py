"""Tries changed settings on what the gateway has of a camera, through the one pipeline, beside its work."""

import base64
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sharp_eyes.configuration.periodic import Steps
from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import Phase
from sharp_eyes.contract.trial import MAX_TRIAL_PICTURE, TrialAlarm, TrialReport, TrySettings
from sharp_eyes.edge.errors import ConfigError, EdgeError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.hub_settings.merging import merged
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.live_picture import live_picture
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import CameraSettings, FileSource
from sharp_eyes.edge.snap.sources import look_through

LONGEST = 180.0
"""Seconds of footage that are looked through at most."""
PICTURES = 4
ALARMS = 40
_NAME = "settings-trial"
"""Under this name the detectors serve a trial: the camera itself goes on beside it."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Found:
    """What a trial has seen so far."""

    seconds: float = 0.0
    count: int = 0
    alarms: list[TrialAlarm] = field(default_factory=list)


class TrialDesk:
    """Tries one change after the other, and takes at most half of a thread's time for it.

    Args:
        camera_of: the camera as its gateway's file has it.
        check: as before a change.
    """

    def __init__(
        self,
        gateway: str,
        detectors: Detectors,
        outbox: Outbox,
        camera_of: Callable[[str], CameraSettings | None],
        check: Callable[[CameraSettings], None],
    ) -> None:
        self._gateway, self._detectors, self._outbox = gateway, detectors, outbox
        self._camera_of, self._check = camera_of, check
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
        """Take a trial; returns at once."""
        self._commands.put(command)

    def _run(self) -> None:
        steps = Steps()
        while (command := self._commands.get()) is not None:
            steps.do("a trial of settings", partial(self._answer, command))

    def _answer(self, command: TrySettings) -> None:
        known = {"trial_id": command.trial_id, "camera": command.camera, "reported_at": datetime.now(UTC)}
        try:
            camera = self._wanted(command)
            source = footage_of(camera)
            if source is None:
                report = TrialReport(**known, state="nothing", reason="the gateway keeps no video of this camera")
            else:
                found = self._play(camera, source)
                more = {"seconds": round(found.seconds, 1), "count": found.count, "alarms": tuple(found.alarms)}
                report = TrialReport(**known, state="done", **more)
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

    def _play(self, camera: CameraSettings, source: FileSource) -> _Found:
        pipeline = CameraPipeline.for_recording(self._gateway, camera, self._detectors)
        found, first = _Found(), None
        self._enough.clear()
        if self._over.is_set():
            return found

        def wants(moment: float, keyframe: bool) -> bool:
            nonlocal first
            first = moment if first is None else first
            if moment - first > LONGEST:
                self._enough.set()
                return False
            found.seconds = moment - first
            return pipeline.wants(moment, keyframe)

        for frame in look_through(source, camera.id, wants, stop=self._enough):
            began = time.monotonic()
            for event in pipeline.process(frame).events:
                if event.phase is Phase.OPENED:
                    found.count += 1
                    if len(found.alarms) < ALARMS:
                        picture = _picture(pipeline, frame) if len(found.alarms) < PICTURES else ""
                        second = round(found.seconds, 1)
                        found.alarms.append(
                            TrialAlarm(scene=event.scene, zone=event.zone, second=second, picture=picture)
                        )
            self._over.wait(time.monotonic() - began)  # the cameras' own looks come first
        return found


def footage_of(camera: CameraSettings) -> FileSource | None:
    """What there is of a camera's video on this gateway: a recording that it plays; None of one on the network."""
    return camera.source if isinstance(camera.source, FileSource) else None


def _picture(pipeline: CameraPipeline, frame: Frame) -> str:
    """The picture as it may leave the gateway, in base64; empty where it cannot be made."""
    try:
        shown = pipeline.masker.masked(pipeline.masker.watched(frame), "snapshot")
        jpeg = live_picture(shown, MAX_TRIAL_PICTURE)
    except EdgeError as error:
        _log.error("a trial's picture stays here, its mask fails: %s", error)
        return ""
    return "" if jpeg is None else base64.b64encode(jpeg).decode("ascii")
