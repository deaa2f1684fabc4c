"""Each way of telling against a real server: what arrives, how it is signed, and which refusals last."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from standardwebhooks import Webhook as Verifier
from tests.hub.notices_bench import Outside, outside
from tests.ports import free_port

from sharp_eyes.hub.channel_settings import MailChannel
from sharp_eyes.hub.errors import ChannelError, SettingsError
from sharp_eyes.hub.notices.channels.bots import Bot
from sharp_eyes.hub.notices.channels.mail import Mail
from sharp_eyes.hub.notices.channels.sms import TextMessage
from sharp_eyes.hub.notices.channels.webhook import Webhook
from sharp_eyes.hub.notices.message import Item, Message
from sharp_eyes.hub.notices.words import Place

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode()
DATA = {
    "case": 7,
    "number": "2026-000007",
    "name": {"zh": "机动车违停", "en": "Illegal parking"},
    "area": "demo/east",
    "grade": "serious",
    "due": "2026-03-01T08:30:00+00:00",
}


@pytest.fixture
def server() -> Iterator[Outside]:
    with outside() as made:
        yield made


def message(count: int = 1, at: datetime | None = None, **more: Any) -> Message:
    values: dict[str, Any] = {
        "id": UUID(int=5),
        "at": at or datetime.now(UTC),
        "items": [Item("dispatched", datetime(2026, 3, 1, tzinfo=UTC), DATA | {"case": n}) for n in range(count)],
        "place": Place(ZoneInfo("Asia/Shanghai"), {"demo/east": ("东社区", "East Community")}),
        "page": "https://eyes.example.org",
    }
    return Message(**values | more)


def secret(folder: Path, text: str, name: str = "secret") -> Path:
    path = folder / name
    path.write_text(text + "\n")
    return path


def test_a_webhook_is_signed_as_the_standard_says(server: Outside, tmp_path: Path) -> None:
    """Checked by the standard's own library; a changed body is not believed."""
    Webhook(f"{server.url}/hook", secret(tmp_path, SECRET), 5).send(message())
    _, headers, body = server.requests[0]
    assert Verifier(SECRET).verify(body, headers)["data"][0]["number"] == "2026-000007"
    assert headers["webhook-id"] == str(UUID(int=5))
    with pytest.raises(Exception, match="No matching signature"):
        Verifier(SECRET).verify(body.replace(b"000007", b"000008"), headers)


def test_a_webhook_goes_nowhere_but_where_the_settings_say(server: Outside, tmp_path: Path) -> None:
    """A redirect is a refusal, and is not followed."""
    server.answers = [(307, b"")]
    with pytest.raises(ChannelError, match="refused with 307"):
        Webhook(f"{server.url}/hook", secret(tmp_path, SECRET), 5).send(message())
    assert [path for path, _, _ in server.requests] == ["/hook"]


@pytest.mark.parametrize(("status", "lasting"), [(500, False), (503, False), (429, False), (410, True), (401, True)])
def test_which_refusals_last(server: Outside, tmp_path: Path, status: int, lasting: bool) -> None:
    """The server's own troubles pass; what it says of us does not."""
    server.answers = [(status, b"no")]
    with pytest.raises(ChannelError) as caught:
        Webhook(f"{server.url}/hook", secret(tmp_path, SECRET), 5).send(message())
    assert caught.value.lasting is lasting


def test_nobody_there_is_a_trouble_that_passes(tmp_path: Path, server: Outside) -> None:
    """And its address, which may hold a key, is not told."""
    server.close()
    with pytest.raises(ChannelError) as caught:
        Bot("wecom", secret(tmp_path, f"{server.url}/send?key=hidden"), None, 5).send(message())
    assert not caught.value.lasting
    assert "hidden" not in str(caught.value)


def test_wecom_gets_markdown_of_its_length(server: Outside, tmp_path: Path) -> None:
    """Many lines are cut to whole ones within 4096 bytes; the rest is counted; no name makes a link."""
    bot = Bot("wecom", secret(tmp_path, f"{server.url}/send?key=k"), None, 5)
    bot.send(message(100))
    path, _, _ = server.requests[0]
    text = server.bodies[0]["markdown"]["content"]
    assert path == "/send?key=k"
    assert len(text.encode()) <= 4096
    lines = text.splitlines()
    assert lines[0] == "**100 条通知（最高级别：较大）：派遣**"
    shown = len(lines) - 2
    assert lines[-1] == f"… +{100 - shown}"
    evil = DATA | {"number": "[x](https://evil)"}
    bot.send(message(items=[Item("dispatched", datetime.now(UTC), evil)], page=None))
    assert "[x]" not in server.bodies[1]["markdown"]["content"]


