"""Very many cases in a moment: a few are made by the hub's own code, and the database copies them with all their rows.

A copy has times, camera, zone, area and keys of its own. Cameras and areas are as uneven as a city's: half of the cases
come from a quarter of the cameras, and ``TINY`` has one case in some thousands. One case in ten is open, most of these
among the latest.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.orm import Session
from tests.hub.bench import Bench
from tests.hub.test_cases_api import move

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Alarm, Assignment, Case, CaseClock, CaseLog, CaseTimer
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.types import UtcDateTime

CAMERAS = 2000
LARGEST, TINY = "demo/d0", "demo/d4/s7/tiny"
"""The area with the most cases, and that of the one camera from which the fewest come."""

SECONDS_APART = 30
"""Between two cases; a million are a year."""

_FIRST = 1000
"""Ids of copies begin behind this."""

_COPIED = (Case, Alarm, CaseLog, Assignment, CaseClock, CaseTimer, EvidenceFile)
_UNIT = "gas-company"
_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})",
    "postgresql": "WITH numbers AS (SELECT n FROM generate_series(1, {count}) AS n)",
}
_IDENTITY = {
    "sqlite": "printf('%012x', {of}) || '{kind}'",
    "postgresql": "CAST(lpad(to_hex({of}), 12, '0') || '{kind}' AS uuid)",
}
"""A UUID of a row's number."""

_SHIFTED = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', t.{column}, p.shift || ' seconds') || '000'",
    "postgresql": "t.{column} + p.shift * interval '1 second'",
}
_PLAN = """
CREATE TABLE copy_plan AS {numbers},
drawn AS (SELECT n, ((n * 7919 + 13) % 10007) / 10007.0 AS u, (n * 31 + n / 7) % 100 AS v FROM numbers),
spread AS (SELECT n, v, CAST({cameras} * u * u - 0.5 AS INTEGER) AS camera FROM drawn),
placed AS (
  SELECT n, camera, camera * 240 / {cameras} AS leaf,
         CASE WHEN v < CASE WHEN n > {count} * 0.9 THEN 80 ELSE 2 END THEN 1 ELSE 0 END AS is_open
  FROM spread
)
SELECT n, camera, (n - {count}) * {apart} AS shift,
       CASE WHEN camera = {cameras} - 1 THEN '{tiny}'
            ELSE 'demo/d' || (leaf / 48) || '/s' || (leaf / 6 % 8) || '/c' || (leaf % 6) END AS area,
       is_open * 1000 + n % CASE WHEN is_open = 1 THEN {opens} ELSE {ends} END AS kind
FROM placed
"""


@dataclass(frozen=True, slots=True)
class _Templates:
    """Ids of the cases that are copied."""

    opens: list[int]
    ends: list[int]


def fill(bench: Bench, count: int) -> None:
    """Put ``count`` cases into a bench's empty database, the newest at its clock's time."""
    found = _make_templates(bench)
    with bench.hub.database.write() as session:
        _plan(session, found, count)
        for model in _COPIED:
            _copy(session, model.__table__)
        session.execute(text("DROP TABLE copy_plan"))
        session.execute(text("DROP TABLE copy_kind"))
    analyze(bench)


def analyze(bench: Bench) -> None:
    """Bring the planner's statistics up to date."""
    with bench.hub.database.write() as session:
        session.execute(text("ANALYZE"))


def dialect_of(session: Session) -> str:
    """Which of the two databases it is."""
    return session.connection().dialect.name


