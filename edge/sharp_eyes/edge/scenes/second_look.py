"""The second look at what is about to become an event: borne out, or refused, counted and handed on as a lesson."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.verification import Judgement, Verification
from sharp_eyes.edge.extract.verifier import Verifier
from sharp_eyes.edge.frame import Frame, Picture, Tracks
from sharp_eyes.edge.scenes.event_lifecycle import Condition
from sharp_eyes.edge.scenes.geometry import Rectangle

log = logging.getLogger(__name__)

NOTHING = "nothing"
"""How a refusal calls what is no class of the verifier's."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A candidate that became no event.

    Attributes:
        time: of the look, seconds since the Unix epoch.
        object_class: what the detector called it.
        likeliest: what it is most likely.
        probability: that it is what the detector called it, mean over the moments.
        box: where, in shares of the picture.
        crops: what was looked at, oldest first.
    """

    camera: str
    scene: SceneName
    zone: str
    time: float
    object_class: str
    likeliest: str
    probability: float
    box: Rectangle
    crops: tuple[Picture, ...]

    @property
    def reason(self) -> str:
        """Why, in words."""
        return f"called {self.object_class}, but most likely {self.likeliest} ({self.probability:.2f})"


class SecondLook:
    """Second looks at one camera. Not for several threads at once.

    Attributes:
        counts: refused candidates, by scene and what they are most likely.
        on_refused: is given each refused candidate once, with the frame of that look.
    """

    def __init__(self, camera: str, verifier: Callable[[], Verifier | None]) -> None:
        """``verifier`` gives the network of the gateway; None where there is none, and all is borne out."""
        self._camera = camera
        self._verification = Verification(verifier)
        self._frame: Frame | None = None
        self.counts: Counter[str] = Counter()
        self.on_refused: Callable[[Refused, Frame], None] | None = None

    def take(self, frame: Frame, tracks: Tracks) -> None:
        """Take in one look, before the scenes do."""
        self._frame = frame
        self._verification.take(frame, tracks)

    def bears_out(self, scene: SceneName, condition: Condition, again: bool) -> bool:
        """Whether a condition may become an event; ``again``: it was refused before, and is counted already."""
        try:
            judged = self._verification.judge(condition.object_class, condition.box)
        except ModelError as error:
            log.warning("%s, %s: cannot look a second time, so the event is raised: %s", self._camera, scene, error)
            return True
        if judged is None or not judged.refused:
            return True
        if not again:
            self._refuse(scene, condition, judged)
        return False

    def _refuse(self, scene: SceneName, condition: Condition, judged: Judgement) -> None:
        if self._frame is None or condition.box is None or condition.object_class is None:
            return
        likeliest = NOTHING if judged.likeliest == "none" else judged.likeliest
        self.counts[f"{scene}: second_look: {likeliest}"] += 1
        refused = Refused(
            self._camera,
            scene,
            condition.zone,
            self._frame.time,
            condition.object_class,
            likeliest,
            judged.probability,
            condition.box,
            judged.crops,
        )
        log.info("%s, %s, zone %s: no event: %s", self._camera, scene, condition.zone, refused.reason)
        if self.on_refused is not None:
            self.on_refused(refused, self._frame)
