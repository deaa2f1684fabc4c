"""Makes RTSP streams look like an ONVIF camera: WS-Discovery, SOAP over HTTP, WS-Security; for tests and trials.

The smallest part of ONVIF's core and media specifications that finding and asking a camera needs. It refuses a
wrong password, and a right one whose timestamp its own clock does not believe, as real cameras do.
"""

import argparse
import base64
import hashlib
import socket
import struct
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from xml.etree import ElementTree
from xml.sax.saxutils import escape

EXAMPLES = """examples:
  scripts/onvif_camera.py --main rtsp://127.0.0.1:8554/cam --address 127.0.0.1
  scripts/onvif_camera.py --main rtsp://127.0.0.1:8554/cam --sub rtsp://127.0.0.1:8555/cam --username viewer
"""

GROUP, PORT = "239.255.255.250", 3702
BELIEVED = 300.0
"""Seconds by which a request's timestamp may differ from the camera's clock."""

_SPACES = (
    'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" '
    'xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" '
    'xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl" '
    'xmlns:ter="http://www.onvif.org/ver10/error"'
)
_OPEN_TO_ALL = ("GetSystemDateAndTime", "GetServices", "GetCapabilities")


@dataclass(frozen=True, slots=True)
class Stream:
    """A profile of the camera.

    Attributes:
        group: keyframe interval in frames.
        source: the video source that it shows; several make a recorder.
    """

    token: str
    url: str
    width: int
    height: int
    rate: int = 25
    group: int = 25
    encoding: str = "H264"
    source: str = "source-1"


