"""Tells connected pages what was committed: each has a queue, and a page that does not keep up is dropped."""

import asyncio
import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from sharp_eyes.hub.cases.visibility import Scope, hears
from sharp_eyes.hub.store.unit_of_work import LiveUpdate

_LOG = logging.getLogger(__name__)
_QUEUE = 500
_TOGETHER = 200
"""So many updates at most are described at once."""

Describe = Callable[[Sequence[LiveUpdate]], Sequence[LiveUpdate]]
"""Adds to updates what pages want to know of them, read after the commit; raises SQLAlchemyError."""

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
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[tuple[int, LiveUpdate] | None] = asyncio.Queue(_QUEUE)
        self._dropped = False

    def offer(self, number: int, update: LiveUpdate) -> None:
        """Hand an update over from any thread."""
        self._enqueue_threadsafe((number, update))

    def end(self) -> None:
        """End the stream from any thread, after what still waits in it."""
        self._enqueue_threadsafe(None)

    def cut(self) -> None:
        """End the stream from any thread, before whatever still waits in it."""
        self._dropped = True
        self._enqueue_threadsafe(None)

    async def next(self, timeout: float) -> tuple[int, LiveUpdate] | None:
        """Wait for the next update; ``None`` at the end of the stream.

        Raises:
            TimeoutError: nothing came in time.
        """
        if self._dropped:
            return None
        item = await asyncio.wait_for(self._queue.get(), timeout)
        return None if self._dropped else item

    def _enqueue_threadsafe(self, item: tuple[int, LiveUpdate] | None) -> None:
        try:
            self._loop.call_soon_threadsafe(self._enqueue, item)
        except RuntimeError:  # the loop is closed: nobody listens any more
            self._dropped = True

    def _enqueue(self, item: tuple[int, LiveUpdate] | None) -> None:
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            # It reloads the whole list when it reconnects, so nothing is missed for good.
            self._dropped = True


class Broadcaster:
    """Hands updates to the pages of those who may see them. Safe to use from many threads."""

    def __init__(self) -> None:
        self._subscribers: set[Subscriber] = set()
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._closed = False
        self._when_ended: Callable[[Collection[Access]], None] = lambda _: None
        self._describe: Describe | None = None
        self._waiting: deque[LiveUpdate] = deque()
        self._came = threading.Condition()

    @contextmanager
    def subscriber(self, scope: Scope, session: Access) -> Iterator[Subscriber]:
        """Take part for as long as the context lasts, or until ``session`` ends."""
        subscriber = Subscriber(scope, session)
        with self._lock:
            self._subscribers.add(subscriber)
            if self._closed:
                subscriber.end()
        try:
            yield subscriber
        finally:
            with self._lock:
                self._subscribers.discard(subscriber)

    def describe_with(self, describe: Describe) -> None:
        """Let a thread of its own describe each update before pages are told; many that come at once, together.

        Whoever commits does not wait for it, and updates stay in the order in which they were published.
        """
        self._describe = describe
        self._teller = threading.Thread(target=self._go_on_telling, name="stream", daemon=True)
        self._teller.start()

    def publish(self, updates: Iterable[LiveUpdate]) -> None:
        """Tell the pages what was committed."""
        if self._describe is None:
            self._tell(updates)
            return
        with self._came:
            if self._subscribers:  # nobody listens: nobody is told
                self._waiting.extend(updates)
                self._came.notify()

    def _go_on_telling(self) -> None:
        assert self._describe is not None
        while True:
            with self._came:
                self._came.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                taken = [self._waiting.popleft() for _ in range(min(_TOGETHER, len(self._waiting)))]
            described: Sequence[LiveUpdate] = taken
            try:
                described = self._describe(taken)
            except SQLAlchemyError as error:  # pages are told at least that something changed, and ask
                _LOG.warning("changes could not be described to the pages: %s", error)
            self._tell(described)

    def _tell(self, updates: Iterable[LiveUpdate]) -> None:
        with self._lock:
            for update in updates:
                number = next(self._numbers)
                for subscriber in self._subscribers:
                    if hears(subscriber.scope, update):
                        subscriber.offer(number, update)

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
        with self._came:
            self._closed = True
            self._came.notify()
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.end()
