"""道路积水: water stands on a good part of a road for longer than it should."""

from typing import Literal

import numpy as np
from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.scenes.base import Grades
from sharp_eyes.edge.scenes.reference.glance import Plane, Sample
from sharp_eyes.edge.scenes.reference.ponding import Weighing, agreeing, cues_of, mirroring, planes_of
from sharp_eyes.edge.scenes.reference.scene import ReferenceScene, ReferenceSettings
from sharp_eyes.edge.scenes.zones import Zone

WEIGHING = Weighing(-3.27, (6.23, 1.53, 1.05, 2.48, 0.30, 2.0))
"""From ``python -m scripts.train.ground.ponding --every 12``, in the order of ``ponding.CUES``; the bias lies 0.6 lower
than fitted, because a false alarm of a wet road costs more than a pond that is told somewhat smaller. The last weight,
of the whole picture, is set by hand: at its most it makes no water of a cell in which nothing else has changed."""


class WaterloggingSettings(ReferenceSettings):
    """Settings of a ponded road."""

    scene: Literal[SceneName.WATERLOGGING] = Field(SceneName.WATERLOGGING, title="Which scene")
    zones: tuple[Zone, ...] = Field(title="Roads, underpasses and yards", min_length=1)
    share: float = Field(0.2, title="Share of the zone that must be under water", gt=0, le=1)
    area: float | None = Field(100.0, title="Square metres from which it counts, too, with a calibration", gt=0, le=1e6)
    dwell: float = Field(300.0, title="Seconds of trusted looks for which the water must stand", gt=0, le=2_592_000)
    drift: float = Field(3.0, title="Days in which the reference follows slow change, such as repairs", gt=0, le=365)
    look_interval: float = Field(10.0, title="Seconds between two looks", ge=0.2, le=600)
    grace: float = Field(60.0, title="Seconds for which a look may miss it", ge=0, le=7200)
    clear_after: float = Field(300.0, title="Seconds it must have run off before the event closes", ge=0, le=86_400)
    update_interval: float = Field(1800.0, title="Seconds between updates of an open event", ge=1, le=86_400)
    confidence: float = Field(0.45, title="How sure the segmenter must be of the zone in a trusted look", ge=0, lt=1)
    grades: Grades = Field(Grades(serious=0.4, major=0.8), title="Grades by the share of the zone")
    area_grades: Grades = Field(Grades(serious=200, major=1000), title="Grades by square metres, with a calibration")


class Waterlogging(ReferenceScene[WaterloggingSettings]):
    """One event for each time that a road is ponded. A wet road, a shadow and lamps in a wet road are none."""

    name = SceneName.WATERLOGGING
    settings_type = WaterloggingSettings
    class_note = "water"
    by_night = True
    inertia = 0.5
    caution = 2.0

    @override
    def planes(self, sample: Sample) -> dict[str, Plane]:
        return planes_of(sample)

    @override
    def evidence(self, reference: dict[str, Plane], sample: Sample, dark: bool) -> Plane:
        cues = cues_of(reference, sample)
        if dark:
            return np.asarray(np.maximum(mirroring(cues), agreeing(cues)), np.float32)
        return WEIGHING.probability(cues)
