"""What ``sharp-eyes-edge evaluate events`` does: play, match, measure, report."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.evaluate.detectors.detection_cache import default_folder
from sharp_eyes.edge.evaluate.events.cached_detectors import InferenceMemory, Recordings
from sharp_eyes.edge.evaluate.events.event_matching import TOLERANCE, match, raised
from sharp_eyes.edge.evaluate.events.inference_cache import InferenceCache
from sharp_eyes.edge.evaluate.events.metrics import JudgedClip, figures_of
from sharp_eyes.edge.evaluate.events.notes import case_note, clip_note, unjudged_note, variant_note
from sharp_eyes.edge.evaluate.events.parallel import play_at_once
from sharp_eyes.edge.evaluate.events.playback import PlayedClip, Player, play
from sharp_eyes.edge.evaluate.events.recordings import PlayedSuite, UnjudgedClip, ends_too_early, frames_in
from sharp_eyes.edge.evaluate.events.remarks import remarks_on
from sharp_eyes.edge.evaluate.events.schema import EventReport, FigureRow
from sharp_eyes.edge.evaluate.events.suite import Suite, SuiteClip, load_suites
from sharp_eyes.edge.evaluate.events.variants import CachingDetectors, OpenedVariants, Variant, variants_of
from sharp_eyes.edge.evaluate.report.model import KINDS
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

    ``suite`` holds the clips that could be judged; the report names the others. ``spent`` are the seconds that the
    clips took, ``computed`` the processor's; of this machine, so in no report.
    """

    report: EventReport
    suite: Suite
    judged: dict[str, list[JudgedClip]]
    played: dict[str, list[PlayedClip]]
    spent: float
    computed: float


def evaluate_events(options: EventEvaluationOptions, console: Console) -> EventEvaluation:
    """Judge a suite; shows its progress on the console.

    A clip that cannot be read ends nothing: the report says so, and no figure counts it.

    Raises:
        EdgeError: a suite, a model or an option cannot be used.
    """
    suite = load_suites(options.suites, options.only, options.recordings)
    variants = variants_of(options.models, options.settings, suite, options.runtime)
    with inference_memory(options.cache, options.use_cache) as memory:
        opened = OpenedVariants(memory)
        detectors = {variant.name: opened.detectors(variant) for variant in variants}
        begun = time.perf_counter()
        outcome = play_all(suite, variants, detectors, memory, console, options.jobs, options.tolerance)
        spent = time.perf_counter() - begun
    suite, played = outcome.suite, outcome.played
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
        not_judged=[unjudged_note(one) for one in outcome.not_judged],
        remarks=[note for variant in variants for note in remarks_on(variant, suite.clips, played[variant.name])],
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
    tolerance: float = TOLERANCE,
) -> PlayedSuite:
    """Play every clip in every variant; one that cannot be read is put aside with the reason.

    Args:
        detectors: by variant's name; told of every clip's camera.
        jobs: how many clips at once, each in a process of its own.
        tolerance: seconds by which an expected event may begin after a clip's last picture.
    """
    tell(suite, variants, detectors)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        clips = bar.add_task("clips", total=len(suite.clips))
        if jobs > 1 and len(suite.clips) > 1:
            folder = None if memory.cache is None else memory.cache.file.parent
            found = play_at_once(suite, variants, folder, jobs, lambda: bar.advance(clips))
        else:
            found = []
            for clip in suite.clips:
                task = bar.add_task(clip.name, total=frames_in(clip.path))
                players = [Player(one.clip(clip), detectors[one.name], one.eyes) for one in variants]
                found.append(_played(players, memory, _advance(bar, task)))
                bar.remove_task(task)
                bar.advance(clips)
    return _sorted_out(suite, variants, found, tolerance)


def _played(players: Sequence[Player], memory: InferenceMemory, advance: Callable[[], None]) -> list[PlayedClip] | str:
    """What came of one clip, or why it cannot be read."""
    try:
        return play(players, memory.recordings, advance)
    except SourceError as error:
        return str(error)


def _sorted_out(
    suite: Suite, variants: Sequence[Variant], found: Sequence[list[PlayedClip] | str], tolerance: float
) -> PlayedSuite:
    """The clips that can be judged, and those that cannot."""
    good: list[tuple[SuiteClip, list[PlayedClip]]] = []
    bad: list[UnjudgedClip] = []
    for clip, own in zip(suite.clips, found, strict=True):
        reason = own if isinstance(own, str) else _cut_off(clip, variants, own, tolerance)
        if reason is not None:
            bad.append(UnjudgedClip(clip, reason))
        elif not isinstance(own, str):
            good.append((clip, own))
    played = {one.name: [own[number] for _, own in good] for number, one in enumerate(variants)}
    return PlayedSuite(Suite(suite.name, tuple(clip for clip, _ in good)), played, tuple(bad))


def _cut_off(
    clip: SuiteClip, variants: Sequence[Variant], played: Sequence[PlayedClip], tolerance: float
) -> str | None:
    reasons = (ends_too_early(one.clip(clip), own, tolerance) for one, own in zip(variants, played, strict=True))
    return next((reason for reason in reasons if reason is not None), None)


def tell(suite: Suite, variants: Sequence[Variant], detectors: Mapping[str, CachingDetectors]) -> None:
    """Let the detectors know whom they serve, here and in other processes; no network is opened for that.

    Wrong settings of a scene are so found before the first clip is played, not after an hour.
    """
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


def _advance(bar: Progress, task: TaskID) -> Callable[[], None]:
    def advance() -> None:
        bar.advance(task)

    return advance
