"""Brings each message to those who take it; what was committed is acknowledged, and nothing can stop the line."""

import time
from collections.abc import Callable

from pydantic import ValidationError
from sqlalchemy.exc import DataError, SQLAlchemyError

from sharp_eyes.contract.command import NAME_IN_USE
from sharp_eyes.contract.envelope import EvidenceMessage, TrialMessage
from sharp_eyes.contract.status import Birth
from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.hub.errors import DamagedEvidenceError, MessageRefusedError, StoreError
from sharp_eyes.hub.intake import camera_settings, durable_messages, liveness, parsing
from sharp_eyes.hub.intake.evidence.receiver import EvidenceReceiver
from sharp_eyes.hub.intake.gateways import find_registered
from sharp_eyes.hub.intake.replies import Replies
from sharp_eyes.hub.intake.sessions import SessionWatch
from sharp_eyes.hub.intake.snapshots import SnapshotCache
from sharp_eyes.hub.intake.trials import Trials
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.tables import Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork, UnitOfWorkFactory


class MessageRouter:
    """Takes one message at a time, by its topic's channel. Belongs to one thread."""

    def __init__(
        self,
        transaction: UnitOfWorkFactory,
        read_only: UnitOfWorkFactory,
        evidence: EvidenceReceiver,
        snapshots: SnapshotCache,
        trials: Trials,
        replies: Replies,
        limits: LimitSettings,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transaction = transaction
        self._read_only = read_only
        self._evidence = evidence
        self._snapshots = snapshots
        self._trials = trials
        self._replies = replies
        self._limits = limits
        self._dropped = replies.dropped
        self._heartbeats = liveness.HeartbeatMonitor(monotonic)
        self.sessions = SessionWatch(monotonic)

    def take(self, topic: Topic, payload: bytes) -> None:
        """Take one message; nothing it holds can stop the line."""
        gateway = topic.gateway
        try:
            self._route(topic, payload)
        except MessageRefusedError as error:
            self._replies.refuse(gateway, error.identity, str(error))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            self._dropped.note(f"{topic.channel} message", gateway, f"{first['loc']}: {first['msg']}")
        except DamagedEvidenceError as error:
            self._dropped.note("damaged evidence", gateway, str(error))
        except (SQLAlchemyError, StoreError) as error:
            # Not acknowledged, so the gateway sends it again once the store works.
            self._dropped.note("store", gateway, f"not stored, will be sent again: {error}")

    def mark_silent_gateways(self) -> None:
        """Take gateways without a heartbeat as gone."""
        try:
            with self._transaction() as work:
                liveness.mark_silent(work, self._heartbeats)
        except SQLAlchemyError as error:
            self._dropped.note("store", "the hub", f"liveness not stored: {error}")

    def expire(self) -> None:
        """Forget what never came to an end."""
        self._evidence.expire()

    def _route(self, topic: Topic, payload: bytes) -> None:
        match topic.channel:
            case Channel.EVENT:
                self._take_durable(topic.gateway, payload)
            case Channel.EVIDENCE:
                self._evidence.take_part(topic, payload)
            case Channel.SNAPSHOT:
                self._take_snapshot(topic, payload)
            case Channel.STATUS if payload:
                self._take_status(topic.gateway, payload)
            case Channel.HEARTBEAT:
                self._take_heartbeat(topic.gateway, payload)

    def _take_durable(self, name: str, payload: bytes) -> None:
        message = parsing.read_durable(payload, name)
        if isinstance(message, EvidenceMessage):
            self._evidence.take_announcement(message)
            return
        try:
            with self._transaction() as work:
                gateway = find_registered(work, name, self._dropped)
                if gateway is None:
                    return
                if isinstance(message, TrialMessage):
                    self._trials.answer(name, message.data)
                else:
                    durable_messages.take(work, gateway.area, message, self._limits)
        except (DataError, OverflowError) as error:
            self._replies.refuse(name, message.id, f"the database cannot keep it: {error}")
            return
        self._replies.acknowledge(name, message.id)

    def _take_snapshot(self, topic: Topic, payload: bytes) -> None:
        camera = topic.camera or ""
        with self._read_only() as work:
            if liveness.area_of_camera(work, topic.gateway, camera) is None:
                self._dropped.note("unknown camera", topic.gateway, f"snapshot of {camera}")
                return
        if not self._snapshots.keep(topic.gateway, camera, payload, work.now):
            self._dropped.note("snapshot", topic.gateway, f"{camera}: {len(payload)} bytes, or no JPEG")

    def _take_status(self, name: str, payload: bytes) -> None:
        message = parsing.read_status(payload, name)
        tell = False
        with self._transaction() as work:
            gateway = find_registered(work, name, self._dropped)
            if gateway is None:
                return
            if isinstance(message, Birth):
                self._heartbeats.birth(name)
                tell = self.sessions.birth(name, message.session)
                self._take_birth(work, gateway, message)
            else:
                liveness.take_will(work, gateway, message)
        if tell:
            self._replies.notify(name, NAME_IN_USE)

    def _take_birth(self, work: UnitOfWork, gateway: Gateway, birth: Birth) -> None:
        most = self._limits.cameras_per_gateway
        for note in birth.cameras[most:]:
            self._replies.held_back.note(
                "cameras", gateway.name, f"camera {note.camera}: {most} at most, see limits.cameras_per_gateway"
            )
        is_new = gateway.session != birth.session[:200]
        left_out = liveness.take_birth(work, gateway, birth.model_copy(update={"cameras": birth.cameras[:most]}), most)
        camera_settings.take_birth(work, gateway, birth, is_new)
        self._snapshots.forget(gateway.name, left_out)

    def _take_heartbeat(self, name: str, payload: bytes) -> None:
        message = parsing.read_heartbeat(payload, name)
        tell = False
        with self._transaction() as work:
            gateway = find_registered(work, name, self._dropped)
            if gateway is not None and self._heartbeats.heartbeat(name, message.session, message.sequence):
                self._heartbeats.compare_clocks(name, message.time, work.now)
                tell = self.sessions.heartbeat(name, message.session)
                liveness.take_heartbeat(work, gateway, message)
        if tell:
            self._replies.notify(name, NAME_IN_USE)
