"""Which errors mean that the store cannot be used for a while, and what is said of them."""

import errno

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sharp_eyes.hub.errors import NoRoomError, StoreError

_SQLITE_ERROR = 1
"""SQLite's code for a statement that is wrong; no waiting helps."""


def is_full(error: BaseException) -> bool:
    """Whether a disk has no room."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return full or isinstance(error, NoRoomError)


def is_passing(error: BaseException) -> bool:
    """Whether the store is busy, away or cannot be written, which may be over at the next try."""
    if isinstance(error, OperationalError):
        code = getattr(error.orig, "sqlite_errorcode", None)
        return code is None or code & 0xFF != _SQLITE_ERROR
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True  # the driver has several words for a connection that ended, and not all say that it did
    return isinstance(error, StoreError | PoolTimeoutError) or is_read_only(error)


def is_read_only(error: BaseException) -> bool:
    """Whether a file system took nothing because it can only be read now."""
    return isinstance(error, OSError) and error.errno == errno.EROFS


def words_of(error: Exception) -> str:
    """The database's own words in one line, without the statement."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def command_trouble(error: Exception) -> str | None:
    """Say in one line why a command ended in the middle; None where nobody foresaw it."""
    if isinstance(error, StoreError):
        return str(error)
    if isinstance(error, OSError):
        return None if error.filename is None else f"{error.filename}: {error.strerror}"
    if not is_passing(error):
        return None
    return f"the database cannot be used: {words_of(error)}; what was begun is not kept: run this again later"
