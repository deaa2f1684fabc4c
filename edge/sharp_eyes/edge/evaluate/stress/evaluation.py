"""What ``sharp-eyes-edge evaluate stress`` does: play, count, report."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from sharp_eyes.edge.errors import ConfigError, SourceError
from sharp_eyes.edge.evaluate.events.cached_detectors import InferenceMemory
from sharp_eyes.edge.evaluate.events.evaluation import inference_memory, tell
from sharp_eyes.edge.evaluate.events.notes import unjudged_note, variant_note
from sharp_eyes.edge.evaluate.events.parallel import at_once, stopped, worker
from sharp_eyes.edge.evaluate.events.playback import Player
from sharp_eyes.edge.evaluate.events.recordings import UnjudgedClip
from sharp_eyes.edge.evaluate.events.remarks import least_wait
from sharp_eyes.edge.evaluate.events.suite import Suite, SuiteClip, load_suites
from sharp_eyes.edge.evaluate.events.variants import CachingDetectors, OpenedVariants, Variant, variants_of
from sharp_eyes.edge.evaluate.report.intervals import count_interval
from sharp_eyes.edge.evaluate.report.model import KINDS, FootageKind
from sharp_eyes.edge.evaluate.stress.footage import USUAL, footage_in, with_default_scenes, without_second_look
from sharp_eyes.edge.evaluate.stress.playing import Alarm, StressedClip, stress
from sharp_eyes.edge.evaluate.stress.schema import AlarmNote, StressClipNote, StressReport, StressRow, TooShortNote

SAME = 5.0
"""Seconds of the recording within which an alarm of a later pass is the same again."""


@dataclass(frozen=True, slots=True)
class StressOptions:
    """What the command line asks for; each field is the option of its name."""

    suites: Sequence[Path]
    footage: Sequence[Path]
    recordings: Path | None
    only: Sequence[str]
    hours: float
    scenes: Sequence[str]
    own_settings: bool
    second_look: bool
    model: str | None
    runtime: str
    jobs: int
    cache: Path | None
    use_cache: bool


@dataclass(frozen=True, slots=True)
class StressEvaluation:
    """A report, and the picture of each alarm in its order: the base64 text of a JPEG."""

    report: StressReport
    pictures: list[str]


Played = tuple[SuiteClip, StressedClip]


def evaluate_stress(options: StressOptions, console: Console) -> StressEvaluation:
    """Play ordinary footage for hours; shows its progress on the console.

    Raises:
        EdgeError: a suite, a model or an option cannot be used.
    """
    suite, busy = _ordinary(options)
    seconds = options.hours * 3600 / len(suite.clips)
    variant = variants_of([options.model] if options.model else [], [], suite, options.runtime)[0]
    with inference_memory(options.cache, options.use_cache) as memory:
        detectors = OpenedVariants(memory).detectors(variant)
        tell(suite, [variant], {variant.name: detectors})
        found = _play(suite, variant, detectors, memory, seconds, options.jobs, console)
    good: list[Played] = []
    bad: list[UnjudgedClip] = []
    for clip, own in zip(suite.clips, found, strict=True):
        if isinstance(own, str):
            bad.append(UnjudgedClip(clip, own))
        else:
            good.append((clip, own))
    notes = [
        (_note(clip, alarm, own.alarms[:number]), alarm)
        for clip, own in good
        for number, alarm in enumerate(own.alarms)
    ]
    report = StressReport(
        program=version("sharp-eyes"),
        suite=suite.name,
        hours=options.hours,
        settings="own" if options.own_settings else "default",
        second_look=options.second_look,
        networks=variant_note(variant, detectors).networks,
        clips=[_clip_note(clip, own) for clip, own in good],
        not_judged=[unjudged_note(one) for one in bad],
        not_ordinary=busy,
        too_short=_too_short(good),
        rows=[row for kind in KINDS for row in _rows(kind, good, [note for note, _ in notes])],
        alarms=[note for note, _ in notes],
    )
    return StressEvaluation(report, [alarm.jpeg for _, alarm in notes])


def _ordinary(options: StressOptions) -> tuple[Suite, list[str]]:
    """The clips in which nothing has to happen, under the settings asked for, and the names of the others."""
    if bool(options.suites) == bool(options.footage):
        raise ConfigError("give clips either as --suite, or as --footage with recordings or folders of them")
    if options.footage and options.own_settings:
        raise ConfigError("--own-settings: recordings of --footage have none; give a --suite")
    suite = (
        footage_in(options.footage)
        if options.footage
        else load_suites(options.suites, options.only, options.recordings)
    )
    busy = [clip.name for clip in suite.clips if any(one.expected for one in clip.expected)]
    clips = [clip for clip in suite.clips if clip.name not in busy]
    if not clips:
        raise ConfigError(
            f"{suite.name}: something is expected in each of its {len(busy)} clips; ordinary footage is what is "
            "wanted, with `events: []`"
        )
    if not options.own_settings:
        clips = [with_default_scenes(clip, options.scenes or USUAL) for clip in clips]
    if not options.second_look:
        clips = [without_second_look(clip) for clip in clips]
    return replace(suite, clips=tuple(clips)), busy


def _play(
    suite: Suite,
    variant: Variant,
    detectors: CachingDetectors,
    memory: InferenceMemory,
    seconds: float,
    jobs: int,
    console: Console,
) -> list[StressedClip | str]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        clips = bar.add_task("clips", total=len(suite.clips))
        if jobs > 1 and len(suite.clips) > 1:
            folder = None if memory.cache is None else memory.cache.file.parent
            work = partial(_in_a_process, variant=variant, seconds=seconds)
            return at_once(work, suite.clips, folder, jobs, lambda: bar.advance(clips))
        found: list[StressedClip | str] = []
        for clip in suite.clips:
            task = bar.add_task(clip.name, total=round(seconds))
            player = Player(variant.clip(clip), detectors, variant.eyes)
            found.append(_stressed(player, memory, seconds, _advance(bar, task)))
            bar.remove_task(task)
            bar.advance(clips)
    return found


def _advance(bar: Progress, task: TaskID) -> Callable[[float], None]:
    def advance(played: float) -> None:
        bar.update(task, completed=int(played))

    return advance


def _stressed(
    player: Player, memory: InferenceMemory, seconds: float, advance: Callable[[float], None]
) -> StressedClip | str:
    """What came of one clip, or why it cannot be read."""
    try:
        return stress(player, memory.recordings, seconds, advance)
    except SourceError as error:
        return str(error)


def _in_a_process(clip: SuiteClip, variant: Variant, seconds: float) -> StressedClip | str:
    opened = worker()
    player = Player(variant.clip(clip), opened.detectors(variant), variant.eyes)
    try:
        return _stressed(player, opened.memory, seconds, lambda _played: stopped())
    finally:
        if opened.memory.cache is not None:
            opened.memory.cache.save()


def _note(clip: SuiteClip, alarm: Alarm, earlier: Sequence[Alarm]) -> AlarmNote:
    message = alarm.message
    repeat = any(
        (one.message.scene, one.message.zone) == (message.scene, message.zone)
        and one.number != alarm.number
        and abs(one.footage - alarm.footage) <= SAME
        for one in earlier
    )
    return AlarmNote(
        clip=clip.name,
        kind=clip.kind,
        scene=message.scene,
        zone=message.zone,
        id=str(message.event_id),
        played=round(alarm.played, 3),
        footage=round(alarm.footage, 3),
        number=alarm.number,
        backward=alarm.number % 2 == 1,
        repeat=repeat,
        score=message.score,
        grade=message.grade,
        object_class=message.object_class,
        box=message.box,
        measures=list(message.measures),
    )


def _clip_note(clip: SuiteClip, own: StressedClip) -> StressClipNote:
    return StressClipNote(
        name=clip.name,
        kind=clip.kind,
        licence=clip.licence,
        source=clip.source,
        sha256=own.digest,
        seconds=round(own.seconds, 3),
        played=round(own.played, 3),
        passes=own.passes,
        looks=own.looks,
        watched=[settings.scene.value for settings in clip.scenes],
        alarms=len(own.alarms),
        refused=own.refused,
    )


def _rows(kind: FootageKind, good: Sequence[Played], notes: Sequence[AlarmNote]) -> list[StressRow]:
    """Each scene, and all of them; a clip's time counts for the scenes that are watched for in it."""
    own = [pair for pair in good if pair[0].kind == kind]
    if not own:
        return []
    scenes = list(dict.fromkeys(settings.scene.value for clip, _ in own for settings in clip.scenes))
    return [_row(kind, name, own, [note for note in notes if note.kind == kind]) for name in (*scenes, None)]


