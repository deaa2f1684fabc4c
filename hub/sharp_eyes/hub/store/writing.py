"""A session that holds back rows which nobody needs as objects, and writes them many at once."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, TypeVar

from sqlalchemy import Dialect, Table, and_, bindparam, delete, event, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, SessionTransaction, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from sharp_eyes.hub.store.base import Base
from sharp_eyes.hub.store.prepared import PreparedStatement, Row

_Key = tuple[Hashable, ...]
Made = TypeVar("Made", bound=Base)
_MOST_PREPARED = 200
"""More than the tables ask for; each engine has a dialect of its own."""


class WritingSession(Session):
    """A session of the mapper's, with rows that leave beside it.

    ``add_row``, ``put_row`` and ``drop_row`` only note what is to be written. It is written with the session's next
    flush, after the mapper's own rows: so before any query of the mapper's that looks, and before the commit. All rows
    of a table leave as one statement with many parameters.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        """As the mapper's session."""
        super().__init__(*args, **settings)
        self._added: dict[tuple[type[Base], tuple[str, ...], bool], list[Row]] = {}
        self._put: dict[type[Base], dict[_Key, Row | None]] = {}
        self._unwritten: list[Base] = []

    def add_new(self, made: Base) -> None:
        """Add an object that :func:`unwritten` made: the mapper's once its row is written, before all others.

        What is changed in it until then is written with it.
        """
        self._unwritten.append(made)

    def add_row(self, table: type[Base], row: Row, *, once: bool = False) -> None:
        """Add a row; ``once``: unless a row with its key is there already."""
        self._added.setdefault((table, tuple(row), once), []).append(row)

    def put_row(self, table: type[Base], row: Row) -> None:
        """Add a row, or bring the one with its primary key up to date. Each names all that is ever put."""
        key = tuple(row[name] for name in _primary_key(table))
        self._put.setdefault(table, {})[key] = row
        known = self.identity_map.get((table, key, None))
        if known is not None:
            for name, value in row.items():
                set_committed_value(known, name, value)

    def drop_row(self, table: type[Base], *key: Hashable) -> None:
        """Delete the row with a primary key, if it is there."""
        self._put.setdefault(table, {})[key] = None
        known = self.identity_map.get((table, key, None))
        if known is not None:
            self.expunge(known)

    def flush(self, objects: Any = None) -> None:
        """Write the mapper's rows and those that were held back.

        Raises:
            SQLAlchemyError: the database cannot keep one of them.
        """
        if self._unwritten:
            new, self._unwritten = self._unwritten, []
            self._write_new(new)
        super().flush(objects)
        if self._added or self._put:
            added, put = self._added, self._put
            self._added, self._put = {}, {}
            self._write(added, put)

    def forget_rows(self) -> None:
        """Write nothing of what is held back."""
        self._unwritten.clear()
        self._added.clear()
        self._put.clear()

    def _write_new(self, new: Sequence[Base]) -> None:
        connection = self.connection()
        alike: dict[tuple[type[Base], tuple[str, ...]], list[Row]] = {}
        for made in new:
            known = vars(made)
            row = {name: known[name] for name in _columns(type(made)) if name in known}
            alike.setdefault((type(made), tuple(row)), []).append(row)
        for (table, columns), rows in alike.items():
            _insertion(connection.dialect, table, columns, once=False).run(connection, rows)
        for made in new:
            make_transient_to_detached(made)
            self.add(made)

    def _write(
        self,
        added: Mapping[tuple[type[Base], tuple[str, ...], bool], list[Row]],
        put: Mapping[type[Base], Mapping[_Key, Row | None]],
    ) -> None:
        connection = self.connection()
        for (table, columns, once), rows in added.items():
            _insertion(connection.dialect, table, columns, once=once).run(connection, rows)
        for table, by_key in put.items():
            kept = [row for row in by_key.values() if row is not None]
            gone = [key for key, row in by_key.items() if row is None]
            if kept:
                _upsertion(connection.dialect, table, tuple(kept[0])).run(connection, kept)
            if gone:
                _deletion(connection.dialect, table).run(connection, _numbered(gone))


def unwritten(table: type[Made], values: Mapping[str, Any]) -> Made:
    """Make an object of the mapper's that has no row yet: there is no history of its attributes to keep."""
    made = table()
    vars(made).update(values)
    return made


@event.listens_for(WritingSession, "after_soft_rollback")
def _forget(session: WritingSession, _transaction: SessionTransaction) -> None:
    session.forget_rows()


@cache
def _columns(table: type[Base]) -> tuple[str, ...]:
    return tuple(column.name for column in _table(table).columns)


@cache
def _primary_key(table: type[Base]) -> tuple[str, ...]:
    return tuple(column.name for column in inspect(table).primary_key)


@lru_cache(_MOST_PREPARED)
def _insertion(dialect: Dialect, table: type[Base], columns: tuple[str, ...], *, once: bool) -> PreparedStatement:
    made = _made(dialect, table, columns)
    return PreparedStatement(dialect, made.on_conflict_do_nothing() if once else made, columns)


@lru_cache(_MOST_PREPARED)
def _upsertion(dialect: Dialect, table: type[Base], columns: tuple[str, ...]) -> PreparedStatement:
    made = _made(dialect, table, columns)
    key = _primary_key(table)
    statement = made.on_conflict_do_update(
        index_elements=key, set_={name: made.excluded[name] for name in columns if name not in key}
    )
    return PreparedStatement(dialect, statement, columns)


@lru_cache(_MOST_PREPARED)
def _deletion(dialect: Dialect, table: type[Base]) -> PreparedStatement:
    columns = _table(table).primary_key.columns
    where = and_(*(column == bindparam(f"key{at}") for at, column in enumerate(columns)))
    return PreparedStatement(dialect, delete(_table(table)).where(where))


def _numbered(keys: Iterable[_Key]) -> list[Row]:
    return [{f"key{at}": part for at, part in enumerate(key)} for key in keys]


def _made(dialect: Dialect, table: type[Base], columns: tuple[str, ...]) -> sqlite.Insert | postgresql.Insert:
    """An insertion; what its rows do not name has what the table's description says."""
    into = _table(table)
    defaults = {one.name: one.default for one in into.columns if one.name not in columns}
    values = {name: one.arg for name, one in defaults.items() if isinstance(one, ScalarElementColumnDefault)}
    made = sqlite.insert(into) if dialect.name == "sqlite" else postgresql.insert(into)
    return made.values(values) if values else made


def _table(table: type[Base]) -> Table:
    found = table.__table__
    assert isinstance(found, Table)
    return found
