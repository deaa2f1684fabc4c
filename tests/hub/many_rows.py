"""Very many cases in a moment: a few are made by the hub's own code, and the database copies them with all their rows.

A copy has times, camera, zone, area and keys of its own. Cameras and areas are as uneven as a city's: half of the cases
come from a quarter of the cameras, and ``TINY`` has one case in some thousands. One case in ten is open, most of these
among the latest.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, insert, select, text
from sqlalchemy.orm import Session
from tests.hub.bench import CAMERA, GATEWAY, JPEG, Bench, announced
from tests.hub.test_cases_api import move

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.cases.words import counted
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.base import Base
from sharp_eyes.hub.store.case_tables import Alarm, Assignment, Case, CaseClock, CaseLog, CaseText, CaseTimer
from sharp_eyes.hub.store.grams import folded, grams
from sharp_eyes.hub.store.notice_tables import Delivery, Notice
from sharp_eyes.hub.store.tables import AuditEntry, Camera, EvidenceFile, ReceivedMessage
from sharp_eyes.hub.store.types import UtcDateTime

CAMERAS = 2000
LARGEST, TINY = "demo/d0", "demo/d4/s7/tiny"
"""The area with the most cases, and that of the one camera from which the fewest come."""

SECONDS_APART = 30
"""Between two cases; a million are a year."""

_FIRST = 1000
"""Ids of copies begin behind this."""

_COPIED = (Case, Alarm, CaseLog, Assignment, CaseClock, CaseTimer, EvidenceFile)
_GROWING = (*_COPIED, AuditEntry, ReceivedMessage, Notice, Delivery)
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
drawn AS (SELECT n, ((n % 10007 * 7919 + 13) % 10007) / 10007.0 AS u, (n * 31 + n / 7) % 100 AS v FROM numbers),
spread AS (SELECT n, v, CAST({cameras} * u * u - 0.5 AS INTEGER) AS camera FROM drawn),
placed AS (
  SELECT n, camera, camera * 240 / {cameras} AS leaf,
         CASE WHEN v < CASE WHEN n > {count} * 0.9 THEN 80 ELSE 2 END THEN 1 ELSE 0 END AS is_open
  FROM spread
)
SELECT n, camera, (n - {count}) * {apart} AS shift,
       CASE WHEN camera = {cameras} - 1 OR n % 997 = 0 THEN '{tiny}'
            ELSE 'demo/d' || (leaf / 48) || '/s' || (leaf / 6 % 8) || '/c' || (leaf % 6) END AS area,
       is_open * 1000 + n % CASE WHEN is_open = 1 THEN {opens} ELSE {ends} END AS kind
FROM placed
"""


_MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', '2026-03-01 08:00', shift || ' seconds') || '000'",
    "postgresql": "timestamptz '2026-03-01 08:00Z' + shift * interval '1 second'",
}
_BESIDE = (
    "INSERT INTO audit (at, action, actor, address, area, subject, detail) SELECT {moment}, "
    "CASE WHEN n % 50 = 0 THEN 'signed_in' ELSE 'evidence_seen' END, 'person-' || (n % 40), '', area, '', '{{}}' "
    "FROM copy_plan ORDER BY n",
    "INSERT INTO received (source, message_id, type, received_at) "
    "SELECT 'gate-01', 'message-' || n, 'event', {moment} FROM copy_plan ORDER BY n",
    "INSERT INTO notice (key, account_id, case_id, at, kind, area, data, read_at) "
    "SELECT 'copy-' || n, (SELECT min(id) FROM account), {first} + n, {moment}, 'escalated', area, '{{}}', "
    "CASE WHEN n % 1000 = 0 THEN NULL ELSE {moment} END FROM copy_plan WHERE n % 20 = 0",
    "INSERT INTO delivery (key, channel, recipient, case_id, kind, area, data, state, created_at, due_at) "
    "SELECT 'copy-' || n, 'mail', 'x', {first} + n, 'escalated', area, '{{}}', "
    "CASE WHEN n % 1000 = 0 THEN 'failed' ELSE 'sent' END, {moment}, {moment} FROM copy_plan WHERE n % 20 = 0",
)
"""What grows beside cases."""

_PLACES = ("东门", "西街", "北桥", "南巷", "花园", "市场", "学校", "河岸")
_WORDS_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class _Templates:
    """Ids of the cases that are copied."""

    opens: list[int]
    ends: list[int]


def _table(model: type[Base]) -> Table:
    assert isinstance(model.__table__, Table)
    return model.__table__


def fill(bench: Bench, count: int) -> None:
    """Put ``count`` cases into a bench's empty database, the newest at its clock's time."""
    found = _make_templates(bench)
    with bench.hub.database.write() as session:
        _plan(session, found, count)
        indexes = [index for table in map(_table, _GROWING) for index in table.indexes if not index.unique]
        for index in indexes:
            index.drop(session.connection())
        if dialect_of(session) == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))  # what is referred to is there
            session.execute(text("DROP INDEX ix_case_text_grams"))
        for model in _COPIED:
            _copy(session, _table(model))
        for statement in _BESIDE:
            session.execute(text(statement.format(moment=_MOMENT[dialect_of(session)], first=_FIRST)))
        session.execute(text("DROP TABLE copy_plan"))
        session.execute(text("DROP TABLE copy_kind"))
        _add_cameras(session)
        _add_words(session)
        for index in indexes:
            index.create(session.connection())
        if dialect_of(session) == "postgresql":
            session.execute(text("CREATE INDEX ix_case_text_grams ON case_text USING gin (grams)"))
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
    opens: list[int] = []
    ends: list[int] = []
    for number, way in enumerate(ways):
        event = bench.report(scene=SceneName.GAS_CYLINDER, grade=Grade.SERIOUS if number == 1 else Grade.ORDINARY)
        bench.send_file(announced(JPEG, event, bench.clock()), JPEG)
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
    session.execute(text("ANALYZE"))
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


def camera_name(number: int) -> str:
    """What a camera is called, as its gateway says."""
    return f"{_PLACES[number % len(_PLACES)]} {number} 号机"


def _add_cameras(session: Session) -> None:
    session.execute(
        insert(Camera),
        [
            {"gateway": GATEWAY, "camera": f"cam-{number}", "name": camera_name(number), "area": "demo", "scenes": [],
             "state": "online", "detail": "", "looks": 0, "skipped": {}}
            for number in range(CAMERAS) if f"cam-{number}" != CAMERA
        ],
    )  # fmt: skip


def _add_words(session: Session) -> None:
    """The words of the copies; one of five hundred has a note of its own."""
    cases = session.execute(select(Case.id, Case.number, Case.zone, Case.camera).where(Case.id > _FIRST))
    for portion in cases.partitions(_WORDS_AT_ONCE):
        rows = []
        for case_id, number, zone, camera in portion:
            note = "moved to the depot" if case_id % 500 == 0 else "behind the 花坛 at the gate"
            text_of_it = folded(f"{zone}\n{camera_name(int((camera or '').partition('-')[2]))}\n{note}")
            count = counted(number)
            rows.append({"case_id": case_id, "said": f"{count}\n{text_of_it}", "grams": grams(text_of_it, count)})
        session.execute(insert(CaseText), rows)


def vacuum(bench: Bench) -> None:
    """As PostgreSQL does by itself before long: indexes alone can answer then."""
    engine = bench.hub.database._engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
        link.execute(text("VACUUM ANALYZE"))
