"""Lets what lies in an area go along when the area is renamed or moved; what has ended keeps the path of its day."""

from typing import Any

from sqlalchemy import ColumnElement, case, or_, select, true, update
from sqlalchemy.orm import InstrumentedAttribute

from sharp_eyes.hub.areas.tree import moved
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.lifecycle.acts import Actor
from sharp_eyes.hub.lifecycle.time_lines import AreaChanged
from sharp_eyes.hub.notices.outbox import FAILED
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.device_tables import Device, DevicePlatform, Household
from sharp_eyes.hub.store.inspection_tables import Premises
from sharp_eyes.hub.store.notice_tables import Delivery, DutyShift, Snooze
from sharp_eyes.hub.store.tables import Account, ApiToken, Camera, Gateway, GatewayInvitation
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.webhook_tables import Webhook


def follow_moves(work: UnitOfWork, actor: Actor, moves: dict[str, str]) -> None:
    """Let people, gateways, cameras, what is planned, and open cases follow; each case by a line of its log.

    ``moves``: each area's new path by its old one; areas may change places.
    """
    if not moves:
        return
    for column in (
        Account.area,
        ApiToken.area,
        Gateway.area,
        GatewayInvitation.area,
        Camera.area,
        Webhook.area,
        Premises.area,
        Household.area,
        Device.area,
        DevicePlatform.area,
    ):
        _follow(work, column, true(), moves)
    _follow(work, DutyShift.area, DutyShift.ends_at > work.now, moves)
    _follow(work, Snooze.area, Snooze.over_at.is_(None), moves)
    _follow(work, Delivery.area, or_(Delivery.ended_at.is_(None), Delivery.state == FAILED), moves)
    work.session.expire_all()
    steps = _steps(work, Case.area, Case.ended_at.is_(None), moves)
    theirs = Case.area.in_(steps), Case.ended_at.is_(None)
    for case_id in list(work.session.scalars(select(Case.id).where(*theirs).order_by(Case.id))):
        row = lock_row(work, case_id)
        if row is not None:
            write_line(work, row, actor, AreaChanged(area=moved(row.area, moves), before=row.area))


def _follow(
    work: UnitOfWork, column: InstrumentedAttribute[str], only: ColumnElement[bool], moves: dict[str, str]
) -> None:
    """Give a table's rows their new paths, all in one statement: two areas may change places."""
    steps = _steps(work, column, only, moves)
    if steps:
        change: Any = update(column.class_).where(column.in_(steps), only)
        change = change.values({column: case(steps, value=column)})
        work.session.execute(change.execution_options(synchronize_session=False))


def _steps(
    work: UnitOfWork, column: InstrumentedAttribute[str], only: ColumnElement[bool], moves: dict[str, str]
) -> dict[str, str]:
    """Each path that rows have and that lies elsewhere now, also one below the tree, as a gateway may name it."""
    found = work.session.scalars(select(column).where(only).distinct())
    elsewhere = {path: moved(path, moves) for path in found}
    return {path: to for path, to in elsewhere.items() if path != to}
