"""Signs of life that came together: births, wills and heartbeats of many gateways, taken in one piece of work."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain

from sharp_eyes.contract.status import Birth, Heartbeat, Will
from sharp_eyes.hub.feedback import look_again, saved_clips
from sharp_eyes.hub.intake import camera_settings, liveness
from sharp_eyes.hub.intake.camera_figures import CameraFigures
from sharp_eyes.hub.intake.camera_rows import CameraRows
from sharp_eyes.hub.intake.gateways import find_registered, look_up_gateways
from sharp_eyes.hub.intake.replies import Replies
from sharp_eyes.hub.intake.sessions import SessionWatch
from sharp_eyes.hub.intake.snapshots import SnapshotCache
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.tables import Gateway
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

Sign = Birth | Will | Heartbeat


@dataclass
class _Taken:
    """What came of signs in a piece of work that is not yet committed."""

    rows: CameraRows
    born: dict[str, tuple[Birth, bool]] = field(default_factory=dict)
    written: dict[str, list[Heartbeat]] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    shared: list[str] = field(default_factory=list)


class SignsOfLife:
    """Takes them, in their order. Belongs to one thread."""

    def __init__(
        self,
        heartbeats: liveness.HeartbeatMonitor,
        sessions: SessionWatch,
        figures: CameraFigures,
        snapshots: SnapshotCache,
        replies: Replies,
        limits: LimitSettings,
    ) -> None:
        self._heartbeats = heartbeats
        self._sessions = sessions
        self._figures = figures
        self._snapshots = snapshots
        self._replies = replies
        self._limits = limits

    def take(self, work: UnitOfWork, signs: Sequence[Sign]) -> _Taken:
        """Take signs; once the work is committed, :meth:`settle` is due."""
        work.answers = {}
        due = [isinstance(sign, Heartbeat) and self._figures.are_due(sign) for sign in signs]
        taken = _Taken(CameraRows(work))
        look_up_gateways(work, {sign.gateway for sign in signs})
        taken.rows.read(_whose_cameras(work, signs, due))
        for sign, is_due in zip(signs, due, strict=True):
            gateway = find_registered(work, sign.gateway, self._replies.dropped)
            if gateway is None:
                continue
            match sign:
                case Birth():
                    self._take_birth(work, gateway, sign, taken)
                case Will():
                    liveness.take_will(work, taken.rows, gateway, sign)
                case Heartbeat():
                    self._take_heartbeat(work, gateway, sign, taken, is_due=is_due)
        for heartbeat in chain.from_iterable(taken.written.values()):
            liveness.take_figures(work, taken.rows, heartbeat)
        taken.rows.write()
        _send_what_waits(work, taken)
        return taken

    def settle(self, taken: _Taken) -> Collection[str]:
        """Keep in mind what was committed; whom to tell that two gateways have their name."""
        for name in taken.born:
            self._figures.forget(name)
        for heartbeat in chain.from_iterable(taken.written.values()):
            self._figures.note(heartbeat)
        for name, cameras in taken.left_out.items():
            self._snapshots.forget(name, cameras)
        return taken.shared

    def _take_birth(self, work: UnitOfWork, gateway: Gateway, birth: Birth, taken: _Taken) -> None:
        self._heartbeats.birth(gateway.name)
        if self._sessions.birth(gateway.name, birth.session):
            taken.shared.append(gateway.name)
        most = self._limits.cameras_per_gateway
        for note in birth.cameras[most:]:
            self._replies.held_back.note(
                "cameras", gateway.name, f"camera {note.camera}: {most} at most, see limits.cameras_per_gateway"
            )
        is_new = gateway.session != birth.session[:200]
        _, was_new = taken.born.get(gateway.name, (birth, False))
        within = birth.model_copy(update={"cameras": birth.cameras[:most]})
        left_out = liveness.take_birth(work, taken.rows, gateway, within, most)
        taken.left_out.setdefault(gateway.name, []).extend(left_out)
        taken.born[gateway.name] = birth, is_new or was_new
        taken.written.pop(gateway.name, None)

    def _take_heartbeat(
        self, work: UnitOfWork, gateway: Gateway, heartbeat: Heartbeat, taken: _Taken, *, is_due: bool
    ) -> None:
        name = gateway.name
        if not self._heartbeats.heartbeat(name, heartbeat.session, heartbeat.sequence):
            return
        self._heartbeats.compare_clocks(name, heartbeat.time, work.now)
        if self._sessions.heartbeat(name, heartbeat.session):
            taken.shared.append(name)
        is_believed = liveness.take_heartbeat(work, taken.rows, gateway, heartbeat)
        if is_believed and (is_due or name in taken.born):
            taken.written.setdefault(name, []).append(heartbeat)


def _whose_cameras(work: UnitOfWork, signs: Sequence[Sign], due: Sequence[bool]) -> list[str]:
    """Gateways whose cameras may change, or of which pages may be told."""
    found = []
    for sign, is_due in zip(signs, due, strict=True):
        known: Gateway | None = work.noted((Gateway, sign.gateway))
        if known is not None and (is_due or not isinstance(sign, Heartbeat) or not known.online):
            found.append(sign.gateway)
    return found


def _send_what_waits(work: UnitOfWork, taken: _Taken) -> None:
    """Send those who were born what they have not answered."""
    if taken.born:
        work.gateway_commands += look_again.open_commands(work, taken.born)
        work.gateway_commands += saved_clips.open_commands(work, taken.born)
        camera_settings.take_births(work, taken.born)
