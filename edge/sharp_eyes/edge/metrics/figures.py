"""A gateway's figures and health as they are given out, where its settings say so."""

from sharp_eyes.configuration.health import LOOK_SECONDS
from sharp_eyes.configuration.metrics_server import MetricsServer
from sharp_eyes.configuration.periodic import PeriodicThread
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.measures import Measures
from sharp_eyes.edge.metrics.collector import GatewayCollector
from sharp_eyes.edge.metrics.health import GatewayLooks
from sharp_eyes.edge.metrics.sources import Sources
from sharp_eyes.edge.settings import GatewayMetricsSettings


class Figures:
    """The listener and the look at the gateway's health; neither is there where nothing is set.

    Attributes:
        health: of the gateway's parts.
        url: where the figures are given out, without a path; None where they are not.
    """

    def __init__(self, settings: GatewayMetricsSettings | None, measures: Measures, sources: Sources) -> None:
        """Bind the listener; nothing is answered yet.

        Raises:
            ConfigError: token or certificate cannot be used, or the address is taken.
        """
        self.health = GatewayLooks(sources).watch()
        self.url: str | None = None
        if settings is None:
            self._server = None
            return
        GatewayCollector(sources, self.health).register(measures.registry)
        self._server = MetricsServer(settings, measures.registry, self.health.told, ConfigError, settings.tls)
        self._looking = PeriodicThread("health", "the look at the gateway's health", self.health.look, LOOK_SECONDS)
        self.url = self._server.url

    def start(self) -> None:
        """Start, where something is set; returns at once."""
        if self._server is not None:
            self.health.look()
            self._server.start()
            self._looking.start()

    def stop(self) -> None:
        """End; safe to call twice, and where nothing was started."""
        if self._server is not None:
            self._looking.stop()
            self._server.stop()
