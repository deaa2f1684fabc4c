"""What a hand-over sheet says: what is open and what it waits for, what was said, what ends, what is away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select

from sharp_eyes.contract.status import CameraState
from sharp_eyes.hub.areas.tree import covers, within
from sharp_eyes.hub.cases.queries import is_calling
from sharp_eyes.hub.cases.record import read_logs, state_of
from sharp_eyes.hub.lifecycle.model import ENDED
from sharp_eyes.hub.store.case_tables import Assignment, Case, CaseLog
from sharp_eyes.hub.store.live_tables import DeskClaim
from sharp_eyes.hub.store.notice_tables import DutyShift, Snooze
from sharp_eyes.hub.store.people_tables import Handover
from sharp_eyes.hub.store.tables import Account, Camera, Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MOST_CASES = 1000
"""Cases that a sheet lists; their number is always whole."""

MOST_SAID = 100
"""Comments that a sheet repeats, the last ones."""

AHEAD = timedelta(hours=24)
"""How far a sheet looks ahead, and back at most."""


class Waits(StrEnum):
    """What a case waits for besides the hands of its unit."""

    CALLING = "calling"
    EXTENSION = "extension"
    DRAFT = "draft"
    CAMERA = "camera"
    SUPERVISION = "supervision"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Post:
    """What is handed over: a unit's work, or a role's, in an area and below."""

    area: str
    unit: str | None
    role: str | None

    def __str__(self) -> str:
        """Its name for people."""
        return f"{self.unit or self.role} in {self.area}"


def open_cases(post: Post) -> tuple[ColumnElement[bool], ...]:
    """Give as conditions of a query which cases are open at a post."""
    here = within(Case.area, post.area), Case.state.not_in([state.value for state in ENDED])
    if post.unit is None:
        return here
    theirs = Assignment.case_id == Case.id, Assignment.unit == post.unit, Assignment.until.is_(None)
    return (*here, select(Assignment.case_id).where(*theirs).exists())


def write_cases(work: UnitOfWork, post: Post) -> tuple[list[dict[str, Any]], int]:
    """Describe the open cases of a post, the next deadline first, and say how many there are.

    What becomes of a case later does not change its line.
    """
    here = open_cases(post)
    count = work.session.scalar(select(func.count()).select_from(Case).where(*here)) or 0
    query = select(Case).where(*here).order_by(Case.due_at.is_(None), Case.due_at, Case.id).limit(MOST_CASES)
    cases = work.session.scalars(query).all()
    waiting, claims = _waiting(work, here), _claims(work, here)
    return [_line(case, waiting.get(case.id, []), claims.get(case.id)) for case in cases], count


def write_facts(work: UnitOfWork, post: Post, giver: Account) -> dict[str, Any]:
    """Describe what belongs to a shift besides its cases."""
    since = _since(work, post, giver)
    return {
        "since": since.isoformat(),
        "comments": _comments(work, post, since),
        "snoozes": _snoozes(work, post.area),
        "away": [*_gateways(work, post.area), *_cameras(work, post.area)],
    }


def shift_of(work: UnitOfWork, giver: Account) -> DutyShift | None:
    """Find the shift that somebody has now by the roster, the one that ends last."""
    running = DutyShift.account_id == giver.id, DutyShift.begins_at <= work.now, DutyShift.ends_at > work.now
    return work.session.scalar(select(DutyShift).where(*running).order_by(DutyShift.ends_at.desc()).limit(1))


def _since(work: UnitOfWork, post: Post, giver: Account) -> datetime:
    """When the shift began: by the roster, else with the last handover; a day ago at most."""
    least = work.now - AHEAD
    shift = shift_of(work, giver)
    if shift is not None:
        return max(shift.begins_at, least)
    same = Handover.area == post.area, Handover.unit == post.unit, Handover.role == post.role
    taken = work.session.scalar(select(func.max(Handover.taken_at)).where(*same))
    return least if taken is None else max(taken, least)


def _line(case: Case, waits: list[str], claimed_by: dict[str, str] | None) -> dict[str, Any]:
    moments = ("reported_at", "due_at", "late_since", "suspended_until")
    said: dict[str, Any] = {name: getattr(case, name) for name in moments}
    return {
        "id": case.id,
        "number": case.number,
        "scene": case.scene,
        "kind": case.kind,
        "state": case.state,
        "grade": case.grade,
        "area": case.area,
        "place": case.place,
        "unit": case.unit,
        "waits": waits,
        "claimed_by": claimed_by,
    } | {name: _said(at) for name, at in said.items()}


def _waiting(work: UnitOfWork, here: Sequence[ColumnElement[bool]]) -> dict[int, list[str]]:
    """What the cases of a post wait for, by their ids; of those that wait alone."""
    found: dict[int, list[str]] = {}

    def note(cases: Sequence[int], what: Waits) -> None:
        for case_id in cases:
            found.setdefault(case_id, []).append(what.value)

    note(work.session.scalars(select(Case.id).where(*here, is_calling())).all(), Waits.CALLING)
    asked = ("extension_asked", "drafted", "looked_again", "supervised")
    lines = CaseLog.case_id == Case.id, CaseLog.what.in_(asked)
    # Only these are read in full: whether an answer came is told by the whole log.
    cases = work.session.scalars(select(Case).where(*here, select(CaseLog.id).where(*lines).exists())).all()
    logs = read_logs(work, [case.id for case in cases])
    for case in cases:
        state = state_of(work, case, logs[case.id])
        open_questions = {
            Waits.EXTENSION: state.extension_asked_by is not None,
            Waits.DRAFT: state.draft is not None,
            Waits.CAMERA: state.question is not None,
            Waits.SUPERVISION: state.supervision_open,
        }
        for what, is_open in open_questions.items():
            if is_open:
                note([case.id], what)
    note(work.session.scalars(select(Case.id).where(*here, Case.suspended_until > work.now)).all(), Waits.SUSPENDED)
    return found


def _claims(work: UnitOfWork, here: Sequence[ColumnElement[bool]]) -> dict[int, dict[str, str]]:
    query = select(DeskClaim).join(Case, Case.id == DeskClaim.case_id).where(*here, DeskClaim.until > work.now)
    return {
        row.case_id: {"username": row.username, "display_name": row.display_name} for row in work.session.scalars(query)
    }


def _comments(work: UnitOfWork, post: Post, since: datetime) -> list[dict[str, Any]]:
    """What people said of the open cases during the shift, the latest last."""
    query = (
        select(CaseLog, Case.number, Account.display_name)
        .join(Case, Case.id == CaseLog.case_id)
        .outerjoin(Account, Account.username == CaseLog.actor)
        .where(*open_cases(post), CaseLog.what == "commented", CaseLog.at >= since)
        .order_by(CaseLog.id.desc())
        .limit(MOST_SAID)
    )
    found = [
        {
            "case": row.case_id,
            "number": number,
            "at": _said(row.at),
            "by": name or row.actor,
            "text": row.payload["text"],
        }
        for row, number, name in work.session.execute(query)
    ]
    return found[::-1]


def _snoozes(work: UnitOfWork, area: str) -> list[dict[str, Any]]:
    """Snoozes of the area or around it that end within a day: from then on there are alarms again."""
    ends = Snooze.begins_at <= work.now, Snooze.ends_at > work.now, Snooze.ends_at <= work.now + AHEAD
    rows = work.session.scalars(select(Snooze).where(*ends).order_by(Snooze.ends_at, Snooze.id))
    names = ("gateway", "camera", "scene", "zone", "area", "reason")
    return [
        {name: getattr(row, name) for name in names} | {"ends_at": _said(row.ends_at)}
        for row in rows
        if covers(area, row.area) or covers(row.area, area)
    ]


def _gateways(work: UnitOfWork, area: str) -> list[dict[str, Any]]:
    """Gateways that were there once and are silent; of their cameras nothing is said one by one."""
    gone = Gateway.online.is_(False), Gateway.last_birth_at.is_not(None), Gateway.removed_at.is_(None)
    rows = work.session.scalars(select(Gateway).where(within(Gateway.area, area), *gone).order_by(Gateway.name))
    return [
        {"gateway": row.name, "camera": None, "name": row.name, "since": _said(row.last_heartbeat_at), "detail": ""}
        for row in rows
    ]


def _cameras(work: UnitOfWork, area: str) -> list[dict[str, Any]]:
    query = (
        select(Camera)
        .join(Gateway, Gateway.name == Camera.gateway)
        .where(within(Camera.area, area), Camera.state == CameraState.LOST.value, Gateway.online.is_(True))
        .order_by(Camera.gateway, Camera.camera)
    )
    return [
        {
            "gateway": row.gateway,
            "camera": row.camera,
            "name": row.name,
            "since": _said(row.since),
            "detail": row.detail,
        }
        for row in work.session.scalars(query)
    ]


def _said(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
