"""What is read of a gateway when Prometheus asks, from what its rooms keep anyway."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from sharp_eyes.configuration.health import HealthWatch, PartState
from sharp_eyes.configuration.version import __version__
from sharp_eyes.contract.status import CameraHealth, CameraState
from sharp_eyes.edge.metrics.sources import Sources
from sharp_eyes.edge.snap.wall_clock import wall

_PREFIX = "sharp_eyes_gateway"


class GatewayCollector(Collector):
    """Reads one gateway; labels are its settings' cameras and words of its code. Safe to use from many threads."""

    def __init__(self, sources: Sources, health: HealthWatch) -> None:
        self._sources = sources
        self._health = health

    def register(self, registry: CollectorRegistry) -> None:
        """Have it collected along with the gateway's counters and the figures of its process."""
        registry.register(self)
        for kind in (ProcessCollector, PlatformCollector, GCCollector):
            kind(registry=registry)

    def describe(self) -> Iterable[Metric]:
        """Name nothing before it is asked for."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Give all families."""
        yield InfoMetricFamily(f"{_PREFIX}_build", "The version that runs.", {"version": __version__})
        yield self._parts()
        yield from self._cameras()
        yield _gauge("detector_busy_ratio", "Share of the time that the detector looked, lately.", self._busy)
        yield from self._outbox()
        yield _gauge(
            "hub_connected", "1 while the hub's broker has let the gateway in.", self._sources.publisher.connected
        )
        yield _gauge("clock_doubt", "1 while times are doubtful: the clock was set, or never was.", bool(wall.doubt))
        yield _gauge("disk_free_bytes", "Bytes that are free on the disk of the outbox.", self._sources.free_bytes())
        yield from self._machine()

    @property
    def _busy(self) -> float:
        return self._sources.scheduler.busy

    def _parts(self) -> Metric:
        health = GaugeMetricFamily(
            f"{_PREFIX}_health", "1 for the state in which a part of the gateway is.", labels=["part", "state"]
        )
        for part in self._health.parts:
            for state in PartState:
                health.add_metric([part.name, state.value], part.finding.state is state)
        return health

    def _cameras(self) -> Iterator[Metric]:
        cameras = self._sources.every_camera()
        healths = {name: camera.health() for name, camera in cameras.items()}
        yield _states(healths)
        yield _skipped(healths)
        read = _counter("frames_read", "Frames decoded.")
        for name, camera in cameras.items():
            read.add_metric([name], camera.frames_read)
        yield read
        looks = _counter("looks", "Frames looked at.")
        late = _counter("looks_late", "Looks that ended more than their interval after they had become due.")
        lateness = _of_camera("look_lateness_seconds", "Seconds by which the latest of them was late, recent.")
        pace = _of_camera(
            "camera_frames_per_second", "Frames decoded a second, recent; missing where it is not online."
        )
        keyframes = _of_camera("camera_keyframe_interval_seconds", "Seconds between keyframes, recent.")
        for name, health in healths.items():
            looks.add_metric([name], health.looks)
            late.add_metric([name], health.late or 0)
            lateness.add_metric([name], health.lateness or 0.0)
            for family, value in ((pace, health.frames_per_second), (keyframes, health.keyframe_interval)):
                if value is not None:
                    family.add_metric([name], value)
        yield from (looks, late, lateness, pace, keyframes)

    def _outbox(self) -> Iterator[Metric]:
        state = self._sources.outbox.state()
        yield _gauge("outbox_messages", "Messages that wait for the hub, files among them.", state.pending)
        yield _gauge("outbox_bytes", "Bytes of the files that wait.", state.bytes)
        yield _gauge("outbox_max_bytes", "Bytes at which the oldest files give way.", self._sources.max_bytes)
        yield _gauge("outbox_refused", "Messages kept aside because the hub refused them for good.", state.refused)
        yield _gauge(
            "outbox_aside", "Messages that could not get through and try later.", self._sources.publisher.stuck[0]
        )
        yield _gauge("outbox_oldest_seconds", "Seconds since what waits longest was seen.", self._sources.outbox.oldest)
        yield CounterMetricFamily(
            f"{_PREFIX}_outbox_lost", "Messages and files that found no room, since the outbox was made.", state.lost
        )

    def _machine(self) -> Iterator[Metric]:
        machine = self._sources.machine()
        warmth = GaugeMetricFamily(
            f"{_PREFIX}_machine_temperature_celsius", "Of the hottest sensor, where there is one."
        )
        if machine is not None and machine.temperature is not None:
            warmth.add_metric([], machine.temperature)
        yield warmth
        slowed = machine is not None and machine.throttled
        yield _gauge("machine_throttled", "1 while heat or power slows the machine down.", slowed)


def _states(healths: dict[str, CameraHealth]) -> Metric:
    states = GaugeMetricFamily(
        f"{_PREFIX}_camera_state", "1 for the state in which a camera is.", labels=["camera", "state"]
    )
    for name, health in healths.items():
        for state in CameraState:
            states.add_metric([name, state.value], health.state is state)
    return states


def _skipped(healths: dict[str, CameraHealth]) -> Metric:
    skipped = CounterMetricFamily(
        f"{_PREFIX}_frames_skipped", "Frames that were not looked at, by reason.", labels=["camera", "reason"]
    )
    for name, health in healths.items():
        for reason, number in health.skipped.items():
            skipped.add_metric([name, reason], number)
    return skipped


def _counter(name: str, what: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"{_PREFIX}_{name}", what, labels=["camera"])


def _of_camera(name: str, what: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{_PREFIX}_{name}", what, labels=["camera"])


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{_PREFIX}_{name}", what, value=float(value))
