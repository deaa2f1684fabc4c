"""A group hears of it by a bot of WeCom (企业微信) or DingTalk (钉钉); the bot's address holds its key."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote_plus

from sharp_eyes.hub.channel_settings import check_address
from sharp_eyes.hub.errors import ChannelError, SettingsError
from sharp_eyes.hub.notices.channels.files import secret_line
from sharp_eyes.hub.notices.channels.http import post
from sharp_eyes.hub.notices.message import Message

_MOST_BYTES = 4000
"""WeCom takes 4096 bytes of Markdown, DingTalk some more."""

_BUSY = frozenset({-1, 45009, 45033, 130101, 410100})
"""Their words for 'busy' and 'too many messages': another attempt helps."""

_SPECIAL = re.compile(r"([\\`*_\[\]()<>#])")


class Bot:
    """A bot of a group. ``kind``: ``wecom`` or ``dingtalk``."""

    def __init__(self, kind: str, url_file: Path, secret_file: Path | None, timeout: float) -> None:
        self._kind = kind
        self._url = secret_line(url_file)
        try:
            check_address(self._url, f"the address in {url_file}")
        except ValueError as error:
            raise SettingsError(str(error)) from error
        self._secret = None if secret_file is None else secret_line(secret_file)
        self._timeout = timeout

    def send(self, message: Message) -> None:
        """Send a message as Markdown; the bots answer 200 to everything and say in the body how it went."""
        heading, text = _plain(message.heading), _text(message)
        content: dict[str, object] = {"msgtype": "markdown"}
        if self._kind == "dingtalk":
            content["markdown"] = {"title": heading[:60], "text": text}
        else:
            content["markdown"] = {"content": text}
        answer = post(self._address(message), json.dumps(content, ensure_ascii=False).encode(), {}, self._timeout)
        _check(answer)

    def _address(self, message: Message) -> str:
        if self._secret is None:
            return self._url
        moment = int(message.at.timestamp() * 1000)
        code = hmac.new(self._secret.encode(), f"{moment}\n{self._secret}".encode(), hashlib.sha256).digest()
        return f"{self._url}&timestamp={moment}&sign={quote_plus(base64.b64encode(code))}"


def _text(message: Message) -> str:
    lines = [f"**{_plain(message.heading)}**"] if len(message.items) > 1 else []
    for item, text in zip(message.items, message.lines(len(message.items)), strict=True):
        link = message.link(item)
        said = _plain(text if link is None else text.removesuffix(f" {link}"))
        lines.append(f"- {said}" if link is None else f"- [{said}]({link})")
    return _shortened(lines)


def _shortened(lines: Sequence[str]) -> str:
    """As many whole lines as a bot takes, and how many more there are."""
    kept: list[str] = []
    size = 0
    for place, text in enumerate(lines):
        size += len(text.encode()) + 1
        if size > _MOST_BYTES:
            kept.append(f"… +{len(lines) - place}")
            break
        kept.append(text)
    return "\n".join(kept)


def _plain(text: str) -> str:
    """Text that is no Markdown: names that strangers chose make no links."""
    return _SPECIAL.sub(r"\\\1", text)


def _check(answer: bytes) -> None:
    try:
        said = json.loads(answer)
        code = int(said.get("errcode", 0))
    except (ValueError, AttributeError, TypeError) as error:
        raise ChannelError("the bot's answer is none of its kind") from error
    if code != 0:
        raise ChannelError(f"the bot refused it with errcode {code}", lasting=code not in _BUSY)
