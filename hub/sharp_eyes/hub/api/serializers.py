"""Turns stored rows into what the HTTP interface says. Names and pictures are read for a whole page at once."""

from collections.abc import Sequence, Set
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import and_, or_, select, tuple_

from sharp_eyes.contract.event import Measure, Phase
from sharp_eyes.hub.api.case_schemas import (
    CaseDetail,
    CaseSummary,
    DuplicateView,
    JoinedEventView,
    LookAgainView,
)
from sharp_eyes.hub.api.case_views import (
    assignment_views,
    calling_view,
    clock_views,
    draft_view,
    log_views,
    milestone_views,
    move_views,
)
from sharp_eyes.hub.api.inspection_views import case_inspection
from sharp_eyes.hub.api.look_back_schemas import SavedClipView
from sharp_eyes.hub.api.names import area_name, unit_name, zone_names
from sharp_eyes.hub.api.record_schemas import HoldView
from sharp_eyes.hub.api.report_views import city_place, duplicate_views, evidence_view, report_views, world_place
from sharp_eyes.hub.cases.queries import (
    EVIDENCE_OF_CASE,
    latest_escalations,
    latest_holds,
    list_duplicates,
    list_joined_alarms,
    list_reports,
)
from sharp_eyes.hub.cases.record import read_log, state_of
from sharp_eyes.hub.cases.search import notes_found
from sharp_eyes.hub.cases.visibility import Scope, sees
from sharp_eyes.hub.feedback import look_again
from sharp_eyes.hub.feedback.saved_clips import ClipState, clips_of
from sharp_eyes.hub.lifecycle.acts import Actor, Move
from sharp_eyes.hub.lifecycle.model import Source
from sharp_eyes.hub.lifecycle.roles import Right
from sharp_eyes.hub.store.case_tables import Alarm, Case, CaseLog, LookAgainQuestion, SavedClip
from sharp_eyes.hub.store.tables import Account, Camera, EvidenceFile, Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_MEASURES = TypeAdapter(list[Measure])
_JOINED = 10


def case_summaries(work: UnitOfWork, cases: Sequence[Case], words: str = "") -> list[CaseSummary]:
    """Describe a page of cases with six queries, however many there are; one more where ``words`` were looked for."""
    pictures = _pictures(work, cases)
    names = _camera_names(work, cases)
    drafts = _drafts(work, cases)
    alarms = _alarms(work, cases)
    seen = _still_seen(work, cases)
    steps = latest_escalations(work, cases)
    notes = notes_found(work, cases, words) if words else {}
    return [
        CaseSummary.model_validate(
            _summary(work, case, alarms, pictures, names, drafts, steps)
            | _phase(case, seen)
            | {"noted": notes.get(case.id)}
        )
        for case in cases
    ]


def case_detail(work: UnitOfWork, case: Case, actor: Actor, scope: Scope) -> CaseDetail:
    """Describe one case with its evidence, its log and the actor's legal moves; ``scope``: what else they may see."""
    alarms = _alarms(work, [case])
    names, drafts = _camera_names(work, [case]), _drafts(work, [case])
    steps = latest_escalations(work, [case])
    summary = _summary(work, case, alarms, _pictures(work, [case]), names, drafts, steps)
    log, state = read_log(work, case.id), state_of(work, case)
    alarm = alarms.get(case.event_id)
    reports = list_reports(work, case)
    files = work.session.scalars(
        select(EvidenceFile)
        .join(Case, EVIDENCE_OF_CASE)
        .where(Case.id == case.id)
        .order_by(EvidenceFile.captured_at, EvidenceFile.received_at)
    ).all()
    several = case.alarm_count > 1 or alarm is None
    joined = list_joined_alarms(work, case, None, _JOINED)[0] if several else []
    actors = {
        name for row in log for name in (row.actor, row.on_behalf_of, getattr(row.payload, "person", None)) if name
    }
    clips = clips_of(work, case)
    senders = {row.sender for row in reports}
    people = _display_names(
        work, actors | senders | {row.by for row in files if row.by} | {row.asked_by for row, _ in clips}
    )
    return CaseDetail.model_validate(
        summary
        | {
            "position": world_place(case),
            "zone_name": _zone_name(work, case),
            "reports": report_views(work, case, reports, people),
            "duplicates": _duplicates(work, case, actor, scope),
            "inspection": case_inspection(work, case) if case.source == Source.INSPECTION else None,
            "measures": [] if alarm is None else alarm.measures,
            "evidence": [evidence_view(row, people) for row in files],
            "saved_clips": _saved_clips(work, clips, people),
            "joined": joined_event_views(work, case, joined),
            "log": log_views(work, log, people),
            "moves": move_views(work.city, state, case.subject, actor),
            "assignments": assignment_views(work, state),
            "clocks": clock_views(work, state),
            "milestones": milestone_views(work, case.kind, state),
            "draft": draft_view(work.city, state, actor),
            "calling": calling_view(state, people),
            "counts": case.counts,
            "supervision_open": state.supervision_open,
            "left_to_lead": state.left_to_lead,
            "passed_to": next((one.name for one in work.city.tiers if one.id == state.passed_to), None),
            "extension_asked_by": state.extension_asked_by,
            "merged_into": case.merged_into,
            "rating": case.rating,
            "look_again": _look_again(work, case, files, summary["picture_id"]),
            "object_class": None if alarm is None else alarm.object_class,
            "ended_at": None if alarm is None else alarm.ended_at,
        }
        | _phase(case, _still_seen(work, [case]))
    )


