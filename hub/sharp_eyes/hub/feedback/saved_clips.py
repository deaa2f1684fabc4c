"""Stretches of a camera's past that people save as evidence: asked of the gateway until they are here or refused."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import func, select

from sharp_eyes.contract.command import SaveClip
from sharp_eyes.contract.event import MAX_CLIP_SECONDS, ClipRefused
from sharp_eyes.hub.cases.queries import lock_row
from sharp_eyes.hub.cases.record import state_of, write_line
from sharp_eyes.hub.errors import MessageRefusedError, RequestError
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.legality import legal_moves
from sharp_eyes.hub.store.case_tables import Alarm, Case, SavedClip
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import GatewayCommand, UnitOfWork

MAX_CLIPS = 40
"""Of one case at most."""

ClipState = Literal["waiting", "saved", "refused"]


def save_clip(work: UnitOfWork, case: Case, actor: Actor, since: datetime, until: datetime, note: str) -> SavedClip:
    """Have the case's gateway send a stretch; one that is away is asked when it is back.

    Raises:
        RequestError: 403 for who may not comment on the case; 409 no camera made it, or it has too many; 422 it is too
            long, or no reason is given.
    """
    if all(legal.move is not Move.COMMENT for legal in legal_moves(state_of(work, case), actor)):
        raise RequestError(403, "not_allowed", f"{actor.name} may not add evidence to this case")
    alarm = None if case.event_id is None else work.session.get(Alarm, case.event_id)
    if alarm is None or case.gateway is None or case.camera is None:
        raise RequestError(409, "no_camera", "no camera made this case: there is no video of it")
    if not timedelta() < until - since <= timedelta(seconds=MAX_CLIP_SECONDS):
        raise RequestError(422, "wrong_stretch", f"a stretch has {MAX_CLIP_SECONDS:g} seconds at most, and more than 0")
    if not note:
        raise RequestError(422, "reason_needed", "say why this is evidence")
    count = work.session.scalar(select(func.count()).select_from(SavedClip).where(SavedClip.case_id == case.id))
    if (count or 0) >= MAX_CLIPS:
        raise RequestError(409, "too_many_clips", f"a case takes {MAX_CLIPS} saved stretches at most")
    row = SavedClip(
        id=uuid4(),
        case_id=case.id,
        gateway=case.gateway,
        camera=case.camera,
        since=since,
        until=until,
        note=note,
        asked_at=work.now,
        asked_by=actor.name,
        reason="",
    )
    work.session.add(row)
    write_line(work, case, actor, line.ClipSaved(clip=row.id, since=since, until=until, text=note))
    work.gateway_commands.append(GatewayCommand(row.gateway, _command(alarm, row)))
    return row


def clips_of(work: UnitOfWork, case: Case) -> list[tuple[SavedClip, ClipState]]:
    """The stretches that were asked for in a case, oldest first, and what became of each."""
    rows = work.session.execute(
        select(SavedClip, EvidenceFile.id)
        .outerjoin(EvidenceFile, EvidenceFile.id == SavedClip.id)
        .where(SavedClip.case_id == case.id)
        .order_by(SavedClip.asked_at, SavedClip.id)
    )
    return [(row, "saved" if file else "refused" if row.refused_at else "waiting") for row, file in rows]


def asker_of(work: UnitOfWork, evidence: UUID, gateway: str) -> str | None:
    """Who asked for this file of a gateway; None where nobody did."""
    row = work.session.get(SavedClip, evidence)
    return row.asked_by if row is not None and row.gateway == gateway else None


def open_commands(work: UnitOfWork, gateways: Collection[str]) -> list[GatewayCommand]:
    """What gateways were asked for and have neither sent nor refused, oldest first."""
    rows = work.session.execute(
        select(SavedClip, Alarm)
        .join(Case, Case.id == SavedClip.case_id)
        .join(Alarm, Alarm.event_id == Case.event_id)
        .outerjoin(EvidenceFile, EvidenceFile.id == SavedClip.id)
        .where(SavedClip.gateway.in_(gateways), SavedClip.refused_at.is_(None), EvidenceFile.id.is_(None))
        .order_by(SavedClip.asked_at)
    )
    return [GatewayCommand(row.gateway, _command(alarm, row)) for row, alarm in rows]


def take_refusal(work: UnitOfWork, gateway: str, refused: ClipRefused) -> None:
    """Note that a stretch does not come; the first word counts.

    Raises:
        MessageRefusedError: it was never asked of this gateway.
    """
    row = work.session.get(SavedClip, refused.command_id)
    if row is None or row.gateway != gateway:
        raise MessageRefusedError(f"clip {refused.command_id} was never asked of {gateway}")
    case = lock_row(work, row.case_id)
    if case is None or row.refused_at is not None or work.session.get(EvidenceFile, row.id) is not None:
        return
    row.refused_at, row.reason = work.now, refused.reason
    by = Actor(ActorKind.GATEWAY, f"{gateway}/{row.camera}")
    write_line(work, case, by, line.ClipNotSaved(clip=row.id, why=refused.reason))


def _command(alarm: Alarm, row: SavedClip) -> SaveClip:
    return SaveClip(
        command_id=row.id, event_id=alarm.id_at_gateway, camera=row.camera, since=row.since, until=row.until
    )
