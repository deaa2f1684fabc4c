"""Masks one camera's pictures: which subjects, in which kind of evidence, and where they are."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.privacy.faces import FaceFinder
from sharp_eyes.edge.privacy.painting import Region, paint_areas, paint_regions, painted
from sharp_eyes.edge.privacy.regions import PEOPLE, VEHICLES, regions_of
from sharp_eyes.edge.privacy_settings import Leaving, PrivacySettings, Subject

_KINDS: tuple[Leaving, ...] = ("full", "crop", "before", "after", "clip", "snapshot")


class Masker:
    """What is masked at one camera. Safe to use from several threads.

    A mask that cannot be made (the network fails) is an error, and the picture stays on the gateway.

    Raises:
        ConfigError: no model finds the people or vehicles that are to be masked.
        ModelError: a network cannot be opened.
    """

    def __init__(self, camera: str, settings: PrivacySettings, detectors: Detectors) -> None:
        self.settings = settings
        self._blind = [area.polygon for area in settings.never_watch]
        self._areas = [area.polygon for area in settings.areas]
        self._detectors = detectors
        self._name = f"{camera}/privacy"
        wanted = frozenset(subject for kind in _KINDS for subject in settings.hidden_in(kind))
        classes = (PEOPLE if "heads" in wanted else ()) + (VEHICLES if "plates" in wanted else ())
        if missing := sorted(set(classes) - set(detectors.classes)):
            raise ConfigError(
                f"camera {camera}, privacy.hide: no model finds {', '.join(missing)}; leave out heads or plates, "
                "or use the bundled detector"
            )
        if classes:
            detectors.serve(self._name, classes)
        self._faces = FaceFinder.open() if "faces" in wanted else None

    def watched(self, frame: Frame) -> Frame:
        """The frame as detectors and scenes may see it."""
        return painted(frame, lambda picture: paint_areas(picture, self._blind)) if self._blind else frame

    def hides(self, kind: Leaving) -> bool:
        """Whether anything is masked in this kind, beyond what nobody looks at anyway."""
        return bool(self.settings.hidden_in(kind))

    def changes(self, kind: Leaving) -> bool:
        """Whether the camera's own packets may not leave as this kind."""
        return bool(self._blind) or self.hides(kind)

    def masked(self, frame: Frame, kind: Leaving) -> Frame:
        """The (watched) frame as it may leave; its people and vehicles are looked for when its pixels are asked for."""
        hidden = self.settings.hidden_in(kind)
        if not hidden:
            return frame
        regions = cache(lambda: self.regions(frame, hidden))
        return painted(frame, lambda picture: self.paint(picture, kind, regions()))

    def regions(self, frame: Frame, hidden: frozenset[Subject]) -> list[Region]:
        """Where heads, plates and faces are.

        Raises:
            ModelError: a network fails.
        """
        found: list[Region] = []
        if hidden & {"heads", "plates"}:
            seen = self._detectors.detect([replace(frame, camera=self._name)])[0]
            found += regions_of(seen, frame.width, frame.height, hidden)
        if "faces" in hidden and self._faces is not None:
            found += self._faces.find(frame)
        return found

    def paint(self, picture: Picture, kind: Leaving, regions: Sequence[Region]) -> None:
        """Mask a picture in place: what nobody looks at, drawn areas, and these regions."""
        paint_areas(picture, self._blind)
        if "areas" in self.settings.hidden_in(kind):
            paint_areas(picture, self._areas)
        paint_regions(picture, regions)
