"""``hub.yaml`` as frozen models; every key may be left out."""

import ipaddress
import socket
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from sharp_eyes.configuration import Settings, absolute, read_settings
from sharp_eyes.configuration.addresses import is_loopback
from sharp_eyes.configuration.broker import BROKER_URL_PATTERN, parse_broker_url
from sharp_eyes.configuration.metrics_settings import MetricsSettings, metrics_rooted
from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.certificates import TlsFiles
from sharp_eyes.hub.channel_settings import OutboxSettings, rooted
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.map_settings import MapSettings, map_rooted
from sharp_eyes.hub.oidc_settings import OidcSettings, oidc_rooted
from sharp_eyes.hub.open311_settings import Open311Settings
from sharp_eyes.hub.webhook_settings import WebhookSettings

MIB = 1024 * 1024


class TlsSettings(Settings):
    """The certificate that web server and bundled broker show; 'sharp-eyes-hub tls make' makes one."""

    certificate_file: Path = Field(title="Certificate with its chain, PEM")
    key_file: Path = Field(title="Its private key, PEM, without a password")


class HttpSettings(Settings):
    """The web server."""

    host: str = Field("127.0.0.1", title="Address to listen on; 0.0.0.0 for all")
    port: int = Field(8420, title="Port", ge=0, le=65535)
    secure_cookie: bool = Field(False, title="Send the session cookie over https only, also where it is not seen")
    tls: bool = Field(True, title="Speak https where 'tls' is set; false behind a reverse proxy on this machine")
    max_photo_bytes: int = Field(12 * MIB, title="Bytes of an uploaded photo at most", ge=1024)
    trusted_proxies: tuple[str, ...] = Field(
        (), title="Reverse proxies, by address or network, whose X-Forwarded-For and -Proto are believed"
    )
    path: str = Field(
        "", title="Path under which a reverse proxy shows the page and which it passes on", pattern=r"^(/[\w.~-]+)*/?$"
    )
    head_seconds: float = Field(10, title="Seconds for a request's head to arrive", gt=0)
    handshake_seconds: float = Field(5, title="Seconds for a TLS handshake", gt=0)
    body_seconds: float = Field(20, title="Seconds for a request's body, and one more for each 8 KiB of it", gt=0)
    # The MQTT client waits with select(), which knows descriptors below 1,024 only.
    max_connections: int = Field(800, title="Connections at once at most", ge=1, le=900)
    max_connections_per_address: int = Field(200, title="Connections at once from one address, proxies aside", ge=1)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, named: tuple[str, ...]) -> tuple[str, ...]:
        for one in named:
            try:
                network = ipaddress.ip_network(one)
            except ValueError as error:
                raise ValueError(f"{one!r} is neither an address nor a network such as 10.0.0.0/8: {error}") from None
            if network.prefixlen == 0:
                raise ValueError(f"{one!r}: anybody could say that they come from anywhere; name the proxies alone")
        return named


class BrokerSettings(Settings):
    """The MQTT broker: our own child process, or one that is already there."""

    kind: Literal["bundled", "external"] = Field("bundled", title="Start our own, or use another")
    listen: str = Field("127.0.0.1", title="Bundled: address to listen on; 0.0.0.0 lets gateways in")
    port: int = Field(18830, title="Bundled: port", ge=1, le=65535)
    url: str = Field("mqtt://127.0.0.1:1883", title="External: address", pattern=BROKER_URL_PATTERN)
    username: str = Field("sharp-eyes-hub", title="External: user name of the hub")
    password_file: Path | None = Field(None, title="External: file that holds the hub's password")
    ca_file: Path | None = Field(None, title="External: certificate authority for mqtts")

    @property
    def group(self) -> str | None:
        """What hubs on this broker have in common; None: it is this hub's own."""
        if self.kind == "bundled":
            return None
        host = parse_broker_url(self.url).host
        return f"{self.url} {socket.gethostname()}" if is_loopback(host) else self.url

    @model_validator(mode="after")
    def _external_has_password(self) -> Self:
        if self.kind == "external" and self.password_file is None:
            raise ValueError("broker.password_file is needed with an external broker")
        return self


class SessionSettings(Settings):
    """How long a sign-in lasts, and what guessing costs."""

    idle_minutes: int = Field(8 * 60, title="Minutes without a request until sign-in ends", ge=1)
    absolute_minutes: int = Field(24 * 60, title="Minutes until sign-in ends in any case", ge=1)
    attempts: int = Field(5, title="Wrong passwords for one account from one address before it must wait", ge=1)
    attempts_per_address: int = Field(30, title="Wrong passwords from one address before it must wait", ge=1)
    wait_seconds: int = Field(60, title="Seconds to wait then", ge=1)
    token_days: int = Field(365, title="Days until an API token ends, at most", ge=1, le=365)
    administrators_need_second_factor: bool = Field(
        False, title="Let administrators do nothing without a second factor"
    )


