"""Runs clips through the rooms of a gateway, once for each variant, on one decoding."""

import hashlib
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from typing_extensions import override

from sharp_eyes.contract.event import SceneEvent
from sharp_eyes.edge.errors import SourceError
from sharp_eyes.edge.evaluate.digests import file_digest
from sharp_eyes.edge.evaluate.events.cached_detectors import Recordings
from sharp_eyes.edge.evaluate.events.suite import SuiteClip
from sharp_eyes.edge.extract.detectors import Detectors
from sharp_eyes.edge.extract.tracker import Tracker
from sharp_eyes.edge.frame import Detections, Frame, Picture, Tracks
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.replay.command import GATEWAY
from sharp_eyes.edge.settings import CameraSettings, FileSource
from sharp_eyes.edge.snap.decode_mode import DecodeMode, Demand
from sharp_eyes.edge.snap.sources import look_through, read_frames

Advance = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Player:
    """One variant's way to see a clip.

    Attributes:
        clip: with that variant's settings.
        detectors: of the variant.
        model: the same for all players whose detectors give the same for the same classes.
    """

    clip: SuiteClip
    detectors: Detectors
    model: Hashable


class SharedTracker(Tracker):
    """One tracker for players that are shown the same detections: all but the first are told what it found."""

    _latest: Tracks | None = None

    @override
    def update(self, time: float, detections: Detections, width: int, height: int) -> Tracks:
        if self._latest is None or self._latest.time != time:
            self._latest = super().update(time, detections, width, height)
        return self._latest


@dataclass(slots=True)
class PlayedClip:
    """What came of one clip in one variant.

    Attributes:
        start, end: time of the first and last frame, seconds since the Unix epoch.
        frames, looks: how many it has, and how many of them were looked at.
        messages: all that the scenes said, in their order.
        refused: candidates that the second look did not bear out, by scene and what they are most likely.
        digest: checksum of the recording.
        computed: processor seconds that it took, shared evenly by the variants; of this machine, so in no report.
    """

    digest: str
    start: float = 0.0
    end: float = 0.0
    frames: int = 0
    looks: int = 0
    messages: list[SceneEvent] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    computed: float = 0.0

    @property
    def seconds(self) -> float:
        """The clip's own length, first frame to last."""
        return self.end - self.start


def play(players: Sequence[Player], recordings: Recordings, advance: Advance | None = None) -> list[PlayedClip]:
    """Play one clip to all players at once, frame by frame, as fast as it goes.

    No look is left out, so the same clip gives the same events at any speed of the machine. Decoded are only frames
    that some player looks at. Players whose cameras decode otherwise get a decoding of their own.

    Args:
        players: each with the same clip, under its own settings.
        recordings: told which clip the camera plays.
        advance: called at every frame of the first decoding, decoded or not.

    Raises:
        SourceError: the clip cannot be read.
        ConfigError: a scene's settings are wrong.
        ModelError: a network cannot be opened or fails.
    """
    digest = digest_of(players[0].clip.path)
    played = [PlayedClip(digest) for _ in players]
    modes = [decode_mode_of(player.clip) for player in players]
    begun = time.process_time()
    for mode in dict.fromkeys(modes):
        own = [number for number, one in enumerate(modes) if one == mode]
        _decode([players[number] for number in own], [played[number] for number in own], recordings, advance)
        advance = None
    for one in played:
        one.computed = (time.process_time() - begun) / len(played)
    return played


def _decode(
    players: Sequence[Player],
    played: Sequence[PlayedClip],
    recordings: Recordings,
    advance: Advance | None,
) -> None:
    clip = players[0].clip
    pipelines = [CameraPipeline.for_recording(GATEWAY, one.clip.camera, one.detectors) for one in players]
    _share_tracks(pipelines, players)

    def passes(time: float, keyframe: bool) -> bool:
        """Take note of a frame, decoded or not; whether some player looks at it."""
        if not played[0].frames:
            recordings.begin(clip.camera.id, as_watched(played[0].digest, clip.camera), time)
        for one in played:
            one.start = one.start if one.frames else time
            one.frames += 1
            one.end = time
        if advance is not None:
            advance()
        return any([pipeline.wants(time, keyframe) for pipeline in pipelines])  # noqa: C419 - each must be told

    for decoded in wanted_of(clip, passes):
        frame = _shared(decoded) if len(players) > 1 else decoded
        for pipeline, one in zip(pipelines, played, strict=True):
            done = pipeline.process(frame)
            one.looks += done.analysis is not None
            one.messages += done.events
    for pipeline, one in zip(pipelines, played, strict=True):
        one.refused = dict(pipeline.second_look.counts)


def wanted_of(clip: SuiteClip, wants: Demand) -> Iterator[Frame]:
    """The frames of a clip that are wanted, or all where the camera decodes otherwise; each is asked for once.

    Raises:
        SourceError: the clip cannot be read, or nothing that was wanted of it.
    """
    source, camera, mode = clip.camera.source, clip.camera.id, decode_mode_of(clip)
    if mode == "all" and isinstance(source, FileSource):
        yield from look_through(source, camera, wants, start_time=clip.start_time)
        return
    for frame in read_frames(source, camera, mode, start_time=clip.start_time):
        wants(frame.time, frame.keyframe)
        yield frame


def _share_tracks(pipelines: Sequence[CameraPipeline], players: Sequence[Player]) -> None:
    """Players with the same detections at the same looks have the same tracks."""
    trackers: dict[Hashable, SharedTracker] = {}
    for number, (pipeline, player) in enumerate(zip(pipelines, players, strict=True)):
        # Where the pace goes by what is seen, each variant has looks of its own, and so tracks of its own.
        alone = None if pipeline.scenes.steady_pace else number
        key = player.model, player.clip.camera.crop, pipeline.scenes.interval, pipeline.scenes.classes, alone
        pipeline.tracker = trackers.setdefault(key, SharedTracker(player.detectors.thresholds))


def _shared(frame: Frame) -> Frame:
    """The frame for several players: each size of it is converted once, and nobody may write into it."""

    @cache
    def scaled(width: int, height: int) -> Picture:
        picture = frame.scaled(width, height)
        picture.setflags(write=False)
        return picture

    return replace(frame, scaled=scaled)


def decode_mode_of(clip: SuiteClip) -> DecodeMode:
    """What is decoded: everything, unless the camera's settings say otherwise."""
    return "all" if clip.camera.decode == "auto" else clip.camera.decode


def digest_of(path: Path) -> str:
    """Checksum of a recording, in hexadecimal.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        return file_digest(path)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def as_watched(digest: str, camera: CameraSettings) -> str:
    """Name of the recording as the detectors see it: another one where parts of it are never looked at."""
    if not camera.privacy.never_watch:
        return digest
    areas = repr([area.polygon for area in camera.privacy.never_watch])
    return hashlib.sha256(f"{digest}/{areas}".encode()).hexdigest()
