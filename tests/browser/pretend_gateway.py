"""A gateway without cameras: speaks the contract to the hub's real broker, as a real gateway does."""

import contextlib
import hashlib
import queue
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from tests.browser.pictures import CAR

from sharp_eyes.contract.command import Ack, ChangeSettings, LookAgain, parse_command
from sharp_eyes.contract.envelope import wrap
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
    OutboxState,
    RunningModel,
    SettingsReport,
    Will,
)
from sharp_eyes.contract.topics import Channel, Topic, subscription

Durable = SceneEvent | Evidence | LookAgainAnswer | CameraHealth | SettingsReport


def now() -> datetime:
    """The moment."""
    return datetime.now(UTC)


HEARTBEAT_SECONDS = 10.0


@dataclass
class PretendGateway:
    """Connects in ``connect``; ``send`` waits for the hub's acknowledgement."""

    name: str
    password: str
    port: int
    cameras: tuple[CameraNote, ...]
    settings_from: Literal["file", "hub"] | None = None
    commands: queue.Queue[LookAgain] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        self._session = str(uuid4())
        self._acked: set[str] = set()
        self._refused: dict[str, str] = {}
        self._changed = threading.Condition()
        self._sequence = 0
        self._looks: LooksState | None = None
        self._models: tuple[RunningModel, ...] | None = None
        self._reports = 0
        self._beat = threading.Lock()
        self._closed = threading.Event()
        self._away = False
        self._heart = threading.Thread(target=self._go_on_beating, daemon=True)
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"sharp-eyes-{self.name}")
        self._client.username_pw_set(self.name, self.password)
        self._client.on_message = self._on_message
        self._subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_connect = self._on_connect

    def connect(self) -> None:
        """Connect and announce the cameras."""
        self._client.connect("127.0.0.1", self.port)
        self._client.loop_start()
        assert self._subscribed.wait(60), "the broker did not let the gateway in"
        self._announce()

    def report_settings(self, camera: str, **settings: object) -> None:
        """Say that a camera's settings are those of the gateway's file: these."""
        held = ChangeSettings(camera=camera, version=1, settings=dict(settings), made_by="", made_at=now())
        self.send(self._report(held, None))

    def _announce(self) -> None:
        birth = Birth(
            gateway=self.name,
            session=self._session,
            time=now(),
            version="test",
            cameras=self.cameras,
            settings_from=self.settings_from,
        )
        topic = Topic(self.name, Channel.STATUS)
        self._client.publish(str(topic), birth.model_dump_json(), qos=1, retain=True)

    def _take_settings(self, change: ChangeSettings) -> None:
        """Do as a gateway does: let the change hold, answer it, and announce the cameras anew."""
        noted = {key: value for key, value in change.settings.items() if key != "scenes"}
        self.cameras = tuple(
            note.model_copy(update=noted) if note.camera == change.camera else note for note in self.cameras
        )
        message = wrap(self.name, self._report(change, change.version))
        self._client.publish(str(Topic(self.name, Channel.EVENT)), message.model_dump_json(), qos=1)
        self._announce()

    def _report(self, change: ChangeSettings, answers: int | None) -> SettingsReport:
        self._reports += 1
        return SettingsReport(
            camera=change.camera,
            session=self._session,
            sequence=self._reports,
            version=answers or 0,
            changed=change.settings,
            settings=change.settings,
            takes_changes=True,
            answers=answers,
            reported_at=now(),
        )

    def leave(self) -> None:
        """Be away for the hub, by the word that a broker says for who is lost; no heartbeat contradicts it."""
        with self._beat:
            self._away = True
        will = Will(gateway=self.name, session=self._session)
        self._publish(Topic(self.name, Channel.STATUS), will.model_dump_json(), retain=True)

    def come_back(self) -> None:
        """Be there again, under the same session."""
        self._away = False
        self._announce()

    def close(self) -> None:
        """Leave the broker."""
        self._closed.set()
        self._client.disconnect()
        self._client.loop_stop()

    def wait_until_back(self) -> None:
        """Wait until the broker has let the gateway in again after a stop of the hub."""
        self._subscribed.clear()
        assert self._client.is_connected() or self._subscribed.wait(120), "the gateway was not let in again"

    def heartbeat(
        self,
        *health: CameraHealth,
        looks: LooksState | None = None,
        models: tuple[RunningModel, ...] | None = None,
    ) -> None:
        """Send a heartbeat with the health of cameras; from the first one on it goes on by itself, without any.

        How it keeps up, and its models, go on being said: pages on a busy machine come to it late.
        """
        outbox = OutboxState(pending=0, bytes=0)
        with self._beat:
            if self._away:
                return
            self._looks, self._models = looks or self._looks, models or self._models
            message = Heartbeat(
                gateway=self.name,
                session=self._session,
                sequence=self._sequence,
                time=now(),
                cameras=health,
                outbox=outbox,
                looks=self._looks,
                models=self._models,
            )
            self._sequence += 1
            self._publish(Topic(self.name, Channel.HEARTBEAT), message.model_dump_json())
            if self._sequence == 1:
                self._heart.start()

    def _go_on_beating(self) -> None:
        """A test on a busy machine takes longer than a gateway may be silent."""
        while not self._closed.wait(HEARTBEAT_SECONDS):
            with contextlib.suppress(RuntimeError, ValueError):  # the broker went away between the two
                if self._client.is_connected():
                    self.heartbeat()

    def snapshot(self, camera: str, picture: bytes) -> None:
        """Send a camera's live picture."""
        self._publish(Topic(self.name, Channel.SNAPSHOT, camera=camera), picture)

    def health(self, camera: str, state: CameraState, detail: str = "") -> CameraHealth:
        """Describe a camera's health now."""
        return CameraHealth(
            camera=camera,
            state=state,
            since=now(),
            detail=detail,
            frames_per_second=25.0 if state is CameraState.ONLINE else None,
            looks=1234,
            skipped={"not_due": 28000, "replaced": 3},
        )

    def event(
        self,
        camera: str,
        scene: SceneName = SceneName.ILLEGAL_PARKING,
        *,
        grade: Grade = Grade.ORDINARY,
        measures: tuple[Measure, ...] = (Measure(name="dwell", value=9, unit="s", threshold=8, uncertainty=0.4),),
        real: bool = False,
        zone: str | None = None,
    ) -> SceneEvent:
        """Make an event that opens now, at a spot of its own or in a zone: what is at one spot joins one case."""
        event_id = uuid4()
        return SceneEvent(
            event_id=event_id,
            sequence=0,
            phase=Phase.OPENED,
            scene=scene,
            gateway=self.name,
            camera=camera,
            zone=zone or f"kerb-{event_id.hex[:4]}",
            started_at=now() - timedelta(seconds=9),
            observed_at=now(),
            grade=grade,
            score=0.87,
            measures=measures,
            box=CAR,
            object_class="car",
            model=ModelNote(name="street", version="1", measured_on_real=real),
        )

    def send(self, data: Durable, seconds: float = 60.0) -> None:
        """Publish a durable message and wait until the hub has committed it."""
        message = wrap(self.name, data)
        self._publish(Topic(self.name, Channel.EVENT), message.model_dump_json())
        if not isinstance(data, Evidence):
            self._wait_for(message.id, seconds)

    def send_file(self, event_id: UUID, kind: EvidenceKind, content: bytes, media_type: str = "image/jpeg") -> UUID:
        """Announce a file, send its parts and wait until the hub has stored it."""
        evidence = Evidence(
            evidence_id=uuid4(),
            event_id=event_id,
            kind=kind,
            media_type=media_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            captured_at=now(),
        )
        self.send(evidence)
        for part in range(evidence.parts):
            start = part * evidence.part_size
            topic = Topic(self.name, Channel.EVIDENCE, evidence_id=evidence.evidence_id, part=part)
            self._publish(topic, content[start : start + evidence.part_size])
        self._wait_for(wrap(self.name, evidence).id, 60)
        return evidence.evidence_id

    def answer(self, command: LookAgain, outcome: Outcome, reason: str, picture: bytes) -> None:
        """Answer a look-again command with a fresh picture."""
        after = self.send_file(command.event_id, EvidenceKind.AFTER, picture)
        self.send(
            LookAgainAnswer(
                command_id=command.command_id,
                event_id=command.event_id,
                camera=command.camera,
                scene=command.scene,
                zone=command.zone,
                outcome=outcome,
                reason=reason,
                observed_at=now(),
                evidence_id=after,
            )
        )

    def _publish(self, topic: Topic, payload: str | bytes, *, retain: bool = False) -> None:
        self._client.publish(str(topic), payload, qos=1, retain=retain).wait_for_publish(60)

    def _wait_for(self, identity: str, seconds: float) -> None:
        with self._changed:
            known = self._changed.wait_for(lambda: identity in self._acked or identity in self._refused, seconds)
        assert known, f"no acknowledgement for {identity} within {seconds:.0f} s"
        assert identity not in self._refused, f"the hub refused {identity}: {self._refused[identity]}"

    def _on_connect(
        self,
        client: mqtt.Client,
        _data: object,
        _flags: mqtt.ConnectFlags,
        _reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        client.subscribe([(subscription(channel, self.name), 1) for channel in (Channel.ACK, Channel.COMMAND)])

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        if message.topic.endswith(Channel.COMMAND):
            command = parse_command(bytes(message.payload))
            if isinstance(command, LookAgain):
                self.commands.put(command)
            elif isinstance(command, ChangeSettings):
                self._take_settings(command)
            return
        ack = Ack.model_validate_json(message.payload)
        with self._changed:
            self._acked.update(ack.ids)
            self._refused.update({one.id: one.reason for one in ack.refused})
            self._changed.notify_all()
