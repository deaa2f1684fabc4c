"""What ``sharp-eyes-edge tune`` does: try other values by replay, and propose."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from sharp_eyes.edge.errors import ConfigError, SourceError
from sharp_eyes.edge.evaluate.events.evaluation import inference_memory, play_all
from sharp_eyes.edge.evaluate.events.event_matching import EventMatch, match, raised
from sharp_eyes.edge.evaluate.events.overrides import Overrides
from sharp_eyes.edge.evaluate.events.playback import PlayedClip
from sharp_eyes.edge.evaluate.events.recordings import PlayedSuite, UnjudgedClip
from sharp_eyes.edge.evaluate.events.suite import Suite, SuiteClip, load_suites
from sharp_eyes.edge.evaluate.events.tuning import (
    DECISIVE,
    Number,
    TuningTrial,
    candidate_values,
    choose,
    plateau,
    trial_of,
    tunable,
)
from sharp_eyes.edge.evaluate.events.variants import OpenedVariants, Variant, other_settings, variants_of
from sharp_eyes.edge.evaluate.events.verdicts import judged_clips, read_verdicts
from sharp_eyes.edge.scenes.base import SceneSettings


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """What the command line asks for; each field is the option of its name."""

    suites: Sequence[Path]
    verdicts: Path | None
    model: str | None
    only: Sequence[str]
    keys: Sequence[str]
    values: Sequence[Number]
    most_lost: int
    recordings: Path | None
    tolerance: float
    runtime: str
    cache: Path | None
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Tuned:
    """One key of one scene at one camera.

    Attributes:
        present: its value now.
        trials: what each value tried gives, by rising value.
        chosen: what is proposed; None where nothing is better.
        plateau: between which values the same comes out as with the chosen one.
    """

    camera: str
    scene: str
    key: str
    present: Number
    trials: tuple[TuningTrial, ...]
    chosen: TuningTrial | None
    plateau: tuple[Number, Number] | None


@dataclass(frozen=True, slots=True)
class TuningResult:
    """All keys that were tried, and for each scene at each camera at most one proposal.

    Attributes:
        unknown: ids of verdicts that no event of the clips has.
        not_judged: clips that could not be played; nothing is tuned from them.
        before, after: the verdicts on each clip, by its name, with the present and with all proposed settings.
    """

    tuned: tuple[Tuned, ...]
    proposals: tuple[Tuned, ...]
    unknown: tuple[str, ...]
    not_judged: tuple[UnjudgedClip, ...]
    before: dict[str, list[EventMatch]]
    after: dict[str, list[EventMatch]]

    @property
    def overrides(self) -> Overrides:
        """The proposals as settings."""
        cameras: dict[str, dict[str, dict[str, Number]]] = {}
        for one in self.proposals:
            if one.chosen is not None:
                cameras.setdefault(one.camera, {})[one.scene] = {one.key: one.chosen.value}
        return Overrides.model_validate({"cameras": cameras})


class Tuner:
    """Plays clips under other settings, from the memory of looks."""

    def __init__(self, options: TuneOptions, opened: OpenedVariants, console: Console) -> None:
        """``console`` shows the progress."""
        self._wish = options
        self._opened = opened
        self._console = console

    def play(self, suite: Suite, variants: Sequence[Variant]) -> PlayedSuite:
        """Play every clip under every variant."""
        detectors = {variant.name: self._opened.detectors(variant) for variant in variants}
        wish = self._wish
        return play_all(suite, variants, detectors, self._opened.memory, self._console, wish.jobs, wish.tolerance)

    def play_again(self, suite: Suite, variants: Sequence[Variant]) -> dict[str, list[PlayedClip]]:
        """Play clips that could all be played before; by variant's name.

        Raises:
            SourceError: one of them cannot be read any more.
        """
        outcome = self.play(suite, variants)
        if outcome.not_judged:
            raise SourceError(f"could be read before, and cannot now: {outcome.not_judged[0].reason}")
        return outcome.played

    def cases(self, suite: Suite, played: Sequence[PlayedClip]) -> dict[str, list[EventMatch]]:
        """The verdicts by clip's name."""
        return {
            clip.name: match(raised(one.messages, one.start, one.end), clip.expected, self._wish.tolerance)
            for clip, one in zip(suite.clips, played, strict=True)
        }

    def tune(self, suite: Suite, first: Variant, before: dict[str, list[EventMatch]]) -> list[Tuned]:
        """Try every key of every scene, camera by camera."""
        found: list[Tuned] = []
        for camera in dict.fromkeys(clip.camera.id for clip in suite.clips):
            own = Suite(suite.name, tuple(clip for clip in suite.clips if clip.camera.id == camera))
            asked = self._asked(own)
            variants = [
                other_settings(first, f"{scene} {key} {value:g}", _override(camera, scene, key, value), "tune")
                for scene, key, _, values in asked
                for value in values
            ]
            if not variants:
                continue
            played = self.play_again(own, variants)
            for scene, key, present, values in asked:
                now = [case for clip in own.clips for case in _of(before[clip.name], scene)]
                trials = tuple(
                    trial_of(value, self._joined(own, played[f"{scene} {key} {value:g}"], scene), now)
                    for value in values
                )
                chosen = choose(trials, present, self._wish.most_lost)
                width = None if chosen is None else plateau(trials, chosen)
                found.append(Tuned(camera, scene, key, present, trials, chosen, width))
        return found

    def _joined(self, suite: Suite, played: Sequence[PlayedClip], scene: str) -> list[EventMatch]:
        return [case for cases in self.cases(suite, played).values() for case in _of(cases, scene)]

    def _asked(self, suite: Suite) -> list[tuple[str, str, Number, list[Number]]]:
        """Scene, key, present value and values to try, of one camera; of the scenes that are named, if any is."""
        found = []
        named = {settings.scene.value for settings in _scenes_of(suite.clips)} & set(self._wish.only)
        for settings in _scenes_of(suite.clips):
            if named and settings.scene.value not in named:
                continue
            for key, field in tunable(settings).items():
                if key not in (self._wish.keys or DECISIVE):
                    continue
                present: Number = getattr(settings, key)
                values = (
                    sorted({*self._wish.values, present}) if self._wish.values else candidate_values(present, field)
                )
                found.append((settings.scene.value, key, present, values))
        return found


