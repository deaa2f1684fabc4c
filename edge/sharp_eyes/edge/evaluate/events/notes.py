"""From what was played and judged to the parts of a report."""

from collections.abc import Mapping

from sharp_eyes.contract.event import Phase
from sharp_eyes.edge.evaluate.events.event_matching import EventMatch, Raised
from sharp_eyes.edge.evaluate.events.metrics import JudgedClip, due, lateness
from sharp_eyes.edge.evaluate.events.playback import PlayedClip
from sharp_eyes.edge.evaluate.events.recordings import UnjudgedClip
from sharp_eyes.edge.evaluate.events.schema import (
    CaseNote,
    ClipNote,
    EventNote,
    ExpectedNote,
    NetworkNote,
    UnjudgedNote,
    VariantNote,
)
from sharp_eyes.edge.evaluate.events.suite import SuiteClip
from sharp_eyes.edge.evaluate.events.truth import Expected
from sharp_eyes.edge.evaluate.events.variants import CachingDetectors, Variant


def variant_note(variant: Variant, detectors: CachingDetectors) -> VariantNote:
    """Which networks looked, and what was set otherwise."""
    networks = [
        NetworkNote(name=model.manifest.name, version=model.manifest.version, sha256=digest, computed=str(way))
        for model, way, digest in detectors.used()
    ]
    overrides = variant.overrides.model_dump(mode="json", exclude_defaults=True)
    return VariantNote(name=variant.name, networks=networks, overrides=overrides)


def clip_note(clip: SuiteClip, played: Mapping[str, PlayedClip]) -> ClipNote:
    """What one clip is, and how long it was looked at."""
    first = next(iter(played.values()))
    return ClipNote(
        name=clip.name,
        kind=clip.kind,
        title=clip.title.model_dump(),
        licence=clip.licence,
        source=clip.source,
        sha256=first.digest,
        seconds=round(first.seconds, 3),
        frames=first.frames,
        looks={name: one.looks for name, one in played.items()},
        refused={name: one.refused for name, one in played.items()},
        watched=[settings.scene.value for settings in clip.scenes],
        expected=sum(one.expected for one in clip.expected),
        traps=sum(not one.expected for one in clip.expected),
    )


def unjudged_note(one: UnjudgedClip) -> UnjudgedNote:
    """A clip that could not be judged, and why."""
    clip = one.clip
    return UnjudgedNote(name=clip.name, kind=clip.kind, title=clip.title.model_dump(), reason=one.reason)


def case_note(variant: str, judged: JudgedClip, case: EventMatch) -> CaseNote:
    """One verdict with everything that speaks for it."""
    clip, event, expected = judged.clip, case.event, case.expected
    scene, zone = case.place
    hit = case.verdict == "hit"
    return CaseNote(
        variant=variant,
        clip=clip.name,
        kind=clip.kind,
        scene=scene,
        zone=zone,
        verdict=case.verdict,
        event=None if event is None else _event_note(event),
        expected=None if expected is None else expected_note(clip, expected),
        trap=None if case.trap is None else expected_note(clip, case.trap),
        late=lateness(clip, case)[0] if hit else None,
        waited=round(event.opened - expected.start, 3) if hit and event and expected else None,
    )


def expected_note(clip: SuiteClip, expected: Expected) -> ExpectedNote:
    """An expected event or a trap."""
    return ExpectedNote(
        start=expected.start,
        end=expected.end,
        due=round(due(clip, expected), 3),
        grade=expected.grade,
        why=expected.why,
    )


def _event_note(event: Raised) -> EventNote:
    return EventNote(
        id=str(event.first.event_id),
        started=event.started,
        opened=event.opened,
        ended=event.ended,
        closed=event.last.phase is Phase.CLOSED,
        grade=event.last.grade,
        score=event.first.score,
        measures=list(event.last.measures),
        box=event.first.box,
        object_class=event.first.object_class,
    )
