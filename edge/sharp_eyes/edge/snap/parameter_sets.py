"""Parameter sets in a byte stream (ITU-T H.264 and H.265, annex B): what a decoder must know before a keyframe."""

import re

_START = re.compile(b"\0\0\0?\1")
_BETWEEN = b"\0\0\0\1"


def parameter_sets(codec: str, data: bytes) -> bytes:
    """The parameter sets that stand before the picture in ``data``, as a byte stream; empty where there are none.

    Args:
        codec: ``h264`` or ``hevc``; any other has none.
        data: a packet or a codec's header, in annex B's form; one of another form has none.
    """
    if codec not in ("h264", "hevc") or not data.startswith((b"\0\0\0\1", b"\0\0\1")):
        return b""
    found = []
    starts = list(_START.finditer(data))
    for here, following in zip(starts, [*starts[1:], None], strict=True):
        first = data[here.end()] if here.end() < len(data) else 0
        if _is_picture(codec, first):
            break
        if _is_parameter_set(codec, first):
            unit = data[here.end() : following.start() if following else len(data)].rstrip(b"\0")
            found.append(_BETWEEN + unit)
    return b"".join(found)


def _is_parameter_set(codec: str, first: int) -> bool:
    return first & 31 in (7, 8) if codec == "h264" else first >> 1 & 63 in (32, 33, 34)


def _is_picture(codec: str, first: int) -> bool:
    return first & 31 in (1, 2, 5) if codec == "h264" else first >> 1 & 63 < 32
