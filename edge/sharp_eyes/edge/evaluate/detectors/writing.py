"""Writes a report to disk and shows it in the terminal."""

from pathlib import Path

from rich.console import Console

from sharp_eyes.edge.evaluate.detectors.evaluation import DetectorEvaluation
from sharp_eyes.edge.evaluate.detectors.page import page_of
from sharp_eyes.edge.evaluate.detectors.terminal import show
from sharp_eyes.edge.evaluate.report.files import write_files


def write(outcome: DetectorEvaluation, out: Path, step: float, console: Console) -> None:
    """Write ``report.json`` and ``report.html`` and print the tables.

    Raises:
        ConfigError: the folder cannot be written.
    """
    show(outcome.report, console)
    page = page_of(outcome, step)
    report = outcome.report.model_dump_json(indent=1) + "\n"
    write_files(out, {"report.json": report, "report.html": page})
    console.print(f"wrote {out / 'report.json'} and {out / 'report.html'}", soft_wrap=True)
