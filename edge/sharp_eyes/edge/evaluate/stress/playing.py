"""Plays one clip to and fro through the rooms of a gateway and notes each alarm, with its picture."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sharp_eyes.configuration.memory import give_back
from sharp_eyes.contract.event import Phase, SceneEvent
from sharp_eyes.edge.evaluate.events.cached_detectors import Recordings
from sharp_eyes.edge.evaluate.events.metrics import settings_of
from sharp_eyes.edge.evaluate.events.pictures import drawn
from sharp_eyes.edge.evaluate.events.playback import Player, as_watched, decode_mode_of, digest_of
from sharp_eyes.edge.evaluate.stress.pendulum import Pendulum, Swing
from sharp_eyes.edge.pipeline import CameraPipeline
from sharp_eyes.edge.replay.command import GATEWAY


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: the message that opened it, when it was played, and the picture as the base64 text of a JPEG."""

    message: SceneEvent
    played: float
    footage: float
    number: int
    jpeg: str


@dataclass(slots=True)
class StressedClip:
    """What came of one clip.

    Attributes:
        digest: checksum of the recording.
        seconds: its length; played: how long it was played; passes: how often it was begun, forth or back.
        looks: how many frames went through the detectors.
        refused: candidates that the second look did not bear out, by scene and what they are most likely.
    """

    digest: str
    seconds: float = 0.0
    played: float = 0.0
    passes: int = 0
    looks: int = 0
    alarms: list[Alarm] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)


def stress(
    player: Player, recordings: Recordings, seconds: float, advance: Callable[[float], None] | None = None
) -> StressedClip:
    """Play a clip to and fro for so many seconds of camera time, at least once.

    What a network found in a frame is found again in the memory of looks when the frame comes by again: the frame's
    place in the recording counts, not when it is played.

    Args:
        advance: called after each frame with the seconds played so far.

    Raises:
        SourceError: the clip cannot be read.
        ConfigError: a scene's settings are wrong.
        ModelError: a network cannot be opened or fails.
    """
    clip = player.clip
    made = StressedClip(digest_of(clip.path))
    pipeline = CameraPipeline.for_recording(GATEWAY, clip.camera, player.detectors)
    pendulum = Pendulum(clip.camera.source, clip.camera.id, decode_mode_of(clip), clip.start_time)
    start: float | None = None
    for swing in pendulum.frames():
        if start is None:
            start = swing.frame.time
            recordings.begin(clip.camera.id, as_watched(made.digest, clip.camera), start)
        played = swing.frame.time - start
        if swing.number and played > seconds:
            break
        recordings.show(clip.camera.id, swing.footage)
        done = pipeline.process(swing.frame)
        made.played, made.passes = played, swing.number + 1
        made.looks += done.analysis is not None
        made.seconds = max(made.seconds, swing.footage)
        made.alarms += [_alarm(player, swing, one, played) for one in done.events if one.phase is Phase.OPENED]
        if advance is not None:
            advance(played)
    made.refused = dict(pipeline.second_look.counts)
    del pendulum, pipeline
    give_back()
    return made


def _alarm(player: Player, swing: Swing, message: SceneEvent, played: float) -> Alarm:
    settings = settings_of(player.clip, message.scene, message.zone)
    picture = drawn(swing.frame, settings, message.zone, message.box)
    return Alarm(message, played, swing.footage, swing.number, picture)
