"""Writes lessons as a data set: pictures on which what the detector called it is not to be found."""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.lessons.shelf import Lesson

COLUMNS = ("image", "camera", "scene", "zone", "time", "called", "likeliest", "score", "box")


def export(lessons: Sequence[Lesson], out: Path) -> None:
    """Write ``images/``, an empty ``labels/`` file for each, ``data.yaml`` and ``index.csv`` into a new folder.

    ``evaluate detector --data`` and the training recipe read it: none of the classes that were called is there.

    Raises:
        ConfigError: the folder holds something already, or cannot be written.
    """
    if out.exists() and any(out.iterdir()):
        raise ConfigError(f"{out}: holds something already; name an empty folder with --out")
    try:
        for name in ("images", "labels"):
            (out / name).mkdir(parents=True, exist_ok=True)
        with (out / "index.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            for lesson in lessons:
                name = f"{lesson.note['camera']}-{lesson.picture.stem}"
                shutil.copyfile(lesson.picture, out / "images" / f"{name}.jpg")
                (out / "labels" / f"{name}.txt").write_text("", encoding="utf-8")
                box = " ".join(f"{value:.4f}" for value in lesson.note["box"])
                table.writerow([name, *(lesson.note[column] for column in COLUMNS[1:-1]), box])
        called = sorted({lesson.note["called"] for lesson in lessons})
        content = {"path": ".", "val": "images", "names": called, "source": "lessons", "kind": "real"}
        (out / "data.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{out}: cannot be written: {error.strerror or error}") from error
