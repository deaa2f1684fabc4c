"""Cameras that were added by way of the hub, on disk: one file each, and its password in another beside it."""

import json
import logging
from pathlib import Path

from pydantic import ValidationError

from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.settings import CameraSettings, GatewaySettings, RtspSource

ADDED_CAMERAS = "added-cameras"
"""Their folder below the gateway's data folder."""

_log = logging.getLogger(__name__)


class AddedCameras:
    """The folder of cameras that were added; readable for the gateway's own user alone."""

    def __init__(self, data: Path) -> None:
        """``data``: the gateway's data folder."""
        self._folder = data / ADDED_CAMERAS

    def load(self) -> tuple[CameraSettings, ...]:
        """All of them, in the order of their identifiers; a damaged file is named in the log and left out."""
        files = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        return tuple(camera for file in files if (camera := self._read(file)) is not None)

    def has(self, camera: str) -> bool:
        """Whether this one was added so."""
        return self._file(camera).exists()

    def save(self, identity: str, name: str, area: str | None, source: RtspSource, password: str) -> CameraSettings:
        """Keep a camera; its password goes into a file of its own.

        Raises:
            ConfigError: it cannot be written.
        """
        camera = CameraSettings(id=identity, name=name, area=area, source=source)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if source.username is not None:
                write_private(self._password(identity), password + "\n")
            kept = camera.model_dump(mode="json", exclude_defaults=True)
            kept["source"]["kind"] = source.kind
            write_private(self._file(identity), json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
        except OSError as error:
            raise ConfigError(f"{self._folder}: {error.strerror}; the camera is not added") from error
        return self._with_password(camera)

    def remove(self, camera: str) -> None:
        """Forget a camera and its password.

        Raises:
            ConfigError: the files cannot be removed.
        """
        try:
            self._file(camera).unlink(missing_ok=True)
            self._password(camera).unlink(missing_ok=True)
        except OSError as error:
            raise ConfigError(f"{self._folder}: {error.strerror}; the camera stays") from error

    def _read(self, file: Path) -> CameraSettings | None:
        try:
            return self._with_password(CameraSettings.model_validate_json(file.read_bytes()))
        except (OSError, ValidationError) as error:
            _log.error("%s cannot be used, and its camera is not watched: %s", file, error)
            return None

    def _with_password(self, camera: CameraSettings) -> CameraSettings:
        """The camera with its password's file where that lies now: the folder may have been moved."""
        file = self._password(camera.id)
        if not isinstance(camera.source, RtspSource) or camera.source.username is None:
            return camera
        return camera.model_copy(update={"source": camera.source.model_copy(update={"password_file": file})})

    def _file(self, camera: str) -> Path:
        return self._folder / f"{camera}.json"

    def _password(self, camera: str) -> Path:
        return self._folder / f"{camera}.password"


def with_added(settings: GatewaySettings) -> GatewaySettings:
    """The settings with the cameras that were added by way of the hub, where the file allows that.

    A camera of the same identifier in the file holds before one that was added.
    """
    added = AddedCameras(settings.data).load()
    if not added:
        return settings
    names = ", ".join(camera.id for camera in added)
    if not settings.cameras_from_hub.allowed:
        _log.warning("not watched, since 'cameras_from_hub' does not allow it: %s", names)
        return settings
    present = {camera.id for camera in settings.cameras}
    for camera in added:
        if camera.id in present:
            _log.warning("camera %s stands in the settings file, which holds before what the hub added", camera.id)
    new = tuple(camera for camera in added if camera.id not in present)
    return settings.model_copy(update={"cameras": (*settings.cameras, *new)})
