"""The hub: its parts wired together. Only this file and ``app.py`` know all of them."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sharp_eyes.hub.areas.city_pack import CityPack, load_city_pack
from sharp_eyes.hub.broadcast import Broadcaster
from sharp_eyes.hub.errors import HubError
from sharp_eyes.hub.intake.service import Intake
from sharp_eyes.hub.people import sessions
from sharp_eyes.hub.people.throttle import LoginThrottle
from sharp_eyes.hub.retention.deletion import Retention
from sharp_eyes.hub.retention.service import RetentionService
from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.evidence_store import EvidenceStore, LocalEvidenceStore
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LOG = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


class Hub:
    """A command centre. Nothing is opened before :meth:`start`."""

    def __init__(self, settings: HubSettings, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.clock = clock
        self._started = False
        self.city: CityPack = load_city_pack(settings.city)
        self.database = Database(settings.database_url)
        self.evidence_store: EvidenceStore = LocalEvidenceStore(settings.data / "evidence")
        self.broadcaster = Broadcaster()
        self.throttle = LoginThrottle(settings.sessions, clock)
        self.intake = Intake(
            settings.broker, settings.limits, settings.data, self.transaction, self.read_only, self.evidence_store
        )
        retention = Retention(
            settings.retention, settings.limits, self.transaction, self.read_only, self.evidence_store
        )
        self.retention = RetentionService(retention)

    def prepare(self) -> None:
        """Bring the database up to date."""
        self.database.upgrade()

    def start(self) -> None:
        """Start everything; a second call does nothing.

        Raises:
            HubError: it cannot start as it is set.
        """
        if self._started:
            return
        self.prepare()
        with self.transaction() as work:
            sessions.delete_ended_sessions(work.session, self.settings.sessions, work.now)
        try:
            self.intake.start()
        except HubError:
            self.stop()
            raise
        self.retention.start()
        self._started = True

    def stop(self) -> None:
        """Stop everything; safe to call twice."""
        self.broadcaster.close()
        self.retention.stop()
        self.intake.stop()
        self.database.close()

    def broker_connected(self) -> bool:
        """Whether the intake is connected to its broker."""
        return self.intake.is_connected

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """Do one piece of work in one transaction; tell others once it is committed."""
        with self.database.write() as session:
            work = UnitOfWork(session, self.city, self.clock())
            yield work
        self.broadcaster.publish(work.live_updates)
        self.intake.send(work.gateway_commands)

    @contextmanager
    def read_only(self) -> Iterator[UnitOfWork]:
        """Read; nothing is committed or told."""
        with self.database.read() as session:
            yield UnitOfWork(session, self.city, self.clock())


@contextmanager
def prepared_hub(settings: HubSettings) -> Iterator[Hub]:
    """Open a hub for a command: its database is up to date, but nothing of it is started."""
    hub = Hub(settings)
    hub.prepare()
    try:
        yield hub
    finally:
        hub.stop()
