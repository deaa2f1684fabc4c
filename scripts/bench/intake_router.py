"""Measures what a batch costs the intake's router alone, with no broker; beside another checkout, batch by batch.

A machine that does other work makes the same batch cost twice as much processor time from one minute to the next. Two
processes that take one batch each in turn meet the same minutes, so their ratio holds where neither figure does.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/intake_router.py                            six events with two pictures a batch
  .venv/bin/python scripts/bench/intake_router.py --each 1 --beside ../older  each batch here and in another checkout
"""
_FIRST = 3
"""Batches that are not counted: what is made once is made by them."""


def main() -> int:
    """Measure and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0], epilog=EXAMPLES)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--each", type=int, default=6, help="events of a batch")
    parser.add_argument("--batches", type=int, default=50)
    parser.add_argument("--pictures", type=int, default=2, help="of each event")
    parser.add_argument("--picture-bytes", type=int, default=150_000)
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL with its fsync on; SQLite without")
    parser.add_argument("--city", default="demo", help="pack in configs/city; demo-district has clocks and notices")
    parser.add_argument("--beside", type=Path, help="another checkout of this repository")
    parser.add_argument("--in-turn", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.in_turn:
        take_in_turn(given)
        return 0
    trees = [ROOT] if given.beside is None else [given.beside.resolve(), ROOT]
    spent = measure(trees)
    said: dict[str, object] = {"events a batch": given.each, "load": round(os.getloadavg()[0], 1)}
    for tree, times in zip(trees, spent, strict=True):
        said[str(tree)] = {"processor_ms_an_event": round(1000 * statistics.median(times) / given.each, 2)}
    if given.beside is not None:
        ratios = (here / there for there, here in zip(*spent, strict=True))
        said["here, of the other"] = round(statistics.median(ratios), 3)
    print(json.dumps(said, indent=2))
    return 0


def measure(trees: list[Path]) -> list[list[float]]:
    """Seconds of processor time of each batch, by tree; each takes its batch while the others wait."""
    takers = [Taker(tree) for tree in trees]
    spent: list[list[float]] = [[] for _ in takers]
    while True:
        times = [taker.take_one() for taker in takers]
        for taken, one in zip(spent, times, strict=True):
            if one is None:
                return spent
            taken.append(one)


class Taker:
    """A process that takes a batch when it is told to."""

    def __init__(self, tree: Path) -> None:
        paths = [str(tree / name) for name in ("contract", "edge", "hub", "client")] + [str(tree)]
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--in-turn", *sys.argv[1:]],
            cwd=tree,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def take_one(self) -> float | None:
        """Seconds that one more batch took; None where there is none left."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self._process.poll() is None:
            try:
                print(file=self._process.stdin, flush=True)
            except BrokenPipeError:
                return None
        said = self._process.stdout.readline()
        return float(said) if said else None


def take_in_turn(given: argparse.Namespace) -> None:
    """Take a batch for each line that comes in, and say what it took."""
    from scripts.bench.intake import running_intake, with_pictures  # noqa: PLC0415 - of the checkout that is measured
    from tests.hub.databases import cluster  # noqa: PLC0415

    given.gateways, given.spots = 4, 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = None
        if given.postgresql:
            postgresql = stack.enter_context(cluster("fsync=on"))
            postgresql.run("CREATE DATABASE hub")
            url = postgresql.url("hub")
        hub, expect = stack.enter_context(running_intake(folder, url, given))
        expect(sys.maxsize)
        hub.intake.worker.stop()
        random = Random(1)
        for batch in range(_FIRST + given.batches):
            numbers = range(batch * given.each, (batch + 1) * given.each)
            sent = [one for number in numbers for one in with_pictures(number, given, random)]
            items = [packet for _, packets in sent for packet in packets]
            if batch >= _FIRST:
                sys.stdin.readline()
            began = time.process_time()
            hub.intake.router.take_together(items)
            if batch >= _FIRST:
                print(time.process_time() - began, flush=True)


if __name__ == "__main__":
    sys.exit(main())
