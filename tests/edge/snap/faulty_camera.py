"""A small RTSP camera (H.264 over interleaved TCP, RFC 2326 and RFC 6184) that makes the faults of real ones."""

import base64
import hashlib
import io
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import av

LARGEST = 1200
CLOCK = 90_000
REALM, NONCE = "camera", "5eed"


@dataclass(frozen=True)
class Faults:
    """What this camera does otherwise than it should.

    Attributes:
        parameters_in_sdp: whether SPS and PPS stand in the session's description.
        parameters_in_stream: before every keyframe, before the first one only, or never.
        begin_at: number of the picture that a new viewer gets first.
        stuck: every picture bears the same timestamp.
        then: a recording that follows the first one in the same session.
        login: user and password that it wants, by ``digest`` or in plain.
    """

    parameters_in_sdp: bool = True
    parameters_in_stream: Literal["always", "once", "never"] = "always"
    begin_at: int = 0
    stuck: bool = False
    then: Path | None = None
    login: tuple[str, str] | None = None
    digest: bool = False


@dataclass
class Pictures:
    """A recording's coded pictures, each a list of NAL units, and its parameter sets."""

    units: list[list[bytes]] = field(default_factory=list)
    parameters: list[bytes] = field(default_factory=list)
    rate: float = 25.0

    @classmethod
    def of(cls, path: Path) -> Self:
        """Read an H.264 recording in MP4, whose units stand behind their length (ISO/IEC 14496-15)."""
        found = cls()
        with av.open(str(path)) as source:
            stream = source.streams.video[0]
            found.rate = float(stream.average_rate or 25)
            found.parameters = _parameters(bytes(stream.codec_context.extradata or b""))
            for packet in source.demux(stream):
                picture = [unit for unit in _lengthy(bytes(packet)) if unit[0] & 31 in (1, 5)] if packet.size else []
                found.units += [picture] if picture else []
        return found


def _parameters(header: bytes) -> list[bytes]:
    """The one SPS and the one PPS of an ``avcC`` box."""
    length = int.from_bytes(header[6:8], "big")
    rest = header[8 + length :]
    return [header[8 : 8 + length], rest[3 : 3 + int.from_bytes(rest[1:3], "big")]]


def _lengthy(data: bytes) -> Iterator[bytes]:
    while data:
        length = int.from_bytes(data[:4], "big")
        yield data[4 : 4 + length]
        data = data[4 + length :]


class FaultyCamera:
    """Serves a recording again and again to each viewer, as the clock goes.

    Attributes:
        url: without a login.
        refused: how often somebody came with the wrong login.
    """

    def __init__(self, clip: Path, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self._films = [Pictures.of(clip)] + ([Pictures.of(self.faults.then)] if self.faults.then else [])
        self.refused = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"rtsp://127.0.0.1:{self.port}/cam"
        self._ended = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                viewer, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(viewer,), daemon=True).start()

    def _serve(self, viewer: socket.socket) -> None:
        lines = viewer.makefile("rb")
        try:
            while not self._ended.is_set():
                first = lines.read(1)
                if first == b"$":  # the viewer's own reports
                    _, length = struct.unpack(">BH", lines.read(3))
                    lines.read(length)
                elif first:
                    request = (first + lines.readline()).decode().split()
                    headers = dict(line.split(": ", 1) for line in _head(lines))
                    self._answer(viewer, request[0], request[1], headers)
                else:
                    return
        except OSError:
            return

    def _answer(self, viewer: socket.socket, method: str, url: str, headers: dict[str, str]) -> None:
        status, more, body = "200 OK", "Session: 7\r\n", ""
        if method != "OPTIONS" and not self._welcome(method, headers.get("Authorization", "")):
            kind = f'Digest realm="{REALM}", nonce="{NONCE}"' if self.faults.digest else f'Basic realm="{REALM}"'
            status, more = "401 Unauthorized", f"WWW-Authenticate: {kind}\r\n"
        elif method == "OPTIONS":
            more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif method == "DESCRIBE":
            body = self._description()
            more = f"Content-Type: application/sdp\r\nContent-Base: {url}/\r\nContent-Length: {len(body)}\r\n"
        elif method == "SETUP":
            more += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
        viewer.sendall(f"RTSP/1.0 {status}\r\nCSeq: {headers['CSeq']}\r\n{more}\r\n{body}".encode())
        if method == "PLAY" and status == "200 OK":
            threading.Thread(target=self._play, args=(viewer,), daemon=True).start()

    def _welcome(self, method: str, said: str) -> bool:
        if self.faults.login is None:
            return True
        user, password = self.faults.login
        if self.faults.digest:
            told = dict(re.findall(r'(\w+)="([^"]*)"', said))
            right = _md5(f"{_md5(f'{user}:{REALM}:{password}')}:{NONCE}:{_md5(f'{method}:' + told.get('uri', ''))}")
            welcome = told.get("username") == user and told.get("response") == right
        else:
            welcome = said == "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
        self.refused += bool(said) and not welcome
        return welcome

    def _description(self) -> str:
        format_of = "a=fmtp:96 packetization-mode=1"
        if self.faults.parameters_in_sdp:
            sets = ",".join(base64.b64encode(one).decode() for one in self._films[0].parameters)
            format_of += f";sprop-parameter-sets={sets}"
        lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=camera", "t=0 0", "m=video 0 RTP/AVP 96"]
        return "\r\n".join([*lines, f"a=rtpmap:96 H264/{CLOCK}", format_of, "a=control:video", ""])

    def _play(self, viewer: socket.socket) -> None:
        began, sequence = time.monotonic(), 0
        for units, moment in self._course():
            self._ended.wait(max(0.0, began + moment - time.monotonic()))
            stamp = 0 if self.faults.stuck else round(moment * CLOCK)
            for last, payload in _payloads(units):
                head = struct.pack(">BBHII", 0x80, 96 | (last << 7), sequence & 0xFFFF, stamp & 0xFFFFFFFF, 1)
                sequence += 1
                try:
                    viewer.sendall(struct.pack(">cBH", b"$", 0, len(head) + len(payload)) + head + payload)
                except OSError:
                    return
            if self._ended.is_set():
                return

    def _course(self) -> Iterator[tuple[list[bytes], float]]:
        """Pictures with the moment they are sent at."""
        moment, told = 0.0, False
        begin, film = self.faults.begin_at, self._films[0]
        while True:
            for units in film.units[begin:]:
                keyframe = units[0][0] & 31 == 5
                wanted = {"always": True, "once": not told, "never": False}[self.faults.parameters_in_stream]
                told = told or keyframe
                yield [*film.parameters, *units] if keyframe and wanted else units, moment
                moment += 1 / film.rate
            begin, film, told = 0, self._films[-1], told and film is self._films[-1]


def _payloads(units: list[bytes]) -> Iterator[tuple[bool, bytes]]:
    """RTP payloads of one picture: whole units, or fragments of type FU-A; whether it is the picture's last."""
    for unit in units:
        final = unit is units[-1]
        if len(unit) <= LARGEST:
            yield final, unit
            continue
        pieces = [unit[place : place + LARGEST] for place in range(1, len(unit), LARGEST)]
        for place, piece in enumerate(pieces):
            first, last = place == 0, place == len(pieces) - 1
            head = bytes([unit[0] & 0xE0 | 28, first << 7 | last << 6 | unit[0] & 31])
            yield final and last, head + piece


def _head(lines: io.BufferedIOBase) -> list[str]:
    found = []
    while line := lines.readline().decode().strip():
        found.append(line)
    return found


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
