"""The hub's MQTT client: subscribes to all gateways, publishes acknowledgements and commands."""

import logging
import secrets
import ssl
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sharp_eyes.configuration.broker import BrokerEndpoint, parse_broker_url
from sharp_eyes.configuration.hearing import Hearing
from sharp_eyes.configuration.reminder import Reminder
from sharp_eyes.configuration.transport import transport_fault
from sharp_eyes.contract.command import Ack, Command, LookBack, Watch
from sharp_eyes.contract.topics import TO_HUB, Channel, Topic, self_check_topic, subscription
from sharp_eyes.hub.broker.login import BrokerLogin
from sharp_eyes.hub.errors import BrokerError

_LOG = logging.getLogger(__name__)
_END_OF_CERTIFICATE = "-----END CERTIFICATE-----"
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
        name = f"{login.username}-{secrets.token_hex(16)}"
        self._self_check = self_check_topic(name)
        self._heard_at = time.monotonic()
        topics = [(subscription(channel), _QOS.get(channel, 1)) for channel in TO_HUB]
        self._hearing = Hearing(f"broker {login.url}", "the hub", [*topics, (self._self_check, 1)])
        self._asked: mqtt.MQTTMessageInfo | None = None
        self._away = Reminder()
        self._was_connected = False
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=name,
            clean_session=True,
            protocol=mqtt.MQTTv311,
        )
        self._endpoint = prepare(self._client, login)
        self._login = login
        self._told_why = False
        self._client.on_pre_connect = self._about_to_connect
        self._client.reconnect_delay_set(min_delay=1, max_delay=15)
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._answered
        self._client.on_connect_fail = self._unreachable
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._received

    @property
    def is_connected(self) -> bool:
        """Whether the broker can be reached now."""
        return self._client.is_connected()

    @property
    def heard_at(self) -> float:
        """Monotonic second at which a durable message (QoS 1) last came through; the start, before the first.

        What comes while the broker grants only some of the topics does not count: the hub is deaf to the others. Nor
        does what it had retained, which it gives at each connecting though it may take nothing new.
        """
        return self._heard_at

    def send_to_self(self) -> None:
        """Send a durable message to oneself; nothing while the last one is not yet at the broker.

        Topics that the broker has not granted are asked for again, at growing distances.
        """
        if self.is_connected:
            self._hearing.look(self._client, time.monotonic())
        if self.is_connected and (self._asked is None or _is_out(self._asked)):
            self._asked = self._client.publish(self._self_check, b"", qos=1)

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

    def command(self, gateway: str, message: Command) -> None:
        """Send a gateway a command."""
        self._client.publish(str(Topic(gateway, Channel.COMMAND)), message.model_dump_json(), qos=1)

    def watch(self, gateway: str, message: Watch | LookBack) -> None:
        """Tell a gateway that somebody watches; one that is away must not hear it later."""
        if self.is_connected:
            self._client.publish(str(Topic(gateway, Channel.COMMAND)), message.model_dump_json(), qos=0)

    def _about_to_connect(self, _client: mqtt.Client, tls: ssl.SSLContext | None) -> None:
        """Believe the certificate as it lies there now: a broker that was started again shows a renewed one."""
        pinned = self._login.pinned_certificate
        if tls is None or pinned is None:
            return
        try:
            tls.load_verify_locations(cadata=_own_certificate(pinned))
        except (OSError, ValueError) as error:
            _LOG.warning("tls.certificate_file %s cannot be read: %s", pinned, error)

    def _connected(
        self,
        client: mqtt.Client,
        _data: Any,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            if self._away.is_due():
                _LOG.error("broker %s refuses the hub: %s; check its user name and password", self._url, reason)
            with suppress(OSError, ValueError):  # it may have been put right; the next try has it
                client.username_pw_set(self._login.username, self._login.read_password())
            return
        self._away.over()
        self._was_connected = True
        self._asked = None
        self._told_why = False
        _LOG.info("connected to broker %s", self._url)
        self._hearing.began(client, time.monotonic())

    def _answered(
        self,
        _client: mqtt.Client,
        _data: Any,
        number: int,
        reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        self._hearing.answered(number, reasons)

    def _unreachable(self, _client: mqtt.Client, _data: Any) -> None:
        if not self._away.is_due():
            return
        reason = sys.exc_info()[1]  # paho calls this while it handles the error, and does not pass it on
        _LOG.error(
            "broker %s cannot be reached for %.0f s: %s; the hub goes on trying: start it, or see 'broker' in hub.yaml",
            self._url,
            self._away.lasts,
            self._why() or reason,
        )

    def _disconnected(
        self,
        _client: mqtt.Client,
        _data: Any,
        _flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._hearing.ended()
        was_connected, self._was_connected = self._was_connected, False
        if reason.is_failure and (was_connected or self._away.is_due()):
            _LOG.warning("lost broker %s: %s; connecting again", self._url, self._why() or reason)

    def _why(self) -> str | None:
        """What is wrong with TLS, looked for once after each time that it was right."""
        if self._told_why or self._login.pinned_certificate is not None:
            return None
        self._told_why = True
        return transport_fault(self._endpoint, self._login.ca_file)

    def _received(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        if message.qos > 0 and not message.retain and self._hearing.is_whole:
            self._heard_at = time.monotonic()
        if message.topic == self._self_check:
            return
        if not message.payload and not message.topic.endswith(Channel.STATUS.value):
            return  # a retained message that was cleared
        self._on_message(message.topic, bytes(message.payload))


def _is_out(info: mqtt.MQTTMessageInfo) -> bool:
    try:
        return info.is_published()
    except (RuntimeError, ValueError):  # paho gave it up
        return True


def prepare(client: mqtt.Client, login: BrokerLogin) -> BrokerEndpoint:
    """Give a client the hub's name, password and, for ``mqtts``, what it trusts; return where to connect.

    Raises:
        BrokerError: the address or the certificate authority cannot be used.
    """
    endpoint = _endpoint(login.url)
    client.username_pw_set(login.username, login.password)
    if endpoint.tls:
        _use_tls(client, login)
    return endpoint


def _endpoint(url: str) -> BrokerEndpoint:
    try:
        return parse_broker_url(url)
    except ValueError as error:
        raise BrokerError(f"broker {url}: {error}; see broker.url") from error


def _use_tls(client: mqtt.Client, login: BrokerLogin) -> None:
    try:
        context = tls_context(login.ca_file, login.pinned_certificate)
        client.tls_set_context(context)
        client.user_data_set(context)
    except (OSError, ValueError) as error:
        raise BrokerError(f"broker.ca_file {login.ca_file}: {error}") from error


def tls_context(ca_file: Path | None, pinned: Path | None = None) -> ssl.SSLContext:
    """Make what checks a broker's certificate: against an authority, or, where ``pinned``, against itself.

    Raises:
        OSError, ValueError: a file cannot be used.
    """
    if pinned is None:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    context = ssl.create_default_context(cadata=_own_certificate(pinned))
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False  # it is asked for as 127.0.0.1, which its names need not hold
    return context


def _own_certificate(file: Path) -> str:
    """Of a chain only the first, which is the server's own: the rest has signed others too."""
    first = file.read_text(encoding="ascii").partition(_END_OF_CERTIFICATE)
    return first[0] + first[1]
