"""The name of the session's cookie: cookies know no ports, so two hubs on one machine must not share one."""

import hashlib
import logging
import re
import secrets
from pathlib import Path

from sharp_eyes.hub.private_files import write_private

_LOG = logging.getLogger(__name__)
_PREFIX = "sharp_eyes_session_"
_ID = re.compile(r"[0-9a-f]{8}")


def cookie_name(data: Path) -> str:
    """The name for the hub with this data folder, by an id that was drawn once and lies there."""
    file = data / "instance"
    try:
        known = file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        known = ""
    if _ID.fullmatch(known):
        return _PREFIX + known
    drawn = secrets.token_hex(4)
    try:
        write_private(file, drawn + "\n")
    except OSError as error:  # such as a full disk: the folder's own name will do
        _LOG.warning("%s cannot be written: %s", file, error)
        drawn = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:8]
    return _PREFIX + drawn
