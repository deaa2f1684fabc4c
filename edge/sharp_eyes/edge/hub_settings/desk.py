"""Takes the hub's changes one after the other: check, keep, apply to that one camera, answer.

Which of both holds is the gateway's to say: with ``settings_from: file`` its file alone, with ``settings_from: hub``
each key that the hub has set for a camera, and the file for all others.
"""

import logging
import queue
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Lock, Thread
from typing import Any

from sharp_eyes.configuration.periodic import Steps
from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.command import ChangeSettings, ReportSettings
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.status import SettingsReport
from sharp_eyes.edge.errors import ConfigError, EdgeError
from sharp_eyes.edge.hub_settings.merging import merged, shown
from sharp_eyes.edge.hub_settings.store import ChangeStore, StoredChange
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import CameraSettings, GatewaySettings

_LONGEST = 2000
_log = logging.getLogger(__name__)

UseCamera = Callable[[CameraSettings], None]
"""Raises an EdgeError that says what is wrong with a camera's settings."""


@dataclass(slots=True)
class _Camera:
    """One camera: as its file has it, and as it holds."""

    from_file: CameraSettings
    holds: CameraSettings
    version: int = 0
    changed: dict[str, Any] = field(default_factory=dict)


class SettingsDesk:
    """The settings of a gateway's cameras.

    Args:
        settings: as the file has them.
        session: the gateway's session, which reports carry.
        check: whether a camera could work with its settings; called at the start and before each change.
        apply: let a camera, known or new, work with its settings from now on, and the others undisturbed.
        forget: let a camera work no more.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        session: str,
        outbox: Outbox,
        check: UseCamera,
        apply: UseCamera,
        forget: Callable[[str], None],
    ) -> None:
        self._gateway, self._session = settings.gateway, session
        self._from_hub, self._look_back = settings.settings_from == "hub", settings.look_back
        self._outbox, self._check, self._apply, self._forget = outbox, check, apply, forget
        self._store = ChangeStore(settings.data / "settings")
        self._cameras = {camera.id: self._restored(camera) for camera in settings.cameras}
        self._sequence = 0
        self._lock = Lock()
        """Cameras come and go on another thread than changes."""
        self._commands: queue.Queue[ChangeSettings | ReportSettings | None] = queue.Queue()
        self._thread = Thread(target=self._run, name="settings", daemon=True)

    @property
    def cameras(self) -> tuple[CameraSettings, ...]:
        """The cameras as they hold."""
        return tuple(camera.holds for camera in list(self._cameras.values()))

    def from_file(self, camera: str) -> CameraSettings | None:
        """A camera as the file has it; None where there is none of that name."""
        known = self._cameras.get(camera)
        return None if known is None else known.from_file

    def holds(self, camera: str) -> CameraSettings | None:
        """A camera as it holds; None where there is none of that name."""
        known = self._cameras.get(camera)
        return None if known is None else known.holds

    def start(self) -> None:
        """Begin to take commands."""
        self._thread.start()

    def stop(self) -> None:
        """End after the change in hand."""
        self._commands.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def take(self, command: ChangeSettings | ReportSettings) -> None:
        """Take a command; returns at once."""
        self._commands.put(command)

    def add(self, camera: CameraSettings, version: int, made_by: str, made_at: datetime) -> None:
        """Let one more camera work, and report it; ``version`` names its first settings, to which one can go back.

        Raises:
            EdgeError: it cannot work; nothing is kept.
        """
        with self._lock:
            self._check(camera)
            before = self._store.load(camera.id)
            self._store.save(camera.id, StoredChange(version=version, settings={}, made_by=made_by, made_at=made_at))
            try:
                self._apply(camera)
            except Exception:  # whatever it is: what is not applied must not hold at the next start
                self._store.save(camera.id, before)
                raise
            self._cameras[camera.id] = _Camera(camera, camera, version)
            self._report(camera.id, version)

    def remove(self, camera: str) -> None:
        """Let a camera work no more, and forget what the hub has set for it.

        Raises:
            ConfigError: there is none of that name.
        """
        with self._lock:
            if self._cameras.pop(camera, None) is None:
                raise ConfigError(f"gateway {self._gateway} has no camera {camera}")
            self._forget(camera)
            self._store.save(camera, None)

    def _run(self) -> None:
        steps = Steps()
        while (command := self._commands.get()) is not None:
            with self._lock:
                steps.do("what the hub says of settings", partial(self._handle, command))

    def _handle(self, command: ChangeSettings | ReportSettings) -> None:
        if isinstance(command, ReportSettings):
            for name in self._cameras:
                self._report(name)
            return
        refused = ""
        try:
            self._change(command)
        except EdgeError as error:
            refused = str(error) or "it cannot be used"
            _log.warning("a change of %s from the hub is not taken: %s", command.made_by, refused)
        self._report(command.camera, command.version, refused)

    def _change(self, command: ChangeSettings) -> None:
        """Check, keep and apply a change; what is not applied is not kept.

        Raises:
            EdgeError: says why it is not taken.
        """
        camera = self._cameras.get(command.camera)
        if camera is None:
            raise ConfigError(f"gateway {self._gateway} has no camera {command.camera}")
        if not self._from_hub:
            raise ConfigError(
                f"gateway {self._gateway} takes settings from its file alone; 'settings_from: hub' there lets the hub "
                "change them"
            )
        if command.version < camera.version:
            raise ConfigError(f"camera {command.camera}: version {camera.version} holds already")
        if command.version == camera.version:
            return  # said again
        wanted = merged(camera.from_file, command.settings)
        self._check(wanted)
        before = self._store.load(command.camera)
        made = StoredChange(
            version=command.version, settings=command.settings, made_by=command.made_by, made_at=command.made_at
        )
        self._store.save(command.camera, made)
        if wanted != camera.holds:
            try:
                self._apply(wanted)
            except Exception:  # as above
                self._store.save(command.camera, before)
                raise
        camera.holds, camera.version, camera.changed = wanted, command.version, command.settings
        _log.info("camera %s: settings of %s hold (version %d)", command.camera, command.made_by, command.version)

    def _restored(self, from_file: CameraSettings) -> _Camera:
        """The camera as it held before the restart; as its file has it where the hub's change fits no more."""
        camera = _Camera(from_file, from_file)
        stored = self._store.load(from_file.id) if self._from_hub else None
        if stored is None:
            return camera
        try:
            wanted = merged(from_file, stored.settings)
            self._check(wanted)
        except EdgeError as error:
            _log.error(
                "camera %s: the hub's settings (version %d of %s) cannot be used any more, and the file's hold: %s",
                from_file.id, stored.version, stored.made_by, error,
            )  # fmt: skip
            return camera
        if stored.settings:
            keys = ", ".join(stored.settings)
            _log.info("camera %s: %s as the hub has set it (%s)", from_file.id, keys, stored.made_by)
        return _Camera(from_file, wanted, stored.version, stored.settings)

    def _report(self, name: str, answers: int | None = None, refused: str = "") -> None:
        camera = self._cameras.get(name)
        report = SettingsReport(
            camera=name,
            session=self._session,
            sequence=self._sequence,
            version=camera.version if camera else 0,
            changed=camera.changed if camera else {},
            settings=shown(camera.holds, self._look_back) if camera else {},
            takes_changes=self._from_hub,
            answers=answers,
            refused=refused[:_LONGEST],
            reported_at=datetime.now(UTC),
        )
        self._sequence += 1
        try:
            self._outbox.put([Entry(wrap(self._gateway, report))])
        except ContractError as error:
            _log.warning("camera %s: its settings are too long to be reported: %s", name, error)
            short = report.model_copy(update={"changed": {}, "settings": {}})
            self._outbox.put([Entry(wrap(self._gateway, short))])
