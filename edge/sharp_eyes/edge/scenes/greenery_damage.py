"""绿化带破损: in a green belt, the share without plants has grown against its reference, and stays."""

from typing import Literal

import cv2
import numpy as np
from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.scenes.base import Grades
from sharp_eyes.edge.scenes.reference.glance import Plane, Sample
from sharp_eyes.edge.scenes.reference.scene import ReferenceScene, ReferenceSettings
from sharp_eyes.edge.scenes.zones import Zone

GREEN = "green"
TINT = "tint"

_LOST, _ALL_LOST = 0.2, 0.6
"""Loss of the probability of plants that says nothing, and that says all."""
_PALER, _BARE = 0.0, 0.04
"""Loss of green tint, against the zone's own, that says nothing, and that says all."""


class GreeneryDamageSettings(ReferenceSettings):
    """Settings of damaged greenery."""

    scene: Literal[SceneName.GREENERY_DAMAGE] = Field(SceneName.GREENERY_DAMAGE, title="Which scene")
    zones: tuple[Zone, ...] = Field(title="Green belts, lawns and beds", min_length=1)
    share: float = Field(0.05, title="Share of the belt that must have lost its plants", gt=0, le=1)
    dwell: float = Field(1800.0, title="Seconds of trusted looks for which it must stay so", gt=0, le=2_592_000)
    drift: float = Field(4.0, title="Days in which the reference follows slow change, such as leaf fall", gt=0, le=365)
    look_interval: float = Field(60.0, title="Seconds between two looks", ge=0.2, le=600)
    grace: float = Field(180.0, title="Seconds for which a look may miss it", ge=0, le=7200)
    clear_after: float = Field(1800.0, title="Seconds it must be whole again before the event closes", ge=0, le=86_400)
    update_interval: float = Field(21_600.0, title="Seconds between updates of an open event", ge=1, le=86_400)
    grades: Grades = Field(Grades(serious=0.15, major=0.4), title="Grades by the share of the belt")
    area_grades: Grades = Field(Grades(serious=10, major=50), title="Grades by square metres, with a calibration")


class GreeneryDamage(ReferenceScene[GreeneryDamageSettings]):
    """One event for each time that a belt is damaged.

    A cell is damaged where the segmenter saw plants before and sees bare ground now, and the green has gone out of
    its colour, too. A shadow changes neither.
    """

    name = SceneName.GREENERY_DAMAGE
    settings_type = GreeneryDamageSettings
    class_note = "vegetation"

    @override
    def planes(self, sample: Sample) -> dict[str, Plane]:
        return {GREEN: sample.classes["vegetation"], TINT: _tint(sample.colours)}

    @override
    def evidence(self, reference: dict[str, Plane], sample: Sample, dark: bool) -> Plane:
        del dark
        now = self.planes(sample)
        lost = _ramp(reference[GREEN] - now[GREEN], _LOST, _ALL_LOST)
        # Light moves the tint of the whole zone; damage that of a part against the rest.
        plants = (now[GREEN] > 0.5) & (reference[GREEN] > 0.5) & ~sample.unknown
        common = float(np.median((now[TINT] - reference[TINT])[plants])) if plants.sum() > 20 else 0.0
        paler = _ramp(reference[TINT] + common - now[TINT], _PALER, _BARE)
        return np.asarray(lost * (0.3 + 0.7 * paler), np.float32)


def _tint(colours: Plane) -> Plane:
    """Share of green in a cell's light above the mean of red and blue; a shadow leaves it nearly as it is."""
    soft = cv2.GaussianBlur(colours, (0, 0), 0.8)
    total = np.maximum(soft.sum(axis=2), 1.0)
    return np.asarray((soft[..., 1] - (soft[..., 0] + soft[..., 2]) / 2) / total, np.float32)


def _ramp(values: Plane, low: float, high: float) -> Plane:
    """0 up to ``low``, 1 from ``high`` on."""
    return np.asarray(np.clip((values - low) / (high - low), 0, 1), np.float32)
