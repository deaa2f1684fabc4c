"""Writes what is kept for measuring, in the form that `sharp-eyes-edge evaluate detector` reads (docs/data-sets.md)."""

import csv
import dataclasses
import shutil
from pathlib import Path

import cv2
import numpy as np
import yaml
from scripts.train.boxes import Found, Picture
from scripts.train.merge import Known
from scripts.train.recipe import Recipe
from scripts.train.samples import Sample


@dataclasses.dataclass
class _Source:
    """One data set as it grows."""

    kind: str
    licence: str
    pictures: list[tuple[Path, str]] = dataclasses.field(default_factory=list)
    labelled: set[str] = dataclasses.field(default_factory=set)


class HeldOut:
    """The held-out pictures of all sources, below runs/train/held/<source>/."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.home = recipe.work / "held"
        shutil.rmtree(self.home, ignore_errors=True)
        self.sources: dict[str, _Source] = {}

    def add(self, sample: Sample, picture: Picture) -> None:
        """Add a picture that people, or the renderer, labelled; what only teachers labelled measures nothing."""
        if not sample.measure or sample.file is None:
            return
        rendered = sample.source.startswith("rendered")
        licence = "AGPL-3.0-or-later" if rendered else self.recipe["pictures"][sample.source]["licence"]
        source = self.sources.setdefault(sample.source, _Source("rendered" if rendered else "real", licence))
        measured = sample.human.where(np.isin(sample.human.classes, list(sample.measure)))
        source.labelled |= {self.recipe.classes[number] for number in sample.measure}
        regions = Found(sample.ignore, np.ones(len(sample.ignore), np.float32), np.full(len(sample.ignore), -1))
        self._write(sample.source, sample.file.resolve(), sample.group, picture, measured, regions)

    def add_pasted(self, name: str, group: str, picture: Picture, labels: Found) -> None:
        """Add a picture with cut-outs; it is judged on the classes that were laid into it."""
        source = self.sources.setdefault("pasted", _Source("rendered", "AGPL-3.0-or-later"))
        source.labelled |= {"gas_cylinder", "ebike"}
        path = self.home / "pasted" / "images" / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
        laid = labels.where(np.isin(labels.classes, list(self.recipe.numbers(source.labelled))))
        self._write("pasted", path, group, picture, laid, Found.empty())

    def add_crowded(self, name: str, group: str, picture: Picture, known: Known) -> None:
        """Add a picture of rendered vehicles side by side; where they hide one another nobody is judged."""
        source = self.sources.setdefault("crowded", _Source("rendered", "AGPL-3.0-or-later"))
        source.labelled |= {"bicycle", "motorcycle", "car", "bus", "truck"}
        path = self.home / "crowded" / "images" / f"{name}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
        ours = known.labels.where(np.isin(known.labels.classes, list(self.recipe.numbers(source.labelled))))
        self._write("crowded", path, group, picture, ours, known.found())

    def _write(self, source: str, path: Path, group: str, picture: Picture, labels: Found, ignore: Found) -> None:
        for folder, rows in (("labels", labels), ("ignore", ignore)):
            if folder == "ignore" and not len(rows):
                continue
            out = self.home / source / folder / f"{path.stem}.txt"
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(_rows(rows, picture), encoding="utf-8")
        self.sources[source].pictures.append((path, group))

    def finish(self) -> None:
        """Write each source's description, list and groups."""
        for name, source in self.sources.items():
            folder = self.home / name
            (folder / "list.txt").write_text("".join(f"{path}\n" for path, _ in source.pictures), encoding="utf-8")
            with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(("image", "group"))
                writer.writerows((path.stem, group) for path, group in source.pictures)
            data = {
                "path": ".",
                "val": "list.txt",
                "names": list(self.recipe.classes),
                "source": name,
                "kind": source.kind,
                "licence": source.licence,
                "labelled": [known for known in self.recipe.classes if known in source.labelled],
                "labels": "labels",
                "ignore": "ignore",
                "groups": "index.csv",
            }
            (folder / "data.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")


def _rows(found: Found, picture: Picture) -> str:
    edge = np.array([picture.shape[1], picture.shape[0]] * 2, np.float32)
    lines = []
    for box, number in zip(found.boxes / edge, found.classes, strict=True):
        middle, extent = (box[:2] + box[2:]) / 2, box[2:] - box[:2]
        lines.append(f"{number} {middle[0]:.6f} {middle[1]:.6f} {extent[0]:.6f} {extent[1]:.6f}\n")
    return "".join(lines)
