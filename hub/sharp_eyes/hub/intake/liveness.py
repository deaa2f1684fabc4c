"""Birth, last will, heartbeat and camera health: who is there, and since when."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from sharp_eyes.contract.command import LookAgain, SaveClip
from sharp_eyes.contract.status import Birth, CameraHealth, CameraNote, Heartbeat, Will
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.words import rename_camera
from sharp_eyes.hub.errors import MessageRefusedError
from sharp_eyes.hub.feedback import look_again, saved_clips
from sharp_eyes.hub.store.tables import Camera, CameraChange, Gateway
from sharp_eyes.hub.store.unit_of_work import GatewayCommand, LiveUpdate, UnitOfWork

_LOG = logging.getLogger(__name__)
_UNSEEN = 180.0
_SHORTEST = 6.0
_GONE = "no longer among its gateway's cameras"
_CLOCKS_APART = 30.0
"""Seconds by which a gateway's clock may differ; a message may have waited for some of them."""


class HeartbeatMonitor:
    """When each gateway was last heard, and how often it speaks. Belongs to one thread.

    Args:
        monotonic: seconds of a clock that nobody sets: with the wall clock set back by an hour, a gateway that dies
            would be alive for that hour.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._heard: dict[str, float] = {}
        self._interval: dict[str, float] = {}
        self._latest: dict[str, tuple[str, int]] = {}
        self._off: set[str] = set()

    def birth(self, gateway: str) -> None:
        """A gateway was born, or its birth was read again: count from now."""
        self._heard[gateway] = self._monotonic()
        self._interval.pop(gateway, None)

    def heartbeat(self, gateway: str, session: str, sequence: int) -> bool:
        """A heartbeat came; whether it is newer than those before."""
        known, latest = self._latest.get(gateway, ("", -1))
        if session == known and sequence <= latest:
            return False
        self._latest[gateway] = session, sequence
        now = self._monotonic()
        before = self._heard.get(gateway)
        if before is not None:
            self._interval[gateway] = now - before
        self._heard[gateway] = now
        return True

    def is_silent(self, gateway: str) -> bool:
        """Whether three heartbeats are missing; before two have come, three minutes are given."""
        now = self._monotonic()
        heard = self._heard.setdefault(gateway, now)
        interval = self._interval.get(gateway)
        limit = _UNSEEN if interval is None else max(3 * interval, _SHORTEST)
        return now - heard > limit

    def forget(self, gateway: str) -> None:
        """Another hub hears this gateway now; should it come back, count from then."""
        self._heard.pop(gateway, None)
        self._interval.pop(gateway, None)

    def compare_clocks(self, gateway: str, theirs: datetime, ours: datetime) -> None:
        """Say once when a gateway's clock and the hub's come apart, and once when they agree again."""
        off = (theirs - ours).total_seconds()
        if (abs(off) > _CLOCKS_APART) == (gateway in self._off):
            return
        if gateway in self._off:
            self._off.remove(gateway)
            _LOG.info("gateway %s: its clock agrees with the hub's again", gateway)
            return
        self._off.add(gateway)
        where = "ahead of" if off > 0 else "behind"
        _LOG.warning(
            "gateway %s: its clock is %.0f s %s the hub's; check the time server of both", gateway, abs(off), where
        )


def take_birth(work: UnitOfWork, gateway: Gateway, birth: Birth, most: int) -> list[str]:
    """Register a gateway's cameras and send it the commands that it has not answered.

    Cameras that the gateway no longer has stay in the list while there are ``most`` at most; the cameras that had to
    leave it are returned. Their cases keep the camera's name.
    """
    is_new = gateway.session != birth.session[:200]
    gateway.session = birth.session[:200]
    gateway.version = birth.version[:200]
    gateway.last_birth_at = work.now
    _set_online(work, gateway, online=True)
    known = {row.camera: row for row in _cameras(work, gateway.name)}
    for note in {note.camera: note for note in birth.cameras}.values():
        row = known.pop(note.camera, None) or _new_camera(work, gateway, note.camera)
        before = _description(row)
        _describe(work, row, gateway, note)
        if is_new:
            row.state, row.since, row.detail = "starting", work.now, ""
        if row.name != before[0]:
            rename_camera(work, gateway.name, row.camera)
        if is_new or _description(row) != before:
            _publish_camera(work, row)
    for row in known.values():
        row.state, row.detail = "ended", _GONE
    room = max(0, most - len(birth.cameras))
    by_age = sorted(known.values(), key=lambda row: row.id, reverse=True)
    for row in by_age[room:]:
        work.session.execute(delete(CameraChange).where(CameraChange.camera_id == row.id))
        work.session.delete(row)
    commands: list[LookAgain | SaveClip]
    commands = [*look_again.open_commands(work, gateway.name), *saved_clips.open_commands(work, gateway.name)]
    work.gateway_commands += [GatewayCommand(gateway.name, command) for command in commands]
    return [row.camera for row in by_age[room:]]


def is_gone(camera: Camera) -> bool:
    """Whether a camera was taken out of its gateway's settings."""
    return camera.state == "ended" and camera.detail == _GONE


