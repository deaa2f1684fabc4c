"""Runs the demo for hours and writes down memory, descriptors and threads of each of its processes.

Ends with a table: each process's median in the first and in the last tenth of the time, and the growth between them.
The first minutes, in which models are loaded, are left out.
"""

import argparse
import csv
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

EXAMPLES = """examples:
  nohup .venv/bin/python scripts/bench/soak.py --hours 8 --csv soak.csv > soak.txt &
  .venv/bin/python scripts/bench/soak.py --hours 0.2
"""
COLUMNS = ("memory_kib", "descriptors", "threads")
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024


def name_of(command: list[str]) -> str | None:
    """What a process of the demo is; none for one that only starts another."""
    text = " ".join(command)
    if "nats-server" in command[0]:
        return "broker"
    for module, words in (("sharp_eyes.hub", ("demo", "serve")), ("sharp_eyes.edge", ("run",))):
        for word in words:
            if f"-m {module} {word}" in text:
                return f"{module.rpartition('.')[2]} {word}"
    return None


def sample(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Memory (KiB resident), descriptors and threads of each process that works in this folder."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if not any(str(folder) in word for word in command) or (name := name_of(command)) is None:
                continue
            memory = int((entry / "statm").read_text().split()[1]) * PAGE_KIB
            found[name] = (memory, len(list((entry / "fd").iterdir())), len(list((entry / "task").iterdir())))
        except OSError:
            continue
    return found


def report(rows: list[tuple[float, str, tuple[int, int, int]]]) -> None:
    """Print the medians of the first and the last tenth."""
    by_name = defaultdict(list)
    for _, name, values in rows:
        by_name[name].append(values)
    for name, all_values in sorted(by_name.items()):
        tenth = max(1, len(all_values) // 10)
        for column, title in enumerate(COLUMNS):
            first = statistics.median(values[column] for values in all_values[:tenth])
            last = statistics.median(values[column] for values in all_values[-tenth:])
            print(f"{name:12} {title:12} {first:10.0f} → {last:10.0f}  ({last - first:+.0f})")


def main() -> int:
    """Run, sample, report."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hours", type=float, default=8, help="how long")
    parser.add_argument("--every", type=float, default=60, help="seconds between two samples")
    parser.add_argument("--warm-up", type=float, default=300, help="seconds left out at the start")
    parser.add_argument("--csv", type=Path, help="file for all samples")
    parser.add_argument("--port", type=int, default=18_941, help="of the demo; its broker takes the next one")
    arguments = parser.parse_args()
    rows: list[tuple[float, str, tuple[int, int, int]]] = []
    with tempfile.TemporaryDirectory(prefix="sharp-eyes-soak-") as name:
        folder = Path(name) / "demo"
        ports = ["--port", str(arguments.port), "--broker-port", str(arguments.port + 1)]
        command = [sys.executable, "-m", "sharp_eyes.hub", "demo", "--data", str(folder), *ports]
        with (Path(name) / "demo.log").open("wb") as log:
            demo = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            began = time.monotonic()
            while (passed := time.monotonic() - began) < arguments.hours * 3600:
                time.sleep(min(arguments.every, arguments.hours * 3600 - passed))
                if demo.poll() is not None:
                    print((Path(name) / "demo.log").read_text(errors="replace")[-2000:])
                    return 1
                if passed >= arguments.warm_up:
                    rows += [(passed, process, values) for process, values in sample(folder).items()]
        finally:
            if demo.poll() is None:
                demo.send_signal(signal.SIGINT)
                demo.wait(120)
    if arguments.csv:
        with arguments.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("seconds", "process", *COLUMNS))
            writer.writerows((round(passed), process, *values) for passed, process, values in rows)
    report(rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
