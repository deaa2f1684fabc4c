"""Heads: each reads what one family of networks writes. New families are registered here, by name."""

from sharp_eyes.edge.extract.heads.base import Candidates, Head
from sharp_eyes.edge.extract.heads.ultralytics import Ultralytics
from sharp_eyes.edge.extract.heads.ultralytics_end2end import UltralyticsEnd2End
from sharp_eyes.edge.extract.heads.yolox import Yolox
from sharp_eyes.edge.extract.manifest import Family

__all__ = ["HEADS", "Candidates", "Head"]

HEADS: dict[Family, Head] = {
    "ultralytics": Ultralytics(),
    "ultralytics_end2end": UltralyticsEnd2End(),
    "yolox": Yolox(),
}
"""Head of each family."""
