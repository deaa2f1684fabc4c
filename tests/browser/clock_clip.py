"""A recording that carries its own clock: each picture shows its number as black and white blocks."""

from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np
from numpy.typing import NDArray

RATE = 15
BITS = 10
_MORE: dict[str, dict[str, str]] = {
    "libx264": {},
    "libx265": {"x265-params": f"log-level=error:keyint={RATE}:bframes=0"},
}
BLOCK = 32
"""Pixels of a block's sides: no compression turns one into the other."""

WIDTH, HEIGHT = BITS * BLOCK, 180

READ_IN_PAGE = """(video) => {
  const canvas = document.createElement("canvas");
  canvas.width = 320; canvas.height = 180;
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0, 320, 180);
  let number = 0;
  for (let bit = 0; bit < 10; bit += 1) {
    number = number * 2 + (pen.getImageData(bit * 32 + 16, 16, 1, 1).data[1] > 127 ? 1 : 0);
  }
  const now = Date.now() / 1000, { buffered } = video;
  const inHand = buffered?.length ? buffered.end(buffered.length - 1) - video.currentTime : 0;
  return [number, now, inHand];
}"""
"""JavaScript that reads the number off a video or canvas element, and says when, and how many seconds the player has in
hand beyond the picture that it shows."""


def render(path: Path, seconds: int, codec: Literal["libx264", "libx265"] = "libx264") -> None:
    """Write the recording: H.264 or H.265, a keyframe a second, :data:`RATE` pictures a second."""
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "ultrafast", "bf": "0", "g": str(RATE), **_MORE[codec]}
        stream.time_base = Fraction(1, RATE)
        for number in range(seconds * RATE):
            frame = av.VideoFrame.from_ndarray(_picture(number), format="gray8").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def read(picture: NDArray[np.uint8]) -> int:
    """The number that a grey picture shows."""
    return sum(int(picture[16, bit * BLOCK + 16] > 127) << (BITS - 1 - bit) for bit in range(BITS))


def _picture(number: int) -> NDArray[np.uint8]:
    picture = np.full((HEIGHT, WIDTH), 90, np.uint8)
    for bit in range(BITS):
        picture[:BLOCK, bit * BLOCK : (bit + 1) * BLOCK] = 255 * (number >> (BITS - 1 - bit) & 1)
    picture[60:170, 10 + number % 200 : 60 + number % 200] = 200
    return picture
