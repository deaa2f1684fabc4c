"""``sharp-eyes-edge doctor``: is everything in order on this gateway, and if not, what is to be done."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from sharp_eyes.edge.camera_setup.store import with_added
from sharp_eyes.edge.capacity.admission import USABLE, Asked, Capacity
from sharp_eyes.edge.capacity.streams import SeenStream, seen_in
from sharp_eyes.edge.errors import EdgeError, OutboxInUse
from sharp_eyes.edge.extract.backend_selection import try_backends as examine_model
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.kept_choices import KeptChoices
from sharp_eyes.edge.extract.model import detector_manifests, load_model
from sharp_eyes.edge.extract.parity import read_frame
from sharp_eyes.edge.extract.runtimes.onnxruntime import onnxruntime_devices
from sharp_eyes.edge.extract.runtimes.openvino import installed, openvino_devices
from sharp_eyes.edge.extract.segmenter import Segmenter
from sharp_eyes.edge.machine import Machine
from sharp_eyes.edge.models.registry import describe_trial, unmeasured
from sharp_eyes.edge.private_files import advice, exposed_files
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.probe import sign_in
from sharp_eyes.edge.scenes.camera_scenes import CameraScenes
from sharp_eyes.edge.settings import (
    CameraSettings,
    DecodeDeviceName,
    GatewaySettings,
    ModelSettings,
    RtspSource,
    load,
)
from sharp_eyes.edge.snap.decode_device import present
from sharp_eyes.edge.snap.decode_trial import try_apart

_CAMERAS_AT_ONCE = 8
_LEAST_FREE = 1024**3


class DoubtfulError(EdgeError):
    """In order, but something should be known: it is said as a warning."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at; ``run`` returns what was found or raises an EdgeError that says what to do."""

    title: str
    run: Callable[[], str]


def examine(config: Path | None, console: Console, *, capacity: bool = True, clip: Path | None = None) -> bool:
    """Run all checks and print each as it is done; returns whether all were in order.

    ``capacity``: whether to measure how many cameras fit, on ``clip`` where one is given.
    """
    settings: GatewaySettings | None = None
    try:
        settings = with_added(load(config)) if config else None
    except EdgeError as error:
        console.print(f"[red]✗[/] settings: {escape(str(error))}", soft_wrap=True)
        return False
    seen: dict[str, SeenStream] = {}
    results = [_passes(check, console) for check in _checks(settings, seen)]
    if capacity:
        results += [_passes(check, console) for check in _capacity_checks(settings, seen, clip)]
    if config and settings:
        results.append(_passes(Check("passwords", partial(_passwords, config, settings)), console))
    return all(results)


def _passes(check: Check, console: Console) -> bool:
    try:
        found = check.run()
    except DoubtfulError as warning:
        console.print(f"[yellow]![/] {check.title}: {escape(str(warning))}", soft_wrap=True)
        return True
    except EdgeError as error:
        console.print(f"[red]✗[/] {check.title}: {escape(str(error))}", soft_wrap=True)
        return False
    console.print(f"[green]✓[/] {check.title}: {escape(found)}", soft_wrap=True)
    return True


def _checks(settings: GatewaySettings | None, seen: dict[str, SeenStream]) -> Iterator[Check]:
    yield Check("machine", _machine)
    model = (settings.model if settings else ModelSettings()).shared_out()
    kept = KeptChoices(settings.data / "computing") if settings else None
    yield Check("models", partial(_models, model, kept))
    yield Check("video decoding", partial(_decoding, settings.decode_device if settings else "auto"))
    if settings is None:
        return
    yield Check("outbox", partial(_outbox, settings))
    yield Check("broker", partial(_broker, settings))
    yield from _camera_checks(settings, seen)


def _camera_checks(settings: GatewaySettings, seen: dict[str, SeenStream]) -> Iterator[Check]:
    """Each camera's scenes and streams; several cameras are watched at once, since that takes seconds of waiting."""
    detectors = Detectors.open(settings.model)
    with ThreadPoolExecutor(_CAMERAS_AT_ONCE) as pool:
        watched = [(camera, *_streams(pool, camera)) for camera in settings.cameras]
        for camera, looked_at, main in watched:
            yield Check(f"camera {camera.id}, scenes", partial(_scenes, settings, camera, detectors))
            yield Check(f"camera {camera.id}, picture", partial(_picture, camera, looked_at, seen))
            if main is not None:
                yield Check(f"camera {camera.id}, main stream", partial(_picture, camera, main, {}))


def _streams(
    pool: ThreadPoolExecutor, camera: CameraSettings
) -> tuple["Future[SeenStream]", "Future[SeenStream] | None"]:
    """The stream that is looked at, and the main stream where that is another."""
    source = camera.source
    looked_at = pool.submit(seen_in, source, camera.id)
    if not isinstance(source, RtspSource) or source.substream is None:
        return looked_at, None
    return looked_at, pool.submit(seen_in, source.model_copy(update={"substream": None}), camera.id)


def _capacity_checks(
    settings: GatewaySettings | None, seen: dict[str, SeenStream], clip: Path | None
) -> Iterator[Check]:
    measured: list[Capacity] = []
    cameras = settings.cameras if settings else ()
    yield Check("capacity", partial(_capacity, settings, clip, measured))
    if measured and any(camera.scenes for camera in cameras):
        yield Check("capacity, these settings", lambda: _admitted(measured[0].asked(cameras, seen)))


