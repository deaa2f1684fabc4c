"""Heads: each reads what one family of networks writes. New families are registered here, by name."""

from sharp_eyes.edge.errors import ModelError
from sharp_eyes.edge.extract.heads.base import Candidates, Head
from sharp_eyes.edge.extract.heads.dfine import DFine
from sharp_eyes.edge.extract.heads.rfdetr import RfDetr
from sharp_eyes.edge.extract.heads.rtdetr import RtDetr
from sharp_eyes.edge.extract.heads.ultralytics import Ultralytics
from sharp_eyes.edge.extract.heads.ultralytics_end2end import UltralyticsEnd2End
from sharp_eyes.edge.extract.heads.yolox import Yolox
from sharp_eyes.edge.extract.manifest import DetectorFamily, Manifest

__all__ = ["HEADS", "Candidates", "Head", "head_of"]

HEADS: dict[DetectorFamily, Head] = {
    "ultralytics": Ultralytics(),
    "ultralytics_end2end": UltralyticsEnd2End(),
    "yolox": Yolox(),
    "rtdetr": RtDetr(),
    "dfine": DFine(),
    "rfdetr": RfDetr(),
}
"""Head of each family."""


def head_of(manifest: Manifest) -> Head:
    """The head that reads a detector's outputs.

    Raises:
        ModelError: when the model is no detector.
    """
    if manifest.family == "segmentation":
        raise ModelError(f"model {manifest.name} is a {manifest.kind}; a detector is wanted here")
    return HEADS[manifest.family]
