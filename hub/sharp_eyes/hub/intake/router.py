"""Brings each message to those who take it; what was committed is acknowledged, and nothing can stop the line.

Messages that waited together are committed together. Where one of them fails, all are rolled back; what went before it
is committed, then it goes alone, then what came after it: the order stays, and nobody else's message is lost by it.
"""

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy.exc import DataError, SQLAlchemyError

from sharp_eyes.contract.camera_setup import SetupReport
from sharp_eyes.contract.command import NAME_IN_USE
from sharp_eyes.contract.envelope import DurableMessage, EvidenceMessage, HealthMessage, SetupMessage, TrialMessage
from sharp_eyes.contract.status import Heartbeat
from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.contract.trial import TrialReport
from sharp_eyes.hub.errors import MessageRefusedError, StoreError
from sharp_eyes.hub.intake import camera_setup, durable_messages, liveness, parsing
from sharp_eyes.hub.intake.batch import Batch, is_nobodys_fault, is_overtaken, together
from sharp_eyes.hub.intake.camera_figures import CameraFigures
from sharp_eyes.hub.intake.evidence.receiver import EvidenceReceiver
from sharp_eyes.hub.intake.fair_queue import Item
from sharp_eyes.hub.intake.gateways import find_registered
from sharp_eyes.hub.intake.questions import Questions
from sharp_eyes.hub.intake.replies import Replies
from sharp_eyes.hub.intake.sessions import SessionWatch
from sharp_eyes.hub.intake.signs import Sign, SignsOfLife
from sharp_eyes.hub.intake.snapshots import SnapshotCache
from sharp_eyes.hub.measures import Measures
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.unit_of_work import UnitOfWorkFactory

_LOG = logging.getLogger(__name__)
_LONGEST_SECONDS = 0.25
"""A batch that has worked for so long, of its processor's time, is committed: others wait for what it holds. A machine
that is busy elsewhere must not make batches small, for small ones cost more."""

_LONGEST_BY_THE_CLOCK = 1.0

_GONE_TOGETHER = 100
"""Gateways that are taken as gone in one transaction."""


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


