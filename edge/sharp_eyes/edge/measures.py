"""What a gateway counts while it works, for Prometheus: an increment each, by names from its own settings and code."""

from prometheus_client import CollectorRegistry, Counter, Histogram

_LOOK_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Measures:
    """One gateway's counters. Safe to use from many threads.

    Attributes:
        registry: where all of them are collected.
        look_seconds: seconds for which a look lasted, what follows it included.
        events: what scenes said, by ``camera``, ``scene`` and ``phase``.
        clips: clips of events, by ``camera`` and ``outcome``: ``sent``, ``missing`` or ``kept`` here unmasked.
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.look_seconds = Histogram(
            "sharp_eyes_gateway_look_seconds",
            "Seconds for which a look at a frame lasted: detector, tracker and scenes.",
            buckets=_LOOK_SECONDS,
            registry=registry,
        )
        self.events = Counter(
            "sharp_eyes_gateway_events",
            "What scenes said of events, by its phase.",
            ["camera", "scene", "phase"],
            registry=registry,
        )
        self.clips = Counter(
            "sharp_eyes_gateway_clips",
            "Clips of events: sent, missing, or kept here because their mask failed.",
            ["camera", "outcome"],
            registry=registry,
        )
