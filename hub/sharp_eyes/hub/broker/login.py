"""Where the hub's broker is, and under which name the hub signs in."""

from dataclasses import dataclass
from pathlib import Path

HUB_USER = "sharp-eyes-hub"
"""The hub's own user at the broker; no gateway may have this name."""


@dataclass(frozen=True, slots=True)
class BrokerLogin:
    """Where the broker is and how the hub signs in there."""

    url: str
    username: str
    password: str
    ca_file: Path | None = None
    pinned_certificate: Path | None = None
    """The broker's own certificate, where it is our own child: that one and no other is believed."""

    password_file: Path | None = None
    """Where the password came from, which may be put right while the hub runs."""

    def read_password(self) -> str:
        """Read the password anew, where it came from a file.

        Raises:
            OSError, ValueError: the file cannot be read.
        """
        return self.password if self.password_file is None else self.password_file.read_text(encoding="utf-8").strip()
