"""A statement whose text and parameters' processing are worked out once, for rows that are written by the thousand."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

Row = Mapping[str, Any]


class PreparedStatement:
    """A statement with parameters by name, as one dialect's driver takes it.

    SQLAlchemy looks a statement up in its cache for each execution and processes each parameter of each row by name.
    Here that is done once: a row becomes what the driver takes by one look-up of its values, and only those that have
    a processor (moments, JSON, ids) are touched.
    """

    def __init__(
        self, dialect: Dialect, statement: ClauseElement, columns: Sequence[str] = (), constants: Row | None = None
    ) -> None:
        """``columns``: those of an insertion that rows name; ``constants``: what each row has besides."""
        constants = constants or {}
        compiled = statement.compile(dialect=dialect, column_keys=[*columns, *constants] or None)
        assert isinstance(compiled, SQLCompiler)
        self._text = str(compiled)
        self._names = tuple(compiled.positiontup or ()) if compiled.positional else tuple(compiled.binds)
        self._positional = compiled.positional
        self._constants = constants
        self._values: Callable[[Row], Any] = itemgetter(*self._names)
        processors = [compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in self._names]
        self._processed = [(at, one) for at, one in enumerate(processors) if one is not None]

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Execute it for all rows, as one statement with many parameters.

        Raises:
            SQLAlchemyError: the database cannot do it.
        """
        connection.exec_driver_sql(self._text, [self._parameters(row) for row in rows])

    def _parameters(self, row: Row) -> Any:
        found = self._values({**row, **self._constants} if self._constants else row)
        values = [found] if len(self._names) == 1 else list(found)
        for at, process in self._processed:
            values[at] = process(values[at])
        return tuple(values) if self._positional else dict(zip(self._names, values, strict=True))
