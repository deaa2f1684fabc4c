"""The file of a gateway's identity: a manifest, and the files that its settings name."""

import io
import os
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from pydantic import BaseModel, ValidationError

from sharp_eyes.configuration.version import __version__
from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.contract.backports import UTC
from sharp_eyes.edge.camera_setup.store import ADDED_CAMERAS
from sharp_eyes.edge.errors import ConfigError, OutboxError
from sharp_eyes.edge.push.connection import SESSION
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.settings import GatewaySettings, RtspSource, load

_MANIFEST, _SETTINGS = "manifest.json", "gateway.yaml"
_FROM_HUB = {"settings": "changes", ADDED_CAMERAS: ADDED_CAMERAS}
"""Folders below the data folder with what came from the hub, and where they lie in the archive."""

_LARGEST = 1024**2
"""Bytes of one file at most: settings and passwords are small."""


class _File(BaseModel):
    """A file that the settings name: as they write it, and where it lies in the archive."""

    path: str
    member: str


class _Manifest(BaseModel):
    format: Literal[1] = 1
    version: str
    gateway: str
    made_at: datetime
    files: list[_File]
    changes: list[_File]
    """What the hub has set; paths below the data folder."""
    session: str | None = None
    """The secret part of the gateway's session at the broker, where it could be read."""


class Saved(NamedTuple):
    """Of which gateway, which files, and what is to be known of it."""

    gateway: str
    files: list[str]
    hints: list[str]


def save(config: Path, target: Path) -> Saved:
    """Write a gateway's identity into ``target``.

    Raises:
        ConfigError: the settings are wrong, or a file that they name cannot be read.
    """
    settings = load(config)
    session, hints = _session(settings)
    named = [_File(path=path, member=f"files/{number}") for number, path in enumerate(_named(config))]
    kept = sorted(path for folder in _FROM_HUB for path in (settings.data / folder).glob("*.*") if _is_kept(path))
    changes = [
        _File(path=f"{path.parent.name}/{path.name}", member=f"{_FROM_HUB[path.parent.name]}/{path.name}")
        for path in kept
    ]
    manifest = _Manifest(
        version=__version__, gateway=settings.gateway, made_at=datetime.now(UTC), files=named, changes=changes,
        session=session,
    )  # fmt: skip
    base = config.resolve().parent
    sources = {_SETTINGS: config} | {file.member: base / file.path for file in named}
    sources |= {file.member: settings.data / file.path for file in changes}
    content = {_MANIFEST: manifest.model_dump_json(indent=1).encode()}
    for member, path in sources.items():
        try:
            content[member] = path.read_bytes()
        except OSError as error:
            raise ConfigError(f"{path}: {error.strerror}; it is named in {config}") from error
    try:
        write_private(target, _packed(content))
    except OSError as error:
        raise ConfigError(f"{target}: {error.strerror}") from error
    if settings.model.name or settings.model.manifest:
        hints.append(f"the model that {config} names is not in it; add it again with: sharp-eyes-edge models add")
    return Saved(settings.gateway, [config.name, *(file.path for file in (*named, *changes))], hints)


def bring_back(archive: Path, config: Path, *, force: bool = False) -> Saved:
    """Write the files of a backup; the settings as the last, so that what was interrupted can be done again.

    Raises:
        ConfigError: it is no backup, or files are there that differ, unless ``force``.
    """
    content = _unpacked(archive)
    manifest = _manifest(archive, content)
    config = config.expanduser().absolute()
    try:
        config.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Read beside its place, so that paths begin where they will: nothing else in the archive is believed.
        trial = config.with_name(f".{config.name}.restoring")
        write_private(trial, content[_SETTINGS])
        try:
            settings, named = load(trial), set(_named(trial))
        finally:
            trial.unlink(missing_ok=True)
        targets = {config.parent / file.path: content[file.member] for file in manifest.files if file.path in named} | {
            settings.data / Path(file.path).parent.name / Path(file.path).name: content[file.member]
            for file in manifest.changes
            if Path(file.path).parent.name in _FROM_HUB
        }
        targets[config] = content[_SETTINGS]
        differ = [str(path) for path, data in targets.items() if path.exists() and path.read_bytes() != data]
        if differ and not force:
            raise ConfigError(f"{', '.join(differ)}: there already, and not as in {archive}; --force writes over them")
        for path, data in targets.items():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(path, data)
    except OSError as error:
        raise ConfigError(f"{error.filename}: {error.strerror}") from error
    _take_session(settings, manifest.session)
    return Saved(settings.gateway, [str(path) for path in targets], [])


