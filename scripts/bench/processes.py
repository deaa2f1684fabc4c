"""Processor time and memory of other processes, read from ``/proc``."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    """One process, by its number."""

    pid: int

    @property
    def seconds(self) -> float:
        """Processor time of all its threads and of children that it has waited for; 0 where it is gone."""
        fields = self._fields()
        return sum(map(int, fields[11:15])) / _TICKS

    @property
    def parent(self) -> int:
        """Its parent's number; 0 where it is gone."""
        return int((self._fields() or ["", "0"])[1])

    @property
    def memory(self) -> list[int]:
        """MiB of memory that it has in use, and that it ever had."""
        text = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        found = dict(line.split(":", 1) for line in text.splitlines())
        return [int(found[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM")]

    def _fields(self) -> list[str]:
        try:
            return Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return []


def tree(pid: int) -> list[Process]:
    """A process and its children."""
    everyone = (Process(int(one.name)) for one in Path("/proc").iterdir() if one.name.isdigit())
    return [Process(pid), *(one for one in everyone if one.parent == pid)]
