"""Chooses how a network is computed: the fastest way that sees on this machine what it is to see.

Nothing is kept from one start to the next: another processor, driver or package may answer otherwise.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.backends import Backend, backends, disagreement, dummy, dummy_frame
from sharp_eyes.edge.extract.detector_pipeline import DetectorPipeline
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.parity import Parity, check
from sharp_eyes.edge.extract.runtimes import Runtime
from sharp_eyes.edge.settings import ModelSettings

log = logging.getLogger(__name__)

MARGIN = 0.95
"""Another runtime must need less than this share of the time, so that noise does not decide."""
MARGIN_REDUCED = 0.85
"""… and a less exact one less than this: it must be worth what it loses."""
ROUNDS = 10
LONGEST_TIMING = 3.0


@dataclass(slots=True)
class BackendTrial:
    """One way, tried on this machine.

    Attributes:
        way: runtime and precision.
        wanted: whether the settings let it be used.
        runtime: the opened network; ``None`` where it could not be opened.
        parity: how it agrees with the reference inputs; ``None`` where there are none.
        problem: why it must not be used; empty where it may.
        seconds: median of a whole look, where it was timed.
        used: whether it was chosen.
    """

    way: Backend
    wanted: bool
    runtime: Runtime | None = None
    parity: Parity | None = None
    problem: str = ""
    seconds: float | None = None
    used: bool = False

    @property
    def verdict(self) -> str:
        """'used', or why not."""
        if self.used:
            return f"used, although it {self.problem}" if self.problem else "used"
        if self.problem:
            return f"not used: it {self.problem}"
        return "not used: not enough faster" if self.wanted else "not used: the settings name another"


def open_runtime(model: Model, settings: ModelSettings) -> Runtime:
    """Open the network in the fastest way that the settings allow and that agrees with the reference inputs.

    One line in the log says what was measured and chosen.

    Raises:
        ModelError: when the network cannot be read, its outputs are not what the manifest says, or what the
            settings name must not be used on this machine.
    """
    trials = try_backends(model, settings)
    for trial in trials:
        if trial.wanted and trial.problem:
            log.warning("model %s: %s: %s", model.manifest.name, trial.way, trial.verdict)
    chosen = next((trial for trial in trials if trial.used), None)
    if chosen is None or chosen.runtime is None:
        raise ModelError(f"{model.file}: {_nothing_fits(model, settings, trials)}")
    timed = [f"{trial.way} {trial.seconds * 1e3:.1f} ms" for trial in trials if trial.seconds is not None]
    if timed:
        log.info("model %s: a look takes %s; using %s", model.manifest.name, ", ".join(timed), chosen.way)
    return chosen.runtime


def try_backends(model: Model, settings: ModelSettings, *, everything: bool = False) -> list[BackendTrial]:
    """Try the ways that the settings allow, or all there are, and mark the one to use.

    Raises:
        ModelError: when the first way, with which the others are compared, cannot be opened.
    """
    all_backends = backends(model.manifest)
    trials = [BackendTrial(way, _wanted(way, all_backends[0], settings)) for way in all_backends]
    tried = [trial for trial in trials if trial.wanted or everything]
    if len(tried) == 1 and tried[0].way == all_backends[0]:
        tried[0].runtime, tried[0].used = all_backends[0].open(model, settings.threads), True
        return trials
    for trial in tried:
        _try(trial, all_backends[0], tried, model, settings.threads)
    may = [trial for trial in tried if not trial.problem]
    if everything or len(may) > 1:
        _time_in_turn([trial for trial in tried if trial.runtime is not None], model)
    _choose(tried, all_backends[0])
    return trials


def _wanted(way: Backend, base: Backend, settings: ModelSettings) -> bool:
    runtime = settings.runtime in ("auto", way.runtime)
    if settings.precision == "fp32":
        return runtime and way.computing == base.computing
    return runtime and settings.precision in ("auto", way.computing)


def _try(trial: BackendTrial, base: Backend, tried: Sequence[BackendTrial], model: Model, threads: int) -> None:
    try:
        trial.runtime = trial.way.open(model, threads)
        if model.manifest.reference.pictures:
            trial.parity = check(model, trial.runtime, trial.way.computing)
            if not trial.parity.agrees:
                trial.problem = f"disagrees with the manifest: {trial.parity}"
        elif trial.way.computing != base.computing:
            trial.problem = "cannot be checked: the model has no reference inputs"
        elif trial.way != base and tried[0].way == base and tried[0].runtime is not None:
            outputs = [each.run(dummy(model.manifest)) for each in (tried[0].runtime, trial.runtime)]
            differs = disagreement(model.manifest, *outputs)
            trial.problem = f"differs from {base}: {differs}" if differs else ""
    except ModelError as error:
        if trial.way == base:
            raise
        trial.runtime, trial.problem = None, f"fails: {error}"


def _choose(tried: Sequence[BackendTrial], base: Backend) -> None:
    """Mark the fastest one; each must beat the more exact ones before it by a margin."""
    best: BackendTrial | None = None
    for trial in tried:
        if trial.problem or not trial.wanted:
            continue
        margin = MARGIN if trial.way.computing == base.computing else MARGIN_REDUCED
        if best is None or (trial.seconds or 0.0) < margin * (best.seconds or 0.0):
            best = trial
    if best is None:
        # Better the network as it is, with a warning, than no eyes at all.
        best = next((trial for trial in tried if trial.way == base and trial.wanted), None)
    if best is not None:
        best.used = True


def _time_in_turn(trials: Sequence[BackendTrial], model: Model) -> None:
    """Median seconds of a look; in turn, so that other load on the machine hits all."""
    pipeline, frame = DetectorPipeline(model.manifest), dummy_frame()
    spent: list[list[float]] = [[] for _ in trials]
    end = time.perf_counter() + LONGEST_TIMING
    for done in range(ROUNDS):
        if done >= 3 and time.perf_counter() > end:
            break
        for trial, seconds in zip(trials, spent, strict=True):
            if trial.runtime is None:
                continue
            start = time.perf_counter()
            pipeline.run(trial.runtime, frame)
            seconds.append(time.perf_counter() - start)
    for trial, seconds in zip(trials, spent, strict=True):
        trial.seconds = float(np.median(seconds))


def _nothing_fits(model: Model, settings: ModelSettings, trials: Sequence[BackendTrial]) -> str:
    asked = f"model.runtime {settings.runtime} with model.precision {settings.precision}"
    refused = [f"{trial.way} {trial.problem}" for trial in trials if trial.wanted]
    if refused:
        return f"{asked} is not used on this machine: {'; '.join(refused)}; set both to 'auto'"
    there = ", ".join(str(trial.way) for trial in trials)
    return f"{asked} is not possible on this machine with model {model.manifest.name}; there is: {there}"
