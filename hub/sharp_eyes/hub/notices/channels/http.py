"""A request to an address that the hub's settings name: no redirects, no proxies, a bounded answer."""

import time
from collections.abc import Mapping
from contextlib import nullcontext

import httpx

from sharp_eyes.hub.errors import ChannelError

_MOST = 64 * 1024
_PASSING = frozenset({408, 409, 425, 429})
"""Refusals that another attempt may overcome; 5xx is the server's own trouble and is one too."""


def line_out(timeout: float) -> httpx.Client:
    """A line for several requests to one host: no redirects, which would lead to where nobody said; no proxies."""
    return httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    timeout: float,
    at: str | None = None,
    line: httpx.Client | None = None,
) -> bytes:
    """Post a body of JSON; give the answer's first 64 KiB.

    The address is in no error's text: it may hold a key. ``at``: the IP address to connect to, so that nobody looks the
    name up again; certificate and ``Host`` are the name's. ``line``: one that is used again, for this host alone.

    Raises:
        ChannelError: it was not taken.
    """
    sent = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "sharp-eyes-hub"} | dict(headers)
    end = time.monotonic() + 3 * timeout
    extensions: dict[str, str] = {}
    try:
        target = httpx.URL(url)
        if at is not None:
            sent["Host"] = target.netloc.decode("ascii")
            extensions["sni_hostname"] = target.raw_host.decode("ascii")
            target = target.copy_with(host=at)
        with (
            line_out(timeout) if line is None else nullcontext(line) as client,
            client.stream("POST", target, content=body, headers=sent, extensions=extensions) as answer,
        ):
            content = b""
            for part in answer.iter_bytes():
                content += part
                if len(content) > _MOST or time.monotonic() > end:
                    break
    except httpx.TimeoutException as error:
        raise ChannelError(f"no answer within {timeout:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ChannelError(f"not reached: {type(error).__name__}") from error
    status = answer.status_code
    if not answer.is_success:
        lasting = status < 500 and status not in _PASSING
        raise ChannelError(f"refused with {status} {answer.reason_phrase}".strip(), lasting=lasting)
    return content[:_MOST]
