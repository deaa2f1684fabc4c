"""Birth, last will, heartbeat and camera health: who is there, and since when."""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from sharp_eyes.contract.status import Birth, CameraHealth, CameraNote, Heartbeat, Will
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import MessageRefusedError
from sharp_eyes.hub.intake.camera_figures import values_of
from sharp_eyes.hub.intake.camera_rows import BEGINS_WITH, CameraRow, CameraRows
from sharp_eyes.hub.store.prepared import PreparedSelect
from sharp_eyes.hub.store.tables import Camera, CameraChange, Gateway
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork

_LOG = logging.getLogger(__name__)
_UNSEEN = 180.0
_SHORTEST = 6.0
_GONE = "no longer among its gateway's cameras"
_WHERE_CAMERAS_ARE = PreparedSelect(
    lambda among: select(
        Camera.gateway, Camera.camera, Camera.area, Camera.name, Camera.longitude, Camera.latitude
    ).where(among(Camera.gateway, "gateways"), among(Camera.camera, "cameras"))
)
_ONLINE = PreparedSelect(lambda _: select(Gateway.name).where(Gateway.online))
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

    @property
    def clocks_apart(self) -> int:
        """How many gateways' clocks and the hub's have come apart."""
        return len(self._off)

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


def take_birth(work: UnitOfWork, rows: CameraRows, gateway: Gateway, birth: Birth, most: int) -> list[str]:
    """Register a gateway's cameras.

    Cameras that the gateway no longer has stay in the list while there are ``most`` at most; the cameras that had to
    leave it are returned. Their cases keep the camera's name.
    """
    is_new = gateway.session != birth.session[:200]
    gateway.session = birth.session[:200]
    gateway.version = birth.version[:200]
    gateway.last_birth_at = work.now
    _set_online(work, rows, gateway, online=True)
    known = dict(rows.of(gateway.name))
    for note in {note.camera: note for note in birth.cameras}.values():
        row = known.pop(note.camera, None) or rows.add(gateway.name, note.camera, gateway.area)
        changed = _describe(work, rows, row, gateway, note)
        if is_new:
            row.put(state="starting", since=work.now, detail="")
        if is_new or changed:
            _publish_camera(work, row)
    for row in known.values():
        row.put(state="ended", detail=_GONE)
    room = max(0, most - len(birth.cameras))
    left_out = list(reversed(known.values()))[room:]
    for row in left_out:
        rows.remove(row)
    return [row.camera for row in left_out]


def is_gone(camera: Camera) -> bool:
    """Whether a camera was taken out of its gateway's settings."""
    return camera.state == "ended" and camera.detail == _GONE


def take_will(work: UnitOfWork, rows: CameraRows, gateway: Gateway, will: Will) -> None:
    """Note that a gateway is gone; the will of an earlier session says nothing about this one."""
    if gateway.session == will.session[:200]:
        _set_online(work, rows, gateway, online=False)


def take_heartbeat(work: UnitOfWork, rows: CameraRows, gateway: Gateway, heartbeat: Heartbeat) -> bool:
    """Note a gateway's heartbeat; ``False`` where it is of another session than the one that runs."""
    if gateway.session != heartbeat.session[:200]:
        return False
    gateway.last_heartbeat_at = work.now
    outbox = heartbeat.outbox.model_dump(mode="json")
    looks = None if heartbeat.looks is None else heartbeat.looks.model_dump(mode="json")
    gateway.machine = None if heartbeat.machine is None else heartbeat.machine.model_dump(mode="json")
    gateway.models = None if heartbeat.models is None else [one.model_dump(mode="json") for one in heartbeat.models]
    changed = outbox != gateway.outbox or _whole_seconds(looks) != _whole_seconds(gateway.looks)
    gateway.outbox, gateway.looks = outbox, looks
    if gateway.online and changed:
        _publish_gateway(work, gateway)
    _set_online(work, rows, gateway, online=True)
    return True


def take_figures(work: UnitOfWork, rows: CameraRows, heartbeat: Heartbeat) -> None:
    """Note what a heartbeat says of its cameras."""
    known = rows.of(heartbeat.gateway)
    for health in heartbeat.cameras:
        row = known.get(health.camera)
        if row is None:
            continue
        changed = row.values["state"] != health.state.value
        row.put(**values_of(health))
        if changed:
            _publish_camera(work, row)


def _whole_seconds(looks: dict[str, Any] | None) -> int:
    """Lateness as pages hear of it: what else changes at every heartbeat is no news."""
    return 0 if looks is None else round(looks["lateness"])


def take_health(work: UnitOfWork, gateway: str, gateway_area: str, health: CameraHealth, most: int) -> None:
    """Note a camera's health from a message of its own, which also leaves a line of history.

    ``most`` is how many cameras the gateway may have.

    Raises:
        MessageRefusedError: the camera is new and the gateway has as many as it may.
    """
    row = work.session.scalar(select(Camera).where(Camera.gateway == gateway, Camera.camera == health.camera))
    if row is None:
        count = work.session.scalar(select(func.count()).select_from(Camera).where(Camera.gateway == gateway)) or 0
        if count >= most:
            raise MessageRefusedError(f"camera {health.camera}: a gateway has {most} cameras at most")
        row = _new_camera(work, gateway, gateway_area, health.camera)
    work.session.flush()
    change = CameraChange(camera_id=row.id, received_at=work.now)
    change.state, change.since, change.detail = health.state.value, health.since, health.detail
    work.session.add(change)
    if not _is_news(work, gateway, row, health):
        return
    changed = row.state != health.state.value
    for name, value in values_of(health).items():
        setattr(row, name, value)
    if changed:
        _tell_state(work, gateway, row.area, row.camera, row.state)


