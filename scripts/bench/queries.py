"""Measures every list, filter, search and count of a hub with very many cases, in the largest area and in the smallest.

Fills a PostgreSQL (or SQLite) of its own through the real schema, then asks through the hub's own functions. Beside
the time by the clock it gives the processor time of the hub and of PostgreSQL, and the pages that PostgreSQL looked at:
these stay much the same on a busy machine.
"""

import argparse
import gc
import json
import re
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, event

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.e2e.stand import Stand
from tests.hub import many_rows
from tests.hub.asked_queries import ALL, OPEN, REPORTS, SUMS, Ask
from tests.hub.bench import Bench
from tests.hub.databases import cluster

from sharp_eyes.hub.cases.daily_figures import make_sums
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.store.case_tables import CaseTimer

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/queries.py
  .venv/bin/python scripts/bench/queries.py --cases 100000 --times 20
  .venv/bin/python scripts/bench/queries.py --cases 100000 --sqlite
  .venv/bin/python scripts/bench/queries.py --cases 100000 --plans 50      with the plans of what takes longer
  .venv/bin/python scripts/bench/queries.py --only "the month's"           the office's report and its hot spots
  .venv/bin/python scripts/bench/queries.py --memory 60                    and what a whole hub holds in memory
"""
AREAS = {"the whole city": "demo", "largest": many_rows.LARGEST, "a street": "demo/d4/s7", "smallest": many_rows.TINY}
_BUFFERS = re.compile(r"^ *Buffers:.*?hit=(\d+)(?: read=(\d+))?|^ *Buffers: shared read=(\d+)")


@dataclass(frozen=True, slots=True)
class Figure:
    """One question in one area. Times in milliseconds; ``pages`` of 8 KiB that PostgreSQL looked at.

    ``processor`` and ``database`` are processor time: of the hub, and of PostgreSQL without helpers beside.
    """

    area: str
    asked: str
    p50: float
    p95: float
    processor: float
    database: float
    pages: int


@contextmanager
def caught(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Keep the statements that are sent meanwhile."""
    found: list[tuple[str, Any]] = []

    def keep(_link: Any, _cursor: Any, statement: str, parameters: Any, *_others: Any) -> None:
        found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", keep)


def ask(bench: Bench, area: str, question: Ask) -> None:
    """Ask once, as a request does."""
    with bench.hub.read_only() as work:
        question(work, Scope(area))


def explain(bench: Bench, statements: list[tuple[str, Any]], how: str) -> list[str]:
    """Give the plans of statements, line by line."""
    lines = []
    with bench.hub.database.read() as session:
        for statement, parameters in statements:
            rows = session.connection().exec_driver_sql(f"{how} {statement}", parameters)
            lines += [str(row[-1]) for row in rows]
    return lines


def database_time(bench: Bench, statements: list[tuple[str, Any]]) -> tuple[float, int]:
    """Give the processor time that PostgreSQL takes for statements, in milliseconds, and the pages that it looks at."""
    pages = 0
    with bench.hub.database.read() as session:
        link = session.connection()
        link.exec_driver_sql("SET LOCAL max_parallel_workers_per_gather = 0")
        spent = Path(f"/proc/{link.exec_driver_sql('SELECT pg_backend_pid()').scalar()}/schedstat")
        before = int(spent.read_text().split()[0])
        for statement, parameters in statements:
            link.exec_driver_sql(statement, parameters).fetchall()
        took = (int(spent.read_text().split()[0]) - before) / 1e6
        for statement, parameters in statements:
            rows = link.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) {statement}", parameters)
            first = next((found for row in rows if (found := _BUFFERS.match(str(row[-1])))), None)
            pages += 0 if first is None else sum(int(count) for count in first.groups() if count)
    return took, pages


def measure(bench: Bench, area: str, name: str, question: Ask, times: int, is_postgresql: bool) -> Figure:
    """Ask many times over, and once for the plans."""
    with caught(bench.hub.database._engine) as statements:
        ask(bench, area, question)
    took = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    for _ in range(times):
        began = time.perf_counter()
        ask(bench, area, question)
        took.append((time.perf_counter() - began) * 1000)
    processor = (resource.getrusage(resource.RUSAGE_SELF).ru_utime - before) * 1000 / times
    within, pages = database_time(bench, statements) if is_postgresql else (0.0, 0)
    p95 = statistics.quantiles(took, n=20)[-1]
    return Figure(area, name, statistics.median(took), p95, processor, within, pages)


