"""Clips made of single moments of the bundled street clip."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from tests.e2e.killable import ROOT


def no_parking() -> dict[str, Any]:
    """The no-parking zone of the street clip; at second 20 a car stands in it, at second 2 none does."""
    zones = json.loads((ROOT / "media" / "street.json").read_text())["zones"]
    return {"id": "no-parking", "polygon": zones["no_parking"]["polygon"]}


def still_clip(target: Path, *stills: tuple[float, int]) -> None:
    """Moments of the street clip (its second, and for how many frames it is held), at two frames a second."""
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=2, options={"g": "2", "bf": "0"})
        held = [picture for moment, frames in stills for picture in [_moment(moment)] * frames]
        stream.height, stream.width = held[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(held):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, 2)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _moment(second: float) -> np.ndarray[Any, np.dtype[np.uint8]]:
    capture = cv2.VideoCapture(str(ROOT / "media" / "street.mp4"))
    capture.set(cv2.CAP_PROP_POS_MSEC, second * 1000)
    done, picture = capture.read()
    capture.release()
    assert done
    return np.ascontiguousarray(picture, np.uint8)
