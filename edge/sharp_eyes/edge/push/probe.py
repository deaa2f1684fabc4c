"""Tries whether the broker lets this gateway in, beside a gateway that may be running."""

import secrets
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sharp_eyes.edge.errors import BrokerError
from sharp_eyes.edge.push.connection import connection_fault, endpoint_of, prepare_login
from sharp_eyes.edge.settings import HubConnectionSettings

_PATIENCE = 5.0


def sign_in(settings: HubConnectionSettings, gateway: str) -> None:
    """Connect once under a client id of its own, and leave.

    Raises:
        BrokerError: when the broker does not answer or refuses us; says what to do.
        ConfigError: when the password or the certificate authority cannot be read.
    """
    answered = threading.Event()
    answers: list[ReasonCode] = []

    def connected(
        _client: mqtt.Client, _data: object, _flags: mqtt.ConnectFlags, reason: ReasonCode, _more: Properties | None
    ) -> None:
        answers.append(reason)
        answered.set()

    # Not to be guessed: whoever knows it could throw the connection out.
    name = f"sharp-eyes-doctor-{gateway}-{secrets.token_hex(16)}"
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=True)
    prepare_login(client, settings, gateway)
    client.on_connect = connected
    endpoint = endpoint_of(settings)
    try:
        client.connect(endpoint.host, endpoint.port, keepalive=10)
        client.loop_start()
        answered.wait(_PATIENCE)
        client.disconnect()
    except OSError as error:
        fault = connection_fault(settings)
        if fault is not None:
            raise BrokerError(f"{settings.url}: {fault}") from error
        raise BrokerError(
            f"{settings.url} cannot be reached ({error}); is the hub running and hub.url right?"
        ) from error
    finally:
        client.loop_stop()
    if not answers:
        fault = connection_fault(settings)
        if fault is not None:
            raise BrokerError(f"{settings.url}: {fault}")
        raise BrokerError(f"{settings.url} takes the connection but does not answer; is it an MQTT broker?")
    if answers[0].is_failure:
        raise BrokerError(
            f"{settings.url} refuses gateway {gateway}: {answers[0]}; check hub.username and hub.password_file"
        )