def take_will(work: UnitOfWork, gateway: Gateway, will: Will) -> None:
    """Note that a gateway is gone; the will of an earlier session says nothing about this one."""
    if gateway.session == will.session[:200]:
        _set_online(work, gateway, online=False)


def take_heartbeat(work: UnitOfWork, gateway: Gateway, heartbeat: Heartbeat) -> None:
    """Note a gateway's heartbeat and the health of its cameras."""
    if gateway.session != heartbeat.session[:200]:
        return
    gateway.last_heartbeat_at = work.now
    outbox = heartbeat.outbox.model_dump(mode="json")
    looks = None if heartbeat.looks is None else heartbeat.looks.model_dump(mode="json")
    gateway.machine = None if heartbeat.machine is None else heartbeat.machine.model_dump(mode="json")
    gateway.models = None if heartbeat.models is None else [one.model_dump(mode="json") for one in heartbeat.models]
    changed = outbox != gateway.outbox or _whole_seconds(looks) != _whole_seconds(gateway.looks)
    gateway.outbox, gateway.looks = outbox, looks
    if gateway.online and changed:
        _publish_gateway(work, gateway)
    _set_online(work, gateway, online=True)
    for health in heartbeat.cameras:
        take_health(work, gateway.name, gateway.area, health, most=None)


def _whole_seconds(looks: dict[str, Any] | None) -> int:
    """Lateness as pages hear of it: what else changes at every heartbeat is no news."""
    return 0 if looks is None else round(looks["lateness"])


def take_health(work: UnitOfWork, gateway: str, gateway_area: str, health: CameraHealth, most: int | None) -> None:
    """Note a camera's health; a durable message also leaves a line of history.

    ``most`` is how many cameras the gateway may have; ``None`` where the message is not durable.

    Raises:
        MessageRefusedError: the camera is new and the gateway has as many as it may.
    """
    durable = most is not None
    row = work.session.scalar(select(Camera).where(Camera.gateway == gateway, Camera.camera == health.camera))
    if row is None:
        if most is None:
            return
        count = work.session.scalar(select(func.count()).select_from(Camera).where(Camera.gateway == gateway)) or 0
        if count >= most:
            raise MessageRefusedError(f"camera {health.camera}: a gateway has {most} cameras at most")
        row = _new_camera(work, work.session.get_one(Gateway, gateway), health.camera)
    if durable:
        work.session.flush()
        change = CameraChange(camera_id=row.id, received_at=work.now)
        change.state, change.since, change.detail = health.state.value, health.since, health.detail
        work.session.add(change)
    if durable and not _is_news(work, gateway, row, health):
        return
    changed = row.state != health.state.value
    row.state, row.since, row.detail = health.state.value, health.since, health.detail
    row.frames_per_second = health.frames_per_second
    row.looks = health.looks
    row.skipped = dict(health.skipped)
    row.keyframe_interval = health.keyframe_interval
    row.late, row.lateness = health.late, health.lateness
    if changed:
        _publish_camera(work, row)


