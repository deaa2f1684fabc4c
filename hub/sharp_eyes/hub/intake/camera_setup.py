"""Cameras that are found, added and removed at their gateway: asked by administrators, noted for those who come later.

A login passes through sealed for the gateway, in the command alone: neither the database nor the log has it.
"""

from sqlalchemy import select

from sharp_eyes.contract.camera_setup import AddCamera, FindCameras, RemoveCamera, SealedLogin, SetupReport
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.intake.camera_settings import REFUSED, WAITING, note_change
from sharp_eyes.hub.intake.questions import Question, Questions
from sharp_eyes.hub.store.tables import Gateway, SettingsChange
from sharp_eyes.hub.store.unit_of_work import GatewayCommand, UnitOfWork

Setups = Questions[SetupReport]


def ask_search(work: UnitOfWork, by: Origin, gateway: Gateway, setups: Setups) -> FindCameras:
    """Have a gateway look which cameras answer on its networks.

    Raises:
        RequestError: 409 it is away.
    """
    _check_online(gateway)
    command = FindCameras(request_id=setups.begin(gateway.name, by=by.actor))
    record(work.session, work.now, by, Action.CAMERAS_SEARCHED, area=gateway.area, subject=gateway.name)
    work.gateway_commands.append(GatewayCommand(gateway.name, command))
    return command


def ask_addition(
    work: UnitOfWork,
    by: Origin,
    gateway: Gateway,
    setups: Setups,
    *,
    camera: str,
    name: str,
    area: str | None,
    place: str,
    channel: str | None,
    login: SealedLogin,
    why: str,
) -> AddCamera:
    """Have a gateway try a camera and watch it; a version of its settings is noted, to which one can go back.

    Args:
        place: scheme, host and port of the camera.
        login: sealed for the gateway, the whole address within.

    Raises:
        RequestError: 409 it is away.
    """
    _check_online(gateway)
    row = note_change(work, by, gateway.name, camera, {}, why)
    row.sent_to = gateway.session  # this very command asks for it; a later session is asked as for any change
    command = AddCamera(
        request_id=setups.begin(gateway.name, camera, by.actor, row.version),
        camera=camera, version=row.version, name=name, area=area, place=place, channel=channel, login=login,
        made_by=by.actor, made_at=work.now,
    )  # fmt: skip
    detail = {"place": place, "version": row.version} | ({"why": why} if why else {})
    subject, action = f"{gateway.name}/{camera}", Action.CAMERA_ADDING_ASKED
    record(work.session, work.now, by, action, area=area or gateway.area, subject=subject, **detail)
    work.gateway_commands.append(GatewayCommand(gateway.name, command))
    return command


def ask_removal(
    work: UnitOfWork, by: Origin, gateway: Gateway, setups: Setups, camera: str, area: str, why: str
) -> RemoveCamera:
    """Have a gateway forget a camera that was added so.

    Raises:
        RequestError: 409 it is away.
    """
    _check_online(gateway)
    request = setups.begin(gateway.name, camera, by.actor)
    command = RemoveCamera(request_id=request, camera=camera, made_by=by.actor)
    subject, reason = f"{gateway.name}/{camera}", {"why": why} if why else {}
    record(work.session, work.now, by, Action.CAMERA_REMOVAL_ASKED, area=area, subject=subject, **reason)
    work.gateway_commands.append(GatewayCommand(gateway.name, command))
    return command


def take_report(work: UnitOfWork, gateway: Gateway, report: SetupReport, setups: Setups) -> None:
    """Keep what a gateway answers for whoever waits, and note what became of a camera."""
    question = setups.answer(gateway.name, report.request_id, report)
    if question is None or not question.camera:
        return
    if report.state == "refused":
        _refuse(work, gateway, report, question)
    action = Action.CAMERA_ADDED if question.version is not None else Action.CAMERA_REMOVED
    detail: dict[str, object] = {"by": question.by}
    if report.state == "refused":
        action = Action.CAMERA_SETUP_REFUSED
        detail |= {"problem": report.problem, "why": report.reason}
    origin, subject = Origin(f"gateway {gateway.name}", "broker"), f"{gateway.name}/{question.camera}"
    record(work.session, work.now, origin, action, area=gateway.area, subject=subject, **detail)


def _refuse(work: UnitOfWork, gateway: Gateway, report: SetupReport, question: Question[SetupReport]) -> None:
    """A version that was to come with the camera does not hold."""
    query = select(SettingsChange).where(
        SettingsChange.gateway == gateway.name,
        SettingsChange.camera == question.camera,
        SettingsChange.version == question.version,
        SettingsChange.state == WAITING,
    )
    row = work.session.scalar(query)
    if row is not None:
        row.state, row.reason, row.answered_at = REFUSED, report.reason, work.now


def _check_online(gateway: Gateway) -> None:
    if not gateway.online:
        raise RequestError(409, "gateway_away", f"gateway {gateway.name} is away; nothing can be done there now")
