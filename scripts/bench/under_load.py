"""Runs the tests again and again beside processes that keep the processor busy, and says which failed in which run.

Each run that came to its end is one line of a file of JSON lines, so runs may be broken off (Ctrl-C) and continued:
what the file holds of this commit, this load and these tests counts. Ends with 1 where anything failed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[2]
EXAMPLES = """examples:
  .venv/bin/python scripts/bench/under_load.py --runs 3 --beside 8
  .venv/bin/python scripts/bench/under_load.py --runs 20 --workers 0 tests/edge/snap tests/edge/push/test_stuck.py
"""
BURN = "import os, sys\nwhile os.getppid() == int(sys.argv[1]):\n    for _ in range(1_000_000): pass"
"""Ends by itself when who started it is gone, however that came."""
LOOK_SECONDS = 10.0


class UnderLoadError(Exception):
    """The tests did not run; the text says why."""


@dataclass(frozen=True)
class Series:
    """What runs belong together."""

    commit: str
    beside: int
    workers: int
    tests: list[str]


@dataclass(frozen=True)
class Run:
    """One run of all the tests: how it went, and the machine's load while it did."""

    series: Series
    began: str
    seconds: float
    load_mean: float
    load_most: float
    outcomes: dict[str, int]
    failed: list[str] = field(default_factory=list)


def commit_of(folder: Path) -> str:
    """The checkout's commit, with a word where files differ from it."""
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def kept_runs(file: Path, series: Series) -> list[Run]:
    """The runs of this series that the file holds; a last line that was cut off is none."""
    runs = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        run = Run(**{**said, "series": Series(**said["series"])})
        if run.series == series:
            runs.append(run)
    return runs


@contextmanager
def busy(count: int) -> Iterator[None]:
    """So many processes that never wait."""
    with ExitStack() as stack:
        for _ in range(count):
            burner = stack.enter_context(subprocess.Popen([sys.executable, "-c", BURN, str(os.getpid())]))
            stack.callback(burner.kill)
        yield


def outcomes_of(report: Path) -> tuple[dict[str, int], list[str]]:
    """How many tests came out how, and which failed, from a JUnit file."""
    counts: Counter[str] = Counter()
    failed = []
    for case in ElementTree.parse(report).iter("testcase"):
        said = {child.tag for child in case} & {"failure", "error", "skipped"}
        outcome = "failed" if said & {"failure", "error"} else "skipped" if said else "passed"
        counts[outcome] += 1
        if outcome == "failed":
            failed.append(f"{case.get('classname')}::{case.get('name')}")
    return dict(counts), failed


def run_once(series: Series, log: Path) -> Run:
    """Run the tests beside the busy processes.

    Raises:
        UnderLoadError: pytest could not begin or was interrupted, so nothing is known.
    """
    loads = []
    began, clock = time.strftime("%Y-%m-%dT%H:%M:%S%z"), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, log.open("wb") as said, busy(series.beside):
        report = Path(folder) / "report.xml"
        spread = ["-n", str(series.workers), "--dist", "loadfile", "--no-loadscope-reorder"]
        command = [sys.executable, "-m", "pytest", *spread, "--junitxml", str(report)]
        tests = subprocess.Popen([*command, *series.tests], cwd=ROOT, stdout=said, stderr=said)
        try:
            while tests.poll() is None:
                try:
                    tests.wait(LOOK_SECONDS)
                except subprocess.TimeoutExpired:
                    loads.append(os.getloadavg()[0])
        except KeyboardInterrupt:
            tests.wait()  # it was interrupted, too, and ends what it has started
            raise
        if tests.returncode not in (0, 1):
            raise UnderLoadError(f"pytest ended with {tests.returncode}; see {log}")
        counts, failed = outcomes_of(report)
    loads = loads or [os.getloadavg()[0]]
    mean, most = round(sum(loads) / len(loads), 1), round(max(loads), 1)
    return Run(series, began, round(time.monotonic() - clock, 1), mean, most, counts, failed)


def told(number: int, run: Run) -> str:
    """One line about a run, and one for each test that failed in it."""
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(run.outcomes.items()))
    head = f"run {number}: {counts} in {run.seconds:.0f} s, load {run.load_mean} (at most {run.load_most})"
    return "\n".join([head, *(f"    {one}" for one in run.failed)])


def main() -> int:
    """Run what is not there yet, and tell of all; 1 where a test failed or the tests did not run."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3, help="how many there shall be in the end (3)")
    parser.add_argument("--beside", type=int, default=8, help="processes that keep the processor busy (8)")
    parser.add_argument("--workers", type=int, default=6, help="pytest's workers (6, as 'make test')")
    parser.add_argument(
        "--results", type=Path, default=ROOT / "runs" / "under_load.jsonl", help="file that runs are added to"
    )
    parser.add_argument("tests", nargs="*", help="files, folders or names for pytest; all tests")
    wanted = parser.parse_args()
    series = Series(commit_of(ROOT), wanted.beside, wanted.workers, wanted.tests)
    wanted.results.parent.mkdir(parents=True, exist_ok=True)
    runs = kept_runs(wanted.results, series)
    for number, run in enumerate(runs, 1):
        print(told(number, run))
    try:
        for number in range(len(runs) + 1, wanted.runs + 1):
            runs.append(run_once(series, wanted.results.with_suffix(f".{number}.log")))
            with wanted.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(runs[-1])) + "\n")
            print(told(number, runs[-1]), flush=True)
    except UnderLoadError as error:
        print(f"under_load: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"under_load: interrupted; the same command goes on after run {len(runs)}", file=sys.stderr)
        return 130
    green = sum(not run.failed for run in runs)
    print(f"{green} of {len(runs)} runs green, beside {series.beside} busy processes at {series.commit}")
    return 0 if green == len(runs) else 1


if __name__ == "__main__":
    sys.exit(main())
