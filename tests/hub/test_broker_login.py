"""Where the hub finds its broker; what is wrong with the address is one clear line."""

from pathlib import Path

import pytest

from sharp_eyes.configuration.broker import BrokerEndpoint, parse_broker_url
from sharp_eyes.hub.broker.client import MqttClient
from sharp_eyes.hub.broker.login import BrokerLogin
from sharp_eyes.hub.errors import BrokerError


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("mqtt://broker", BrokerEndpoint("broker", 1883, tls=False)),
        ("mqtts://broker", BrokerEndpoint("broker", 8883, tls=True)),
        ("mqtts://broker:1884", BrokerEndpoint("broker", 1884, tls=True)),
        ("mqtt://[::1]:1884", BrokerEndpoint("::1", 1884, tls=False)),
    ],
)
def test_an_address_without_a_port_has_the_usual_one(url: str, endpoint: BrokerEndpoint) -> None:
    """MQTT's own ports, with and without TLS."""
    assert parse_broker_url(url) == endpoint


def test_a_port_that_is_no_number_is_said() -> None:
    """The key of hub.yaml is named."""
    with pytest.raises(BrokerError, match=r"mqtt://broker:high.*broker\.url"):
        MqttClient(BrokerLogin("mqtt://broker:high", "hub", "secret"), lambda _topic, _payload: None)


def test_a_certificate_authority_that_is_not_there_is_said(tmp_path: Path) -> None:
    """The file is named."""
    login = BrokerLogin("mqtts://broker", "hub", "secret", tmp_path / "nothing.pem")
    with pytest.raises(BrokerError, match=r"broker\.ca_file .*nothing\.pem"):
        MqttClient(login, lambda _topic, _payload: None)
