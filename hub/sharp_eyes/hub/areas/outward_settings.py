"""What a city says of the formats of other systems: numbers of its cameras, what scenes are called, who is warned."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from sharp_eyes.configuration import Settings
from sharp_eyes.configuration.said import Said, SaidAt
from sharp_eyes.contract.base import Identifier
from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.areas.raw_rows import listed, plain
from sharp_eyes.hub.areas.text import Text

GbId = Annotated[str, StringConstraints(pattern=r"^\d{20}$")]
"""What GB/T 28181 calls a device: twenty digits."""

CameraKey = Annotated[str, StringConstraints(pattern=r"^[^/]+/[^/]+$", max_length=200)]
"""A camera of a gateway, such as ``gate-01/east``."""

CapWord = Annotated[str, StringConstraints(pattern=r"^[^\s,<&]+$", max_length=200)]
"""What CAP takes as a sender: no spaces, no commas, no ``<`` or ``&``."""

Topic = Annotated[str, StringConstraints(pattern=r"^tns1:[A-Za-z0-9]+(/[A-Za-z0-9]+)+$", max_length=200)]
"""A topic of ONVIF, such as ``tns1:RuleEngine/FieldDetector/ObjectsInside``."""

_INSIDE = "tns1:RuleEngine/FieldDetector/ObjectsInside"
_STAYS = "tns1:RuleEngine/LoiteringDetector/ObjectIsLoitering"

ALARM_TYPES: Mapping[SceneName, int] = {
    SceneName.ILLEGAL_PARKING: 8,
    SceneName.BIKE_CLUTTER: 10,
    SceneName.GREENERY_DAMAGE: 4,
    SceneName.EBIKE_STAIRWELL: 6,
    SceneName.GAS_CYLINDER: 3,
    SceneName.SMOKE: 2,
    SceneName.FIRE_LANE_BLOCKED: 3,
    SceneName.WATERLOGGING: 2,
    SceneName.PERIMETER_INTRUSION: 6,
    SceneName.FALLING_OBJECT: 12,
}
"""Types of video alarms of GB/T 28181 that come nearest: 2 motion, 3 left behind, 4 taken away, 6 intrusion, 8 stays,
10 density, 12 fast. It has none for smoke and water."""

PRIORITIES: Mapping[Grade, int] = {Grade.MAJOR: 1, Grade.SERIOUS: 2, Grade.ORDINARY: 3}
"""Levels of alarms of GB/T 28181; 1 is the gravest."""

TOPICS: Mapping[SceneName, Topic] = {
    SceneName.ILLEGAL_PARKING: _STAYS,
    SceneName.BIKE_CLUTTER: _STAYS,
    SceneName.GREENERY_DAMAGE: "tns1:VideoSource/MotionAlarm",
    SceneName.EBIKE_STAIRWELL: _INSIDE,
    SceneName.GAS_CYLINDER: _INSIDE,
    SceneName.SMOKE: "tns1:VideoSource/MotionAlarm",
    SceneName.FIRE_LANE_BLOCKED: _STAYS,
    SceneName.WATERLOGGING: "tns1:VideoSource/MotionAlarm",
    SceneName.PERIMETER_INTRUSION: _INSIDE,
    SceneName.FALLING_OBJECT: "tns1:RuleEngine/LineDetector/Crossed",
}
"""Topics of ONVIF that come nearest; what it has no rule for is a picture that changed."""


class Gb28181Settings(Settings):
    """Alarms as GB/T 28181 notifies them."""

    platform: GbId | None = Field(None, title="This installation's own number, which a test names")
    cameras: dict[CameraKey, GbId] = Field({}, title="Numbers of cameras, by 'gateway/camera'")
    types: dict[SceneName, Annotated[int, Field(ge=1, le=13)]] = Field(
        {}, title="Types of video alarms, where they differ from the usual ones"
    )
    priorities: dict[Grade, Annotated[int, Field(ge=1, le=4)]] = Field(
        {}, title="Levels of alarms by grade, where they differ; 1 is the gravest"
    )


class OnvifSettings(Settings):
    """Alarms as ONVIF notifies them."""

    topics: dict[SceneName, Topic] = Field({}, title="Topics of scenes, where they differ from the usual ones")


class CapAlert(Settings):
    """What the public is warned of."""

    subject: Identifier = Field(title="A scene, or a kind of report")
    grades: tuple[Grade, ...] = Field((Grade.MAJOR,), title="Grades of it that are told", min_length=1)
    category: Literal[
        "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"
    ] = "Safety"
    response: Literal["Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess"] = Field(
        "Avoid", title="What people are to do, as CAP calls it"
    )
    instruction: Text | None = Field(None, title="What people are to do, in words")
    radius: int = Field(200, title="Metres around the place that are meant", ge=1, le=100_000)


class CapSettings(Settings):
    """Warnings of the Common Alerting Protocol, CAP 1.2."""

    sender: CapWord = Field(title="Who warns, such as eyes@district.example.org")
    name: Text | None = Field(None, title="The same in words; the city's name where empty")
    status: Literal["Actual", "Exercise", "Test"] = Field(
        "Test", title="Actual only where people are meant to act on what is sent"
    )
    restriction: str | None = Field(None, title="Whom it is for; everybody where empty", max_length=200)
    hours: int = Field(24, title="Hours for which a warning holds unless another follows", ge=1, le=720)
    alerts: tuple[CapAlert, ...] = Field(title="What is told; nothing else ever is", min_length=1)

    def alert(self, subject: str | None, grade: str) -> CapAlert | None:
        """Find what is said of a subject at a grade; ``None`` where the public is not warned of it."""
        return next((one for one in self.alerts if one.subject == subject and grade in one.grades), None)


class OutwardSettings(Settings):
    """How cases are told in the formats of other systems."""

    gb28181: Gb28181Settings = Field(default_factory=Gb28181Settings)
    onvif: OnvifSettings = Field(default_factory=OnvifSettings)
    cap: CapSettings | None = None


def outward_faults(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Say what does not fit together: warnings of what is neither scene nor kind, one number for two cameras."""
    known = set(SceneName) | {str(row.get("id")) for _, row in listed(raw.get("kinds"))}
    outward = plain(raw.get("outward"))
    for place, row in listed(plain(outward.get("cap")).get("alerts")):
        subject = row.get("subject")
        if isinstance(subject, str) and subject not in known:
            words = f"{subject!r} is no scene and no kind of this pack"
            yield ("outward", "cap", "alerts", place, "subject"), Said("unknown_subject", words, subject=subject)
    seen: dict[str, str] = {}
    for camera, number in plain(plain(outward.get("gb28181")).get("cameras")).items():
        if not isinstance(number, str):
            continue
        if number in seen:
            words = f"{number!r} is {seen[number]}'s already"
            yield ("outward", "gb28181", "cameras", camera), Said("number_taken", words, number=number, by=seen[number])
        seen[number] = camera
