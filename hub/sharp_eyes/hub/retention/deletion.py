"""Deletes what has reached its term; each deletion is written down in the same transaction, and stays written."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnClause, CursorResult, column, delete, or_, select, table, tuple_
from sqlalchemy.exc import IntegrityError, OperationalError

from sharp_eyes.hub.cases.daily_figures import note_change
from sharp_eyes.hub.cases.legal_hold import is_held
from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.intake.evidence.orphans import is_orphan
from sharp_eyes.hub.retention import terms
from sharp_eyes.hub.settings import LimitSettings, RetentionSettings
from sharp_eyes.hub.store.case_tables import (
    Alarm,
    AnsweredRequest,
    Assignment,
    Case,
    CaseClock,
    CaseLog,
    CaseMilestone,
    CaseText,
    CaseTimer,
    LookAgainQuestion,
    SavedClip,
)
from sharp_eyes.hub.store.evidence_store import EvidenceStore, hold_files
from sharp_eyes.hub.store.inspection_tables import Inspection, InspectionItem
from sharp_eyes.hub.store.months import MONTHLY, give_up_months, is_by_month, make_months, rest_of
from sharp_eyes.hub.store.report_tables import DuplicateOffer, Report, ReporterContact
from sharp_eyes.hub.store.sponsor_tables import WhistleListCase
from sharp_eyes.hub.store.tables import Deletion, EvidenceFile, RemovedFile
from sharp_eyes.hub.store.types import UtcDateTime
from sharp_eyes.hub.store.unit_of_work import UnitOfWork, UnitOfWorkFactory

_LOG = logging.getLogger(__name__)
_AT_ONCE = 200
_READ_AT_ONCE = 1000
_ROWS_AT_ONCE = 5000
_LEFT_AT_ONCE = 20_000

_GROWING: Mapping[str, tuple[Sequence[str], str]] = {name: (key, "received_at") for name, key in MONTHLY.items()} | {
    "reporter_contact": (("reporter",), "noted_at"),
    "premises_contact": (("premises_id",), "noted_at"),
    "household_contact": (("id",), "noted_at"),
}
"""Tables that grow with what happens: what tells their rows apart, and the column of a row's moment."""


