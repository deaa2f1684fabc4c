"""``gateway.yaml`` as frozen models: what a deployer may set, with titles, units and defaults."""

import os
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from typing_extensions import Self

from sharp_eyes.configuration import (
    LARGEST_SIZE,
    CheckedSettings,
    Contradiction,
    NamedPath,
    Objections,
    Settings,
    absolute,
    read_settings,
)
from sharp_eyes.configuration.addresses import is_loopback
from sharp_eyes.configuration.broker import BROKER_URL_PATTERN
from sharp_eyes.configuration.metrics_settings import MetricsSettings
from sharp_eyes.contract.base import Identifier
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.privacy_settings import PrivacySettings


class RtspSource(Settings):
    """A camera on the network."""

    kind: Literal["rtsp"] = "rtsp"
    url: str = Field(title="Address", pattern=r"^rtsps?://")
    substream: str | None = Field(
        None,
        title="Address of the camera's smaller stream, which is looked at; pictures and clips stay those of 'url'",
        pattern=r"^rtsps?://",
    )
    username: str | None = Field(None, title="User name, where it does not stand in the address", min_length=1)
    password_file: NamedPath | None = Field(None, title="File that holds the camera's password")
    password_env: str | None = Field(None, title="Environment variable that holds the camera's password", min_length=1)
    transport: Literal["tcp", "udp"] = Field("tcp", title="Transport")
    timeout: float = Field(5.0, title="Seconds without a packet before the camera counts as lost", gt=0, le=60)

    @model_validator(mode="after")
    def _one_password(self) -> Self:
        if self.password_file is not None and self.password_env is not None:
            raise ValueError("give 'password_file' or 'password_env', not both")
        return self

    @property
    def looked_at(self) -> "RtspSource":
        """The stream that is decoded and looked at: the substream where there is one."""
        return self if self.substream is None else self.model_copy(update={"url": self.substream, "substream": None})

    def password(self) -> str | None:
        """Read the password from its file or variable; None where neither is set and it may stand in the address.

        Raises:
            ConfigError: when it cannot be read.
        """
        if self.password_env is not None:
            try:
                return os.environ[self.password_env]
            except KeyError:
                raise ConfigError(f"source.password_env: the variable {self.password_env} is not set") from None
        return None if self.password_file is None else _secret(self.password_file, "source.password_file")


class FileSource(Settings):
    """A recorded clip."""

    kind: Literal["file"] = "file"
    path: NamedPath = Field(title="Path of the clip; a relative one starts at the config file's folder")
    pace: Literal["live", "fast"] = Field("live", title="As the clock goes, or as fast as it goes")
    loop: bool = Field(False, title="Start again at the end")


class FolderSource(Settings):
    """A folder of pictures, in the order of their names."""

    kind: Literal["folder"] = "folder"
    path: NamedPath = Field(title="Path of the folder")
    interval: float = Field(1.0, title="Seconds between two pictures", gt=0, le=86_400)
    pace: Literal["live", "fast"] = Field("live", title="As the clock goes, or as fast as it goes")
    loop: bool = Field(False, title="Start again at the end")


Source = Annotated[RtspSource | FileSource | FolderSource, Field(discriminator="kind")]

DecodePace = Literal["auto", "all", "nonreference", "keyframes"]
"""What is decoded: everything, all but non-reference frames, keyframes only, or what the scenes need."""


class LookBackSettings(Settings):
    """The camera's last minutes, kept on the gateway's disk as they came."""

    minutes: float = Field(
        0.0, title="Minutes of video kept of a camera; 0 keeps none, which spares memory cards", ge=0, le=24 * 60
    )
    max_bytes: int = Field(
        2 * 1024**3, title="Bytes of it at most; the oldest goes first", ge=16 * 1024**2, le=LARGEST_SIZE
    )
    reserve_bytes: int = Field(
        1024**3,
        title="Bytes that stay free on the disk for all else: beyond, kept video gives way",
        ge=0,
        le=LARGEST_SIZE,
    )


