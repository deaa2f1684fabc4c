"""Cameras' settings at the hub: what gateways report, what people change, and what gateways say to it.

A change waits in the database until its gateway has answered. It is sent by the running hub, whoever made it, once to
each session of the gateway and again when that connects anew.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, or_, select, update

from sharp_eyes.contract.command import ChangeSettings, ReportSettings
from sharp_eyes.contract.status import Birth, SettingsReport
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.intake.liveness import area_of_camera
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.tables import CameraSettings, Gateway, SettingsChange
from sharp_eyes.hub.store.unit_of_work import GatewayCommand, UnitOfWork

WAITING, APPLIED, REFUSED, REPLACED = "waiting", "applied", "refused", "replaced"

MAX_CHANGE = 40 * 1024
"""Bytes of a change as JSON: its gateway reports it back in a message of 64 KiB."""

_IN_TRAIL = 4000


def take_births(work: UnitOfWork, born: Mapping[str, tuple[Birth, bool]]) -> None:
    """Gateways connected: have their settings reported once a session and where a camera's are missing.

    What waits for them is sent anew.

    ``born``: each gateway's birth, and whether its session is new.
    """
    speaking = {name: one for name, one in born.items() if one[0].settings_from is not None}
    if not speaking:
        return
    known = {name: set[str]() for name in speaking}
    query = select(CameraSettings.gateway, CameraSettings.camera).where(CameraSettings.gateway.in_(speaking))
    for gateway, camera in work.session.execute(query):
        known[gateway].add(camera)
    for name, (birth, is_new) in speaking.items():
        named = {note.camera for note in birth.cameras}
        gone = known[name] - named
        if gone:
            where = (CameraSettings.gateway == name) & CameraSettings.camera.in_(gone)
            work.session.execute(delete(CameraSettings).where(where))
        if is_new or named - known[name]:
            work.gateway_commands.append(GatewayCommand(name, ReportSettings()))
    theirs = SettingsChange.gateway.in_(speaking) & (SettingsChange.state == WAITING)
    work.session.execute(update(SettingsChange).where(theirs).values(sent_to=None))


def take_report(work: UnitOfWork, gateway: str, report: SettingsReport) -> None:
    """Keep what a gateway says of a camera, and what it answers to a change."""
    if _is_news(work, gateway, report):
        _keep(work, gateway, report)
    if report.answers is not None:
        _take_answer(work, gateway, report, report.answers)
    elif report.takes_changes:
        _send_again(work, gateway, report)


def change_settings(
    work: UnitOfWork,
    by: Origin,
    gateway: str,
    camera: str,
    settings: Mapping[str, Any],
    base_version: int | None,
    why: str = "",
) -> SettingsChange:
    """Note a change of a camera's settings, to be sent; one that still waits is replaced by it.

    ``settings``: the keys that hold in the place of the gateway's file, all of them; none gives the camera back to the
    file. ``base_version``: that of the settings that the change was made from; ``None`` where that does not matter.
    ``why``: what whoever makes it says, for those who come later.

    Raises:
        RequestError: 404 no such camera; 409 its gateway cannot take changes, or somebody else changed it meanwhile;
            422 it is too long.
    """
    area = area_of_camera(work, gateway, camera)
    if area is None:
        raise not_found(f"camera {gateway}/{camera}")
    check_takes_changes(work, gateway, camera)
    newest = newest_version(work, gateway, camera)
    if base_version is not None and base_version != newest:
        raise RequestError(
            409, "changed_meanwhile", f"camera {gateway}/{camera} was changed meanwhile (version {newest}); look again"
        )
    text = check_size(settings)
    waiting = (SettingsChange.gateway == gateway) & (SettingsChange.camera == camera)
    still = waiting & (SettingsChange.state == WAITING)
    work.session.execute(update(SettingsChange).where(still).values(state=REPLACED, answered_at=work.now))
    row = note_change(work, by, gateway, camera, settings, why)
    told = dict(settings) if len(text) <= _IN_TRAIL else {"keys": sorted(settings)}
    subject, action = f"{gateway}/{camera}", Action.CAMERA_SETTINGS_CHANGED
    reason = {"why": why} if why else {}
    record(work.session, work.now, by, action, area=area, subject=subject, version=row.version, settings=told, **reason)
    return row


def note_change(
    work: UnitOfWork, by: Origin, gateway: str, camera: str, settings: Mapping[str, Any], why: str
) -> SettingsChange:
    """Keep a new version that waits for its gateway's answer."""
    version = newest_version(work, gateway, camera) + 1
    row = SettingsChange(gateway=gateway, camera=camera, version=version, settings=dict(settings), made_at=work.now)
    row.made_by, row.state, row.reason, row.why = by.actor, WAITING, "", why
    work.session.add(row)
    work.session.flush()
    return row


def check_takes_changes(work: UnitOfWork, gateway: str, camera: str) -> None:
    """See that a camera's gateway takes settings from here.

    Raises:
        RequestError: 409 ``no_settings``, ``file_holds``.
    """
    known = work.session.get(CameraSettings, (gateway, camera))
    if known is None:
        raise RequestError(409, "no_settings", f"gateway {gateway} has not reported the settings of camera {camera}")
    if not known.takes_changes:
        raise RequestError(
            409,
            "file_holds",
            f"gateway {gateway} takes settings from its file alone; 'settings_from: hub' there lets the hub set them",
        )


