"""What the hub is told of a network that is computed."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import RunningModel
from sharp_eyes.edge.extract.detector import Detector
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.segmenter import Segmenter


@dataclass(frozen=True, slots=True)
class Need:
    """What a scene of a camera needs to be seen.

    Attributes:
        scene: its name.
        classes: what is to be found for it.
        ground: whether it needs the ground segmented.
    """

    scene: SceneName
    classes: Collection[str]
    ground: bool


def running_model(model: Model, computed: object, scenes: Iterable[SceneName]) -> RunningModel:
    """Describe a network: which file of it is computed, how, and whether it then sees what it is to see."""
    manifest = model.manifest
    detector = computed if isinstance(computed, Detector) else None
    fault = "" if detector is None else detector.fault
    opened = None if detector is None or fault else detector.opened
    # what takes over where a way fails is the most exact one, and nobody has shown it the reference pictures
    precision = manifest.base if opened is None else opened.way.precision
    parity = computed.parity if isinstance(computed, Segmenter) else None if opened is None else opened.parity
    return RunningModel(
        name=manifest.name,
        version=manifest.version,
        computed_by=computed.runtime.name if isinstance(computed, Detector | Segmenter) else "",
        checked=parity is not None and parity.agrees,
        fault=fault,
        sha256=manifest.networks[precision].sha256,
        precision=precision,
        computing=precision if opened is None else opened.way.computing,
        kind=manifest.kind,
        licence=manifest.licence[:300],
        scenes=tuple(scenes),
        parity=parity,
    )
