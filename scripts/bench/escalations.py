"""Measures how long after their deadlines cases are escalated by two hubs on one PostgreSQL, while hubs are killed.

Fills a database with open cases whose clocks run, of which some fall due within the time measured; then starts two
whole hubs (``sharp-eyes-hub serve``, each with its broker) and kills them in turn with SIGKILL, each started again at
once. Late is a case until the transaction that escalates it is committed: PostgreSQL keeps that moment. What nobody
escalated counts as lost, what was escalated twice as doubled, and notices to those whom the ladder names as missing.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import yaml
from sqlalchemy import func, select, text

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.e2e.killable import HubProcess
from tests.hub.bench import GATEWAY, scene_event
from tests.hub.databases import Cluster, cluster

from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.intake.scene_events import take_event
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.settings import HubSettings, LimitSettings
from sharp_eyes.hub.store.case_tables import Alarm, Assignment, Case, CaseClock, CaseLog, CaseTimer
from sharp_eyes.hub.store.tables import Account

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/escalations.py
  .venv/bin/python scripts/bench/escalations.py --together 100    a hundred deadlines at each moment
  .venv/bin/python scripts/bench/escalations.py --cases 300 --due 60 --over 30 --kills 1
"""
CITY = Path(__file__).parents[2] / "configs" / "city" / "demo-district.yaml"
AREA = "demo/first-street/east"
LIMIT = timedelta(hours=6)
CLOCKS = {
    "handle": {
        "limit": "6 hours",
        "ladder": [{"tell": ["dispatcher", "shift_lead"]}, {"after": "1 hour", "tell": ["leader"], "up": 1}],
    },
    "unit": {"limit": "1 working day", "ladder": [{"tell": ["dispatcher"]}]},
}
TOLD = (Role.DISPATCHER, Role.DISPATCHER, Role.SHIFT_LEAD, Role.LEADER)
_AT_FIRST_DEADLINE = 3
"""People in :data:`TOLD` whom the ladder names at the deadline itself."""
_WRITTEN_TOGETHER, _SAID_EVERY = 50, 500
_COPIES, _FAR = 50, 1_000_000
"""Of each case that waits so many are made, and how far apart their keys lie."""

_COPIED = {
    "id": f"id + copy * {_FAR}",
    "case_id": f"case_id + copy * {_FAR}",
    "event_id": "CAST(md5(CAST(event_id AS text) || copy) AS uuid)",
    "spot": "spot || '-' || copy",
    "zone": "zone || '-' || copy",
}
"""What differs in a copy, in every table of cases; a case's number does besides."""

_GOAL = 2.0
_PATIENCE = 60
"""Seconds after the last deadline in which an escalation still counts as late rather than lost."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """An escalation as it stands in the database: its deadline, the line's own time, and when it was committed."""

    case: int
    due: datetime
    at: datetime
    committed: datetime


