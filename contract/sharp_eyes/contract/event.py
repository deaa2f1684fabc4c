"""What a scene saw: the event, its measures and its evidence (schema version 1)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from sharp_eyes.contract.backports import StrEnum
from sharp_eyes.contract.base import Box, Identifier, Message, Share, Timestamp, is_none

PART_SIZE = 192 * 1024
"""Bytes of evidence in one MQTT message; below the smallest default limit of common brokers (256 KiB)."""

MAX_EVIDENCE_SIZE = 32 * 1024 * 1024


class SceneName(StrEnum):
    """The ten kinds of scene."""

    ILLEGAL_PARKING = "illegal_parking"
    BIKE_CLUTTER = "bike_clutter"
    GREENERY_DAMAGE = "greenery_damage"
    EBIKE_STAIRWELL = "ebike_stairwell"
    GAS_CYLINDER = "gas_cylinder"
    SMOKE = "smoke"
    FIRE_LANE_BLOCKED = "fire_lane_blocked"
    WATERLOGGING = "waterlogging"
    PERIMETER_INTRUSION = "perimeter_intrusion"
    FALLING_OBJECT = "falling_object"


class Phase(StrEnum):
    """Where in its life an event is. One stay is one event: opened once, closed once."""

    OPENED = "opened"
    UPDATED = "updated"
    CLOSED = "closed"


class Grade(StrEnum):
    """How grave: 一般, 较大, 重大."""

    ORDINARY = "ordinary"
    SERIOUS = "serious"
    MAJOR = "major"


class Measure(Message):
    """One measured quantity with the limit it is held against."""

    name: Identifier = Field(description="What was measured: dwell, count, share, area, …")
    value: float
    unit: str = Field(description="UCUM unit: 's', 'm2', '1' for counts and shares")
    threshold: float | None = Field(default=None, description="Limit from the settings, same unit")
    uncertainty: float | None = Field(default=None, ge=0, description="One standard deviation, same unit")


class ModelNote(Message):
    """Which model saw it, and whether it has ever been measured on real pictures for this class."""

    name: Identifier
    version: str
    measured_on_real: bool


class SceneEvent(Message):
    """One message in the life of one event."""

    event_id: UUID = Field(description="Made once at the gateway, unique among its events")
    sequence: int = Field(ge=0, description="0 for opened, then counting up")
    phase: Phase
    scene: SceneName
    gateway: Identifier
    camera: Identifier
    zone: Identifier
    started_at: Timestamp = Field(description="When the condition began, by the frames' own timestamps")
    observed_at: Timestamp = Field(description="Timestamp of the frame this message was made from")
    ended_at: Timestamp | None = Field(default=None, description="When the condition was last seen; closed only")
    grade: Grade = Grade.ORDINARY
    score: Share = Field(description="Detector's score for the object, or the scene's own confidence")
    measures: tuple[Measure, ...] = Field(min_length=1, description="The first one is what made it an event")
    box: Box | None = Field(default=None, description="Where in the picture, if it is in one place")
    object_class: str | None = None
    model: ModelNote | None = Field(default=None, description="None where no learned model was used")
    clock_doubt: str | None = Field(
        default=None, exclude_if=is_none, description="Why the gateway's clock was doubtful; None where it was not"
    )

    @model_validator(mode="after")
    def _phase_fits(self) -> "SceneEvent":
        if (self.phase is Phase.OPENED) != (self.sequence == 0):
            raise ValueError("sequence 0 is 'opened', and only it")
        if (self.phase is Phase.CLOSED) != (self.ended_at is not None):
            raise ValueError("'ended_at' belongs to 'closed', and only to it")
        return self


class EvidenceKind(StrEnum):
    """What a piece of evidence shows."""

    FULL = "full"
    CROP = "crop"
    CLIP = "clip"
    BEFORE = "before"
    AFTER = "after"


Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Evidence(Message):
    """Announces one file; its bytes follow in parts on the evidence topic."""

    evidence_id: UUID
    event_id: UUID
    kind: EvidenceKind
    media_type: str = Field(pattern=r"^(image/jpeg|image/png|video/mp4)$")
    size: int = Field(gt=0, le=MAX_EVIDENCE_SIZE, description="Bytes")
    sha256: Sha256
    part_size: int = Field(default=PART_SIZE, gt=0, le=8 * 1024 * 1024, description="Bytes in all parts but the last")
    captured_at: Timestamp

    @property
    def parts(self) -> int:
        """How many parts the file travels in."""
        return -(-self.size // self.part_size)


class Outcome(StrEnum):
    """What a second look at the same place found."""

    GONE = "gone"
    HOLDS = "holds"
    UNSURE = "unsure"


class LookAgainAnswer(Message):
    """A scene's answer to the hub's question whether its condition still holds."""

    command_id: UUID
    event_id: UUID
    camera: Identifier
    scene: SceneName
    zone: Identifier
    outcome: Outcome
    reason: str = Field(default="", description="Why it is unsure, or what still stands there")
    observed_at: Timestamp
    measures: tuple[Measure, ...] = ()
    evidence_id: UUID | None = Field(default=None, description="The fresh picture, sent as evidence of kind 'after'")


MAX_CLIP_SECONDS = 60.0
"""Of the past that may be asked for at once as evidence."""

ClipRefusal = Literal["not_kept", "too_large", "masked", "camera_gone", "failed"]
"""Nothing of that time is kept (any more); it is larger than evidence may be; its masks cannot be made; the gateway has
no such camera; no file can be made of the packets."""


class ClipRefused(Message):
    """Why a clip that was asked for does not come; one that comes is its own answer."""

    command_id: UUID
    event_id: UUID
    camera: Identifier
    reason: ClipRefusal
    refused_at: Timestamp