TakeDevice = Callable[[str, bytes, Replies], None]
"""Takes what a platform of devices says, and answers it."""


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
        *,
        measures: Measures,
        take_device: TakeDevice,
    ) -> None:
        """``serves``: whether this hub is the one that hears a gateway."""
        self._take_device = take_device
        self._measures = measures
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
        self.figures = CameraFigures(monotonic)
        self._signs = SignsOfLife(self._heartbeats, self.sessions, self.figures, snapshots, replies, limits)

    @property
    def clocks_apart(self) -> int:
        """How many gateways' clocks and the hub's have come apart."""
        return self._heartbeats.clocks_apart

    def take(self, topic: Topic, payload: bytes) -> None:
        """Take one message; nothing it holds can stop the line."""
        self.take_together([(topic, payload)])

    def take_together(self, items: Sequence[Item]) -> None:
        """Take messages in their order; what is kept is committed together and acknowledged after that.

        Parts of files go last. Each of the bundled broker's subscriptions is a queue of its own, so every other picture
        overtakes its announcement: it would be staged on disk until that is read a moment later.
        """
        durable: list[_Kept] = []
        parts: list[_Kept] = []
        signs: list[Sign] = []
        for topic, payload in items:
            if topic.channel is Channel.EVIDENCE:
                parts.append(_Part(topic.gateway, topic, payload))
                continue
            try:
                if topic.channel is Channel.EVENT:
                    durable.append(_Durable(topic.gateway, parsing.read_durable(payload, topic.gateway)))
                elif topic.channel is Channel.STATUS and payload:
                    signs.append(parsing.read_status(payload, topic.gateway))
                elif topic.channel is Channel.HEARTBEAT:
                    signs.append(parsing.read_heartbeat(payload, topic.gateway))
                elif topic.channel is Channel.DEVICE:
                    self._take_device(topic.gateway, payload, self._replies)
                    self._measures.taken.labels(topic.channel.value).inc()
                elif topic.channel is Channel.SNAPSHOT:
                    self._take_snapshot(topic, payload)
                    self._measures.taken.labels(topic.channel.value).inc()
            except Exception as error:  # noqa: BLE001 - told apart there
                self._note_failure(topic.gateway, topic.channel, error)
        self._take_signs(signs)
        self._keep([*durable, *parts])

    def _take_signs(self, signs: Sequence[Sign]) -> None:
        """Take signs of life together; where one cannot be taken, each goes alone."""
        if not signs:
            return
        try:
            with self._transaction() as work:
                taken = self._signs.take(work, signs)
        except Exception as error:  # noqa: BLE001 - told apart there
            if len(signs) > 1 and not is_nobodys_fault(error):
                for sign in signs:
                    self._take_signs([sign])
            else:
                for sign in signs:
                    self._note_failure(sign.gateway, _channel(sign), error)
            return
        for sign in signs:
            self._measures.taken.labels(_channel(sign).value).inc()
        for name in self._signs.settle(taken):
            self._replies.notify(name, NAME_IN_USE)

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
        done, begun = 0, time.monotonic()
        works_until = time.thread_time() + _LONGEST_SECONDS
        lasts_until = begun + max(_LONGEST_SECONDS, _LONGEST_BY_THE_CLOCK)
        try:
            with together(self._transaction, self._evidence.settle) as batch:
                self._look_up(batch, portion)
                for one in portion:
                    self._keep_one(batch, one)
                    done += 1
                    if time.thread_time() > works_until or time.monotonic() > lasts_until:
                        break
        except Exception as error:
            raise _FailedAtError(done, error) from error
        self._count(portion[:done], time.monotonic() - begun)
        for gateway, ids in batch.taken.items():
            self._replies.acknowledge(gateway, *ids)
        return done

    def _count(self, taken: Sequence[_Kept], seconds: float) -> None:
        self._measures.batch_messages.observe(len(taken))
        self._measures.batch_seconds.observe(seconds)
        for kind, count in Counter(map(_kind, taken)).items():
            self._measures.taken.labels(kind).inc(count)

    def _apart(self, portion: Sequence[_Kept], failed: "_FailedAtError") -> list[Sequence[_Kept]]:
        """Say in which portions it is tried again; what has no other hope is given up here."""
        if len(portion) == 1:
            self._give_up(portion[0], failed.error)
            return []
        if is_nobodys_fault(failed.error):
            for one in portion:
                self._note_failure(one.gateway, Channel.EVENT, failed.error)
            return []
        if failed.at == len(portion):  # whose it is shows by halves
            middle = len(portion) // 2
            return [portion[:middle], portion[middle:]]
        # What went before it was good, and what comes after it was not tried.
        at = failed.at
        return [part for part in (portion[:at], portion[at : at + 1], portion[at + 1 :]) if part]

    def _look_up(self, batch: Batch, portion: Sequence[_Kept]) -> None:
        """Ask for many messages at once what each of them would ask for."""
        messages = {one.message.id: one.message for one in portion if isinstance(one, _Durable)}
        for one in portion:
            if isinstance(one, _Part) and (announced := self._evidence.announced(one.topic)) is not None:
                messages.setdefault(announced.id, announced)
        if len(messages) > 1:
            durable_messages.look_up(batch.work, list(messages.values()))

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
                if isinstance(one.message, HealthMessage):
                    self.figures.forget(one.gateway)
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
            with self._read_only() as work:
                silent = liveness.find_silent(work, self._heartbeats, self._serves)
            for first in range(0, len(silent), _GONE_TOGETHER):
                with self._transaction() as work:
                    liveness.mark_gone(work, silent[first : first + _GONE_TOGETHER])
        except SQLAlchemyError as error:
            self._dropped.note("store", "the hub", f"liveness not stored: {error}")

    def expire(self) -> None:
        """Forget what never came to an end."""
        self._evidence.expire()

    def _take_snapshot(self, topic: Topic, payload: bytes) -> None:
        camera = topic.camera or ""
        with self._read_only() as work:
            if liveness.area_of_camera(work, topic.gateway, camera) is None:
                self._dropped.note("unknown camera", topic.gateway, f"snapshot of {camera}")
                return
        if not self._snapshots.keep(topic.gateway, camera, payload, work.now):
            self._dropped.note("snapshot", topic.gateway, f"{camera}: {len(payload)} bytes, or no JPEG")


def _channel(sign: Sign) -> Channel:
    return Channel.HEARTBEAT if isinstance(sign, Heartbeat) else Channel.STATUS


def _kind(one: _Kept) -> str:
    """What a message is, such as ``event``, ``health``, or ``part`` of a file."""
    return "part" if isinstance(one, _Part) else one.message.type.split(".")[1]
