"""What can be set for each scene, as JSON Schema. The gateway's code writes it; a hub makes forms of it, and no more.

A gateway of another version judges by its own code and refuses in words what it does not know.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

SCENE_SETTINGS_FILE = Path(__file__).with_name("scene_settings.json")


@cache
def scene_settings() -> dict[str, Any]:
    """``scenes``: a schema by the scene's name; ``calibration``: that of a camera's."""
    read: dict[str, Any] = json.loads(SCENE_SETTINGS_FILE.read_text(encoding="utf-8"))
    return read
