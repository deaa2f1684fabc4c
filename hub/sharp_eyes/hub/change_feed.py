"""Brings what was committed, by whichever hub on the database, to the pages of this one."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from sharp_eyes.configuration.periodic import Steps
from sharp_eyes.hub.broadcast import Broadcaster
from sharp_eyes.hub.cases.visibility import Scope, hears
from sharp_eyes.hub.store.change_signal import ChangeSignal
from sharp_eyes.hub.store.changes import KEPT, UnknownPositionError, changes_since, current_position
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.unit_of_work import LiveUpdate

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 1.0
"""How late a change is at most whose wake-up was lost, or that another process wrote into SQLite."""

_TOGETHER = 200
"""So many updates at most are described at once."""

_MOST_MISSED = 500
"""Changes that are told again; a page that missed more loads its lists anew."""

_MOST_READ = 5000

Describe = Callable[[Sequence[LiveUpdate]], Sequence[LiveUpdate]]
"""Adds to updates what pages want to know of them, read after the commit; raises SQLAlchemyError."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What a page did not hear while it was away, and the position after it; ``None``: too much, or unknown."""

    updates: Sequence[LiveUpdate] | None
    position: str


class ChangeFeed:
    """One thread for all pages: reads, describes and tells, in the order of the commits."""

    def __init__(self, database: Database, broadcaster: Broadcaster, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._broadcaster = broadcaster
        self._clock = clock
        self._describe: Describe = lambda updates: updates
        self._signal = ChangeSignal(database)
        self._position: str | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)

    def describe_with(self, describe: Describe) -> None:
        """Say what is added to updates before pages are told; nobody who commits waits for it."""
        self._describe = describe

    def start(self) -> None:
        """Begin with what is committed from now on."""
        self.step()
        self._thread.start()

    def stop(self) -> None:
        """End; safe to call twice, and when it never started."""
        self._stopping = True
        self._signal.wake()
        if self._thread.is_alive():
            self._thread.join(5)

    def wake(self) -> None:
        """Say that this process has committed something."""
        self._signal.wake()

    def step(self) -> None:
        """Tell the pages what was committed since the last step.

        Raises:
            SQLAlchemyError: the database cannot be read; the next step goes on from the same place.
        """
        with self._database.read() as session:
            if self._position is None:
                self._position = current_position(session)
                self._broadcaster.position = self._named(self._position)
                return
            try:
                updates, self._position = changes_since(session, self._position)
            except UnknownPositionError:  # a backup was restored under this hub
                _LOG.warning("the database is another than before: pages load everything anew")
                self._position = current_position(session)
                self._broadcaster.tell_all(LiveUpdate("reload", "", {}))
                return
        named = self._named(self._position)
        for first in range(0, len(updates), _TOGETHER):
            # Only the last part has the new position: a page that goes away before it is told all of it again.
            last = first + _TOGETHER >= len(updates)
            described = self._described(updates[first : first + _TOGETHER])
            self._broadcaster.publish(described, named if last else self._broadcaster.position)
        if not updates:
            self._broadcaster.position = named

    def missed(self, scope: Scope, event_id: str) -> Missed:
        """Find what somebody did not hear since the event with this id.

        Raises:
            SQLAlchemyError: the database cannot be read.
        """
        with self._database.read() as session:
            found = self._heard_since(session, scope, event_id)
            position = self._named(current_position(session)) if found is None else found[1]
        return Missed(None if found is None else self._described(found[0]), position)

    def _heard_since(self, session: Session, scope: Scope, event_id: str) -> tuple[list[LiveUpdate], str] | None:
        when, _, position = event_id.partition("-")
        oldest = (self._clock() - KEPT).timestamp()
        if not when.isascii() or not when.isdigit() or int(when[:15]) < oldest:
            return None
        try:
            updates, after = changes_since(session, position, most=_MOST_READ)
        except UnknownPositionError:
            return None
        heard = [one for one in updates if hears(scope, one)]
        if len(updates) == _MOST_READ or len(heard) > _MOST_MISSED:
            return None
        return heard, self._named(after)

    def _described(self, updates: Sequence[LiveUpdate]) -> Sequence[LiveUpdate]:
        try:
            return self._describe(updates) if self._broadcaster.has_listeners else updates
        except SQLAlchemyError as error:  # pages are told at least that something changed, and ask
            _LOG.warning("changes could not be described to the pages: %s", error)
            return updates

    def _named(self, position: str) -> str:
        """A position as the id of an event, with when it held."""
        return f"{int(self._clock().timestamp())}-{position}"

    def _run(self) -> None:
        steps = Steps()
        while not self._stopping:
            if not steps.do("the wait for changes", lambda: self._signal.wait(_LOOK_SECONDS)):
                time.sleep(_LOOK_SECONDS)
            if not self._stopping:
                steps.do("the reading of changes for the pages", self.step)
        self._signal.close()
