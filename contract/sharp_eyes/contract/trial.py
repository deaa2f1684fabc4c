"""Changed settings tried on what a gateway still has of a camera, before they hold: the question and the answer."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from sharp_eyes.contract.base import Box, Identifier, Message, Share, Timestamp, is_none
from sharp_eyes.contract.event import SceneName

MAX_TRIAL_PICTURE = 9000
"""Bytes of a picture in a report: all of a report is one message."""


MOST_PAST = 60
"""Past alarms of one trial: the answer names each by its id."""


class PastAlarm(Message):
    """An alarm of the last days as it was told: what stood where, and for how long."""

    event_id: UUID
    scene: SceneName
    object_class: str | None = Field(default=None, max_length=100)
    box: Box | None = Field(default=None, description="None where it was not in one place; it stays untried then")
    score: Share
    started_at: Timestamp
    seconds: float = Field(ge=0, description="How long it stood there, as far as is known")


class PastOutcome(Message):
    """What the settings make of past alarms; each stands in one of the three."""

    raised: tuple[UUID, ...] = Field(default=(), max_length=MOST_PAST, description="Would be raised")
    quiet: tuple[UUID, ...] = Field(
        default=(), max_length=MOST_PAST, description="Would not be; with the settings that hold they would"
    )
    untried: tuple[UUID, ...] = Field(
        default=(), max_length=MOST_PAST, description="Neither, by what is known of them: it took more than one object"
    )


class TrySettings(Message):
    """Asks what changed settings would have raised; nothing is changed, and no event is sent."""

    type: Literal["try_settings"] = "try_settings"
    trial_id: UUID
    camera: Identifier
    settings: dict[str, Any] = Field(description="As in change_settings")
    minutes: float = Field(
        default=10, gt=0, le=60, description="How far back, where the gateway keeps the camera's video"
    )
    past: tuple[PastAlarm, ...] = Field(
        default=(), max_length=MOST_PAST, description="Alarms of the camera that the settings are tried on besides"
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
    past: PastOutcome | None = Field(
        default=None, exclude_if=is_none, description="Of the past alarms in the question; None where it had none"
    )
    reported_at: Timestamp
