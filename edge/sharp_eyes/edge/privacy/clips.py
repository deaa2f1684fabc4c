"""A clip with its masks: decoded, painted and encoded anew (H.264), because packets cannot be painted on.

It is played twice: first to see where heads, plates and faces are, some times a second, then to paint each picture with
what was found shortly before and after it.
"""

import io
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
import numpy as np
from av.video.stream import VideoStream

from sharp_eyes.edge.frame import Frame, Picture
from sharp_eyes.edge.privacy.masker import Masker
from sharp_eyes.edge.privacy.painting import Region
from sharp_eyes.edge.snap.decoder import Pixels
from sharp_eyes.edge.snap.orientation import Turning
from sharp_eyes.edge.snap.ring import HEADER_BYTES, HEADER_BYTES_PER_PACKET, TICKS, EncodedClip

LOOK_EVERY = 0.2
"""Seconds of video between two looks for heads, plates and faces."""

_QUALITY = {"crf": "24", "preset": "veryfast", "bf": "0"}


def masked_clip(camera: str, clip: EncodedClip, masker: Masker) -> EncodedClip:
    """The clip with every picture masked, upright and with square pixels; size and times are those shown.

    Raises:
        FFmpegError: the clip cannot be decoded, or encoded again.
        ModelError: a network fails.
    """
    looks = _looks(camera, clip, masker)
    buffer = io.BytesIO()
    room = HEADER_BYTES + HEADER_BYTES_PER_PACKET * _packets_in(clip)
    with av.open(buffer, "w", format="mp4", options={"moov_size": str(room)}) as container:
        stream: VideoStream | None = None
        for moment, picture in _pictures(clip):
            if stream is None:
                stream = container.add_stream("libx264", rate=25, options=_QUALITY)
                height, width = picture.shape[:2]
                stream.width, stream.height = width - width % 2, height - height % 2
                stream.pix_fmt = "yuv420p"
                stream.codec_context.time_base = Fraction(1, TICKS)
            masker.paint(picture, "clip", _near(looks, moment))
            even = np.ascontiguousarray(picture[: stream.height, : stream.width])
            frame = av.VideoFrame.from_ndarray(even, format="bgr24")
            frame.pts, frame.time_base = round(moment * TICKS), Fraction(1, TICKS)
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode(None))
    return EncodedClip(buffer.getvalue(), clip.start, clip.end)


Looks = list[tuple[float, list[Region]]]


def _looks(camera: str, clip: EncodedClip, masker: Masker) -> Looks:
    hidden = masker.settings.hidden_in("clip") - {"areas"}
    looks: Looks = []
    if not hidden:
        return looks
    for moment, picture in _pictures(clip):
        if not looks or moment - looks[-1][0] >= LOOK_EVERY - 1e-3:
            frame = Frame.of_picture(camera, clip.start + moment, picture)
            looks.append((moment, masker.regions(masker.watched(frame), hidden)))
    return looks


def _near(looks: Looks, moment: float) -> Sequence[Region]:
    """What the looks on both sides of a moment have found: who moves between them is in one of the two, or near."""
    after = bisect_left([time for time, _ in looks], moment)
    around = looks[max(0, after - 1) : after + 1]
    return [region for _, regions in around for region in regions]


def _packets_in(clip: EncodedClip) -> int:
    with av.open(io.BytesIO(clip.data), "r") as container:
        return sum(1 for _ in container.demux(video=0))


def _pictures(clip: EncodedClip) -> Iterator[tuple[float, Picture]]:
    """Seconds from the clip's begin, and the picture as BGR: upright, as the areas were drawn on it."""
    with av.open(io.BytesIO(clip.data), "r") as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        first, turning = None, Turning(clip.turned)
        for frame in container.decode(stream):
            moment = float(frame.pts * stream.time_base) if frame.pts is not None and stream.time_base else 0.0
            first = moment if first is None else first
            shown = Pixels(frame, turning.of(frame, stream.sample_aspect_ratio))
            yield moment - first, shown.scaled(shown.width, shown.height)
