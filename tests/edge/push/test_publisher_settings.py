"""The publisher before it has reached a broker: what it is told, and how long it waits."""

from pathlib import Path

import pytest
from tests.edge.push.makers import GATEWAY, START

from sharp_eyes.contract.status import Birth
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.publisher import Publisher
from sharp_eyes.edge.settings import HubConnectionSettings

BIRTH = Birth(gateway=GATEWAY, session="session-1", time=START, version="0.1", cameras=())


def test_attempts_to_reconnect_are_spread(outbox: Outbox) -> None:
    """The pause before the next attempt grows to half a minute at most, and is not the same for all."""
    pauses: list[list[int]] = []
    for _ in range(20):
        one = Publisher(HubConnectionSettings(), GATEWAY, outbox, BIRTH, print)
        own = []
        for _ in range(12):
            one._back_off(one._client)
            own.append(one._client._reconnect_min_delay)
        pauses.append(own)
    assert all(1 <= pause <= 30 for own in pauses for pause in own)
    assert all(own[0] <= 2 for own in pauses)
    assert max(own[-1] for own in pauses) > 10
    assert len({own[-1] for own in pauses}) > 5


def test_a_missing_password_file_is_named(outbox: Outbox, tmp_path: Path) -> None:
    """Settings that cannot work are refused at the start, naming key and file."""
    with pytest.raises(ConfigError, match=r"hub\.password_file .*nowhere"):
        Publisher(HubConnectionSettings(password_file=tmp_path / "nowhere"), GATEWAY, outbox, BIRTH, print)
    with pytest.raises(ConfigError, match=r"hub\.ca_file .*nothing\.pem"):
        settings = HubConnectionSettings(url="mqtts://localhost", ca_file=tmp_path / "nothing.pem")
        Publisher(settings, GATEWAY, outbox, BIRTH, print)
