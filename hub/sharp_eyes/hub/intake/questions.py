"""Questions that somebody waits for: what was asked of a gateway, and what it answered. In memory: worthless later."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID, uuid4

from sharp_eyes.hub.errors import RequestError

Report = TypeVar("Report")

TERM = 900.0
"""Seconds for which a question is remembered."""
MOST, MOST_OPEN = 40, 8
"""Questions of one gateway that are remembered, and that wait for its answer: it gives them one after the other."""


@dataclass(slots=True)
class Question(Generic[Report]):
    """One question; ``report`` is None until its gateway has answered.

    Attributes:
        camera: which it is about; empty where it is about none.
        by: who asks.
        version: of the camera's settings that it would make; None where it makes none.
    """

    gateway: str
    camera: str
    begun: float
    by: str = ""
    version: int | None = None
    report: Report | None = None


class Questions(Generic[Report]):
    """What was asked, and what came back. Safe to use from many threads."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._questions: dict[UUID, Question[Report]] = {}
        self._lock = threading.Lock()

    def begin(self, gateway: str, camera: str = "", by: str = "", version: int | None = None) -> UUID:
        """Remember that something is asked; the gateway's oldest is forgotten where there are too many.

        Raises:
            RequestError: 429 too many wait for this gateway; those of others are not touched.
        """
        now = self._monotonic()
        identity = uuid4()
        with self._lock:
            young = {one: known for one, known in self._questions.items() if now - known.begun < TERM}
            theirs = [one for one, known in young.items() if known.gateway == gateway]
            if sum(young[one].report is None for one in theirs) >= MOST_OPEN:
                raise RequestError(
                    429, "too_many_questions", f"{MOST_OPEN} questions wait for gateway {gateway}; ask when it answered"
                )
            for one in theirs[: len(theirs) + 1 - MOST]:
                del young[one]
            self._questions = young | {identity: Question[Report](gateway, camera, now, by, version)}
        return identity

    def answer(
        self, gateway: str, identity: UUID, report: Report, camera: str | None = None
    ) -> Question[Report] | None:
        """Keep what a gateway says to what was asked of it.

        Args:
            camera: of which the answer is, where it says so.

        Returns:
            The question; None where nobody waits for it, or it was of another gateway or camera.
        """
        with self._lock:
            known = self._questions.get(identity)
            if known is None or known.gateway != gateway or camera not in (None, known.camera):
                return None
            known.report = report
            return known

    def find(self, gateway: str, identity: UUID) -> Question[Report] | None:
        """The question to this gateway, as it stands."""
        with self._lock:
            known = self._questions.get(identity)
        return known if known is not None and known.gateway == gateway else None
