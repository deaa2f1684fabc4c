"""Remembers how each network was found to be computed best, so that a start need not try every way again.

What is kept holds for these model files, these packages, this machine and these settings; whatever of them changes, all
ways are tried anew. Kept is the race alone: that the way sees what it is to see is proved at every start.
"""

import hashlib
import json
import logging
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from sharp_eyes.configuration.version import __version__
from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.contract.backports import UTC
from sharp_eyes.edge.extract.backends import Backend
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.settings import ModelSettings

PACKAGES = ("onnxruntime", "onnxruntime-gpu", "openvino", "numpy", "opencv-python-headless")
"""What may change how a network is computed, or how dear that is."""
DRIVERS = (Path("/proc/driver/nvidia/version"), Path("/etc/nv_tegra_release"))
"""Where NVIDIA's driver and a Jetson's system say their version."""

_log = logging.getLogger(__name__)


class _Choice(BaseModel):
    """What is kept of one network.

    Attributes:
        holds_for: checksum of all that it depends on.
        way: the way that was chosen; empty while none was.
        since: when that was.
        measured: what was said of each way, for people.
        begun: devices' ways whose trial began and did not end: they took the process with them.
    """

    holds_for: str
    way: str = ""
    since: str = ""
    measured: dict[str, str] = Field(default_factory=dict)
    begun: list[str] = Field(default_factory=list)


class _File(BaseModel):
    choices: dict[str, _Choice] = Field(default_factory=dict)


class KeptChoices:
    """The choices of one gateway in a small private file; a file that cannot be read or written costs a slower start.

    Attributes:
        folder: where it lies, and what devices compile networks into.
        file: the file itself; without it all is tried anew.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "choices.json"

    def way(self, model: Model, settings: ModelSettings) -> tuple[str, str] | None:
        """Name of the way that was chosen, and when; None where nothing is kept that still holds."""
        choice = self._choice(model, settings)
        return (choice.way, choice.since) if choice.way else None

    def keep(self, model: Model, settings: ModelSettings, way: Backend, measured: Mapping[str, str]) -> None:
        """Keep what was chosen, with what was measured of each way."""
        choice = self._choice(model, settings)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        self._write(model, choice.model_copy(update={"way": str(way), "since": since, "measured": dict(measured)}))

    def broke_off(self, model: Model, settings: ModelSettings, way: Backend) -> bool:
        """Whether a trial of this way once ended with the process itself, such as by a fault of a driver."""
        return str(way) in self._choice(model, settings).begun

    @contextmanager
    def trying(self, model: Model, settings: ModelSettings, way: Backend) -> Iterator[None]:
        """Note on disk that a device is being tried, until that ends one way or the other."""
        choice = self._choice(model, settings)
        if way.device == "cpu":
            yield
            return
        self._write(model, choice.model_copy(update={"begun": [*choice.begun, str(way)]}))
        try:
            yield
        finally:
            self._write(model, choice)

    def _choice(self, model: Model, settings: ModelSettings) -> _Choice:
        holds_for = fingerprint(model, settings)
        found = self._read().choices.get(model.manifest.name)
        return found if found is not None and found.holds_for == holds_for else _Choice(holds_for=holds_for)

    def _read(self) -> _File:
        try:
            return _File.model_validate_json(self.file.read_bytes())
        except FileNotFoundError:
            pass
        except (OSError, ValidationError) as error:
            _log.warning("%s cannot be read (%s); how networks are computed is tried anew", self.file, _short(error))
        return _File()

    def _write(self, model: Model, choice: _Choice) -> None:
        content = self._read()
        content.choices[model.manifest.name] = choice
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self.file, content.model_dump_json(indent=1))
        except OSError as error:
            _log.warning("%s cannot be written (%s); the next start tries all ways anew", self.file, error.strerror)


def fingerprint(model: Model, settings: ModelSettings) -> str:
    """Checksum of what a choice depends on: the model, the packages, the machine, the settings and this program."""
    # The manifest holds the checksum of every file beside it.
    wanted = {key: getattr(settings, key) for key in ("runtime", "precision", "device", "threads")}
    parts = [model.manifest.model_dump(mode="json"), wanted, __version__, {name: _version(name) for name in PACKAGES}]
    return hashlib.sha256(json.dumps([*parts, _machine()], sort_keys=True).encode()).hexdigest()


def _machine() -> list[str]:
    """The processor, how many of its cores may be used, and the drivers of devices."""
    try:
        first = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n", 1)[0]
    except OSError:
        first = platform.processor()
    # Clock and such change while it runs.
    steady = [line for line in first.splitlines() if not line.lower().startswith(("cpu mhz", "bogomips", "processor"))]
    drivers = [path.read_text(encoding="utf-8", errors="replace") for path in DRIVERS if path.is_file()]
    nodes = sorted(
        str(path) for pattern in ("dri/render*", "accel/*", "nvidia[0-9]*") for path in Path("/dev").glob(pattern)
    )
    return [platform.machine(), platform.release(), str(len(os.sched_getaffinity(0))), *steady, *drivers, *nodes]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _short(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).splitlines()[0]