def _is_kept(path: Path) -> bool:
    """No half-written file."""
    return path.suffix in (".json", ".password")


def _named(config: Path) -> Iterator[str]:
    """Files of the identity that settings name: below the settings' folder, or absolute; each once."""
    settings = load(config)
    found = [settings.hub.password_file, settings.hub.ca_file]
    if settings.metrics is not None:
        found += [settings.metrics.token_file, settings.metrics.certificate_file, settings.metrics.key_file]
    for camera in settings.cameras:
        found.append(camera.source.password_file if isinstance(camera.source, RtspSource) else None)
        found.append(camera.privacy.original_key)
    base = config.resolve().parent
    for path in dict.fromkeys(path for path in found if path is not None):
        yield str(path.relative_to(base)) if path.is_relative_to(base) else str(path)


def _session(settings: GatewaySettings) -> tuple[str | None, list[str]]:
    """The session's secret, unless the running gateway has it, or there is none yet."""
    folder = settings.data / "outbox"
    if not (folder / "outbox.sqlite3").is_file():
        return None, []
    if folder.stat().st_uid != os.geteuid():
        return None, [f"{folder} belongs to another user, so the session at the broker is not in it"]
    try:
        outbox = Outbox(folder, settings.outbox.max_bytes)
    except OutboxError:
        return None, ["the gateway runs, so its session at the broker is not in it; a restored one begins a new one"]
    try:
        return outbox.memory(SESSION), []
    finally:
        outbox.close()


def _take_session(settings: GatewaySettings, session: str | None) -> None:
    if session is None:
        return
    outbox = Outbox(settings.data / "outbox", settings.outbox.max_bytes)
    try:
        if outbox.memory(SESSION) is None:
            outbox.put([], {SESSION: session})
    finally:
        outbox.close()


def _packed(content: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        for name, data in content.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o600
            tar.addfile(member, io.BytesIO(data))
    return target.getvalue()


def _unpacked(archive: Path) -> dict[str, bytes]:
    content: dict[str, bytes] = {}
    try:
        with tarfile.open(archive, mode="r:gz") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isfile() and member.size <= _LARGEST else None
                if file is not None:
                    content[member.name] = file.read()
    except OSError as error:
        raise ConfigError(f"{archive}: {error.strerror or error}; is it a file of 'sharp-eyes-edge backup'?") from error
    except (tarfile.TarError, EOFError) as error:
        raise ConfigError(f"{archive}: is no file of 'sharp-eyes-edge backup', or is damaged: {error}") from error
    return content


def _manifest(archive: Path, content: dict[str, bytes]) -> _Manifest:
    """The manifest, if all that it names is there."""
    try:
        manifest = _Manifest.model_validate_json(content[_MANIFEST])
        missing = [file.member for file in (*manifest.files, *manifest.changes) if file.member not in content]
        if missing or not isinstance(yaml.safe_load(content[_SETTINGS]), dict):
            raise KeyError(*missing)
    except (KeyError, ValidationError, yaml.YAMLError) as error:
        raise ConfigError(
            f"{archive}: is no whole backup of this version ({__version__}) of 'sharp-eyes-edge backup'"
        ) from error
    return manifest
