"""Gateways and their cameras, as the HTTP interface says them."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.api.schemas import ResponseModel
from sharp_eyes.hub.areas.text import Text


class CameraView(ResponseModel):
    """A camera as its gateway last described it."""

    gateway: str
    camera: str
    name: str
    area: str
    area_name: Text
    longitude: float | None = Field(None, description="Of the city pack's datum; null where nobody has said its place")
    latitude: float | None = None
    scenes: list[SceneName]
    state: Literal["starting", "online", "lost", "ended", "unknown"]
    since: datetime | None
    detail: str
    frames_per_second: float | None
    looks: int
    skipped: dict[str, int]
    late: int | None = Field(None, description="Looks since the gateway's start that were late; null: not counted")
    lateness: float | None = Field(None, description="Seconds by which the latest of them was late, recent")
    gateway_online: bool
    last_snapshot_at: datetime | None
    snapshot_url: str | None = Field(examples=["/api/cameras/gate-01/east/snapshot"])


class OutboxView(ResponseModel):
    """What waits on the gateway's disk."""

    pending: int
    bytes: int
    refused: int
    lost: int
    aside: int = 0
    detail: str = ""


class LooksView(ResponseModel):
    """Whether a gateway keeps up with its cameras."""

    late: int = Field(description="Late looks since its start")
    lateness: float = Field(description="Seconds by which the latest of them was late, recent; 0: none was")
    busy: float = Field(description="Share of the time that its detector looked, recent")


class MachineView(ResponseModel):
    """How a gateway's machine is."""

    temperature: float | None = Field(description="Degrees Celsius")
    throttled: bool
    detail: str


class ModelParityView(ResponseModel):
    """What a gateway sees in a model's reference pictures, beside what is recorded of them."""

    agrees: bool
    share: float = Field(description="How much is seen as recorded, 0 to 1", examples=[0.97])
    wanted: float = Field(description="How much of it must be", examples=[0.85])
    measured_at: datetime = Field(examples=["2026-03-01T07:56:00Z"])


class RunningModelView(ResponseModel):
    """A network that a gateway computes."""

    name: str
    version: str = Field(examples=["2"])
    computed_by: str = Field(examples=["openvino"])
    checked: bool = Field(description="At its start it agreed with its reference pictures")
    fault: str = Field(examples=["the file is damaged"])
    sha256: str | None = Field(
        None,
        description="Of the file that is computed; null where an older gateway tells none of what follows",
        examples=["f00a4d33ec67774bbf8752ed8c14dda3ccf5ea6de2cb9afad06b47765ebcc405"],
    )
    precision: str | None = Field(None, description="Of that file", examples=["int8"])
    computing: str | None = Field(None, description="How exactly it is computed", examples=["int8"])
    kind: str | None = Field(None, description="detector or segmenter", examples=["detector"])
    licence: str | None = Field(None, examples=["AGPL-3.0-or-later"])
    scenes: list[str] | None = Field(
        None, description="Scenes of the gateway's cameras that need it", examples=[["smoke"]]
    )
    parity: ModelParityView | None = Field(
        None, description="At its start; null where it was never measured in the way that computes it"
    )


class GatewayView(ResponseModel):
    """A gateway."""

    gateway: str
    area: str
    area_name: Text
    online: bool
    version: str | None = Field(examples=["0.9.0"])
    hub_version: str = Field(examples=["0.9.0"])
    last_heartbeat_at: datetime | None
    outbox: OutboxView | None
    looks: LooksView | None
    machine: MachineView | None = Field(description="Null where its system does not tell")
    models: list[RunningModelView] | None = Field(description="Null where it does not tell")
    name_in_use: bool
    """Two gateways speak under this name."""
    held_back: dict[str, int] = Field(examples=[{"look_again": 1}])
    """Messages that a bound held back since the hub's start, by reason; the gateway sends them again."""