def _zone_name(work: UnitOfWork, case: Case) -> str | None:
    if case.gateway is None or case.camera is None or case.zone is None:
        return None
    found = zone_names(work, {(case.gateway, case.camera)})
    return found.get((case.gateway, case.camera, case.zone))


def hold_views(work: UnitOfWork, cases: Sequence[Case]) -> list[HoldView]:
    """Describe a page of cases that are under legal hold."""
    holds = latest_holds(work, cases)
    people = _display_names(work, {row.actor for row in holds.values()})
    return [
        HoldView(
            case=summary,
            since=holds[summary.id].at,
            by=people.get(holds[summary.id].actor, holds[summary.id].actor),
            reason=holds[summary.id].payload.get("text", ""),
        )
        for summary in case_summaries(work, cases)
        if summary.id in holds
    ]


def joined_event_views(work: UnitOfWork, case: Case, events: Sequence[Alarm]) -> list[JoinedEventView]:
    """Describe alarms that joined a case, each with its files."""
    files = work.session.scalars(
        select(EvidenceFile)
        .where(EvidenceFile.event_id.in_([event.event_id for event in events]))
        .order_by(EvidenceFile.captured_at)
    ).all()
    cameras = {(event.gateway, event.camera) for event in events}
    names, zones = _names_of(work, cameras), zone_names(work, cameras)
    return [
        JoinedEventView(
            event_id=event.event_id,
            camera=event.camera,
            camera_name=names.get((event.gateway, event.camera), event.camera),
            zone=event.zone,
            zone_name=zones.get((event.gateway, event.camera, event.zone)),
            started_at=event.started_at,
            phase=Phase(event.phase),
            evidence=[evidence_view(row, {}) for row in files if _is_of(row, event)],
        )
        for event in events
    ]


def _is_of(row: EvidenceFile, event: Alarm) -> bool:
    """Whether a file is an alarm's: what another gateway sent under the same id stays out."""
    return row.event_id == event.event_id and row.gateway in (None, event.gateway)


def _duplicates(work: UnitOfWork, case: Case, actor: Actor, scope: Scope) -> list[DuplicateView]:
    found = [one for one in list_duplicates(work, case) if sees(work, scope, one[1])] if case.ended_at is None else []
    shown = case_summaries(work, [other for _, other in found])
    may_answer = actor.rights is not None and actor.rights.of(Move.MERGE.value) is Right.ALL
    return duplicate_views(case, found, shown, may_answer=may_answer)


def _summary(
    work: UnitOfWork,
    case: Case,
    alarms: dict[UUID | None, Alarm],
    pictures: dict[UUID, dict[str, UUID]],
    names: dict[tuple[str | None, str | None], str],
    drafts: dict[int, look_again.DraftVerdict | None],
    steps: dict[int, CaseLog],
) -> dict[str, Any]:
    mine = {} if case.event_id is None else pictures.get(case.event_id, {})
    return {
        "id": case.id,
        "number": case.number,
        "event_id": case.event_id,
        "source": case.source,
        "scene": case.scene,
        "kind": case.kind,
        "kind_name": None if case.kind is None else work.city.name_of(case.kind),
        "place": case.place,
        **city_place(work, case.longitude, case.latitude),
        "code": case.code,
        "state": case.state,
        "grade": case.grade,
        "gateway": case.gateway,
        "camera": case.camera,
        "camera_name": names.get((case.gateway, case.camera), case.camera),
        "area": case.area,
        "area_name": area_name(work.city, case.area),
        "zone": case.zone,
        "unit": case.unit,
        "unit_name": unit_name(work.city, case.unit),
        "opened_at": case.opened_at,
        "reported_at": case.reported_at,
        "updated_at": case.updated_at,
        "due_at": case.due_at,
        "late_since": case.late_since,
        "suspended_until": case.suspended_until,
        "event_count": case.alarm_count,
        "legal_hold": case.legal_hold,
        **_seen(alarms.get(case.event_id)),
        "picture_id": mine.get("full") or mine.get("photo"),
        "crop_id": mine.get("crop"),
        "verdict": drafts.get(case.id),
        "rank": case.rank,
        "acknowledged_at": case.acknowledged_at,
        "escalated": _escalation(steps.get(case.id)),
    }


def _seen(alarm: Alarm | None) -> dict[str, Any]:
    """What a camera saw; nothing of it where a report made the case."""
    if alarm is None:
        return dict.fromkeys(("event_phase", "main_measure", "score", "measured_on_real", "box"))
    return {
        "event_phase": alarm.phase,
        "main_measure": _MEASURES.validate_python(alarm.measures)[0],
        "score": alarm.score,
        "measured_on_real": None if alarm.model is None else alarm.model["measured_on_real"],
        "box": alarm.box,
    }


