"""Makes messages and evidence for the push room's tests; the same number gives the same message."""

import hashlib
import random
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import Evidence, EvidenceKind, Measure, Phase, SceneEvent, SceneName
from sharp_eyes.edge.push.entry import Entry

GATEWAY = "gate-1"
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def event_id(number: int) -> UUID:
    return uuid5(NAMESPACE_URL, f"event/{number}")


def scene_event(number: int, sequence: int = 0) -> SceneEvent:
    moment = START + timedelta(seconds=number)
    return SceneEvent(
        event_id=event_id(number),
        sequence=sequence,
        phase=Phase.UPDATED if sequence else Phase.OPENED,
        scene=SceneName.ILLEGAL_PARKING,
        gateway=GATEWAY,
        camera="cam-1",
        zone="kerb",
        started_at=moment,
        observed_at=moment + timedelta(seconds=sequence),
        score=0.8,
        measures=(Measure(name="dwell", value=180.0 + sequence, unit="s", threshold=180.0),),
        box=(0.1, 0.2, 0.3, 0.4),
    )


def event_entry(number: int, sequence: int = 0) -> Entry:
    return Entry(wrap(GATEWAY, scene_event(number, sequence)))


def evidence_entry(
    number: int, size: int = 1000, kind: EvidenceKind = EvidenceKind.FULL, part_size: int = 192 * 1024
) -> Entry:
    content = random.Random(f"{number}/{kind}").randbytes(size)
    evidence = Evidence(
        evidence_id=uuid5(event_id(number), kind.value),
        event_id=event_id(number),
        kind=kind,
        media_type="video/mp4" if kind is EvidenceKind.CLIP else "image/jpeg",
        size=size,
        sha256=hashlib.sha256(content).hexdigest(),
        part_size=part_size,
        captured_at=START + timedelta(seconds=number),
    )
    return Entry(wrap(GATEWAY, evidence), content)


def clip_entry(number: int, size: int = 1000) -> Entry:
    return evidence_entry(number, size, EvidenceKind.CLIP)
