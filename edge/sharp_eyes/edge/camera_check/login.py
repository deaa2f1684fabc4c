"""A camera's user name and password: where they come from, so that no password stands on the command line."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import typer

from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.snap.address import Address, parse_address


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks the camera.

    Attributes:
        username: None where the camera wants none.
        password: never shown.
        file: the file that the password was read from.
        variable: the environment variable that it was read from.
    """

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    file: Path | None = None
    variable: str | None = None

    def address(self, url: str) -> str:
        """An address with this login in it, for use in memory only; without one it stays as it is."""
        if self.username is None:
            return parse_address(url).escaped
        scheme, _, _, place = parse_address(url)
        return Address(scheme, self.username, self.password, place).escaped


def login_of(address: str, username: str | None, file: Path | None, variable: str | None) -> Login:
    """Put the login together from the options and from what stands in the address.

    A password is read from its file (``-`` is the standard input) or variable; where neither is given it is asked for,
    if somebody sits there.

    Raises:
        ConfigError: it cannot be read, or there is nobody to ask.
    """
    if file is not None and variable is not None:
        raise ConfigError("give --password-file or --password-env, not both")
    written = parse_address(address) if "://" in address else None
    name = username or (written.username if written else None) or None
    password = _password(file, variable)
    if password is None and written is not None:
        password = written.password
    if password is not None and name is None:
        raise ConfigError("a password without a user name; give --username")
    if password is None and name is not None:
        password = _asked(name)
    return Login(name, password, None if file == Path("-") else file, variable)


def without_login(address: str) -> str:
    """An address without the login that it may carry."""
    if "://" not in address:
        return address
    scheme, _, _, place = parse_address(address)
    return f"{scheme}://{place}"


def _password(file: Path | None, variable: str | None) -> str | None:
    if variable is not None:
        try:
            return os.environ[variable]
        except KeyError:
            raise ConfigError(f"--password-env: the variable {variable} is not set") from None
    if file is None:
        return None
    if file == Path("-"):
        return sys.stdin.readline().strip()
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"--password-file {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"--password-file {file}: is not text in UTF-8") from error


def _asked(name: str) -> str:
    if not sys.stdin.isatty():
        raise ConfigError(
            f"no password for {name}; give --password-file or --password-env (it is asked for at a terminal)"
        )
    return str(typer.prompt(f"Password of {name} at the camera", hide_input=True, err=True))
