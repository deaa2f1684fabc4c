"""What the database reads for each question: never a whole table, for the largest area as for the smallest.

PostgreSQL's plans are read with the rows that they looked at. Few rows are as quickly read whole, so scans and joins of
whole tables are shut off: one that stands in a plan all the same says that no index would do. SQLite's plans say which
index each step goes by.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session
from tests.hub import many_rows
from tests.hub.asked_queries import ALL, OPEN, Ask
from tests.hub.bench import Bench
from tests.hub.databases import Cluster

from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.store.base import Base

CASES, MOST_OPEN = 3000, 500
"""Copies, and more than are open of them."""

AREAS = ("demo", many_rows.LARGEST, many_rows.TINY)
GROWING = {model.__tablename__ for model in many_rows._GROWING} | {"case_text"}
MOST_OF_FEW = 400
"""What may be looked at for the smallest area: it has a handful of cases."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Many cases; in PostgreSQL under a collation that does not sort paths byte by byte."""
    url = None
    if request.param == "postgresql":
        running: Cluster = request.getfixturevalue("postgresql")
        running.run("CREATE DATABASE plans TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'zh-u-co-pinyin'")
        url = running.url("plans")
    made = Bench(tmp_path_factory.mktemp("plans"), url)
    made.hub.database.upgrade()
    many_rows.fill(made, CASES)
    yield made
    made.close()
    if url is not None:
        running.run("DROP DATABASE plans WITH (FORCE)")


def plans(bench: Bench, question: Ask, area: str) -> list[Any]:
    """How the database would answer each statement of a question: PostgreSQL's as JSON, SQLite's line by line."""
    engine, found = bench.hub.database._engine, []

    def keep(_link: Any, _cursor: Any, statement: str, parameters: Any, *_others: Any) -> None:
        found.append((statement, parameters))

    with bench.hub.read_only() as work:
        event.listen(engine, "before_cursor_execute", keep)
        try:
            question(work, Scope(area))
        finally:
            event.remove(engine, "before_cursor_execute", keep)
        how = "EXPLAIN QUERY PLAN"
        if many_rows.dialect_of(work.session) == "postgresql":
            how = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"
            _shut_scans_off(work.session)
        rows = [work.session.connection().exec_driver_sql(f"{how} {one}", given).all() for one, given in found]
    return [row[0][0][0]["Plan"] for row in rows] if "JSON" in how else [row[-1] for each in rows for row in each]


def _shut_scans_off(session: Session) -> None:
    for way in ("seqscan", "hashjoin", "mergejoin"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))


def looked_at(plan: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """Of each step that reads a table that grows: how, which table, and how many rows it looked at."""
    table = plan.get("Relation Name")
    if table in GROWING:
        removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        yield plan["Node Type"], table, (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    for step in plan.get("Plans", ()):
        yield from looked_at(step)


def bad_steps(bench: Bench, question: Ask, area: str, most: int) -> list[Any]:
    """Steps of a question's plans that read a table whole, or more rows than ``most``."""
    found = plans(bench, question, area)
    if found and isinstance(found[0], str):
        return [line for line in found if is_scan(line)]
    steps = [step for plan in found for step in looked_at(plan)]
    return [step for step in steps if step[0] == "Seq Scan" or step[2] > most]


def is_scan(line: str) -> bool:
    """Whether a line of SQLite's plan reads a table whole that grows.

    What is open alone may be read whole. Cases and the trail may be read from the newest on: SQLite does not know which
    area is small.
    """
    found = re.match(r"SCAN (\w+)(?: USING.* INDEX (\w+))?", line)
    if found is None or found[1] not in GROWING or (found[1] in {"case_file", "audit"} and found[2] is None):
        return False
    return found[2] is None or not re.search("_open|_queue|_held", found[2])


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize(("questions", "most"), [(OPEN, 2 * MOST_OPEN), (ALL, CASES // 2)], ids=["open", "all"])
def test_a_question_looks_at_no_more_than_it_needs(
    filled: Bench, questions: Mapping[str, Ask], most: int, area: str
) -> None:
    """Of open ones at these alone, however many have ended; in the smallest area at what lies there."""
    most = MOST_OF_FEW if area == many_rows.TINY else most
    bad = {name: found for name, ask in questions.items() if (found := bad_steps(filled, ask, area, most))}
    assert not bad


def test_a_question_that_no_index_answers_is_refused(filled: Bench) -> None:
    """Without its indexes this test sees that a person's notices are looked for among everybody's."""
    table = Base.metadata.tables["notice"]
    gone = [index for index in table.indexes if not index.unique]
    with filled.hub.database.write() as session:
        for index in gone:
            index.drop(session.connection())
    filled.hub.database._engine.dispose()  # SQLite's answer to a kept EXPLAIN stays as it was
    try:
        assert bad_steps(filled, ALL["notices not read"], "demo", CASES)
    finally:
        with filled.hub.database.write() as session:
            for index in gone:
                index.create(session.connection())
        filled.hub.database._engine.dispose()