def test_dingtalk_is_signed(server: Outside, tmp_path: Path) -> None:
    """With the moment in milliseconds, as its documentation says."""
    url, key = secret(tmp_path, f"{server.url}/robot/send?access_token=t", "url"), secret(tmp_path, "SECabc")
    Bot("dingtalk", url, key, 5).send(message(language="en"))
    query = parse_qs(urlsplit(server.requests[0][0]).query)
    wanted = hmac.new(b"SECabc", f"{query['timestamp'][0]}\nSECabc".encode(), hashlib.sha256).digest()
    assert base64.b64decode(unquote_plus(query["sign"][0]).replace(" ", "+")) == wanted
    body = server.bodies[0]
    assert body["msgtype"] == "markdown"
    assert "East Community" in body["markdown"]["text"]
    assert "due 03-01 16:30" in body["markdown"]["text"]


@pytest.mark.parametrize(("code", "lasting"), [(45009, False), (93000, True)])
def test_a_bots_refusal_stands_in_its_answer(server: Outside, tmp_path: Path, code: int, lasting: bool) -> None:
    """It answers 200 to everything."""
    server.answers = [(200, json.dumps({"errcode": code, "errmsg": "no"}).encode())]
    with pytest.raises(ChannelError, match=str(code)) as caught:
        Bot("wecom", secret(tmp_path, f"{server.url}/send?key=k"), None, 5).send(message())
    assert caught.value.lasting is lasting


def test_a_text_message_goes_to_the_adapter(server: Outside, tmp_path: Path) -> None:
    """Number, text and the id by which it is sent once; the token beside it."""
    TextMessage(f"{server.url}/sms", secret(tmp_path, "token"), 5).send(message(address="+8613800000000"))
    assert server.requests[0][1]["authorization"] == "Bearer token"
    assert server.bodies[0] == {
        "id": str(UUID(int=5)),
        "to": "+8613800000000",
        "text": "【派遣】 2026-000007 机动车违停，东社区，较大，时限 03-01 16:30",
    }
    with pytest.raises(ChannelError, match="no telephone number") as caught:
        TextMessage(f"{server.url}/sms", None, 5).send(message())
    assert caught.value.lasting


def test_a_secret_that_is_not_there_is_said_with_its_file(tmp_path: Path) -> None:
    """At the start, not at the first message."""
    with pytest.raises(SettingsError, match=r"missing: cannot be read"):
        Webhook("https://example.org", tmp_path / "missing", 5)
    with pytest.raises(SettingsError, match="is empty"):
        Webhook("https://example.org", secret(tmp_path, ""), 5)
    with pytest.raises(SettingsError, match="is not https"):
        Bot("wecom", secret(tmp_path, "http://example.org/send?key=k"), None, 5)


class Inbox:
    """A mail server that keeps what it takes; it refuses recipients whose name is a number, with that number."""

    def __init__(self) -> None:
        from aiosmtpd.controller import Controller

        self.mails: list[bytes] = []
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _: Any) -> str:  # noqa: N802
        name = address.partition("@")[0]
        if name.isdecimal():
            return f"{name} no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(0)
        self.mails.append(envelope.content)
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    made = Inbox()
    made.controller.start()
    yield made
    made.controller.stop()


def mail(inbox: Inbox, **more: Any) -> Mail:
    values = {"id": "m", "kind": "mail", "host": "127.0.0.1", "port": inbox.port, "security": "none"}
    return Mail(MailChannel.model_validate(values | {"sender": "eyes@example.org"} | more), 5)


def test_a_mail_arrives_with_its_own_id(inbox: Inbox) -> None:
    """The message's, so that the same mail twice can be told to be one."""
    mail(inbox).send(message(2, address="li@example.org"))
    found = message_from_bytes(inbox.mails[0], policy=policy.default)
    assert found["To"] == "li@example.org"
    assert found["Message-ID"] == f"<{UUID(int=5)}@example.org>"
    assert found["Subject"] == "2 条通知（最高级别：较大）：派遣"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found.get_content().splitlines()[1].endswith(" https://eyes.example.org/cases/1")


@pytest.mark.parametrize(("name", "lasting"), [("451", False), ("550", True)])
def test_a_mail_servers_refusal(inbox: Inbox, name: str, lasting: bool) -> None:
    """4xx passes, 5xx lasts."""
    with pytest.raises(ChannelError, match=name) as caught:
        mail(inbox).send(message(address=f"{name}@example.org"))
    assert caught.value.lasting is lasting


@pytest.mark.parametrize("address", ["li@elsewhere.org", None, "li@example.org\nBcc: all@example.org"])
def test_mail_goes_to_the_channels_domains_alone(inbox: Inbox, address: str | None) -> None:
    """And to real addresses: nothing slips a header in."""
    with pytest.raises(ChannelError) as caught:
        mail(inbox, domains=["example.org"]).send(message(address=address))
    assert caught.value.lasting
    assert not inbox.mails


def test_a_mail_server_that_is_away() -> None:
    """Passes."""
    values = {"id": "m", "kind": "mail", "host": "127.0.0.1", "port": free_port(), "security": "none"}
    away = Mail(MailChannel.model_validate(values | {"sender": "eyes@example.org"}), 5)
    with pytest.raises(ChannelError, match="not reached") as caught:
        away.send(message(address="li@example.org"))
    assert not caught.value.lasting
