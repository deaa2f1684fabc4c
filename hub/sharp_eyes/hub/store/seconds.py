"""Seconds since 1970 of a moment in the database, which SQLite and PostgreSQL spell differently."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_EPOCH_DAYS = 2440587.5
"""Julian day on which 1970 began."""


class seconds_of(FunctionElement[int]):  # noqa: N801 - reads as a function of a query
    """Whole seconds since 1970 of a column with a moment; null where it is null."""

    type = BigInteger()
    inherit_cache = True


@compiles(seconds_of, "sqlite")
def _on_sqlite(element: seconds_of, compiler: SQLCompiler, **how: Any) -> str:
    # A third of what strftime takes; half a millisecond more than it says, so that no whole second falls below itself.
    days = f"julianday({compiler.process(element.clauses, **how)}) - {_EPOCH_DAYS}"
    return f"CAST(({days}) * 86400 + 0.0005 AS INTEGER)"


@compiles(seconds_of, "postgresql")
def _on_postgresql(element: seconds_of, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **how)})) AS BIGINT)"
