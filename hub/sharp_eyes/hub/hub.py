"""The hub: its parts wired together. Only this file and ``app.py`` know all of them."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sharp_eyes.hub.areas.city import CityPack, load_city
from sharp_eyes.hub.broadcast import Broadcaster
from sharp_eyes.hub.errors import HubError
from sharp_eyes.hub.intake.service import Intake
from sharp_eyes.hub.people import sign_in
from sharp_eyes.hub.people.sign_in import Throttle
from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.evidence_files import EvidenceFiles, LocalFolder
from sharp_eyes.hub.store.unit_of_work import Work

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
        self.city: CityPack = load_city(settings.city)
        self.database = Database(settings.database_url)
        self.files: EvidenceFiles = LocalFolder(settings.data / "evidence")
        self.stream = Broadcaster()
        self.throttle = Throttle(settings.sessions, clock)
        self.intake = Intake(settings.broker, settings.data, self.work, self.view, self.files)

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
        with self.work() as work:
            sign_in.forget_ended(work.session, self.settings.sessions, work.now)
        try:
            self.intake.start()
        except HubError:
            self.stop()
            raise
        self._started = True

    def stop(self) -> None:
        """Stop everything; safe to call twice."""
        self.stream.close()
        self.intake.stop()
        self.database.close()

    def broker_connected(self) -> bool:
        """Whether the intake is connected to its broker."""
        return self.intake.is_connected

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Do one piece of work in one transaction; tell others once it is committed."""
        with self.database.write() as session:
            work = Work(session, self.city, self.clock())
            yield work
        self.stream.publish(work.notices)
        self.intake.send(work.commands)

    @contextmanager
    def view(self) -> Iterator[Work]:
        """Read; nothing is committed or told."""
        with self.database.read() as session:
            yield Work(session, self.city, self.clock())