def main() -> int:
    """Fill, start, kill, and say how late and how complete the escalations were; 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], epilog=EXAMPLES)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--cases", type=int, default=10_000, help="open cases, those that fall due counted in")
    parser.add_argument("--due", type=int, default=1_200, help="cases that fall due within the time measured")
    parser.add_argument("--over", type=float, default=120.0, help="seconds over which they fall due")
    parser.add_argument("--together", type=int, default=1, help="deadlines that lie on the same moment")
    parser.add_argument("--kills", type=int, default=3, help="SIGKILLs, of the hubs in turn; each is started again")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgresql = stack.enter_context(cluster("fsync=on", "track_commit_timestamp=on"))
        postgresql.run("CREATE DATABASE hub")
        hubs = [make_hub(folder / name, postgresql.url("hub")) for name in ("one", "two")]
        filler = Filler(folder / "filler", hubs[0], postgresql)
        stack.callback(filler.close)
        for hub in hubs:
            stack.callback(hub.stop)
        moments = run(hubs, filler, given)
        wait_for_all(postgresql, moments)
        return report(postgresql, moments)


def run(hubs: list[HubProcess], filler: "Filler", given: argparse.Namespace) -> list[datetime]:
    """Fill, start the hubs, and kill them in turn while cases fall due; return their deadlines."""
    began, waiting = datetime.now(UTC), given.cases - given.due
    made = -(-waiting // _COPIES)
    filler.fill(began + timedelta(hours=1 + 4 * number / made) for number in range(made))
    pace = (datetime.now(UTC) - began) / made
    filler.copy(waiting - made)
    for hub in hubs:
        hub.start()
        hub.wait_until_healthy()
    first = datetime.now(UTC) + 2 * pace * given.due + timedelta(seconds=20)
    steps = [number // given.together * given.together for number in range(given.due)]
    moments = [first + timedelta(seconds=given.over) * (step / given.due) for step in steps]
    filler.fill(moments)
    if datetime.now(UTC) > first:
        raise RuntimeError("the machine is too busy: the first cases were late before they were there")
    kill_in_turn(hubs, first, given.over, given.kills)
    return moments


def make_hub(folder: Path, database: str) -> HubProcess:
    """Lay out a hub of the demo's district with the clocks of this bench."""
    folder.mkdir()
    pack = yaml.safe_load(CITY.read_text(encoding="utf-8")) | {"clocks": CLOCKS}
    for rule in pack["rules"]:
        rule.pop("limit_minutes", None)
    (folder / "city.yaml").write_text(yaml.safe_dump(pack, allow_unicode=True), encoding="utf-8")
    return HubProcess(folder, database=database, city="city.yaml")


class Filler:
    """Writes cases and people into the hubs' database, by the intake's own code and at any time of day."""

    def __init__(self, data: Path, like: HubProcess, postgresql: Cluster) -> None:
        """``like``: the hub whose city pack is taken."""
        settings = HubSettings(data=data, database=postgresql.url("hub"), city=like.data.with_name("city.yaml"))
        self._hub = Hub(settings)
        self._hub.prepare()
        self._hub.take_city()
        with self._hub.transaction() as work:
            add_gateway(work.session, work.city, work.now, GATEWAY, AREA)
            for number, role in enumerate(TOLD):
                work.session.add(
                    Account(
                        username=f"{role.value}-{number}",
                        display_name=role.value,
                        password_hash="",
                        role=role.value,
                        area="demo/first-street",
                        unit=None,
                        language="zh",
                        created_at=work.now,
                    )
                )

    def fill(self, deadlines: Iterable[datetime]) -> None:
        """Make an open case for each deadline: reported, filed and dispatched by the rules so long before."""
        began, done = time.monotonic(), 0
        for portion in portions(deadlines):
            with self._hub.transaction() as work:
                for due in portion:
                    work.now = due - LIMIT
                    take_event(work, AREA, scene_event(work.now), LimitSettings(storm_events=0))
            done += len(portion)
            if done % _SAID_EVERY == 0:
                say(f"{done} cases, {time.monotonic() - began:.0f} s")

    def copy(self, most: int) -> None:
        """Copy the cases that are there, row by row, into so many further ones that wait like them."""
        with self._hub.transaction() as work:
            there = work.session.scalar(select(func.count()).select_from(Case)) or 0
            for table in (Case, Alarm, CaseLog, Assignment, CaseClock, CaseTimer):
                columns = {column.name: f'"{column.name}"' for column in table.__table__.columns}
                own = {"number": "number || '-' || copy"} if table is Case else {}
                values = ", ".join((columns | _COPIED | own)[name] for name in columns)
                case = "id" if table is Case else "case_id"
                work.session.execute(
                    text(
                        f"INSERT INTO {table.__tablename__} ({', '.join(columns.values())}) SELECT {values} "
                        f"FROM {table.__tablename__}, generate_series(1, {_COPIES - 1}) AS copy "
                        f"WHERE {case} < {_FAR} AND {case} + (copy - 1) * {there} <= {most}"
                    )
                )
        say(f"copied to {there + most} cases")

    def close(self) -> None:
        """Leave the database to the hubs."""
        self._hub.database.close()