def _row(kind: FootageKind, scene: str | None, good: Sequence[Played], notes: Sequence[AlarmNote]) -> StressRow:
    watching = [own for clip, own in good if _could_raise(clip, own, scene)]
    alarms = [note for note in notes if scene in (None, note.scene)]
    distinct = sum(not note.repeat for note in alarms)
    played = sum(own.played for own in watching) / 3600
    footage = sum(own.seconds for own in watching) / 3600
    low, high = count_interval(distinct)
    return StressRow(
        kind=kind,
        scene=scene,
        clips=len(watching),
        alarms=len(alarms),
        played_hours=round(played, 4),
        per_played_hour=round(len(alarms) / played, 3) if played else None,
        distinct=distinct,
        footage_hours=round(footage, 4),
        per_footage_hour=round(distinct / footage, 3) if footage else None,
        interval=(round(low / footage, 3), round(high / footage, 3)) if footage else None,
    )


def _could_raise(clip: SuiteClip, own: StressedClip, scene: str | None) -> bool:
    """Whether the clip was played for long enough for the scene, or for any where None."""
    watched = [settings for settings in clip.scenes if scene in (None, settings.scene.value)]
    return any(least_wait(settings) <= own.played for settings in watched)


def _too_short(good: Sequence[Played]) -> list[TooShortNote]:
    found: dict[tuple[str, float], list[str]] = {}
    for clip, own in good:
        for settings in clip.scenes:
            if (wanted := least_wait(settings)) > own.played:
                found.setdefault((settings.scene.value, wanted), []).append(clip.name)
    return [TooShortNote(scene=scene, wanted=wanted, clips=clips) for (scene, wanted), clips in found.items()]