class AuditSettings(Settings):
    """The trail of who did and saw what."""

    days: int = Field(365, title="Days that a line is kept; the law asks for six months in some places", ge=181)


class DiskSettings(Settings):
    """What is kept free on the data folder's disk."""

    reserve_bytes: int = Field(
        256 * MIB,
        title="Bytes kept free for the database; below that no evidence is taken (at most 5 % of the disk)",
        ge=0,
    )


class LimitSettings(Settings):
    """What one gateway or camera may take of what all share."""

    storm_events: int = Field(
        10,
        title="New events of one camera, scene and zone within storm_minutes; more join its open case; 0: never",
        ge=0,
    )
    storm_minutes: int = Field(5, title="Minutes in which they are counted", ge=1)
    cameras_per_gateway: int = Field(200, title="Cameras of one gateway", ge=1)
    unfinished_files: int = Field(200, title="Files of one gateway whose parts are still coming", ge=1)
    unfinished_minutes: int = Field(
        60, title="Minutes without another part until an unfinished file is forgotten", ge=1
    )
    orphan_megabytes: int = Field(256, title="MiB of one gateway's evidence whose event has not come", ge=1)
    orphan_hours: int = Field(72, title="Hours until evidence whose event has not come is deleted", ge=1)
    reports_per_hour: int = Field(120, title="Reports that one sender may send within an hour", ge=1)
    live_viewers: int = Field(200, title="Live videos that are watched at once, each person's each camera", ge=0)


class TermSettings(Settings):
    """Terms of one scene or grade; the first line that fits a case counts."""

    scene: str | None = Field(None, title="Scene; all where empty")
    grade: str | None = Field(None, title="Grade: ordinary, serious or major; all where empty")
    evidence_days: int | None = Field(None, title="Days after a case has ended until its evidence is deleted", ge=1)
    case_days: int | None = Field(None, title="Days after a case has ended until it is deleted with its log", ge=1)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.scene is not None and self.scene not in set(SceneName):
            raise ValueError(f"scene {self.scene!r} is unknown; use one of {', '.join(SceneName)}")
        if self.grade is not None and self.grade not in set(Grade):
            raise ValueError(f"grade {self.grade!r} is unknown; use one of {', '.join(Grade)}")
        return self


class RetentionSettings(Settings):
    """How long what is kept. A case under legal hold, and one that has not ended, keep everything."""

    evidence_days: int = Field(180, title="Days after a case has ended until its evidence is deleted", ge=1)
    case_days: int = Field(1825, title="Days after a case has ended until it is deleted with its log", ge=1)
    camera_change_days: int = Field(365, title="Days of cameras' changes of state", ge=1)
    reporter_contact_days: int = Field(
        90, title="Days after a report until its reporter's name and telephone number are deleted", ge=1
    )
    premises_contact_days: int = Field(
        730, title="Days after premises were last changed until their contact and telephone number are deleted", ge=1
    )
    inspection_days: int = Field(
        1825, title="Days until an inspection is deleted with the photos that no case has", ge=1
    )
    household_contact_days: int = Field(
        365, title="Days after a household's contacts were noted or confirmed until they are deleted", ge=1
    )
    received_days: int = Field(
        365, title="Days for which a gateway's repeated message is recognised; longer than any gateway was away", ge=1
    )
    terms: tuple[TermSettings, ...] = Field((), title="Other terms for a scene or grade")


class BucketSettings(Settings):
    """A bucket of an S3 server."""

    name: str = Field(title="Name of the bucket, which is there already", min_length=1)
    prefix: str = Field("", title="What all keys begin with, such as hub-1; nothing where empty")
    endpoint: str | None = Field(None, title="URL of the server, such as https://minio.lan:9000; Amazon's where empty")
    region: str = Field("us-east-1", title="Region; most servers of one's own take any")
    access_key_id: str = Field(title="Name of the access key")
    secret_key_file: Path = Field(title="File that holds the access key's secret, for the hub's user alone")

    @property
    def is_open(self) -> bool:
        """Whether evidence goes to another machine where anybody on the way sees it."""
        parts = urlsplit(self.endpoint or "")
        return parts.scheme.lower() == "http" and not is_loopback(parts.hostname or "")


class EvidenceSettings(Settings):
    """Where files of evidence lie."""

    bucket: BucketSettings | None = Field(
        None, title="Bucket of an S3 server (extra s3); the folder evidence in the data folder where empty"
    )


