"""What a suite cannot show, because a clip is too short for a rule or breaks off."""

from collections.abc import Iterator, Sequence

from sharp_eyes.edge.evaluate.events.event_matching import TOLERANCE
from sharp_eyes.edge.evaluate.events.metrics import due, waiting
from sharp_eyes.edge.evaluate.events.playback import PlayedClip, decode_mode_of
from sharp_eyes.edge.evaluate.events.schema import RemarkNote
from sharp_eyes.edge.evaluate.events.suite import SuiteClip, stated_seconds, zones_of
from sharp_eyes.edge.evaluate.events.variants import Variant
from sharp_eyes.edge.evaluate.events.words import REMARKS
from sharp_eyes.edge.scenes.base import SceneSettings

SLACK = 1.0
"""Seconds by which a recording may end before the length that it states: a last frame is often left out."""


def remarks_on(variant: Variant, clips: Sequence[SuiteClip], played: Sequence[PlayedClip]) -> list[RemarkNote]:
    """Everything that limits what these clips show in one variant, clip by clip."""
    return [
        note
        for clip, own in zip(clips, played, strict=True)
        for note in _on_clip(variant.name, variant.clip(clip), own.seconds)
    ]


def least_wait(settings: SceneSettings) -> float:
    """Seconds before which a scene can raise nothing, in any of its zones; a flame may need fewer looks than smoke."""
    waits = [waiting(settings, zone) for zone in zones_of(settings)]
    flames: int | None = getattr(settings, "flame_votes", None)
    if flames is not None:
        waits.append((flames - 1) * settings.look_interval)
    return min(waits, default=0.0)


def in_both_languages(remark: RemarkNote) -> tuple[str, str]:
    """The remark in English and Chinese."""
    english_text, chinese = (text.format(seconds=remark.seconds, wanted=remark.wanted) for text in REMARKS[remark.sort])
    return english_text, chinese


def english(remark: RemarkNote) -> str:
    """The remark in English."""
    return in_both_languages(remark)[0]


def _on_clip(variant: str, clip: SuiteClip, seconds: float) -> Iterator[RemarkNote]:
    common = {"variant": variant, "clip": clip.name, "kind": clip.kind, "seconds": round(seconds, 3)}
    stated = stated_seconds(clip.path)
    if stated is not None and decode_mode_of(clip) == "all" and seconds < stated - SLACK:
        yield RemarkNote(sort="cut_off", scene=None, zone=None, wanted=round(stated, 3), **common)
    short = {settings.scene: least_wait(settings) for settings in clip.scenes if least_wait(settings) > seconds}
    for scene, least in short.items():
        yield RemarkNote(sort="too_short", scene=scene.value, zone=None, wanted=round(least, 3), **common)
    for one in clip.expected:
        if one.expected and one.scene not in short and due(clip, one) > seconds + TOLERANCE:
            wanted = round(due(clip, one), 3)
            yield RemarkNote(sort="due_after_end", scene=one.scene.value, zone=one.zone, wanted=wanted, **common)
