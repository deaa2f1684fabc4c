"""Opens cameras and recordings; what PyAV raises becomes a :class:`SourceError` here."""

import errno
import socket
import stat
import time
from pathlib import Path
from urllib.parse import urlsplit

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from sharp_eyes.edge.errors import ConfigError, LoginRefusedError, NoVideoError, SourceError
from sharp_eyes.edge.settings import FileSource, RtspSource
from sharp_eyes.edge.snap.address import Address, masked, parse_address

LONGEST_ANALYSIS = 3.0
"""Seconds a stream is probed at most before it is decoded."""

_ESCAPES = (
    "In the address # / ? @ % of a password are written %23 %2F %3F %40 %25; source.password_file takes it as it is"
)

_LOGIN_REFUSED = (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError)

RECORDINGS = "mov,matroska,avi,mpegts,mpeg,flv,h264,hevc,asf,ogg,dhav,m4v,mjpeg,mpegvideo"
"""Containers that are read; without the list FFmpeg would play a text file as a terminal animation."""


def open_rtsp(source: RtspSource) -> InputContainer:
    """Connect to a camera; only its video is asked for.

    Raises:
        SourceError: names the address without its credentials and says why it cannot be read. It carries
            no traceback of FFmpeg's own error, whose text holds the password.
    """
    options = {
        "rtsp_transport": source.transport,
        "allowed_media_types": "video",
        "analyzeduration": str(round(min(LONGEST_ANALYSIS, source.timeout / 2) * 1_000_000)),
    }
    address = _with_login(source)
    started = time.monotonic()
    try:
        container = av.open(address.escaped, options=options, timeout=source.timeout)
    except av.error.FFmpegError as error:
        reason = _connection_reason(error, source, time.monotonic() - started)
        kind = LoginRefusedError if isinstance(error, _LOGIN_REFUSED) else SourceError
    else:
        if container.streams.video:
            return container
        container.close()
        reason, kind = "sends no video; check the path in the address", NoVideoError
    raise kind(f"{masked(source.url)} {reason}")


def open_file(source: FileSource) -> InputContainer:
    """Open a recording.

    Raises:
        SourceError: names the file and says what to do.
    """
    path = source.path
    _must_be_file(path)
    options = {"format_whitelist": RECORDINGS, "protocol_whitelist": "file"}
    try:
        container = av.open(str(path), options=options)
    except (av.error.FFmpegError, OSError) as error:
        raise SourceError(_unreadable(path, error)) from error
    if not container.streams.video:
        container.close()
        raise SourceError(f"{path} holds no video; check source.path")
    return container


def video_stream(container: InputContainer) -> VideoStream:
    """Return the first video stream, set to be decoded in the thread that asks for it."""
    stream = container.streams.video[0]
    # One thread a camera: the processor is shared by many cameras, and frames come out without delay.
    stream.codec_context.thread_count = 1
    return stream


def interrupted_reason(error: av.error.FFmpegError, silent_for: float, timeout: float) -> str:
    """Say why a camera that had answered gives no more packets."""
    if silent_for >= 0.9 * timeout:
        return f"sent nothing for {timeout:g} s"
    return f"broke off ({_plain(error)})"


def _must_be_file(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise SourceError(f"{path} does not exist; check source.path") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({_plain(error)}); check source.path") from error
    if stat.S_ISDIR(mode):
        raise SourceError(f"{path} is a folder; use source.kind: folder for a folder of pictures")
    if not stat.S_ISREG(mode):
        # Opening a pipe waits for who writes into it, and nothing can end that.
        raise SourceError(f"{path} is no file but a pipe or a device; check source.path")


def _unreadable(path: Path, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return f"{path} may not be read; give the gateway's user access to it"
    return (
        f"{path} is no readable video ({_plain(error)}); "
        "check that it is a recording, complete, and plays in another program"
    )


def _connection_reason(error: av.error.FFmpegError, source: RtspSource, elapsed: float) -> str:
    if isinstance(error, _LOGIN_REFUSED):
        return f"refuses the user name or password; check them. {_ESCAPES}"
    if isinstance(error, av.error.HTTPNotFoundError):
        return "has no stream by this path (404); check the path in source.url"
    if isinstance(error, ConnectionRefusedError):
        return "does not answer (connection refused); check the port, and that the camera is on"
    if elapsed >= 0.9 * source.timeout:
        return f"does not answer (nothing came within {source.timeout:g} s); check address and network"
    if error.errno == errno.EIO and not _host_known(source.url):
        return f"does not answer (the host name is not known); check source.url. {_ESCAPES}"
    return f"does not answer ({_plain(error)})" + ("; " + _ESCAPES if "@" in source.url else "")


def _with_login(source: RtspSource) -> Address:
    """The address with the user name and password that stand beside it.

    Raises:
        SourceError: when the password cannot be read; the camera's health says so, and the next try reads it again.
    """
    address = parse_address(source.url)
    try:
        password = source.password()
    except ConfigError as error:
        raise SourceError(f"{masked(source.url)} is not called: {error}") from None
    if source.username is not None:
        address = address._replace(username=source.username)
    if password is not None:
        address = address._replace(password=password)
    if address.password is not None and not address.username:
        raise SourceError(f"{masked(source.url)} is not called: a password without a user name; set source.username")
    return address


def _host_known(url: str) -> bool:
    try:
        socket.getaddrinfo(urlsplit(f"//{parse_address(url).place}").hostname, None)
    except (OSError, ValueError):
        return False
    return True


def _plain(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return masked(text[:1].lower() + text[1:])
