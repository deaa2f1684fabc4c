"""Another system is told by a signed request, after Standard Webhooks (https://www.standardwebhooks.com)."""

import base64
import binascii
import hashlib
import hmac
import json
from pathlib import Path

from sharp_eyes.hub.notices.channels.files import secret_line
from sharp_eyes.hub.notices.channels.http import post
from sharp_eyes.hub.notices.message import Message

_PREFIX = "whsec_"


class Webhook:
    """Signs what it sends: id, moment and body, so that nobody else can send it and nobody can send it again later."""

    def __init__(self, url: str, secret_file: Path, timeout: float) -> None:
        self._url = url
        self._key = _key(secret_line(secret_file))
        self._timeout = timeout

    def send(self, message: Message) -> None:
        """Send all of a message as data; the id is the message's, whatever attempt it is."""
        content = {
            "type": "notices",
            "timestamp": message.at.isoformat(),
            "data": [{"kind": one.kind, "at": one.at.isoformat(), **one.data} for one in message.items],
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        moment = str(int(message.at.timestamp()))
        headers = {"webhook-id": str(message.id), "webhook-timestamp": moment}
        headers["webhook-signature"] = sign(self._key, str(message.id), moment, body)
        post(self._url, body, headers, self._timeout)


def sign(key: bytes, identity: str, moment: str, body: bytes) -> str:
    """Sign as the standard says: ``v1,`` and the Base64 of an HMAC-SHA256."""
    code = hmac.new(key, f"{identity}.{moment}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(code).decode()}"


def _key(secret: str) -> bytes:
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        return secret.encode()
