"""What a hub has stored, read from its database without the hub's own code."""

from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError


class Stored:
    """A hub's database, SQLite in its data folder or another; may be away now and then."""

    def __init__(self, data: Path, url: str | None = None) -> None:
        self._engine = create_engine(url or f"sqlite:///file:{data / 'hub.db'}?mode=ro&uri=true", pool_pre_ping=True)

    def rows(self, statement: str, **values: Any) -> list[Any]:
        """Rows of a query."""
        with self._engine.connect() as connection:
            return list(connection.execute(text(statement), values))

    def count_received(self) -> int:
        """How many durable messages the hub has committed; none while the database is away."""
        try:
            return int(self.rows("SELECT COUNT(*) FROM received")[0][0])
        except OperationalError:
            return 0

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
