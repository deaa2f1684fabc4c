"""What the hub counts while it works, for Prometheus: an increment each, and nothing that grows with strangers' words.

Everything else is read when it is asked for (``metrics/``).
"""

from prometheus_client import CollectorRegistry, Counter, Histogram

_KINDS = (
    "scene",
    "evidence",
    "answer",
    "clip-refused",
    "health",
    "settings",
    "trial",
    "part",
    "status",
    "heartbeat",
    "snapshot",
)
"""What gateways send; each is there with 0 before its first, so that its rate is right from then on."""

_BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64)
_BATCH_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
_REQUEST_SECONDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Measures:
    """One hub's counters. Safe to use from many threads.

    Attributes:
        registry: where all of them are collected.
        taken: messages of gateways that were taken, by ``kind``.
        batch_messages: messages that were committed together.
        batch_seconds: seconds for which such a transaction was open.
        evidence_bytes: bytes of whole files that were taken into the store.
        requests: seconds until an answer began, by ``method`` and ``route``, the template of the path.
        responses: answers by ``method``, ``route`` and ``status``, such as ``2xx``.
        deliveries: what became of attempts to send notices, by ``channel`` and ``outcome``.
        webhook_deliveries: what became of attempts to tell webhooks, by ``outcome``.
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.taken = Counter(
            "sharp_eyes_hub_intake_messages", "Messages of gateways that were taken.", ["kind"], registry=registry
        )
        for kind in _KINDS:
            self.taken.labels(kind)
        self.batch_messages = Histogram(
            "sharp_eyes_hub_intake_batch_messages",
            "Messages that were committed together.",
            buckets=_BATCH_SIZES,
            registry=registry,
        )
        self.batch_seconds = Histogram(
            "sharp_eyes_hub_intake_batch_seconds",
            "Seconds from the begin of such a transaction to its commit.",
            buckets=_BATCH_SECONDS,
            registry=registry,
        )
        self.evidence_bytes = Counter(
            "sharp_eyes_hub_evidence_bytes", "Bytes of evidence that were taken into the store.", registry=registry
        )
        self.requests = Histogram(
            "sharp_eyes_hub_http_request_seconds",
            "Seconds until the answer to a request began.",
            ["method", "route"],
            buckets=_REQUEST_SECONDS,
            registry=registry,
        )
        self.responses = Counter(
            "sharp_eyes_hub_http_responses",
            "Answers to requests, by the class of their status.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.deliveries = Counter(
            "sharp_eyes_hub_notice_deliveries",
            "Attempts to send notices out of the hub, by what became of them.",
            ["channel", "outcome"],
            registry=registry,
        )
        self.webhook_deliveries = Counter(
            "sharp_eyes_hub_webhook_deliveries",
            "Attempts to tell webhooks of a line of a case, by what became of them.",
            ["outcome"],
            registry=registry,
        )
        for outcome in ("arrived", "refused", "failed", "unsaid"):
            self.webhook_deliveries.labels(outcome)
