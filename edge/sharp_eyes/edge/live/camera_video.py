"""What a camera gives to those who watch it: packets or pictures, its zones, and what is seen in its pictures."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from sharp_eyes.contract.base import MAX_STATUS_SIZE
from sharp_eyes.contract.video import RefusalReason, SeenObject, VideoLook, ZoneShape
from sharp_eyes.edge.frame import Frame, Tracks
from sharp_eyes.edge.privacy.masker import Masker
from sharp_eyes.edge.scenes.camera_scenes import CameraScenes
from sharp_eyes.edge.snap.packet_feed import PacketFeed
from sharp_eyes.edge.snap.ring import PacketRing

WhichStream = Literal["main", "sub"]

MAX_WAITING = 16 * 1024**2
"""Bytes of packets that may wait for one watcher's line."""

MAX_LATE = 1.0
"""Seconds for which a packet may wait at a keyframe: over a slow line what is shown would be ever longer ago."""

_LOOKS = 20
"""Looks that may wait for it."""


PICTURE_EVERY = 0.2
"""Seconds between two pictures, for browsers that cannot play the camera's packets."""

_EARLY = 0.02
"""Seconds by which a picture may come early: cameras do not send to the millisecond."""


class Watcher:
    """What one watcher's thread is told of looks."""

    def __init__(self) -> None:
        self._looks: deque[VideoLook] = deque(maxlen=_LOOKS)

    def look(self, look: VideoLook) -> None:
        """Take in a look, from any thread."""
        self._looks.append(look)

    def looks(self) -> list[VideoLook]:
        """The looks since the last call."""
        return [self._looks.popleft() for _ in range(len(self._looks))]


class Watched(Watcher):
    """A camera's packets as one watcher's thread gets them.

    Attributes:
        packets: of the stream that was asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.packets = PacketFeed(MAX_WAITING, MAX_LATE)


class WatchedPictures(Watcher):
    """A camera's decoded frames as one watcher's thread gets them: the latest, for who is slow misses some."""

    def __init__(self) -> None:
        super().__init__()
        self._frame: Frame | None = None
        self._came = threading.Condition()

    def put(self, frame: Frame) -> None:
        """Take in a frame, from any thread; it is encoded by who takes it."""
        with self._came:
            self._frame = frame
            self._came.notify()

    def take(self, timeout: float) -> Frame | None:
        """The latest frame that was not taken yet; None where none comes for ``timeout`` seconds."""
        with self._came:
            self._came.wait_for(lambda: self._frame is not None, timeout)
            frame, self._frame = self._frame, None
            return frame


class CameraVideo:
    """One camera's video for those who watch. Nothing is done while nobody does.

    Args:
        ring_of: the packets of the stream that is asked for, or of the only one.
    """

    def __init__(self, masker: Masker, scenes: CameraScenes, ring_of: Callable[[WhichStream], PacketRing]) -> None:
        self._masker = masker
        self._ring_of = ring_of
        self._watchers: list[Watcher] = []
        self._shown_at = 0.0  # time of the frame that was given last as a picture
        self._pictures: list[WatchedPictures] = []
        self._lock = threading.Lock()
        self.zones = _shapes(scenes)
        self.ended = threading.Event()
        """Whether the camera is read no more."""

    @property
    def refusal(self) -> RefusalReason | None:
        """Why the camera's own packets may not leave; None where they may."""
        return "masked" if self._masker.changes("clip") or self._masker.changes("snapshot") else None

    @contextmanager
    def watch(self, stream: WhichStream) -> Iterator[Watched]:
        """Be given packets and looks from now on, after those since the last keyframe."""
        watched, ring = Watched(), self._ring_of(stream)
        ring.follow(watched.packets)
        try:
            with self._telling(watched):
                yield watched
        finally:
            ring.unfollow(watched.packets)

    @contextmanager
    def watch_pictures(self) -> Iterator[WatchedPictures]:
        """Be given decoded frames and looks from now on."""
        watched = WatchedPictures()
        with self._telling(watched):
            with self._lock:
                self._pictures = [*self._pictures, watched]
            try:
                yield watched
            finally:
                with self._lock:
                    self._pictures = [one for one in self._pictures if one is not watched]

    def wants(self, time: float) -> bool:
        """Whether the frame of this time is to be decoded for those who watch pictures."""
        return bool(self._pictures) and not 0 <= time - self._shown_at < PICTURE_EVERY - _EARLY

    def frame(self, frame: Frame) -> None:
        """Give those who watch pictures a frame that was decoded, for whomever; quick, on the reader's thread."""
        if self.wants(frame.time):
            self._shown_at = frame.time
            for watched in self._pictures:
                watched.put(frame)

    @contextmanager
    def _telling(self, watcher: Watcher) -> Iterator[None]:
        with self._lock:
            self._watchers.append(watcher)
        try:
            yield
        finally:
            with self._lock:
                self._watchers.remove(watcher)

    def look(self, tracks: Tracks) -> None:
        """Tell those who watch what was seen."""
        if not self._watchers:
            return
        look = _look(tracks)
        with self._lock:
            for watched in self._watchers:
                watched.look(look)


def _look(tracks: Tracks) -> VideoLook:
    width, height = tracks.width, tracks.height
    shown = sorted(tracks.items, key=lambda track: track.score, reverse=True)[:_MOST_OBJECTS]
    objects = tuple(
        SeenObject(
            track=track.id,
            name=track.name,
            score=min(1.0, max(0.0, round(track.score, 3))),
            box=(
                _share(track.box[0] / width),
                _share(track.box[1] / height),
                _share(track.box[2] / width),
                _share(track.box[3] / height),
            ),
        )
        for track in shown
    )
    return VideoLook(time=tracks.time, objects=objects)


_MOST_OBJECTS = min(500, MAX_STATUS_SIZE // 400)


def _share(value: float) -> float:
    return min(1.0, max(0.0, round(value, 4)))


def _shapes(scenes: CameraScenes) -> tuple[ZoneShape, ...]:
    return tuple(
        ZoneShape(scene=scene.name, zone=zone.id, polygon=tuple((x, y) for x, y in zone.polygon))
        for scene in scenes.scenes
        for zone in getattr(scene.settings, "zones", ())
    )
