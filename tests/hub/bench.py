"""A hub on a test bench: real store, real rules, a clock that can be set, and a gateway's messages by hand."""

import hashlib
import io
import random
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import select
from tests.hub.databases import lay, tables
from tests.hub.direct import DirectTransport

from sharp_eyes.contract.camera_setup import AddCamera, FindCameras, RemoveCamera
from sharp_eyes.contract.command import Ack, ChangeSettings, Command, LookAgain, LookBack, SaveClip, Watch
from sharp_eyes.contract.envelope import DurableData, wrap
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
from sharp_eyes.contract.status import (
    Birth,
    CameraHealth,
    CameraNote,
    CameraState,
    Heartbeat,
    LooksState,
    MachineState,
    OutboxState,
    RunningModel,
    Will,
)
from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.contract.trial import TrySettings
from sharp_eyes.hub.app import create_app
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.sessions import begin_session
from sharp_eyes.hub.settings import HubSettings, LimitSettings
from sharp_eyes.hub.store.changes import as_update
from sharp_eyes.hub.store.live_tables import Change
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PASSWORD = "a long test password"
GATEWAY = "gate-01"
CAMERA = "cam-1"
STREET = "demo/first-street"
EAST = "demo/first-street/east"


def _jpeg() -> bytes:
    target = io.BytesIO()
    Image.frombytes("RGB", (24, 16), random.Random(7).randbytes(24 * 16 * 3)).save(target, "JPEG", quality=80)
    return target.getvalue()


JPEG = _jpeg()
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""Full cost is for guessers; these passwords are known."""
_HASH = QUICK_HASHER.hash(PASSWORD)


class Clock:
    """A clock that stands still until it is moved, and the monotonic one beside it."""

    def __init__(self) -> None:
        self.time = START
        self.passed = 0.0

    def __call__(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.passed

    def forward(self, **by: float) -> None:
        self.time += timedelta(**by)
        self.passed += timedelta(**by).total_seconds()

    def set_by(self, **by: float) -> None:
        """Set it, forward or back, while no time passes."""
        self.time += timedelta(**by)

    def set_back(self, **by: float) -> None:
        """As somebody does by hand: the time of day jumps, nothing passes."""
        self.time -= timedelta(**by)


class Recorder:
    """Keeps what the hub sends to gateways."""

    def __init__(self) -> None:
        self.acks: list[tuple[str, Ack]] = []
        self.commands: list[tuple[str, LookAgain]] = []
        self.watches: list[tuple[str, Watch]] = []
        self.look_backs: list[tuple[str, LookBack]] = []
        self.clips: list[tuple[str, SaveClip]] = []
        self.changes: list[tuple[str, ChangeSettings]] = []
        self.reports_wanted: list[str] = []
        self.trials: list[tuple[str, TrySettings]] = []
        self.setups: list[tuple[str, FindCameras | AddCamera | RemoveCamera]] = []

    def acknowledge(self, gateway: str, ack: Ack) -> None:
        self.acks.append((gateway, ack))

    def command(self, gateway: str, message: Command) -> None:
        match message:
            case LookAgain():
                self.commands.append((gateway, message))
            case TrySettings():
                self.trials.append((gateway, message))
            case FindCameras() | AddCamera() | RemoveCamera():
                self.setups.append((gateway, message))
            case SaveClip():
                self.clips.append((gateway, message))
            case ChangeSettings():
                self.changes.append((gateway, message))
            case _:
                self.reports_wanted.append(gateway)

    def watch(self, gateway: str, message: Watch | LookBack) -> None:
        if isinstance(message, Watch):
            self.watches.append((gateway, message))
        else:
            self.look_backs.append((gateway, message))

    @property
    def taken(self) -> list[str]:
        return [identity for _, ack in self.acks for identity in ack.ids]

    @property
    def refused(self) -> dict[str, str]:
        return {refusal.id: refusal.reason for _, ack in self.acks for refusal in ack.refused}


def _begin(hub: Hub) -> None:
    hub.take_city()
    with hub.transaction() as work:
        add_gateway(work.session, work.city, work.now, GATEWAY, STREET)


@lru_cache(8)
def _begun(file: Path | None, _content: bytes | None) -> bytes:
    """An SQLite database with a city pack and the gateway, made once for each content of the pack's file."""
    with TemporaryDirectory() as folder:
        made = HubSettings(data=Path(folder), city=file)
        lay(made.database_url, tables)
        clock = Clock()
        hub = Hub(made, clock, clock.monotonic)
        hub.prepare()
        _begin(hub)
        hub.stop()
        return (Path(folder) / "hub.db").read_bytes()


