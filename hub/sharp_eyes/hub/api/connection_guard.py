"""Connections under strangers: how many there may be, and how long a request or a slow reader may take.

Uvicorn waits for ever for the end of a request that was begun, so a few hundred half-sent ones would use up the
descriptors. Here a head has a few seconds, a body has them and more for each byte that came, and who does not read
an answer is let go. Where there are too many, whoever has waited longest without a whole head makes room.
"""

import asyncio
import json
import logging
import resource
from collections import Counter
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, Protocol

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from sharp_eyes.configuration.addresses import plain_address, subscriber_of
from sharp_eyes.hub.api.forwarded import TrustedProxies
from sharp_eyes.hub.api.problems import MEDIA_TYPE
from sharp_eyes.hub.settings import HttpSettings

LEAST_BODY_RATE = 8 * 1024
"""Bytes a second that a body must bring, after its first seconds."""

READER_SECONDS = 60.0
"""How long an answer may wait for a reader that takes nothing."""

KEPT_SECONDS = 75
"""How long a connection is kept after an answer: longer than any client keeps one (proxies 60 s), so that the client
ends it. Were it shorter, a request would now and then meet a connection that is just being closed, and fail."""

DESCRIPTORS = 65_536
_KEPT_DESCRIPTORS = 100
"""For files, the database, the broker and child processes."""

_LATER = frozenset({408, 503})
_PROXY = "a trusted proxy"

_KEPT = object()
"""The phase after an answer, before a byte of the next request: uvicorn's own timer ends it."""

_LOG = logging.getLogger(__name__)
_SOCKET_LOG = logging.getLogger(f"{__name__}.sockets")
_SOCKET_LOG.setLevel(logging.WARNING)  # addresses of WebSockets hold tickets


class Waiting(Protocol):
    """A connection that may have to make room."""

    address: str
    transport: asyncio.Transport


class Connections:
    """Counts the open connections, in all and by address. Belongs to one event loop."""

    def __init__(self, settings: HttpSettings) -> None:
        self.settings = settings
        self._trusted = TrustedProxies(settings.trusted_proxies)
        self._open: Counter[str] = Counter()
        self._headless: dict[Waiting, None] = {}
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        room = soft if soft != resource.RLIM_INFINITY else DESCRIPTORS
        self._most = max(1, min(settings.max_connections, room - _KEPT_DESCRIPTORS))

    def key_of(self, host: str) -> str:
        """What a connection from there is counted under: one subscriber, or all trusted proxies together."""
        return _PROXY if plain_address(host) in self._trusted else subscriber_of(host)

    def admit(self, address: str) -> bool:
        """Count a connection; whether it may stay, for which another may have had to go."""
        self._open[address] += 1
        if address != _PROXY and self._open[address] > self.settings.max_connections_per_address:
            return self._end_oldest(address)
        return self._open.total() <= self._most or self._end_oldest(None)

    def leave(self, address: str) -> None:
        """Count one less."""
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]

    def note_headless(self, connection: Waiting, *, waits: bool) -> None:
        """Note whether a connection waits for a request's head or for TLS; kept in the order in which they began."""
        self._headless.pop(connection, None)
        if waits:
            self._headless[connection] = None

    def _end_oldest(self, address: str | None) -> bool:
        """End the connection that has waited longest for a head, of one address or of all; whether there was one."""
        oldest = next((one for one in self._headless if address in (None, one.address)), None)
        if oldest is None:
            return False
        del self._headless[oldest]
        oldest.transport.abort()
        return True