class Retention:
    """One pass over all that has a term. Belongs to one thread."""

    def __init__(
        self,
        settings: RetentionSettings,
        limits: LimitSettings,
        transaction: UnitOfWorkFactory,
        read_only: UnitOfWorkFactory,
        store: EvidenceStore,
    ) -> None:
        self._settings = settings
        self._limits = limits
        self._transaction = transaction
        self._read_only = read_only
        self._store = store

    def run(self, is_stopping: Callable[[], bool] = lambda: False) -> dict[str, int]:
        """Delete what is over; return how many of each kind. Every case is a transaction of its own.

        One that cannot be deleted is logged and keeps no other back. ``is_stopping`` ends the pass between two cases.
        """
        done = {"case": 0, "evidence": 0}
        self._remove_left()
        for case_id in self._candidates():
            if is_stopping():
                break
            try:
                with self._transaction() as work:
                    kind, keys = self._take_case(work, case_id)
            except IntegrityError:
                _LOG.exception("case %d has reached its term and cannot be deleted; the others are", case_id)
                continue
            self._remove(keys)
            if kind is not None:
                done[kind] += 1
        done["orphan"] = self._delete_orphans()
        done["inspection"] = self._delete_inspections(is_stopping)
        for name, days in self._growing():
            done[name] = self._delete_old(name, days, is_stopping)
            if name in MONTHLY:
                done[name] += self._give_up_months(name, days)
        if any(done.values()):
            _LOG.info(
                "deleted at the end of its term: %s", ", ".join(f"{count} {kind}" for kind, count in done.items())
            )
        return done

    def _candidates(self) -> Iterator[int]:
        """Cases of which something has reached its term, as far as can be told without locking them."""
        of_alarms = select(EvidenceFile.id).join(Alarm, Alarm.event_id == EvidenceFile.event_id)
        of_reports = select(EvidenceFile.id).join(Report, Report.key == EvidenceFile.event_id)
        has_evidence = or_(
            of_alarms.where(Alarm.case_id == Case.id).exists(), of_reports.where(Report.case_id == Case.id).exists()
        )
        query = select(Case.id, Case.scene, Case.grade, Case.ended_at, has_evidence).order_by(Case.id)
        after = 0
        while True:
            with self._read_only() as work:
                now = work.now
                rows = work.session.execute(
                    query.where(
                        Case.id > after,
                        Case.ended_at.is_not(None),
                        Case.legal_hold.is_(False),
                        Case.ended_at < now - terms.shortest(self._settings),
                    ).limit(_READ_AT_ONCE)
                ).all()
            for identity, scene, grade, ended, evidence in rows:
                if ended is not None and (
                    terms.is_over(now, ended, terms.case_days(self._settings, scene, grade))
                    or (evidence and terms.is_over(now, ended, terms.evidence_days(self._settings, scene, grade)))
                ):
                    yield identity
            if len(rows) < _READ_AT_ONCE:
                return
            after = rows[-1].id

    def _take_case(self, work: UnitOfWork, case_id: int) -> tuple[str | None, list[str]]:
        case = work.session.scalar(select(Case).where(Case.id == case_id).with_for_update())
        # Asked again under the lock: somebody may have put it under legal hold meanwhile.
        if case is None or case.ended_at is None or is_held(work, case):
            return None, []
        days = terms.case_days(self._settings, case.scene, case.grade)
        ended_at = case.ended_at
        if terms.is_over(work.now, ended_at, days):
            return "case", self._delete_case(work, case, days)
        days = terms.evidence_days(self._settings, case.scene, case.grade)
        if terms.is_over(work.now, ended_at, days):
            keys = self._delete_evidence(work, case, f"term of {days} days for evidence of {case.scene}, {case.grade}")
            return ("evidence" if keys else None), keys
        return None, []

    def _delete_evidence(self, work: UnitOfWork, case: Case, reason: str) -> list[str]:
        events = (
            select(Alarm.event_id).where(Alarm.case_id == case.id),
            select(Report.key).where(Report.case_id == case.id),
        )
        # What another gateway sent under one of these ids is none of this case's.
        gateways = select(Alarm.gateway).where(Alarm.case_id == case.id)
        files = work.session.scalars(
            select(EvidenceFile)
            .where(or_(*(EvidenceFile.event_id.in_(theirs) for theirs in events)))
            .where(or_(EvidenceFile.gateway.is_(None), EvidenceFile.gateway.in_(gateways)))
        ).all()
        if files:
            size = sum(row.size for row in files)
            write_down(work, "evidence", case.number, len(files), size, reason, case.id)
        return _forget(work, files)

    def _delete_case(self, work: UnitOfWork, case: Case, days: int) -> list[str]:
        reason = f"term of {days} days for cases of {case.scene}, {case.grade}"
        keys = self._delete_evidence(work, case, reason)
        write_down(work, "case", case.number, 1, 0, reason, case.id)
        note_change(work, case)
        work.session.flush()
        for model in (
            LookAgainQuestion,
            SavedClip,
            AnsweredRequest,
            CaseText,
            CaseLog,
            Assignment,
            CaseClock,
            CaseMilestone,
            CaseTimer,
            WhistleListCase,
            Alarm,
        ):
            work.session.execute(delete(model).where(model.case_id == case.id))
        _forget_reports(work, case)
        work.session.delete(case)
        return keys

    def _delete_orphans(self) -> int:
        with self._transaction() as work:
            before = work.now - timedelta(hours=self._limits.orphan_hours)
            files = work.session.scalars(
                select(EvidenceFile).where(EvidenceFile.received_at < before, is_orphan()).limit(_AT_ONCE)
            ).all()
            for row in files:
                reason = f"its event did not come within {self._limits.orphan_hours} hours"
                write_down(work, "orphan", f"{row.gateway}/{row.id}", 1, row.size, reason)
            keys = _forget(work, files)
        self._remove(keys)
        return len(files)

    def _delete_inspections(self, is_stopping: Callable[[], bool]) -> int:
        """Delete inspections whose term is over, with the photos that no case has; while a case is open they stay."""
        days, total = self._settings.inspection_days, 0
        open_ones = select(InspectionItem.inspection).join(Case).where(Case.ended_at.is_(None) | Case.legal_hold)
        while True:
            with self._transaction() as work:
                over = Inspection.begun_at < work.now - timedelta(days=days), Inspection.key.not_in(open_ones)
                rows = work.session.scalars(select(Inspection).where(*over).limit(_AT_ONCE)).all()
                of_theirs = EvidenceFile.event_id.in_([row.key for row in rows])
                files = work.session.scalars(select(EvidenceFile).where(of_theirs)).all()
                if rows:
                    size, reason = sum(file.size for file in files), f"term of {days} days"
                    write_down(work, "inspection", f"older than {days} days", len(rows), size, reason)
                keys = _forget(work, files)
                for row in rows:
                    work.session.delete(row)
            self._remove(keys)
            total += len(rows)
            if len(rows) < _AT_ONCE or is_stopping():
                return total

    def _growing(self) -> Sequence[tuple[str, int]]:
        """Tables that grow with what happens, and their terms."""
        days = self._settings
        return (
            ("received", days.received_days),
            ("camera_change", days.camera_change_days),
            ("reporter_contact", days.reporter_contact_days),
            ("premises_contact", days.premises_contact_days),
            ("household_contact", days.household_contact_days),
        )

    def _give_up_months(self, name: str, days: int) -> int:
        """Give up what PostgreSQL keeps of months that are over altogether; and make the next ones."""
        total = 0
        try:
            with self._transaction() as work:
                for month, count in give_up_months(work.session, name, work.now - timedelta(days=days)):
                    write_down(work, name, f"month {month}", count, 0, f"term of {days} days")
                    total += count
                make_months(work.session, work.now)
        except OperationalError as error:
            _LOG.warning("%s: months are not given up yet: %s", name, error.orig)
            return 0
        return total

    def _delete_old(self, name: str, days: int, is_stopping: Callable[[], bool]) -> int:
        """Delete the oldest first, so many in a transaction that nobody waits for it.

        In PostgreSQL of what lies in no month alone: months go as a whole.
        """
        total = 0
        while True:
            with self._transaction() as work:
                key, at = _GROWING[name]
                columns: list[ColumnClause[Any]] = [column(each) for each in key]
                moment = column(at, UtcDateTime())
                part = rest_of(name) if name in MONTHLY and is_by_month(work.session) else name
                old = select(*columns).select_from(table(part)).where(moment < work.now - timedelta(days=days))
                gone = tuple_(*columns).in_(old.order_by(moment).limit(_ROWS_AT_ONCE))
                count = cast("CursorResult[Any]", work.session.execute(delete(table(part)).where(gone))).rowcount
                if count:
                    write_down(work, name, f"older than {days} days", count, 0, f"term of {days} days")
            total += count
            if count < _ROWS_AT_ONCE or is_stopping():
                return total

    def _remove(self, keys: Sequence[str]) -> None:
        # After the commit: a crash in between leaves a file that nobody names, never a row without its file.
        if not keys:
            return
        try:
            with self._transaction() as work:
                hold_files(work.session, alone=True)
                self._store.remove(sorted(set(keys) - named_keys(work, keys)))
                work.session.execute(delete(RemovedFile).where(RemovedFile.key.in_(keys)))
        except StoreError as error:
            _LOG.warning("evidence whose term ended cannot be removed, the next pass tries again: %s", error)

    def _remove_left(self) -> None:
        """Remove files whose rows are gone: the hub was killed, or their store was away."""
        with self._read_only() as work:
            keys = work.session.scalars(select(RemovedFile.key).limit(_LEFT_AT_ONCE)).all()
        for start in range(0, len(keys), _AT_ONCE):
            self._remove(keys[start : start + _AT_ONCE])