def check_size(settings: Mapping[str, Any]) -> str:
    """The settings as JSON.

    Raises:
        RequestError: 422 ``too_long`` for a message to a gateway.
    """
    text = json.dumps(dict(settings))
    if len(text.encode()) > MAX_CHANGE:
        raise RequestError(422, "too_long", f"the settings are longer than {MAX_CHANGE} bytes")
    return text


def newest_version(work: UnitOfWork, gateway: str, camera: str) -> int:
    """The latest version that was given out for a camera, here or, before a restored backup, elsewhere."""
    newest = _newest(work, gateway, camera)
    known = work.session.get(CameraSettings, (gateway, camera))
    return max(newest.version if newest else 0, known.version if known else 0)


def changes_of(work: UnitOfWork, gateway: str, camera: str, limit: int = 20) -> list[SettingsChange]:
    """The latest changes of a camera, newest first."""
    query = select(SettingsChange).where(SettingsChange.gateway == gateway, SettingsChange.camera == camera)
    return list(work.session.scalars(query.order_by(SettingsChange.version.desc()).limit(limit)))


def is_anything_waiting(work: UnitOfWork) -> bool:
    """Whether a change is to be sent to a gateway that is there."""
    return bool(_IS_ANY_UNSENT.rows(work.session))


def send_waiting(work: UnitOfWork) -> None:
    """Send what waits to the gateways that are there and have not got it in this session."""
    unsent = _unsent().with_for_update(skip_locked=True, of=SettingsChange)  # another hub may be at it
    for row, session in work.session.execute(unsent).all():
        command = ChangeSettings(
            camera=row.camera, version=row.version, settings=row.settings, made_by=row.made_by, made_at=row.made_at
        )
        work.gateway_commands.append(GatewayCommand(row.gateway, command))
        row.sent_to = session


def _unsent() -> Any:
    new = or_(SettingsChange.sent_to.is_(None), SettingsChange.sent_to != Gateway.session)
    return (
        select(SettingsChange, Gateway.session)
        .join(Gateway, Gateway.name == SettingsChange.gateway)
        .where(SettingsChange.state == WAITING, Gateway.online, Gateway.session.is_not(None), new)
        .order_by(SettingsChange.id)
    )


_IS_ANY_UNSENT = PreparedSelect(lambda _: _unsent().with_only_columns(SettingsChange.id).limit(1))


def _newest(work: UnitOfWork, gateway: str, camera: str) -> SettingsChange | None:
    """The latest change of a camera, whatever became of it."""
    query = select(SettingsChange).where(SettingsChange.gateway == gateway, SettingsChange.camera == camera)
    return work.session.scalar(query.order_by(SettingsChange.version.desc()).limit(1))


def _is_news(work: UnitOfWork, gateway: str, report: SettingsReport) -> bool:
    """Whether this is of a camera that is there, of the session that runs, and later than what is known of it."""
    known = work.session.get(CameraSettings, (gateway, report.camera))
    if area_of_camera(work, gateway, report.camera) is None:
        return False
    if work.session.get_one(Gateway, gateway).session != report.session[:200]:
        return known is None
    return known is None or known.session != report.session[:200] or report.sequence > known.sequence


def _keep(work: UnitOfWork, gateway: str, report: SettingsReport) -> None:
    row = work.session.get(CameraSettings, (gateway, report.camera))
    if row is None:
        row = CameraSettings(gateway=gateway, camera=report.camera)
        work.session.add(row)
    row.settings, row.changed, row.version = report.settings, report.changed, report.version
    row.takes_changes, row.reported_at = report.takes_changes, work.now
    row.session, row.sequence = report.session[:200], report.sequence


def _send_again(work: UnitOfWork, gateway: str, report: SettingsReport) -> None:
    """Where a gateway that was asked has less than it once applied, its disk is another: it gets that again."""
    query = select(SettingsChange).where(SettingsChange.gateway == gateway, SettingsChange.camera == report.camera)
    had = query.where(SettingsChange.state == APPLIED).order_by(SettingsChange.version.desc()).limit(1)
    row = work.session.scalar(had)
    if row is not None and row.version > report.version:
        row.state, row.sent_to, row.answered_at = WAITING, None, None


def _take_answer(work: UnitOfWork, gateway: str, report: SettingsReport, version: int) -> None:
    query = select(SettingsChange).where(SettingsChange.gateway == gateway, SettingsChange.camera == report.camera)
    row = work.session.scalar(query.where(SettingsChange.version == version))
    if row is None or row.state != WAITING:
        return
    row.state, row.reason, row.answered_at = (REFUSED if report.refused else APPLIED), report.refused, work.now
    area = area_of_camera(work, gateway, report.camera) or work.session.get_one(Gateway, gateway).area
    action = Action.CAMERA_SETTINGS_REFUSED if report.refused else Action.CAMERA_SETTINGS_APPLIED
    detail = {"version": version, "by": row.made_by} | ({"why": report.refused} if report.refused else {})
    origin, subject = Origin(f"gateway {gateway}", "broker"), f"{gateway}/{report.camera}"
    record(work.session, work.now, origin, action, area=area, subject=subject, **detail)
