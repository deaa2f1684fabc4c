"""Cameras that are found, added and removed at a gateway by way of the hub: the questions and the answer.

A camera's login is sealed where it is typed, for a key that the gateway made for this: with X25519, XSalsa20 and
Poly1305 (NaCl's ``box``). Hub and broker only pass it on. Inside stands for which camera it is.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from sharp_eyes.contract.base import Identifier, Message, Timestamp

PLACE_PATTERN = r"^(rtsps?|https?)://[^/?#@\s]+$"

MAX_FOUND = 60
"""Cameras that an answer names at most: all of it is one message."""

PublicKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$", description="X25519 public key, in base64")]


class SealedLogin(Message):
    """A :class:`CameraLogin` as JSON, which nobody but the gateway can open."""

    key: PublicKey = Field(description="The gateway's key that it is sealed for")
    sender: PublicKey = Field(description="A key made for this one login")
    nonce: str = Field(pattern=r"^[A-Za-z0-9+/]{32}$", description="24 bytes, in base64")
    box: str = Field(max_length=8000, pattern=r"^[A-Za-z0-9+/]+=*$", description="In base64")


class CameraLogin(Message):
    """What is sealed: it opens nothing but the camera that it names, at the address that it names."""

    camera: Identifier
    address: str = Field(
        max_length=500, pattern=r"^[^@\s]+$", description="Of its ONVIF service, its host, or rtsp://…; without a login"
    )
    username: str = Field(default="", max_length=200, description="Empty: the camera wants none")
    password: str = Field(default="", max_length=1000)


class FindCameras(Message):
    """Asks which cameras answer on the gateway's networks (WS-Discovery), and for a key to seal a login for."""

    type: Literal["find_cameras"] = "find_cameras"
    request_id: UUID


class AddCamera(Message):
    """Asks a gateway to try a camera and, if it can be read, to watch it from now on."""

    type: Literal["add_camera"] = "add_camera"
    request_id: UUID
    camera: Identifier
    version: int = Field(ge=1, description="Of its settings, as in change_settings")
    name: str = Field(default="", max_length=200)
    area: str | None = Field(default=None, max_length=200)
    place: str = Field(
        max_length=300,
        pattern=PLACE_PATTERN,
        description="Scheme, host and port of the sealed address, which may hold a password in its path",
    )
    channel: str | None = Field(
        default=None, max_length=100, description="Which one of a recorder's; its source's name"
    )
    login: SealedLogin
    made_by: str
    made_at: Timestamp


class RemoveCamera(Message):
    """Asks a gateway to forget a camera that was added in this way, with its password."""

    type: Literal["remove_camera"] = "remove_camera"
    request_id: UUID
    camera: Identifier
    made_by: str


class FoundCamera(Message):
    """What answered; the words are the camera's own."""

    address: str = Field(max_length=500)
    name: str = Field(default="", max_length=80)
    model: str = Field(default="", max_length=80)
    place: str = Field(default="", max_length=80)
    known: Identifier | None = Field(default=None, description="The gateway's camera of this address, where it has one")


class SeenStream(Message):
    """A stream as it was seen."""

    codec: str = Field(max_length=40, description="FFmpeg's name, such as h264")
    width: int
    height: int
    rate: float = Field(description="Pictures a second")
    keyframes: float | None = Field(default=None, description="Longest seconds between two keyframes, where two came")


class Addition(Message):
    """What was added."""

    model: str = Field(default="", max_length=300, description="Maker, model and firmware, as the camera says")
    clock_offset: float | None = Field(default=None, description="Seconds by which its clock is ahead, where it tells")
    main: SeenStream
    sub: SeenStream | None = None


SetupProblem = Literal[
    "not_allowed",
    "no_onvif",
    "no_network",
    "key_gone",
    "wrong_key",
    "name_taken",
    "outside",
    "login",
    "unreachable",
    "no_video",
    "channels",
    "not_added_here",
    "settings",
]
"""Why not:

* ``not_allowed``: the gateway's file does not let the hub add cameras
* ``no_onvif``: the gateway cannot speak ONVIF; an rtsp:// address can be added
* ``no_network``: it has no network to look on
* ``key_gone``: the login was sealed for a key that is not in use any more; look again
* ``wrong_key``: the sealed login cannot be opened, or is of another camera or address
* ``name_taken``: the gateway has a camera of this identifier
* ``outside``: the address lies outside of the networks that its file names
* ``login``: the camera refuses the user name or password
* ``unreachable``: nothing that answers as a camera does
* ``no_video``: no stream in H.264 or H.265
* ``channels``: a recorder with several channels; one must be named
* ``not_added_here``: not a camera that was added by way of the hub
* ``settings``: the camera could not work with its settings
"""


class SetupReport(Message):
    """What came of a question; a durable message."""

    request_id: UUID
    state: Literal["done", "refused"]
    problem: SetupProblem | None = Field(default=None, description="Why refused; of a search that is done, what failed")
    reason: str = Field(default="", max_length=2000, description="The same in the gateway's own words")
    key: PublicKey | None = Field(default=None, description="Of a search: what a login is sealed for; for minutes")
    found: tuple[FoundCamera, ...] = Field(default=(), max_length=MAX_FOUND)
    channels: tuple[str, ...] = Field(default=(), max_length=64)
    added: Addition | None = None
    reported_at: Timestamp