def _escalation(row: CaseLog | None) -> dict[str, Any] | None:
    return None if row is None else {"at": row.at, "clock": row.payload["clock"], "told": row.payload.get("told", [])}


def _alarms(work: UnitOfWork, cases: Sequence[Case]) -> dict[UUID | None, Alarm]:
    """The alarms that made the cases, by event id."""
    wanted = [case.event_id for case in cases if case.event_id is not None]
    return {row.event_id: row for row in work.session.scalars(select(Alarm).where(Alarm.event_id.in_(wanted)))}


def _still_seen(work: UnitOfWork, cases: Sequence[Case]) -> set[int]:
    """Cases of which a camera still sees something: their first alarm may be over, and another one not."""
    several = [case.id for case in cases if case.alarm_count > 1 or (case.alarm_count and case.gateway is None)]
    query = select(Alarm.case_id).where(Alarm.case_id.in_(several), Alarm.phase != Phase.CLOSED.value)
    return set(work.session.scalars(query.distinct())) if several else set()


def _phase(case: Case, still_seen: set[int]) -> dict[str, Any]:
    """What stands in place of the first alarm's own phase where another alarm of the case goes on."""
    return {"event_phase": Phase.UPDATED, "ended_at": None} if case.id in still_seen else {}


def _pictures(work: UnitOfWork, cases: Sequence[Case]) -> dict[UUID, dict[str, UUID]]:
    rows = work.session.execute(
        select(EvidenceFile.event_id, EvidenceFile.kind, EvidenceFile.id)
        .join(Case, EVIDENCE_OF_CASE)
        .where(Case.id.in_([case.id for case in cases]))
        .where(
            or_(
                EvidenceFile.kind.in_(["full", "crop"]),
                and_(Case.source != Source.CAMERA, EvidenceFile.kind == "photo"),
            )
        )
        .order_by(EvidenceFile.captured_at)
    )
    found: dict[UUID, dict[str, UUID]] = {}
    for event_id, kind, identity in rows:
        found.setdefault(event_id, {}).setdefault(kind, identity)
    return found


def _camera_names(work: UnitOfWork, cases: Sequence[Case]) -> dict[tuple[str | None, str | None], str]:
    return _names_of(work, {(case.gateway, case.camera) for case in cases if case.gateway and case.camera})


def _names_of(work: UnitOfWork, wanted: Set[tuple[str | None, str | None]]) -> dict[tuple[str | None, str | None], str]:
    rows = work.session.execute(
        select(Camera.gateway, Camera.camera, Camera.name).where(
            tuple_(Camera.gateway, Camera.camera).in_(list(wanted))
        )
    )
    return {(gateway, camera): name for gateway, camera, name in rows if name}


def _drafts(work: UnitOfWork, cases: Sequence[Case]) -> dict[int, look_again.DraftVerdict | None]:
    rows = work.session.scalars(
        select(LookAgainQuestion)
        .where(LookAgainQuestion.case_id.in_([case.id for case in cases]))
        .order_by(LookAgainQuestion.asked_at)
    )
    return {row.case_id: look_again.draft_verdict(row, work.now) for row in rows}


def _saved_clips(
    work: UnitOfWork, clips: Sequence[tuple[SavedClip, ClipState]], people: dict[str, str]
) -> list[SavedClipView]:
    online = set(work.session.scalars(select(Gateway.name).where(Gateway.online))) if clips else set()
    return [
        SavedClipView.model_validate(
            {
                "id": row.id,
                "since": row.since,
                "until": row.until,
                "note": row.note,
                "asked_at": row.asked_at,
                "by": people.get(row.asked_by, row.asked_by),
                "state": state,
                "reason": row.reason or None,
                "gateway_online": row.gateway in online,
            }
        )
        for row, state in clips
    ]


def _display_names(work: UnitOfWork, usernames: set[str]) -> dict[str, str]:
    """What people are called, by user name; those without a name of their own are left out."""
    rows = work.session.execute(select(Account.username, Account.display_name).where(Account.username.in_(usernames)))
    return {username: display_name for username, display_name in rows if display_name}


def _look_again(
    work: UnitOfWork, case: Case, files: Sequence[EvidenceFile], before: UUID | None
) -> LookAgainView | None:
    row = look_again.latest_question(work, case.id)
    if row is None:
        return None
    draft = look_again.draft_verdict(row, work.now)
    late = row.answered_at is None and draft is not None
    return LookAgainView.model_validate(
        {
            "asked_at": row.asked_at,
            "expires_at": row.expires_at,
            "answered_at": row.answered_at,
            "outcome": row.outcome,
            "reason": "the camera did not answer in time" if late else row.reason,
            "before_id": before,
            # The answer may be here before its picture.
            "after_id": next((file.id for file in files if (file.said_id or file.id) == row.evidence_id), None),
            "draft": draft,
        }
    )
