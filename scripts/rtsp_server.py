#!/usr/bin/python3
"""Plays a recording in a loop as a real RTSP camera, without re-encoding; for tests and demonstrations.

Needs Debian's gir1.2-gst-rtsp-server-1.0, python3-gi and GStreamer's good and bad plugins, therefore the
system's own Python.
"""

import argparse
import importlib
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

EXAMPLES = """examples:
  /usr/bin/python3 scripts/rtsp_server.py street.mp4
  /usr/bin/python3 scripts/rtsp_server.py street.mp4 --port 8554 --path /cam
  /usr/bin/python3 scripts/rtsp_server.py street.mp4 --address 0.0.0.0
  /usr/bin/python3 scripts/rtsp_server.py large.mp4 --sub small.mp4
"""

PAYLOADERS = {
    "video/x-h264": "h264parse ! rtph264pay",
    "video/x-h265": "h265parse ! rtph265pay",
}


class Recording(NamedTuple):
    """A clip's encoded pictures: (bytes, time shown, time decoded, whether not a keyframe), in nanoseconds."""

    caps: str
    payloader: str
    pictures: list[tuple[bytes, int, int, bool]]
    length: int


def load_gstreamer() -> tuple[Any, Any, Any]:
    """Return Gst, GstRtspServer and GLib, or end with what to install."""
    try:
        gi = importlib.import_module("gi")
        gi.require_version("Gst", "1.0")
        gi.require_version("GstRtspServer", "1.0")
        names = ("Gst", "GstRtspServer", "GLib")
        modules = [importlib.import_module(f"gi.repository.{name}") for name in names]
    except (ImportError, ValueError) as error:
        sys.exit(
            f"rtsp_server: GStreamer's RTSP server is missing ({error}); install gir1.2-gst-rtsp-server-1.0 "
            "and python3-gi, and start this script with /usr/bin/python3"
        )
    gst, server, glib = modules
    gst.init(None)
    return gst, server, glib


