"""The clip whose decoding is measured: a given one, or one made of the detector's reference pictures."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from sharp_eyes.edge.errors import ModelError, SourceError
from sharp_eyes.edge.extract.model import Model
from sharp_eyes.edge.extract.parity import read_frame
from sharp_eyes.edge.frame import Picture

SIZE = (1920, 1080)
RATE = 25
GROUP = 25
"""Frames from one keyframe to the next."""
GROUPS = 4
BITS = 4_000_000
"""A second, as street cameras send it."""
NOISE = 6


def make_clip(model: Model, target: Path) -> Path:
    """Encode some seconds as a street camera sends them: 1080p25 H.264 at 4 Mbit/s without B-frames, with noise.

    Raises:
        SourceError: it cannot be encoded here; a clip of one's own serves as well.
        ModelError: the model has no reference pictures.
    """
    options = {"preset": "veryfast", "bf": "0", "sc_threshold": "0", "maxrate": str(BITS), "bufsize": str(BITS)}
    options |= {"g": str(GROUP), "keyint_min": str(GROUP)}
    try:
        with av.open(str(target), "w", format="mp4") as container:
            stream = container.add_stream("libx264", rate=RATE, options=options)
            stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *SIZE, "yuv420p", BITS
            for number, picture in enumerate(_pictures(model)):
                frame = av.VideoFrame.from_ndarray(picture, "bgr24")
                frame.pts, frame.time_base = number, Fraction(1, RATE)
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise SourceError(f"no clip can be made to decode ({error}); name one of yours with --clip") from error
    return target


def _pictures(model: Model) -> Iterator[Picture]:
    """A reference picture a group, under a sensor's noise, that moves slowly across the picture."""
    names = [picture.file for picture in model.manifest.reference.pictures]
    if not names:
        raise ModelError(f"model {model.manifest.name}: has no reference pictures; name a clip with --clip")
    random = np.random.default_rng(0)
    noises = [random.integers(-NOISE, NOISE + 1, (SIZE[1], SIZE[0], 3), np.int16) for _ in range(3)]
    for group in range(GROUPS):
        still = read_frame(model.folder / names[group % len(names)]).picture()
        wide = np.asarray(cv2.resize(still, (SIZE[0] + 2 * GROUP, SIZE[1])), np.uint8)
        for step in range(GROUP):
            shown = wide[:, 2 * step : 2 * step + SIZE[0]].astype(np.int16)
            yield np.clip(shown + noises[step % len(noises)], 0, 255).astype(np.uint8)