class HubSettings(Settings):
    """All of ``hub.yaml``."""

    data: Path = Field(Path("var/hub"), title="Folder for the database, evidence and the broker's store")
    database: str | None = Field(
        None, title="SQLAlchemy URL, such as postgresql+psycopg://…; SQLite in the data folder where empty"
    )
    city: Path | None = Field(None, title="City pack; the demonstration city where empty")
    tls: TlsSettings | None = Field(None, title="Certificate for web server and bundled broker; plain where empty")
    insecure: bool = Field(False, title="Listen to other machines without TLS all the same; anybody on the way reads")
    http: HttpSettings = Field(default_factory=HttpSettings)
    broker: BrokerSettings = Field(default_factory=BrokerSettings)
    sessions: SessionSettings = Field(default_factory=SessionSettings)
    disk: DiskSettings = Field(default_factory=DiskSettings)
    evidence: EvidenceSettings = Field(default_factory=EvidenceSettings)
    audit: AuditSettings = Field(default_factory=AuditSettings)
    limits: LimitSettings = Field(default_factory=LimitSettings)
    retention: RetentionSettings = Field(default_factory=RetentionSettings)
    notices: OutboxSettings = Field(default_factory=OutboxSettings)
    webhooks: WebhookSettings = Field(default_factory=WebhookSettings)
    map: MapSettings = Field(default_factory=MapSettings)
    open311: Open311Settings = Field(default_factory=Open311Settings)
    oidc: OidcSettings | None = Field(None, title="OpenID Connect provider, by whom people may sign in too")
    metrics: MetricsSettings | None = Field(None, title="Figures for Prometheus; off where empty")

    @property
    def database_url(self) -> str:
        """The database to use."""
        return self.database or f"sqlite:///{self.data / 'hub.db'}"

    @property
    def tls_files(self) -> TlsFiles | None:
        """Certificate and key, where there are any."""
        return None if self.tls is None else TlsFiles(self.tls.certificate_file, self.tls.key_file)

    @property
    def https(self) -> bool:
        """Whether the web server itself speaks https."""
        return self.tls is not None and self.http.tls

    def unprotected(self) -> list[str]:
        """Name each way, by its key, on which other machines and we would speak without TLS."""
        found = []
        if not self.https and not is_loopback(self.http.host):
            found.append(f"http.host {self.http.host}")
        if self.metrics is not None and self.tls is None and not is_loopback(self.metrics.listen):
            found.append(f"metrics.listen {self.metrics.listen}")
        bucket = self.evidence.bucket
        if bucket is not None and bucket.is_open:
            found.append(f"evidence.bucket.endpoint {bucket.endpoint}")
        broker = self.broker
        if broker.kind == "bundled" and self.tls is None and not is_loopback(broker.listen):
            found.append(f"broker.listen {broker.listen}")
        if broker.kind == "external":
            try:
                endpoint = parse_broker_url(broker.url)
            except ValueError:
                return found  # said when it is connected
            if not endpoint.tls and not is_loopback(endpoint.host):
                found.append(f"broker.url {broker.url}")
        return found


def load_settings(path: Path | None, data: Path | None = None) -> HubSettings:
    """Read and check ``hub.yaml``; relative paths start at its folder. ``data`` wins over the file's.

    Raises:
        SettingsError: names the file and each wrong key.
    """
    settings = HubSettings() if path is None else read_settings(path, HubSettings, SettingsError)
    base = (Path.cwd() if path is None else path.resolve().parent).absolute()
    broker = settings.broker
    update = {
        "data": base / settings.data if data is None else data.expanduser().absolute(),
        "city": absolute(base, settings.city),
        "tls": settings.tls
        and TlsSettings(
            certificate_file=base / settings.tls.certificate_file.expanduser(),
            key_file=base / settings.tls.key_file.expanduser(),
        ),
        "notices": rooted(settings.notices, base),
        "oidc": oidc_rooted(settings.oidc, base),
        "evidence": _evidence_rooted(settings.evidence, base),
        "map": map_rooted(settings.map, base),
        "metrics": metrics_rooted(settings.metrics, base),
        "broker": broker.model_copy(
            update={
                "password_file": absolute(base, broker.password_file),
                "ca_file": absolute(base, broker.ca_file),
            }
        ),
    }
    return settings.model_copy(update=update)


def _evidence_rooted(settings: EvidenceSettings, base: Path) -> EvidenceSettings:
    bucket = settings.bucket
    if bucket is None:
        return settings
    secret = {"secret_key_file": base / bucket.secret_key_file.expanduser()}
    return settings.model_copy(update={"bucket": bucket.model_copy(update=secret)})
