"""Wakes who reads changes: by the database where it can, by this process where it is the only one."""

import threading
from typing import Any

from sqlalchemy import Connection, text

from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.store.changes import CHANNEL
from sharp_eyes.hub.store.database import Database


class ChangeSignal:
    """A wake-up only: whoever misses one reads at its next look all the same. ``wait`` belongs to one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listens = database.is_postgresql
        self._woken = threading.Event()
        self._connection: Connection | None = None

    def wake(self) -> None:
        """Something was committed by this process, or the reader is to end."""
        self._woken.set()

    def wait(self, seconds: float) -> None:
        """Wait until something may have been committed, or so many seconds.

        Raises:
            StoreError, SQLAlchemyError: the database cannot be reached.
        """
        if not self._listens:
            self._woken.wait(seconds)
            self._woken.clear()
            return
        if self._connection is None:
            self._connection = self._database.own_connection()
            self._connection.execute(text(f"LISTEN {CHANNEL}"))
            return  # what was committed before is not told
        link: Any = self._connection.connection.dbapi_connection
        try:
            for _ in link.notifies(timeout=seconds, stop_after=1):
                break
        except self._connection.dialect.loaded_dbapi.Error as error:
            self.close()
            raise StoreError(f"database: its word of changes ended: {error}") from error

    def close(self) -> None:
        """Let the connection go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
