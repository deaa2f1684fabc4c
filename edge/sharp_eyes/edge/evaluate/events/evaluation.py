"""What ``sharp-eyes-edge evaluate events`` does: play, match, measure, report."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import av
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sharp_eyes.edge.evaluate.detectors.detection_cache import default_folder
from sharp_eyes.edge.evaluate.events.cached_detectors import InferenceMemory, Recordings
from sharp_eyes.edge.evaluate.events.event_matching import match, raised
from sharp_eyes.edge.evaluate.events.inference_cache import InferenceCache
from sharp_eyes.edge.evaluate.events.metrics import JudgedClip, figures_of
from sharp_eyes.edge.evaluate.events.notes import case_note, clip_note, variant_note
from sharp_eyes.edge.evaluate.events.parallel import play_at_once
from sharp_eyes.edge.evaluate.events.playback import PlayedClip, Player, play
from sharp_eyes.edge.evaluate.events.schema import EventReport, FigureRow
from sharp_eyes.edge.evaluate.events.suite import Suite, SuiteClip, load_suites
from sharp_eyes.edge.evaluate.events.variants import CachingDetectors, OpenedVariants, Variant, variants_of
from sharp_eyes.edge.evaluate.report.model import KINDS
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.replay.command import GATEWAY


@dataclass(frozen=True, slots=True)
class EventEvaluationOptions:
    """What the command line asks for; each field is the option of its name."""

    suites: Sequence[Path]
    models: Sequence[str]
    settings: Sequence[str]
    only: Sequence[str]
    recordings: Path | None
    tolerance: float
    runtime: str
    cache: Path | None
    use_cache: bool
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class EventEvaluation:
    """A report, and what it was made from, by variant's name and then clip by clip.

    ``spent`` are the seconds that the clips took, ``computed`` the processor's; of this machine, so in no report.
    """

    report: EventReport
    suite: Suite
    judged: dict[str, list[JudgedClip]]
    played: dict[str, list[PlayedClip]]
    spent: float
    computed: float


def evaluate_events(options: EventEvaluationOptions, console: Console) -> EventEvaluation:
    """Judge a suite; shows its progress on the console.

    Raises:
        EdgeError: a suite, a model or an option cannot be used.
    """
    suite = load_suites(options.suites, options.only, options.recordings)
    variants = variants_of(options.models, options.settings, suite, options.runtime)
    with inference_memory(options.cache, options.use_cache) as memory:
        opened = OpenedVariants(memory)
        detectors = {variant.name: opened.detectors(variant) for variant in variants}
        begun = time.perf_counter()
        played = play_all(suite, variants, detectors, memory, console, options.jobs)
        spent = time.perf_counter() - begun
    judged = {
        variant.name: [
            judge(variant.clip(clip), one, options.tolerance)
            for clip, one in zip(suite.clips, played[variant.name], strict=True)
        ]
        for variant in variants
    }
    report = EventReport(
        program=version("sharp-eyes"),
        suite=suite.name,
        tolerance=options.tolerance,
        variants=[variant_note(variant, detectors[variant.name]) for variant in variants],
        clips=[
            clip_note(clip, {name: ones[number] for name, ones in played.items()})
            for number, clip in enumerate(suite.clips)
        ],
        rows=[row for variant in variants for row in rows_of(variant.name, judged[variant.name])],
        cases=[case_note(name, one, case) for name, ones in judged.items() for one in ones for case in one.cases],
    )
    computed = sum(one.computed for ones in played.values() for one in ones)
    return EventEvaluation(report, suite, judged, played, spent, computed)


@contextmanager
def inference_memory(folder: Path | None, use: bool) -> Iterator[InferenceMemory]:
    """The memory of looks; what was looked at is on disk when this ends, however it ends."""
    cache = InferenceCache(folder or default_folder()) if use else None
    try:
        yield InferenceMemory(cache, Recordings())
    finally:
        if cache is not None:
            cache.close()


def play_all(
    suite: Suite,
    variants: Sequence[Variant],
    detectors: Mapping[str, CachingDetectors],
    memory: InferenceMemory,
    console: Console,
    jobs: int = 1,
) -> dict[str, list[PlayedClip]]:
    """Play every clip in every variant; by variant's name, clip by clip.

    Args:
        detectors: by variant's name; told of every clip's camera.
        jobs: how many clips at once, each in a process of its own.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        clips = bar.add_task("clips", total=len(suite.clips))
        if jobs > 1 and len(suite.clips) > 1:
            folder = None if memory.cache is None else memory.cache.file.parent
            found = play_at_once(suite, variants, folder, jobs, lambda: bar.advance(clips))
            _tell(suite, variants, detectors)
        else:
            found = []
            for clip in suite.clips:
                task = bar.add_task(clip.name, total=_frames_in(clip))
                players = [Player(one.clip(clip), detectors[one.name], one.eyes) for one in variants]
                found.append(play(players, memory.recordings, _advance(bar, task)))
                bar.remove_task(task)
                bar.advance(clips)
    return {one.name: [played[number] for played in found] for number, one in enumerate(variants)}


def _tell(suite: Suite, variants: Sequence[Variant], detectors: Mapping[str, CachingDetectors]) -> None:
    """Let the detectors know whom they served in the other processes; no network is opened for that."""
    for clip in suite.clips:
        for variant in variants:
            CameraPipeline.for_recording(GATEWAY, variant.clip(clip).camera, detectors[variant.name])


def judge(clip: SuiteClip, played: PlayedClip, tolerance: float) -> JudgedClip:
    """Match what a clip gave with what it should."""
    events = raised(played.messages, played.start, played.end)
    return JudgedClip(clip, played.seconds, tuple(match(events, clip.expected, tolerance)))


def rows_of(variant: str, judged: Sequence[JudgedClip]) -> list[FigureRow]:
    """Figures of each scene and of all, on real and on rendered clips apart."""
    rows = []
    for kind in KINDS:
        own = [one for one in judged if one.clip.kind == kind]
        scenes = list(dict.fromkeys(settings.scene.value for one in own for settings in one.clip.scenes))
        if own:
            rows += [
                FigureRow(variant=variant, kind=kind, scene=name, figures=figures_of(own, name)) for name in scenes
            ]
            rows.append(FigureRow(variant=variant, kind=kind, scene=None, figures=figures_of(own, None)))
    return rows


def _advance(bar: Progress, task: TaskID) -> Callable[[Frame], None]:
    def advance(_frame: Frame) -> None:
        bar.advance(task)

    return advance


def _frames_in(clip: SuiteClip) -> int | None:
    """How many frames a clip says it has; None where it does not say."""
    try:
        with av.open(str(clip.path)) as container:
            return (container.streams.video[0].frames or None) if container.streams.video else None
    except (av.error.FFmpegError, OSError):
        return None  # playing the clip gives the clear error
