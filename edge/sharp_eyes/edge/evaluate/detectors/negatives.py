"""Pictures and clips that hold none of some classes: every detection of those in them is a false alarm."""

import json
from collections.abc import Iterator
from pathlib import Path

from sharp_eyes.edge.errors import ConfigError, SourceError
from sharp_eyes.edge.evaluate.detectors.detection_cache import DetectionCache
from sharp_eyes.edge.evaluate.detectors.labelled import LabelFault, LabelledPicture, LabelledSource
from sharp_eyes.edge.evaluate.detectors.yolo import PICTURES
from sharp_eyes.edge.evaluate.report.model import FootageKind
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.replay.command import CLIPS
from sharp_eyes.edge.settings import FileSource
from sharp_eyes.edge.snap import read_frames


def open_negatives(
    given: Path, kind: FootageKind, absent: tuple[str, ...], step: float, cache: DetectionCache
) -> LabelledSource:
    """A folder of pictures or clips, or one clip, as a source without objects.

    Args:
        given: folder or clip.
        kind: photographed or rendered.
        absent: classes that are in none of them.
        step: seconds between two looks at a clip.
        cache: keeps the times of the looks, so that a clip need not be decoded again.

    Raises:
        ConfigError: there is nothing to look at.
    """
    if not given.exists():
        raise ConfigError(f"--negatives {given}: there is no such file or folder")
    files = sorted(given.rglob("*")) if given.is_dir() else [given]
    found: list[LabelledPicture] = []
    faults: list[LabelFault] = []
    for file in files:
        name = str(file.relative_to(given)) if given.is_dir() else file.name
        if file.suffix.lower() in PICTURES:
            found.append(LabelledPicture(file, name, group=name))
        elif file.suffix.lower() in CLIPS:
            try:
                found.extend(_looks(file, name, step, cache))
            except SourceError as error:
                faults.append(LabelFault(name, "unreadable clip", str(error)))
    if not found and not faults:
        wanted = ", ".join(sorted(PICTURES | CLIPS))
        raise ConfigError(f"--negatives {given}: no picture and no clip in it ({wanted})")
    form = "clip" if given.is_file() else "pictures"
    return LabelledSource(given.stem, kind, "", str(given), form, absent, tuple(found), tuple(faults))


def _looks(clip: Path, name: str, step: float, cache: DetectionCache) -> list[LabelledPicture]:
    key = f"{cache.digest(clip)}:{step:g}:moments"
    known = cache.note(key)
    if known is None:
        moments = [frame.time for frame in frames_of(clip, step)]
        cache.keep_note(key, json.dumps(moments))
    else:
        moments = json.loads(known)
    return [
        LabelledPicture(clip, f"{name} {moment:.2f} s", group=name, moment=(number, moment))
        for number, moment in enumerate(moments)
    ]


def frames_of(clip: Path, step: float) -> Iterator[Frame]:
    """One frame of a clip every ``step`` seconds, timed from its start.

    Raises:
        SourceError: the clip cannot be read.
    """
    due = 0.0
    for frame in read_frames(FileSource(path=clip, pace="fast"), clip.stem, "all", start_time=0.0):
        if frame.time + 1e-6 >= due:
            due += step
            yield frame
    if due == 0.0:
        raise SourceError(f"{clip}: holds no picture")
