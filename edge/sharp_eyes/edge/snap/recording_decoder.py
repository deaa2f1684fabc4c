"""A recording's pictures, asked for in the order they are shown; only those that somebody wants are decoded."""

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heappop, heappush

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sharp_eyes.edge.snap.decode_mode import Demand
from sharp_eyes.edge.snap.statistics import StreamStatistics

LOOK_AHEAD = 16
"""Packets read beyond a picture before it is asked for: so many others may have to be decoded before it is shown."""


class RecordingDecoder:
    """Decodes what is wanted of a recording, and gives what decoding everything would give, to the bit.

    A camera's packets are judged as they come, in the order in which they are decoded; a recording can be read ahead.
    So each picture is asked for once, in the order they are shown, after all before it were handled, and whoever is
    asked may decide by what was seen in them. A picture costs what the decoder has not done yet of its group up to it.

    Args:
        stream: whose packets come.
        wants: says which pictures are wanted; the first keyframe is the first one asked for.
        timed: gives a picture its time, from the moment that its packet said; called once for each, in the same order.
    """

    def __init__(
        self, stream: VideoStream, statistics: StreamStatistics, wants: Demand, timed: Callable[[float], float]
    ) -> None:
        self._context = stream.codec_context
        self._statistics = statistics
        self._wants = wants
        self._timed = timed
        self._coming: list[tuple[int, int, float, bool]] = []  # stamp, number, moment and kind of what is not shown yet
        self._number = 0
        self._packets: deque[Packet[VideoStream]] = (
            deque()
        )  # not decoded yet, from a keyframe or where the decoder stands
        self._ready: deque[VideoFrame] = deque()
        self._start: int | None = None  # stamp of the keyframe that the decoder began with
        self._waiting = True  # for a keyframe, to begin with or after something broken
        self._ended = False
        self._decoded = 0  # packets of this group
        self._alone = True  # of the group before at most the keyframe was decoded

    def feed(self, packet: "Packet[VideoStream]", moment: float) -> Iterator[tuple[VideoFrame, float]]:
        """Take the next packet; gives what is wanted with its time, seconds since the Unix epoch."""
        if self._waiting and not packet.is_keyframe:
            return
        self._waiting = False
        self._packets.append(packet)
        heappush(self._coming, (packet.pts or 0, self._number, moment, packet.is_keyframe))
        self._number += 1
        if len(self._coming) > LOOK_AHEAD:
            yield from self._ask()

    def finish(self) -> Iterator[tuple[VideoFrame, float]]:
        """Go through what is left at the end of the recording."""
        self._ended = True
        while self._coming:
            yield from self._ask()

    def _ask(self) -> Iterator[tuple[VideoFrame, float]]:
        stamp, _, moment, keyframe = heappop(self._coming)
        moment = self._timed(moment)
        if keyframe:
            self._leave_out(stamp)
        if self._wants(moment, keyframe):
            picture = self._picture(stamp, keyframe)
            if picture is not None:
                yield picture, moment

    def _leave_out(self, stamp: int) -> None:
        """All before this keyframe was asked for: what of it was not decoded never will be."""
        self._alone, self._decoded = self._decoded <= 1, 0
        places = (place for place, one in enumerate(self._packets) if one.is_keyframe and one.pts == stamp)
        for _ in range(next(places, 0)):
            self._packets.popleft()
            self._start = None

    def _picture(self, stamp: int, keyframe: bool) -> VideoFrame | None:
        """The picture of this stamp; None where there is none that is whole."""
        try:
            while True:
                while self._ready and (self._ready[0].pts or 0) < stamp:
                    self._ready.popleft()
                if self._ready:
                    return self._ready.popleft() if self._ready[0].pts == stamp else None
                if not self._decode_next(stamp if keyframe and self._alone else None):
                    return None
        except av.error.FFmpegError:
            self._give_up_group()
            return None

    def _decode_next(self, alone: int | None) -> bool:
        """Decode one packet more; ``alone``: the keyframe of this stamp is wanted, and the rest perhaps not."""
        if not self._packets:
            if self._ended:
                self._ready.extend(self._whole(self._drain()))
            return bool(self._ready)
        packet = self._packets.popleft()
        if self._start is None:
            self._context.flush_buffers()
            self._start = packet.pts
        self._decoded += 1
        self._statistics.fed += 1
        frames = packet.decode()
        if packet.pts == alone and not frames:
            frames = self._drain()
            self._packets.appendleft(packet)  # where the rest is wanted after all, the group is begun once more
            self._start, self._alone = None, False
        self._ready.extend(self._whole(frames))
        return True

    def _drain(self) -> list[VideoFrame]:
        """Take out what is inside; the decoder has to begin anew after it."""
        frames = self._context.decode(None)
        self._context.flush_buffers()
        return frames

    def _whole(self, frames: list[VideoFrame]) -> list[VideoFrame]:
        """The frames up to one that is torn. What is shown before the keyframe refers to what was left out."""
        frames = [frame for frame in frames if self._start is None or (frame.pts or 0) >= self._start]
        for index, frame in enumerate(frames):
            if frame.is_corrupt:
                self._give_up_group()
                return frames[:index]
        return frames

    def _give_up_group(self) -> None:
        self._statistics.count_broken()
        self._context.flush_buffers()
        while self._packets and not self._packets[0].is_keyframe:
            self._packets.popleft()
        self._waiting = not self._packets
        self._start = None
