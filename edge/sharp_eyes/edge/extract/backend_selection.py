"""Chooses how a network is computed: the way that takes least of the processor and sees what it is to see.

Processor time decides, not the clock: the cameras' decoders want the same cores, and other load hardly changes it.
What was chosen is kept until model, packages, machine or settings change (``kept_choices``); that it sees what it is to
see is proved at every start.
"""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.status import ModelParity
from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.backends import Backend, backends, disagreement, dummy, dummy_frame
from sharp_eyes.edge.extract.detector_pipeline import DetectorPipeline
from sharp_eyes.edge.extract.guarded_runtime import GuardedRuntime
from sharp_eyes.edge.extract.kept_choices import KeptChoices
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.parity import Parity, check
from sharp_eyes.edge.extract.runtimes import Runtime
from sharp_eyes.edge.settings import ModelSettings

log = logging.getLogger(__name__)

MARGIN = 0.95
"""Another runtime must need less than this share of the processor time, so that noise does not decide."""
MARGIN_REDUCED = 0.85
"""… and a less exact one less than this: it must be worth what it loses."""
SLOWEST = 3.0
"""A device may take so many times as long as the quickest way by the clock; one look at a time serves all cameras."""
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
        seconds: median of a whole look by the clock, where it was timed.
        processor: seconds of the processor, of all threads together, that a look takes; the least of several.
        used: whether it was chosen.
        slow: whether it is a device that takes too long by the clock.
        checked_at: when it was compared with the reference inputs; None while it was not.
    """

    way: Backend
    wanted: bool
    runtime: Runtime | None = None
    parity: Parity | None = None
    problem: str = ""
    seconds: float | None = None
    processor: float | None = None
    used: bool = False
    slow: bool = False
    checked_at: datetime | None = None

    @property
    def measured(self) -> ModelParity | None:
        """How it agrees with the reference inputs, as the hub is told."""
        if self.parity is None or self.checked_at is None:
            return None
        return ModelParity(
            agrees=self.parity.agrees,
            share=round(self.parity.share, 4),
            wanted=self.parity.wanted,
            measured_at=self.checked_at,
        )

    @property
    def verdict(self) -> str:
        """'used', or why not."""
        if self.used:
            return f"used, although it {self.problem}" if self.problem else "used"
        if self.problem:
            return f"not used: it {self.problem}"
        if not self.wanted:
            return "not used: the settings name another"
        return "not used: it takes too long" if self.slow else "not used: not enough cheaper"


def open_runtime(model: Model, settings: ModelSettings, kept: KeptChoices | None = None) -> Runtime:
    """Open the network in the cheapest way that the settings allow and that agrees with the reference inputs.

    One line in the log says what was measured and chosen. ``kept``: what was chosen at an earlier start, and where this
    choice goes. A way other than the most exact one on the processor is watched while it runs.

    Raises:
        ModelError: when the network cannot be read, its outputs are not what the manifest says, or what the
            settings name must not be used on this machine.
    """
    return _guarded(_chosen(model, settings, kept), model, settings)


@dataclass(frozen=True, slots=True)
class Opened:
    """A network that was opened.

    Attributes:
        runtime: computes it.
        again: opens it once more for another thread in the way that was chosen; None: a device, which is opened once.
        way: the way that was chosen.
        parity: how that agrees with the reference inputs; None where it was not measured.
    """

    runtime: Runtime
    again: Callable[[], Runtime] | None
    way: Backend
    parity: ModelParity | None


def open_runtimes(model: Model, settings: ModelSettings, kept: KeptChoices | None) -> Opened:
    """The same, with what is known of the way that was chosen, and for several threads.

    Raises:
        ModelError: as :func:`open_runtime`.
    """
    chosen = _chosen(model, settings, kept)

    def again() -> Runtime:
        runtime = chosen.way.open(model, settings.threads)
        return _guarded(BackendTrial(chosen.way, True, runtime, chosen.parity), model, settings)

    runtime = _guarded(chosen, model, settings)
    return Opened(runtime, again if chosen.way.device == "cpu" else None, chosen.way, chosen.measured)


def _chosen(model: Model, settings: ModelSettings, kept: KeptChoices | None) -> BackendTrial:
    """The way that was kept, or else the cheapest one, open."""
    if kept is not None and (trial := _as_kept(model, settings, kept)) is not None:
        return trial
    trials = try_backends(model, settings, kept=kept)
    for trial in trials:
        if trial.wanted and trial.problem:
            log.warning("model %s: %s: %s", model.manifest.name, trial.way, trial.verdict)
    chosen = next((trial for trial in trials if trial.used), None)
    if chosen is None or chosen.runtime is None:
        raise ModelError(f"{model.file}: {_nothing_fits(model, settings, trials)}")
    timed = {str(trial.way): f"{trial.processor * 1e3:.1f} ms" for trial in trials if trial.processor is not None}
    if timed:
        said = ", ".join(f"{way} {spent}" for way, spent in timed.items())
        log.info("model %s: a look takes of the processor: %s; using %s", model.manifest.name, said, chosen.way)
        if kept is not None:
            kept.keep(model, settings, chosen.way, timed)
    return chosen


def try_backends(
    model: Model, settings: ModelSettings, *, everything: bool = False, kept: KeptChoices | None = None
) -> list[BackendTrial]:
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
        if kept is not None and kept.broke_off(model, settings, trial.way):
            trial.problem = f"ended the program when it was tried; to try it again, delete {kept.file}"
            continue
        with nullcontext() if kept is None else kept.trying(model, settings, trial.way):
            _try(trial, tried[0] if tried[0].way == all_backends[0] else None, model, settings, kept)
    may = [trial for trial in tried if not trial.problem]
    if everything or len(may) > 1:
        _time_in_turn([trial for trial in tried if trial.runtime is not None], model)
    _choose(tried, all_backends[0])
    return trials


def _as_kept(model: Model, settings: ModelSettings, kept: KeptChoices) -> BackendTrial | None:
    """The network as it was chosen at an earlier start, if that still holds and still sees what it is to see."""
    found = kept.way(model, settings)
    if found is None:
        return None
    ways = backends(model.manifest)
    name, since = found
    way = next((way for way in ways if str(way) == name and _wanted(way, ways[0], settings)), None)
    if way is None:
        return None
    base, trial = BackendTrial(ways[0], True), BackendTrial(way, True)
    if not model.manifest.reference.pictures and way != ways[0]:
        base.runtime = ways[0].open(model, settings.threads)
    with kept.trying(model, settings, way):
        _try(trial, base, model, settings, kept)
    if trial.problem or trial.runtime is None:
        log.warning(
            "model %s: %s, chosen on %s, %s; all ways are tried anew", *(model.manifest.name, way, since, trial.problem)
        )
        return None
    log.info("model %s: using %s, chosen on %s", model.manifest.name, way, since)
    return trial


def _guarded(chosen: BackendTrial, model: Model, settings: ModelSettings) -> Runtime:
    """The runtime, watched while it runs where there is a safer way to go back to."""
    base = backends(model.manifest)[0]
    assert chosen.runtime is not None
    if chosen.way == base:
        return chosen.runtime

    def fall_back() -> Runtime:
        return base.open(model, settings.threads)

    return GuardedRuntime(model, chosen.runtime, chosen.way.computing, chosen.parity, str(chosen.way), fall_back)


def _wanted(way: Backend, base: Backend, settings: ModelSettings) -> bool:
    allowed = settings.runtime in ("auto", way.runtime)
    # Compiling an engine takes TensorRT minutes, so it is tried where somebody asked for it.
    allowed &= settings.device == way.device or (settings.device == "auto" and way.device != "tensorrt")
    if settings.precision == "fp32":
        return allowed and way.computing == base.computing
    return allowed and settings.precision in ("auto", way.computing)


def _try(
    trial: BackendTrial, first: BackendTrial | None, model: Model, settings: ModelSettings, kept: KeptChoices | None
) -> None:
    """Open a way and see whether it agrees with the reference inputs; ``first``: the most exact one, if it is open."""
    base = backends(model.manifest)[0]
    try:
        trial.runtime = trial.way.open(model, settings.threads, None if kept is None else kept.folder)
        if model.manifest.reference.pictures:
            trial.parity = check(model, trial.runtime, trial.way.computing)
            trial.checked_at = datetime.now(UTC)
            if not trial.parity.agrees:
                trial.problem = f"disagrees with the manifest: {trial.parity}"
        elif trial.way.computing != base.computing:
            trial.problem = "cannot be checked: the model has no reference inputs"
        elif trial.way != base and first is not None and first.runtime is not None:
            outputs = [each.run(dummy(model.manifest)) for each in (first.runtime, trial.runtime)]
            differs = disagreement(model.manifest, *outputs)
            trial.problem = f"differs from {base}: {differs}" if differs else ""
    except ModelError as error:
        if trial.way == base:
            raise
        trial.runtime, trial.problem = None, f"fails: {error}"


def _choose(tried: Sequence[BackendTrial], base: Backend) -> None:
    """Mark the cheapest one; each must beat the more exact ones before it by a margin."""
    best: BackendTrial | None = None
    usable = [trial for trial in tried if trial.wanted and not trial.problem]
    quickest = min((trial.seconds for trial in usable if trial.seconds is not None), default=0.0)
    for trial in usable:
        trial.slow = trial.way.device != "cpu" and (trial.seconds or 0.0) > SLOWEST * quickest
        if trial.slow:
            continue
        margin = MARGIN if trial.way.computing == base.computing else MARGIN_REDUCED
        if best is None or (trial.processor or 0.0) < margin * (best.processor or 0.0):
            best = trial
    if best is None:
        # Better the network as it is, with a warning, than no eyes at all.
        best = next((trial for trial in tried if trial.way == base and trial.wanted), None)
    if best is not None:
        best.used = True


def _time_in_turn(trials: Sequence[BackendTrial], model: Model) -> None:
    """Seconds of a look, on the clock and on the processor; in turn, so that other load on the machine hits all."""
    pipeline, frame = DetectorPipeline(model.manifest), dummy_frame()
    spent: list[list[tuple[float, float]]] = [[] for _ in trials]
    end = time.perf_counter() + LONGEST_TIMING
    for done in range(ROUNDS):
        if done >= 3 and time.perf_counter() > end:
            break
        for trial, seconds in zip(trials, spent, strict=True):
            if trial.runtime is None:
                continue
            start, worked = time.perf_counter(), time.process_time()
            pipeline.run(trial.runtime, frame)
            seconds.append((time.perf_counter() - start, time.process_time() - worked))
    for trial, seconds in zip(trials, spent, strict=True):
        trial.seconds = float(np.median([clock for clock, _ in seconds]))
        # Whatever else runs in this process adds to it, so the least is the nearest.
        trial.processor = min(worked for _, worked in seconds)


def _nothing_fits(model: Model, settings: ModelSettings, trials: Sequence[BackendTrial]) -> str:
    asked = f"model.runtime {settings.runtime} with model.precision {settings.precision}"
    asked += f" on model.device {settings.device}" if settings.device != "auto" else ""
    refused = [f"{trial.way} {trial.problem}" for trial in trials if trial.wanted]
    if refused:
        return f"{asked} is not used on this machine: {'; '.join(refused)}; set both to 'auto'"
    there = ", ".join(str(trial.way) for trial in trials)
    return f"{asked} is not possible on this machine with model {model.manifest.name}; there is: {there}"
