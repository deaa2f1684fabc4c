"""What the hub has changed, on disk: the last good settings of each camera hold over restarts."""

import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.edge.errors import ConfigError

_log = logging.getLogger(__name__)


class StoredChange(BaseModel):
    """The hub's change of one camera that holds; without settings it says that the file holds again."""

    model_config = ConfigDict(frozen=True)

    version: int
    settings: dict[str, Any]
    made_by: str
    made_at: datetime


class ChangeStore:
    """A folder with one file a camera; each is written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, camera: str) -> StoredChange | None:
        """What holds for a camera; ``None`` where the hub never changed it. A damaged file is named in the log."""
        try:
            return StoredChange.model_validate_json(self._file(camera).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            _log.error("%s cannot be used, and the file's settings hold: %s", self._file(camera), error)
            return None

    def save(self, camera: str, change: StoredChange | None) -> None:
        """Keep what holds from now on.

        Raises:
            ConfigError: it cannot be written.
        """
        try:
            if change is None:
                self._file(camera).unlink(missing_ok=True)
                return
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(self._file(camera), change.model_dump_json(indent=1) + "\n")
        except OSError as error:
            raise ConfigError(f"{self._folder}: {error.strerror}; the change is not taken") from error

    def _file(self, camera: str) -> Path:
        return self._folder / f"{camera}.json"
