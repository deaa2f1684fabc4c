"""Changed settings tried on what a gateway still has of a camera, before they hold: the question and the answer."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from sharp_eyes.contract.base import Identifier, Message, Timestamp
from sharp_eyes.contract.event import SceneName

MAX_TRIAL_PICTURE = 9000
"""Bytes of a picture in a report: all of a report is one message."""


class TrySettings(Message):
    """Asks what changed settings would have raised; nothing is changed, and no event is sent."""

    type: Literal["try_settings"] = "try_settings"
    trial_id: UUID
    camera: Identifier
    settings: dict[str, Any] = Field(description="As in change_settings")
    minutes: float = Field(
        default=10, gt=0, le=60, description="How far back, where the gateway keeps the camera's video"
    )


class TrialAlarm(Message):
    """An event that the settings would have opened."""

    scene: SceneName
    zone: Identifier
    second: float = Field(ge=0, description="Since the beginning of what was looked through")
    picture: str = Field(default="", max_length=MAX_TRIAL_PICTURE * 4 // 3 + 4, description="JPEG in base64, masked")


class TrialReport(Message):
    """What came of a trial; a durable message."""

    trial_id: UUID
    camera: Identifier
    state: Literal["done", "nothing", "refused"] = Field(description="nothing: there is no footage to try it on")
    reason: str = Field(default="", max_length=2000, description="Why it was refused, or what there is not")
    seconds: float = Field(default=0, ge=0, description="How much was looked through")
    begins_at: Timestamp | None = Field(default=None, description="When that began; None: a recording that is replayed")
    count: int = Field(default=0, ge=0, description="Events that would have opened")
    alarms: tuple[TrialAlarm, ...] = Field(
        default=(), max_length=40, description="The first of them, some with a picture"
    )
    reported_at: Timestamp
