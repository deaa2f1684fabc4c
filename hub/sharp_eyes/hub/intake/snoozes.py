"""Snoozes: alarms of a camera, scene or zone that nobody is to act on until an end, for a reason that is written down.

Nothing is lost by one: the alarms of a spot make one case, which is rejected at once with the snooze as its reason,
keeps its evidence, and is told to nobody. What is grave is not snoozed unless that was said, and what still holds at
the end of the snooze is opened again.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, bindparam, select

from sharp_eyes.contract.event import Grade, Phase, SceneEvent
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.dispatch.rules import apply_rules
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.intake.alarms import note_opened
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import RULE_TABLE
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.notice_tables import Snooze
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.unit_of_work import UnitOfWork, UnitOfWorkFactory

SNOOZED, OVER, GRAVER = "snoozed", "snooze_over", "graver_than_snooze"
"""Reasons in a case's log: why it was rejected, and why it was opened again."""

LONGEST = timedelta(days=366)
_PLACE = ("gateway", "camera", "scene", "zone")
_AT_ONCE = 20
_NOW = and_(Snooze.begins_at <= bindparam("now"), Snooze.ends_at > bindparam("now"))
_IN_FORCE = select(Snooze).where(_NOW).order_by(Snooze.ends_at.desc())
_IS_ANY_OVER = PreparedSelect(
    lambda _: select(Snooze.id).where(Snooze.ends_at <= bindparam("now"), Snooze.over_at.is_(None)).limit(1)
)
_IS_ANY_IN_FORCE = PreparedSelect(lambda _: select(Snooze.id).where(_NOW).limit(1))


def add_snooze(work: UnitOfWork, row: Snooze) -> Snooze:
    """Add a snooze.

    Raises:
        RequestError: 422 where its end, reason, area or place does not fit.
    """
    if not row.reason.strip():
        raise RequestError(422, "reason_needed", "a snooze needs a reason, such as road works until Friday")
    if row.ends_at <= max(row.begins_at, work.now):
        raise RequestError(422, "invalid", "a snooze ends after it begins, and not in the past")
    if row.ends_at - row.begins_at > LONGEST:
        raise RequestError(422, "invalid", f"a snooze lasts {LONGEST.days} days at most; renew it, or change the scene")
    if work.city.area(row.area) is None:
        raise RequestError(422, "invalid", f"area {row.area!r} is not in the city pack")
    if row.camera is None and row.scene is None:
        raise RequestError(422, "invalid", "a snooze is of a camera, of a scene, or of both")
    if (row.camera is not None or row.zone is not None) and (row.gateway is None or row.camera is None):
        raise RequestError(422, "invalid", "a camera is named with its gateway, a zone with its camera")
    work.session.add(row)
    work.session.flush()
    return row


def list_snoozes(work: UnitOfWork, area: str, *, over: bool = False) -> list[Snooze]:
    """List the snoozes that lie in an area or around it, by their end; ``over``: past ones too."""
    query = select(Snooze).order_by(Snooze.ends_at, Snooze.id)
    if not over:
        query = query.where(Snooze.ends_at > work.now)
    return [row for row in work.session.scalars(query) if covers(area, row.area) or covers(row.area, area)]


def end_snooze(work: UnitOfWork, row: Snooze, by: str) -> None:
    """End a snooze before its time; what still holds is opened again within a second."""
    if row.ends_at > work.now:
        row.ends_at, row.ended_by = work.now, by


def find_snooze(work: UnitOfWork, event: SceneEvent, area: str) -> Snooze | None:
    """Find the snooze that an event falls under, the one that lasts longest; none for what is too grave."""
    in_force = work.once(Snooze, lambda: _in_force(work))
    grave = event.grade is Grade.MAJOR
    there = (row for row in in_force if covers(row.area, area) and _place_is(row, event))
    return next((row for row in there if row.major_too or not grave), None)


def _in_force(work: UnitOfWork) -> Sequence[Snooze]:
    is_any = _IS_ANY_IN_FORCE.rows(work.session, now=work.now)
    return work.session.scalars(_IN_FORCE, {"now": work.now}).all() if is_any else ()


