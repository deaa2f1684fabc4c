"""Passwords that a command gives out: shown or laid down once they hold, and not before."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import typer

from sharp_eyes.configuration.whole_files import write_private
from sharp_eyes.hub.errors import SettingsError

_UNTIL_IT_HOLDS = ".given"


class GivenSecret:
    """Where a password goes; ``give`` it while it can still be taken back."""

    def __init__(self, out: Path | None) -> None:
        self.out = out
        self._text = ""
        self._beside = None if out is None else out.with_name(out.name + _UNTIL_IT_HOLDS)

    def give(self, text: str) -> None:
        """Lay it down beside the file it is meant for, which may hold one that still holds.

        Raises:
            SettingsError: it cannot be written.
        """
        self._text = text
        if self._beside is not None:
            try:
                write_private(self._beside, text + "\n")
            except OSError as error:
                raise SettingsError(f"--out {self.out}: {error.strerror}") from error

    def show(self) -> None:
        """Say it: alone on standard output, so that it can be sent straight into a file, or there in its own."""
        if self.out is not None and self._beside is not None:
            self._beside.replace(self.out)
        else:
            typer.echo(self._text)

    def forget(self) -> None:
        """Leave nothing of it."""
        if self._beside is not None:
            with suppress(OSError):
                self._beside.unlink(missing_ok=True)


@contextmanager
def giving(out: Path | None) -> Iterator[GivenSecret]:
    """Give a password out at the end, where what makes it hold was done; else nothing is left of it."""
    secret = GivenSecret(out)
    try:
        yield secret
    except BaseException:
        secret.forget()
        raise
