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
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

EXAMPLES = """examples:
  nohup .venv/bin/python scripts/bench/soak.py --hours 8 --csv soak.csv > soak.txt &
  .venv/bin/python scripts/bench/soak.py --hours 0.2
"""
Row = tuple[float, str, tuple[int, int, int]]
"""Seconds since the start, which process, and its memory, descriptors and threads."""

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


def report(rows: list[Row]) -> None:
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


def writer_of(file: Path | None, stack: ExitStack) -> Callable[[Row], None]:
    """What writes each sample down as it comes, so that a soak that is cut short has said something."""
    if file is None:
        return lambda _row: None
    target = stack.enter_context(file.open("w", newline="", encoding="utf-8", buffering=1))
    writer = csv.writer(target)
    writer.writerow(("seconds", "process", *COLUMNS))

    def write(row: Row) -> None:
        writer.writerow((round(row[0]), row[1], *row[2]))

    return write


def start_demo(folder: Path, port: int, stack: ExitStack) -> "subprocess.Popen[bytes]":
    """Start the demo, and see that it ends."""
    command = [sys.executable, "-m", "sharp_eyes.hub", "demo", "--data", str(folder / "demo")]
    log = stack.enter_context((folder / "demo.log").open("wb"))
    ports = ["--port", str(port), "--broker-port", str(port + 1)]
    demo = subprocess.Popen([*command, *ports], stdout=log, stderr=log, start_new_session=True)
    stack.callback(end, demo)
    return demo


def end(demo: "subprocess.Popen[bytes]") -> None:
    """End the demo as Ctrl-C does."""
    if demo.poll() is None:
        demo.send_signal(signal.SIGINT)
        demo.wait(120)


def watch(demo: "subprocess.Popen[bytes]", folder: Path, seconds: float, every: float) -> Iterator[Row]:
    """Sample all processes again and again, until the time is over or the demo has ended."""
    began = time.monotonic()
    while (left := began + seconds - time.monotonic()) > 0:
        time.sleep(min(every, left))
        if demo.poll() is not None:
            return
        passed = time.monotonic() - began
        yield from ((passed, process, values) for process, values in sample(folder).items())


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
    rows: list[Row] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sharp-eyes-soak-")))
        keep = writer_of(arguments.csv, stack)
        demo = start_demo(folder, arguments.port, stack)
        try:
            for row in watch(demo, folder / "demo", arguments.hours * 3600, arguments.every):
                keep(row)
                rows += [row] if row[0] >= arguments.warm_up else []
        except KeyboardInterrupt:
            print("stopped early; what was seen so far:")
        ended = demo.poll() is not None
        if ended:
            print((folder / "demo.log").read_text(errors="replace")[-2000:])
    report(rows)
    return 1 if ended else 0


if __name__ == "__main__":
    raise SystemExit(main())
