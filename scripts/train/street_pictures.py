"""Training pictures as Ultralytics wants them, each time drawn, turned, pasted on and sent through a gateway anew."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scripts.train import gateway, turning
from scripts.train.boxes import Floats, Picture, intersections
from scripts.train.looks import chances, looks_of, source_of, turn_all
from scripts.train.recipe import Recipe
from ultralytics.data.dataset import YOLODataset


class StreetPictures(YOLODataset):  # type: ignore[misc]  # Ultralytics has no types
    """The recipe's pictures; an epoch is `epoch` draws by the shares of `draw`, or each picture once."""

    def __init__(self, *given: Any, recipe: Recipe, draw: dict[str, float] | None, epoch: int | None, **more: Any):
        super().__init__(*given, **more)
        self.recipe, self.epoch = recipe, epoch
        self.names = len(recipe.classes)
        self.sources = [source_of(file) for file in self.im_files]
        self.looks = {source: looks_of(recipe, source) for source in set(self.sources)}
        self.chances = np.cumsum(chances(self.im_files, draw), dtype=np.float64)
        self.drawn = draw is not None
        rules = recipe["lay"]
        self.things = [
            (index, row)
            for index, source in enumerate(self.sources)
            if source in rules["sources"]
            for row, kind in enumerate(self.labels[index]["cls"].reshape(-1))
            if int(kind) == recipe.number(rules["class"]) and self.labels[index]["bboxes"][row][2:].min() > 0.12
        ]
        self.others = [index for index, source in enumerate(self.sources) if source in rules["look_alikes"]]

    def __len__(self) -> int:
        return self.epoch or len(self.labels)

    def get_image_and_label(self, index: int) -> dict[str, Any]:
        """Return a picture, drawn anew where the recipe draws, with its labels, changed by the looks of its source."""
        random = np.random.default_rng(np.random.randint(2**31))
        if self.drawn:
            index = min(int(np.searchsorted(self.chances, random.random())), len(self.labels) - 1)
        label: dict[str, Any] = super().get_image_and_label(index)
        looks = self.looks[self.sources[index]]
        picture: Picture = label["img"].copy()
        label["instances"].convert_bbox("xyxy")
        label["instances"].denormalize(picture.shape[1], picture.shape[0])
        boxes = np.asarray(label["instances"].bboxes, np.float32).reshape(-1, 4)
        kinds = label["cls"].reshape(-1).astype(np.int64)
        if self.things and random.random() < looks.lay:
            picture, boxes, kinds = self._lay(picture, boxes, kinds, random)
        most = 180.0 if random.random() < looks.turn else looks.tilt
        if most and (most > 90 or random.random() < 0.3):
            picture, boxes, kinds = turn_all(picture, boxes, kinds, self.names, random, most)
        if random.random() < looks.smear:
            picture = gateway.smeared(picture, random, None)
        if random.random() < looks.sent:
            picture = gateway.as_sent(picture, random)
        label["img"] = picture
        label["cls"] = kinds.astype(np.float32).reshape(-1, 1)
        label["instances"] = type(label["instances"])(
            boxes, np.zeros((0, 1000, 2), np.float32), None, bbox_format="xyxy", normalized=False
        )
        return label

    def _lay(
        self, picture: Picture, boxes: Floats, kinds: npt.NDArray[np.int64], random: np.random.Generator
    ) -> tuple[Picture, Floats, npt.NDArray[np.int64]]:
        """Lay a thing of another picture, or nearly as often a piece of no thing, into this one at any angle."""
        rows, columns = picture.shape[:2]
        real = bool(random.random() < 0.6) and bool(self.things)
        if not real and not self.others:
            return picture, boxes, kinds
        if real:
            index, row = self.things[int(random.integers(len(self.things)))]
            x, y, wide, high = self.labels[index]["bboxes"][row]
        else:
            index = self.others[int(random.integers(len(self.others)))]
            wide, high = random.uniform(0.2, 0.6, 2)
            x, y = random.uniform(wide / 2, 1 - wide / 2), random.uniform(high / 2, 1 - high / 2)
        other = self.load_image(index)[0]
        size = np.array([other.shape[1], other.shape[0]] * 2)
        corners = (np.array([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2]) * size).round().astype(int)
        crop = other[max(0, corners[1]) : corners[3], max(0, corners[0]) : corners[2]]
        if min(crop.shape[:2]) < 12:
            return picture, boxes, kinds
        longest = round(float(random.uniform(0.15, 0.75)) * rows)
        middle = (float(random.uniform(0.1, 0.9)) * columns, float(random.uniform(0.2, 0.9)) * rows)
        box = turning.lay_oval(picture, crop, float(random.uniform(-180, 180)), middle, max(16, longest))
        if (box[2:] - box[:2] < 8).any():
            return picture, boxes, kinds
        areas = np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1)
        hidden = (intersections(boxes, box[None])[:, 0] / areas > 0.6) & (kinds < self.names)
        boxes, kinds = boxes[~hidden], kinds[~hidden]
        added = [self.names + number for number in self.recipe.numbers(self.recipe["lay"]["unknown"])]
        if real:
            added.append(self.recipe.number(self.recipe["lay"]["class"]))
        return picture, np.vstack([boxes, np.repeat(box[None], len(added), axis=0)]), np.append(kinds, added)