def snoozed_case(work: UnitOfWork, snooze: Snooze, spot: str) -> Case | None:
    """Find the case that a spot's alarms have made since a snooze began, locked."""
    query = (
        select(Case)
        .where(Case.spot == spot, Case.end_reason == SNOOZED, Case.ended_at >= snooze.begins_at)
        .order_by(Case.id.desc())
        .limit(1)
        .with_for_update()
    )
    return work.session.scalar(query)


def put_to_sleep(work: UnitOfWork, case: Case, snooze: Snooze) -> None:
    """Reject a case that falls under a snooze."""
    write_line(work, case, RULE_TABLE, line.Rejected(reason=SNOOZED, text=f"{snooze.id}: {snooze.reason}"))


def wake_if_graver(work: UnitOfWork, case: Case, event: SceneEvent) -> None:
    """Open a snoozed case again whose event has become graver than the snooze allows."""
    if case.end_reason != SNOOZED or event.phase is Phase.CLOSED or event.grade is not Grade.MAJOR:
        return
    if find_snooze(work, event, _area_now(work, case)) is None:
        _wake(work, case, GRAVER)


def is_any_over(work: UnitOfWork) -> bool:
    """Whether :func:`end_snoozes` has anything to do; this only reads, and so waits for nobody."""
    return bool(_IS_ANY_OVER.rows(work.session, now=work.now))


def end_snoozes(transaction: UnitOfWorkFactory) -> int:
    """Open again what still holds of snoozes that are over; return how many cases. Any number of hubs may do so."""
    with transaction() as work:
        rows = work.session.scalars(
            select(Snooze)
            .where(Snooze.ends_at <= work.now, Snooze.over_at.is_(None))
            .order_by(Snooze.ends_at)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        return sum(_end(work, row) for row in rows.all())


def _end(work: UnitOfWork, snooze: Snooze) -> int:
    snooze.over_at = work.now
    places = [getattr(Case, name) == value for name in _PLACE if (value := getattr(snooze, name)) is not None]
    still = select(Alarm.event_id).where(Alarm.case_id == Case.id, Alarm.phase != Phase.CLOSED.value)
    # The snooze went along with an area that was renamed since; what it put to sleep kept the path of that day.
    there = work.areas.ground(snooze.area).within(Case.area, Case.ended_at)
    query = select(Case.id).where(Case.end_reason == SNOOZED, Case.ended_at >= snooze.begins_at, there, *places)
    woken = 0
    for case_id in work.session.scalars(query.where(still.exists()).order_by(Case.id)).all():
        case = lock_row(work, case_id)
        if case is not None and case.end_reason == SNOOZED and not _still_snoozed(work, case):
            woken += _wake(work, case, OVER)
    return woken


def _still_snoozed(work: UnitOfWork, case: Case) -> bool:
    """Whether another snooze goes on at the case's place."""
    rows = work.session.scalars(select(Snooze).where(Snooze.begins_at <= work.now, Snooze.ends_at > work.now))
    area = _area_now(work, case)
    return any(
        covers(row.area, area) and all(getattr(row, name) in (None, getattr(case, name)) for name in _PLACE)
        for row in rows
    )


def _area_now(work: UnitOfWork, case: Case) -> str:
    return case.area if case.ended_at is None else work.areas.now(case.area, case.ended_at)


def _wake(work: UnitOfWork, case: Case, reason: str) -> bool:
    """Open a case again, unless its spot has an open one already."""
    other = select(Case.id).where(Case.spot == case.spot, Case.ended_at.is_(None))
    if work.session.scalar(other) is not None:
        return False
    write_line(work, case, RULE_TABLE, line.Reopened(reason=reason))
    note_opened(work, case)
    apply_rules(work, case)
    return True


def _place_is(row: Snooze, event: SceneEvent) -> bool:
    return all(getattr(row, name) in (None, getattr(event, name)) for name in _PLACE)
