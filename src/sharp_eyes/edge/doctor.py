"""``sharp-eyes-edge doctor``: is everything in order on this gateway, and if not, what is to be done."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.markup import escape

from sharp_eyes.edge.errors import EdgeError, OutboxInUse
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.model import find_manifest, load_model
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.probe import sign_in
from sharp_eyes.edge.scenes.engine import CameraScenes, note_of_model
from sharp_eyes.edge.settings import CameraSettings, FileSource, GatewaySettings, ModelSettings, load
from sharp_eyes.edge.snap.sources import read_frames
from sharp_eyes.edge.snap.statistics import Statistics

_TIMED_LOOKS = 20
_CAMERA_SECONDS = 3.0
_LEAST_FREE = 1024**3


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at; ``run`` returns what was found or raises an EdgeError that says what to do."""

    title: str
    run: Callable[[], str]


def examine(config: Path | None, console: Console) -> bool:
    """Run all checks and print each as it is done; returns whether all were in order."""
    settings: GatewaySettings | None = None
    try:
        settings = load(config) if config else None
    except EdgeError as error:
        console.print(f"[red]✗[/] settings: {escape(str(error))}", soft_wrap=True)
        return False
    results = [_passes(check, console) for check in _checks(settings)]
    return all(results)


def _passes(check: Check, console: Console) -> bool:
    try:
        found = check.run()
    except EdgeError as error:
        console.print(f"[red]✗[/] {check.title}: {escape(str(error))}", soft_wrap=True)
        return False
    console.print(f"[green]✓[/] {check.title}: {escape(found)}", soft_wrap=True)
    return True


def _checks(settings: GatewaySettings | None) -> Iterator[Check]:
    yield Check("machine", _machine)
    yield Check("model and runtime", partial(_model, settings.model if settings else ModelSettings()))
    if settings is None:
        return
    yield Check("outbox", partial(_outbox, settings))
    yield Check("broker", partial(_broker, settings))
    for camera in settings.cameras:
        yield Check(f"camera {camera.id}, scenes", partial(_scenes, settings, camera))
        yield Check(f"camera {camera.id}, picture", partial(_picture, camera))


def _machine() -> str:
    return f"{os.cpu_count()} processors, {os.uname().machine}"


def _model(settings: ModelSettings) -> str:
    detector = Detector.open(settings)
    picture = np.full((720, 1280, 3), 114, np.uint8)
    frame = Frame.of_picture("doctor", 0.0, picture)
    detector.detect([frame])
    started = time.perf_counter()
    for _ in range(_TIMED_LOOKS):
        detector.detect([frame])
    seconds = (time.perf_counter() - started) / _TIMED_LOOKS
    manifest = detector.model.manifest
    unmeasured = [name for name in detector.model.classes if not detector.model.measured_on_real(name)]
    note = f"; not measured on real pictures: {', '.join(unmeasured)}" if unmeasured else ""
    return (
        f"{manifest.name} {manifest.version} with {detector.runtime.name}, {seconds * 1000:.0f} ms a look, "
        f"enough for {1 / seconds:.0f} looks a second{note}"
    )


def _outbox(settings: GatewaySettings) -> str:
    try:
        outbox = Outbox(settings.data / "outbox", settings.outbox.max_bytes)
        waiting = f"{outbox.state().pending} messages wait"
        outbox.close()
    except OutboxInUse:
        waiting = "in use by the running gateway"
    free = shutil.disk_usage(settings.data).free
    if free < _LEAST_FREE:
        raise EdgeError(f"{settings.data} has only {free / 1024**2:.0f} MiB free; make room or set 'data' elsewhere")
    return f"{settings.data}, {waiting}, {free / 1024**3:.0f} GiB free"


def _broker(settings: GatewaySettings) -> str:
    sign_in(settings.hub, settings.gateway)
    return f"{settings.hub.url} lets {settings.gateway} in"


def _scenes(settings: GatewaySettings, camera: CameraSettings) -> str:
    model = load_model(find_manifest(settings.model))
    note_of = note_of_model(model.manifest.name, model.manifest.version, model.measured_on_real)
    scenes = CameraScenes(settings.gateway, camera, note_of, model.classes)
    names = ", ".join(scene.name for scene in scenes.scenes) or "none: only a live picture"
    pace = f", a look every {scenes.interval:g} s" if scenes.interval else ""
    return f"{names}{pace}"


def _picture(camera: CameraSettings) -> str:
    statistics = Statistics()
    source = (
        camera.source.model_copy(update={"pace": "fast"}) if isinstance(camera.source, FileSource) else camera.source
    )
    started = time.monotonic()
    size = ""
    for frame in read_frames(source, camera.id, "all", statistics=statistics):
        size = f"{frame.width}x{frame.height}"
        if time.monotonic() - started > _CAMERA_SECONDS or frame.index >= 500:
            break
    rate, keyframes = statistics.frames_per_second, statistics.keyframe_interval
    described = [
        size,
        f"{rate:.1f} frames/s" if rate else "",
        f"a keyframe every {keyframes:.1f} s" if keyframes else "",
    ]
    return ", ".join(text for text in described if text) or "no frame came"
