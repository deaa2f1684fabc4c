"""The audit trail: who did what, from where, and who looked at what. It only grows.

Moves of cases stand in the cases' own log. The database refuses to change a line, and to delete one that is younger
than :data:`LEAST_DAYS`; lines older than the settings' term are deleted, which is itself a line.
"""

import getpass
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from sharp_eyes.hub.areas.tree import Ground
from sharp_eyes.hub.store.tables import AuditEntry

LEAST_DAYS = 180
"""Days that the database itself keeps a line, whoever wants it deleted."""

_LOG = logging.getLogger(__name__)
_LONGEST = 200


class Action(StrEnum):
    """What a line is about."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_OUT = "sign_out"
    SIGN_OUT_EVERYWHERE = "sign_out_everywhere"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_REFUSED = "password_refused"
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    TOKEN_ADDED = "token_added"
    TOKEN_REVOKED = "token_revoked"
    TOKEN_REFUSED = "token_refused"
    WEBHOOK_ADDED = "webhook_added"
    WEBHOOK_REMOVED = "webhook_removed"
    WEBHOOK_STARTED = "webhook_started"
    WEBHOOK_STOPPED = "webhook_stopped"
    WEBHOOK_REPLAYED = "webhook_replayed"
    WEBHOOK_TRIED = "webhook_tried"
    PROVIDER_EXPECTED = "provider_expected"
    PROVIDER_LINKED = "provider_linked"
    PROVIDER_UNLINKED = "provider_unlinked"
    EVIDENCE_SEEN = "evidence_seen"
    REPORT_TAKEN = "report_taken"
    REPORTER_SEEN = "reporter_seen"
    PREMISES_ADDED = "premises_added"
    PREMISES_CHANGED = "premises_changed"
    PREMISES_IMPORTED = "premises_imported"
    PREMISES_CONTACT_SEEN = "premises_contact_seen"
    INSPECTION_SUBMITTED = "inspection_submitted"
    DUPLICATE_ANSWERED = "duplicate_answered"
    SNAPSHOT_SEEN = "snapshot_seen"
    VIDEO_SEEN = "video_seen"
    EXPORTED = "exported"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ACCOUNT_CHANGED = "account_changed"
    GATEWAY_ADDED = "gateway_added"
    GATEWAY_PASSWORD_RENEWED = "gateway_password_renewed"
    GATEWAY_MOVED = "gateway_moved"
    GATEWAY_REMOVED = "gateway_removed"
    PLATFORM_ADDED = "platform_added"
    PLATFORM_REMOVED = "platform_removed"
    DEVICE_ADDED = "device_added"
    DEVICE_CHANGED = "device_changed"
    DEVICE_REMOVED = "device_removed"
    HOUSEHOLD_ADDED = "household_added"
    HOUSEHOLD_CHANGED = "household_changed"
    HOUSEHOLD_REMOVED = "household_removed"
    HOUSEHOLD_CONTACTS_SEEN = "household_contacts_seen"
    HOUSEHOLD_CONTACTS_CHANGED = "household_contacts_changed"
    GATEWAY_INVITED = "gateway_invited"
    GATEWAY_INVITATION_REVOKED = "gateway_invitation_revoked"
    GATEWAY_JOINED = "gateway_joined"
    GATEWAY_JOIN_REFUSED = "gateway_join_refused"
    CAMERAS_SEARCHED = "cameras_searched"
    CAMERA_ADDING_ASKED = "camera_adding_asked"
    CAMERA_ADDED = "camera_added"
    CAMERA_REMOVAL_ASKED = "camera_removal_asked"
    CAMERA_REMOVED = "camera_removed"
    CAMERA_SETUP_REFUSED = "camera_setup_refused"
    CAMERA_SETTINGS_CHANGED = "camera_settings_changed"
    CAMERA_SETTINGS_APPLIED = "camera_settings_applied"
    CAMERA_SETTINGS_REFUSED = "camera_settings_refused"
    CONTACTS_CHANGED = "contacts_changed"
    CHANNEL_TRIED = "channel_tried"
    DELIVERY_RETRIED = "delivery_retried"
    DELIVERY_SETTLED = "delivery_settled"
    SHIFTS_ADDED = "shifts_added"
    SHIFT_REMOVED = "shift_removed"
    DEPUTY_SET = "deputy_set"
    DEPUTY_ENDED = "deputy_ended"
    ACTING_BEGUN = "acting_begun"
    ACTING_ENDED = "acting_ended"
    HANDED_OVER = "handed_over"
    HANDOVER_TAKEN = "handover_taken"
    HANDOVER_WITHDRAWN = "handover_withdrawn"
    SPONSOR_ADDED = "sponsor_added"
    SPONSOR_CHANGED = "sponsor_changed"
    SNOOZE_SET = "snooze_set"
    SNOOZE_ENDED = "snooze_ended"
    PLACE_ADDED = "place_added"
    PLACE_CHANGED = "place_changed"
    PLACE_REMOVED = "place_removed"
    PLACES_IMPORTED = "places_imported"
    CITY_IMPORTED = "city_imported"
    AREAS_REPLACED = "areas_replaced"
    AREA_ADDED = "area_added"
    AREA_CHANGED = "area_changed"
    AREA_RETIRED = "area_retired"
    AREAS_MERGED = "areas_merged"
    AREA_SPLIT = "area_split"
    UNIT_ADDED = "unit_added"
    UNIT_CHANGED = "unit_changed"
    UNIT_RETIRED = "unit_retired"
    RULES_CHANGED = "rules_changed"
    CALENDAR_CHANGED = "calendar_changed"
    BROKER_FILES_WRITTEN = "broker_files_written"
    LEGAL_HOLD_SET = "legal_hold_set"
    LEGAL_HOLD_ENDED = "legal_hold_ended"
    BACKUP_WRITTEN = "backup_written"
    BACKUP_RESTORED = "backup_restored"
    FILES_REMOVED = "files_removed"
    FIGURES_REMADE = "figures_remade"
    AUDIT_SEEN = "audit_seen"
    AUDIT_EXPIRED = "audit_expired"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who acts, and from which address; an address of ``local`` is this machine's command line."""

    actor: str
    address: str
    on_behalf_of: str | None = None
    """User name of whom the actor stands in for."""


