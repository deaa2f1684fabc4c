"""The frame at each event, and in the middle of each miss, with the zone and what the event is about."""

import base64
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sharp_eyes.edge.evaluate.events.event_matching import EventMatch
from sharp_eyes.edge.evaluate.events.metrics import due, settings_of
from sharp_eyes.edge.evaluate.events.playback import wanted_of
from sharp_eyes.edge.evaluate.events.suite import SuiteClip
from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.sampling import SAME_MOMENT
from sharp_eyes.edge.scenes.geometry import Rectangle

WIDEST = 480
QUALITY = 80
_ZONE, _OBJECT, _LEFT_OUT = (220, 130, 20), (40, 40, 230), (190, 190, 190)


@dataclass(frozen=True, slots=True)
class Shown:
    """A case that is to be shown, and the clip under its variant's settings."""

    clip: SuiteClip
    case: EventMatch

    @property
    def moment(self) -> float:
        """Seconds from the first frame: the alarm, or the middle of the time in which it was missed."""
        if self.case.event is not None:
            return self.case.event.opened
        expected = self.case.expected
        if expected is None:
            return 0.0
        moment, middle = due(self.clip, expected), (expected.start + expected.end) / 2
        return max(moment, middle) if moment < expected.end else middle


def pictures_of(shown: Sequence[Shown]) -> dict[int, str]:
    """Each case's picture as the base64 text of a JPEG, by its place in the list; of each clip only these are decoded.

    Raises:
        SourceError: a clip cannot be read any more.
    """
    found: dict[int, str] = {}
    for path in dict.fromkeys(one.clip.path for one in shown):
        own = {number: one for number, one in enumerate(shown) if one.clip.path == path}
        found |= _of_clip(own)
    return found


def _of_clip(shown: Mapping[int, Shown]) -> dict[int, str]:
    clip = next(iter(shown.values())).clip
    times: list[float] = []

    def passes(time: float, _keyframe: bool) -> bool:
        times.append(time)
        return len(times) == 1

    for _ in wanted_of(clip, passes):
        pass
    # The latest frame that is not after the case's moment.
    places = {
        number: max(0, bisect_right(times, times[0] + one.moment + SAME_MOMENT) - 1) for number, one in shown.items()
    }
    wanted = {times[place] for place in places.values()}
    found: dict[int, str] = {}
    for frame in wanted_of(clip, lambda time, _keyframe: time in wanted):
        found |= {
            number: _drawn(frame, shown[number]) for number, place in places.items() if times[place] == frame.time
        }
    return found


def _drawn(frame: Frame, shown: Shown) -> str:
    scene, zone = shown.case.place
    box = shown.case.event.first.box if shown.case.event is not None else None
    return drawn(frame, settings_of(shown.clip, scene, zone), zone, box)


def drawn(frame: Frame, settings: object, zone: str, box: Rectangle | None) -> str:
    """A small picture of the frame with a scene's zones and, in red, what an event is about: base64 text of a JPEG."""
    width = min(frame.width, WIDEST)
    height = round(frame.height * width / frame.width)
    picture = np.ascontiguousarray(frame.picture(width, height)).copy()
    for shape in getattr(settings, "zones", ()):
        cv2.polylines(
            picture, [_pixels(shape.polygon, width, height)], True, _ZONE, 2 if shape.id == zone else 1, cv2.LINE_AA
        )
        for dock in getattr(shape, "docks", ()):
            cv2.polylines(picture, [_pixels(dock, width, height)], True, _LEFT_OUT, 1, cv2.LINE_AA)
    for area in getattr(settings, "ignore", ()):
        cv2.polylines(picture, [_pixels(area, width, height)], True, _LEFT_OUT, 1, cv2.LINE_AA)
    for shape in getattr(settings, "lines", ()):
        cv2.polylines(picture, [_pixels(shape.line, width, height)], False, _ZONE, 2, cv2.LINE_AA)
    if box is not None:
        left, top, right, bottom = (round(value * side) for value, side in zip(box, (width, height) * 2, strict=True))
        cv2.rectangle(picture, (left, top), (right, bottom), _OBJECT, 2, cv2.LINE_AA)
    return _encoded(picture)


def _pixels(points: Sequence[tuple[float, float]], width: int, height: int) -> npt.NDArray[np.int32]:
    return np.asarray(np.array(points) * (width, height), np.int32)


def _encoded(picture: Picture) -> str:
    done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return base64.b64encode(jpeg.tobytes()).decode("ascii") if done else ""
