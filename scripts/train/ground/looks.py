"""What the shipped network sees in the training pictures, kept on disk: the heads are trained on it in seconds.

One look is the network's features at three sizes, its scores of the classes, what each place may be, and whether the
picture is flooded. Looks are taken through ONNX Runtime, which is several times cheaper than PyTorch.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from scripts.train.ground.augment import training_crop
from scripts.train.ground.drawing import flooded_share
from scripts.train.ground.recipe import Recipe
from scripts.train.ground.sources import Mask, Picture, Sample, read, split
from scripts.train.ground.textures import textures

Halves = npt.NDArray[np.float16]
Numbers = npt.NDArray[np.int64]
SHARD = 25
TAKEN = {
    "scores": "/network/decoder/last/last.2/Conv_output_0",
    "merged": "/network/decoder/Add_3_output_0",
    "middle": "/network/backbone.6/cv2/act/Mul_output_0",
    "far": "/network/backbone.10/cv2/act/Mul_output_0",
}
"""Values inside an ONNX that export.py wrote: class scores at stride 4, features at 8, 16 and 32."""


@dataclasses.dataclass(frozen=True)
class Look:
    """One picture as the network saw it; names as in `TAKEN`, each (channels, rows, columns)."""

    source: str
    group: str
    scores: Halves
    merged: Halves
    middle: Halves
    far: Halves
    field: Mask
    flooded: float


class Eye:
    """The shipped network with its inner values as outputs."""

    def __init__(self, file: Path, threads: int) -> None:
        network = onnx.load(str(file))
        network.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in TAKEN.values())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            network.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )

    def see(self, picture: Picture) -> dict[str, Halves]:
        """Inner values of a picture of the network's size."""
        found = self._session.run(list(TAKEN.values()), {"images": picture[None]})
        return {name: np.asarray(value[0], np.float16) for name, value in zip(TAKEN, found, strict=True)}


def fitted(picture: Picture, field: Mask, width: int, height: int) -> tuple[Picture, Mask]:
    """The whole picture as a gateway shows it to the network: in the middle, grey beside it."""
    rows, columns = field.shape
    scale = min(width / columns, height / rows)
    size = (max(round(columns * scale), 1), max(round(rows * scale), 1))
    seen, marked = np.full((height, width, 3), 114, np.uint8), np.zeros((height, width), np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    place = slice(top, top + size[1]), slice(left, left + size[0])
    seen[place] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    marked[place] = cv2.resize(field, size, interpolation=cv2.INTER_NEAREST)
    return seen, marked


def wanted(recipe: Recipe) -> list[tuple[Sample, int]]:
    """Each training sample with the turns in which it is looked at, the sources mixed; turn 0 shows it unchanged."""
    found: list[tuple[Sample, int]] = []
    for source, times in recipe["heads"]["looks"].items():
        samples = split(recipe, source).train
        if times < 1:
            found += [(sample, 1 + place % 2) for place, sample in enumerate(samples[:: round(1 / times)])]
        else:
            found += [(sample, turn) for turn in range(int(times)) for sample in samples]
    order = np.random.default_rng(recipe["seed"]).permutation(len(found))
    return [found[place] for place in order]


def collect(recipe: Recipe, folder: Path, threads: int) -> None:
    """Look at all that the recipe wants, in files of `SHARD` looks; what is there already is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    jobs, width, height = wanted(recipe), *recipe.size
    whole = dataclasses.replace(
        recipe, values=recipe.values | {"training": recipe["training"] | {"width": width, "height": height}}
    )
    eye, bank = Eye(recipe.before, threads), textures(recipe, split(recipe, "coco128").train)
    for first in range(0, len(jobs), SHARD):
        path = folder / f"{first:05d}.npz"
        if path.exists():
            continue
        looks = []
        for number, (sample, turn) in enumerate(jobs[first : first + SHARD], first):
            random = np.random.default_rng([recipe["seed"], 7, number])
            picture, field = read(sample, recipe)
            if turn == 0:
                picture, field = fitted(picture, field, width, height)
            else:
                damaged = sample.source in recipe["pasting"]["damage_sources"]
                most = float(recipe["sources"][sample.source].get("largest_scale", 2.2))
                picture, field = training_crop(random, picture, field, whole, bank if damaged else [], most)
            seen = eye.see(picture) | {"field": np.ascontiguousarray(field[4::8, 4::8])}
            looks.append((sample, flooded_share(sample, field, recipe), seen))
        names = [*TAKEN, "field"]
        stacked: dict[str, Any] = {name: np.stack([seen[name] for _, _, seen in looks]) for name in names}
        stacked["source"] = np.array([sample.source for sample, _, _ in looks])
        stacked["group"] = np.array([sample.group for sample, _, _ in looks])
        stacked["flooded"] = np.array([flooded for _, flooded, _ in looks], np.float32)
        part = path.with_suffix(".part.npz")
        np.savez(part, **stacked)
        part.replace(path)
        print(f"{first + len(looks)}/{len(jobs)} looks", flush=True)


def at(plane: Halves, rows: Numbers, columns: Numbers, step: int) -> npt.NDArray[np.float32]:
    """Values (n, channels) of a plane (channels, r, c) at cells of a grid `step` times as fine, bilinear."""
    found = np.zeros((len(rows), plane.shape[0]), np.float32)
    sides = []
    for cells, size in ((rows, plane.shape[1]), (columns, plane.shape[2])):
        place = np.clip((cells + 0.5) / step - 0.5, 0, size - 1)
        low = np.floor(place).astype(np.int64)
        sides.append((low, np.minimum(low + 1, size - 1), place - low))
    (top, bottom, down), (left, right, across) = sides
    for row, part in ((top, 1 - down), (bottom, down)):
        for column, share in ((left, 1 - across), (right, across)):
            found += (part * share)[:, None] * plane[:, row, column].T
    return found


def stored(folder: Path) -> Iterator[Look]:
    """The looks again, in their order."""
    for path in sorted(folder.glob("?????.npz")):
        with np.load(path) as shard:
            values = {name: shard[name] for name in ("source", "group", "flooded", "field", *TAKEN)}
        for place in range(len(values["source"])):
            inner = {name: values[name][place] for name in (*TAKEN, "field")}
            source, group = str(values["source"][place]), str(values["group"][place])
            yield Look(source, group, flooded=float(values["flooded"][place]), **inner)
