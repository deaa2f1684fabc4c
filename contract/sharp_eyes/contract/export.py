"""Writes the contract down for other languages: JSON Schema for each message, and AsyncAPI 3.0 for the topics.

Run ``python -m sharp_eyes.contract.export docs/contract`` after any change; a test compares the files.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from sharp_eyes.contract import SCHEMA_VERSION
from sharp_eyes.contract.base import IDENTIFIER_PATTERN, MAX_MESSAGE_SIZE, MAX_STATUS_SIZE, Message
from sharp_eyes.contract.camera_setup import AddCamera, CameraLogin, FindCameras, RemoveCamera
from sharp_eyes.contract.command import Ack, ChangeSettings, LookAgain, LookBack, ReportSettings, SaveClip, Watch
from sharp_eyes.contract.device import DeviceMessage
from sharp_eyes.contract.envelope import (
    AnswerMessage,
    ClipRefusedMessage,
    EvidenceMessage,
    HealthMessage,
    SceneEventMessage,
    SettingsMessage,
    SetupMessage,
    TrialMessage,
)
from sharp_eyes.contract.joining import JoinGrant, JoinRequest
from sharp_eyes.contract.status import Birth, Heartbeat, Will
from sharp_eyes.contract.topics import ROOT, TO_HUB, Channel
from sharp_eyes.contract.trial import TrySettings
from sharp_eyes.contract.video import (
    STREAM_PATH,
    VideoBegins,
    VideoKept,
    VideoLook,
    VideoRefused,
    VideoSent,
    VideoWanted,
)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Described:
    """A message type with the name of its schema file and a sentence about it; a durable one is a CloudEvent."""

    name: str
    model: type[Message]
    summary: str
    durable: bool = False


MESSAGES = (
    Described("scene-event", SceneEventMessage, "A scene's event opened, was updated or closed.", durable=True),
    Described("evidence", EvidenceMessage, "A file of evidence is about to be sent in parts.", durable=True),
    Described("answer", AnswerMessage, "The answer to a look-again command.", durable=True),
    Described("clip-refused", ClipRefusedMessage, "A clip that was asked for does not come.", durable=True),
    Described("health", HealthMessage, "A camera's state changed.", durable=True),
    Described("settings", SettingsMessage, "A camera's settings as they hold, without secrets.", durable=True),
    Described("trial", TrialMessage, "What settings that were tried would have raised.", durable=True),
    Described("camera-setup", SetupMessage, "What came of finding, adding or removing a camera.", durable=True),
    Described("birth", Birth, "The gateway is there, and these are its cameras."),
    Described("will", Will, "The gateway is gone; sent by the broker, or by the gateway at its end."),
    Described("heartbeat", Heartbeat, "All cameras' health and the outbox, every few seconds."),
    Described("ack", Ack, "Durable messages that the hub has committed, or refuses for good."),
    Described("look-again", LookAgain, "Asks a camera to look at a place once more."),
    Described("watch", Watch, "Somebody watches a camera's live picture for some seconds; sent at QoS 0."),
    Described("look-back", LookBack, "Somebody looks at a camera's past video; sent at QoS 0."),
    Described("save-clip", SaveClip, "Asks for a piece of the past as evidence."),
    Described("report-settings", ReportSettings, "Asks a gateway to report its cameras' settings."),
    Described("change-settings", ChangeSettings, "Changes one camera's settings; answered with a report."),
    Described("try-settings", TrySettings, "Asks what changed settings would have raised; changes nothing."),
    Described("find-cameras", FindCameras, "Asks which cameras answer on the gateway's networks."),
    Described("add-camera", AddCamera, "Asks a gateway to try a camera and to watch it; its login is sealed."),
    Described("device", DeviceMessage, "What a device says: an alarm, its end, a test, a low battery, a sign of life."),
    Described("remove-camera", RemoveCamera, "Asks a gateway to forget a camera that was added so."),
)

OVER_HTTP = (
    Described("join-request", JoinRequest, "A gateway with a one-time code asks to be let in (POST /api/join)."),
    Described("join-grant", JoinGrant, "What it is from then on, and where its broker is."),
    Described("video-begins", VideoBegins, f"On a WebSocket at {STREAM_PATH}/<ticket>: which video follows."),
    Described("video-look", VideoLook, "The same: what was seen in the picture of a moment."),
    Described("video-refused", VideoRefused, "The same: why no video comes."),
    Described("video-kept", VideoKept, "The same, of the past: which stretches there are."),
    Described("video-wanted", VideoWanted, "What the hub says there, of the past: which piece is wanted."),
    Described("video-sent", VideoSent, "The same: all of it has been sent."),
    Described("camera-login", CameraLogin, "What is sealed in add-camera: as JSON in a NaCl box."),
)
"""Said to the hub's web server, or sealed in a message; not part of the AsyncAPI document."""


@dataclass(frozen=True, slots=True)
class DescribedChannel:
    """How one channel is used."""

    summary: str
    quality: int
    retained: bool
    messages: tuple[str, ...]
    extra: tuple[str, ...] = ()


