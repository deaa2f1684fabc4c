"""What the hub says to a gateway: acknowledgements and commands."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from sharp_eyes.contract.base import Box, Identifier, Message, Timestamp, is_none, parse_message
from sharp_eyes.contract.camera_setup import AddCamera, FindCameras, RemoveCamera
from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.trial import TrySettings
from sharp_eyes.contract.video import VideoRequest


class Refusal(Message):
    """A durable message that can never be taken; the gateway keeps it aside and stops sending it."""

    id: str
    reason: str


class Ack(Message):
    """Names durable messages (by CloudEvents id) that the hub has committed, or refuses for good."""

    ids: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    notice: str | None = Field(
        default=None,
        max_length=200,
        description="A word to the gateway itself, not to a message: 'name_in_use' while two gateways share its name, "
        "'no_room' while the hub has no room for files",
    )


NAME_IN_USE = "name_in_use"
"""The notice of an :class:`Ack` that two gateways speak under one name."""

NO_ROOM = "no_room"
"""The notice of an :class:`Ack` that the hub has no room for files now; events are taken as ever."""


class LookAgain(Message):
    """Asks a camera to look at the same place once more after the case was handled."""

    type: Literal["look_again"] = "look_again"
    command_id: UUID
    event_id: UUID
    camera: Identifier
    scene: SceneName
    zone: Identifier
    box: Box | None = Field(default=None, description="Where the event's object stood")
    asked_at: Timestamp
    expires_at: Timestamp


class Watch(Message):
    """Somebody watches a camera's live picture: for so long it is sent often. It is said again while they do.

    It goes at QoS 0, since it is worth nothing later. Without it a gateway sends live pictures seldom.
    """

    type: Literal["watch"] = "watch"
    camera: Identifier
    seconds: float = Field(gt=0, le=600, description="How long it holds, from when it comes")
    video: VideoRequest | None = Field(
        default=None, exclude_if=is_none, description="The camera's video is wanted, too; None: pictures alone"
    )


class LookBack(Message):
    """Somebody looks at a camera's past video, as far as the gateway keeps it; said again until the line opens.

    It goes at QoS 0. On the line come ``VideoKept``, then what each ``VideoWanted`` asks for.
    """

    type: Literal["look_back"] = "look_back"
    camera: Identifier
    since: Timestamp = Field(description="Nothing before this is shown")
    until: Timestamp = Field(description="And nothing behind this")
    video: VideoRequest


class SaveClip(Message):
    """Asks for a piece of the past as evidence: a clip whose evidence id is the command's."""

    type: Literal["save_clip"] = "save_clip"
    command_id: UUID
    event_id: UUID
    camera: Identifier
    since: Timestamp
    until: Timestamp


class ReportSettings(Message):
    """Asks a gateway to report the settings of all its cameras."""

    type: Literal["report_settings"] = "report_settings"


class ChangeSettings(Message):
    """Changes one camera's settings; the gateway checks them, and answers with a report of what holds then."""

    type: Literal["change_settings"] = "change_settings"
    camera: Identifier
    version: int = Field(
        ge=1, description="Counts up for each camera; one that is not above what holds is answered only"
    )
    settings: dict[str, Any] = Field(
        description="Keys of the camera that hold in the place of its gateway's file; none gives it back to the file"
    )
    made_by: str
    made_at: Timestamp


class _AnyCommand(Message):
    """What all commands have in common."""

    type: str


Command = (
    LookAgain
    | Watch
    | LookBack
    | SaveClip
    | ReportSettings
    | ChangeSettings
    | TrySettings
    | FindCameras
    | AddCamera
    | RemoveCamera
)
"""All that the hub may ask of a gateway."""

_KINDS: dict[str, type[Command]] = {
    "look_again": LookAgain,
    "watch": Watch,
    "look_back": LookBack,
    "save_clip": SaveClip,
    "report_settings": ReportSettings,
    "change_settings": ChangeSettings,
    "try_settings": TrySettings,
    "find_cameras": FindCameras,
    "add_camera": AddCamera,
    "remove_camera": RemoveCamera,
}


def parse_command(payload: bytes) -> Command | None:
    """Read a command; None where it is of a kind that came with a later version.

    Raises:
        ContractError: when it is too large, is no JSON or does not fit the schema; the text says where.
    """
    kind = _KINDS.get(parse_message(_AnyCommand, payload).type)
    return None if kind is None else parse_message(kind, payload)