def _is_news(work: UnitOfWork, gateway: str, row: Camera, health: CameraHealth) -> bool:
    """Whether a message that may have waited for days says more than the heartbeats since.

    One of the session that runs does, whatever the gateway's clock said; where it does not name its session, the
    clock decides.
    """
    if health.session is None:
        return row.since is None or health.since >= row.since or row.state == "starting"
    known = work.session.get(Gateway, gateway)
    return known is None or known.session in (None, health.session[:200])


def find_silent(work: UnitOfWork, heartbeats: HeartbeatMonitor, serves: Callable[[str], bool]) -> list[str]:
    """Find gateways that have fallen silent; of those that this hub hears."""
    silent = []
    for (name,) in _ONLINE.rows(work.session):
        if not serves(name):
            heartbeats.forget(name)
        elif heartbeats.is_silent(name):
            silent.append(name)
    return silent


def mark_gone(work: UnitOfWork, names: Collection[str]) -> None:
    """Take gateways that have fallen silent as gone."""
    rows = CameraRows(work)
    rows.read(names)
    for gateway in work.session.scalars(select(Gateway).where(Gateway.name.in_(names), Gateway.online)):
        _LOG.warning("gateway %s: no heartbeat; taken as gone", gateway.name)
        _set_online(work, rows, gateway, online=False)


def area_of_camera(work: UnitOfWork, gateway: str, camera: str) -> str | None:
    """Area of a registered camera."""

    def ask() -> str | None:
        return work.session.scalar(select(Camera.area).where(Camera.gateway == gateway, Camera.camera == camera))

    return work.once(("area of a camera", gateway, camera), ask)


def place_of_camera(work: UnitOfWork, gateway: str, camera: str) -> tuple[float, float] | None:
    """Longitude and latitude of a registered camera, in the city's datum."""

    def ask() -> Sequence[float | None] | None:
        query = select(Camera.longitude, Camera.latitude).where(Camera.gateway == gateway, Camera.camera == camera)
        return work.session.execute(query).one_or_none()

    row = work.once(("place of a camera", gateway, camera), ask)
    return None if row is None or row[0] is None or row[1] is None else (row[0], row[1])


def look_up_cameras(work: UnitOfWork, cameras: Collection[tuple[str, str]]) -> None:
    """Ask at once for area, name and place of cameras, given with their gateways."""
    gateways, names = {gateway for gateway, _ in cameras}, {camera for _, camera in cameras}
    rows = _WHERE_CAMERAS_ARE.rows(work.session, gateways=list(gateways), cameras=list(names))
    found = {(gateway, camera): known for gateway, camera, *known in rows}
    for one in cameras:
        area, name, *place = found.get(one, (None, None, None, None))
        work.note(("area of a camera", *one), area)
        work.note(("name of a camera", *one), name)
        work.note(("place of a camera", *one), place)


def _describe(work: UnitOfWork, rows: CameraRows, row: CameraRow, gateway: Gateway, note: CameraNote) -> bool:
    """Put down what a birth says of a camera; whether that is new of what pages show beside its health."""
    name = note.name[:200] or note.camera
    is_renamed = row.values["name"] != name
    rows.rename(row, name)
    scenes = [scene.value for scene in note.scenes]
    area = _area_of(work, gateway, note)
    return row.put(longitude=note.longitude, latitude=note.latitude, scenes=scenes, area=area) or is_renamed


def _area_of(work: UnitOfWork, gateway: Gateway, note: CameraNote) -> str:
    """A camera's area: at or below its gateway's, whatever it says."""
    if note.area is None:
        return gateway.area
    # Its settings may name the area as it was called before, or by its id.
    area = work.areas.present(note.area)
    if covers(gateway.area, area) and len(area) <= 200:
        return area
    _LOG.warning(
        "camera %s/%s: area %.100r is not within its gateway's area %r; the gateway's is used",
        gateway.name,
        note.camera,
        note.area,
        gateway.area,
    )
    return gateway.area


def _new_camera(work: UnitOfWork, gateway: str, area: str, camera: str) -> Camera:
    row = Camera(gateway=gateway, camera=camera, name=camera, area=area, **BEGINS_WITH)
    work.session.add(row)
    return row


def _set_online(work: UnitOfWork, rows: CameraRows, gateway: Gateway, *, online: bool) -> None:
    if gateway.online == online:
        return
    gateway.online = online
    _publish_gateway(work, gateway)
    for row in rows.of(gateway.name).values():
        _publish_camera(work, row, state=None if online else "lost")


def _publish_gateway(work: UnitOfWork, gateway: Gateway) -> None:
    data = {"gateway": gateway.name, "online": gateway.online, "outbox": gateway.outbox}
    work.live_updates.append(LiveUpdate("gateway", gateway.area, data))


def _publish_camera(work: UnitOfWork, row: CameraRow, state: str | None = None) -> None:
    _tell_state(work, row.gateway, row.values["area"], row.camera, state or row.values["state"])


def _tell_state(work: UnitOfWork, gateway: str, area: str, camera: str, state: str) -> None:
    """Tell pages of a camera's state: one change for all of a gateway's in an area, of each the last word."""
    key = ("cameras told of", gateway, area)
    told: LiveUpdate | None = work.once(key, lambda: None)
    if told is None:
        told = LiveUpdate("camera", area, {"gateway": gateway, "states": {}})
        work.live_updates.append(told)
        work.note(key, told)
    told.data["states"][camera] = state