CHANNELS = {
    Channel.EVENT: DescribedChannel(
        f"Durable messages as CloudEvents 1.0, structured JSON, at most {MAX_MESSAGE_SIZE} bytes. Sent again until"
        " the hub's ack names their id; the hub de-duplicates by source and id.",
        1,
        False,
        ("scene-event", "evidence", "answer", "clip-refused", "health", "settings", "trial", "camera-setup"),
    ),
    Channel.EVIDENCE: DescribedChannel(
        "The bytes of announced evidence, one part a message: part_size bytes each, the last one shorter.",
        1,
        False,
        ("evidence-part",),
        ("evidence_id", "part"),
    ),
    Channel.STATUS: DescribedChannel("Birth, and the last will in its place.", 1, True, ("birth", "will")),
    Channel.HEARTBEAT: DescribedChannel("Signs of life.", 0, False, ("heartbeat",)),
    Channel.SNAPSHOT: DescribedChannel(
        "A camera's latest small picture: at most 640 pixels wide and 200 KiB.", 0, False, ("snapshot",), ("camera",)
    ),
    Channel.ACK: DescribedChannel("The only word on which a gateway forgets a durable message.", 1, False, ("ack",)),
    Channel.COMMAND: DescribedChannel(
        "Commands; the gateway's session is kept (clean session off), so they wait for it.",
        1,
        False,
        (
            "look-again",
            "watch",
            "look-back",
            "save-clip",
            "report-settings",
            "change-settings",
            "try-settings",
            "find-cameras",
            "add-camera",
            "remove-camera",
        ),
    ),
    Channel.DEVICE: DescribedChannel(
        "What devices say, one message each; in the place of a gateway stands the name of the platform that speaks for"
        " them. Sent again until the hub's ack names its id.",
        1,
        False,
        ("device",),
    ),
}

PARAMETERS = {
    "gateway": f"Identifier of the gateway, or of a platform of devices: ^{IDENTIFIER_PATTERN}$",
    "camera": f"Identifier of the camera: ^{IDENTIFIER_PATTERN}$",
    "evidence_id": "UUID of the evidence, lower case with hyphens",
    "part": "Number of the part, from 0, without leading zeros",
}


def schemas() -> dict[str, Document]:
    """JSON Schema (2020-12) of each message, by file name without its end."""
    return {
        one.name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **one.model.model_json_schema(mode="validation"),
            "description": one.summary,
        }
        for one in (*MESSAGES, *OVER_HTTP)
    }


def asyncapi() -> Document:
    """The AsyncAPI 3.0 document: channels, operations and messages, as the hub sees them."""
    references, definitions = models_json_schema(
        [(one.model, "validation") for one in MESSAGES], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Sharp Eyes: gateways and hub",
            "version": f"{SCHEMA_VERSION}.0.0",
            "description": (
                "What camera gateways and the hub say to each other over MQTT 3.1.1. A gateway owns the topics"
                f" below {ROOT}/<gateway>. Fields may be added with a default; none is renamed or removed."
                f" Messages other than durable ones are at most {MAX_STATUS_SIZE} bytes."
            ),
            "license": {"name": "AGPL-3.0-or-later", "url": "https://www.gnu.org/licenses/agpl-3.0.html"},
        },
        "defaultContentType": "application/json",
        "channels": {channel.value: _channel(channel) for channel in Channel},
        "operations": {_operation_name(channel): _operation(channel) for channel in Channel},
        "components": {
            "messages": _messages({model: reference for (model, _), reference in references.items()}),
            "schemas": definitions["$defs"],
        },
    }


def _channel(channel: Channel) -> Document:
    described = CHANNELS[channel]
    names = ("gateway", *described.extra)
    levels = [ROOT, "{gateway}", channel.value, *(f"{{{name}}}" for name in described.extra)]
    return {
        "address": "/".join(levels),
        "description": described.summary,
        "parameters": {name: {"description": PARAMETERS[name]} for name in names},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in described.messages},
    }


def _operation_name(channel: Channel) -> str:
    return f"{'receive' if channel in TO_HUB else 'send'}-{channel.value}"


def _operation(channel: Channel) -> Document:
    described = CHANNELS[channel]
    return {
        "action": "receive" if channel in TO_HUB else "send",
        "summary": described.summary,
        "channel": {"$ref": f"#/channels/{channel.value}"},
        "messages": [{"$ref": f"#/channels/{channel.value}/messages/{name}"} for name in described.messages],
        "bindings": {"mqtt": {"qos": described.quality, "retain": described.retained, "bindingVersion": "0.2.0"}},
    }


def _messages(references: dict[type[Any], Any]) -> Document:
    messages: Document = {}
    for one in MESSAGES:
        messages[one.name] = {
            "name": one.name,
            "summary": one.summary,
            "contentType": "application/cloudevents+json" if one.durable else "application/json",
            "payload": references[one.model],
        }
    messages["evidence-part"] = {
        "name": "evidence-part",
        "summary": "One part of a file, as it is.",
        "contentType": "application/octet-stream",
    }
    messages["snapshot"] = {
        "name": "snapshot",
        "summary": "A JPEG picture, as it is.",
        "contentType": "image/jpeg",
    }
    return messages


def documents() -> dict[str, str]:
    """All files of the written contract: path below the folder, and text."""
    files = {f"schema/{name}.json": schema for name, schema in schemas().items()} | {"asyncapi.json": asyncapi()}
    return {path: json.dumps(document, indent=2, ensure_ascii=False) + "\n" for path, document in files.items()}


def main(arguments: list[str] | None = None) -> None:
    """Write all files below the given folder."""
    parser = argparse.ArgumentParser(
        prog="python -m sharp_eyes.contract.export",
        description=__doc__,
        epilog="example: python -m sharp_eyes.contract.export docs/contract",
    )
    parser.add_argument("folder", type=Path, help="where to write; made if missing")
    folder: Path = parser.parse_args(arguments).folder
    for path, text in documents().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        print(target)


if __name__ == "__main__":
    main()