def _forget_reports(work: UnitOfWork, case: Case) -> None:
    theirs = select(Report.reporter).where(Report.case_id == case.id)
    work.session.execute(delete(ReporterContact).where(ReporterContact.reporter.in_(theirs)))
    work.session.execute(delete(Report).where(Report.case_id == case.id))
    pairs = or_(DuplicateOffer.case_id == case.id, DuplicateOffer.other_id == case.id)
    work.session.execute(delete(DuplicateOffer).where(pairs))


def write_down(
    work: UnitOfWork, kind: str, reference: str, count: int, size: int, reason: str, case_id: int | None = None
) -> None:
    """Write a deletion down; the database keeps the line for ever."""
    row = Deletion(at=work.now, kind=kind, reference=reference[:200], count=count, bytes=size, reason=reason)
    row.case_id = case_id
    work.session.add(row)


def named_keys(work: UnitOfWork, keys: Sequence[str]) -> set[str]:
    """Say which of these keys a row names: equal bytes have one key, which very many rows may name."""
    columns = (EvidenceFile.key, EvidenceFile.original_key)
    found = (work.session.scalars(select(column).where(column.in_(keys)).distinct()) for column in columns)
    return {key for keys in found for key in keys if key is not None}


def _forget(work: UnitOfWork, files: Sequence[EvidenceFile]) -> list[str]:
    keys = [key for row in files for key in (row.key, row.original_key) if key is not None]
    for row in files:
        work.session.delete(row)
    for key in dict.fromkeys(keys):
        work.session.add_row(RemovedFile, {"key": key}, once=True)
    work.session.flush()
    return keys
