"""The hub: its parts wired together. Only this file and ``app.py`` know all of them."""

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from sharp_eyes.configuration.believed_clock import BelievedClock
from sharp_eyes.configuration.health import LOOK_SECONDS
from sharp_eyes.configuration.memory import give_back
from sharp_eyes.configuration.periodic import PeriodicThread
from sharp_eyes.contract.video import VideoRequest
from sharp_eyes.hub import audit, desks
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.tree import Ground
from sharp_eyes.hub.backup_archive import check_finished
from sharp_eyes.hub.broadcast import Access, Broadcaster
from sharp_eyes.hub.cases.calendar_change import follow_calendar
from sharp_eyes.hub.cases.calendars import keep_calendar
from sharp_eyes.hub.cases.city_choice import CityChoice
from sharp_eyes.hub.cases.daily_figures import make_sums
from sharp_eyes.hub.cases.rebuild import rebuild
from sharp_eyes.hub.cases.timers import is_anything_due, run_due, seconds_until_due
from sharp_eyes.hub.change_feed import ChangeFeed
from sharp_eyes.hub.devices.calling import call_next
from sharp_eyes.hub.devices.desk import DeviceDesk
from sharp_eyes.hub.devices.positions import forget_ended
from sharp_eyes.hub.dispatch.whistle import make_due_lists
from sharp_eyes.hub.errors import HubError
from sharp_eyes.hub.health import Looks
from sharp_eyes.hub.intake.division import Division
from sharp_eyes.hub.intake.service import Intake
from sharp_eyes.hub.intake.snoozes import end_snoozes, is_any_over
from sharp_eyes.hub.live.desk import LiveDesk
from sharp_eyes.hub.live.look_back import LookBackDesk
from sharp_eyes.hub.live.relay import Asking
from sharp_eyes.hub.measures import Measures
from sharp_eyes.hub.notices import outbox
from sharp_eyes.hub.notices.courier import Couriers
from sharp_eyes.hub.outward.moments import Speaker
from sharp_eyes.hub.people import sessions
from sharp_eyes.hub.people.provider.identities import check_groups
from sharp_eyes.hub.people.session_cookie import cookie_name
from sharp_eyes.hub.people.session_watch import SessionWatch
from sharp_eyes.hub.people.throttle import LoginThrottle
from sharp_eyes.hub.private_files import close_to_others, make_private_folder
from sharp_eyes.hub.retention.deletion import Retention
from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.changes import forget_changes, write_changes
from sharp_eyes.hub.store.database import Database, hold_city
from sharp_eyes.hub.store.disk_room import DiskRoom
from sharp_eyes.hub.store.evidence_place import open_evidence_store
from sharp_eyes.hub.store.evidence_store import EvidenceStore
from sharp_eyes.hub.store.months import make_months
from sharp_eyes.hub.store.patience import Patience, patience, waiting
from sharp_eyes.hub.store.tables import Camera
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
from sharp_eyes.hub.store.writing import WritingSession
from sharp_eyes.hub.transport import check_transport
from sharp_eyes.hub.webhooks.courier import WebhookCourier

if TYPE_CHECKING:
    from sharp_eyes.hub.people.provider.client import Provider

_LOG = logging.getLogger(__name__)
_TIMERS_EVERY = 1.0
"""Seconds between two looks for cases for which something is due; sooner where the next is known to come sooner."""
_RETENTION_FIRST, _RETENTION_EVERY = 60.0, 3600.0
"""Seconds from the start to the first deletion of what has reached its term, and between two."""

_FORGET_EVERY = 15.0
"""Seconds between two looks for desks that were left without a word, and for changes nobody asks for any more."""

_SUMS_EVERY, _SUMS_REST = 20.0, 4.0
"""Seconds between two looks for sums of days to be made, and how long it rests after a step of those that follow."""


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


