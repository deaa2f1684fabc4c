"""Gives the bytes of evidence to those who may see them: from the disk, or through the hub from where they lie."""

import logging
import re
from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.handle import pictures
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.store.evidence_store import hold_files, small_key
from sharp_eyes.hub.store.tables import EvidenceFile

_LOG = logging.getLogger(__name__)
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def file_response(hub: Hub, request: Request, key: str, media_type: str, headers: Mapping[str, str]) -> Response | None:
    """Answer with a file, or the piece that ``Range`` asks for; ``None`` where it is missing.

    Raises:
        StoreError: the store does not answer.
    """
    path = hub.evidence_store.path(key)
    if path is not None:
        return FileResponse(path, media_type=media_type, headers=headers)
    size = hub.evidence_store.size(key)
    if size is None:
        return None
    piece = _piece(request.headers.get("range"), size)
    if piece is None:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
    start, end = piece
    more = {"Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    is_part = "range" in request.headers and (start, end) != (0, size)
    if is_part:
        more["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    content = hub.evidence_store.read(key, start, end - start)
    return StreamingResponse(content, 206 if is_part else 200, {**headers, **more}, media_type)


def small_picture(hub: Hub, row: EvidenceFile) -> bytes | None:
    """Give a picture as small as a list shows it, made once; ``None`` where the file is missing.

    Raises:
        RequestError: 415 where it is no whole picture.
        StoreError: the store does not answer.
    """
    kept = _whole(hub, small_key(row.key))
    if kept is not None:
        return kept
    content = _whole(hub, row.key)
    if content is None:
        return None
    small = pictures.make_small(content)
    _keep(hub, row, small)
    return small


def _keep(hub: Hub, row: EvidenceFile, small: bytes) -> None:
    """Keep it, unless its file was deleted meanwhile; where that cannot be done it is made again the next time."""
    try:
        with hub.transaction() as work:
            hold_files(work.session, alone=False)
            if work.session.get(EvidenceFile, row.id) is not None:
                hub.evidence_store.put_small(row.key, small)
    except StoreError as error:
        _LOG.warning("the small picture of evidence %s is not kept: %s", row.id, error)


def _whole(hub: Hub, key: str) -> bytes | None:
    try:
        return b"".join(hub.evidence_store.read(key))
    except FileNotFoundError:
        return None


def _piece(said: str | None, size: int) -> tuple[int, int] | None:
    """Read ``Range``: where a piece begins and ends; all where nothing, or nothing that is understood, is asked for."""
    found = None if said is None else _RANGE.fullmatch(said.strip())
    if found is None or found.group(0) == "bytes=-":
        return 0, size
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    start, end = int(first), size if not last else min(size, int(last) + 1)
    return (start, end) if start < end else None