class Bench:
    """A hub whose messages are handed over by hand; no broker, no threads."""

    def __init__(self, data: Path, database: str | None = None, **settings: Any) -> None:
        self.clock = Clock()
        # The clock stands still, so that all events of a test would be one storm.
        settings.setdefault("limits", LimitSettings(storm_events=0))
        made = HubSettings(data=data, database=database, **settings)
        city = made.city and made.city.read_bytes()
        fresh = lay(made.database_url, lambda: _begun(made.city, city))
        self.hub = Hub(made, self.clock, self.clock.monotonic)
        self._heartbeats = 0
        self.hub.prepare()
        self.out = Recorder()
        self.hub.intake.replies.outbound = self.out
        if not fresh:
            _begin(self.hub)

    @cached_property
    def app(self) -> FastAPI:
        """The HTTP interface; made when somebody asks for it."""
        return create_app(self.hub)

    def transaction(self) -> AbstractContextManager[UnitOfWork]:
        return self.hub.transaction()

    def told(self) -> list[LiveUpdate]:
        """All that pages were told, in its order."""
        with self.hub.database.read() as session:
            return [as_update(row) for row in session.scalars(select(Change).order_by(Change.id))]

    def close(self) -> None:
        self.hub.stop()

    # --- people

    def client(self, role: Role, area: str = "demo", unit: str | None = None, name: str | None = None) -> TestClient:
        """A page signed in with a role."""
        username = name or f"{role}-{uuid4().hex[:8]}"
        with self.transaction() as work:
            account = Account(
                username=username,
                display_name=f"{role} of the shift",
                password_hash=_HASH,
                role=role.value,
                area=area,
                unit=unit,
                language="zh",
                disabled=False,
                created_at=work.now,
            )
            work.session.add(account)
            work.session.flush()
            token = begin_session(work.session, account, work.now)
        client = self.stranger()
        client.cookies.set(self.hub.session_cookie, token)
        return client

    def stranger(self, address: str = "testclient", https: bool = False) -> TestClient:
        """A page that nobody is signed in on, at an address of its own."""
        client = TestClient(
            self.app,
            base_url=f"{'https' if https else 'http'}://testserver",
            headers={"X-Requested-With": "sharp-eyes"},
            raise_server_exceptions=False,
            client=(address, 50000),
        )
        # Its own way starts a thread for each request.
        client._transport = DirectTransport(self.app, (address, 50000), client._transport)
        return client

    def hub_paths(self) -> set[str]:
        """All paths of the HTTP interface."""
        return set(self.app.openapi()["paths"])

    # --- the gateway

    def post(self, channel: Channel, payload: bytes | str, gateway: str = GATEWAY, **extra: Any) -> None:
        """Hand over raw bytes on a gateway's topic."""
        raw = payload.encode() if isinstance(payload, str) else payload
        self.hub.intake.router.take(Topic(gateway, channel, **extra), raw)

    def send(
        self,
        data: DurableData,
        gateway: str = GATEWAY,
    ) -> str:
        """Send a durable message; returns its id."""
        message = wrap(gateway, data)
        self.post(Channel.EVENT, message.model_dump_json(), gateway)
        return message.id

    def other_gateway(self, name: str) -> None:
        with self.transaction() as work:
            add_gateway(work.session, work.city, work.now, name, STREET)

    def birth(self, session: str = "s1", cameras: tuple[CameraNote, ...] | None = None, gateway: str = GATEWAY) -> None:
        notes = (CameraNote(camera=CAMERA, name="东门", area=EAST),) if cameras is None else cameras
        message = Birth(gateway=gateway, session=session, time=self.clock(), version="1", cameras=notes)
        self.post(Channel.STATUS, message.model_dump_json(), gateway)

    def will(self, session: str = "s1") -> None:
        self.post(Channel.STATUS, Will(gateway=GATEWAY, session=session).model_dump_json())

    def heartbeat(
        self,
        *cameras: CameraHealth,
        session: str = "s1",
        pending: int = 0,
        looks: LooksState | None = None,
        machine: MachineState | None = None,
        models: tuple[RunningModel, ...] | None = None,
    ) -> None:
        outbox = OutboxState(pending=pending, bytes=0)
        message = Heartbeat(
            gateway=GATEWAY,
            session=session,
            sequence=self._heartbeats,
            time=self.clock(),
            cameras=cameras,
            outbox=outbox,
            looks=looks,
            machine=machine,
            models=models,
        )
        self._heartbeats += 1
        self.post(Channel.HEARTBEAT, message.model_dump_json())

    def report(self, **changes: Any) -> UUID:
        """A new event, opened; returns its id."""
        event = scene_event(self.clock(), **changes)
        self.send(event)
        return event.event_id

    def send_file(self, evidence: Evidence, content: bytes, skip: tuple[int, ...] = ()) -> str:
        """Send an announcement and all parts but those in ``skip``; returns the message's id."""
        identity = self.send(evidence)
        for number in range(evidence.parts):
            if number not in skip:
                self.send_part(evidence, content, number)
        return identity

    def send_part(self, evidence: Evidence, content: bytes, number: int) -> None:
        start = number * evidence.part_size
        part = content[start : start + evidence.part_size]
        self.post(Channel.EVIDENCE, part, evidence_id=evidence.evidence_id, part=number)