class VirtualCamera:
    """Answers probes and requests until it is closed.

    Args:
        address: IPv4 address of the interface to answer on.
        username, password: None lets everybody in.
        clock_offset: seconds by which its clock is ahead.
        name: it calls itself so; it may hold anything.
    """

    def __init__(
        self,
        streams: Sequence[Stream],
        *,
        address: str = "127.0.0.1",
        username: str | None = None,
        password: str = "",
        clock_offset: float = 0.0,
        name: str = "virtual",
        port: int = 0,
    ) -> None:
        self.streams, self.username, self.password = tuple(streams), username, password
        self.clock_offset, self.name = clock_offset, name
        self.asked: list[str] = []
        """Operations asked for, in their order."""
        self._id = f"urn:uuid:{uuid.uuid4()}"
        camera = self

        class _Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, answer = camera.answer(request)
                self.send_response(status)
                self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((address, port), _Handler)
        self.host = f"{address}:{self._server.server_port}"
        self.url = f"http://{self.host}/onvif/device_service"
        self._probes = _joined(address)
        self._threads = [
            threading.Thread(target=self._server.serve_forever, daemon=True),
            threading.Thread(target=self._answer_probes, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        with suppress(OSError):  # it is not connected, but who waits in it wakes up
            self._probes.shutdown(socket.SHUT_RD)
        for thread in self._threads:
            thread.join(5)
        self._probes.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def answer(self, request: bytes) -> tuple[int, bytes]:
        """HTTP status and body for a SOAP request."""
        root = ElementTree.fromstring(request)
        body = next(part for part in root if part.tag.endswith("}Body"))
        operation = body[0].tag.rpartition("}")[2]
        self.asked.append(operation)
        if operation not in _OPEN_TO_ALL and not self._lets_in(root):
            return 400, _fault("ter:NotAuthorized", "Sender not Authorized")
        answers = {
            "GetSystemDateAndTime": self._clock,
            "GetServices": self._services,
            "GetDeviceInformation": self._about,
            "GetProfiles": self._profiles,
        }
        if operation == "GetStreamUri":
            return 200, _envelope(self._stream_address(_text(body, "ProfileToken")))
        if operation not in answers:
            return 400, _fault("ter:ActionNotSupported", "Optional Action Not Implemented")
        return 200, _envelope(answers[operation]())

    def _lets_in(self, root: ElementTree.Element) -> bool:
        if self.username is None:
            return True
        nonce, created = base64.b64decode(_text(root, "Nonce")), _text(root, "Created")
        digest = base64.b64encode(hashlib.sha1(nonce + (created + self.password).encode()).digest()).decode()
        try:
            when = time.mktime(time.strptime(created[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
        except ValueError:
            return False
        believed = abs(when - time.time() - self.clock_offset) <= BELIEVED
        return believed and _text(root, "Username") == self.username and _text(root, "Password") == digest

    def _clock(self) -> str:
        now = time.gmtime(time.time() + self.clock_offset)
        return (
            "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType>"
            f"<tt:UTCDateTime><tt:Time><tt:Hour>{now.tm_hour}</tt:Hour><tt:Minute>{now.tm_min}</tt:Minute>"
            f"<tt:Second>{now.tm_sec}</tt:Second></tt:Time><tt:Date><tt:Year>{now.tm_year}</tt:Year>"
            f"<tt:Month>{now.tm_mon}</tt:Month><tt:Day>{now.tm_mday}</tt:Day></tt:Date></tt:UTCDateTime>"
            "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )

    def _services(self) -> str:
        # Like many cameras it names an address of its own that nobody else can reach.
        spaces = ("http://www.onvif.org/ver10/device/wsdl", "http://www.onvif.org/ver10/media/wsdl")
        return (
            "<tds:GetServicesResponse>"
            + "".join(
                f"<tds:Service><tds:Namespace>{space}</tds:Namespace><tds:XAddr>http://169.254.7.7/onvif/"
                f"{space.split('/')[-2]}_service</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>5</tt:Minor>"
                "</tds:Version></tds:Service>"
                for space in spaces
            )
            + "</tds:GetServicesResponse>"
        )

    def _about(self) -> str:
        return (
            "<tds:GetDeviceInformationResponse><tds:Manufacturer>Sharp Eyes</tds:Manufacturer>"
            "<tds:Model>Virtual</tds:Model><tds:FirmwareVersion>1.0</tds:FirmwareVersion><tds:SerialNumber>1</tds:SerialNumber>"
            "<tds:HardwareId>1</tds:HardwareId></tds:GetDeviceInformationResponse>"
        )

    def _profiles(self) -> str:
        return (
            "<trt:GetProfilesResponse>"
            + "".join(
                f'<trt:Profiles token="{one.token}" fixed="true"><tt:Name>{one.token}</tt:Name>'
                f'<tt:VideoSourceConfiguration token="vs-{one.token}"><tt:Name>vs</tt:Name>'
                f"<tt:SourceToken>{one.source}</tt:SourceToken></tt:VideoSourceConfiguration>"
                f'<tt:VideoEncoderConfiguration token="ve-{one.token}"><tt:Name>ve</tt:Name>'
                f"<tt:Encoding>{one.encoding}</tt:Encoding><tt:Resolution><tt:Width>{one.width}</tt:Width>"
                f"<tt:Height>{one.height}</tt:Height></tt:Resolution><tt:Quality>5</tt:Quality><tt:RateControl>"
                f"<tt:FrameRateLimit>{one.rate}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>"
                "<tt:BitrateLimit>4096</tt:BitrateLimit></tt:RateControl><tt:H264>"
                f"<tt:GovLength>{one.group}</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264>"
                "</tt:VideoEncoderConfiguration></trt:Profiles>"
                for one in self.streams
            )
            + "</trt:GetProfilesResponse>"
        )

    def _stream_address(self, token: str) -> str:
        url = next((one.url for one in self.streams if one.token == token), "")
        return (
            f"<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{escape(url)}</tt:Uri></trt:MediaUri>"
            "</trt:GetStreamUriResponse>"
        )

    def _answer_probes(self) -> None:
        while True:
            try:
                probe, sender = self._probes.recvfrom(65535)
            except OSError:
                return
            if not probe:
                return  # closed
            try:
                root = ElementTree.fromstring(probe)
            except ElementTree.ParseError:
                continue
            if _text(root, "Action").endswith("/Probe"):
                self._probes.sendto(self._match(_text(root, "MessageID")), sender)

    def _match(self, question: str) -> bytes:
        scopes = f"onvif://www.onvif.org/name/{self.name} onvif://www.onvif.org/hardware/Virtual"
        return _envelope(
            "<d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference><wsa:Address>"
            f"{self._id}</wsa:Address></wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types>"
            f"<d:Scopes>{escape(scopes)}</d:Scopes>"
            f"<d:XAddrs>http://169.254.7.7/onvif/device_service {self.url}</d:XAddrs>"
            "<d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches>",
            f"<wsa:MessageID>urn:uuid:{uuid.uuid4()}</wsa:MessageID><wsa:RelatesTo>{escape(question)}</wsa:RelatesTo>"
            "<wsa:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</wsa:Action>",
        )


def _joined(address: str) -> socket.socket:
    """A socket that hears the probes on this interface, beside others that do."""
    hearing = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    hearing.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    hearing.bind(("", PORT))
    membership = struct.pack("4s4s", socket.inet_aton(GROUP), socket.inet_aton(address))
    hearing.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    return hearing


def _text(root: ElementTree.Element, name: str) -> str:
    """Text of the first element of this name, in whatever namespace."""
    return next((part.text or "" for part in root.iter() if part.tag.rpartition("}")[2] == name), "")


def _envelope(body: str, header: str = "") -> bytes:
    text = f"<s:Envelope {_SPACES}><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    return ('<?xml version="1.0" encoding="UTF-8"?>' + text).encode()


def _fault(code: str, reason: str) -> bytes:
    return _envelope(
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{code}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en">{reason}</s:Text></s:Reason></s:Fault>'
    )


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--main", required=True, help="address of the main stream (said to be 1920 x 1080)")
    parser.add_argument("--sub", help="address of the substream (said to be 640 x 360)")
    parser.add_argument("--address", default="127.0.0.1", help="interface to answer on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="TCP port (default: a free one)")
    parser.add_argument("--username", help="user name to ask for (default: everybody is let in)")
    parser.add_argument("--password", default="", help="its password")
    options = parser.parse_args()
    streams = [Stream("main", options.main, 1920, 1080)]
    streams += [Stream("sub", options.sub, 640, 360)] if options.sub else []
    with VirtualCamera(
        streams, address=options.address, username=options.username, password=options.password, port=options.port
    ) as camera:
        print(f"ready: {camera.url}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
