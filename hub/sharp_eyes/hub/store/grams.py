"""Full-text search by pairs of neighbouring characters, the same in Chinese and in any other script, in both databases.

A text is folded (NFKC, no upper case) and each run of letters and digits gives its pairs, and its last character alone,
so that every character begins one. PostgreSQL keeps them as a ``tsvector`` under a GIN index, SQLite as a column that
an FTS5 table follows. Pairs say where to look; whoever asks compares the text itself as well.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Boolean, ColumnElement, Dialect, Text, cast, literal
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

_RUN = re.compile(r"[^\W_]+")


class Grams(TypeDecorator[str]):
    """Pairs of characters with blanks between them, as :func:`grams` gives them."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """A type of its own where the database has one."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def bind_expression(self, bindvalue: BindParameter[str]) -> ColumnElement[str]:
        """PostgreSQL is told what it is."""
        return cast(bindvalue, Text().with_variant(TSVECTOR(), "postgresql"))


def folded(text: str) -> str:
    """Give a text as it is compared: without upper case, without wide and narrow forms."""
    return unicodedata.normalize("NFKC", text).casefold()


def grams(text: str, *others: str) -> str:
    """Give the pairs of a folded text, each once; ``others`` are further words of three characters at least."""
    found = {pair for run in _RUN.findall(text) for pair in _pairs(run)}
    return " ".join(sorted(found.union(others)))


def _pairs(run: str) -> Iterable[str]:
    yield run[-1]
    yield from (run[at : at + 2] for at in range(len(run) - 1))


class Holds(FunctionElement[bool]):
    """Whether a case's pairs hold all that is looked for.

    A condition of a query on ``case_text`` in PostgreSQL, and on ``case_file`` in SQLite, else it reads all texts.
    """

    name = "holds"
    inherit_cache = True
    type = Boolean()


def holds(pieces: Sequence[tuple[str, str | None]]) -> ColumnElement[bool]:
    """Give the condition. ``pieces``: folded and searchable, each with another word that will do as well."""
    tsquery = " & ".join(_clause(piece, "{}", "{}:*", " & ", " | ") for piece in pieces)
    match = " AND ".join(_clause(piece, '"{}"', '"{}" *', " AND ", " OR ") for piece in pieces)
    return Holds(cast(literal(tsquery), Text().with_variant(TSQUERY(), "postgresql")), literal(match))


@compiles(Holds, "postgresql")
def _in_postgresql(element: Holds, compiler: SQLCompiler, **how: Any) -> str:
    return f"case_text.grams @@ {compiler.process(next(iter(element.clauses)), **how)}"


@compiles(Holds, "sqlite")
def _in_sqlite(element: Holds, compiler: SQLCompiler, **how: Any) -> str:
    _, match = (compiler.process(one, **how) for one in element.clauses)
    return f"case_file.id IN (SELECT rowid FROM case_grams WHERE case_grams MATCH {match})"


def is_searchable(piece: str) -> bool:
    """Whether a folded piece has a letter or digit by which it can be looked for."""
    return _RUN.search(piece) is not None


def _clause(piece: tuple[str, str | None], whole: str, begins: str, both: str, either: str) -> str:
    text, other = piece
    runs = _RUN.findall(text)
    words = [run[at : at + 2] for run in runs for at in range(max(1, len(run) - 1))]
    clause = both.join((whole if len(word) > 1 else begins).format(word) for word in dict.fromkeys(words))
    return f"({clause})" if other is None else f"(({clause}){either}{whole.format(other)})"