def read_recording(gst: Any, path: Path) -> Recording:
    """Take the encoded pictures out of a file."""
    pipeline = gst.parse_launch("filesrc name=file ! parsebin ! appsink name=sink sync=false max-buffers=64")
    pipeline.get_by_name("file").set_property("location", str(path))
    sink = pipeline.get_by_name("sink")
    pipeline.set_state(gst.State.PLAYING)
    pictures: list[tuple[bytes, int, int, bool]] = []
    caps = None
    bus = pipeline.get_bus()
    while not sink.get_property("eos") and bus.pop_filtered(gst.MessageType.ERROR) is None:
        sample = sink.emit("try-pull-sample", gst.SECOND // 10)
        if sample is None:
            continue
        buffer = sample.get_buffer()
        caps = caps or sample.get_caps()
        shown = buffer.pts
        decoded = buffer.dts if buffer.dts != gst.CLOCK_TIME_NONE else shown
        delta = bool(buffer.get_flags() & gst.BufferFlags.DELTA_UNIT)
        pictures.append((buffer.extract_dup(0, buffer.get_size()), shown, decoded, delta))
    pipeline.set_state(gst.State.NULL)
    if caps is None or len(pictures) < 2:
        sys.exit(f"rtsp_server: {path} holds no video that can be read")
    payloader = PAYLOADERS.get(caps.get_structure(0).get_name())
    if payloader is None:
        sys.exit(f"rtsp_server: {path} is neither H.264 nor H.265 but {caps.to_string()[:60]}")
    first = min(shown for _, shown, _, _ in pictures)
    step = (pictures[-1][2] - pictures[0][2]) // (len(pictures) - 1)
    length = max(shown for _, shown, _, _ in pictures) - first + step
    rebased = [(data, shown - first, decoded - first, delta) for data, shown, decoded, delta in pictures]
    return Recording(caps.to_string(), payloader, rebased, length)


def parameter_sets(picture: bytes) -> bytes:
    """The units before a first keyframe that say how the stream is encoded (H.264: SPS, PPS; H.265: VPS, SPS, PPS)."""
    units = picture.split(b"\0\0\1")[1:]
    wanted = [unit for unit in units if unit[0] & 0x1F in (7, 8) or unit[0] >> 1 & 0x3F in (32, 33, 34)]
    return b"".join(b"\0\0\1" + unit.rstrip(b"\0") for unit in wanted)


class Player(threading.Thread):
    """Pushes a recording into one pipeline as the clock goes, again and again, until the pipeline ends.

    Args:
        started: when the recording began to run, by the monotonic clock, so that several show the same moment;
            None: with this player.
    """

    def __init__(self, gst: Any, source: Any, recording: Recording, started: "float | None" = None) -> None:
        super().__init__(daemon=True)
        self._gst = gst
        self._source = source
        self._recording = recording
        self._origin = started
        self.ended = threading.Event()

    def run(self) -> None:
        """Push from the next keyframe on until the pipeline refuses."""
        now = time.monotonic()
        started = now if self._origin is None else self._origin
        base, place = divmod(int((now - started) * 1e9), self._recording.length)
        base *= self._recording.length
        keyframes = [decoded for _, _, decoded, delta in self._recording.pictures if not delta]
        first = (
            0
            if self._origin is None
            else min((one for one in keyframes if one >= place), default=self._recording.length)
        )
        zero = base + first
        # What says how the stream is encoded stands before its very first picture only.
        head = b"" if first in (0, self._recording.length) else parameter_sets(self._recording.pictures[0][0])
        while not self.ended.is_set():
            for data, shown, decoded, delta in self._recording.pictures:
                if base + decoded < zero and self._origin is not None:
                    continue
                self.ended.wait(max(0.0, started + (base + decoded) / 1e9 - time.monotonic()))
                if self.ended.is_set() or not self._push(
                    head + data, base + shown - zero, base + decoded - zero, delta
                ):
                    return
                head = b""
            base += self._recording.length

    def _push(self, data: bytes, shown: int, decoded: int, delta: bool) -> bool:
        buffer = self._gst.Buffer.new_wrapped(data)
        buffer.pts = shown
        buffer.dts = max(0, decoded)
        if delta:
            buffer.set_flags(self._gst.BufferFlags.DELTA_UNIT)
        return bool(self._source.emit("push-buffer", buffer) == self._gst.FlowReturn.OK)


def make_factory(gst: Any, server: Any, recording: Recording, started: "float | None" = None) -> Any:
    """Return a media factory: all clients of the camera share one player."""
    factory = server.RTSPMediaFactory()
    factory.set_launch(
        "( appsrc name=source is-live=true format=time do-timestamp=false max-bytes=0 "
        f"! {recording.payloader} name=pay0 pt=96 config-interval=-1 )"
    )
    factory.set_shared(True)

    def configure(_factory: Any, media: Any) -> None:
        source = media.get_element().get_by_name("source")
        source.set_property("caps", gst.Caps.from_string(recording.caps))
        player = Player(gst, source, recording, started)
        media.connect("unprepared", lambda _media: player.ended.set())
        player.start()

    factory.connect("media-configure", configure)
    return factory


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clip", type=Path, help="H.264 or H.265 recording")
    parser.add_argument("--sub", type=Path, help="the same recording smaller: the camera's substream, at PATH-sub")
    parser.add_argument("--port", type=int, default=8554, help="TCP port (default 8554)")
    parser.add_argument("--path", default="/cam", help="path of the camera (default /cam)")
    parser.add_argument("--address", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    options = parser.parse_args()
    if not options.clip.is_file():
        sys.exit(f"rtsp_server: {options.clip} does not exist")
    gst, server, glib = load_gstreamer()
    recording = read_recording(gst, options.clip)
    started = time.monotonic() if options.sub else None
    rtsp = server.RTSPServer()
    rtsp.set_address(options.address)
    rtsp.set_service(str(options.port))
    rtsp.get_mount_points().add_factory(options.path, make_factory(gst, server, recording, started))
    if options.sub:
        small = read_recording(gst, options.sub)._replace(length=recording.length)
        rtsp.get_mount_points().add_factory(options.path + "-sub", make_factory(gst, server, small, started))
    loop = glib.MainLoop()
    if rtsp.attach(None) == 0:
        sys.exit(f"rtsp_server: port {options.port} on {options.address} is taken")
    for number in (signal.SIGINT, signal.SIGTERM):
        glib.unix_signal_add(glib.PRIORITY_DEFAULT, number, loop.quit)
    print(f"ready: rtsp://{options.address}:{options.port}{options.path}", flush=True)
    loop.run()


if __name__ == "__main__":
    main()
