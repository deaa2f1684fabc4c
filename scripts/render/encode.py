"""Writes frames as an H.264 clip."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray


def write_clip(path: Path, frames: Iterable[NDArray[np.uint8]], fps: int, size: tuple[int, int], quality: int) -> None:
    """Encode BGR frames with a keyframe a second and no B-frames; `quality` is x264's CRF.

    One thread and fixed settings, so the same frames give the same bytes with the same x264 build.
    """
    partial = path.with_suffix(".part.mp4")
    with av.open(str(partial), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = Fraction(1, fps)
        stream.options = {
            "crf": str(quality), "preset": "veryslow", "bf": "0", "g": str(fps), "keyint_min": str(fps),
            "sc_threshold": "0", "threads": "1", "profile": "high",
        }  # fmt: skip
        for index, picture in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
            frame.pts = index
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    partial.replace(path)