class CameraSettings(Settings):
    """One camera and what is watched in its picture."""

    id: Identifier = Field(title="Identifier")
    name: str = Field("", title="Name shown to people; the identifier where empty")
    area: str | None = Field(None, title="Path in the hub's area tree, such as 'district/street'")
    longitude: float | None = Field(None, ge=-180, le=180, title="Degrees east")
    latitude: float | None = Field(None, ge=-90, le=90, title="Degrees north")
    source: Source = Field(title="Where the picture comes from")
    decode: DecodePace = Field("auto", title="Decode pace")
    tiles: int = Field(
        1,
        title="Parts across and down in which it is looked at once more, for small things; for slow scenes",
        ge=1,
        le=4,
    )
    crop: Literal["off", "zones"] = Field(
        "off", title="What is looked at: all of the picture, or from nearer by the part in which the scenes' zones lie"
    )
    calibration: dict[str, Any] | None = Field(
        None, title="Ground points or a known length that give metres; checked with the scenes"
    )
    privacy: PrivacySettings = Field(default_factory=PrivacySettings, title="What must not leave the gateway")
    look_back: LookBackSettings | None = Field(
        None, title="What is kept of this camera's video; as the gateway's 'look_back' says where empty"
    )
    scenes: tuple[dict[str, Any], ...] = Field((), title="Scenes; each is checked by its own settings")

    @model_validator(mode="after")
    def _crop_or_tiles(self) -> Self:
        if self.crop != "off" and self.tiles > 1:
            raise ValueError("give 'crop' or 'tiles', not both: tiles look at all of the picture")
        return self


class CamerasFromHub(Settings):
    """What the hub's administrators may do about this gateway's cameras, beside their settings."""

    allowed: bool = Field(
        False, title="Let them find, add and remove cameras; the gateway then calls addresses that they give"
    )
    interfaces: tuple[str, ...] = Field(
        (), title="IPv4 addresses of this machine on the cameras' networks, where they are looked for; all where empty"
    )
    networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), title="Networks in which cameras may be added, such as 192.168.1.0/24; any address where empty"
    )


class HubConnectionSettings(Settings):
    """How the hub is reached."""

    url: str = Field("mqtt://127.0.0.1:1883", title="Broker", pattern=BROKER_URL_PATTERN)
    username: str | None = Field(None, title="User name; the gateway's identifier where empty")
    password_file: NamedPath | None = Field(None, title="File that holds the gateway's password")
    ca_file: NamedPath | None = Field(None, title="Certificate authority for mqtts, where not the system's")
    page: str | None = Field(
        None,
        title="Address of the hub's page, to which live video goes; the broker's host where empty",
        pattern=r"^https?://[^/@?#]+(/[\w.~/-]*)?$",
    )
    heartbeat: float = Field(5.0, title="Seconds between heartbeats", ge=1, le=60)
    snapshot: float = Field(
        2.0, title="Seconds between live snapshots of a camera that somebody watches; 0 sends none", ge=0, le=3600
    )
    snapshot_unwatched: float = Field(
        30.0, title="Seconds between those of a camera that nobody watches", ge=1, le=86_400
    )

    def password(self) -> str | None:
        """Read the password from its file, or from ``SHARP_EYES_PASSWORD``.

        Raises:
            ConfigError: when the file cannot be read.
        """
        if self.password_file is None:
            return os.environ.get("SHARP_EYES_PASSWORD")
        return _secret(self.password_file, "hub.password_file")


class OutboxSettings(Settings):
    """What waits on disk until the hub has it."""

    max_bytes: int = Field(2 * 1024**3, title="Bytes of evidence kept at most", ge=1024**2, le=LARGEST_SIZE)
    clip_before: float = Field(4.0, title="Seconds of video before an event", ge=0, le=30)
    clip_after: float = Field(4.0, title="Seconds of video after an event", ge=0, le=30)


