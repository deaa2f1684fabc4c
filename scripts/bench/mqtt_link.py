"""MQTT 3.1.1 of a gateway by hand, so that one process can hold thousands of connections."""

import asyncio
import itertools
import struct
from collections.abc import Callable

from sharp_eyes.contract.command import Ack
from sharp_eyes.contract.topics import Channel, Topic

_ANSWER_SECONDS = 60.0
_CONNECT, _CONNACK, _PUBLISH, _PUBACK, _SUBSCRIBE, _SUBACK = 0x10, 0x20, 0x30, 0x40, 0x82, 0x90


class Refused(Exception):  # noqa: N818 - what MQTT calls it
    """The broker does not let a gateway in."""


class Link(asyncio.Protocol):
    """One connection to the broker; what comes at QoS 1 is confirmed by itself."""

    def __init__(self, answered: Callable[[Ack], None]) -> None:
        """``answered`` is told what the hub acknowledges."""
        self.is_open = False
        self._answered = answered
        self._buffer = bytearray()
        self._ids = itertools.cycle(range(1, 65536))
        loop = asyncio.get_running_loop()
        self._let_in: asyncio.Future[None] = loop.create_future()
        self._subscribed: asyncio.Future[None] = loop.create_future()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        """Tell whoever waits for an answer."""
        self.is_open = False
        for waits in (self._let_in, self._subscribed):
            if not waits.done():
                waits.set_exception(Refused(f"the connection broke: {error}"))
                waits.exception()  # somebody may not have come to wait for it

    def data_received(self, data: bytes) -> None:
        """Take whole packets out of what came."""
        self._buffer += data
        while (packet := self._next()) is not None:
            self._take(*packet)

    async def sign_in(self, name: str, password: str, will: bytes) -> None:
        """Connect with a lasting session and subscribe to what the hub says.

        Raises:
            Refused: the broker does not let it in, or the connection broke.
        """
        # User name, password, a will that is retained at QoS 1; no clean session; 60 seconds.
        head = _text(b"MQTT") + bytes([4, 0x80 | 0x40 | 0x20 | 0x08 | 0x04]) + struct.pack("!H", 60)
        status = str(Topic(name, Channel.STATUS)).encode()
        self._send(
            _CONNECT, head + b"".join(map(_text, (name.encode(), status, will, name.encode(), password.encode())))
        )
        await asyncio.wait_for(self._let_in, _ANSWER_SECONDS)
        topics = (str(Topic(name, channel)).encode() for channel in (Channel.ACK, Channel.COMMAND))
        self._send(_SUBSCRIBE, struct.pack("!H", next(self._ids)) + b"".join(_text(one) + b"\x01" for one in topics))
        await asyncio.wait_for(self._subscribed, _ANSWER_SECONDS)
        self.is_open = True

    def publish(self, topic: Topic, payload: bytes, qos: int, *, retain: bool = False) -> None:
        """Send a message; nothing is kept here."""
        identity = struct.pack("!H", next(self._ids)) if qos else b""
        self._send(_PUBLISH | qos << 1 | retain, _text(str(topic).encode()) + identity + payload)

    def break_off(self) -> None:
        """As when the power goes: no farewell."""
        self.is_open = False
        self._transport.abort()

    def _send(self, kind: int, body: bytes) -> None:
        size, left = bytearray(), len(body)
        while True:
            left, digit = divmod(left, 128)
            size.append(digit | (0x80 if left else 0))
            if not left:
                break
        self._transport.write(bytes([kind]) + size + body)

    def _next(self) -> tuple[int, bytes] | None:
        size, shift = 0, 0
        for at in range(1, 5):
            if len(self._buffer) <= at:
                return None
            size |= (self._buffer[at] & 0x7F) << shift
            shift += 7
            if not self._buffer[at] & 0x80:
                break
        end = at + 1 + size
        if len(self._buffer) < end:
            return None
        kind, body = self._buffer[0], bytes(self._buffer[at + 1 : end])
        del self._buffer[:end]
        return kind, body

    def _take(self, kind: int, body: bytes) -> None:
        if kind in (_CONNACK, _SUBACK):
            waits = self._let_in if kind == _CONNACK else self._subscribed
            if waits.done():  # whoever waited has given up
                return
            if kind == _CONNACK and body[1]:
                waits.set_exception(Refused(f"the broker answers {body[1]}"))
            else:
                waits.set_result(None)
        elif kind & 0xF0 == _PUBLISH:
            length = struct.unpack_from("!H", body)[0]
            topic, at = body[2 : 2 + length], 2 + length
            if kind & 0x06:
                self._transport.write(bytes([_PUBACK, 2]) + body[at : at + 2])
                at += 2
            if topic.endswith(b"/ack"):
                self._answered(Ack.model_validate_json(body[at:]))


def _text(value: bytes) -> bytes:
    return struct.pack("!H", len(value)) + value
