"""The hub's MQTT client: subscribes to all gateways, publishes acknowledgements and commands."""

import logging
import secrets
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sharp_eyes.configuration.broker import BrokerEndpoint, parse_broker_url
from sharp_eyes.contract.command import Ack, LookAgain
from sharp_eyes.contract.topics import FROM_EDGE, Channel, Topic, subscription
from sharp_eyes.hub.broker.login import BrokerLogin
from sharp_eyes.hub.errors import BrokerError

_LOG = logging.getLogger(__name__)
_QOS = {Channel.HEARTBEAT: 0, Channel.SNAPSHOT: 0}


class MqttClient:
    """One connection, kept up by itself.

    The session is clean: what comes while the hub is away is not kept by the broker, because the gateways'
    outboxes keep it and send it again until it is acknowledged.
    """

    def __init__(self, login: BrokerLogin, on_message: Callable[[str, bytes], None]) -> None:
        """``on_message(topic, payload)`` runs in the network thread; while it blocks, nothing more is read.

        Raises:
            BrokerError: the address or the certificate authority cannot be used.
        """
        self._url = login.url
        self._on_message = on_message
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{login.username}-{secrets.token_hex(16)}",
            clean_session=True,
            protocol=mqtt.MQTTv311,
        )
        self._endpoint = prepare(self._client, login)
        self._client.reconnect_delay_set(min_delay=1, max_delay=15)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._received

    @property
    def is_connected(self) -> bool:
        """Whether the broker can be reached now."""
        return self._client.is_connected()

    def start(self) -> None:
        """Start connecting; returns at once.

        Raises:
            BrokerError: the address makes no sense.
        """
        try:
            self._client.connect_async(self._endpoint.host, self._endpoint.port, keepalive=30)
        except ValueError as error:
            raise BrokerError(f"broker {self._url}: {error}; see broker.url") from error
        self._client.loop_start()

    def stop(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()

    def acknowledge(self, gateway: str, ack: Ack) -> None:
        """Tell a gateway what was committed or refused."""
        self._client.publish(str(Topic(gateway, Channel.ACK)), ack.model_dump_json(), qos=1)

    def command(self, gateway: str, message: LookAgain) -> None:
        """Send a gateway a command."""
        self._client.publish(str(Topic(gateway, Channel.COMMAND)), message.model_dump_json(), qos=1)

    def _connected(
        self,
        client: mqtt.Client,
        _data: Any,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            _LOG.error("broker %s refuses the hub: %s; check its user name and password", self._url, reason)
            return
        _LOG.info("connected to broker %s", self._url)
        client.subscribe([(subscription(channel), _QOS.get(channel, 1)) for channel in FROM_EDGE])

    def _disconnected(
        self,
        _client: mqtt.Client,
        _data: Any,
        _flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            _LOG.warning("lost broker %s: %s; connecting again", self._url, reason)

    def _received(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if not message.payload and not message.topic.endswith(Channel.STATUS.value):
            return  # a retained message that was cleared
        self._on_message(message.topic, bytes(message.payload))


def prepare(client: mqtt.Client, login: BrokerLogin) -> BrokerEndpoint:
    """Give a client the hub's name, password and, for ``mqtts``, the authority it trusts; return where to connect.

    Raises:
        BrokerError: the address or the certificate authority cannot be used.
    """
    endpoint = _endpoint(login.url)
    client.username_pw_set(login.username, login.password)
    if endpoint.tls:
        _use_tls(client, login.ca_file)
    return endpoint


def _endpoint(url: str) -> BrokerEndpoint:
    try:
        return parse_broker_url(url)
    except ValueError as error:
        raise BrokerError(f"broker {url}: {error}; see broker.url") from error


def _use_tls(client: mqtt.Client, ca_file: Path | None) -> None:
    try:
        client.tls_set(ca_certs=None if ca_file is None else str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise BrokerError(f"broker.ca_file {ca_file}: {error}") from error
