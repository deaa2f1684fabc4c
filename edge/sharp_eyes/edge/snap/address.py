"""Addresses as they may be shown: user names, passwords and tokens never leave the gateway's memory."""

import re

_USER_INFO = re.compile(r"(?<=://)[^\s]*@")
_SECRET_FIELD = re.compile(r"(?i)\b((?:user(?:name)?|login|pass(?:word|wd)?|pwd|token|auth|key)=)[^&;/\s]*")
_UNDERSCORED_FIELD = re.compile(r"(?i)(_(?:pass(?:word|wd)?|pwd)=)[^&;/\s]*")


def masked(text: str) -> str:
    """Return the text with the credentials of every address in it replaced by ``***``.

    Greedy on purpose: a password that itself holds ``@`` or ``/`` goes whole, at the price of hiding the
    start of a path that holds ``@``.
    """
    text = _USER_INFO.sub("***@", text)
    text = _UNDERSCORED_FIELD.sub(r"\1***", text)
    return _SECRET_FIELD.sub(r"\1***", text)