def scene_event(now: datetime, **changes: Any) -> SceneEvent:
    """An event message with sensible values; ``changes`` replaces some."""
    event_id = changes.get("event_id", uuid4())
    values: dict[str, Any] = {
        "event_id": event_id,
        "sequence": 0,
        "phase": Phase.OPENED,
        "scene": SceneName.ILLEGAL_PARKING,
        "gateway": GATEWAY,
        "camera": CAMERA,
        "zone": f"gate-{event_id.hex[:8]}",  # a spot of its own: a further alarm of the same one joins its case
        "started_at": now - timedelta(minutes=3),
        "observed_at": now,
        "grade": Grade.ORDINARY,
        "score": 0.8,
        "measures": (Measure(name="dwell", value=181.0, unit="s", threshold=180.0, uncertainty=1.0),),
        "box": (0.1, 0.2, 0.3, 0.4),
        "object_class": "car",
        "model": ModelNote(name="street", version="1", measured_on_real=True),
    }
    return SceneEvent.model_validate(values | changes)


def announced(content: bytes, event_id: UUID, now: datetime, **changes: Any) -> Evidence:
    """The announcement of a file."""
    values: dict[str, Any] = {
        "evidence_id": uuid4(),
        "event_id": event_id,
        "kind": EvidenceKind.FULL,
        "media_type": "image/jpeg",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "part_size": 500,
        "captured_at": now,
    }
    return Evidence.model_validate(values | changes)


def answer(command: LookAgain, outcome: Outcome, now: datetime, **changes: Any) -> LookAgainAnswer:
    """A camera's answer to a look-again command."""
    values: dict[str, Any] = {
        "command_id": command.command_id,
        "event_id": command.event_id,
        "camera": command.camera,
        "scene": command.scene,
        "zone": command.zone,
        "outcome": outcome,
        "reason": "said by a test",
        "observed_at": now,
    }
    return LookAgainAnswer.model_validate(values | changes)


def health(camera: str, state: CameraState, since: datetime, **changes: Any) -> CameraHealth:
    """A camera's health."""
    return CameraHealth(camera=camera, state=state, since=since, **changes)
