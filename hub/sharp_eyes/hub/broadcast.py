"""The pages connected to this hub: each has a queue, and a page that does not keep up is dropped."""

import asyncio
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager

from sharp_eyes.hub.cases.visibility import Scope, hears
from sharp_eyes.hub.store.unit_of_work import LiveUpdate

_QUEUE = 500

Access = int | str
"""What somebody came in with: a session by its id, or an API token by its prefix."""


Standing = tuple[str, str | None]
"""Somebody's area, and whose deputy they act as."""


class Subscriber:
    """One connected page."""

    def __init__(self, scope: Scope, session: Access) -> None:
        """Must be made inside the event loop that will read it; ``session`` is what its reader came in with."""
        self.scope = scope
        self.session = session
        self.began_at = ""
        """What had been told when it was added: it hears everything since."""
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[tuple[str, LiveUpdate] | None] = asyncio.Queue(_QUEUE)
        self._dropped = False

    def offer(self, position: str, update: LiveUpdate) -> None:
        """Hand an update over from any thread, with what its reader has heard by then."""
        self._enqueue_threadsafe((position, update))

    def end(self) -> None:
        """End the stream from any thread, after what still waits in it."""
        self._enqueue_threadsafe(None)

    def cut(self) -> None:
        """End the stream from any thread, before whatever still waits in it."""
        self._dropped = True
        self._enqueue_threadsafe(None)

    async def next(self, timeout: float) -> tuple[str, LiveUpdate] | None:
        """Wait for the next update; ``None`` at the end of the stream.

        Raises:
            TimeoutError: nothing came in time.
        """
        if self._dropped:
            return None
        item = await asyncio.wait_for(self._queue.get(), timeout)
        return None if self._dropped else item

    def _enqueue_threadsafe(self, item: tuple[str, LiveUpdate] | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._enqueue, item)
        except RuntimeError:  # the loop is closed: nobody listens any more
            self._dropped = True

    def _enqueue(self, item: tuple[str, LiveUpdate] | None) -> None:
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            # It is told what it missed when it reconnects, or loads its lists anew.
            self._dropped = True


class Broadcaster:
    """Hands updates to the pages of those who may see them. Safe to use from many threads."""

    def __init__(self) -> None:
        self._subscribers: set[Subscriber] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._when_ended: Callable[[Collection[Access]], None] = lambda _: None
        self.position = ""
        """What was told by now, as the id of an event by which somebody goes on from there."""

    @property
    def has_listeners(self) -> bool:
        """Whether anybody is connected."""
        return bool(self._subscribers)

    @property
    def listeners(self) -> int:
        """How many streams to pages are open."""
        return len(self._subscribers)

    @contextmanager
    def subscriber(self, scope: Scope, session: Access) -> Iterator[Subscriber]:
        """Take part for as long as the context lasts, or until ``session`` ends."""
        subscriber = Subscriber(scope, session)
        with self._lock:
            subscriber.began_at = self.position
            self._subscribers.add(subscriber)
            if self._closed:
                subscriber.end()
        try:
            yield subscriber
        finally:
            with self._lock:
                self._subscribers.discard(subscriber)

    def publish(self, updates: Iterable[LiveUpdate], position: str = "") -> None:
        """Tell the pages what was committed; who has heard all of it has heard everything up to ``position``."""
        told = list(updates)
        with self._lock:
            for subscriber in self._subscribers:
                theirs = [update for update in told if hears(subscriber.scope, update)]
                for update in theirs[:-1]:
                    subscriber.offer(self.position, update)
                for update in theirs[-1:]:
                    subscriber.offer(position, update)
            self.position = position

    def tell_all(self, update: LiveUpdate) -> None:
        """Tell every page, whatever it may see."""
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.offer("", update)

    def listening(self) -> dict[Access, set[Standing]]:
        """Tell which sessions and tokens have streams, and where their readers stood when they began."""
        found: dict[Access, set[Standing]] = {}
        with self._lock:
            for subscriber in self._subscribers:
                scope = subscriber.scope
                found.setdefault(subscriber.session, set()).add((scope.area, scope.on_behalf_of))
        return found

    def end_sessions(self, sessions: Collection[Access]) -> None:
        """End the streams of sessions and tokens that are over, at once."""
        with self._lock:
            for subscriber in self._subscribers:
                if subscriber.session in sessions:
                    subscriber.cut()
        self._when_ended(sessions)

    def when_ended(self, tell: Callable[[Collection[Access]], None]) -> None:
        """Name who else is told of sessions and tokens that are over."""
        self._when_ended = tell

    def close(self) -> None:
        """End all streams, now and later."""
        with self._lock:
            self._closed = True
            for subscriber in self._subscribers:
                subscriber.end()
