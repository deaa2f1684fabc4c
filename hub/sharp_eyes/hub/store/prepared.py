"""Statements whose text and parameters' processing are worked out once: for what every batch writes and asks."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Dialect, Select, String, any_, bindparam, func, select
from sqlalchemy.orm import QueryableAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement
from sqlalchemy.types import TypeDecorator, TypeEngine

Row = Mapping[str, Any]
_Processed = list[tuple[int, Callable[[Any], Any]]]
Among = Callable[[QueryableAttribute[Any], str], ColumnElement[bool]]
"""Says that a column is one of a list of values, which is the parameter of this name; of however many."""

_MOST_PREPARED = 200
"""More than the program asks; each engine has a dialect of its own."""


class PreparedStatement:
    """A statement with parameters by name, as one dialect's driver takes it.

    SQLAlchemy looks a statement up in its cache for each execution and processes each parameter of each row by name.
    Here that is done once: a row becomes what the driver takes by one look-up of its values, and only those that have
    a processor (moments, JSON, ids) are touched.
    """

    def __init__(self, dialect: Dialect, statement: ClauseElement, columns: Sequence[str] = ()) -> None:
        """``columns``: those of an insertion that rows name; what else it has stands in the statement."""
        compiled = statement.compile(dialect=dialect, column_keys=columns or None)
        assert isinstance(compiled, SQLCompiler)
        self.text = str(compiled)
        self._names: tuple[str, ...] = (
            tuple(compiled.positiontup or ()) if compiled.positional else tuple(compiled.binds)
        )
        self._positional = compiled.positional
        self._constants = {name: one.effective_value for name, one in compiled.binds.items() if not one.required}
        self._values: Callable[[Row], Any] = itemgetter(*self._names) if self._names else _nothing
        types = [compiled.binds[name].type.dialect_impl(dialect) for name in self._names]
        self._processed = _needed(one.bind_processor(dialect) for one in types)

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Execute it for all rows, as one statement with many parameters.

        Raises:
            SQLAlchemyError: the database cannot do it.
        """
        connection.exec_driver_sql(self.text, [self.parameters(row) for row in rows])

    def parameters(self, row: Row) -> Any:
        """Give a row as the driver takes it."""
        found = self._values({**row, **self._constants} if self._constants else row)
        values = [found] if len(self._names) == 1 else list(found)
        for at, process in self._processed:
            values[at] = process(values[at])
        return tuple(values) if self._positional else dict(zip(self._names, values, strict=True))


class PreparedSelect:
    """Columns that are asked for with the same conditions again and again.

    The database is asked as it is: what a session holds back or has changed in memory is not written first.
    """

    def __init__(self, make: Callable[[Among], Select[*tuple[Any, ...]]]) -> None:
        """``make``: makes the statement, with what says that a column is among values."""
        self.make = make

    def rows(self, session: Session, **parameters: object) -> list[tuple[Any, ...]]:
        """Ask; a list of values is a parameter as it is.

        Raises:
            SQLAlchemyError: the database does not answer.
        """
        connection = session.connection()
        asked = _asked(self, connection.dialect)
        result = connection.exec_driver_sql(asked.statement.text, asked.statement.parameters(parameters))
        if asked.processed is None:
            codes = [column[1] for column in result.cursor.description]
            kinds = zip(asked.types, codes, strict=True)
            asked.processed = _needed(one.result_processor(connection.dialect, code) for one, code in kinds)
        rows = []
        for row in result.all():
            values = list(row)
            for at, process in asked.processed:
                values[at] = process(values[at])
            rows.append(tuple(values))
        return rows


@dataclass(slots=True)
class _Asked:
    """A question as one dialect has it.

    Attributes:
        types: of its columns.
        processed: how what the driver gives is turned; known with the first answer, which says the driver's own types.
    """

    statement: PreparedStatement
    types: Sequence[TypeEngine[Any]]
    processed: _Processed | None = None


@lru_cache(_MOST_PREPARED)
def _asked(question: PreparedSelect, dialect: Dialect) -> _Asked:
    statement = question.make(_among_values if dialect.name == "sqlite" else _any_of)
    types = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
    return _Asked(PreparedStatement(dialect, statement), types)


def _needed(processors: Iterable[Callable[[Any], Any] | None]) -> _Processed:
    """Which places hold what the driver does not take or give as it is, and how it is turned."""
    return [(at, one) for at, one in enumerate(processors) if one is not None]


def _nothing(_row: Row) -> tuple[Any, ...]:
    return ()


def _any_of(column: QueryableAttribute[Any], name: str) -> ColumnElement[bool]:
    """PostgreSQL takes an array."""
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def _among_values(column: QueryableAttribute[Any], name: str) -> ColumnElement[bool]:
    """SQLite takes a JSON array; so the statement's text is the same for however many values."""
    values = func.json_each(bindparam(name, type_=_JsonArray(column.type))).table_valued("value")
    return column.in_(select(values.c.value))


class _JsonArray(TypeDecorator[Sequence[Any]]):
    """Values of one type, as the driver takes each, in a JSON array."""

    impl = String
    cache_ok = False

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self._item = item

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> str:
        process = self._item.dialect_impl(dialect).bind_processor(dialect)
        return json.dumps(list(value or ()) if process is None else [process(one) for one in value or ()])
