"""Whether the camera still looks at the place that its reference was learnt from.

Edges of what stands fixed (houses, kerbs, poles) are compared, because they survive a change of light. A shift is
found by phase correlation of the two edge pictures (Kuglin and Hines, 1975).
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.frame import Picture

Edges = npt.NDArray[np.float32]

_WIDTH = 160
_SHIFT = 0.012  # of the picture's width, up to which the view is the same (wind moves poles)
_PEAK = 0.12  # height of the correlation's peak from which a shift is believed
_ALIKE = 0.4  # correlation of the softened edges from which the place is recognised


@dataclass(frozen=True, slots=True)
class Placing:
    """How a view lies to its reference.

    Attributes:
        shift: to the right and down, in shares of the picture's width.
        peak: height of the correlation's peak at that shift.
        alike: correlation of the edges where they stand, -1 to 1.
    """

    shift: tuple[float, float]
    peak: float
    alike: float

    @property
    def same(self) -> bool:
        """Whether it is the reference's view."""
        return float(np.hypot(*self.shift)) <= _SHIFT if self.believed else self.alike >= _ALIKE

    @property
    def moved(self) -> bool:
        """Whether it shows the place, but from another angle."""
        return not self.same and self.believed

    @property
    def believed(self) -> bool:
        """Whether the shift is more than chance."""
        return self.peak >= _PEAK


def edges_of(picture: Picture) -> Edges:
    """Strength of the edges at 160 pixels across, strong ones no stronger than common ones."""
    height = max(round(_WIDTH * picture.shape[0] / picture.shape[1]), 2)
    small = cv2.resize(picture, (_WIDTH, height), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    strength = np.hypot(across, down)
    limit = 2 * float(strength.mean()) + 1e-3
    return np.asarray(np.minimum(strength, limit) / limit, np.float32)


def placing(reference: Edges, now: Edges) -> Placing:
    """Compare two edge pictures of the same size."""
    window = cv2.createHanningWindow((now.shape[1], now.shape[0]), cv2.CV_32F)
    (dx, dy), peak = cv2.phaseCorrelate(reference * window, now * window)
    soft = [cv2.GaussianBlur(edges, (0, 0), 1.2) for edges in (reference, now)]
    alike = float(np.corrcoef(soft[0].ravel(), soft[1].ravel())[0, 1])
    width = now.shape[1]
    return Placing((dx / width, dy / width), float(peak), 0.0 if np.isnan(alike) else alike)


def placing_in(reference: Edges | None, picture: Picture) -> Placing | None:
    """How the camera stands now to the reference's picture; None before there is one, or where the size is another."""
    if reference is None:
        return None
    now = edges_of(picture)
    return placing(reference, now) if now.shape == reference.shape else None
