"""Fills a real hub's database with open cases, through the store and the intake's own code, before it is started."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import yaml
from sqlalchemy import update
from tests.browser.pictures import CAR, crop, jpeg, street

from sharp_eyes.contract.event import Grade, Measure, ModelNote, Phase, SceneEvent, SceneName
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.scene_events import take_event
from sharp_eyes.hub.settings import HubSettings, LimitSettings
from sharp_eyes.hub.store.case_tables import CaseTimer
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

CAMERAS = ("east-gate", "west-lane", "north-stairs")
KINDS = (
    (SceneName.ILLEGAL_PARKING, Grade.ORDINARY, Measure(name="dwell", value=200, unit="s", threshold=180)),
    (SceneName.FIRE_LANE_BLOCKED, Grade.SERIOUS, Measure(name="covered", value=0.42, unit="1", threshold=0.2)),
    (SceneName.GAS_CYLINDER, Grade.ORDINARY, Measure(name="count", value=1, unit="1", threshold=1)),
    (SceneName.EBIKE_STAIRWELL, Grade.ORDINARY, Measure(name="dwell", value=6.4, unit="s", threshold=5)),
)
_TOGETHER = 250


@dataclass(slots=True)
class _Clock:
    time: datetime

    def __call__(self) -> datetime:
        return self.time


def fill(config: Path, gateway: str, area: str, count: int, *, hours: float = 6.0) -> None:
    """Make ``count`` open cases of one gateway, reported over the last ``hours``, each with a picture and a crop.

    Their timers are put off by a day, so that the hub has nothing to do with them by itself.
    """
    data = Path(yaml.safe_load(config.read_text(encoding="utf-8"))["data"])
    end = datetime.now(UTC)
    clock = _Clock(end - timedelta(hours=hours))
    hub = Hub(HubSettings(data=data), clock)
    hub.prepare()
    hub.take_city()
    whole = street(car=True, label="many")
    pictures = {"full": jpeg(whole), "crop": jpeg(crop(whole, CAR))}
    keys = {kind: hub.evidence_store.put_bytes("image/jpeg", content) for kind, content in pictures.items()}
    for first in range(0, count, _TOGETHER):
        numbers = range(first, min(first + _TOGETHER, count))
        clock.time = end - timedelta(hours=hours) * (1 - first / count)
        with hub.transaction() as work:
            for number in numbers:
                event = _event(gateway, number, clock.time)
                take_event(work, area, event, LimitSettings(storm_events=0))
                for kind, content in pictures.items():
                    _add_file(work, event, kind, content, keys[kind])
    with hub.transaction() as work:
        work.session.execute(update(CaseTimer).values(at=end + timedelta(days=1)))
    hub.stop()


def _event(gateway: str, number: int, now: datetime) -> SceneEvent:
    scene, grade, measure = KINDS[number % len(KINDS)]
    return SceneEvent(
        event_id=uuid4(),
        sequence=0,
        phase=Phase.OPENED,
        scene=scene,
        gateway=gateway,
        camera=CAMERAS[number % len(CAMERAS)],
        zone=f"zone-{number}",
        started_at=now - timedelta(seconds=200),
        observed_at=now,
        grade=Grade.MAJOR if number % 400 == 0 else grade,
        score=0.87,
        measures=(measure,),
        box=CAR,
        object_class="car",
        model=ModelNote(name="street", version="1", measured_on_real=False),
    )


def _add_file(work: UnitOfWork, event: SceneEvent, kind: str, content: bytes, key: str) -> None:
    work.session.add(
        EvidenceFile(
            id=uuid4(),
            event_id=event.event_id,
            gateway=event.gateway,
            kind=kind,
            media_type="image/jpeg",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            key=key,
            captured_at=work.now,
            received_at=work.now,
        )
    )