class LiveSettings(Settings):
    """Live video, which goes to the hub only while somebody looks."""

    video: bool = Field(True, title="Send the camera's own video where the hub asks for it; false: pictures alone")
    max_streams: int = Field(16, title="Streams at once at most", ge=1, le=64)
    max_bytes_per_second: int = Field(
        6_000_000,
        title="Bytes a second of all streams together at most; beyond, pictures are left out",
        ge=10_000,
        le=10**9,
    )


class GatewayMetricsSettings(MetricsSettings):
    """Figures for Prometheus, on a listener of their own."""

    certificate_file: NamedPath | None = Field(None, title="Certificate with its chain, PEM; needed to let others in")
    key_file: NamedPath | None = Field(None, title="Its private key, PEM, without a password")

    @model_validator(mode="after")
    def _others_come_by_tls(self) -> Self:
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("give 'certificate_file' and 'key_file', both or neither")
        if self.certificate_file is None and not is_loopback(self.listen):
            raise ValueError(
                f"metrics.listen {self.listen} lets other machines in: name a certificate_file and a key_file, "
                "or anybody on the way reads the token"
            )
        return self

    @property
    def tls(self) -> tuple[Path, Path] | None:
        """Certificate and key, where there are any."""
        if self.certificate_file is None or self.key_file is None:
            return None
        return self.certificate_file, self.key_file


Device = Literal["auto", "cpu", "cuda", "tensorrt", "gpu", "npu"]
"""The processor; an NVIDIA GPU by CUDA or TensorRT; an Intel GPU or NPU by OpenVINO."""


MOST_WORKERS = 4


class ModelSettings(Settings):
    """The detector."""

    manifest: NamedPath | None = Field(None, title="Path of a manifest.yaml")
    name: Identifier | None = Field(None, title="Name of an added or bundled model; the bundled detector where empty")
    directory: NamedPath | None = Field(None, title="Folder of added models; 'models' in the data folder where empty")
    runtime: Literal["auto", "onnxruntime", "openvino"] = Field("auto", title="What runs the model")
    precision: Literal["auto", "fp32", "bf16", "int8"] = Field(
        "auto", title="How exactly it is computed; fp32 means as exactly as the model allows"
    )
    device: Device = Field("auto", title="What computes it; tensorrt is tried only where it is named")
    threads: int = Field(0, title="Threads of the runtime; 0 leaves it to the runtime", ge=0, le=256)
    workers: int = Field(
        0,
        title="Looks that a gateway computes at once; 0: several of one thread each, or one where 'threads' is set",
        ge=0,
        le=16,
    )
    threshold: float | None = Field(
        None, title="Score threshold of all classes; the manifest's where empty", gt=0, lt=1
    )
    thresholds: dict[str, Annotated[float, Field(gt=0, lt=1)]] = Field(
        default_factory=dict, title="Score threshold of single classes"
    )

    @model_validator(mode="after")
    def _one_model(self) -> Self:
        if self.manifest is not None and self.name is not None:
            raise ValueError("give 'manifest' or 'name', not both")
        return self

    def shared_out(self) -> "ModelSettings":
        """The same with 'workers' and 'threads' chosen for a gateway on this machine.

        Two looks of one thread each take less of the processor than one after the other with two threads, which wait
        for each other; what is left to Python takes turns, so more than four gain nothing.
        """
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        alone = self.device not in ("auto", "cpu") or self.threads > 0
        workers = self.workers or (1 if alone else min(cores, MOST_WORKERS))
        return self.model_copy(update={"workers": workers, "threads": self.threads or int(workers > 1)})


DecodeDeviceName = Literal["auto", "cpu", "cuda", "vaapi", "qsv"]
"""The processor; an NVIDIA GPU (NVDEC); an Intel or AMD GPU by VA-API; an Intel GPU by Quick Sync."""


