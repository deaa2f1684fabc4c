"""What ``sharp-eyes-edge evaluate events`` does: play, match, measure, report."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import av
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sharp_eyes.edge.evaluate.cache import default_folder
from sharp_eyes.edge.evaluate.events.cache import LookCache
from sharp_eyes.edge.evaluate.events.matching import match, raised
from sharp_eyes.edge.evaluate.events.measures import Judged, figures_of
from sharp_eyes.edge.evaluate.events.notes import case_note, clip_note, variant_note
from sharp_eyes.edge.evaluate.events.remembering import Memory, Recordings
from sharp_eyes.edge.evaluate.events.report import Report, Row
from sharp_eyes.edge.evaluate.events.running import Played, Player, play
from sharp_eyes.edge.evaluate.events.suite import Clip, Suite, load_suites
from sharp_eyes.edge.evaluate.events.variants import Opened, RememberingDetectors, Variant, variants_of
from sharp_eyes.edge.evaluate.source import Kind
from sharp_eyes.edge.frame import Frame

KINDS: tuple[Kind, ...] = ("real", "rendered")


@dataclass(frozen=True, slots=True)
class Wish:
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """A report, and what it was made from, by variant's name and then clip by clip.

    ``spent`` are the seconds of this machine that the clips took, and is in no report.
    """

    report: Report
    suite: Suite
    judged: dict[str, list[Judged]]
    played: dict[str, list[Played]]
    spent: float


def evaluate(wish: Wish, console: Console) -> Outcome:
    """Judge a suite; shows its progress on the console.

    Raises:
        EdgeError: a suite, a model or an option cannot be used.
    """
    suite = load_suites(wish.suites, wish.only, wish.recordings)
    variants = variants_of(wish.models, wish.settings, suite, wish.runtime)
    with remembered(wish.cache, wish.use_cache) as memory:
        opened = Opened(memory)
        detectors = {variant.name: opened.detectors(variant) for variant in variants}
        played = play_all(suite, variants, detectors, memory.recordings, console)
    judged = {
        variant.name: [
            judge(variant.clip(clip), one, wish.tolerance)
            for clip, one in zip(suite.clips, played[variant.name], strict=True)
        ]
        for variant in variants
    }
    report = Report(
        program=version("sharp-eyes"),
        suite=suite.name,
        tolerance=wish.tolerance,
        variants=[variant_note(variant, detectors[variant.name]) for variant in variants],
        clips=[
            clip_note(clip, {name: ones[number] for name, ones in played.items()})
            for number, clip in enumerate(suite.clips)
        ],
        rows=[row for variant in variants for row in rows_of(variant.name, judged[variant.name])],
        cases=[case_note(name, one, case) for name, ones in judged.items() for one in ones for case in one.cases],
    )
    spent = sum(one.spent for ones in played.values() for one in ones)
    return Outcome(report, suite, judged, played, spent)


@contextmanager
def remembered(folder: Path | None, use: bool) -> Iterator[Memory]:
    """The memory of looks; what was looked at is on disk when this ends, however it ends."""
    cache = LookCache(folder or default_folder()) if use else None
    try:
        yield Memory(cache, Recordings())
    finally:
        if cache is not None:
            cache.close()


def play_all(
    suite: Suite,
    variants: Sequence[Variant],
    detectors: dict[str, RememberingDetectors],
    recordings: Recordings,
    console: Console,
) -> dict[str, list[Played]]:
    """Play every clip in every variant; by variant's name, clip by clip."""
    played: dict[str, list[Played]] = {variant.name: [] for variant in variants}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        clips = bar.add_task("clips", total=len(suite.clips))
        for clip in suite.clips:
            task = bar.add_task(clip.name, total=_frames_in(clip))
            players = [Player(variant.clip(clip), detectors[variant.name], variant.eyes) for variant in variants]
            for variant, one in zip(variants, play(players, recordings, _advance(bar, task)), strict=True):
                played[variant.name].append(one)
            bar.remove_task(task)
            bar.advance(clips)
    return played


def judge(clip: Clip, played: Played, tolerance: float) -> Judged:
    """Match what a clip gave with what it should."""
    events = raised(played.messages, played.start, played.end)
    return Judged(clip, played.seconds, tuple(match(events, clip.expected, tolerance)))


def rows_of(variant: str, judged: Sequence[Judged]) -> list[Row]:
    """Figures of each scene and of all, on real and on rendered clips apart."""
    rows = []
    for kind in KINDS:
        own = [one for one in judged if one.clip.kind == kind]
        scenes = list(dict.fromkeys(settings.scene.value for one in own for settings in one.clip.scenes))
        if own:
            rows += [Row(variant=variant, kind=kind, scene=name, figures=figures_of(own, name)) for name in scenes]
            rows.append(Row(variant=variant, kind=kind, scene=None, figures=figures_of(own, None)))
    return rows


def _advance(bar: Progress, task: TaskID) -> Callable[[Frame], None]:
    def advance(_frame: Frame) -> None:
        bar.advance(task)

    return advance


def _frames_in(clip: Clip) -> int | None:
    """How many frames a clip says it has; None where it does not say."""
    try:
        with av.open(str(clip.path)) as container:
            return (container.streams.video[0].frames or None) if container.streams.video else None
    except (av.error.FFmpegError, OSError):
        return None  # playing the clip gives the clear error
