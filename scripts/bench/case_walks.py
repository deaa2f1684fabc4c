"""Walks cases at random and compares what their logs tell with what is stored.

Each walk takes legal moves of anybody in any order, with time at work between them (reminders, escalations, ends of
suspensions, a hub that was down). Its log goes through JSON and is read again: the state that it gives must be the
state that the walk had, and no step may contradict the one before. Every ``--stored``-th walk is also written by the
hub into a real database, line by line, and what lists, filters and timers read there is compared with the log.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.hub.bench import Bench, scene_event
from tests.hub.lifecycle.test_projection import check_step
from tests.hub.lifecycle.walks import CALENDARS, Walk

from sharp_eyes.hub.cases.rebuild import rebuild_case
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.entries import read_payload, stored_payload
from sharp_eyes.hub.lifecycle.projection import replay
from sharp_eyes.hub.store.case_tables import Assignment, Case, CaseClock, CaseTimer

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/case_walks.py
  .venv/bin/python scripts/bench/case_walks.py --walks 2000 --steps 100 --seed 7
"""
_PORTION = 500


def main() -> int:
    """Walk, and say what was compared; 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], epilog=EXAMPLES)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--walks", type=int, default=100_000)
    parser.add_argument("--steps", type=int, default=40, help="moves of each walk, beside what time does")
    parser.add_argument("--seed", type=int, default=0, help="number of the first walk")
    parser.add_argument("--stored", type=int, default=200, help="each so-manieth walk goes into a database")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    began, said = time.monotonic(), Counter[str]()
    portions = [
        range(first, min(first + _PORTION, given.seed + given.walks))
        for first in range(given.seed, given.seed + given.walks, _PORTION)
    ]
    with ProcessPoolExecutor(given.processes) as pool:
        for number, found in enumerate(pool.map(partial(walk_all, given.steps, given.stored), portions), start=1):
            said += found
            if number % 20 == 0:
                print(f"{said['walks']} walks, {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(
        f"{said['walks']} walks from seed {given.seed}, {said['lines']} lines in {len(kinds(said))} kinds; "
        f"{said['stored']} walks in a database; {said['different']} differ; {time.monotonic() - began:.0f} s"
    )
    return 1 if said["different"] else 0


def kinds(said: Counter[str]) -> list[str]:
    """Kinds of lines that the walks had."""
    return [name for name in said if name.startswith("what ")]


def walk_all(steps: int, stored: int, seeds: range) -> Counter[str]:
    """Walk the walks of these seeds; count them, their lines and those that differ."""
    said = Counter[str]()
    chosen = []
    for seed in seeds:
        walk = Walk(seed)
        walk.go(steps)
        said["walks"] += 1
        said["lines"] += len(walk.log)
        said.update(f"what {entry.payload.what}" for entry in walk.log)
        if not is_told_by_its_log(walk):
            print(f"walk {seed}: its log tells another state", file=sys.stderr)
            said["different"] += 1
        if seed % stored == 0:
            chosen.append((seed, walk))
    if chosen:
        said += store_all(chosen)
    return said


def is_told_by_its_log(walk: Walk) -> bool:
    """Whether the log, through JSON and back, gives the state; each step is checked on the way."""
    for before, _, after in walk.steps():
        check_step(before, after)
    texts = [json.dumps(stored_payload(entry.payload)) for entry in walk.log]
    log = [replace(entry, payload=read_payload(json.loads(text))) for entry, text in zip(walk.log, texts, strict=True)]
    return replay(log, CALENDARS.__getitem__) == walk.case


def store_all(chosen: list[tuple[int, Walk]]) -> Counter[str]:
    """Let a hub write walks into its database, and compare what it keeps beside the logs with what these give."""
    said = Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        for seed, walk in chosen:
            said["stored"] += 1
            if not is_stored_as_told(bench, walk):
                print(f"walk {seed}: what is stored differs from its log", file=sys.stderr)
                said["different"] += 1
        bench.close()
    return said


def is_stored_as_told(bench: Bench, walk: Walk) -> bool:
    """Write one walk's lines to a case; made again from the log, its columns and rows must be the same."""
    bench.clock.time = walk.log[0].at
    event = scene_event(bench.clock())
    bench.send(event)
    with bench.hub.read_only() as work:
        identity = work.session.query(Case.id).filter_by(event_id=event.event_id).scalar()
    for entry in walk.log[1:]:
        bench.clock.time = entry.at
        with bench.transaction() as work:
            case = work.session.get_one(Case, identity)
            write_line(work, case, Actor(ActorKind(entry.actor_kind), entry.actor), entry.payload)
    before = rows_of(bench, identity)
    with bench.transaction() as work:
        rebuild_case(work, identity)
    return rows_of(bench, identity) == before


def rows_of(bench: Bench, case_id: int) -> list[list[tuple[object, ...]]]:
    """All that stands beside the log of a case."""
    tables = ((Case, Case.id), (Assignment, Assignment.case_id), (CaseClock, CaseClock.case_id))
    with bench.hub.read_only() as work:
        return [
            sorted(
                (tuple(row) for row in work.session.query(*table.__table__.columns).filter(column == case_id)), key=str
            )
            for table, column in (*tables, (CaseTimer, CaseTimer.case_id))
        ]


if __name__ == "__main__":
    sys.exit(main())
