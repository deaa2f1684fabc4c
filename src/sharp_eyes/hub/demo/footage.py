"""What the demo's camera shows: the bundled clip, and the zones that its ground truth names."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sharp_eyes.hub.errors import SettingsError

DWELL = 8
"""Seconds a car may stand in the demo; a real street takes some minutes."""

AREA = "demo/first-street/east"


@dataclass(frozen=True, slots=True)
class Footage:
    """A clip and its ground truth."""

    clip: Path
    truth: dict[str, Any]


def find_footage() -> Footage:
    """Find the bundled clip in the source checkout.

    Raises:
        SettingsError: when it is not there.
    """
    for folder in Path(__file__).resolve().parents:
        clip, truth = folder / "media" / "street.mp4", folder / "media" / "street.json"
        if clip.is_file() and truth.is_file():
            return Footage(clip, json.loads(truth.read_text(encoding="utf-8")))
    raise SettingsError("media/street.mp4 is not here; the demo runs from a source checkout, where the clip lies")


def gateway_file(footage: Footage, gateway: str, broker_port: int, password_file: Path) -> dict[str, Any]:
    """The demo gateway's ``gateway.yaml`` as data: the clip as a live camera, with dwells for the impatient."""
    zones = footage.truth["zones"]
    parking = {
        "scene": "illegal_parking",
        "zones": [{"id": "no-parking", "name": "no parking", "polygon": zones["no_parking"]["polygon"]}],
        "dwell": DWELL,
        "grace": 4,
        "clear_after": 2,
    }
    perimeter = {
        "scene": "perimeter_intrusion",
        "zones": [{"id": "yard", "name": "yard", "polygon": zones["yard"]["polygon"]}],
        "dwell": 1,
        "look_interval": 0.5,
        "clear_after": 4,
    }
    camera = {
        "id": "street",
        "name": "东社区 1 号 · East 1",
        "area": AREA,
        "source": {"kind": "file", "path": str(footage.clip), "pace": "live", "loop": True},
        "scenes": [parking, perimeter],
    }
    return {
        "gateway": gateway,
        "data": "gateway",
        "hub": {
            "url": f"mqtt://127.0.0.1:{broker_port}",
            "password_file": str(password_file),
            "heartbeat": 2,
            "snapshot": 1,
        },
        "outbox": {"clip_before": 6, "clip_after": 3},
        "cameras": [camera],
    }
