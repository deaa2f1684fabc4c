"""What a recording says of itself, and which recordings of a suite could not be judged."""

from dataclasses import dataclass
from pathlib import Path

import av

from sharp_eyes.edge.evaluate.events.playback import PlayedClip, decode_mode_of
from sharp_eyes.edge.evaluate.events.suite import Suite, SuiteClip


@dataclass(frozen=True, slots=True)
class UnjudgedClip:
    """A clip of which nothing can be said, and why."""

    clip: SuiteClip
    reason: str


@dataclass(frozen=True, slots=True)
class PlayedSuite:
    """What came of playing a suite.

    Attributes:
        suite: the clips that could be played.
        played: by variant's name, one entry for each of these clips.
        not_judged: the others; they stand in no figure.
    """

    suite: Suite
    played: dict[str, list[PlayedClip]]
    not_judged: tuple[UnjudgedClip, ...]


def frames_in(path: Path) -> int | None:
    """How many frames a recording says it has; None where it does not say."""
    try:
        with av.open(str(path)) as container:
            return (container.streams.video[0].frames or None) if container.streams.video else None
    except (av.error.FFmpegError, OSError):
        return None  # playing the clip gives the clear error


def ends_too_early(clip: SuiteClip, played: PlayedClip, tolerance: float) -> str | None:
    """Why a clip cannot be judged though it could be read: it is cut off before something expected begins."""
    if decode_mode_of(clip) != "all":
        return None  # the latest keyframe may lie long before the end
    late = [one for one in clip.expected if one.start > played.seconds + tolerance]
    if not late:
        return None
    return (
        f"{clip.path}: its pictures end at {played.seconds:.1f} s, before the {late[0].scene} that is expected from "
        f"{late[0].start:g} s on; the recording is cut off or damaged: take a complete one"
    )