def _make_templates(bench: Bench) -> _Templates:
    """Cases at each step of their way, as people move them; one of three ends is a rejection."""
    bench.birth()
    clerk, lead, checker = (bench.client(role) for role in (Role.CLERK, Role.SHIFT_LEAD, Role.CHECKER))
    dispatcher, unit = bench.client(Role.DISPATCHER), bench.client(Role.HANDLER, unit=_UNIT)
    walk: tuple[tuple[Any, str, dict[str, Any]], ...] = (
        (clerk, "file", {}),
        (dispatcher, "dispatch", {"unit": _UNIT, "note": "behind the 花坛 at the gate"}),
        (unit, "accept", {}),
        (unit, "handle", {"note": "taken away"}),
        (checker, "pass", {}),
        (lead, "close", {}),
    )
    rejection = ((clerk, "reject", {"reason": "not_ours", "note": "a shop's own"}),)
    ways = [walk[:steps] for steps in range(len(walk))] + [walk, walk, rejection]
    opens, ends = [], []
    for number, way in enumerate(ways):
        event = bench.report(scene=SceneName.GAS_CYLINDER, grade=Grade.SERIOUS if number == 1 else Grade.ORDINARY)
        with bench.hub.read_only() as work:
            case: int = work.session.query(Case.id).where(Case.event_id == event).scalar()
        for page, name, body in way:
            status, said = move(page, case, name, **body)
            assert status == 200, said
        (opens if len(way) < len(walk) and way is not rejection else ends).append(case)
    return _Templates(opens, ends)


def _plan(session: Session, found: _Templates, count: int) -> None:
    """Lay down which case each copy is of, and where and when it happened."""
    numbers = _NUMBERS[dialect_of(session)].format(count=count)
    opens, ends = len(found.opens), len(found.ends)
    plan = _PLAN.format(
        numbers=numbers, count=count, cameras=CAMERAS, apart=SECONDS_APART, tiny=TINY, opens=opens, ends=ends
    )
    session.execute(text(plan))
    session.execute(text("CREATE TABLE copy_kind (kind INTEGER PRIMARY KEY, template BIGINT)"))
    kinds = [*enumerate(found.ends), *enumerate(found.opens, 1000)]
    session.execute(
        text("INSERT INTO copy_kind VALUES (:kind, :template)"),
        [{"kind": kind, "template": template} for kind, template in kinds],
    )


def _copy(session: Session, table: Table) -> None:
    """Copy a table's rows of the templates for all of the plan."""
    dialect = dialect_of(session)
    shifted, identity = _SHIFTED[dialect], _IDENTITY[dialect]
    own = {
        "number": "'20' || (10 + p.n / 100000) || '-' || (100000 + p.n % 100000)" if table is Case.__table__ else None,
        "event_id": identity.format(of="p.n", kind="0" * 20),
        "area": "p.area",
        "camera": "'cam-' || p.camera",
        "zone": "'zone-' || (p.n % 3)",
        "spot": "CASE WHEN t.spot IS NULL THEN NULL ELSE 'spot-' || p.n END",
        "rank": "t.rank + p.shift",
    }
    if table is Case.__table__:
        own["id"] = f"{_FIRST} + p.n"
    elif table is EvidenceFile.__table__:
        own["id"] = identity.format(of="p.n", kind="1" * 20)
    elif table is CaseLog.__table__:
        own["id"] = f"({_FIRST} + p.n) * 10 + t.sequence"
    own["case_id"] = f"{_FIRST} + p.n"
    if table is EvidenceFile.__table__:
        joined = "alarm AS a ON a.case_id = k.template JOIN evidence_file AS t ON t.event_id = a.event_id"
    else:
        joined = f"{table.name} AS t ON t.{'id' if table is Case.__table__ else 'case_id'} = k.template"
    columns = [column.name for column in table.columns]
    values = [
        own.get(column.name) or (shifted.format(column=name) if isinstance(column.type, UtcDateTime) else f't."{name}"')
        for column in table.columns
        for name in (column.name,)
    ]
    named = ", ".join(f'"{name}"' for name in columns)
    session.execute(
        text(
            f"INSERT INTO {table.name} ({named}) SELECT {', '.join(values)} "
            f"FROM copy_plan AS p JOIN copy_kind AS k ON k.kind = p.kind JOIN {joined} ORDER BY p.n"
        )
    )
