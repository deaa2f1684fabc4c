"""Devices that decode video beside the processor, behind one small interface: NVDEC, VA-API and QSV by PyAV."""

from pathlib import Path
from typing import Literal, Protocol

import av
from av.codec import Codec
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

DEVICE_ERRORS = (av.error.FFmpegError, ValueError, RuntimeError)
"""What PyAV raises where a device cannot be opened or fails."""

NODES = {"cuda": ("nvidiactl",), "vaapi": ("dri/renderD*",), "qsv": ("dri/renderD*",)}
"""Devices by what FFmpeg calls them, and under which names in /dev their drivers show themselves."""


SkipFrame = Literal["NONE", "DEFAULT", "NONREF", "BIDIR", "NONINTRA", "NONKEY", "ALL"]
"""Which frames are left out, as FFmpeg calls it."""


class Decoding(Protocol):
    """What decodes packets one by one: PyAV's codec context, or one that watches it."""

    skip_frame: SkipFrame

    def decode(self, packet: "Packet[VideoStream] | None" = None) -> list[VideoFrame]:
        """The pictures that are ready after this packet; None: all that are left."""

    def flush_buffers(self) -> None:
        """Forget what was decoded so far."""


class DecodeDevice(Protocol):
    """Something beside the processor that decodes video.

    Attributes:
        name: as in the settings and for people.
    """

    name: str

    def open(self, stream: VideoStream) -> Decoding:
        """Begin to decode a stream; its pictures lie in the processor's memory.

        Raises:
            FFmpegError, ValueError, RuntimeError: it cannot be opened, or not for this codec.
        """


class FFmpegDevice:
    """A device that FFmpeg knows: ``cuda`` (NVDEC), ``vaapi`` or ``qsv``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def open(self, stream: VideoStream) -> Decoding:
        """Begin to decode a stream."""
        codec = stream.codec_context.name
        # QSV has decoders of its own; the others help FFmpeg's.
        decoder = Codec(f"{codec}_qsv" if self.name == "qsv" else codec, "r")
        accelerated = HWAccel(self.name, allow_software_fallback=False)
        context = VideoCodecContext.create(decoder, "r", hwaccel=accelerated)
        if not isinstance(context, VideoCodecContext) or not context.is_hwaccel:
            raise ValueError(f"this FFmpeg cannot open it for {codec}")
        context.extradata = stream.codec_context.extradata
        context.thread_count = 1
        if self.name == "qsv":
            context.options = {"async_depth": "1"}
        context.open()
        return context


def present() -> list[str]:
    """Devices that FFmpeg was built for and whose driver is there; what they are worth, only a trial tells."""
    built = hwdevices_available()
    return [
        name
        for name, patterns in NODES.items()
        if name in built and any(any(Path("/dev").glob(pattern)) for pattern in patterns)
    ]
