"""What is looked at to tell the health of each part of a gateway."""

from datetime import datetime

from sharp_eyes.configuration.health import WELL, Finding, HealthWatch, PartState
from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.status import CameraState
from sharp_eyes.edge.metrics.sources import Sources
from sharp_eyes.edge.snap.wall_clock import wall

WAITS_LONG = 600.0
"""Seconds that something may wait in the outbox while the hub is there."""

LONGEST = 120.0
"""Seconds that a look may last at most, as the service manager is told (``vital_signs.py``)."""

BUSY = 0.98
"""Share of the time from which on a detector that is late cannot look more often."""

LITTLE_ROOM, NO_ROOM = 512 * 1024**2, 32 * 1024**2
"""Bytes that are free on the disk."""

FILLED = 0.8
"""Share of the outbox's bytes from which on it is soon full."""


class GatewayLooks:
    """Each look gives what it finds."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def watch(self) -> HealthWatch:
        """All of them together; a gateway that does not look is of no use."""
        looks = {
            "cameras": self.at_cameras,
            "looks": self.at_looks,
            "hub": self.at_hub,
            "outbox": self.at_outbox,
            "disk": self.at_disk,
            "clock": self.at_clock,
            "machine": self.at_machine,
        }
        return HealthWatch(looks, "looks", lambda: datetime.now(UTC))

    def at_cameras(self) -> Finding:
        """Whether all cameras can be read."""
        states = [camera.health().state for camera in self._sources.every_camera().values()]
        lost = states.count(CameraState.LOST)
        if not lost:
            return WELL
        return Finding(PartState.FAILED if lost == len(states) else PartState.DEGRADED, "lost", lost)

    def at_looks(self) -> Finding:
        """Whether frames are looked at, and in time."""
        scheduler = self._sources.scheduler
        if scheduler.hangs > LONGEST:
            return Finding(PartState.FAILED, "hangs", int(scheduler.hangs))
        healths = [camera.health() for camera in self._sources.every_camera().values()]
        failing = scheduler.failing
        if failing:
            return Finding(PartState.DEGRADED, "failing", failing)
        lateness = max((health.lateness or 0.0 for health in healths), default=0.0)
        if scheduler.busy > BUSY and lateness > 0:
            return Finding(PartState.DEGRADED, "late", int(lateness))
        return WELL

    def at_hub(self) -> Finding:
        """Whether the hub's broker is there, and takes what is sent."""
        if not self._sources.publisher.connected:
            return Finding(PartState.FAILED, "away")
        return Finding(PartState.DEGRADED, "silent") if self._sources.publisher.stuck[1] else WELL

    def at_outbox(self) -> Finding:
        """Whether what waits gets away."""
        state = self._sources.outbox.state()
        if state.bytes > FILLED * self._sources.max_bytes:
            return Finding(PartState.DEGRADED, "filling", state.bytes)
        waits = self._sources.outbox.oldest
        return Finding(PartState.DEGRADED, "late", int(waits)) if waits > WAITS_LONG else WELL

    def at_disk(self) -> Finding:
        """Whether what is seen can be kept, and has room."""
        if self._sources.is_read_only():
            return Finding(PartState.FAILED, "read_only")
        free = self._sources.free_bytes()
        if free < NO_ROOM:
            return Finding(PartState.FAILED, "full", free)
        return Finding(PartState.DEGRADED, "low", free) if free < LITTLE_ROOM else WELL

    def at_clock(self) -> Finding:
        """Whether times can be trusted."""
        return Finding(PartState.DEGRADED, "doubtful") if wall.doubt else WELL

    def at_machine(self) -> Finding:
        """Whether heat or power slows the machine down."""
        machine = self._sources.machine()
        slowed = machine is not None and machine.throttled
        return Finding(PartState.DEGRADED, "throttled") if slowed else WELL
