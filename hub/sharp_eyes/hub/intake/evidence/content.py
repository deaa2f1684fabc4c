"""Whether a file of evidence is what it was announced as, by its first bytes."""

from pathlib import Path

_BEGINNINGS = {
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "video/mp4": (4, b"ftyp"),
}


def is_of_type(file: Path | bytes, media_type: str) -> bool:
    """Whether a file, or its bytes, begin as its type does; a browser is told that type."""
    offset, beginning = _BEGINNINGS[media_type]
    if isinstance(file, bytes):
        return file.startswith(beginning, offset)
    with file.open("rb") as opened:
        return opened.read(offset + len(beginning)).startswith(beginning, offset)
