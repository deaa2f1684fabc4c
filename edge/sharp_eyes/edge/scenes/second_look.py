"""The second look at what is about to become an event: borne out, or refused, counted and handed on as a lesson."""

import logging
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.verification import Judgement, Verification
from sharp_eyes.edge.extract.verifier import LooksCloser
from sharp_eyes.edge.frame import Frame, Tracks
from sharp_eyes.edge.scenes.event_lifecycle import Condition
from sharp_eyes.edge.scenes.geometry import Rectangle

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refused:
    """A candidate that became no event.

    Attributes:
        time: of the look, seconds since the Unix epoch.
        box: where, in shares of the picture.
        object_class: what the detector called it.
        score: mean of the closer looks.
        likeliest: what it is most likely.
    """

    camera: str
    scene: SceneName
    zone: str
    time: float
    box: Rectangle
    object_class: str
    score: float
    likeliest: str

    @property
    def reason(self) -> str:
        """Why, in words."""
        return f"called {self.object_class}, from nearer by {self.score:.2f}; most likely {self.likeliest}"


class SecondLook:
    """Second looks at one camera. Not for several threads at once.

    Attributes:
        counts: refused candidates, by scene and what they are most likely.
        on_refused: is given each refused candidate once, with the frame of that look.
    """

    def __init__(self, camera: str, detectors: LooksCloser) -> None:
        self._camera = camera
        self._detectors = detectors
        self._serves = False
        self._verification = Verification(detectors)
        self._frame: Frame | None = None
        self.counts: Counter[str] = Counter()
        self.on_refused: Callable[[Refused, Frame], None] | None = None

    def serve(self, classes: Collection[str]) -> None:
        """Keep moments from now on, if any of the classes that the camera's scenes need is looked at a second time."""
        self._serves = any(self._detectors.limit_of(name) is not None for name in classes)

    def take(self, frame: Frame, tracks: Tracks) -> None:
        """Take in one look, before the scenes do."""
        self._frame = frame
        if self._serves:
            self._verification.take(frame, tracks)

    def bears_out(self, scene: SceneName, condition: Condition, again: bool) -> bool | None:
        """Whether a condition may become an event; None: not judged in this look, ask at the next.

        ``again``: it was refused before, and is counted already.
        """
        box, name = condition.box, condition.object_class
        if box is None or name is None or self._detectors.limit_of(name) is None:
            return True
        if self._verification.spent:
            return None
        try:
            judged = self._verification.judge(name, box)
        except ModelError as error:
            log.warning("%s, %s: cannot look a second time, so the event is raised: %s", self._camera, scene, error)
            return True
        if judged is None or not judged.refused:
            return True
        if not again and self._frame is not None:
            self._refuse(scene, condition.zone, name, box, judged, self._frame)
        return False

    def _refuse(self, scene: SceneName, zone: str, name: str, box: Rectangle, judged: Judgement, frame: Frame) -> None:
        self.counts[f"{scene}: second_look: {judged.likeliest}"] += 1
        refused = Refused(self._camera, scene, zone, frame.time, box, name, judged.score, judged.likeliest)
        log.info("%s, %s, zone %s: no event: %s", self._camera, scene, zone, refused.reason)
        if self.on_refused is not None:
            self.on_refused(refused, frame)
