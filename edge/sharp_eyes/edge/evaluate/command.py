"""What the judge's commands share: their terminal, what Ctrl-C says, and how they end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

import typer
from rich.console import Console

WIDE = 180
"""Columns of what is written to a file or a pipe: nothing is cut there."""

NOT_ALL_JUDGED = 1
"""Exit code where something, or everything, could not be judged; the report is written."""

Runtime = Annotated[Literal["onnxruntime", "openvino"], typer.Option(help="What runs the models.")]


def console_of() -> Console:
    """The terminal, or a wide page where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDE)


@contextmanager
def stoppable(
    console: Console, kept: str = "what was looked at is kept: run the same command again to go on"
) -> Iterator[None]:
    """End the command with the usual exit code at Ctrl-C, and say what is ``kept``."""
    try:
        yield
    except KeyboardInterrupt:
        console.print(f"stopped; {kept}")
        raise typer.Exit(130) from None


def end(*, complete: bool) -> None:
    """End the command after its report was written.

    Raises:
        typer.Exit: with :data:`NOT_ALL_JUDGED` where it is not complete.
    """
    if not complete:
        raise typer.Exit(NOT_ALL_JUDGED)
