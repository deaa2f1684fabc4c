"""The intake's one worker: takes messages in turn, commits, and only then acknowledges."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import ValidationError
from sqlalchemy.exc import DataError, SQLAlchemyError

from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.command import Ack, LookAgain, Refusal
from sharp_eyes.contract.envelope import MAX_MESSAGE_SIZE, EvidenceMessage
from sharp_eyes.contract.status import Birth, Heartbeat, Will
from sharp_eyes.contract.topics import Channel, Topic, parse
from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.intake import durable, evidence, liveness
from sharp_eyes.hub.intake.counting import Dropped
from sharp_eyes.hub.intake.durable import RefusedError
from sharp_eyes.hub.intake.snapshots import Snapshots
from sharp_eyes.hub.intake.staging import DamagedError, Staging
from sharp_eyes.hub.store.evidence_files import EvidenceFiles
from sharp_eyes.hub.store.tables import Gateway
from sharp_eyes.hub.store.unit_of_work import Work

_LOG = logging.getLogger(__name__)
_QUEUE = 200
_SWEEP = 1.0
_MAX_PART = 1024 * 1024
_MAX_PARTS = 2000
Kind = TypeVar("Kind", Birth, Will, Heartbeat)


class Outbound(Protocol):
    """What goes back to the gateways."""

    def acknowledge(self, gateway: str, ack: Ack) -> None:
        """Tell a gateway what was committed or refused."""

    def command(self, gateway: str, message: LookAgain) -> None:
        """Send a gateway a command."""


class Worker:
    """Takes what the gateways send. ``offer`` may be called from any thread."""

    def __init__(
        self,
        work: Callable[[], AbstractContextManager[Work]],
        view: Callable[[], AbstractContextManager[Work]],
        files: EvidenceFiles,
        snapshots: Snapshots,
        staging: Path,
    ) -> None:
        self.dropped = Dropped()
        self.outbound: Outbound | None = None
        self._work = work
        self._view = view
        self._files = files
        self._snapshots = snapshots
        self._staging = Staging(staging)
        self._pulse = liveness.Pulse()
        self._queue: queue.Queue[tuple[Topic, bytes] | None] = queue.Queue(_QUEUE)
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._stopping = False

    def start(self) -> None:
        """Start working."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the message in hand and stop; what still waits is sent again by its gateway."""
        self._stopping = True
        with suppress(queue.Full):
            self._queue.put_nowait(None)
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def offer(self, text: str, payload: bytes) -> None:
        """Hand over a message; waits while the queue is full, so that the broker is slowed down."""
        try:
            topic = parse(text)
        except ContractError as error:
            self.dropped.note("topic", "unknown", str(error))
            return
        if topic.channel in (Channel.HEARTBEAT, Channel.SNAPSHOT):
            try:
                self._queue.put_nowait((topic, payload))
            except queue.Full:
                self.dropped.note("busy", topic.gateway, f"{topic.channel} while the hub is behind")
            return
        while not self._stopping:
            try:
                self._queue.put((topic, payload), timeout=1.0)
                return
            except queue.Full:
                continue

    def _run(self) -> None:
        swept = time.monotonic()
        while not self._stopping:
            try:
                item = self._queue.get(timeout=_SWEEP)
            except queue.Empty:
                item = None
            if item is not None:
                self.take(*item)
            if time.monotonic() - swept >= _SWEEP:
                swept = time.monotonic()
                self.look_for_silent()

    def look_for_silent(self) -> None:
        """Take gateways without a heartbeat as gone."""
        try:
            with self._work() as work:
                liveness.find_silent(work, self._pulse)
        except SQLAlchemyError as error:
            self.dropped.note("store", "the hub", f"liveness not stored: {error}")

    def take(self, topic: Topic, payload: bytes) -> None:
        """Take one message; nothing it holds can stop the line."""
        gateway = topic.gateway
        try:
            self._route(topic, payload)
        except RefusedError as error:
            self._refuse(gateway, error.identity, str(error))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            self.dropped.note(f"{topic.channel} message", gateway, f"{first['loc']}: {first['msg']}")
        except DamagedError as error:
            self.dropped.note("damaged evidence", gateway, str(error))
        except (SQLAlchemyError, StoreError) as error:
            # Not acknowledged, so the gateway sends it again once the store works.
            self.dropped.note("store", gateway, f"not stored, will be sent again: {error}")

    def _route(self, topic: Topic, payload: bytes) -> None:
        match topic.channel:
            case Channel.EVENT:
                self._take_durable(topic.gateway, payload)
            case Channel.EVIDENCE:
                self._take_part(topic, payload)
            case Channel.SNAPSHOT:
                self._take_snapshot(topic, payload)
            case Channel.STATUS if payload:
                self._take_status(topic.gateway, payload)
            case Channel.HEARTBEAT:
                self._take_heartbeat(topic.gateway, payload)

    def _take_durable(self, name: str, payload: bytes) -> None:
        try:
            message = durable.read(payload, name)
        except RefusedError as error:
            self._refuse(name, error.identity, str(error))
            return
        if isinstance(message, EvidenceMessage):
            self._take_announcement(message)
            return
        try:
            with self._work() as work:
                gateway = self._registered(work, name)
                if gateway is None:
                    return
                durable.take(work, gateway.area, message)
        except (DataError, OverflowError) as error:
            self._refuse(name, message.id, f"the database cannot keep it: {error}")
            return
        self._acknowledge(name, message.id)

    def _take_announcement(self, message: EvidenceMessage) -> None:
        if message.data.part_size > _MAX_PART or message.data.parts > _MAX_PARTS:
            reason = f"parts of {_MAX_PART} bytes at most, and {_MAX_PARTS} parts at most, are taken"
            raise RefusedError(reason, message.id)
        with self._view() as work:
            if self._registered(work, message.gateway) is None:
                return
            stored = evidence.is_stored(work, message)
        if stored:
            self._staging.drop(message.gateway, message.data.evidence_id)
            self._acknowledge(message.gateway, message.id)
            return
        self._staging.announce(message)
        self._complete(message)

    def _take_part(self, topic: Topic, payload: bytes) -> None:
        if topic.evidence_id is None or topic.part is None:
            return
        if not 0 < len(payload) <= _MAX_PART:
            self.dropped.note("part size", topic.gateway, f"{len(payload)} bytes; at most {_MAX_PART}")
            return
        announced = self._staging.announcement(topic.gateway, topic.evidence_id)
        if announced is None:
            with self._view() as work:
                registered = self._registered(work, topic.gateway) is not None
                if not registered or evidence.is_known(work, topic.evidence_id):
                    return
        elif topic.part >= announced.data.parts or len(payload) > announced.data.part_size:
            self.dropped.note("part size", topic.gateway, f"{topic} is not part of what was announced")
            return
        self._staging.add_part(topic.gateway, topic.evidence_id, topic.part, payload)
        if announced is not None:
            self._complete(announced)

    def _complete(self, message: EvidenceMessage) -> None:
        whole = self._staging.assemble(message)
        if whole is None:
            return
        key = self._files.put(message.data.evidence_id, message.data.media_type, whole)
        with self._work() as work:
            if not evidence.is_stored(work, message):
                evidence.enter(work, message, key)
        self._staging.drop(message.gateway, message.data.evidence_id)
        self._acknowledge(message.gateway, message.id)

    def _take_snapshot(self, topic: Topic, payload: bytes) -> None:
        camera = topic.camera or ""
        with self._view() as work:
            if liveness.area_of_camera(work, topic.gateway, camera) is None:
                self.dropped.note("unknown camera", topic.gateway, f"snapshot of {camera}")
                return
        if not self._snapshots.keep(topic.gateway, camera, payload, work.now):
            self.dropped.note("snapshot", topic.gateway, f"{camera}: {len(payload)} bytes, or no JPEG")

    def _take_status(self, name: str, payload: bytes) -> None:
        message = _status(payload)
        self._check_speaker(name, message.gateway)
        _check_usable(message)
        with self._work() as work:
            gateway = self._registered(work, name)
            if gateway is None:
                return
            if isinstance(message, Birth):
                self._pulse.birth(name, work.now)
                liveness.take_birth(work, gateway, message)
            else:
                liveness.take_will(work, gateway, message)

    def _take_heartbeat(self, name: str, payload: bytes) -> None:
        message = _parsed(Heartbeat, payload)
        self._check_speaker(name, message.gateway)
        _check_usable(message)
        with self._work() as work:
            gateway = self._registered(work, name)
            if gateway is not None:
                self._pulse.heartbeat(name, work.now)
                liveness.take_heartbeat(work, gateway, message)

    def _registered(self, work: Work, name: str) -> Gateway | None:
        gateway = work.session.get(Gateway, name)
        if gateway is None:
            self.dropped.note("unknown gateway", name, "register it with 'sharp-eyes-hub gateway add'")
        return gateway

    def _check_speaker(self, topic_gateway: str, said: str) -> None:
        if topic_gateway != said:
            raise RefusedError(f"{said!r} speaks on the topic of {topic_gateway!r}")

    def _acknowledge(self, gateway: str, identity: str) -> None:
        if self.outbound is not None:
            self.outbound.acknowledge(gateway, Ack(ids=(identity,)))

    def _refuse(self, gateway: str, identity: str | None, reason: str) -> None:
        self.dropped.note("refused", gateway, reason)
        if identity is not None and self.outbound is not None:
            refusal = Refusal(id=identity, reason=reason[:500])
            self.outbound.acknowledge(gateway, Ack(refused=(refusal,)))


def _status(payload: bytes) -> Birth | Will:
    try:
        return _parsed(Birth, payload)
    except ValidationError:
        return _parsed(Will, payload)


def _parsed(kind: type[Kind], payload: bytes) -> Kind:
    if len(payload) > 4 * MAX_MESSAGE_SIZE:
        raise RefusedError(f"{kind.__name__} of {len(payload)} bytes")
    try:
        return kind.model_validate_json(payload)
    except OverflowError as error:
        raise RefusedError(f"{kind.__name__}: {error}") from error


def _check_usable(message: Birth | Will | Heartbeat) -> None:
    fault = durable.unusable(message.model_dump())
    if fault is not None:
        raise RefusedError(fault)
