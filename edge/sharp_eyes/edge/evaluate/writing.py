"""Writes a report to disk and shows it in the terminal."""

from pathlib import Path

from rich.console import Console

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.evaluate.command import Outcome
from sharp_eyes.edge.evaluate.page import page_of
from sharp_eyes.edge.evaluate.table import show


def write(outcome: Outcome, out: Path, step: float, console: Console) -> None:
    """Write ``report.json`` and ``report.html`` and print the tables.

    Raises:
        ConfigError: the folder cannot be written.
    """
    show(outcome.report, console)
    page = page_of(outcome, step)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.json").write_text(outcome.report.model_dump_json(indent=1) + "\n", encoding="utf-8")
        (out / "report.html").write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--out {out}: {error.strerror}") from error
    console.print(f"wrote {out / 'report.json'} and {out / 'report.html'}", soft_wrap=True)