def tune(options: TuneOptions, console: Console) -> TuningResult:
    """Propose settings; shows its progress on the console.

    Raises:
        EdgeError: a suite, the verdicts, a model or an option cannot be used.
    """
    suite = load_suites(options.suites, options.only, options.recordings)
    _check_keys(options.keys, suite)
    verdicts = None if options.verdicts is None else read_verdicts(options.verdicts)
    first = variants_of([options.model] if options.model else [], [], suite, options.runtime)[0]
    unknown: list[str] = []
    with inference_memory(options.cache, use=True) as memory:
        tuner = Tuner(options, OpenedVariants(memory), console)
        outcome = tuner.play(suite, [first])
        suite, played = outcome.suite, outcome.played[first.name]
        if verdicts is not None:
            events = [raised(one.messages, one.start, one.end) for one in played]
            clips, unknown = judged_clips(suite.clips, events, verdicts)
            suite = Suite(suite.name, tuple(clips))
        before = tuner.cases(suite, played)
        tuned = tuner.tune(suite, first, before)
        proposals = _best(tuned)
        made = TuningResult(tuple(tuned), tuple(proposals), tuple(unknown), outcome.not_judged, before, before)
        if not proposals:
            return made
        proposed = other_settings(first, "proposed", made.overrides, "tune")
        after = tuner.cases(suite, tuner.play_again(suite, [proposed])["proposed"])
    return replace(made, after=after)


def _check_keys(keys: Sequence[str], suite: Suite) -> None:
    there = list(dict.fromkeys(key for settings in _scenes_of(suite.clips) for key in tunable(settings)))
    for key in keys:
        if key not in there:
            raise ConfigError(f"--key {key}: no scene of the suite has such a number; there are {', '.join(there)}")


def _scenes_of(clips: Sequence[SuiteClip]) -> list[SceneSettings]:
    """The settings of each scene, from the first clip that watches for it."""
    return list({settings.scene: settings for clip in reversed(clips) for settings in clip.scenes}.values())


def _override(camera: str, scene: str, key: str, value: Number) -> Overrides:
    return Overrides.model_validate({"cameras": {camera: {scene: {key: value}}}})


def _of(cases: Sequence[EventMatch], scene: str) -> list[EventMatch]:
    return [case for case in cases if case.place[0] == scene]


def _best(tuned: Sequence[Tuned]) -> list[Tuned]:
    """For each scene at each camera the key that helps most; of equals the one that changes least."""
    best: dict[tuple[str, str], tuple[float, float]] = {}
    found: dict[tuple[str, str], Tuned] = {}
    for one in tuned:
        if one.chosen is None:
            continue
        change = abs(one.chosen.value - one.present) / max(abs(one.present), 1e-9)
        rank, place = (float(one.chosen.faults), change), (one.camera, one.scene)
        if place not in best or rank < best[place]:
            best[place], found[place] = rank, one
    return list(found.values())
