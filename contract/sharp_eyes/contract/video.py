"""Video: what the hub asks for in a ``Watch`` or ``LookBack``, and what is said on the WebSocket that opens then.

Binary messages are pieces of one fragmented MP4 file, or pictures, each behind one byte that says which kind it is
(:class:`Piece`). What else there is to say goes as JSON between them, in the order in which it holds.
"""

from enum import IntEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from sharp_eyes.contract.base import Box, Identifier, Message, Share, parse_message
from sharp_eyes.contract.event import SceneName

STREAM_PATH = "/api/gateway-video"
"""Where a gateway opens its WebSocket at the hub; the ticket follows as the path's last part."""

MAX_PIECE_SIZE = 8 * 1024 * 1024
"""Bytes of one WebSocket message: a keyframe of a large picture fits many times over."""

MAX_CORNERS, MAX_ZONES = 200, 200
"""Corners of a polygon that is drawn on the picture, and zones of one camera."""

Ticket = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{32,64}$")]
"""Opens one stream; nobody can guess it, and it ends with the looking."""


class Piece(IntEnum):
    """The first byte of a binary message."""

    BEGINNING = 0
    """How the video is encoded (``ftyp`` and ``moov``); what came before can no longer be continued."""
    KEYFRAME = 1
    """A fragment with which one may begin."""
    FRAGMENT = 2
    """A fragment that needs those since the last keyframe."""
    PICTURE = 3
    """A whole picture, where pictures were asked for: its time (seconds since the Unix epoch, an IEEE 754 double, the
    highest byte first), and a JPEG."""


class VideoRequest(Message):
    """Asks a gateway for a camera's video; it opens a WebSocket at the hub for it."""

    ticket: Ticket
    stream: Literal["main", "sub"] = Field(
        default="main", description="The main stream, or the smaller one that is looked at; one where there is but one"
    )
    form: Literal["packets", "pictures"] = Field(
        default="packets",
        description="The camera's own packets, or JPEG pictures for a browser that cannot play those; "
        "a gateway that does not know it sends packets",
    )
    port: int = Field(ge=1, le=65535, description="The hub's own web server, at the broker's host")
    tls: bool
    path: str = Field(default="", max_length=200, description="Before STREAM_PATH; empty or with a slash in front")


class ZoneShape(Message):
    """A zone, to be drawn over the picture."""

    scene: SceneName
    zone: Identifier
    polygon: tuple[tuple[Share, Share], ...] = Field(max_length=MAX_CORNERS)


class VideoBegins(Message):
    """Says what follows; before each :attr:`Piece.BEGINNING`, and again when the camera's clock was set."""

    type: Literal["begins"] = "begins"
    media_type: str = Field(max_length=100, description='Such as video/mp4; codecs="avc1.64001f", or image/jpeg')
    epoch: float = Field(description="Seconds since the Unix epoch at the file's time 0")
    zones: tuple[ZoneShape, ...] = Field(default=(), max_length=MAX_ZONES)


class SeenObject(Message):
    """An object of a look."""

    track: int
    name: str = Field(max_length=100)
    score: Share
    box: Box


class VideoLook(Message):
    """What was seen in the picture of this moment; it comes some tenths of a second after the picture."""

    type: Literal["look"] = "look"
    time: float = Field(description="Seconds since the Unix epoch, of the picture")
    objects: tuple[SeenObject, ...] = Field(default=(), max_length=500)


RefusalReason = Literal["masked", "off", "no_video", "codec", "busy", "not_kept"]
"""Parts of the picture may not leave; video is switched off; no packets come, as from a folder of pictures; no browser
plays how they are encoded; as many streams as the settings allow are under way; the camera's past video is not kept."""


class VideoRefused(Message):
    """Why no video comes; the WebSocket ends after it, and pictures remain."""

    type: Literal["refused"] = "refused"
    reason: RefusalReason


class VideoKept(Message):
    """Which stretches of the past there are; first of all, and again when that has changed."""

    type: Literal["kept"] = "kept"
    stretches: tuple[tuple[float, float], ...] = Field(
        max_length=1000, description="From and until, seconds since the Unix epoch, in their order and apart"
    )
    doubt: str = Field(default="", max_length=200, description="Why the gateway's times are doubtful; empty if not")


class VideoSent(Message):
    """All that was wanted has been sent."""

    type: Literal["sent"] = "sent"
    number: int = Field(ge=0, description="Of the wish")
    until: float | None = Field(description="Where the next wish goes on; None: nothing is kept of that time")


class VideoWanted(Message):
    """What a page says: it wants a piece of the past, and nothing more of what it wanted before."""

    type: Literal["wanted"] = "wanted"
    number: int = Field(ge=0, le=2**31, description="Counts the wishes")
    since: float = Field(description="Seconds since the Unix epoch; sent from the keyframe before it")
    until: float = Field(description="Up to the keyframe behind it")


VideoNote = VideoBegins | VideoLook | VideoRefused | VideoKept | VideoSent
"""All that a gateway says as text."""


class _AnyNote(Message):
    type: str


def parse_note(text: bytes) -> VideoNote | None:
    """Read a text message; None where it is of a kind that came with a later version.

    Raises:
        ContractError: when it is too large, is no JSON or does not fit the schema; the text says where.
    """
    match parse_message(_AnyNote, text).type:
        case "begins":
            return parse_message(VideoBegins, text)
        case "look":
            return parse_message(VideoLook, text)
        case "refused":
            return parse_message(VideoRefused, text)
        case "kept":
            return parse_message(VideoKept, text)
        case "sent":
            return parse_message(VideoSent, text)
        case _:
            return None
