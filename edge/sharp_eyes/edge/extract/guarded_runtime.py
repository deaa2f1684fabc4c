"""A network computed in a way that may fail or drift: a device, or less exactly. Then the exact way takes over."""

import logging
import time
from collections.abc import Callable

import numpy as np

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.detector_pipeline import DetectorPipeline
from sharp_eyes.edge.extract.heads.base import Array
from sharp_eyes.edge.extract.letterbox import Batch
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.parity import Parity, check, count_in, read_frame
from sharp_eyes.edge.extract.reference import Computing
from sharp_eyes.edge.extract.runtimes import Runtime

EXAMINE_EVERY = 60.0
"""Seconds between two reference pictures that are shown to it while it runs: one look in a minute."""

log = logging.getLogger(__name__)


class GuardedRuntime:
    """Computes as chosen until that fails, gives numbers that are none, or sees its reference pictures otherwise.

    For one thread at a time, like every runtime.

    Args:
        model: whose network it is.
        runtime: computes it as chosen.
        computing: how exactly that is.
        parity: how it agreed with the reference pictures at the start; None where there are none.
        way: what was chosen, in words.
        fall_back: opens the exact way on the processor.
        clock: monotonic seconds.

    Attributes:
        name: of the runtime that computes at present.
        fault: what happened and what computes since then; empty while all is well.
    """

    def __init__(
        self,
        model: Model,
        runtime: Runtime,
        computing: Computing,
        parity: Parity | None,
        way: str,
        fall_back: Callable[[], Runtime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = runtime.name
        self.fault = ""
        self._model = model
        self._runtime = runtime
        self._computing = computing
        self._at_start = parity.counts if parity is not None else ()
        self._way = way
        self._fall_back = fall_back
        self._clock = clock
        self._pipeline = DetectorPipeline(model.manifest)
        self._next_picture = 0
        self._examined = clock()

    def run(self, batch: Batch) -> list[Array]:
        """Compute the outputs of a batch; a look that fails here is done again by the exact way.

        Raises:
            ModelError: when that fails too.
        """
        if self.fault:
            return self._runtime.run(batch)
        wrong = ""
        try:
            outputs = self._runtime.run(batch)
            if not all(np.isfinite(output).all() for output in outputs):
                wrong = "gave values that are no numbers"
            elif self._at_start and self._clock() - self._examined >= EXAMINE_EVERY:
                wrong = self._examine()
        except ModelError as error:
            wrong = f"failed ({error})"
        if not wrong:
            return outputs
        self._give_up(wrong)
        return self._runtime.run(batch)

    def _examine(self) -> str:
        """Show it the next reference picture; '', or how it sees them now where that is not good enough any more."""
        self._examined = self._clock()
        number = self._next_picture
        self._next_picture = (number + 1) % len(self._at_start)
        picture = self._model.manifest.reference.pictures[number]
        try:
            frame = read_frame(self._model.folder / picture.file)
        except ModelError as error:
            log.warning("model %s: cannot be examined while it runs: %s", self._model.manifest.name, error)
            return ""
        found = self._pipeline.run(self._runtime, frame)
        tolerance = self._model.manifest.reference.tolerance(self._computing)
        _, matched, surplus = count_in(self._model, picture, found, self._pipeline.thresholds, tolerance)
        _, matched_then, surplus_then = self._at_start[number]
        if matched >= matched_then and surplus <= surplus_then:
            return ""
        parity = check(self._model, self._runtime, self._computing)
        return "" if parity.agrees else f"sees otherwise than at the start: {parity}"

    def _give_up(self, wrong: str) -> None:
        name = self._model.manifest.name
        runtime = self._fall_back()
        self._runtime = runtime
        self.fault = (
            f"model {name}: {self._way} {wrong}; computed by {runtime.name} on the processor until the next start"
        )
        log.error("%s", self.fault)
