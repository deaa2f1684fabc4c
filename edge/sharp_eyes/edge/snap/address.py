"""Addresses with their logins: how they are read and written, and how they may be shown.

User names, passwords and tokens never leave the gateway's memory.
"""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

_USER_INFO = re.compile(r"(?<=://)(?:(?!://)[^\r\n])*@")
_SECRET_FIELD = re.compile(r"(?i)\b((?:user(?:name)?|login|pass(?:word|wd)?|pwd|token|auth|key)=)[^&;/\s]*")
_UNDERSCORED_FIELD = re.compile(r"(?i)(_(?:pass(?:word|wd)?|pwd)=)[^&;/\s]*")


def masked(text: str) -> str:
    """Return the text with the credentials of every address in it replaced by ``***``.

    Greedy on purpose: a password that itself holds ``@``, ``/`` or a blank goes whole, at the price of hiding what
    stands between an address and a later ``@`` of the same line, up to the next address.
    """
    text = _USER_INFO.sub("***@", text)
    text = _UNDERSCORED_FIELD.sub(r"\1***", text)
    return _SECRET_FIELD.sub(r"\1***", text)


class Address(NamedTuple):
    """An address taken apart.

    Attributes:
        scheme: such as ``rtsp``.
        username, password: in plain, without escapes; None where the address has none.
        place: host, port and path, as they stand.
    """

    scheme: str
    username: str | None
    password: str | None
    place: str

    @property
    def escaped(self) -> str:
        """The address with its login escaped, so that any character may stand in it."""
        if self.username is None and self.password is None:
            return f"{self.scheme}://{self.place}"
        login = quote(self.username or "", safe="")
        if self.password is not None:
            login += ":" + quote(self.password, safe="")
        return f"{self.scheme}://{login}@{self.place}"


_PORT = re.compile(r"[^:]*(?::\d*)?|\[[^\]]*\](?::\d*)?")


def parse_address(url: str) -> Address:
    """Take an address apart, also where its password holds ``#``, ``/``, ``?``, ``@`` or a ``%`` that escapes nothing.

    By the standard those must be escaped, but people copy passwords as they are. The login ends at the last ``@``
    before the path; where there is none, and what stands there is no host with a port, at the last one of all.
    """
    scheme, _, rest = url.partition("://")
    front = re.split(r"[/?#]", rest, maxsplit=1)[0]
    end = front.rfind("@")
    if end < 0 and not _PORT.fullmatch(front):
        end = rest.rfind("@")
    if end < 0:
        return Address(scheme, None, None, rest)
    username, colon, password = rest[:end].partition(":")
    return Address(scheme, unquote(username), unquote(password) if colon else None, rest[end + 1 :])
