"""Channels of ``hub.yaml`` by which people and systems outside are told. Nobody else names an address to call.

Everything that is secret in an address or beside it stands in a file of its own, never in ``hub.yaml``.
"""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from sharp_eyes.configuration import Settings
from sharp_eyes.contract.base import Identifier

Language = Literal["zh", "en"]


class _Channel(Settings):
    id: Identifier = Field(title="Identifier, by which a city pack names it")
    quiet: bool = Field(True, title="Keeps the city's quiet hours")
    language: Language = Field("zh", title="Language of what is told to a group; a person has one of their own")


class WebhookChannel(_Channel):
    """Another system is told by a signed request (Standard Webhooks)."""

    kind: Literal["webhook"]
    url: str = Field(title="Address; https, or http on this machine")
    secret_file: Path = Field(title="File with the secret that signs, as 'whsec_' and Base64, or any line of text")
    quiet: bool = Field(False, title="Keeps the city's quiet hours")


class BotChannel(_Channel):
    """A group hears of it by a bot of WeCom (企业微信) or DingTalk (钉钉)."""

    kind: Literal["wecom", "dingtalk"]
    url_file: Path = Field(title="File with the bot's address, which holds its key")
    secret_file: Path | None = Field(None, title="DingTalk: file with the bot's secret, where it signs")


class MailChannel(_Channel):
    """A person gets a mail."""

    kind: Literal["mail"]
    host: str = Field(title="Mail server")
    port: int = Field(587, title="Its port", ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = Field("starttls", title="none only for a server on this machine")
    ca_file: Path | None = Field(None, title="Authority of its certificate, where it is none that all know")
    username: str | None = Field(None, title="User name there")
    password_file: Path | None = Field(None, title="File with the password")
    sender: str = Field(title="Address that mails come from", pattern=r"^[^@\s<>]+@[^@\s<>]+$")
    domains: tuple[str, ...] = Field((), title="Domains that mail goes to; all where empty")


class SmsChannel(_Channel):
    """A person gets a text message, by an adapter of one's own that speaks to the provider."""

    kind: Literal["sms"]
    url: str = Field(title="Address of the adapter; https, or http on this machine")
    token_file: Path | None = Field(None, title="File with the token that is sent as 'Authorization: Bearer'")


ChannelSettings = Annotated[WebhookChannel | BotChannel | MailChannel | SmsChannel, Field(discriminator="kind")]
PERSONAL: frozenset[str] = frozenset({"mail", "sms"})
"""Kinds of channels that reach one person; the others reach a group or a system."""


class OutboxSettings(Settings):
    """How notices leave, and how long they are tried."""

    channels: tuple[ChannelSettings, ...] = Field((), title="Ways of telling, beside the page")
    page: str | None = Field(None, title="Address of the page, for links in messages", pattern=r"^https?://\S+$")
    attempts: int = Field(10, title="Attempts before it is given up and shown to the shift lead", ge=1, le=50)
    retry_seconds: float = Field(5, title="Seconds to the second attempt; each later wait is twice as long", gt=0)
    longest_wait: float = Field(900, title="Seconds between two attempts at most", gt=0)
    burst_seconds: float = Field(60, title="Seconds after a message in which more for the same gather into one", ge=0)
    lease_seconds: float = Field(120, title="Seconds until what a hub took and never finished is taken again", ge=3)
    timeout: float = Field(10, title="Seconds to wait for a server's answer", gt=0, le=25)
    days: int = Field(90, title="Days that notices are kept", ge=1)

    @field_validator("channels")
    @classmethod
    def _once(cls, given: tuple[ChannelSettings, ...]) -> tuple[ChannelSettings, ...]:
        seen: set[str] = set()
        for one in given:
            if one.id in seen or one.id == "page":
                raise ValueError(f"channel {one.id!r} stands twice, or takes the page's name")
            seen.add(one.id)
        return given

    @model_validator(mode="after")
    def _protected(self) -> Self:
        if self.lease_seconds < 3 * self.timeout:
            raise ValueError("lease_seconds is less than three times 'timeout': two hubs would send the same")
        for one in self.channels:
            if isinstance(one, WebhookChannel | SmsChannel):
                check_address(one.url, f"channel {one.id}: url")
            if isinstance(one, MailChannel) and one.security == "none" and not is_this_machine(one.host):
                raise ValueError(
                    f"channel {one.id}: security 'none' sends names and passwords in the clear to {one.host}"
                )
        return self


def check_address(url: str, what: str) -> None:
    """See that an address may be called: https, or http on this machine; no names or passwords in it.

    Raises:
        ValueError: it may not; the address itself is not told, it may hold a key.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError(f"{what} is no address such as https://host/path")
    if parts.username is not None or parts.fragment:
        raise ValueError(f"{what} holds a user name, a password or a fragment")
    if parts.scheme == "http" and not is_this_machine(parts.hostname):
        raise ValueError(f"{what} is not https; what is told would be read on the way")


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def rooted(settings: OutboxSettings, base: Path) -> OutboxSettings:
    """Let the paths of the settings start at the settings file's folder."""
    channels = []
    for one in settings.channels:
        paths = {name: base / path.expanduser() for name, path in one if isinstance(path, Path)}
        channels.append(one.model_copy(update=paths))
    return settings.model_copy(update={"channels": tuple(channels)})
