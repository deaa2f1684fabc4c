"""Looks at one camera as a deployer would: which streams it has, what they are worth, and what to set in it."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2

from sharp_eyes.edge.camera_check.advice import advice_on, advice_on_clock, advice_on_pair, described
from sharp_eyes.edge.camera_check.login import Login, without_login
from sharp_eyes.edge.camera_check.onvif import Device, Profile, ask_device
from sharp_eyes.edge.camera_check.stream_check import StreamReport, check_stream
from sharp_eyes.edge.errors import ConfigError, SourceError
from sharp_eyes.edge.settings import RtspSource

SMALLEST_SUB = 640
"""Pixels across that a substream should have, for the detectors."""

RTSP = ("rtsp://", "rtsps://")


@dataclass(frozen=True, slots=True)
class Streams:
    """Which streams of a camera are meant.

    Attributes:
        main, sub: addresses without a login; ``sub`` is None where there is none.
        device: what it says of itself, where it was asked over ONVIF.
    """

    main: str
    sub: str | None = None
    device: Device | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """What was seen.

    Attributes:
        reports: what each stream turned out to be, by ``main stream`` and ``substream``.
        advice: what to set in the camera, most important first.
    """

    reports: Mapping[str, StreamReport]
    advice: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """One a stream."""
        return [f"{name}: {described(report)}" for name, report in self.reports.items()]


def streams_of(
    address: str, login: Login, main: str | None = None, sub: str | None = None, channel: str | None = None
) -> Streams:
    """Find out which streams are meant: of an ``rtsp://`` address that one, else ask the camera over ONVIF.

    Args:
        main, sub: profiles by token or name, or ``rtsp://`` addresses; chosen by their size where None.
        channel: number (from 1) or token of a recorder's video source.

    Raises:
        ConfigError: a profile or channel is not there, or several channels are and none is named.
        SourceError: the camera does not answer.
    """
    if address.startswith(RTSP):
        if wrong := next((one for one in (main, sub) if one and not one.startswith(RTSP)), None):
            raise ConfigError(
                f"{wrong!r} is a profile: give the camera's ONVIF address, or the stream's rtsp:// address"
            )
        return Streams(without_login(main or address), without_login(sub) if sub else None)
    return streams_of_device(ask_device(address, login), main, sub, channel)


def streams_of_device(
    device: Device, main: str | None = None, sub: str | None = None, channel: str | None = None
) -> Streams:
    """Choose among the profiles of a camera that was asked, as :func:`streams_of` does.

    Raises:
        ConfigError: a profile or channel is not there, or several channels are and none is named.
    """
    profiles = _of_channel(device.profiles, channel)
    large = _named(profiles, main) if main else max(profiles, key=lambda one: one.pixels)
    small = _named(profiles, sub) if sub else _smaller(profiles, large)
    return Streams(large.url, small.url if small is not None and small.url != large.url else None, device)


def examine(streams: Streams, login: Login) -> Examination:
    """Watch the streams, both at once, and judge them with the clock.

    Raises:
        SourceError: names the stream that cannot be read, and why.
    """
    addresses = {"main stream": streams.main, **({"substream": streams.sub} if streams.sub else {})}

    def check(item: tuple[str, str]) -> StreamReport:
        name, url = item
        try:
            return check_stream(RtspSource(url=login.address(url)))
        except SourceError as error:
            raise type(error)(f"{name}: {error}") from None

    with ThreadPoolExecutor(len(addresses)) as pool:
        reports = dict(zip(addresses, pool.map(check, addresses.items()), strict=True))
    return Examination(reports, tuple(_advice(reports, streams.device)))


def save_picture(report: StreamReport, path: Path) -> None:
    """Write the stream's picture, for its owner alone.

    Raises:
        ConfigError: it cannot be written.
    """
    done, encoded = cv2.imencode(".jpg", report.picture)
    try:
        if not done:
            raise OSError(0, "the picture cannot be made a JPEG")
        path.write_bytes(encoded.tobytes())
    except OSError as error:
        raise ConfigError(f"--picture {path}: {error.strerror}") from error


def _advice(reports: Mapping[str, StreamReport], device: Device | None) -> list[str]:
    main, sub = reports["main stream"], reports.get("substream")
    said: list[str] = []
    for name, report in reports.items():
        # What is only kept for clips may be large and needs no even keyframes more than the other one.
        found = [text for text in advice_on(report) if not (sub is not None and report is main and "decode" in text)]
        said += [f"{name}: {text}" if sub is not None else text for text in found]
    if sub is not None:
        said += advice_on_pair(main, sub)
    return said + advice_on_clock(device.clock_offset if device else None)


def _of_channel(profiles: Sequence[Profile], channel: str | None) -> list[Profile]:
    sources = list(dict.fromkeys(profile.source for profile in profiles))
    if channel is None:
        if len(sources) == 1:
            return list(profiles)
        listed = "; ".join(f"{number} ({source})" for number, source in enumerate(sources, 1))
        raise ConfigError(f"it has {len(sources)} channels; say which with --channel: {listed}")
    wanted = sources[int(channel) - 1] if channel.isdecimal() and 1 <= int(channel) <= len(sources) else channel
    chosen = [profile for profile in profiles if profile.source == wanted]
    if not chosen:
        raise ConfigError(f"--channel {channel}: it has {', '.join(sources)}")
    return chosen


def _named(profiles: Sequence[Profile], wanted: str) -> Profile:
    for profile in profiles:
        if wanted in (profile.token, profile.name):
            return profile
    listed = ", ".join(f"{one.token} ({one.name}, {one.width} x {one.height})" for one in profiles)
    raise ConfigError(f"there is no profile {wanted!r}; it has {listed}")


def _smaller(profiles: Sequence[Profile], main: Profile) -> Profile | None:
    """The substream: at most half as many pixels; the smallest that is wide enough, or else the largest."""
    small = [one for one in profiles if 0 < one.pixels <= main.pixels / 2 and one.codec not in ("JPEG", "MJPEG")]
    wide = [one for one in small if one.width >= SMALLEST_SUB]
    if wide:
        return min(wide, key=lambda one: one.pixels)
    return max(small, key=lambda one: one.pixels, default=None)
