"""Small real H.264 clips, and a real RTSP camera that plays them."""

import signal
import socket
import subprocess
import sys
import threading
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import av
import cv2
import numpy as np
import pytest

SERVER = Path(__file__).parents[3] / "scripts" / "rtsp_server.py"
SYSTEM_PYTHON = "/usr/bin/python3"


def make_clip(
    path: Path,
    *,
    seconds: float = 4.0,
    rate: int = 25,
    keyframe_every: int = 25,
    bframes: int = 0,
    size: tuple[int, int] = (320, 240),
    creation_time: str | None = None,
    codec: Literal["libx264", "mpeg4"] = "libx264",
    ticks: int | None = None,
    open_groups: bool = False,
) -> Path:
    """Write a clip in which a white square moves over a textured ground; the same arguments, the same bytes."""
    width, height = size
    ground = np.random.default_rng(7).integers(40, 200, (height // 8, width // 8, 3), dtype=np.uint8)
    ground = np.asarray(cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    options = {"movflags": "faststart"} if path.suffix == ".mp4" else {}
    with av.open(str(path), "w", options=options) as container:
        if creation_time:
            container.metadata["creation_time"] = creation_time
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = Fraction(1, ticks or rate)
        stream.options = {
            "g": str(keyframe_every),
            "keyint_min": str(keyframe_every),
            "sc_threshold": "0",
            "bf": str(bframes),
            "threads": "1",
            **({"x264-params": "open-gop=1"} if open_groups else {}),
        }
        for number in range(round(seconds * rate)):
            picture = ground.copy()
            left = number * 3 % (width - 40)
            picture[height // 3 : height // 3 + 40, left : left + 40] = 255
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = number * (ticks or rate) // rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def packet_places(path: Path) -> list[tuple[int, int, bool]]:
    """Return (place in the file, bytes, whether a keyframe) of each packet."""
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        return [(packet.pos or 0, packet.size, packet.is_keyframe) for packet in packets]


class SilentHost:
    """A host that accepts connections and never says a word."""

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()


def cut(source: Path, target: Path, seconds: float = 8) -> None:
    """The first seconds of a clip, as they are encoded."""
    with av.open(source) as read, av.open(target, "w") as written:
        stream = read.streams.video[0]
        assert stream.time_base is not None
        copied = written.add_stream_from_template(stream)
        for packet in read.demux(stream):
            if packet.dts is not None and float(packet.dts * stream.time_base) < seconds:
                packet.stream = copied
                written.mux(packet)


class RtspCamera:
    """``scripts/rtsp_server.py`` as a process; skips the test where GStreamer's RTSP server is missing."""

    def __init__(self, clip: Path, port: int, sub: Path | None = None) -> None:
        self.url = f"rtsp://127.0.0.1:{port}/cam"
        self.sub_url = f"{self.url}-sub"
        if not Path(SYSTEM_PYTHON).exists():
            pytest.skip(f"{SYSTEM_PYTHON} is missing: GStreamer's RTSP server needs the system's Python")
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, str(SERVER), str(clip), "--port", str(port), *(["--sub", str(sub)] if sub else [])],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        timer = threading.Timer(20, self._process.kill)
        timer.start()
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        timer.cancel()
        if not line.startswith("ready"):
            _, errors = self._process.communicate()
            if "GStreamer's RTSP server is missing" in errors:
                pytest.skip(errors.strip())
            pytest.fail(f"the RTSP server did not start: {errors}")
        sys.stdout.write(line)

    def freeze(self) -> None:
        """Stay connected and send nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after :meth:`freeze`."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Pull the plug."""
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
