"""Labelled pictures as the measures see them, whatever form they were written in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.evaluate.report.model import FootageKind

Shares = npt.NDArray[np.float64]
"""n x 4: x1, y1, x2, y2 in shares of the picture, 0 to 1."""

EVERY_CLASS = "*"
"""Name of an ignore region that holds for every class."""

IGNORE = "ignore"
"""What a name is mapped to when its objects are to be neither right nor wrong."""


def no_boxes() -> Shares:
    """An empty n x 4."""
    return np.zeros((0, 4), np.float64)


@dataclass(frozen=True, slots=True)
class LabelFault:
    """Something in a data set that cannot be used; what it concerns was left out and counted.

    Attributes:
        file: the picture or label file.
        problem: short code, the same for all faults of one sort.
        message: what is wrong, for people.
    """

    file: str
    problem: str
    message: str


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """One picture and what is known of it.

    Attributes:
        path: the picture, or the clip.
        name: shown to people; unique within the source.
        group: what was taken in one place; intervals are drawn over groups.
        boxes, names: the objects.
        ignore, ignore_names: regions where nothing is judged, and for which class (or ``EVERY_CLASS``).
        moment: for a frame of a clip, its number among the looks taken and its time in seconds.
        stated_size: width and height that the annotations claim, in pixels; None where they do not say.
    """

    path: Path
    name: str
    group: str
    boxes: Shares = field(default_factory=no_boxes)
    names: tuple[str, ...] = ()
    ignore: Shares = field(default_factory=no_boxes)
    ignore_names: tuple[str, ...] = ()
    moment: tuple[int, float] | None = None
    stated_size: tuple[int, int] | None = None

    def boxes_of(self, name: str) -> Shares:
        """The objects of one class."""
        return self.boxes[[own == name for own in self.names]] if self.names else no_boxes()

    def ignored_for(self, name: str) -> Shares:
        """The ignore regions that hold for one class."""
        chosen = [own in (name, EVERY_CLASS) for own in self.ignore_names]
        return self.ignore[chosen] if chosen else no_boxes()


@dataclass(frozen=True, slots=True)
class LabelledSource:
    """One data set.

    Attributes:
        name: unique in a report.
        kind: photographed or rendered.
        licence: as stated; empty where it is not.
        path: the file or folder that was given.
        form: how it was written: ``yolo``, ``coco``, ``pictures`` or ``clip``.
        labelled: names whose objects are labelled in every picture.
        pictures: those that can be used.
        faults: what was left out.
        unlabelled_files: pictures without a label file, taken as true negatives.
        mapping: how the data set's names were mapped; filled by :func:`renamed`.
        known: all its class names, whether there is an object of them or not; empty where only the labelled are known.
    """

    name: str
    kind: FootageKind
    licence: str
    path: str
    form: str
    labelled: tuple[str, ...]
    pictures: tuple[LabelledPicture, ...]
    faults: tuple[LabelFault, ...] = ()
    unlabelled_files: int = 0
    mapping: Mapping[str, str] = field(default_factory=dict)
    known: tuple[str, ...] = ()

    def objects(self) -> dict[str, int]:
        """How many objects of each name there are, in the order of the names."""
        counts = Counter(name for picture in self.pictures for name in picture.names)
        return dict(sorted(counts.items()))


def limited(source: LabelledSource, limit: int | None) -> LabelledSource:
    """At most ``limit`` pictures, spread evenly over the source."""
    count = len(source.pictures)
    if limit is None or count <= limit:
        return source
    return replace(source, pictures=tuple(source.pictures[index * count // limit] for index in range(limit)))


def plain(name: str) -> str:
    """A class name as it is compared: lower case, one underscore between words."""
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())


def renamed(source: LabelledSource, table: Mapping[str, str], classes: Sequence[str]) -> LabelledSource:
    """The source with its names mapped to the models' class names.

    Args:
        source: as read.
        table: the data set's own and the caller's mapping; names are compared by :func:`plain`.
        classes: class names of all models; a name that equals one of them by :func:`plain` becomes it.
    """
    by_plain = {plain(name): name for name in classes}
    wanted = {plain(old): new for old, new in table.items()}

    def new_name(name: str) -> str:
        chosen = wanted.get(plain(name), name)
        return IGNORE if plain(chosen) == IGNORE else by_plain.get(plain(chosen), chosen)

    everything = {name for picture in source.pictures for name in (*picture.names, *picture.ignore_names)}
    mapping = {name: new_name(name) for name in sorted({*source.labelled, *everything} - {EVERY_CLASS})}
    labelled = tuple(dict.fromkeys(mapping[name] for name in source.labelled if mapping[name] != IGNORE))
    # Two names may become one class; where one of them is not labelled everywhere, neither is the class.
    partial = {mapping[name] for name in mapping if name in everything and name not in source.labelled}
    labelled = tuple(name for name in labelled if name not in partial)
    pictures = tuple(_renamed(picture, mapping, labelled) for picture in source.pictures)
    return replace(source, labelled=labelled, pictures=pictures, mapping=mapping)


def _renamed(picture: LabelledPicture, mapping: Mapping[str, str], labelled: Sequence[str]) -> LabelledPicture:
    names = [mapping[name] for name in picture.names]
    judged = np.array([name in labelled for name in names], bool)
    set_aside = tuple(EVERY_CLASS if name == IGNORE else name for name in names if name not in labelled)
    regions = (
        EVERY_CLASS if mapping.get(name, name) == IGNORE else mapping.get(name, name) for name in picture.ignore_names
    )
    return replace(
        picture,
        boxes=picture.boxes[judged],
        names=tuple(name for name in names if name in labelled),
        ignore=np.concatenate([picture.ignore, picture.boxes[~judged]]),
        ignore_names=(*regions, *set_aside),
    )
