"""The anchor: which point of a detected box must lie in a zone."""

from sharp_eyes.contract.backports import StrEnum
from sharp_eyes.edge.polygons import Point
from sharp_eyes.edge.scenes.geometry import Rectangle


class Anchor(StrEnum):
    """Which point of a box stands for the object on the ground."""

    BOTTOM_CENTRE = "bottom_centre"
    CENTRE = "centre"
    FOOT = "foot"


def anchor_point(box: Rectangle, anchor: Anchor) -> Point:
    """Point of the box as it was detected, before any clipping; it may lie outside the picture.

    ``foot`` lies 4 % of the height above the bottom edge: boxes of people reach a little below their feet.
    """
    x1, y1, x2, y2 = box
    x = (x1 + x2) / 2
    match anchor:
        case Anchor.CENTRE:
            return x, (y1 + y2) / 2
        case Anchor.FOOT:
            return x, y2 - 0.04 * (y2 - y1)
        case Anchor.BOTTOM_CENTRE:
            return x, y2