class GuardedProtocol(H11Protocol):
    """Uvicorn's HTTP/1.1 with bounds; made for one hub by :func:`guarded_protocol`."""

    connections_open: ClassVar[Connections]

    def __init__(self, *arguments: Any, **more: Any) -> None:
        """Take uvicorn's own arguments."""
        super().__init__(*arguments, **more)
        self.address = ""
        """What it is counted under; empty while it is not."""
        self._handed_on = False
        self._phase: Any = None
        self._began = 0.0
        self._received = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._reader_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let a connection in, or refuse it at once where there are too many; one with TLS was let in before."""
        super().connection_made(transport)
        if not self.address:
            self.address = self.connections_open.key_of(self.client[0] if self.client else "unknown")
            if not self.connections_open.admit(self.address):
                _LOG.warning("too many connections, one from %s is refused", self.address)
                self._refuse(503, "too_many_connections", "too many connections are open; try again")
                return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget all about it."""
        self._forget()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection on as a WebSocket, which still counts as one."""
        self.ws_protocol_class = partial(GuardedWebSocket, forget=self._forget)  # type: ignore[assignment]
        super().handle_websocket_upgrade(event)
        self._handed_on = True

    def data_received(self, data: bytes) -> None:
        """Take bytes in, unless the connection was refused."""
        if self.transport.is_closing():
            return
        if self._phase is _KEPT:
            self._phase = None
        self._received += len(data)
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Go on to the next request, of which a part may be here by now."""
        super().on_response_complete()
        self._watch(kept=not self.conn.trailing_data[0])

    def pause_writing(self) -> None:
        """Give a reader that takes nothing some time."""
        super().pause_writing()
        self._reader_deadline = self.loop.call_later(READER_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Note that it reads."""
        super().resume_writing()
        if self._reader_deadline is not None:
            self._reader_deadline.cancel()

    def _forget(self) -> None:
        for timer in (self._deadline, self._reader_deadline):
            if timer is not None:
                timer.cancel()
        self.connections_open.note_headless(self, waits=False)
        if self.address:
            self.connections_open.leave(self.address)
            self.address = ""

    def _watch(self, *, kept: bool = False) -> None:
        """Set a deadline where a head or a body is begun; none while we are the ones to act, or nobody is."""
        state = self.conn.their_state
        ours = not self._handed_on and not self.transport.is_closing()
        phase: Any = state if ours and state in (h11.IDLE, h11.SEND_BODY) else None
        if kept and phase is h11.IDLE:
            phase = _KEPT
        if phase is self._phase or (phase is h11.IDLE and self._phase is _KEPT):
            return
        self._phase, self._began, self._received = phase, self.loop.time(), 0
        self.connections_open.note_headless(self, waits=phase in (h11.IDLE, _KEPT))
        self._set_deadline(None if phase in (None, _KEPT) else self._allowed())

    def _allowed(self) -> float:
        settings = self.connections_open.settings
        if self._phase is h11.IDLE:
            return float(settings.head_seconds)
        return settings.body_seconds + self._received / LEAST_BODY_RATE

    def _set_deadline(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._overdue)

    def _overdue(self) -> None:
        left = self._began + self._allowed() - self.loop.time()
        if self._phase is h11.SEND_BODY and self.flow.read_paused:
            left = max(left, 1.0)  # we do not read: it is not the sender's fault
        if left > 0:
            self._set_deadline(left)
            return
        if self.cycle is None or self.cycle.response_complete or self._phase is h11.IDLE:
            self._refuse(408, "too_slow", "the request took too long")
        else:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request; where an answer is on its way, the connection alone can end."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self._refuse(400, "malformed", "this is no whole request of HTTP/1.1")
        else:
            self.transport.close()

    def _refuse(self, status: int, code: str, message: str) -> None:
        self.transport.write(last_word(status, code, message))
        self.transport.close()


class GuardedWebSocket(WebSocketsSansIOProtocol):
    """Uvicorn's WebSocket, counted among the connections until it ends; its own pings end one that is dead."""

    def __init__(self, *arguments: Any, forget: Callable[[], None], **more: Any) -> None:
        """Take uvicorn's own arguments; ``forget`` counts one connection less."""
        super().__init__(*arguments, **more)
        self._forget = forget
        self.logger = _SOCKET_LOG

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget all about it."""
        self._forget()
        super().connection_lost(exc)


def guarded_protocol(settings: HttpSettings) -> type[GuardedProtocol]:
    """Make the protocol of one web server, with its own count of connections."""
    return type("GuardedProtocol", (GuardedProtocol,), {"connections_open": Connections(settings)})


def last_word(status: int, code: str, message: str, *more: str) -> bytes:
    """An error in the usual form, with ``more`` lines in its head, after which the connection ends."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": message}
    content = json.dumps({**body, "error": {"code": code, "message": message}}).encode()
    lines = [f"HTTP/1.1 {status} {title}", f"Content-Type: {MEDIA_TYPE}", f"Content-Length: {len(content)}", *more]
    if status in _LATER:
        lines.append("Retry-After: 5")
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + content


def raise_descriptor_limit() -> int:
    """Allow this process, and its children, as many descriptors as the system gives; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft
