"""Trials of changed settings: asked of a gateway, and what it answered. In memory: worth nothing later."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from sharp_eyes.contract.trial import TrialReport

TERM = 900.0
"""Seconds for which a trial is remembered."""
MOST = 200


@dataclass(slots=True)
class Trial:
    """One trial; ``report`` is None until its gateway has answered."""

    gateway: str
    camera: str
    begun: float
    report: TrialReport | None = None


class Trials:
    """What was asked, and what came back. Safe to use from many threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._trials: dict[UUID, Trial] = {}
        self._lock = threading.Lock()

    def begin(self, gateway: str, camera: str) -> UUID:
        """Remember that something is asked; the oldest is forgotten where there are too many."""
        now = self._monotonic()
        identity = uuid4()
        with self._lock:
            young = {one: trial for one, trial in self._trials.items() if now - trial.begun < TERM}
            self._trials = dict(list(young.items())[1 - MOST :]) | {identity: Trial(gateway, camera, now)}
        return identity

    def answer(self, gateway: str, report: TrialReport) -> None:
        """Keep what a gateway says to a trial that was asked of it; what nobody waits for is dropped."""
        with self._lock:
            trial = self._trials.get(report.trial_id)
            if trial is not None and (trial.gateway, trial.camera) == (gateway, report.camera):
                trial.report = report

    def find(self, gateway: str, camera: str, identity: UUID) -> Trial | None:
        """The trial of this camera, as it stands."""
        with self._lock:
            trial = self._trials.get(identity)
        return trial if trial is not None and (trial.gateway, trial.camera) == (gateway, camera) else None
