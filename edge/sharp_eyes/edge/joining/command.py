"""Joins a hub step by step, so that each step can be the last and the next run goes on from there."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.joining import JoinCode, Trust
from sharp_eyes.edge.errors import BrokerError, ConfigError
from sharp_eyes.edge.joining.exchange import HubAddress, ask, trusted_context
from sharp_eyes.edge.joining.files import PendingPassword, was_joined_with, write_settings
from sharp_eyes.edge.push.probe import sign_in
from sharp_eyes.edge.settings import GatewaySettings, load

_PATIENCE = 30.0
"""Seconds for the broker to take in a gateway that has just joined."""

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class JoinOptions:
    """What the command was given; ``ca`` is the authority of the page's certificate."""

    config: Path
    data: Path | None = None
    ca: Path | None = None
    force: bool = False
    insecure: bool = False


def join_hub(hub: str, code_text: str, options: JoinOptions, say: Say) -> GatewaySettings:
    """Join with a one-time code, write the settings, and look whether the broker lets this gateway in.

    Raises:
        ConfigError: the address, the code or a file is wrong, or settings are there already.
        JoinError: the hub cannot be reached, is another one, or does not let this gateway in.
        BrokerError: the settings are written, but the broker does not let this gateway in (yet).
    """
    try:
        code = JoinCode.parse(code_text)
    except ContractError as error:
        raise ConfigError(f"code: {error}") from error
    address = HubAddress.parse(hub, code.trust)
    if code.trust is Trust.PLAIN and not address.is_loopback and not options.insecure:
        raise ConfigError(
            f"{address}: this hub has no TLS, and everybody on the way could read the password; give it a certificate "
            "('sharp-eyes-hub tls make') and have a new code made, or say --insecure"
        )
    config = options.config.expanduser().absolute()
    if was_joined_with(config, code):
        say(f"{config} was written with this code before")
    else:
        _join(address, code, config, options, say)
    settings = load(config)
    _wait_for_broker(settings, config)
    say(f"{settings.hub.url} lets gateway {settings.gateway} in")
    for line in _next_steps(settings, config):
        say(line)
    return settings


def _join(address: HubAddress, code: JoinCode, config: Path, options: JoinOptions, say: Say) -> None:
    if config.exists() and not options.force:
        raise ConfigError(
            f"{config} is there already and stays as it is; --force changes gateway and hub in it and keeps a copy, "
            "--config names another file"
        )
    if config.exists():
        load(config)  # what is wrong in it is said before the code is used
    password = PendingPassword.take_up(config.parent, code)
    grant = ask(address, code, password.password, trusted_context(address, code, options.ca))
    say(f"{address} lets this gateway in as {grant.gateway}, area {grant.area}")
    write_settings(config, code, grant, address, password, options.data)
    say(f"written: {config}, with password and authority beside it, readable for this user alone")


def _wait_for_broker(settings: GatewaySettings, config: Path) -> None:
    """Wait until the broker has heard of the gateway, which takes seconds."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            sign_in(settings.hub, settings.gateway)
        except BrokerError as error:
            if time.monotonic() < end:
                time.sleep(1.0)
                continue
            raise BrokerError(
                f"this gateway has joined and {config} is written, but its broker does not let it in yet: {error}. "
                f"Once that is mended: sharp-eyes-edge doctor {config}"
            ) from error
        return


def _next_steps(settings: GatewaySettings, config: Path) -> list[str]:
    steps = [
        f"see that all is well:   sharp-eyes-edge doctor {config}",
        f"watch:                  sharp-eyes-edge run {config}",
    ]
    if not settings.cameras:
        steps.insert(0, f"find and add cameras:   sharp-eyes-edge cameras find; cameras add ADDRESS --config {config}")
    return ["next:", *(f"  {step}" for step in steps)]
