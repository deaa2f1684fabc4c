"""Cuts the tower's recording down to one fall a round.

The bundled recording shows four falls in 52 seconds, because it measures a scene; a demo that plays it without end
would file four cases a minute. Whole groups of pictures are copied, nothing is encoded anew.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle
from pathlib import Path
from typing import TypeAlias

import av

from sharp_eyes.hub.errors import SettingsError

_Packet: TypeAlias = "av.Packet[av.VideoStream]"

Span = tuple[float, float]
"""Seconds from and to."""

MARGIN = 1.5
"""Seconds that are left out before and after a fall: a whole group of pictures and a half."""

LENGTH = 60.0
"""Seconds a round lasts at least: about one fall a minute."""


def one_fall_a_round(recording: Path, truth: Path, target: Path) -> Path:
    """Cut a recording of falling things to ``target`` and give that back; one that has a single fall stays as it is.

    Raises:
        SettingsError: the recording or what is known of it cannot be read, or the target not be written.
    """
    try:
        events = json.loads(truth.read_text(encoding="utf-8"))["events"]
        falls = [(float(event["from"]), float(event["to"])) for event in events if event["expected"]]
        with av.open(str(recording)) as source:
            end = float((source.duration or 0) / av.time_base)
    except (OSError, ValueError, KeyError, av.error.FFmpegError) as error:
        raise SettingsError(f"{recording} and {truth} cannot be read: {error}; check the source out again") from error
    if len(falls) < 2:
        return recording
    cut(recording, quiet_spans(falls, end), target)
    return target


def quiet_spans(falls: Sequence[Span], end: float) -> list[Span]:
    """The recording as spans with its first fall only, repeated without any until :data:`LENGTH` is reached.

    ``falls``: seconds from and to, in order; ``end``: length of the recording in seconds.
    """
    edges = [0.0, *(edge for start, stop in falls[1:] for edge in (start - MARGIN, stop + MARGIN)), end]
    spans = [(start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=True) if stop > start]
    quiet = [(falls[0][1] + MARGIN, spans[0][1]), *spans[1:]]
    for span in cycle(quiet):
        if sum(stop - start for start, stop in spans) >= LENGTH:
            break
        spans.append(span)
    return spans


def cut(recording: Path, spans: Sequence[Span], target: Path) -> None:
    """Write the spans of a recording one after the other; of each the groups of pictures that lie within.

    Raises:
        SettingsError: the recording cannot be read, or the target not be written.
    """
    try:
        with av.open(str(recording)) as source:
            stream = source.streams.video[0]
            groups = list(_groups(source.demux(stream)))
            with av.open(str(target), "w", format="mp4") as made:
                copy = made.add_stream_from_template(stream)
                end = 0
                for start, stop in spans:
                    for group in groups:
                        if start <= group.start and group.stop <= stop:
                            made.mux([group.packet(number, end, copy) for number in range(len(group.packets))])
                            end += group.ticks
    except (av.error.FFmpegError, OSError) as error:
        raise SettingsError(f"{recording} cannot be cut into {target}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Group:
    """A keyframe and all packets up to the next; ``ticks``: its length in units of ``base``."""

    packets: tuple[_Packet, ...]
    base: Fraction
    ticks: int

    @property
    def start(self) -> float:
        """Seconds from the recording's start."""
        return float((self.packets[0].pts or 0) * self.base)

    @property
    def stop(self) -> float:
        """Seconds from the recording's start."""
        return self.start + float(self.ticks * self.base)

    def packet(self, number: int, begin: int, stream: av.VideoStream) -> "av.Packet[av.stream.Stream]":
        """A copy of a packet, moved so that the group starts at ``begin``: a span may be written twice."""
        old, first = self.packets[number], self.packets[0].pts or 0
        made = av.Packet(bytes(old))
        made.pts = (old.pts or 0) - first + begin
        made.dts = (old.dts or 0) - first + begin
        made.duration, made.time_base, made.is_keyframe = old.duration, self.base, old.is_keyframe
        made.stream = stream
        return made


def _groups(packets: Iterable[_Packet]) -> Iterator[_Group]:
    group: list[_Packet] = []
    for packet in packets:
        if group and (packet.is_keyframe or packet.pts is None):
            base = group[0].time_base or Fraction(1, 1000)
            yield _Group(tuple(group), base, sum(one.duration or 0 for one in group))
            group = []
        if packet.pts is not None:
            group.append(packet)
