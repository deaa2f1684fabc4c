"""Writes down what can be set for each scene, as JSON Schema, for a hub that offers a form for it.

Run ``python -m sharp_eyes.edge.scenes.settings_schema`` after any change; a test compares the file.
"""

import json
from typing import Any

from sharp_eyes.contract.scene_settings import SCENE_SETTINGS_FILE
from sharp_eyes.edge.scenes.calibration import CalibrationSettings
from sharp_eyes.edge.scenes.catalogue import SCENES


def settings_schema() -> dict[str, Any]:
    """The JSON Schema of each scene's settings by the scene's name, and that of a camera's ``calibration``.

    What is drawn on the picture carries ``shape``: point, points, line or polygon, in shares of the picture.
    """
    scenes = {name: scene.settings_type.model_json_schema() for name, scene in SCENES.items()}
    return {"scenes": scenes, "calibration": CalibrationSettings.model_json_schema()}


def written() -> str:
    """The file's text."""
    return json.dumps(settings_schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    SCENE_SETTINGS_FILE.write_text(written(), encoding="utf-8")
