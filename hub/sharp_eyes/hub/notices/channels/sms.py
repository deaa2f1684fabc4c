"""A person gets a text message, by an adapter that speaks to the provider: each has a form and signature of its own."""

import json
from pathlib import Path

from sharp_eyes.hub.errors import ChannelError
from sharp_eyes.hub.notices.channels.files import secret_line
from sharp_eyes.hub.notices.channels.http import post
from sharp_eyes.hub.notices.message import Message

_LONGEST = 300


class TextMessage:
    """Posts ``{"id", "to", "text"}`` to the adapter, which sends the same id once and answers 2xx when it has it."""

    def __init__(self, url: str, token_file: Path | None, timeout: float) -> None:
        self._url = url
        self._token = None if token_file is None else secret_line(token_file)
        self._timeout = timeout

    def send(self, message: Message) -> None:
        """Send the heading of a message: what is more stands on the page."""
        if message.address is None:
            raise ChannelError("no telephone number is known", lasting=True)
        content = {"id": str(message.id), "to": message.address, "text": message.heading[:_LONGEST]}
        headers = {} if self._token is None else {"Authorization": f"Bearer {self._token}"}
        post(self._url, json.dumps(content, ensure_ascii=False).encode(), headers, self._timeout)
