"""Files that hold passwords are for the gateway's own user alone."""

import os
from collections.abc import Iterator
from pathlib import Path

from sharp_eyes.edge.settings import GatewaySettings, RtspSource
from sharp_eyes.edge.snap.address import parse_address

OTHERS = 0o077


def make_all_private() -> None:
    """Let every file and folder that this process makes be for its own user alone."""
    os.umask(OTHERS)


def exposed_files(config: Path, settings: GatewaySettings) -> list[Path]:
    """Files with passwords that other users of this machine may read or write."""
    return [path for path in dict.fromkeys(_with_secrets(config, settings)) if _is_exposed(path)]


def advice(files: list[Path]) -> str:
    """What is wrong with these files, and what to do."""
    names = " ".join(str(path) for path in files)
    return f"passwords can be read by every user of this machine; run: chmod go= {names}"


def _with_secrets(config: Path, settings: GatewaySettings) -> Iterator[Path]:
    sources = [camera.source for camera in settings.cameras if isinstance(camera.source, RtspSource)]
    if any(parse_address(url).password for one in sources for url in (one.url, one.looked_at.url)):
        yield config
    metrics = settings.metrics
    ours = [] if metrics is None else [metrics.token_file, metrics.key_file]
    for file in [settings.hub.password_file, *(source.password_file for source in sources), *ours]:
        if file is not None:
            yield file


def _is_exposed(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False
