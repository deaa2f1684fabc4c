"""Cameras that speak ONVIF: found by WS-Discovery, asked for their clock and their media profiles.

The one place that knows the library (the extra ``onvif``); what it raises becomes a :class:`SourceError` here.
"""

import fcntl
import logging
import socket
import struct
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit

from sharp_eyes.contract.backports import UTC
from sharp_eyes.edge.camera_check.login import Login, without_login
from sharp_eyes.edge.errors import ConfigError, LoginRefusedError, NoVideoError, SourceError

PATIENCE = 5.0
"""Seconds that a camera has for each answer."""

_SIOCGIFADDR = 0x8915
_TEXT_LIMIT = 80


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """What answered to a probe.

    Attributes:
        address: of its device service, to be given to ``cameras test`` and ``cameras add``.
        name, hardware, location: as it says itself.
    """

    address: str
    name: str
    hardware: str
    location: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One media profile with a video stream.

    Attributes:
        token, name: as the camera calls it.
        source: the video source (the channel of a recorder) that it shows.
        url: its RTSP address, without a login.
        codec: such as ``H264``; empty where the camera does not say, as are the numbers 0.
        width, height: in pixels.
        keyframe_interval: seconds, by its settings.
    """

    token: str
    name: str
    source: str
    url: str
    codec: str
    width: int
    height: int
    keyframe_interval: float | None

    @property
    def pixels(self) -> int:
        """Width times height; 0 where unknown."""
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class Device:
    """What a camera says of itself.

    Attributes:
        model: maker, model and firmware.
        clock_offset: seconds by which its clock is ahead of this machine's; None where it does not tell.
        profiles: those with video, in the camera's order.
    """

    model: str
    clock_offset: float | None
    profiles: tuple[Profile, ...]


def find_devices(interfaces: Sequence[str], seconds: float) -> list[FoundDevice]:
    """Probe the networks of these interfaces, all at once.

    Args:
        interfaces: IPv4 addresses of this machine; all but the loopback's where empty.
        seconds: for which answers are awaited.

    Raises:
        ConfigError: the extra is missing, there is no such interface, or it cannot be used.
    """
    discovery = _onveef("onveef.wsdiscovery")
    own = dict(_interfaces())
    chosen = list(interfaces) or [address for address in own.values() if not address.startswith("127.")]
    if unknown := [address for address in chosen if address not in own.values()]:
        listed = ", ".join(f"{address} ({name})" for name, address in own.items())
        raise ConfigError(f"--interface {unknown[0]}: this machine has {listed}")
    if not chosen:
        raise ConfigError("this machine has no network but the loopback; connect it, or give --interface")

    def probe(address: str) -> Any:
        return discovery.discover(interface_ip=address, timeout_s=seconds)

    try:
        with ThreadPoolExecutor(len(chosen)) as pool:
            answers = [device for found in pool.map(probe, chosen) for device in found]
    except OSError as error:
        raise ConfigError(f"cameras cannot be looked for on {', '.join(chosen)}: {error}") from error
    return _distinct(answers)


def ask_device(address: str, login: Login) -> Device:
    """Ask a camera for its clock and its profiles.

    Args:
        address: host, ``host:port``, or the address of its device service.
        login: goes as a digest, never in plain.

    Raises:
        ConfigError: the extra is missing.
        SourceError: names the address and says why there is no answer.
    """
    onveef, httpx = _onveef("onveef"), _onveef("httpx")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would tell every request
    # Cameras are neither behind a proxy nor do their certificates come from an authority; the password is never sent.
    http = httpx.Client(timeout=PATIENCE, verify=False, trust_env=False)
    where = without_login(address)
    try:
        with http:
            client = onveef.OnvifClient(
                where, username=login.username or "", password=login.password or "",
                http_client=http, http_auth="digest", retries=1,
            )  # fmt: skip
            offset = _clock_offset(client)
            about = client.get_device_information()
            profiles = tuple(_profiles(client))
    except onveef.OnvifAuthError:
        given = f"the user name or password of {login.username!r}" if login.username else "to answer without --username"
        said = f"{where} refuses {given}; many cameras have ONVIF users of their own: make one"
        raise LoginRefusedError(said) from None
    except onveef.OnvifCapabilityMissingError as error:
        raise NoVideoError(f"{where} speaks ONVIF but has no media service: {_line(error)}") from None
    except (onveef.OnvifError, httpx.InvalidURL, ValueError) as error:
        raise SourceError(
            f"{where} gives no ONVIF answer ({_line(error)}); check address and port, switch ONVIF on in the camera, "
            "or give its rtsp:// address"
        ) from None
    if not profiles:
        raise NoVideoError(f"{where} has no profile with video; set one up in the camera, or give its rtsp:// address")
    words = (about.get("Manufacturer"), about.get("Model"), about.get("FirmwareVersion"))
    return Device(" ".join(_plain(word) for word in words if word), offset, profiles)


def _profiles(client: Any) -> Iterator[Profile]:
    for raw in client.get_profiles():
        encoder = raw.get("video_encoder") or {}
        if not encoder and not raw.get("video_source"):
            continue
        url = without_login(str(client.get_stream_uri(profile_token=raw["token"])))
        if not url.startswith(("rtsp://", "rtsps://")):
            continue
        rate, group = encoder.get("fps_limit") or 0, encoder.get("gop") or 0
        yield Profile(
            token=str(raw["token"]),
            name=_plain(raw.get("name") or raw["token"]),
            source=str((raw.get("video_source") or {}).get("source_token", "")),
            url=url,
            codec=_plain(encoder.get("encoding") or "").upper(),
            width=int(encoder.get("width") or 0),
            height=int(encoder.get("height") or 0),
            keyframe_interval=group / rate if rate and group else None,
        )


def _clock_offset(client: Any) -> float | None:
    before = time.time()
    said = client.get_system_date_time().get("UTCDateTime")
    middle = (before + time.time()) / 2
    if not said:
        return None
    try:
        moment = datetime(
            said["year"], said["month"], said["day"], said["hour"], said["minute"], said["second"], tzinfo=UTC
        )
        return moment.timestamp() + 0.5 - middle  # it says whole seconds
    except ValueError:
        return None


def _distinct(answers: Sequence[Any]) -> list[FoundDevice]:
    """One entry a device, however many interfaces it answered on."""
    found: dict[str, FoundDevice] = {}
    for device in answers:
        key = str(device.endpoint_reference or device.address)
        address = _reachable(device.xaddrs) or str(device.address)
        words = (_plain(unquote(str(word))) for word in (device.name, device.hardware, device.location))
        found.setdefault(key, FoundDevice(_plain(address), *words))
    return sorted(found.values(), key=lambda device: device.address)


def _reachable(addresses: Sequence[str]) -> str:
    """The address to use of those a device has: IPv4 before IPv6, a routable one before a link-local one."""

    def worth(address: str) -> tuple[bool, bool]:
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            host = ""
        return ":" in host, host.startswith("169.254.") or not host

    return min(map(str, addresses), key=worth, default="")


def _interfaces() -> Iterator[tuple[str, str]]:
    """Name and IPv4 address of this machine's interfaces that have one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, request)
            except OSError:
                continue
            yield name, socket.inet_ntoa(answer[20:24])


def _plain(text: object) -> str:
    """A stranger's words without what would move a terminal's cursor, and not too many."""
    return "".join(letter for letter in str(text) if letter.isprintable())[:_TEXT_LIMIT]


def _line(error: Exception) -> str:
    return " ".join(_plain(error).split()) or type(error).__name__


def _onveef(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ConfigError(
            "the extra 'onvif' is not installed: run `pip install 'sharp-eyes[edge,onvif]'`, "
            "or give the camera's rtsp:// address"
        ) from error
