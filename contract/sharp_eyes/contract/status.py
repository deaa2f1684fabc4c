"""What lives: birth, last will, heartbeat and the health of each camera."""

from typing import Any, Literal

from pydantic import Field

from sharp_eyes.contract.backports import StrEnum
from sharp_eyes.contract.base import Identifier, Message, Share, Timestamp, is_none
from sharp_eyes.contract.event import SceneName


class CameraState(StrEnum):
    """A camera's state as its gateway sees it."""

    STARTING = "starting"
    ONLINE = "online"
    LOST = "lost"
    ENDED = "ended"


class CameraHealth(Message):
    """One camera's health. Sent as a durable message when the state changes, and in every heartbeat."""

    camera: Identifier
    state: CameraState
    since: Timestamp
    detail: str = Field(default="", description="Why it is lost, or what limits it")
    frames_per_second: float | None = Field(default=None, ge=0, description="Frames decoded per second, recent")
    looks: int = Field(default=0, ge=0, description="Frames looked at since start")
    skipped: dict[str, int] = Field(default_factory=dict, description="Frames not looked at since start, by reason")
    keyframe_interval: float | None = Field(default=None, ge=0, description="Seconds between keyframes, recent")
    late: int | None = Field(
        default=None,
        ge=0,
        exclude_if=is_none,
        description="Looks since start that ended more than their interval after they had become due",
    )
    lateness: float | None = Field(
        default=None,
        ge=0,
        exclude_if=is_none,
        description="Seconds by which the latest of them ended after that, recent; 0: none was late",
    )
    session: str | None = Field(
        default=None, exclude_if=is_none, description="The gateway's session that says so, where a message stands alone"
    )


class CameraNote(Message):
    """What the hub must know about a camera before its first event."""

    camera: Identifier
    name: str
    area: str | None = Field(default=None, description="Path in the area tree, such as 'district/street'")
    longitude: float | None = Field(default=None, ge=-180, le=180)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    scenes: tuple[SceneName, ...] = ()


class SettingsReport(Message):
    """One camera's settings as they hold, without secrets; a durable message."""

    camera: Identifier
    session: str = Field(description="The gateway's session that says so")
    sequence: int = Field(ge=0, description="Counts the reports of a session")
    version: int = Field(ge=0, description="Change of the hub that holds; 0: the gateway's file alone")
    changed: dict[str, Any] = Field(description="What that change gave, in the place of the file's keys")
    settings: dict[str, Any] = Field(description="All that holds; addresses without path and login, no keys")
    takes_changes: bool
    answers: int | None = Field(default=None, ge=1, description="The version of the change that this answers")
    refused: str = Field(default="", max_length=2000, description="Why that change was not taken; empty where it was")
    reported_at: Timestamp


class Birth(Message):
    """Retained message: the gateway is there, and these are its cameras."""

    state: Literal["online"] = "online"
    gateway: Identifier
    session: str = Field(description="Changes at every start; the last will carries the same one")
    time: Timestamp
    version: str
    cameras: tuple[CameraNote, ...]
    settings_from: Literal["file", "hub"] | None = Field(
        default=None,
        exclude_if=is_none,
        description="Whether cameras' settings may come from the hub; None: the gateway cannot report them either",
    )


class Will(Message):
    """Retained, replaces the birth: sent by the broker when the gateway dies, by itself when it ends."""

    state: Literal["offline"] = "offline"
    gateway: Identifier
    session: str


class OutboxState(Message):
    """How much waits on the gateway's disk."""

    pending: int = Field(ge=0)
    bytes: int = Field(ge=0)
    refused: int = Field(default=0, ge=0, description="Kept aside because the hub refused them for good")
    lost: int = Field(default=0, ge=0, description="Could not be written, for example because the disk was full")
    aside: int = Field(
        default=0, ge=0, description="Of the pending ones, those that could not get through and try later"
    )
    detail: str = Field(default="", description="Why some do not get through, such as the broker's packet limit")


class MachineState(Message):
    """How hot the gateway's machine is, and whether it is slowed down."""

    temperature: float | None = Field(default=None, description="Of the hottest sensor, degrees Celsius")
    sensor: str = Field(default="", description="Which one that is")
    throttled: bool = Field(default=False, description="It runs slower than it could, because of heat or power")
    detail: str = Field(default="", description="What is wrong, and what to do; empty where nothing is")


class LooksState(Message):
    """Whether the gateway keeps up with its cameras."""

    late: int = Field(default=0, ge=0, description="Late looks since start, of all cameras")
    lateness: float = Field(default=0.0, ge=0, description="Seconds by which the latest of them was late, recent")
    busy: float = Field(default=0.0, ge=0, le=1, description="Share of the time that the detector looked, recent")


class ModelParity(Message):
    """What this machine sees in a model's reference pictures, beside what its manifest records of them."""

    agrees: bool
    share: Share = Field(
        description="How much is seen as recorded: of boxes; of a segmenter 1 less the largest difference of a share"
    )
    wanted: Share = Field(description="How much of it must be")
    measured_at: Timestamp


class RunningModel(Message):
    """A network that the gateway computes now."""

    name: Identifier
    version: str
    computed_by: str = Field(default="", description="The runtime, such as 'openvino'")
    checked: bool = Field(default=False, description="At its start it agreed with the manifest's reference pictures")
    fault: str = Field(default="", description="Why another way than the chosen one computes it; empty where none does")
    sha256: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        exclude_if=is_none,
        description="Of the network's file that is computed; None: a gateway that does not tell what follows either",
    )
    precision: str | None = Field(default=None, exclude_if=is_none, description="Of that file: fp32, fp16 or int8")
    computing: str | None = Field(
        default=None, exclude_if=is_none, description="How exactly it is computed, such as 'bf16'"
    )
    kind: str | None = Field(default=None, exclude_if=is_none, description="'detector' or 'segmenter'")
    licence: str | None = Field(default=None, max_length=300, exclude_if=is_none)
    scenes: tuple[SceneName, ...] | None = Field(
        default=None, exclude_if=is_none, description="Scenes of this gateway's cameras that need it"
    )
    parity: ModelParity | None = Field(
        default=None, exclude_if=is_none, description="At its start; None: never measured in the way that computes it"
    )


class Heartbeat(Message):
    """Sent every few seconds, not retained."""

    gateway: Identifier
    session: str
    sequence: int = Field(ge=0)
    time: Timestamp
    cameras: tuple[CameraHealth, ...]
    outbox: OutboxState
    machine: MachineState | None = Field(
        default=None, exclude_if=is_none, description="Where the gateway's system tells it"
    )
    looks: LooksState | None = Field(
        default=None, exclude_if=is_none, description="None: a gateway that does not count lateness"
    )
    models: tuple[RunningModel, ...] | None = Field(
        default=None, exclude_if=is_none, description="None: a gateway that does not tell"
    )
