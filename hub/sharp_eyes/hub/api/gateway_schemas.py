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


class RunningModelView(ResponseModel):
    """A network that a gateway computes."""

    name: str
    version: str = Field(examples=["2"])
    computed_by: str = Field(examples=["openvino"])
    checked: bool = Field(description="At its start it agreed with its reference pictures")
    fault: str = Field(examples=["the file is damaged"])


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
