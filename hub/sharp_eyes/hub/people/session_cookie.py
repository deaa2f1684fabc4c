"""The name of the session's cookie: cookies know no ports, so two installations on one machine must not share one.

Hubs on one database are one installation: whoever signed in at one of them is signed in at all.
"""

import hashlib
import logging
import re
import secrets
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.live_tables import Installation

_LOG = logging.getLogger(__name__)
_PREFIX = "sharp_eyes_session_"
_ID = re.compile(r"[0-9a-f]{8}")


def cookie_name(database: Database, data: Path) -> str:
    """The name for the hubs on this database: by the id of whichever came first, which lies in its data folder.

    Raises:
        SQLAlchemyError: the database cannot be read or written.
    """
    known = _known(database)
    if known is None:
        try:
            with database.write() as session:
                session.add(Installation(id=1, cookie=own_id(data)))
        except IntegrityError:  # another hub came first
            _LOG.debug("another hub has named the cookie")
        known = _known(database)
    return f"{_PREFIX}{known}"


def _known(database: Database) -> str | None:
    with database.read() as session:
        return session.scalar(select(Installation.cookie))


def own_id(data: Path) -> str:
    """An id that was drawn once and lies in the data folder."""
    file = data / "instance"
    try:
        known = file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        known = ""
    if _ID.fullmatch(known):
        return known
    drawn = secrets.token_hex(4)
    try:
        write_private(file, drawn + "\n")
    except OSError as error:  # such as a full disk: the folder's own name will do
        _LOG.warning("%s cannot be written: %s", file, error)
        drawn = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:8]
    return drawn
