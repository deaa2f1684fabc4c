"""How hot the gateway's machine is, and whether it is slowed down, where Linux tells.

Sources: thermal zones and cooling devices (``Documentation/driver-api/thermal/sysfs-api.rst`` of the kernel), throttle
counters of x86 cores, over-current counters of a Jetson Orin (``hwmon``). What is not there says nothing.
"""

import time
from collections.abc import Callable
from pathlib import Path

from sharp_eyes.contract.status import MachineState

READ_EVERY = 10.0
"""Seconds between two readings; heartbeats between them carry the same."""
SLOWED_FOR = 60.0
"""Seconds for which a throttle counter that has grown is told."""
NEAR_CRITICAL = 5.0
"""Degrees below the temperature at which the machine switches itself off."""
SENSIBLE = (-40.0, 150.0)
"""Degrees Celsius; a sensor that is switched off gives others."""
SLOWING = ("cpu", "gpu", "freq", "processor", "throttle")
"""In the type of a cooling device that cools by slowing down, not by blowing."""
COUNTERS = (
    "devices/system/cpu/cpu*/thermal_throttle/*_throttle_count",
    "class/hwmon/hwmon*/oc*_event_cnt",
)


class Machine:
    """Reads the machine's state, at most every ten seconds.

    Args:
        sys: where the kernel's ``/sys`` is.
        clock: monotonic seconds.
    """

    def __init__(self, sys: Path = Path("/sys"), clock: Callable[[], float] = time.monotonic) -> None:
        self._sys = sys
        self._clock = clock
        self._counted = self._count()
        self._grew: float | None = None
        self._read_at: float | None = None
        self._state: MachineState | None = None

    def state(self) -> MachineState | None:
        """The machine's state; None where the system tells nothing."""
        now = self._clock()
        if self._read_at is None or now - self._read_at >= READ_EVERY:
            self._read_at, self._state = now, self._read(now)
        return self._state

    def _read(self, now: float) -> MachineState | None:
        zones = [zone for path in sorted(self._sys.glob("class/thermal/thermal_zone*")) if (zone := _zone(path))]
        counted = self._count()
        if any(number > self._counted.get(name, number) for name, number in counted.items()):
            self._grew = now
        self._counted = counted
        slowed = self._is_cooled() or (self._grew is not None and now - self._grew < SLOWED_FOR)
        if not zones and not slowed:
            return None
        warmest = max(zones, default=(None, "", None), key=lambda zone: zone[0])
        return _told(warmest, slowed)

    def _is_cooled(self) -> bool:
        """Whether a cooling device slows something down at this moment."""
        for device in self._sys.glob("class/thermal/cooling_device*"):
            kind = (_text(device / "type") or "").lower()
            if "fan" not in kind and any(word in kind for word in SLOWING) and (_number(device / "cur_state") or 0) > 0:
                return True
        return False

    def _count(self) -> dict[Path, float]:
        found = {path: _number(path) for pattern in COUNTERS for path in self._sys.glob(pattern)}
        return {path: number for path, number in found.items() if number is not None}


def _told(warmest: tuple[float | None, str, float | None], slowed: bool) -> MachineState:
    temperature, sensor, critical = warmest
    where = "" if temperature is None else f"{sensor} {temperature:.0f} °C"
    said = []
    if slowed:
        said.append(
            "the machine slows itself down" + (f" ({where})" if where else "") + "; cool it, or give it more power"
        )
    if temperature is not None and critical is not None and temperature >= critical - NEAR_CRITICAL:
        said.append(f"the machine is about to switch itself off: {where}, at {critical:.0f} °C it does; cool it")
    return MachineState(temperature=temperature, sensor=sensor, throttled=slowed, detail="; ".join(said))


def _zone(path: Path) -> tuple[float, str, float | None] | None:
    """Degrees of a thermal zone, its name, and where it switches the machine off; None where it measures nothing."""
    raw = _number(path / "temp")
    if raw is None or not SENSIBLE[0] < raw / 1000 < SENSIBLE[1]:
        return None
    critical = None
    for kind in path.glob("trip_point_*_type"):
        limit = _number(kind.with_name(kind.name.replace("_type", "_temp")))
        if _text(kind) == "critical" and limit is not None and limit / 1000 < SENSIBLE[1]:
            critical = limit / 1000
    return raw / 1000, _text(path / "type") or path.name, critical


def _text(path: Path) -> str | None:
    # A sensor that sleeps answers with an error of its own.
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()[:64]
    except OSError:
        return None


def _number(path: Path) -> float | None:
    try:
        return float(_text(path) or "")
    except ValueError:
        return None