def command_line() -> Origin:
    """Name whoever runs a command on this machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "unknown"
    return Origin(f"command line ({user})", "local")


SYSTEM = Origin("system", "local")
"""The hub itself."""


def record(
    session: Session, now: datetime, origin: Origin, action: Action, *, area: str, subject: str = "", **detail: Any
) -> None:
    """Add a line, in the transaction of what it tells of.

    ``area`` is where it matters: administrators read the lines of their area. Never pass what a person typed as a
    password or as an unknown name.
    """
    if origin.on_behalf_of is not None:
        detail["on_behalf_of"] = origin.on_behalf_of
    row = AuditEntry(
        at=now,
        action=action.value,
        actor=origin.actor[:_LONGEST],
        address=origin.address[:_LONGEST],
        area=area,
        subject=subject[:_LONGEST],
        detail=detail,
    )
    session.add(row)
    # A second copy for a log server, where the database's owner cannot reach it.
    _LOG.info("%s %s from %s: %s %s", row.actor, row.action, row.address, row.subject, detail or "")


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines are asked for; an empty field asks for all. ``until`` itself is left out."""

    action: Action | None = None
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def entries(
    session: Session, area: Ground, only: AuditFilter, *, before: int | None = None, limit: int
) -> list[AuditEntry]:
    """List lines of an area, newest first; ``before`` is the id at which to go on."""
    query = select(AuditEntry).where(*_conditions(area, only)).order_by(AuditEntry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return list(session.scalars(query))


def count_entries(session: Session, area: Ground, only: AuditFilter) -> tuple[int, int]:
    """Count lines of an area, and name the newest one's id; 0 where there is none."""
    query = select(func.count(), func.max(AuditEntry.id)).where(*_conditions(area, only))
    count, newest = session.execute(query).one()
    return count, newest or 0


def _conditions(area: Ground, only: AuditFilter) -> list[ColumnElement[bool]]:
    conditions = [area.within(AuditEntry.area, AuditEntry.at)]
    if only.action is not None:
        conditions.append(AuditEntry.action == only.action.value)
    if only.actor is not None:
        conditions.append(AuditEntry.actor == only.actor)
    if only.since is not None:
        conditions.append(AuditEntry.at >= only.since)
    if only.until is not None:
        conditions.append(AuditEntry.at < only.until)
    return conditions


def delete_expired(session: Session, now: datetime, days: int, area: str) -> int:
    """Delete lines older than ``days`` and say so in the trail; returns how many went."""
    end = now - timedelta(days=max(days, LEAST_DAYS + 1))
    old = AuditEntry.at < end
    count = session.scalar(select(func.count()).select_from(AuditEntry).where(old)) or 0
    if count:
        session.execute(delete(AuditEntry).where(old))
        record(session, now, SYSTEM, Action.AUDIT_EXPIRED, area=area, lines=count, older_than=end.isoformat())
    return count


class Sightings:
    """Which looks were written down lately: a page asks for a camera's picture every few seconds.

    One line stands for all looks of one session, or one API token, at one thing within ``seconds``. Safe to use from
    many threads.
    """

    def __init__(self, seconds: float = 600.0, clock: Callable[[], float] = time.monotonic, most: int = 20_000) -> None:
        self._seconds = seconds
        self._clock = clock
        self._most = most
        self._seen: OrderedDict[tuple[int | str, str], float] = OrderedDict()
        self._lock = threading.Lock()

    def is_new(self, session: int | str, subject: str) -> bool:
        """Whether this look is to be written down; asking notes it."""
        now = self._clock()
        key = (session, subject)
        with self._lock:
            before = self._seen.get(key)
            if before is not None and now - before < self._seconds:
                return False
            self._seen[key] = now
            self._seen.move_to_end(key)
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)
            return True

    def forget(self, session: int | str, subject: str) -> None:
        """Note that a look could not be written down: the next one is to be."""
        with self._lock:
            self._seen.pop((session, subject), None)
