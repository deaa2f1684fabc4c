"""What is read of a hub when Prometheus asks: from what is kept in memory, and a few short queries of the database."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from prometheus_client import GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from sharp_eyes.configuration.health import PartState
from sharp_eyes.configuration.version import __version__
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.metrics.stored import count_stored
from sharp_eyes.hub.store.patience import Patience, waiting

KEPT_SECONDS = 10.0
"""Seconds for which the database's answers are kept: however many ask, it is asked once in that time."""

_PREFIX = "sharp_eyes_hub"
_REFUSED = "refused"


class HubCollector(Collector):
    """Reads one hub. Safe to use from many threads."""

    def __init__(self, hub: Hub, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._hub = hub
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._stored: list[Metric] = []
        self._stored_until = float("-inf")

    def register(self) -> None:
        """Have it collected with the hub's own counters, along with the figures of its process."""
        registry = self._hub.measures.registry
        registry.register(self)
        for kind in (ProcessCollector, PlatformCollector, GCCollector):
            kind(registry=registry)

    def describe(self) -> Iterable[Metric]:
        """Name nothing before it is asked for: that would ask the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Give all families. What a database that is away would tell is missing; its health says that it is away."""
        yield InfoMetricFamily(f"{_PREFIX}_build", "The version that runs.", {"version": __version__})
        yield from self._health()
        yield from self._intake()
        yield from self._broker()
        yield from self._pages()
        yield from self._room()
        yield from self._from_database()

    def _health(self) -> Iterator[Metric]:
        health = GaugeMetricFamily(
            f"{_PREFIX}_health", "1 for the state in which a part of the hub is.", labels=["part", "state"]
        )
        for part in self._hub.health.parts:
            for state in PartState:
                health.add_metric([part.name, state.value], part.finding.state is state)
        yield health

    def _intake(self) -> Iterator[Metric]:
        replies = self._hub.intake.replies
        held_back = replies.held_back.bounds
        missed = CounterMetricFamily(
            f"{_PREFIX}_intake_not_taken",
            "Messages that were refused for good, held back for a while, or dropped as no good, by reason.",
            labels=["outcome", "reason"],
        )
        for reason, number in replies.dropped.counts().items():
            outcome = _REFUSED if reason == _REFUSED else "held_back" if reason in held_back else "dropped"
            missed.add_metric([outcome, reason], number)
        yield missed
        waiting = self._hub.intake.worker.waiting
        yield _gauge("intake_waiting_messages", "Messages that wait for their turn.", waiting.messages)
        yield _gauge("intake_waiting_bytes", "Bytes of them.", waiting.bytes)
        yield _gauge("intake_lag_seconds", "Seconds for which the oldest of them has waited.", waiting.oldest_seconds)

    def _broker(self) -> Iterator[Metric]:
        yield _gauge("broker_connected", "1 while the hub is connected to its broker.", self._hub.broker_connected())
        check = self._hub.intake.self_check
        if check is not None:
            yield _gauge(
                "broker_hearing", "1 while the hub hears what it sends itself by the broker.", check.is_hearing
            )
            yield _gauge("broker_silence_seconds", "Seconds since a durable message came through.", check.silence)

    def _pages(self) -> Iterator[Metric]:
        live = self._hub.live
        yield _gauge("page_streams", "Open streams of changes to pages.", self._hub.broadcaster.listeners)
        yield _gauge("live_streams", "Cameras whose live video is relayed.", live.streams)
        yield _gauge("live_viewers", "People who watch live video, each camera of each.", live.viewers)
        yield _gauge("look_back_viewers", "People who look back at what a gateway keeps.", self._hub.look_back.viewers)

    def _room(self) -> Iterator[Metric]:
        free, reserve = self._hub.disk_room.free_bytes()
        yield _gauge("disk_free_bytes", "Bytes that are free on the data folder's disk.", free)
        yield _gauge("disk_reserve_bytes", "Bytes below which no evidence is taken.", reserve)
        pool = self._hub.database.pool
        yield _gauge("database_connections", "Connections to the database that are in use.", pool.taken)
        yield _gauge("database_connections_max", "Connections that may be.", pool.most)

    def _from_database(self) -> list[Metric]:
        with self._lock:
            now = self._monotonic()
            if now >= self._stored_until:
                self._stored = []
                with suppress(SQLAlchemyError), waiting(Patience()), self._hub.read_only() as work:
                    self._stored = list(count_stored(work))
                self._stored_until = now + KEPT_SECONDS
            return self._stored


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{_PREFIX}_{name}", what, value=float(value))