@contextmanager
def filled(cases: int, *, on_sqlite: bool) -> Iterator[Bench]:
    """A bench with so many cases."""
    with tempfile.TemporaryDirectory(prefix="sharp-eyes-queries-") as folder:
        if on_sqlite:
            bench = Bench(Path(folder))
            many_rows.fill(bench, cases)
            _leave_alone_what_filled()
            yield bench
            bench.close()
            return
        with cluster("shared_buffers=1GB", "maintenance_work_mem=256MB", "max_wal_size=4GB") as running:
            running.run("CREATE DATABASE hub")
            bench = Bench(Path(folder), running.url("hub"))
            bench.hub.database.upgrade()
            try:
                many_rows.fill(bench, cases)
                many_rows.vacuum(bench)
                _leave_alone_what_filled()
                yield bench
            finally:
                bench.close()


def _leave_alone_what_filled() -> None:
    """What the filling left in memory is no hub's: its collector would walk all of it in the midst of a question."""
    gc.collect()
    gc.freeze()


def make_days(bench: Bench) -> None:
    """Let the sums of all days be made, as the hub does little by little."""
    before = time.process_time()
    while make_sums(bench.transaction):
        pass
    print(f"sums of days: {time.process_time() - before:.0f} s of the hub's processor time", flush=True)
    many_rows.analyze(bench)


READ_OVER = (
    "/api/cases?limit=200", "/api/cases?words=花坛", "/api/cases?states=closed&limit=200", "/api/map", "/api/figures",
)  # fmt: skip


def measure_memory(bench: Bench, seconds: float) -> None:
    """Let a whole hub serve these cases, ask it over and over, and print its resident memory.

    Deadlines that passed long ago are left out: no hub finds so many at once.
    """
    with bench.hub.database.write() as session:
        session.execute(delete(CaseTimer))
    with tempfile.TemporaryDirectory() as folder:
        url = bench.hub.database._url.render_as_string(hide_password=False)
        stand = Stand(Path(folder), database=url)
        stand.add_user("reader", "shift_lead", "--area", "demo")
        stand.hub.start()
        try:
            stand.hub.wait_until_healthy()
            begun, client, asked = resident(stand.hub.pid), stand.client("reader"), 0
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                for path in READ_OVER:
                    client.get(path).raise_for_status()
                    asked += 1
            print(f"a hub's memory: {begun:.0f} MiB at first, {resident(stand.hub.pid):.0f} after {asked} requests")
        finally:
            stand.close()


def resident(process: int) -> float:
    """MiB that a process holds in memory."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main() -> None:
    """Fill, ask, and say how long each took."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=1_000_000, help="how many (default: %(default)s)")
    parser.add_argument("--times", type=int, default=20, help="each question is asked (default: %(default)s)")
    parser.add_argument("--sqlite", action="store_true", help="SQLite in the place of PostgreSQL")
    parser.add_argument("--plans", type=float, metavar="MS", help="show the plans of what takes longer at p50")
    parser.add_argument("--out", type=Path, help="file for the figures, as JSON")
    parser.add_argument("--only", default="", help="questions with these words in their names")
    parser.add_argument("--without-sums", action="store_true", help="make no sums of days first")
    parser.add_argument("--memory", type=float, metavar="S", help="also ask a whole hub for so long (PostgreSQL)")
    given = parser.parse_args()
    if given.memory and given.sqlite:
        parser.error("--memory needs PostgreSQL: the bench holds SQLite's one file")
    asked = {name: question for name, question in {**OPEN, **ALL, **SUMS, **REPORTS}.items() if given.only in name}
    began, figures = time.monotonic(), []
    with filled(given.cases, on_sqlite=given.sqlite) as bench:
        print(f"{given.cases} cases are there after {time.monotonic() - began:.0f} s", flush=True)
        if not given.without_sums:
            make_days(bench)
        print(f"{'':44} {'p50 ms':>8} {'p95 ms':>8} {'hub ms':>8} {'database':>8} {'pages':>8}")
        for called, area in AREAS.items():
            for name, question in asked.items():
                one = measure(bench, area, name, question, given.times, not given.sqlite)
                figures.append(one)
                print(
                    f"{called + ': ' + name:44} {one.p50:8.1f} {one.p95:8.1f} {one.processor:8.1f} "
                    f"{one.database:8.1f} {one.pages:8}",
                    flush=True,
                )
                if given.plans is not None and one.p50 > given.plans:
                    with caught(bench.hub.database._engine) as statements:
                        ask(bench, area, question)
                    how = "EXPLAIN QUERY PLAN" if given.sqlite else "EXPLAIN (ANALYZE, BUFFERS)"
                    print("    " + "\n    ".join(line[:160] for line in explain(bench, statements, how)))
        if given.memory:
            measure_memory(bench, given.memory)
    slow = [one for one in figures if one.p95 > 150]
    print(f"{len(slow)} of {len(figures)} take longer than 150 ms at p95")
    if given.out is not None:
        given.out.write_text(json.dumps([asdict(one) for one in figures], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
