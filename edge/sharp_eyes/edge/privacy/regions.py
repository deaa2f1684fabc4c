"""Heads and plates by rule of thumb, from the boxes of people and vehicles: better than nothing, and no more.

A head is taken to be in the upper part of a person's box, a plate in the lower part of a vehicle's. What the detector
does not find is not masked; docs/privacy.md has the figures.
"""

from sharp_eyes.edge.frame import Detections
from sharp_eyes.edge.privacy.painting import Region
from sharp_eyes.edge.privacy_settings import Subject

PEOPLE = ("person",)
VEHICLES = ("car", "bus", "truck")

HEAD_OF_HEIGHT = 0.22
"""Part of a standing person's height that is masked."""

HEAD_OF_WIDTH = 0.6
"""The least height of the mask, in widths of the box: of who is cut off below, the head is a greater part."""

HEAD_ABOVE = 0.03
"""Part of the height that is masked above the box."""

PLATE_FROM = 0.5
"""Part of a vehicle's box, from above, at which the mask begins."""

PLATE_BELOW = 0.03
"""Part of the height that is masked below the box."""


def regions_of(found: Detections, width: int, height: int, hidden: frozenset[Subject]) -> list[Region]:
    """Heads and plates (those that are ``hidden``) in a frame of ``width`` x ``height`` pixels."""
    regions = []
    for box, number in zip(found.boxes.tolist(), found.classes.tolist(), strict=True):
        region = (box[0] / width, box[1] / height, box[2] / width, box[3] / height)
        if found.names[number] in PEOPLE and "heads" in hidden:
            regions.append(head_in(region, width / height))
        elif found.names[number] in VEHICLES and "plates" in hidden:
            regions.append(plate_in(region))
    return regions


def head_in(person: Region, aspect: float) -> Region:
    """The upper part of a person's box; ``aspect`` is width by height of the picture."""
    x1, y1, x2, y2 = person
    tall = y2 - y1
    head = min(tall, max(HEAD_OF_HEIGHT * tall, HEAD_OF_WIDTH * (x2 - x1) * aspect))
    return x1, y1 - HEAD_ABOVE * tall, x2, y1 + head


def plate_in(vehicle: Region) -> Region:
    """The lower part of a vehicle's box."""
    x1, y1, x2, y2 = vehicle
    tall = y2 - y1
    return x1, y1 + PLATE_FROM * tall, x2, y2 + PLATE_BELOW * tall