def _capacity(settings: GatewaySettings | None, clip: Path | None, measured: list[Capacity]) -> str:
    """How many cameras of each scene fit."""
    model = (settings.model if settings else ModelSettings()).shared_out()
    kept = KeptChoices(settings.data / "computing") if settings else None
    started = time.monotonic()
    capacity = Capacity(model, kept, clip)
    lines = "".join(f"\n    {line}" for line in capacity.table(settings.cameras if settings else ()))
    measured.append(capacity)
    took = time.monotonic() - started
    return f"{capacity.processors} processors, filled to {USABLE:.0%}; measured in {took:.0f} s{lines}"


def _admitted(asked: Asked) -> str:
    """Whether the cameras fit; too many on a quiet street are an error, on a busy one a warning."""
    said = (
        f"{asked.cameras} cameras ask for {asked.quiet:.0%} of this machine while nothing is near, and for "
        f"{asked.busy:.0%} while something is near every one of them; up to {USABLE:.0%} no look comes late"
    )
    advice = "fewer cameras or scenes, a longer look_interval, substreams, or an I-frame interval of 1 s would help"
    if asked.quiet > USABLE:
        raise EdgeError(f"{said}: looks will come late all the time; {advice}")
    if asked.busy > USABLE:
        raise DoubtfulError(f"{said}: looks will come late at busy hours; {advice}")
    return said


def _machine() -> str:
    devices = [*onnxruntime_devices(), *(openvino_devices() if installed() else [])]
    beside = ", ".join(devices) or "nothing that can compute networks (cuda, tensorrt, gpu, npu)"
    state = Machine().state()
    if state is not None and state.detail:
        raise EdgeError(state.detail)
    warm = f"; {state.sensor} {state.temperature:.0f} °C" if state and state.temperature is not None else ""
    return f"{os.cpu_count()} processors, {os.uname().machine}; beside them {beside}{warm}"


def _passwords(config: Path, settings: GatewaySettings) -> str:
    exposed = exposed_files(config, settings)
    if exposed:
        raise EdgeError(advice(exposed))
    return "only the gateway's user can read them"


def _models(settings: ModelSettings, kept: KeptChoices | None) -> str:
    """Every detector in each way that this machine can compute it, and the ground's segmenter."""
    classes = Detectors.open(settings).classes
    parts = [_model(path, settings, kept) for path in detector_manifests(settings)] + [_ground(settings)]
    said = "".join(f"\n  {text}" for text, _ in parts)
    if not all(fine for _, fine in parts):
        raise EdgeError(f"not computed as it should be on this machine; set model.runtime or model.precision{said}")
    return f"{len(classes)} classes{said}"


def _model(path: Path, settings: ModelSettings, kept: KeptChoices | None) -> tuple[str, bool]:
    """One detector: a line for each way, what the gateway keeps, and whether the one that is used is in order."""
    model = load_model(path)
    manifest = model.manifest
    trials = examine_model(model, settings, everything=True, kept=kept)
    lines = "".join(f"\n    {describe_trial(trial)}" for trial in trials)
    if kept is not None and (chosen := kept.way(model, settings)) is not None:
        lines += f"\n    the gateway uses {chosen[0]}, chosen on {chosen[1]}; to let it choose anew, delete {kept.file}"
    without = unmeasured(manifest)
    note = f"; not measured on real pictures: {', '.join(without)}" if without else ""
    used = next((trial for trial in trials if trial.used and trial.seconds), None)
    if used is None:
        return f"{manifest.name} {manifest.version}: cannot be used{lines}", False
    looks = 1 / (used.seconds or 1.0)
    return f"{manifest.name} {manifest.version}: {looks:.0f} looks a second{note}{lines}", not used.problem


def _ground(settings: ModelSettings) -> tuple[str, bool]:
    """The segmenter: how fast it looks, and whether it sees its reference pictures as recorded."""
    segmenter = Segmenter.open(ModelSettings(threads=settings.threads))
    model = segmenter.model
    manifest = model.manifest
    picture = manifest.reference.pictures[0].file
    frame = read_frame(model.folder / picture)
    started = time.perf_counter()
    segmenter.segment(frame)
    seconds = time.perf_counter() - started
    gap, allowed = segmenter.reference_gap() or 0.0, manifest.reference.tolerance(manifest.base).share
    without = unmeasured(manifest)
    note = f"; not measured on real pictures: {', '.join(without)}" if without else ""
    found = f"largest difference of a share {gap:.3f}, {allowed:.3f} allowed"
    return f"{manifest.name} {manifest.version}: {1 / seconds:.0f} looks a second{note}\n    {found}", gap <= allowed


def _decoding(setting: DecodeDeviceName) -> str:
    """Every device that might decode video, tried; it is an error if one is named and fails."""
    names = present() if setting in ("auto", "cpu") else [setting]
    trials = [try_apart(name) for name in names]
    said = "; ".join(map(str, trials)) or "by the processor; no device beside it that could"
    if setting not in ("auto", "cpu") and trials[0].problem:
        raise EdgeError(f"{said}; the processor decodes: set decode_device: auto")
    return said


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


def _scenes(settings: GatewaySettings, camera: CameraSettings, detectors: Detectors) -> str:
    scenes = CameraScenes(settings.gateway, camera, detectors.note_of, detectors.classes)
    names = ", ".join(scene.name for scene in scenes.scenes) or "none: only a live picture"
    pace = f", a look every {scenes.interval:g} s" if scenes.interval else ""
    frames = ", every frame" if scenes.every_frame else ""
    return f"{names}{pace}{frames}"


def _picture(camera: CameraSettings, watched: "Future[SeenStream]", seen: dict[str, SeenStream]) -> str:
    """What was seen of a camera's stream; kept in ``seen``."""
    stream = watched.result()
    seen[camera.id] = stream
    return str(stream)
