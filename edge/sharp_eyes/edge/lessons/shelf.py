"""Keeps refused candidates as pictures with a note beside each, bounded, the oldest leaving first."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import cv2

from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.contract.backports import UTC
from sharp_eyes.edge.errors import EdgeError
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.privacy.masker import Masker
from sharp_eyes.edge.scenes.second_look import Refused

log = logging.getLogger(__name__)

FOLDER = "lessons"
"""Folder in the gateway's data."""
MOST = 300
"""Lessons of one camera; each is a picture of some 100 to 400 KB."""
WIDTH = 1280
"""Pixels of a picture; a wider one is scaled down."""
QUALITY = 85
_NAME = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson as it lies on disk: the picture's path, and what the note beside it says."""

    picture: Path
    note: dict[str, Any]


class LessonShelf:
    """The lessons of one camera. A disk without room is logged and costs the lesson alone."""

    def __init__(self, data: Path, camera: str, masker: Masker, most: int = MOST) -> None:
        """``data``: the gateway's; ``masker``: a picture on this shelf is masked as one that leaves the gateway."""
        self._folder = data / FOLDER / camera
        self._masker = masker
        self._most = most

    def keep(self, refused: Refused, frame: Frame) -> None:
        """Keep a refused candidate with the picture of its look."""
        try:
            shown = self._masker.masked(frame, "full")
            width = min(WIDTH, shown.width)
            picture = shown.picture(width, max(round(shown.height * width / shown.width), 1))
            done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
            if not done:
                raise ValueError(f"a picture of shape {picture.shape} cannot be written as JPEG")
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            taken = datetime.fromtimestamp(refused.time, UTC)
            name = f"{taken:%Y%m%dT%H%M%S%f}-{refused.scene}-{_NAME.sub('_', refused.zone)}"
            write_private(self._folder / f"{name}.jpg", encoded.tobytes())
            write_private(self._folder / f"{name}.json", json.dumps(_note(refused, taken), indent=1))
            self._drop_oldest()
        except (EdgeError, OSError, ValueError, cv2.error) as error:
            log.warning("camera %s: a refused candidate cannot be kept in %s: %s", refused.camera, self._folder, error)

    def _drop_oldest(self) -> None:
        pictures = sorted(self._folder.glob("*.jpg"))
        for picture in pictures[: max(len(pictures) - self._most, 0)]:
            picture.unlink(missing_ok=True)
            picture.with_suffix(".json").unlink(missing_ok=True)


def lessons_in(data: Path, camera: str | None = None) -> Iterator[Lesson]:
    """All lessons of a gateway, or of one camera, oldest first by camera; one without a readable note is left out."""
    for folder in sorted((data / FOLDER).glob(camera or "*")):
        for picture in sorted(folder.glob("*.jpg")):
            try:
                note = json.loads(picture.with_suffix(".json").read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                log.warning("%s: its note cannot be read, so it is left out: %s", picture, error)
                continue
            yield Lesson(picture, note)


def _note(refused: Refused, taken: datetime) -> dict[str, Any]:
    return {
        "camera": refused.camera,
        "scene": str(refused.scene),
        "zone": refused.zone,
        "time": taken.isoformat(timespec="milliseconds"),
        "box": [round(value, 4) for value in refused.box],
        "called": refused.object_class,
        "likeliest": refused.likeliest,
        "score": round(refused.score, 3),
        "reason": refused.reason,
    }
