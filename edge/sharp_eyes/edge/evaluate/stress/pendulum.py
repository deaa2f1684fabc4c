"""Plays a recording to and fro, so that nothing in it ever jumps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sharp_eyes.configuration.memory import give_back
from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.settings import Source
from sharp_eyes.edge.snap.decode_mode import DecodeMode
from sharp_eyes.edge.snap.sources import read_frames

MOST_BYTES = 400_000_000
"""Decoded pictures that are held at a time, about; a longer or larger recording is decoded in several goes."""

BYTES_A_PIXEL = 1.5
"""Of a decoded picture in YUV 4:2:0."""


@dataclass(frozen=True, slots=True)
class Swing:
    """One frame on its way.

    Attributes:
        frame: with the time at which the camera would see it.
        footage: seconds of the recording, from its first frame.
        number: of the pass, from 0; even ones go forth, odd ones back.
    """

    frame: Frame
    footage: float
    number: int


class Pendulum:
    """The frames of a recording, forth and back without end, at the recording's own pace.

    No picture is shown twice in a row at a turn. The same recording always gives the same frames, to the bit.

    Args:
        source: a recording, read fast.
        camera: goes into each frame.
        mode: what is decoded.
        start_time: of the first frame; the recording's own where None.
        most_bytes: decoded pictures held at a time.
    """

    def __init__(
        self,
        source: Source,
        camera: str,
        mode: DecodeMode,
        start_time: float | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._source, self._camera, self._mode, self._start_time = source, camera, mode, start_time
        self._most_bytes = most_bytes
        self._times: list[float] = []
        self._gaps: list[bool] = []
        self._held: list[Frame] = []
        self._room = 1

    @property
    def length(self) -> float | None:
        """Seconds from the first frame to the last; None until it was played once."""
        return self._times[-1] - self._times[0] if self._times else None

    def frames(self) -> Iterator[Swing]:
        """Play it until nobody asks any more.

        Raises:
            SourceError: the recording cannot be read, or holds a single picture only.
        """
        yield from self._first()
        count = len(self._times)
        if count < 2:
            raise SourceError(
                f"{getattr(self._source, 'path', 'the recording')}: holds one picture only: nothing moves"
            )
        moment, index, number = self._times[-1], count, 0
        while True:
            give_back()  # what the pass before decoded: many times what is held
            number += 1
            back = number % 2 == 1
            order = range(count - 2, -1, -1) if back else range(1, count)
            before = count - 1 if back else 0
            for place, kept in self._in_order(order):
                moment += abs(self._times[place] - self._times[before])
                gap = self._gaps[before] if back else self._gaps[place]
                frame = replace(kept, time=moment, index=index, after_gap=gap)
                yield Swing(frame, self._times[place] - self._times[0], number)
                before, index = place, index + 1

    def _first(self) -> Iterator[Swing]:
        times: list[float] = []
        for frame in self._decoded():
            self._room = max(int(self._most_bytes / (frame.width * frame.height * BYTES_A_PIXEL)), 2)
            times.append(frame.time)
            self._gaps.append(frame.after_gap)
            self._held.append(frame)
            del self._held[: -self._room]
            yield Swing(frame, frame.time - times[0], 0)
        self._times = times

    def _in_order(self, order: range) -> Iterator[tuple[int, Frame]]:
        """The frames of these places in this order, decoded anew only where they are not held."""
        first = len(self._times) - len(self._held)
        if len(self._held) == len(self._times):
            yield from ((place, self._held[place]) for place in order)
            return
        if order.step > 0:
            yield from self._forth()
            return
        yield from ((place, self._held[place - first]) for place in order if place >= first)
        for end in range(first, 0, -self._room):
            begin = max(end - self._room, 0)
            chunk = self._between(begin, end)
            yield from ((begin + offset, chunk[offset]) for offset in range(len(chunk) - 1, -1, -1))
            del chunk
            give_back()

    def _forth(self) -> Iterator[tuple[int, Frame]]:
        yield from ((place, frame) for place, frame in enumerate(self._decoded()) if place > 0)

    def _between(self, begin: int, end: int) -> list[Frame]:
        found = []
        for place, frame in enumerate(self._decoded()):
            if place >= end:
                break
            if place >= begin:
                found.append(frame)
        return found

    def _decoded(self) -> Iterator[Frame]:
        yield from read_frames(self._source, self._camera, self._mode, start_time=self._start_time)