class Hub:
    """A command centre. Nothing is opened before :meth:`start`."""

    def __init__(
        self,
        settings: HubSettings,
        clock: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``clock`` tells the time of day, ``monotonic`` seconds that never go back."""
        self.settings = settings
        self.clock = clock
        self._monotonic = monotonic
        self.measures = Measures()
        self._started = False
        self._cities = CityChoice(settings.city)
        self.database = Database(settings.database_url)
        self.disk_room = DiskRoom(settings.data, settings.disk.reserve_bytes, ("evidence", "staging", "broker"))
        self.evidence_store: EvidenceStore = open_evidence_store(settings, self.disk_room)
        self.broadcaster = Broadcaster()
        self.feed = ChangeFeed(self.database, self.broadcaster, clock)
        self.broadcaster.when_ended(self._leave_desks)
        self._channels = {one.id: one for one in settings.notices.channels}
        self.throttle = LoginThrottle(settings.sessions, self.database, clock)
        self.sightings = audit.Sightings(clock=monotonic)
        self.session_watch = SessionWatch(self.database, self.broadcaster, settings.sessions, clock, self._tidy)
        self.intake = Intake(
            settings.broker,
            settings.limits,
            settings.data,
            self.transaction,
            self.read_only,
            self.evidence_store,
            self.disk_room,
            monotonic,
            settings.tls_files,
            division=Division(self.database, settings.broker.group),
            measures=self.measures,
            take_device=DeviceDesk(self.transaction, settings.limits).take,
        )
        looked_at = (self.database, self.intake, self.evidence_store, self.disk_room)
        self.health = Looks(*looked_at, self.read_only, clock, len(settings.unprotected())).watch()
        asking = Asking(self.intake.viewers.tell, self._video_line, self._area_of_camera)
        most, each = settings.limits.live_viewers, settings.limits.live_viewers_each
        self.live = LiveDesk(asking, most, each, monotonic)
        self.look_back = LookBackDesk(asking, most, each, monotonic)
        stores = self.transaction, self.read_only, self.evidence_store
        self.retention = Retention(settings.retention, settings.limits, *stores)
        self._believed = BelievedClock(settings.data / "believed-time", clock, monotonic)
        self._couriers: Couriers | None = None
        self.webhooks = WebhookCourier(
            self.transaction, self.read_only, settings.webhooks, self.speaker, self._note_webhook
        )
        self._timers = PeriodicThread("case-timers", "what is due for cases", self._act_on_time, _TIMERS_EVERY)
        self._forgetting = PeriodicThread("moments", "the end of what is of the moment", self._forget, _FORGET_EVERY)
        self._summing = PeriodicThread("daily-figures", "the sums of days", self._make_sums, _SUMS_EVERY)
        self._looking = PeriodicThread("health", "the look at the hub's own health", self._look, LOOK_SECONDS)
        what = "the deletion of what has reached its term"
        self._deleting = PeriodicThread("retention", what, self._delete, _RETENTION_EVERY, first=_RETENTION_FIRST)
        acting = self._deleting, self._forgetting, self._timers, self._summing
        self._threads = self.session_watch, *acting, self._looking

    @cached_property
    def session_cookie(self) -> str:
        """Name of the cookie of these sessions: the same at all hubs on the database, and no other's."""
        return cookie_name(self.database, self.settings.data)

    @property
    def city(self) -> CityPack:
        """The city pack in force, as of this hub's latest look into the database: within a second."""
        return self._cities.in_force.pack

    @city.setter
    def city(self, pack: CityPack) -> None:
        self._cities.try_on(pack)

    @property
    def has_new_city(self) -> bool:
        """Whether the pack's file is newer than what is stored, and waits for this hub's start."""
        return self._cities.is_new

    def ground(self, area: str) -> Ground:
        """An area as somebody sees it who is bound to it."""
        return self._cities.in_force.areas.ground(area)

    @cached_property
    def provider(self) -> "Provider | None":
        """By whom people may sign in beside their passwords; None where hub.yaml names nobody.

        Raises:
            SettingsError: the secret or the authority cannot be read.
        """
        if self.settings.oidc is None:
            return None
        from sharp_eyes.hub.people.provider.client import Provider  # noqa: PLC0415 - for those who have one

        return Provider(self.settings.oidc, self.clock, self._monotonic)

    def prepare(self) -> None:
        """Bring the database up to date, and see that nobody else can read what lies here."""
        data = self.settings.data
        check_finished(data)
        for folder in (data, data / "evidence", data / "staging", data / "broker"):
            make_private_folder(folder)
        self.database.upgrade()
        with self.database.read() as session:
            self._cities.choose(session)
        rebuild(self.transaction, self.read_only, every=False)
        with self.database.write() as session:
            make_months(session, self.clock())
        for name in ("hub.db", "hub.db-wal", "hub.db-shm", "evidence", "staging", "broker"):
            close_to_others(data / name)

    def take_city(self) -> None:
        """Take over the city pack where its file is new, and what it says of time, which open cases follow.

        Raises:
            CityError: the file was changed by hand after areas or units were changed by the interface.
            CalendarError: the calendar is not what its version was before, or lacks a year that open cases need.
        """
        with self.city_transaction() as work:
            self._cities.keep(work)
            keep_calendar(work)
        follow_calendar(self.transaction, self.read_only)

    def start(self) -> None:
        """Start everything; a second call does nothing.

        Raises:
            HubError: it cannot start as it is set.
        """
        if self._started:
            return
        check_transport(self.settings, self.clock())
        self._couriers = Couriers(self.transaction, self.read_only, self.settings.notices, self._note_delivery)
        self.prepare()
        self.take_city()
        self._check_provider()
        try:
            self._tidy()
        except OperationalError as error:  # a full disk or somebody's lock: it is done at the next round
            _LOG.warning("what has ended could not be deleted: %s", error.orig)
        try:
            self.intake.start()
        except HubError:
            self.stop()
            raise
        self.feed.start()
        for thread in self._threads:
            thread.start()
        self._couriers.start()
        self.webhooks.start()
        self._started = True

    def stop(self) -> None:
        """Stop everything; safe to call twice."""
        self.broadcaster.close()
        for thread in reversed(self._threads):
            thread.stop()
        if self._couriers is not None:
            self._couriers.stop()
        self.webhooks.stop()
        self.intake.stop()
        self.feed.stop()
        self.database.close()

    def speaker(self) -> Speaker:
        """As whom this installation tells webhooks of cases: the same at all hubs on the database."""
        page = self.settings.notices.page
        source = self.settings.webhooks.source or page or f"urn:sharp-eyes:hub:{self.session_cookie.rpartition('_')[2]}"
        return Speaker(source, page)

    def _note_webhook(self, outcome: str) -> None:
        self.measures.webhook_deliveries.labels(outcome).inc()

    def _note_delivery(self, channel: str, outcome: str) -> None:
        self.measures.deliveries.labels(channel, outcome).inc()

    def _delete(self) -> None:
        if self._believed.is_believed():
            self.retention.run(lambda: self._deleting.is_stopping)

    def _leave_desks(self, ended: Collection[Access]) -> None:
        sessions = [one for one in ended if isinstance(one, int)]
        with self.read_only() as work:
            if not desks.is_anybody(work, sessions):
                return
        with self.transaction() as work:
            desks.leave(work, sessions)

    def _forget(self) -> None:
        """Delete what was of the moment, and let go of memory that requests' many threads left behind."""
        give_back()
        with self.transaction() as work:
            desks.sweep(work)
            forget_changes(work.session, work.now)
            forget_ended(work)
            self.throttle.forget_old(work.session)

    def _act_on_time(self) -> None:
        with self.read_only() as work:
            is_due, is_over = is_anything_due(work), is_any_over(work)
        if is_due:
            run_due(self.transaction, lambda: self._timers.is_stopping, call_next)
        if is_over:
            end_snoozes(self.transaction)
        make_due_lists(self.transaction, self.read_only)
        with self.read_only() as work:
            left = seconds_until_due(work)
        if left is not None:
            self._timers.again_in(left)

    def _look(self) -> None:
        with waiting(Patience()):  # a database that says nothing is away
            self.health.look()

    def _make_sums(self) -> None:
        """One step, and the next one soon where there are more: many days are made beside everything else."""
        began = time.monotonic()
        if make_sums(self.transaction):
            self._summing.again_in(_SUMS_REST * (time.monotonic() - began))

    def _tidy(self) -> None:
        """Delete sessions that are long over and lines of the trail that are past their term."""
        with self.transaction() as work:
            sessions.delete_ended_sessions(work.session, self.settings.sessions, work.now)
            if self._believed.is_believed():
                audit.delete_expired(work.session, work.now, self.settings.audit.days, self.city.root)
                outbox.forget(work, self.settings.notices.days)

    def _video_line(self, ticket: str) -> VideoRequest:
        http = self.settings.http
        return VideoRequest(ticket=ticket, port=http.port or 1, tls=self.settings.https, path=http.path.rstrip("/"))

    def _area_of_camera(self, gateway: str, camera: str) -> str | None:
        with self.database.read() as session:
            return session.scalar(select(Camera.area).where(Camera.gateway == gateway, Camera.camera == camera))

    def _check_provider(self) -> None:
        """Say at once what of ``oidc`` is wrong; the provider itself is asked once somebody signs in."""
        if self.provider is not None:
            check_groups(self.provider.settings, self.city, self._cities.in_force.areas)

    def broker_connected(self) -> bool:
        """Whether the intake is connected to its broker."""
        return self.intake.is_connected

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """Do one piece of work in one transaction; tell others once it is committed."""
        with self._work(alone=False) as work:
            yield work

    @contextmanager
    def city_transaction(self) -> Iterator[UnitOfWork]:
        """The same for work that changes the city pack: no other hub writes meanwhile under the pack before."""
        if (asker := patience()) is not None:
            asker.lengthen()
        with self._work(alone=True) as work:
            yield work

    @contextmanager
    def _work(self, *, alone: bool) -> Iterator[UnitOfWork]:
        with self.database.write() as session:
            hold_city(session, alone=alone)
            work = self._unit_of_work(session)
            yield work
            write_changes(session, work.live_updates, work.now)
        self._cities.note(work)
        if work.live_updates:
            self.feed.wake()
        self.intake.send(work.gateway_commands)

    @contextmanager
    def read_only(self) -> Iterator[UnitOfWork]:
        """Read; nothing is committed or told."""
        with self.database.read() as session:
            yield self._unit_of_work(session)

    def _unit_of_work(self, session: WritingSession) -> UnitOfWork:
        now = self._cities.current(session)
        return UnitOfWork(
            session,
            now.pack,
            self.clock(),
            channels=self._channels,
            city_version=now.version,
            areas=now.areas,
        )


@contextmanager
def prepared_hub(settings: HubSettings) -> Iterator[Hub]:
    """Open a hub for a command: its database is up to date, but nothing of it is started."""
    hub = Hub(settings)
    hub.prepare()
    try:
        yield hub
    finally:
        hub.stop()
