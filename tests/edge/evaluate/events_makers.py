"""Small clips with painted cars and people, eyes that find them by colour, and events and expected ones by hand."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid5

import av
import cv2
import numpy as np
import yaml

from sharp_eyes.contract.event import Grade, ModelNote, Phase, SceneEvent
from sharp_eyes.edge.evaluate.events.event_matching import Raised
from sharp_eyes.edge.evaluate.events.truth import Expected
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.thresholds import Thresholds
from sharp_eyes.edge.frame import Detections, Frame
from sharp_eyes.edge.scenes.event_lifecycle import moment

WIDTH, HEIGHT, RATE = 320, 180, 8
ZONE = [[0.3, 0.3], [0.7, 0.3], [0.7, 0.95], [0.3, 0.95]]
CAR = (130, 70, 190, 130)
"""Where a car stands: its bottom centre lies in the zone."""

_RED, _GREEN = (30, 30, 220), (40, 200, 40)


@dataclass(frozen=True)
class Painted:
    """A box of one colour from one second to another; it jumps there and away."""

    start: float
    end: float
    box: tuple[int, int, int, int] = CAR
    colour: tuple[int, int, int] = _RED


def person(start: float, end: float) -> Painted:
    """A green box in the zone."""
    return Painted(start, end, (150, 80, 170, 140), _GREEN)


def film(path: Path, things: Sequence[Painted], seconds: float) -> Path:
    """Write a clip: H.264, eight pictures a second, a keyframe every second."""
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "crf": "18", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.gop_size = RATE
        for number in range(round(seconds * RATE)):
            picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
            for thing in things:
                if thing.start <= number / RATE < thing.end:
                    left, top, right, bottom = thing.box
                    picture[top:bottom, left:right] = thing.colour
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


class ColourDetectors:
    """Detectors that find red boxes (cars) and green ones (people) in the pixels; counts its looks."""

    classes: tuple[str, ...] = ("car", "person", "bus", "truck")
    thresholds = Thresholds(0.3)

    def __init__(self) -> None:
        self.looks = 0

    def limit_of(self, class_name: str) -> None:
        """Nobody looks closer."""

    def serve(
        self, camera: str, classes: Collection[str], ground: bool = False, tiles: int = 1, region: Any = None
    ) -> tuple[str, ...]:
        """Nothing is to be opened."""
        del camera, ground, tiles
        assert not set(classes) - set(self.classes)
        return ("colour",)

    def note_of(self, object_class: str | None) -> ModelNote | None:
        """It is no learned model."""
        del object_class
        return None

    def detect(self, frames: Sequence[Frame]) -> list[Detections]:
        """Find the boxes."""
        return [self._look(frame) for frame in frames]

    def _look(self, frame: Frame) -> Detections:
        self.looks += 1
        picture = frame.picture().astype(np.int16)
        boxes, classes = [], []
        for number, channel in enumerate((2, 1)):
            others = [other for other in range(3) if other != channel]
            mask = (picture[:, :, channel] - picture[:, :, others].max(axis=2) > 80).astype(np.uint8)
            count, _, parts, _ = cv2.connectedComponentsWithStats(mask)
            for left, top, width, height, size in parts[1:count]:
                if size > 100:
                    boxes.append((left, top, left + width, top + height))
                    classes.append(number)
        return Detections(
            np.array(boxes, np.float32).reshape(-1, 4),
            np.full(len(boxes), 0.9, np.float32),
            np.array(classes, np.int32),
            self.classes,
        )


def detectors() -> Detectors:
    """The same where real ones are asked for."""
    return cast(Detectors, ColourDetectors())


def parking(**changes: Any) -> dict[str, Any]:
    """A no-parking zone with a short dwell."""
    usual = {"scene": "illegal_parking", "zones": [{"id": "kerb", "polygon": ZONE}], "dwell": 3, "clear_after": 1}
    return {**usual, "grace": 1, **changes}


def perimeter(**changes: Any) -> dict[str, Any]:
    """An area that nobody may enter."""
    usual = {"scene": "perimeter_intrusion", "zones": [{"id": "yard", "polygon": ZONE}], "dwell": 1, "clear_after": 1}
    return {**usual, "look_interval": 0.5, **changes}


def entry(clip: str, events: Sequence[dict[str, Any]], *scenes: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A clip of a suite."""
    camera = {"id": Path(clip).stem, "scenes": list(scenes) or [parking()]}
    return {"clip": clip, "events": list(events), "kind": "rendered", "camera": camera, **changes}


def must(start: float, end: float, scene: str = "illegal_parking", zone: str = "kerb", **more: Any) -> dict[str, Any]:
    """An event that must come."""
    return {"scene": scene, "zone": zone, "from": start, "to": end, "expected": True, **more}


def trap(start: float, end: float, why: str, scene: str = "illegal_parking", zone: str = "kerb") -> dict[str, Any]:
    """Something that must not be taken for one."""
    return {**must(start, end, scene, zone), "expected": False, "why": why}


def write_suite(folder: Path, *entries: dict[str, Any], name: str = "small") -> Path:
    """Write ``suite.yaml``."""
    path = folder / "suite.yaml"
    content = {"version": 1, "name": name, "clips": list(entries)}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def write_truth(path: Path, events: Sequence[dict[str, Any]]) -> Path:
    """Write a ground truth."""
    path.write_text(json.dumps({"version": 1, "events": list(events)}), encoding="utf-8")
    return path


def expected(start: float, end: float, **more: Any) -> Expected:
    """An expected event, or with ``why`` a trap."""
    raw = must(start, end, **{key: value for key, value in more.items() if key in ("scene", "zone", "grade", "due")})
    if "why" in more:
        raw = {**raw, "expected": False, "why": more["why"]}
    return Expected.model_validate(raw)


def event(started: float, opened: float, ended: float, **more: Any) -> Raised:
    """An event that was opened and closed; times in seconds of the clip."""
    grade = more.get("grade", Grade.ORDINARY)
    first = message(started, opened, Phase.OPENED, **{key: value for key, value in more.items() if key != "grade"})
    last = first.model_copy(update={"sequence": 1, "phase": Phase.CLOSED, "ended_at": moment(ended), "grade": grade})
    return Raised((first, last), started, opened, ended)


def message(
    started: float, observed: float, phase: Phase, scene: str = "illegal_parking", zone: str = "kerb", ended: float = 0
) -> SceneEvent:
    """One message of an event; the clip starts at 1970."""
    return SceneEvent.model_validate(
        {
            "event_id": uuid5(UUID(int=0), f"{scene} {zone} {started}"),
            "sequence": 0 if phase is Phase.OPENED else 1,
            "phase": phase,
            "scene": scene,
            "gateway": "replay",
            "camera": "street",
            "zone": zone,
            "started_at": moment(started),
            "observed_at": moment(observed),
            "ended_at": moment(ended) if phase is Phase.CLOSED else None,
            "score": 0.9,
            "measures": [{"name": "dwell", "value": observed - started, "unit": "s"}],
        }
    )
