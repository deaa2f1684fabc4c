"""What a gateway of an earlier version left in its outbox is still understood.

``stored_states.json`` holds cameras of the bundled suite and what their scenes stored in the midst of their clips, in
the first form, read back once (a restart forgets the tracks' numbers). A change of the form needs a migration, and a
second file beside it.
"""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from tests.edge.scenes.worlds import note

from sharp_eyes.edge.scenes.camera_scenes import CameraScenes, Feed
from sharp_eyes.edge.settings import CameraSettings

STORED: dict[str, Any] = json.loads(Path(__file__).with_name("stored_states.json").read_text(encoding="utf-8"))
CLASSES = ["person", "bicycle", "ebike", "motorcycle", "car", "bus", "truck", "smoke", "fire", "gas_cylinder"]
NO_LONGER = {"episodes"}  # read over: an open event of a cylinder holds its own key and beginning
FEEDS: tuple[Feed, ...] = ("looks", "frames")


@pytest.mark.parametrize("clip", STORED)
def test_a_state_in_its_first_form_is_read_and_written_again_the_same(
    clip: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The names in the stored form do not follow the names in the code."""
    source = {"kind": "file", "path": f"{clip}.mp4"}
    camera = CameraSettings.model_validate({**STORED[clip]["camera"], "source": source})
    scenes = CameraScenes("gw", camera, note, CLASSES)
    for feed in FEEDS:
        stored = STORED[clip]["states"][feed]
        with caplog.at_level(logging.WARNING):
            scenes.load_state(feed, json.dumps(stored))
        assert not caplog.records, caplog.text
        assert json.loads(scenes.dump_state(feed)) == json.loads(json.dumps(stored), object_hook=_still_written)


def _still_written(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in NO_LONGER}
