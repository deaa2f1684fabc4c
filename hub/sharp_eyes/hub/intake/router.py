"""Brings each message to those who take it; what was committed is acknowledged, and nothing can stop the line.

Messages that waited together are committed together. Where one of them fails, all are rolled back; what went before it
is committed, then it goes alone, then what came after it: the order stays, and nobody else's message is lost by it.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy.exc import DataError, SQLAlchemyError

from sharp_eyes.contract.camera_setup import SetupReport
from sharp_eyes.contract.command import NAME_IN_USE
from sharp_eyes.contract.envelope import DurableMessage, EvidenceMessage, SetupMessage, TrialMessage
from sharp_eyes.contract.status import Birth
from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.contract.trial import TrialReport
from sharp_eyes.hub.errors import MessageRefusedError, StoreError
from sharp_eyes.hub.intake import camera_settings, camera_setup, durable_messages, liveness, parsing
from sharp_eyes.hub.intake.batch import Batch, is_nobodys_fault, is_overtaken, together
from sharp_eyes.hub.intake.evidence.receiver import EvidenceReceiver
from sharp_eyes.hub.intake.fair_queue import Item
from sharp_eyes.hub.intake.gateways import find_registered
from sharp_eyes.hub.intake.questions import Questions
from sharp_eyes.hub.intake.replies import Replies
from sharp_eyes.hub.intake.sessions import SessionWatch
from sharp_eyes.hub.intake.snapshots import SnapshotCache
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.tables import Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork, UnitOfWorkFactory

_LOG = logging.getLogger(__name__)
_LONGEST_SECONDS = 0.25
"""A batch that has worked for so long is committed: others wait for what it holds."""


@dataclass(frozen=True, slots=True)
class _Durable:
    gateway: str
    message: DurableMessage


@dataclass(frozen=True, slots=True)
class _Part:
    gateway: str
    topic: Topic
    payload: bytes


_Kept = _Durable | _Part


class _FailedAtError(Exception):
    """A batch was rolled back: by its message number ``at``, or as a whole where all had been taken."""

    def __init__(self, at: int, error: Exception) -> None:
        super().__init__(str(error))
        self.at = at
        self.error = error


class MessageRouter:
    """Takes messages by their topics' channels. Belongs to one thread."""

    def __init__(
        self,
        transaction: UnitOfWorkFactory,
        read_only: UnitOfWorkFactory,
        evidence: EvidenceReceiver,
        snapshots: SnapshotCache,
        trials: Questions[TrialReport],
        camera_setups: Questions[SetupReport],
        replies: Replies,
        limits: LimitSettings,
        monotonic: Callable[[], float] = time.monotonic,
        serves: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """``serves``: whether this hub is the one that hears a gateway."""
        self._transaction = transaction
        self._read_only = read_only
        self._evidence = evidence
        self._snapshots = snapshots
        self._trials, self._camera_setups = trials, camera_setups
        self._replies = replies
        self._limits = limits
        self._dropped = replies.dropped
        self._serves = serves
        self._heartbeats = liveness.HeartbeatMonitor(monotonic)
        self.sessions = SessionWatch(monotonic)

    def take(self, topic: Topic, payload: bytes) -> None:
        """Take one message; nothing it holds can stop the line."""
        self.take_together([(topic, payload)])

    def take_together(self, items: Sequence[Item]) -> None:
        """Take messages in their order; what is kept is committed together and acknowledged after that."""
        kept: list[_Kept] = []
        for topic, payload in items:
            if topic.channel is Channel.EVIDENCE:
                kept.append(_Part(topic.gateway, topic, payload))
                continue
            try:
                if topic.channel is Channel.EVENT:
                    kept.append(_Durable(topic.gateway, parsing.read_durable(payload, topic.gateway)))
                else:
                    self._take_at_once(topic, payload)
            except Exception as error:  # noqa: BLE001 - told apart there
                self._note_failure(topic.gateway, topic.channel, error)
        self._keep(kept)

    def _keep(self, kept: Sequence[_Kept]) -> None:
        """Commit messages together; one that fails goes alone, so that it takes no other with it."""
        left = deque([kept] if kept else [])
        overtaken: Sequence[_Kept] | None = None
        while left:
            portion = left.popleft()
            try:
                done = self._commit(portion)
            except _FailedAtError as failed:
                if is_overtaken(failed.error) and overtaken is not portion:
                    overtaken = portion
                    left.appendleft(portion)
                else:
                    left.extendleft(reversed(self._apart(portion, failed)))
            else:
                if done < len(portion):
                    left.appendleft(portion[done:])

    def _commit(self, portion: Sequence[_Kept]) -> int:
        """Commit as many as fit into the time that a batch may take, and acknowledge them; return how many.

        Raises:
            _FailedAtError: nothing was committed.
        """
        done, ends = 0, time.monotonic() + _LONGEST_SECONDS
        try:
            with together(self._transaction, self._evidence.settle) as batch:
                _look_up(batch, portion)
                for one in portion:
                    self._keep_one(batch, one)
                    done += 1
                    if time.monotonic() > ends:
                        break
        except Exception as error:
            raise _FailedAtError(done, error) from error
        for gateway, ids in batch.taken.items():
            self._replies.acknowledge(gateway, *ids)
        return done

    def _apart(self, portion: Sequence[_Kept], failed: "_FailedAtError") -> list[Sequence[_Kept]]:
        """Say in which portions it is tried again; what has no other hope is given up here."""
        if len(portion) == 1:
            self._give_up(portion[0], failed.error)
            return []
        if is_nobodys_fault(failed.error):
            for one in portion:
                self._note_failure(one.gateway, Channel.EVENT, failed.error)
            return []
        if failed.at == len(portion):
            return [[one] for one in portion]
        # What went before it was good, and what comes after it was not tried.
        at = failed.at
        return [part for part in (portion[:at], portion[at : at + 1], portion[at + 1 :]) if part]

    def _keep_one(self, batch: Batch, one: _Kept) -> None:
        if isinstance(one, _Part):
            self._evidence.take_part(batch, one.topic, one.payload)
        elif isinstance(one.message, EvidenceMessage):
            self._evidence.take_announcement(batch, one.message)
        else:
            gateway = find_registered(batch.work, one.gateway, self._dropped)
            if gateway is None:
                return
            if isinstance(one.message, TrialMessage):
                trial = one.message.data
                self._trials.answer(one.gateway, trial.trial_id, trial, trial.camera)
            elif isinstance(one.message, SetupMessage):
                camera_setup.take_report(batch.work, gateway, one.message.data, self._camera_setups)
            else:
                durable_messages.take(batch.work, gateway.area, one.message, self._limits)
                batch.work.session.flush()  # what cannot be kept is known while it is known whose it is
            batch.acknowledge(one.gateway, one.message.id)

    def _give_up(self, one: _Kept, error: Exception) -> None:
        if isinstance(error, DataError | OverflowError) and isinstance(one, _Durable):
            self._replies.refuse(one.gateway, one.message.id, f"the database cannot keep it: {error}")
            return
        self._note_failure(one.gateway, Channel.EVENT, error)

    def _note_failure(self, gateway: str, channel: Channel, error: Exception) -> None:
        """Say and count what became of a message that was not taken; it is never acknowledged."""
        match error:
            case MessageRefusedError():
                self._replies.refuse(gateway, error.identity, str(error))
            case ValidationError():
                first = error.errors(include_url=False, include_input=False)[0]
                self._dropped.note(f"{channel} message", gateway, f"{first['loc']}: {first['msg']}")
            case SQLAlchemyError() | StoreError():
                # Not acknowledged, so the gateway sends it again once the store works.
                self._dropped.note("store", gateway, f"not stored, will be sent again: {error}")
            case _:
                # A fault of ours must not make the hub deaf to everybody else.
                _LOG.error("a message from %s could not be taken; it is not acknowledged", gateway, exc_info=error)
                self._dropped.note("fault", gateway, "see the log")

    def mark_silent_gateways(self) -> None:
        """Take gateways without a heartbeat as gone."""
        try:
            with self._transaction() as work:
                liveness.mark_silent(work, self._heartbeats, self._serves)
        except SQLAlchemyError as error:
            self._dropped.note("store", "the hub", f"liveness not stored: {error}")

    def expire(self) -> None:
        """Forget what never came to an end."""
        self._evidence.expire()

    def _take_at_once(self, topic: Topic, payload: bytes) -> None:
        match topic.channel:
            case Channel.SNAPSHOT:
                self._take_snapshot(topic, payload)
            case Channel.STATUS if payload:
                self._take_status(topic.gateway, payload)
            case Channel.HEARTBEAT:
                self._take_heartbeat(topic.gateway, payload)

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


def _look_up(batch: Batch, kept: Sequence[_Kept]) -> None:
    """Ask for many messages at once what each of them would ask for."""
    messages = [one.message for one in kept if isinstance(one, _Durable)]
    if len(messages) > 1:
        durable_messages.look_up(batch.work, messages)
