"""The bundled broker's store on disk: whether the server found it damaged, and setting it aside.

After a power loss the server starts with whatever can be read. A gateway's session may then be known while nothing
is delivered to it any more: connected, and deaf for ever. A fresh store loses nothing that was acknowledged, for
gateways keep what the hub has not acknowledged, sign in anew, and are asked again what was asked.
"""

import logging
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

_LOG = logging.getLogger(__name__)

KEPT = 2
"""Stores that were set aside and are kept to be looked at; older ones are deleted."""

_MARK = ".damaged-"
_STAMP = "%Y%m%dT%H%M%SZ"

_DAMAGE = re.compile(
    r"(stream|consumer) metafile|reading metafile|checksum file|metafile checksum|corrupt|storage directory"
    r"|error (adding|recreating|restoring|recovering) (stream|consumer)|can't start jetstream|could not .* jetstream",
    re.IGNORECASE,
)
"""What the server (NATS 2.12 to 2.15) says at its start of what it could not read."""

_NO_ROOM = re.compile(r"no space left|not writable|too many open files|permission denied", re.IGNORECASE)
"""Troubles that a fresh store does not end."""


class BrokerStore:
    """The store in the broker's folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "jetstream"
        self._log = folder / "broker.log"
        self._errors = folder / "broker.err"

    def damage(self, process: int, *, ended: bool) -> str | None:
        """What the server with this process id said of damage when it started; ``None`` where it found none.

        ``ended``: it did not get as far as listening, so that a crash counts too.
        """
        if not self.path.exists():
            return None
        try:
            lines = self._log.read_text(errors="replace").splitlines()
        except OSError:
            lines = []
        for line in lines:
            trouble = line.startswith(f"[{process}]") and any(level in line for level in ("[WRN]", "[ERR]", "[FTL]"))
            if trouble and _DAMAGE.search(line) and not _NO_ROOM.search(line):
                return line.partition("] ")[2][-300:]
        try:
            crash = self._errors.read_text(errors="replace").strip() if ended else ""
        except OSError:
            crash = ""
        return crash.splitlines()[0][:300] if crash.startswith("panic:") else None

    def set_aside(self, why: str) -> Path | None:
        """Move the store away, so that the server makes a fresh one; return where it lies.

        Raises:
            OSError: it cannot be moved.
        """
        if not self.path.exists():
            return None
        target = self.path.with_name(f"{self.path.name}{_MARK}{datetime.now(UTC).strftime(_STAMP)}")
        while target.exists():
            target = target.with_name(target.name + "-")
        self.path.rename(target)
        _LOG.error(
            "the bundled broker's store is damaged (%s); it was set aside as %s, and a fresh one is begun. Gateways "
            "send again what was not acknowledged; delete the folder once nobody wants to look at it",
            why,
            target,
        )
        for old in self._set_aside()[:-KEPT]:
            _LOG.warning("deleting %s: no more than %d such stores are kept", old, KEPT)
            shutil.rmtree(old, ignore_errors=True)
            old.unlink(missing_ok=True)
        return target

    @property
    def set_aside_at(self) -> datetime | None:
        """When the latest store that still lies here was set aside."""
        for path in reversed(self._set_aside()):
            try:
                stamp = path.name.partition(_MARK)[2].rstrip("-")
                return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
            except ValueError:
                continue
        return None

    def _set_aside(self) -> list[Path]:
        """Stores that were set aside, oldest first."""
        return sorted(self.path.parent.glob(f"{self.path.name}{_MARK}*"))
