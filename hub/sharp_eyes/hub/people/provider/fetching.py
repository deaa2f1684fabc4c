"""Requests to the provider: no redirects, no proxies of the environment, a bounded answer, errors of our own."""

import json
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from sharp_eyes.hub.errors import ProviderError, SettingsError

_MOST = 512 * 1024


class Fetcher:
    """Asks a provider, and reads its answers as JSON."""

    def __init__(self, ca_file: Path | None, timeout: float) -> None:
        """``ca_file``: the authority of its certificate, the system's where None.

        Raises:
            SettingsError: the file cannot be used.
        """
        self._timeout = timeout
        try:
            # Made once: it reads some hundred certificates.
            self._tls = httpx.create_ssl_context() if ca_file is None else ssl.create_default_context(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(f"{ca_file}: cannot be read ({error}); oidc.ca_file names it") from error

    def get(self, url: str, token: str | None = None) -> dict[str, Any]:
        """Ask for an object; ``token``: an access token that is sent along.

        Raises:
            ProviderError: it was not given.
        """
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        status, content = self.send("GET", url, headers)
        if status != httpx.codes.OK:
            raise ProviderError(_code(status), f"{_place(url)} answers {status}")
        return read_object(url, content)

    def send(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send a request, ``form`` as its body; give status and body.

        Raises:
            ProviderError: there was no answer, or one without an end.
        """
        sent = {"Accept": "application/json", "User-Agent": "sharp-eyes-hub"} | dict(headers)
        body = None if form is None else urlencode(form).encode()
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        end = time.monotonic() + 3 * self._timeout
        content = b""
        try:
            # Not followed: a redirect would carry the secret to where the settings never said.
            with (
                httpx.Client(
                    timeout=self._timeout, follow_redirects=False, trust_env=False, verify=self._tls
                ) as client,
                client.stream(method, url, content=body, headers=sent) as answer,
            ):
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > _MOST or time.monotonic() > end:
                        raise ProviderError("provider_failed", f"{_place(url)} gives an answer without an end")
        except httpx.TimeoutException as error:
            raise ProviderError("provider_away", f"{_place(url)}: no answer within {self._timeout:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderError("provider_away", f"{_place(url)}: not reached: {error}") from error
        return answer.status_code, content


def read_object(url: str, content: bytes) -> dict[str, Any]:
    """Read a body as a JSON object.

    Raises:
        ProviderError: it is none.
    """
    try:
        found = json.loads(content)
    except ValueError as error:
        raise ProviderError("provider_failed", f"{_place(url)} answers with something that is no JSON") from error
    if not isinstance(found, dict):
        raise ProviderError("provider_failed", f"{_place(url)} answers with something that is no JSON object")
    return found


def _code(status: int) -> str:
    busy = status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.REQUEST_TIMEOUT)
    return "provider_away" if status >= httpx.codes.INTERNAL_SERVER_ERROR or busy else "provider_failed"


def _place(url: str) -> str:
    return url.partition("?")[0]
