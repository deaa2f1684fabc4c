"""What is looked at to tell the health of each part of a hub."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from sharp_eyes.configuration.health import WELL, Finding, HealthWatch, PartState
from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.intake.service import Intake
from sharp_eyes.hub.notices import outbox
from sharp_eyes.hub.store.case_tables import CaseTimer
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.disk_room import DiskRoom
from sharp_eyes.hub.store.evidence_store import EvidenceStore, key_of
from sharp_eyes.hub.store.unit_of_work import UnitOfWorkFactory
from sharp_eyes.hub.webhooks.queue import count_late, count_stopped

QUEUE_LATE = 10.0
"""Seconds that a message may wait in the hub."""

NOTICE_LATE = timedelta(minutes=5)
TIMER_LATE, TIMER_FAILED = timedelta(minutes=1), timedelta(minutes=10)
CLOCKS_APART = 5.0
"""Seconds by which the database's clock may differ from the hub's."""

_NOBODYS = key_of("0" * 64, "image/jpeg")
"""A file that is not there: a store that works says so."""


class PartName(StrEnum):
    """What a hub is made of, as far as it can be ill by itself."""

    DATABASE = "database"
    BROKER = "broker"
    INTAKE = "intake"
    EVIDENCE = "evidence"
    DISK = "disk"
    NOTICES = "notices"
    WEBHOOKS = "webhooks"
    TIMERS = "timers"
    CLOCKS = "clocks"
    TRANSPORT = "transport"


@dataclass(frozen=True, slots=True)
class Looks:
    """Each look gives what it finds; they raise SQLAlchemyError and StoreError."""

    database: Database
    intake: Intake
    evidence_store: EvidenceStore
    room: DiskRoom
    read_only: UnitOfWorkFactory
    clock: Callable[[], datetime]
    open_ways: int = 0
    """On which other machines and the hub speak without TLS, as its settings say."""

    def watch(self) -> HealthWatch:
        """All of them together."""
        return HealthWatch(
            {
                PartName.DATABASE: self.at_database,
                PartName.BROKER: self.at_broker,
                PartName.INTAKE: self.at_intake,
                PartName.EVIDENCE: self.at_evidence,
                PartName.DISK: self.at_disk,
                PartName.NOTICES: self.at_notices,
                PartName.WEBHOOKS: self.at_webhooks,
                PartName.TIMERS: self.at_timers,
                PartName.CLOCKS: self.at_clocks,
                PartName.TRANSPORT: self.at_transport,
            },
            PartName.DATABASE,
            self.clock,
            (SQLAlchemyError, StoreError),
        )

    def at_database(self) -> Finding:
        """Whether it answers and has connections to spare."""
        if not self.database.is_reachable():
            return Finding(PartState.FAILED, "away")
        pool = self.database.pool
        return Finding(PartState.DEGRADED, "busy", pool.taken) if pool.taken >= pool.most else WELL

    def at_broker(self) -> Finding:
        """Whether the intake is connected."""
        return WELL if self.intake.is_connected else Finding(PartState.FAILED, "away")

    def at_intake(self) -> Finding:
        """Whether messages come through, and how long they wait."""
        if not self.intake.is_hearing:
            return Finding(PartState.FAILED, "deaf")
        if self.intake.worker.is_behind:
            return Finding(PartState.DEGRADED, "held_back")
        waits = self.intake.worker.waiting.oldest_seconds
        return Finding(PartState.DEGRADED, "late", int(waits)) if waits > QUEUE_LATE else WELL

    def at_evidence(self) -> Finding:
        """Whether the store of evidence answers."""
        try:
            self.evidence_store.size(_NOBODYS)
        except StoreError:
            return Finding(PartState.FAILED, "away")
        return WELL

    def at_disk(self) -> Finding:
        """Whether it can be written, and for how much more evidence there is room."""
        if self.room.read_only() is not None:
            return Finding(PartState.FAILED, "read_only")
        free, reserve = self.room.free_bytes()
        if free < reserve:
            return Finding(PartState.FAILED, "full", free)
        return Finding(PartState.DEGRADED, "low", free) if free < 2 * reserve else WELL

    def at_notices(self) -> Finding:
        """Whether what people are told leaves the hub."""
        with self.read_only() as work:
            failed = outbox.count_failed(work)
            late = outbox.count_late(work, NOTICE_LATE)
        if failed:
            return Finding(PartState.DEGRADED, "failed", failed)
        return Finding(PartState.DEGRADED, "late", late) if late else WELL

    def at_webhooks(self) -> Finding:
        """Whether other systems take what they subscribed to."""
        with self.read_only() as work:
            stopped, late = count_stopped(work), count_late(work, NOTICE_LATE)
        if stopped:
            return Finding(PartState.DEGRADED, "failed", stopped)
        return Finding(PartState.DEGRADED, "late", late) if late else WELL

    def at_timers(self) -> Finding:
        """Whether what time does to cases is done in time."""
        with self.read_only() as work:
            at = work.session.scalar(select(func.min(CaseTimer.at)))
            late = timedelta() if at is None else work.now - at
        if late < TIMER_LATE:
            return WELL
        state = PartState.DEGRADED if late < TIMER_FAILED else PartState.FAILED
        return Finding(state, "late", int(late.total_seconds()))

    def at_clocks(self) -> Finding:
        """Whether the hub's clock agrees with its database's and its gateways'."""
        theirs = self.database.clock()
        apart = 0.0 if theirs is None else abs((theirs - datetime.now(UTC)).total_seconds())
        if apart > CLOCKS_APART:
            return Finding(PartState.DEGRADED, "database", int(apart))
        gateways = self.intake.router.clocks_apart
        return Finding(PartState.DEGRADED, "gateways", gateways) if gateways else WELL

    def at_transport(self) -> Finding:
        """Whether anybody on the way can listen in."""
        return Finding(PartState.DEGRADED, "insecure", self.open_ways) if self.open_ways else WELL
