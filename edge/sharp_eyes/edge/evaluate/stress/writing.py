"""Writes a stress run to disk and shows it in the terminal."""

from pathlib import Path

from rich.console import Console

from sharp_eyes.edge.evaluate.report.files import write_files
from sharp_eyes.edge.evaluate.stress.evaluation import StressEvaluation
from sharp_eyes.edge.evaluate.stress.page import page_of
from sharp_eyes.edge.evaluate.stress.terminal import show


def write(outcome: StressEvaluation, out: Path, console: Console) -> None:
    """Write ``report.json`` and ``report.html`` and print the table.

    Raises:
        ConfigError: the folder cannot be written.
    """
    show(outcome.report, console)
    report = outcome.report.model_dump_json(indent=1) + "\n"
    write_files(out, {"report.json": report, "report.html": page_of(outcome)})
    console.print(f"wrote {out / 'report.json'} and {out / 'report.html'}", soft_wrap=True)
