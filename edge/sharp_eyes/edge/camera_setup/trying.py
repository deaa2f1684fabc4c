"""Tries a camera that is to be added: which of its streams are watched, and whether pictures come."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

from sharp_eyes.contract.camera_setup import Addition, SeenStream
from sharp_eyes.edge.camera_check.examination import RTSP, Streams, examine, streams_of_device
from sharp_eyes.edge.camera_check.login import Login
from sharp_eyes.edge.camera_check.onvif import ask_device
from sharp_eyes.edge.camera_check.stream_check import StreamReport
from sharp_eyes.edge.camera_setup.login_keys import bare
from sharp_eyes.edge.camera_setup.refusal import SetupRefusedError
from sharp_eyes.edge.errors import ConfigError, LoginRefusedError, NoVideoError, SourceError

_ONVIF_CODECS = ("", "H264", "H265", "HEVC")
_CODECS = ("h264", "hevc")

Networks = Sequence[IPv4Network | IPv6Network]


def try_camera(address: str, login: Login, channel: str | None, networks: Networks) -> tuple[Streams, Addition]:
    """Ask a camera and watch its streams for some seconds.

    Args:
        address: of its ONVIF service, its host, or ``rtsp://…``.
        channel: which one of a recorder's.
        networks: in which it must lie; none: anywhere.

    Raises:
        SetupRefusedError: says why it cannot be watched.
    """
    _check_place(address, networks)
    try:
        streams = _streams(address, login, channel)
        for url in filter(None, (streams.main, streams.sub)):
            _check_place(url, networks)
        reports = examine(streams, login).reports
    except LoginRefusedError as error:
        raise SetupRefusedError("login", str(error)) from error
    except NoVideoError as error:
        raise SetupRefusedError("no_video", str(error)) from error
    except SourceError as error:
        raise SetupRefusedError("unreachable", str(error)) from error
    except ConfigError as error:
        raise SetupRefusedError("no_onvif", str(error)) from error
    for name, report in reports.items():
        if report.codec not in _CODECS:
            raise SetupRefusedError("no_video", f"{name}: {report.codec} is not watched; set it to H.264 or H.265")
    device, sub = streams.device, reports.get("substream")
    return streams, Addition(
        model=device.model if device else "",
        clock_offset=device.clock_offset if device else None,
        main=_seen(reports["main stream"]),
        sub=None if sub is None else _seen(sub),
    )


def _streams(address: str, login: Login, channel: str | None) -> Streams:
    if address.startswith(RTSP):
        return Streams(address)
    device = ask_device(address, login)
    profiles = tuple(one for one in device.profiles if one.codec in _ONVIF_CODECS)
    if not profiles:
        codecs = ", ".join(sorted({one.codec for one in device.profiles}))
        raise NoVideoError(f"{address} has profiles in {codecs} alone; set one to H.264 or H.265")
    channels = tuple(dict.fromkeys(one.source for one in profiles))
    if len(channels) > 1 and channel not in channels:
        raise SetupRefusedError("channels", f"{address} has {len(channels)} channels", channels[:64])
    return streams_of_device(replace(device, profiles=profiles), channel=channel)


def _check_place(address: str, networks: Networks) -> None:
    if not networks:
        return
    host = urlsplit(bare(address)).hostname or ""
    listed = ", ".join(map(str, networks))
    try:
        if any(ip_address(host) in network for network in networks):
            return
    except ValueError:
        raise SetupRefusedError("outside", f"{host} is a name; give an address within {listed}") from None
    raise SetupRefusedError("outside", f"{host} lies outside of {listed}, where this gateway's file lets cameras be")


def _seen(report: StreamReport) -> SeenStream:
    return SeenStream(
        codec=report.codec,
        width=report.width,
        height=report.height,
        rate=round(report.frame_rate, 2),
        keyframes=report.keyframe_interval and round(report.keyframe_interval, 2),
    )