def portions(deadlines: Iterable[datetime]) -> Iterator[list[datetime]]:
    """Cut into portions that are written together."""
    portion: list[datetime] = []
    for due in deadlines:
        portion.append(due)
        if len(portion) == _WRITTEN_TOGETHER:
            yield portion
            portion = []
    if portion:
        yield portion


def kill_in_turn(hubs: list[HubProcess], first: datetime, over: float, kills: int) -> None:
    """Kill the hubs in turn at moments spread over the time measured; each is started again at once."""
    for number in range(kills):
        sleep_until(first + timedelta(seconds=over * (number + 1) / (kills + 1)))
        hub = hubs[number % len(hubs)]
        hub.kill()
        hub.start()
        say(f"killed hub {number % len(hubs) + 1}, and started it again")


def wait_for_all(postgresql: Cluster, moments: list[datetime]) -> None:
    """Wait until all that falls due is escalated, at most :data:`_PATIENCE` seconds after the last deadline."""
    due, last = len(moments), moments[-1]
    sleep_until(last)
    while datetime.now(UTC) < last + timedelta(seconds=_PATIENCE):
        escalated = len({one.case for one in escalations(postgresql)})
        say(f"{escalated} of {due} escalated")
        if escalated >= due:
            break
        time.sleep(2)
    time.sleep(_GOAL)  # what is done twice is done by now


def sleep_until(moment: datetime) -> None:
    """Sleep until a moment; not at all where it has passed."""
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def escalations(postgresql: Cluster) -> list[Escalation]:
    """Read all escalations from the cases' logs."""
    query = """SELECT case_id, (payload->>'due')::timestamptz, at, pg_xact_commit_timestamp(xmin)
               FROM case_log WHERE what = 'escalated' ORDER BY id"""
    with psycopg.connect(postgresql.url("hub").replace("+psycopg", "")) as link:
        return [Escalation(*row) for row in link.execute(query)]


def notices(postgresql: Cluster) -> int:
    """Count what people were told of escalations."""
    with psycopg.connect(postgresql.url("hub").replace("+psycopg", "")) as link:
        found = link.execute("SELECT count(*) FROM notice WHERE kind = 'escalated'").fetchone()
        return 0 if found is None else int(found[0])


def report(postgresql: Cluster, moments: list[datetime]) -> int:
    """Print the figures as JSON; 1 where the goal is missed."""
    found = escalations(postgresql)
    times = Counter(one.case for one in found)
    late = sorted((one.committed - one.due).total_seconds() for one in found)
    lines = sorted((one.at - one.due).total_seconds() for one in found)
    lost, doubled = len(moments) - len(times), sum(count - 1 for count in times.values())
    missing_notices = _AT_FIRST_DEADLINE * len(moments) - notices(postgresql)
    said = {
        "due": len(moments),
        "lost": lost,
        "doubled": doubled,
        "notices_missing": missing_notices,
        "committed_after_due_s": spread(late),
        "line_after_due_s": spread(lines),
        "load": [round(one, 1) for one in os.getloadavg()],
        "cores": os.cpu_count(),
    }
    print(json.dumps(said, indent=2))
    good = lost == doubled == missing_notices == 0 and p99(late) <= _GOAL
    return 0 if good else 1


def spread(seconds: list[float]) -> dict[str, float]:
    """Median, 99th percentile and longest of sorted seconds."""
    if not seconds:
        return {}
    return {
        "p50": round(statistics.median(seconds), 3),
        "p99": round(p99(seconds), 3),
        "longest": round(seconds[-1], 3),
    }


def p99(seconds: list[float]) -> float:
    """99th percentile of sorted seconds; endless where there are none."""
    return seconds[min(len(seconds) - 1, int(0.99 * len(seconds)))] if seconds else float("inf")


def say(words: str) -> None:
    """Tell how far it is."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
