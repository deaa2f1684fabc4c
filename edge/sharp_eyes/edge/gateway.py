"""Wires cameras, detector, scenes and publisher; the only place that knows the order of the rooms."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from uuid import uuid4

from sharp_eyes.configuration.version import __version__
from sharp_eyes.contract.command import LookAgain
from sharp_eyes.contract.status import Birth
from sharp_eyes.edge.errors import EdgeError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.scheduler import Scheduler
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.publisher import Publisher
from sharp_eyes.edge.retired_cameras import retire_cameras
from sharp_eyes.edge.scenes.camera_scenes import check_cameras
from sharp_eyes.edge.settings import GatewaySettings
from sharp_eyes.edge.worker import CameraWorker

_TICK = 0.25
"""Seconds between rounds of housekeeping."""

_log = logging.getLogger(__name__)


class Gateway:
    """A running gateway; a context manager that starts on entry and stops cleanly on exit."""

    def __init__(self, settings: GatewaySettings) -> None:
        """Load the models, open the outbox and check every scene; no camera is opened yet.

        Raises:
            EdgeError: when a setting, the model or the outbox is not in order.
        """
        check_cameras(settings.cameras)
        self._settings = settings
        detectors = Detectors.open(settings.model)
        self._scheduler = Scheduler(detectors, self._on_detections)
        self._outbox = Outbox(settings.data / "outbox", settings.outbox.max_bytes)
        session = uuid4().hex
        present = {camera.id for camera in settings.cameras}
        retire_cameras(self._outbox, settings.gateway, present, settings.data / "clips")
        self._workers = {
            camera.id: CameraWorker(settings, camera, detectors, self._scheduler, self._outbox, session)
            for camera in settings.cameras
        }
        birth = Birth(
            gateway=settings.gateway,
            session=session,
            time=datetime.now(UTC),
            version=__version__,
            cameras=tuple(worker.note for worker in self._workers.values()),
        )
        self._publisher = Publisher(settings.hub, settings.gateway, self._outbox, birth, self._command)
        self._stopping = threading.Event()
        self._housekeeper = threading.Thread(target=self._housekeeping, name="housekeeper", daemon=True)

    def __enter__(self) -> Self:
        """Start everything; returns at once."""
        self._publisher.start()
        self._scheduler.start()
        for worker in self._workers.values():
            worker.start()
        self._housekeeper.start()
        _log.info("gateway %s watches %s", self._settings.gateway, ", ".join(self._workers))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop in the order of the rooms, so that nothing that was seen is left behind."""
        self._stopping.set()
        self._housekeeper.join()
        for worker in self._workers.values():
            worker.stop()
        self._scheduler.stop()
        for worker in self._workers.values():
            worker.cut_clips(at_once=True)
            worker.save_state()
        self._publisher.stop()
        self._outbox.close()
        _log.info("gateway %s has stopped", self._settings.gateway)

    def _on_detections(self, frame: Frame, detections: Detections) -> None:
        self._workers[frame.camera].on_detections(frame, detections)

    def _command(self, command: LookAgain) -> None:
        worker = self._workers.get(command.camera)
        if worker is None:
            _log.warning("asked to look again with camera %s, which is not here any more", command.camera)
            return
        _log.info("camera %s looks again at %s (%s)", command.camera, command.zone, command.scene)
        worker.look_again(command)

    def _housekeeping(self) -> None:
        hub = self._settings.hub
        next_heartbeat = next_snapshot = time.monotonic()
        while not self._stopping.wait(_TICK):
            now = time.monotonic()
            for worker in self._workers.values():
                self._guarded(worker.housekeeping)
            if now >= next_heartbeat:
                next_heartbeat = now + hub.heartbeat
                self._guarded(self._send_heartbeat)
            if hub.snapshot and now >= next_snapshot:
                next_snapshot = now + hub.snapshot
                self._guarded(self._send_snapshots)

    @staticmethod
    def _guarded(step: Callable[[], None]) -> None:
        """Do one step; a disk or database that fails for a moment must not end the housekeeping."""
        try:
            step()
        except (EdgeError, OSError, sqlite3.Error):
            _log.exception("a step of housekeeping failed; the next round tries again")

    def _send_heartbeat(self) -> None:
        self._publisher.heartbeat([worker.health() for worker in self._workers.values()])

    def _send_snapshots(self) -> None:
        if not self._publisher.connected:
            return
        for identity, worker in self._workers.items():
            jpeg = worker.snapshot()
            if jpeg is not None:
                self._publisher.snapshot(identity, jpeg)
