"""One camera's kept video: which files there are, for how long they stay, and what of a time they hold."""

import logging
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from sharp_eyes.edge.look_back.segments import Segment, found_in, growing_name, whole_name

TOGETHER = 0.5
"""Seconds between two files that are one stretch."""

_log = logging.getLogger(__name__)

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Kept:
    segment: Segment
    ended: float
    """When it ended, on the monotonic clock: its age is no matter of the wall clock."""


class Shelf:
    """The files of one camera, within their bounds. Safe to use from many threads; one of them records.

    Args:
        seconds, max_bytes: of kept video at most; the oldest goes first.
        reserve_bytes: stay free on the disk.
    """

    def __init__(
        self,
        folder: Path,
        seconds: float,
        max_bytes: int,
        reserve_bytes: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._folder = folder
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._reserve = reserve_bytes
        self._monotonic = monotonic
        self._free = free
        self._lock = threading.Lock()
        found = found_in(folder)
        wall, steady = now(), monotonic()
        # A time that lies ahead was written under a wrong clock: it stays for as long as what is recorded now.
        self._kept = deque(_Kept(one, steady - max(0.0, wall - one.end)) for one in found)
        self._bytes = sum(one.size for one in found)
        self._growing: Segment | None = None
        self._next = found[-1].sequence + 1 if found else 0
        self.trim()

    @property
    def largest(self) -> int:
        """Bytes that the file which grows may have."""
        return self._max_bytes // 4

    def begin(self, start: float) -> int:
        """Make the next file, for its owner alone, and give its descriptor.

        Raises:
            OSError: it cannot be made.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / growing_name(self._next, start)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with self._lock:
            self._growing = Segment(path, self._next, start, start, 0)
            self._next += 1
        return descriptor

    def grow(self, end: float, size: int) -> None:
        """The file that grows reaches so far now."""
        with self._lock:
            if self._growing is not None:
                self._growing = replace(self._growing, end=end, size=size)

    def end(self, end: float) -> None:
        """The file that grows is whole; one that holds nothing is removed.

        Raises:
            OSError: it cannot be renamed.
        """
        with self._lock:
            segment, self._growing = self._growing, None
            if segment is None:
                return
            if end <= segment.start:
                segment.path.unlink(missing_ok=True)
                return
            path = segment.path.rename(self._folder / whole_name(segment.sequence, segment.start, end))
            self._kept.append(_Kept(replace(segment, path=path, end=end), self._monotonic()))
            self._bytes += segment.size

    def trim(self) -> bool:
        """Remove what is too old, too much, or in the way of all else; False where the disk has no room even so."""
        with self._lock:
            oldest = self._monotonic() - self._seconds
            while self._kept and (self._kept[0].ended < oldest or self._bytes > self._max_bytes - self.largest):
                self._drop()
            if not self._folder.is_dir():
                return True
            while self._free(self._folder) < self._reserve:
                if not self._kept:
                    return False
                self._drop()
        return True

    def give_way(self) -> None:
        """The disk is full: half of what is kept goes."""
        with self._lock:
            for _ in range((len(self._kept) + 1) // 2):
                self._drop()

    def stretches(self, since: float, until: float) -> list[Stretch]:
        """What there is between two times, in order and apart; of times that came twice the later recording."""
        found: list[Stretch] = []
        for run in _runs(self._all()):
            start, end = max(run[0].start, since), min(run[-1].end, until)
            if start < end:
                found = [*_without(found, start, end), (start, end)]
        return sorted(found)

    def covering(self, since: float, until: float) -> Iterator[Segment]:
        """The files from the one that holds ``since``, or the next behind it, up to ``until`` or a gap."""
        segments = self._all()
        first = _first(segments, since)
        if first is None or segments[first].start >= until:
            return
        before = segments[first]
        yield before
        for segment in segments[first + 1 :]:
            if abs(segment.start - before.end) > TOGETHER or segment.start >= until:
                return
            yield segment
            before = segment

    def open(self, segment: Segment) -> BinaryIO:
        """Open a file, which may have got its end and another name meanwhile.

        Raises:
            OSError: it is there no more.
        """
        with self._lock:
            paths = (one.segment.path for one in self._kept if one.segment.sequence == segment.sequence)
            return next(paths, segment.path).open("rb")

    def clear(self) -> None:
        """Remove all."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0
        shutil.rmtree(self._folder, ignore_errors=True)

    def _all(self) -> list[Segment]:
        with self._lock:
            growing = [self._growing] if self._growing is not None and self._growing.size else []
            return [*(one.segment for one in self._kept), *growing]

    def _drop(self) -> None:
        segment = self._kept.popleft().segment
        self._bytes -= segment.size
        try:
            segment.path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s cannot be removed: %s", segment.path, error)


def remove_strangers(folder: Path, present: Collection[str]) -> None:
    """Remove what was kept of cameras that are not in the settings any more."""
    for place in folder.iterdir() if folder.is_dir() else ():
        if place.name not in present:
            _log.info("kept video of camera %s, which is gone from the settings, is removed", place.name)
            shutil.rmtree(place, ignore_errors=True)


def _runs(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Files that follow each other without a gap."""
    runs: list[list[Segment]] = []
    for segment in segments:
        if runs and abs(segment.start - runs[-1][-1].end) <= TOGETHER:
            runs[-1].append(segment)
        else:
            runs.append([segment])
    return runs


def _without(stretches: Sequence[Stretch], start: float, end: float) -> list[Stretch]:
    left = [(first, min(last, start)) for first, last in stretches]
    right = [(max(first, end), last) for first, last in stretches]
    return [one for one in (*left, *right) if one[0] < one[1]]


def _first(segments: Sequence[Segment], since: float) -> int | None:
    """The latest recorded file that holds a moment; where none does, the nearest behind it."""
    held = [place for place, one in enumerate(segments) if one.start <= since < one.end]
    if held:
        return held[-1]
    behind = [(one.start, -place) for place, one in enumerate(segments) if one.start > since]
    return -min(behind)[1] if behind else None
