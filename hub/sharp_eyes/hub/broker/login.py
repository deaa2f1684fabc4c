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
