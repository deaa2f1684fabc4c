"""Joins what people labelled with what the teachers say, and keeps apart what nobody knows."""

import dataclasses

import numpy as np
import numpy.typing as npt
from scripts.train.boxes import Floats, Found, Picture, intersections, overlaps
from scripts.train.recipe import Recipe
from scripts.train.samples import Sample

SAME_OBJECT = 0.4
ANY = -1
# Where one of these is labelled, the other may be meant as well: an e-scooter on a street picture is labelled a
# motorcycle, somebody who lies on the floor a person.
ALSO = {"motorcycle": "ebike", "ebike": "motorcycle", "fallen_person": "person"}


@dataclasses.dataclass(frozen=True)
class Known:
    """What is known of a picture: `labels`, and `regions` (n, 4) in which a class (`unknown`, or ANY) may be or not."""

    labels: Found
    regions: Floats
    unknown: npt.NDArray[np.int64]

    def found(self) -> Found:
        """The unknown regions as boxes, class ANY kept."""
        return Found(self.regions, np.ones(len(self.unknown), np.float32), self.unknown)


def merge(sample: Sample, said: Found, recipe: Recipe, size: tuple[int, int]) -> Known:
    """Labels and unknown regions of a sample of `size` (width, height).

    Trusted human boxes always stay. A sure teacher's box stays where no human box of its kind lies. Half-sure
    teachers' boxes, and human boxes of a class that is not trusted and no teacher confirms, become unknown regions of
    their whole kind. `said` has the recipe's class numbers.
    """
    settings = recipe["teachers"]
    kind = np.array(recipe.kinds())
    trusts = np.isin(sample.human.classes, list(sample.trust))
    trusted, others = sample.human.where(trusts), sample.human.where(~trusts)
    said = pool_votes(said, kind)
    free = said.where(~_covered(said, trusted, kind) & (said.scores >= settings["doubt"]))
    sure = free.where(free.scores >= settings["keep"])
    half = free.where(free.scores < settings["keep"])
    half = half.where(~_covered(half, sure, kind))
    if len(others) and len(sure):
        shared = intersections(others.boxes, sure.boxes) * (others.classes[:, None] == sure.classes[None])
        sizes = (sure.boxes[:, 2:] - sure.boxes[:, :2]).prod(axis=1)
        others = others.where(~(shared / sizes > 0.6).any(axis=1))
    labels = Found.join([trusted, sure])
    rows = [*_whole_kind(Found.join([half, others]), kind), *_meant_as_well(labels, recipe, sample.apart)]
    whole = (0.0, 0.0, float(size[0]), float(size[1]))
    rows += [(whole, number) for number in sorted(sample.unknown)]
    rows += [(_corners(box), ANY) for box in sample.ignore]
    regions = np.array([box for box, _ in rows], np.float32).reshape(-1, 4)
    return Known(labels, regions, np.array([number for _, number in rows], np.int64))


Row = tuple[tuple[float, float, float, float], int]


def _corners(box: Floats) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(edge) for edge in box)
    return left, top, right, bottom


def _whole_kind(doubtful: Found, kind: npt.NDArray[np.int64]) -> list[Row]:
    return [
        (_corners(box), int(number))
        for box, own in zip(doubtful.boxes, doubtful.classes, strict=True)
        for number in np.nonzero(kind == kind[own])[0]
    ]


def _meant_as_well(labels: Found, recipe: Recipe, apart: frozenset[int]) -> list[Row]:
    rows: list[Row] = []
    for box, number in zip(labels.boxes, labels.classes, strict=True):
        other = ALSO.get(recipe.classes[number])
        if other is not None and int(number) not in apart:
            rows.append((_corners(box), recipe.number(other)))
    return rows


def _covered(found: Found, by: Found, kind: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    if not len(found) or not len(by):
        return np.zeros(len(found), bool)
    alike = kind[found.classes][:, None] == kind[by.classes][None]
    covered = (overlaps(found.boxes, by.boxes) > SAME_OBJECT) & alike
    return np.asarray(covered.any(axis=1), np.bool_)


def pool_votes(found: Found, kind: npt.NDArray[np.int64]) -> Found:
    """One class an object: of boxes of one kind that overlap much the best stays, with the others' votes.

    Teachers split over whether a van is a car or a truck; together they are sure that it is there.
    """
    ordered = found.where(np.argsort(-found.scores, kind="stable"))
    scores = ordered.scores.copy()
    alike = (overlaps(ordered.boxes, ordered.boxes) > 0.6) & (
        kind[ordered.classes][:, None] == kind[ordered.classes][None]
    )
    kept: list[int] = []
    for index in range(len(ordered)):
        better = [other for other in kept if alike[other, index]]
        if better:
            scores[better[0]] = min(1.0, scores[better[0]] + ordered.scores[index])
        else:
            kept.append(index)
    chosen = np.array(kept, np.int64)
    return Found(ordered.boxes[chosen], scores[chosen], ordered.classes[chosen])


def on_its_side(picture: Picture, known: Known, clockwise: bool) -> tuple[Picture, Known]:
    """A picture and what is known of it, turned by a right angle."""
    rows, columns = picture.shape[:2]
    turned = np.ascontiguousarray(np.rot90(picture, -1 if clockwise else 1))

    def turn(boxes: Floats) -> Floats:
        left, top, right, bottom = boxes.T
        if clockwise:
            return np.stack([rows - bottom, left, rows - top, right], axis=1)
        return np.stack([top, columns - right, bottom, columns - left], axis=1)

    labels = Found(turn(known.labels.boxes), known.labels.scores, known.labels.classes)
    return turned, Known(labels, turn(known.regions), known.unknown)
