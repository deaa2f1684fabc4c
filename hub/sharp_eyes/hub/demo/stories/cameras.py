"""What cameras do in stories: they see something, and look again."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sharp_eyes.contract.event import (
    Evidence,
    EvidenceKind,
    Grade,
    LookAgainAnswer,
    Measure,
    ModelNote,
    Outcome,
    Phase,
    SceneEvent,
    SceneName,
)
from sharp_eyes.hub.demo.stories.story import Play

CAMERAS = {scene: f"story-{scene.value.replace('_', '-')}" for scene in SceneName}
"""The story's cameras: one for each scene."""


def sees(play: Play, scene: SceneName, grade: Grade = Grade.ORDINARY) -> UUID:
    """A camera raises an alarm with its picture; gives the event's id."""
    event, now = uuid4(), play.stage.now()
    play.stage.send(
        SceneEvent(
            event_id=event,
            sequence=0,
            phase=Phase.OPENED,
            scene=scene,
            gateway=play.stage.gateway,
            camera=CAMERAS[scene],
            zone=f"story-{event.hex[:6]}",  # a spot of its own, each time that the story is told
            started_at=now - timedelta(minutes=3),
            observed_at=now,
            grade=grade,
            score=0.82,
            measures=(Measure(name="dwell", value=181.0, unit="s", threshold=180.0, uncertainty=1.0),),
            box=(0.1, 0.2, 0.3, 0.4),
            object_class="story",
            model=ModelNote(name="street", version="1", measured_on_real=True),
        )
    )
    _picture(play, event, scene, EvidenceKind.FULL)
    return event


def looks_again(play: Play, event: UUID, outcome: Outcome = Outcome.GONE) -> None:
    """The camera answers the hub's question about an event with a fresh picture."""
    question = play.stage.asked(event)
    after = _picture(play, event, question.scene, EvidenceKind.AFTER)
    play.stage.send(
        LookAgainAnswer(
            command_id=question.command_id,
            event_id=event,
            camera=question.camera,
            scene=question.scene,
            zone=question.zone,
            outcome=outcome,
            reason="three fresh looks",
            observed_at=play.stage.now(),
            evidence_id=after,
        )
    )


def _picture(play: Play, event: UUID, scene: SceneName, kind: EvidenceKind) -> UUID:
    content = play.stage.picture(scene)
    evidence = Evidence(
        evidence_id=uuid4(),
        event_id=event,
        kind=kind,
        media_type="image/jpeg",
        size=len(content),
        sha256=sha256(content).hexdigest(),
        captured_at=play.stage.now(),
    )
    play.stage.send_file(evidence, content)
    return evidence.evidence_id
