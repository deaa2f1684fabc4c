"""TLS handshakes under strangers: they count as connections, have a few seconds, and make room like half-sent heads.

Left to asyncio, a connection is nobody's until its handshake is over, for a minute, and nothing counts it. Who speaks
plain HTTP here is told so, in place of a connection that only ends.
"""

import asyncio
import logging
import re
import ssl
from collections.abc import Callable
from typing import Any

from sharp_eyes.hub.api.connection_guard import GuardedProtocol, last_word

_LOG = logging.getLogger(__name__)

_HANDSHAKE = b"\x16"
"""What all that TLS says begins with, before it is agreed on."""

_PLAIN = re.compile(rb"[A-Z]{3,10} \S+ HTTP/1\.[01]\r\n")
_LOOK = re.compile(rb"(?:GET|HEAD) (/[!-~]*) HTTP/1\.[01]\r\n(?:[^\r\n]*\r\n)*?[Hh]ost: *([\w.:\[\]-]{1,255})\r\n")
"""A request that the browser can make again, over https, and the host that it means."""

_GOODBYE_SECONDS = 5.0
"""How long the other side may take to answer TLS' own goodbye."""


class TlsHandshake(asyncio.Protocol):
    """A connection until TLS is agreed on; then it is handed to HTTP, with what came meanwhile."""

    def __init__(self, context: ssl.SSLContext, http: GuardedProtocol) -> None:
        """``http`` takes over; it has not seen a connection yet."""
        self.address = ""
        self.transport: asyncio.Transport
        self._context = context
        self._http = http
        self._first: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._early = b""
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it, and begin; where there are too many it is let go."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.address = self._http.connections_open.key_of(str(peer[0]) if peer else "unknown")
        self._task = asyncio.get_running_loop().create_task(self._agree())

    def data_received(self, data: bytes) -> None:
        """Keep what came first, and what came together with the handshake's end."""
        if self._first.done():
            self._early += data
        else:
            self.transport.pause_reading()  # what else comes is for TLS alone
            self._first.set_result(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nobody is there any more."""
        if not self._first.done():
            self._first.set_result(b"")

    def shutdown(self) -> None:
        """Let it go, as the web server does when it stops."""
        self.transport.abort()

    async def _agree(self) -> None:
        connections, others = self._http.connections_open, self._http.server_state.connections
        tls: asyncio.Transport | None = None
        others.add(self)  # type: ignore[arg-type]  # all that is asked of them is shutdown()
        try:
            if connections.admit(self.address):
                connections.note_headless(self, waits=True)
                tls = await self._start_tls(connections.settings.handshake_seconds)
            else:
                _LOG.warning("too many connections, one from %s is refused", self.address)
        finally:
            connections.note_headless(self, waits=False)
            others.discard(self)
            if tls is None or tls.is_closing():
                connections.leave(self.address)
                if not self.transport.is_closing():
                    self.transport.abort()
            else:
                self._hand_over(tls)

    async def _start_tls(self, seconds: float) -> asyncio.Transport | None:
        """Agree on TLS; ``None`` where that came to nothing."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds) as until:
                first = await self._first
            if not first.startswith(_HANDSHAKE):
                self.transport.write(_words_for(first))
                self.transport.close()
                return None
            left = max(0.01, (until.when() or 0.0) - loop.time())
            agreeing = loop.create_task(
                loop.start_tls(
                    self.transport,
                    self,
                    self._context,
                    server_side=True,
                    ssl_handshake_timeout=left,
                    ssl_shutdown_timeout=_GOODBYE_SECONDS,
                )
            )
            await asyncio.sleep(0)  # by now it has said that it takes what comes
            loop.call_soon(self._pass_on, first)
            return await agreeing
        except OSError as error:  # also what TLS finds wrong, and a handshake that took too long
            _LOG.debug("no TLS with %s: %s", self.address, error)
            return None

    def _pass_on(self, first: bytes) -> None:
        """Give TLS what came before it was there."""
        taker = self.transport.get_protocol()
        if isinstance(taker, asyncio.BufferedProtocol):
            memoryview(taker.get_buffer(len(first)))[: len(first)] = first
            taker.buffer_updated(len(first))

    def _hand_over(self, tls: asyncio.Transport) -> None:
        tls.set_protocol(self._http)
        self._http.address = self.address  # counted already
        self._http.connection_made(tls)
        if self._early:
            self._http.data_received(self._early)


def _words_for(first: bytes) -> bytes:
    """What is said to somebody who does not speak TLS: nothing where it is not HTTP either."""
    if not _PLAIN.match(first):
        return b""
    message, look = "this port speaks https alone; ask https:// in place of http://", _LOOK.match(first)
    if look is None:
        return last_word(400, "speaks_tls", message)
    target, host = (part.decode() for part in look.groups())
    return last_word(307, "speaks_tls", message, f"Location: https://{host}{target}")


def after_handshake(http: type[GuardedProtocol], context: ssl.SSLContext) -> Callable[..., TlsHandshake]:
    """Make what makes the protocol of each new connection, with the arguments that uvicorn gives ``http``."""

    def make(**arguments: Any) -> TlsHandshake:
        return TlsHandshake(context, http(**arguments))

    return make
