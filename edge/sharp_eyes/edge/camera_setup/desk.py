"""Answers the hub's questions about cameras, one after the other: find, add, remove."""

import logging
import queue
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlsplit

from sharp_eyes.configuration.periodic import Steps
from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.camera_setup import (
    MAX_FOUND,
    AddCamera,
    FindCameras,
    FoundCamera,
    RemoveCamera,
    SetupProblem,
    SetupReport,
)
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.edge.camera_check.login import Login
from sharp_eyes.edge.camera_check.onvif import find_devices
from sharp_eyes.edge.camera_setup.login_keys import LoginKeys, bare
from sharp_eyes.edge.camera_setup.refusal import SetupRefusedError
from sharp_eyes.edge.camera_setup.store import AddedCameras
from sharp_eyes.edge.camera_setup.trying import try_camera
from sharp_eyes.edge.errors import ConfigError, EdgeError
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import CameraSettings, GatewaySettings, RtspSource

SEARCH = 3.0
"""Seconds for which answers to a search are awaited."""

_log = logging.getLogger(__name__)

Question = FindCameras | AddCamera | RemoveCamera


class Cameras(Protocol):
    """The cameras of the running gateway."""

    @property
    def cameras(self) -> tuple[CameraSettings, ...]:
        """As they hold."""

    def add(self, camera: CameraSettings, version: int, made_by: str, made_at: datetime) -> None:
        """Watch one more; raises an EdgeError where it cannot be."""

    def remove(self, camera: str) -> None:
        """Watch it no more."""


class SetupDesk:
    """Finds, adds and removes cameras while the gateway runs.

    Args:
        settings: as the gateway's file has them.
        cameras: those that run.
        find: as :func:`find_devices`.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        outbox: Outbox,
        cameras: Cameras,
        find: Callable[..., list[Any]] = find_devices,
    ) -> None:
        self._gateway, self._rules = settings.gateway, settings.cameras_from_hub
        self._outbox, self._cameras, self._find = outbox, cameras, find
        self._store, self._keys = AddedCameras(settings.data), LoginKeys()
        self._questions: queue.Queue[Question | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="camera-setup", daemon=True)

    def start(self) -> None:
        """Begin to take questions."""
        self._thread.start()

    def stop(self) -> None:
        """End after the question in hand."""
        self._questions.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def take(self, question: Question) -> None:
        """Take a question; returns at once."""
        self._questions.put(question)

    def _run(self) -> None:
        steps = Steps()
        while (question := self._questions.get()) is not None:
            steps.do("what the hub asks about cameras", partial(self._answer, question))

    def _answer(self, question: Question) -> None:
        known: dict[str, Any] = {"request_id": question.request_id, "reported_at": datetime.now(UTC)}
        try:
            report = SetupReport(**known, state="done", **self._done(question))
        except SetupRefusedError as error:
            said = {"problem": error.problem, "reason": str(error)[:2000], "channels": error.channels}
            report = SetupReport(**known, state="refused", **said)
        except EdgeError as error:
            report = SetupReport(**known, state="refused", problem="settings", reason=str(error)[:2000])
        if report.state == "refused":
            _log.warning("%s of the hub is not done: %s", question.type, report.reason)
        self._outbox.put([Entry(wrap(self._gateway, report))])

    def _done(self, question: Question) -> dict[str, Any]:
        """Do what is asked; returns the fields of the answer.

        Raises:
            EdgeError: says why not.
        """
        if not self._rules.allowed:
            raise SetupRefusedError(
                "not_allowed",
                "this gateway's file does not let the hub add cameras; 'cameras_from_hub: {allowed: true}' there does",
            )
        match question:
            case FindCameras():
                return self._search()
            case AddCamera():
                return self._add(question)
            case RemoveCamera():
                return self._remove(question)

    def _search(self) -> dict[str, Any]:
        """What answers, and a key; where nothing can be looked for, an address can still be typed."""
        problem: SetupProblem | None = None
        reason, found = "", []
        try:
            found = self._find(self._rules.interfaces, SEARCH)
        except ConfigError as error:
            problem = "no_onvif" if "extra" in str(error) else "no_network"
            reason = str(error)[:2000]
        hosts = {
            urlsplit(bare(camera.source.url)).hostname: camera.id
            for camera in reversed(self._cameras.cameras)
            if isinstance(camera.source, RtspSource)
        }
        shown = tuple(
            FoundCamera(
                address=device.address[:500],
                name=device.name,
                model=device.hardware,
                place=device.location,
                known=hosts.get(urlsplit(bare(device.address)).hostname),
            )
            for device in found[:MAX_FOUND]
        )
        return {"problem": problem, "reason": reason, "key": self._keys.fresh(), "found": shown}

    def _add(self, question: AddCamera) -> dict[str, Any]:
        opened = self._keys.open(question.login, question.camera, question.place)
        if any(camera.id == question.camera for camera in self._cameras.cameras):
            raise SetupRefusedError("name_taken", f"gateway {self._gateway} has a camera {question.camera} already")
        login = Login(opened.username or None, opened.password if opened.username else None)
        streams, seen = try_camera(opened.address, login, question.channel, self._rules.networks)
        source = RtspSource(url=streams.main, substream=streams.sub, username=login.username)
        camera = self._store.save(question.camera, question.name, question.area, source, opened.password)
        try:
            self._cameras.add(camera, question.version, question.made_by, question.made_at)
        except EdgeError:
            self._store.remove(question.camera)
            raise
        _log.info("camera %s at %s was added by %s from the hub", camera.id, question.place, question.made_by)
        return {"added": seen}

    def _remove(self, question: RemoveCamera) -> dict[str, Any]:
        if not self._store.has(question.camera):
            raise SetupRefusedError(
                "not_added_here",
                f"camera {question.camera} stands in the file of gateway {self._gateway}; take it out there",
            )
        self._cameras.remove(question.camera)
        self._store.remove(question.camera)
        _log.info("camera %s was removed by %s from the hub", question.camera, question.made_by)
        return {}