def _is_news(work: UnitOfWork, gateway: str, row: Camera, health: CameraHealth) -> bool:
    """Whether a message that may have waited for days says more than the heartbeats since.

    One of the session that runs does, whatever the gateway's clock said; where it does not name its session, the
    clock decides.
    """
    if health.session is None:
        return row.since is None or health.since >= row.since or row.state == "starting"
    known = work.session.get(Gateway, gateway)
    return known is None or known.session in (None, health.session[:200])


def mark_silent(work: UnitOfWork, heartbeats: HeartbeatMonitor, serves: Callable[[str], bool]) -> None:
    """Take gateways that have fallen silent as gone; of those that this hub hears."""
    for gateway in work.session.scalars(select(Gateway).where(Gateway.online)):
        if not serves(gateway.name):
            heartbeats.forget(gateway.name)
        elif heartbeats.is_silent(gateway.name):
            _LOG.warning("gateway %s: no heartbeat; taken as gone", gateway.name)
            _set_online(work, gateway, online=False)


def area_of_camera(work: UnitOfWork, gateway: str, camera: str) -> str | None:
    """Area of a registered camera."""
    query = select(Camera.area).where(Camera.gateway == gateway, Camera.camera == camera)
    return work.once(("area", gateway, camera), lambda: work.session.scalar(query))


def place_of_camera(work: UnitOfWork, gateway: str, camera: str) -> tuple[float, float] | None:
    """Longitude and latitude of a registered camera, in the city's datum."""
    query = select(Camera.longitude, Camera.latitude).where(Camera.gateway == gateway, Camera.camera == camera)
    row = work.once(("place", gateway, camera), lambda: work.session.execute(query).one_or_none())
    return None if row is None or row[0] is None or row[1] is None else (row[0], row[1])


def _describe(work: UnitOfWork, row: Camera, gateway: Gateway, note: CameraNote) -> None:
    row.name = note.name[:200] or note.camera
    row.longitude, row.latitude = note.longitude, note.latitude
    row.scenes = [scene.value for scene in note.scenes]
    row.area = gateway.area
    if note.area is None:
        return
    # Its settings may name the area as it was called before, or by its id.
    area = work.areas.present(note.area)
    if covers(gateway.area, area) and len(area) <= 200:
        row.area = area
    else:
        _LOG.warning(
            "camera %s/%s: area %.100r is not within its gateway's area %r; the gateway's is used",
            gateway.name,
            note.camera,
            note.area,
            gateway.area,
        )


def _description(row: Camera) -> tuple[object, ...]:
    """What pages show of a camera beside its health."""
    return row.name, row.area, row.longitude, row.latitude, row.scenes


def _new_camera(work: UnitOfWork, gateway: Gateway, camera: str) -> Camera:
    row = Camera(
        gateway=gateway.name,
        camera=camera,
        name=camera,
        area=gateway.area,
        scenes=[],
        state="unknown",
        detail="",
        looks=0,
        skipped={},
    )
    work.session.add(row)
    return row


def _cameras(work: UnitOfWork, gateway: str) -> list[Camera]:
    return list(work.session.scalars(select(Camera).where(Camera.gateway == gateway)))


def _set_online(work: UnitOfWork, gateway: Gateway, *, online: bool) -> None:
    if gateway.online == online:
        return
    gateway.online = online
    _publish_gateway(work, gateway)
    for row in _cameras(work, gateway.name):
        _publish_camera(work, row, state=row.state if online else "lost")


def _publish_gateway(work: UnitOfWork, gateway: Gateway) -> None:
    data = {"gateway": gateway.name, "online": gateway.online, "outbox": gateway.outbox}
    work.live_updates.append(LiveUpdate("gateway", gateway.area, data))


def _publish_camera(work: UnitOfWork, row: Camera, state: str | None = None) -> None:
    data = {"gateway": row.gateway, "camera": row.camera, "state": state or row.state}
    work.live_updates.append(LiveUpdate("camera", row.area, data))
