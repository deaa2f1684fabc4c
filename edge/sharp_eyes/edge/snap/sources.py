"""Reads one run of a source: a camera until it breaks off, a recording or a folder to its end."""

import threading
from collections.abc import Generator, Iterator
from datetime import datetime

import av
from av.container import InputContainer

from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.packet_motion import PacketMotion
from sharp_eyes.edge.settings import FileSource, FolderSource, RtspSource, Source
from sharp_eyes.edge.snap.address import masked
from sharp_eyes.edge.snap.decode_device import DecodeDevice
from sharp_eyes.edge.snap.decode_mode import DecodeMode, Demand
from sharp_eyes.edge.snap.folder import read_folder
from sharp_eyes.edge.snap.opening import interrupted_reason, open_file, open_rtsp
from sharp_eyes.edge.snap.ring import PacketRing
from sharp_eyes.edge.snap.statistics import StreamStatistics
from sharp_eyes.edge.snap.timeline import ArrivalTimeline, PacedTimeline, Timeline
from sharp_eyes.edge.snap.video import ReadContext, VideoRun
from sharp_eyes.edge.snap.wall_clock import wall

KEYFRAME_PATIENCE = 90.0
"""Seconds a camera may send video without a picture that can be decoded."""


def read_frames(
    source: Source,
    camera_id: str,
    mode: DecodeMode,
    *,
    ring: PacketRing | None = None,
    start_time: float | None = None,
    stop: threading.Event | None = None,
    statistics: StreamStatistics | None = None,
    demand: Demand | None = None,
    device: DecodeDevice | None = None,
    motion: PacketMotion | None = None,
) -> Generator[Frame, None, None]:
    """Open a source and decode it once; a recording that loops is decoded without end.

    Args:
        source: what is read.
        camera_id: goes into each frame.
        mode: what may be decoded.
        ring: gets all packets, decoded or not.
        start_time: time of the first frame of a recording read fast, seconds since the Unix epoch; its
            creation time where None, and 1970-01-01T00:00:00Z where it has none.
        stop: set it from any thread to end the iteration at the next packet.
        statistics: counts, carried from one run to the next by whoever reads a source again.
        demand: says which frames are wanted, so that nothing is decoded in vain; None: all that the mode gives. A
            folder's pictures are all given.
        device: decodes it beside the processor, as long as that goes well.
        motion: is told the size of every packet.

    Yields:
        Frames with strictly increasing times.

    Raises:
        SourceError: the source cannot be opened, or a camera broke off.
    """
    statistics = statistics or StreamStatistics()
    stop = stop or threading.Event()
    context = ReadContext(camera_id, mode, demand, ring, stop, statistics, device, motion)
    if isinstance(source, RtspSource):
        yield from _read_rtsp(source, context)
    elif isinstance(source, FileSource):
        yield from _read_file(source, context, start_time)
    else:
        timeline = _timeline(source, start_time or 0.0, context)
        yield from read_folder(source, camera_id, timeline, statistics, stop)


def look_through(
    source: FileSource,
    camera_id: str,
    wants: Demand,
    *,
    start_time: float | None = None,
    stop: threading.Event | None = None,
) -> Generator[Frame, None, None]:
    """Read a recording as fast as it goes, once, and decode only what is wanted of it.

    Args:
        source: its pace and whether it loops do not matter.
        camera_id: goes into each frame.
        wants: asked once for each frame in the order they are shown, from the first keyframe on, when all before it
            that were wanted have been handled.
        start_time: of the first frame, as in :func:`read_frames`.
        stop: set it from any thread to end the iteration at the next packet.

    Yields:
        Those frames of ``read_frames(…, "all")`` that are wanted, the same to the bit.

    Raises:
        SourceError: the recording cannot be read, or nothing that was wanted of it.
    """
    context = ReadContext(camera_id, "all", wants, None, stop or threading.Event(), StreamStatistics(), in_order=True)
    yield from _read_file(source.model_copy(update={"pace": "fast", "loop": False}), context, start_time)


def read_packets(
    source: RtspSource, camera_id: str, ring: PacketRing, stop: threading.Event, statistics: StreamStatistics
) -> Iterator[None]:
    """Bring a camera's packets into the ring until it breaks off, and decode none; see :func:`read_frames`.

    Raises:
        SourceError: it cannot be opened, or broke off.
    """
    context = ReadContext(camera_id, "keyframes", None, ring, stop, statistics)
    timeline = ArrivalTimeline(wall.time(), statistics.last_time)
    with open_rtsp(source) as container:
        run = VideoRun(container, context, timeline)
        fault = "ended the stream"
        try:
            yield from run.packets()
        except av.error.FFmpegError as error:
            fault = interrupted_reason(error, run.silent_for, source.timeout)
    if not stop.is_set():
        raise SourceError(f"{masked(source.url)} {fault}")


def _timeline(source: FileSource | FolderSource, start: float, context: ReadContext) -> Timeline:
    after = context.statistics.last_time
    return PacedTimeline(context.stop, after) if source.pace == "live" else Timeline(start, after)


def _read_rtsp(source: RtspSource, context: ReadContext) -> Iterator[Frame]:
    timeline = ArrivalTimeline(wall.time(), context.statistics.last_time)
    fault = "ended the stream"
    with open_rtsp(source) as container:
        run = VideoRun(container, context, timeline, patience=KEYFRAME_PATIENCE)
        try:
            yield from run.frames()
        except av.error.FFmpegError as error:
            fault = interrupted_reason(error, run.silent_for, source.timeout)
    if run.out_of_patience:
        fault = f"sent no keyframe in {KEYFRAME_PATIENCE:g} s; set the camera's I-frame interval to some seconds"
    if not context.stop.is_set():
        raise SourceError(f"{masked(source.url)} {fault}")


def _read_file(source: FileSource, context: ReadContext, start_time: float | None) -> Iterator[Frame]:
    timeline: Timeline | None = None
    while not context.stop.is_set():
        with open_file(source) as container:
            if timeline is None:
                start = _creation_time(container) if start_time is None else start_time
                timeline = _timeline(source, start, context)
            run = VideoRun(container, context, timeline)
            yield from run.frames_past_faults()
        if run.decoded == 0 and not context.stop.is_set():
            raise SourceError(f"{source.path}: not one picture in it can be decoded; check that it is complete")
        if not source.loop:
            return
        timeline.start_again()


def _creation_time(container: InputContainer) -> float:
    """Seconds since the Unix epoch; 0 where the recording does not say."""
    try:
        # Python 3.10 does not know Z.
        return datetime.fromisoformat(container.metadata["creation_time"].replace("Z", "+00:00")).timestamp()
    except (KeyError, ValueError):
        return 0.0
