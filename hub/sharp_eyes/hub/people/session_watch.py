"""Ends the live streams of sessions and tokens that are over, whoever ended them: this hub or a command beside it."""

import time
from collections.abc import Callable
from datetime import datetime

from sharp_eyes.configuration.periodic import PeriodicThread
from sharp_eyes.hub.broadcast import Broadcaster
from sharp_eyes.hub.people.sessions import live_sessions
from sharp_eyes.hub.people.tokens import live_tokens
from sharp_eyes.hub.settings import SessionSettings
from sharp_eyes.hub.store.database import Database

_SECONDS = 0.5
_DAY = 24 * 3600.0


class SessionWatch:
    """Asks the database twice a second about sessions and tokens that have streams, all of a kind in one question."""

    def __init__(
        self,
        database: Database,
        broadcaster: Broadcaster,
        settings: SessionSettings,
        clock: Callable[[], datetime],
        daily: Callable[[], None],
    ) -> None:
        """``daily`` is called once a day while the watch runs."""
        self._daily = daily
        self._database = database
        self._broadcaster = broadcaster
        self._settings = settings
        self._clock = clock
        self._daily_at = time.monotonic()
        self._thread = PeriodicThread("sessions", "the look at sessions of live streams", self._step, _SECONDS)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the watch; safe to call twice, and when it never started."""
        self._thread.stop(5)

    def look(self) -> None:
        """End streams whose session or token no longer holds, or whose person has another area or acts for another."""
        listening = self._broadcaster.listening()
        if not listening:
            return
        sessions = {one for one in listening if isinstance(one, int)}
        tokens = {one for one in listening if isinstance(one, str)}
        with self._database.read() as session:
            signed_in = live_sessions(session, sessions, self._settings, self._clock())
            machines = live_tokens(session, tokens, self._clock())
        live = {one: signed_in.get(one) if isinstance(one, int) else machines.get(one) for one in listening}
        over = {one for one, standings in listening.items() if standings != {live[one]}}
        if over:
            self._broadcaster.end_sessions(over)

    def _step(self) -> None:
        self.look()
        if time.monotonic() - self._daily_at >= _DAY:
            self._daily()
            self._daily_at = time.monotonic()