class GatewaySettings(CheckedSettings):
    """All of ``gateway.yaml``."""

    gateway: Identifier = Field(title="Identifier of this gateway, as registered at the hub")
    data: NamedPath = Field(
        Path("var/edge"), title="Folder for the outbox; a relative one starts at the config file's folder"
    )
    settings_from: Literal["file", "hub"] = Field(
        "file", title="Which cameras' settings hold: this file's alone, or what the hub has set before this file's"
    )
    cameras_from_hub: CamerasFromHub = Field(default_factory=CamerasFromHub)
    hub: HubConnectionSettings = Field(default_factory=HubConnectionSettings)
    outbox: OutboxSettings = Field(default_factory=OutboxSettings)
    live: LiveSettings = Field(default_factory=LiveSettings)
    look_back: LookBackSettings = Field(default_factory=LookBackSettings)
    model: ModelSettings = Field(default_factory=ModelSettings)
    decode_device: DecodeDeviceName = Field(
        "auto", title="What decodes the cameras' video; 'auto' takes a device that agrees and saves processor time"
    )
    metrics: GatewayMetricsSettings | None = Field(None, title="Figures for Prometheus; off where empty")
    cameras: tuple[CameraSettings, ...] = Field((), title="Cameras; a gateway that has just joined has none yet")

    @classmethod
    def contradictions(cls, raw: Mapping[str, Any]) -> Iterator[Contradiction]:
        """Cameras of one identifier."""
        seen: set[str] = set()
        cameras = raw.get("cameras")
        for place, camera in enumerate(cameras if isinstance(cameras, list | tuple) else ()):
            name = camera.get("id") if isinstance(camera, Mapping) else getattr(camera, "id", None)
            if isinstance(name, str) and name in seen:
                yield ("cameras", place, "id"), f"camera {name!r} stands twice; give each its own id"
            seen.add(str(name))


def load(path: Path, also: Objections | None = None) -> GatewaySettings:
    """Read and check a gateway's settings; relative paths are resolved against the file's folder.

    Args:
        also: what is wrong with the scenes, which are checked by a room above this one.

    Raises:
        ConfigError: names the file and each wrong key.
    """
    settings = read_settings(path, GatewaySettings, ConfigError, also)
    return _resolved(settings, path.resolve().parent)


def _secret(file: Path, key: str) -> str:
    """What a password's file holds, without the line's end.

    Raises:
        ConfigError: names the key and the file.
    """
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"{key} {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{key} {file}: is not text in UTF-8") from error


def _resolved_source(source: RtspSource | FileSource | FolderSource, base: Path) -> Source:
    key = "password_file" if isinstance(source, RtspSource) else "path"
    return source.model_copy(update={key: absolute(base, getattr(source, key))})


def _resolved(settings: GatewaySettings, base: Path) -> GatewaySettings:
    cameras = tuple(
        _with_key(camera, base).model_copy(update={"source": _resolved_source(camera.source, base)})
        for camera in settings.cameras
    )
    hub = settings.hub.model_copy(
        update={
            "password_file": absolute(base, settings.hub.password_file),
            "ca_file": absolute(base, settings.hub.ca_file),
        }
    )
    data = base / settings.data.expanduser()
    model = settings.model.model_copy(
        update={
            "manifest": absolute(base, settings.model.manifest),
            "directory": absolute(base, settings.model.directory) or data / "models",
        }
    )
    parts = {"hub": hub, "model": model, "cameras": cameras, "metrics": _resolved_metrics(settings.metrics, base)}
    return settings.model_copy(update={"data": data, **parts})


def _resolved_metrics(metrics: GatewayMetricsSettings | None, base: Path) -> GatewayMetricsSettings | None:
    keys = ("token_file", "certificate_file", "key_file")
    return metrics and metrics.model_copy(update={key: absolute(base, getattr(metrics, key)) for key in keys})


def _with_key(camera: CameraSettings, base: Path) -> CameraSettings:
    key = absolute(base, camera.privacy.original_key)
    return camera.model_copy(update={"privacy": camera.privacy.model_copy(update={"original_key": key})})
