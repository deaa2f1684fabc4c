"""The stories' gateway on a running demo: says over MQTT what a story has its cameras see."""

import queue
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from uuid import UUID, uuid4

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from sharp_eyes.contract.command import Ack, LookAgain, parse_command
from sharp_eyes.contract.envelope import DurableData, wrap
from sharp_eyes.contract.event import Evidence
from sharp_eyes.contract.status import Birth, CameraHealth, CameraNote, CameraState, Heartbeat, OutboxState
from sharp_eyes.contract.topics import Channel, Topic, subscription
from sharp_eyes.hub.demo.stories.story import StoryError, expect

_PATIENCE = 30.0
"""Seconds for the broker to let it in, and for the hub to answer."""


class LiveGateway:
    """Connected from its beginning to its end; what it sends the hub has committed when ``send`` returns."""

    def __init__(self, name: str, password: str, port: int, cameras: tuple[CameraNote, ...]) -> None:
        """``port``: of the demo's broker, on this machine."""
        self.name = name
        self._port = port
        self._cameras = cameras
        self._session, self._beats = str(uuid4()), 0
        self._answers: queue.Queue[Ack] = queue.Queue()
        self._questions: queue.Queue[LookAgain] = queue.Queue()
        self._subscribed = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"sharp-eyes-{name}")
        self._client.username_pw_set(name, password)
        self._client.on_message = self._on_message
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self._subscribed.set()

    def __enter__(self) -> Self:
        """Connect, and announce the cameras."""
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        expect(self._subscribed.wait(_PATIENCE), "the demo's broker does not let the story's gateway in")
        birth = Birth(
            gateway=self.name, session=self._session, time=datetime.now(UTC), version="story", cameras=self._cameras
        )
        self._publish(Topic(self.name, Channel.STATUS), birth.model_dump_json(), retain=True)
        self.beat()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def beat(self) -> None:
        """Say that it is alive; to be repeated every ten seconds."""
        now = datetime.now(UTC)
        health = tuple(CameraHealth(camera=one.camera, state=CameraState.ONLINE, since=now) for one in self._cameras)
        heartbeat = Heartbeat(
            gateway=self.name,
            session=self._session,
            sequence=self._beats,
            time=now,
            cameras=health,
            outbox=OutboxState(pending=0, bytes=0),
        )
        self._beats += 1
        self._publish(Topic(self.name, Channel.HEARTBEAT), heartbeat.model_dump_json())

    def send(self, data: DurableData) -> None:
        """Send a message, and wait until the hub has taken it.

        Raises:
            StoryError: it refuses, or does not answer.
        """
        message = wrap(self.name, data)
        self._publish(Topic(self.name, Channel.EVENT), message.model_dump_json())
        self._wait_for(message.id)

    def send_file(self, evidence: Evidence, content: bytes) -> None:
        """Send a file, and wait until the hub has stored it.

        Raises:
            StoryError: as ``send``.
        """
        message = wrap(self.name, evidence)
        self._publish(Topic(self.name, Channel.EVENT), message.model_dump_json())
        for part in range(evidence.parts):
            topic = Topic(self.name, Channel.EVIDENCE, evidence_id=evidence.evidence_id, part=part)
            start = part * evidence.part_size
            self._publish(topic, content[start : start + evidence.part_size])
        self._wait_for(message.id)

    def asked(self, event: UUID) -> LookAgain:
        """Wait for the hub's question about an event.

        Raises:
            StoryError: it does not come.
        """
        while True:
            try:
                question = self._questions.get(timeout=_PATIENCE)
            except queue.Empty:
                raise StoryError("the hub has not asked the camera to look again") from None
            if question.event_id == event:
                return question

    def _publish(self, topic: Topic, payload: str | bytes, *, retain: bool = False) -> None:
        self._client.publish(str(topic), payload, qos=1, retain=retain).wait_for_publish(_PATIENCE)

    def _wait_for(self, identity: str) -> None:
        while True:
            try:
                ack = self._answers.get(timeout=_PATIENCE)
            except queue.Empty:
                raise StoryError("the hub does not acknowledge what the camera sees") from None
            refused = {one.id: one.reason for one in ack.refused}
            expect(identity not in refused, f"the hub refuses what the camera sees: {refused.get(identity)}")
            if identity in ack.ids:
                return

    def _on_connect(self, client: mqtt.Client, *_: Any) -> None:
        client.subscribe([(subscription(channel, self.name), 1) for channel in (Channel.ACK, Channel.COMMAND)])

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        if message.topic.endswith(Channel.ACK):
            self._answers.put(Ack.model_validate_json(message.payload))
            return
        command = parse_command(bytes(message.payload))
        if isinstance(command, LookAgain):
            self._questions.put(command)
