"""Settings: every mistake is named with its camera, scene and key."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.edge.scenes.worlds import LEFT_HALF, note

from sharp_eyes.contract.scene_settings import SCENE_SETTINGS_FILE
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.scenes.camera_scenes import CameraScenes, check_cameras, wrong_scenes
from sharp_eyes.edge.scenes.catalogue import parse_settings
from sharp_eyes.edge.scenes.settings_schema import settings_schema, written
from sharp_eyes.edge.settings import CameraSettings, GatewaySettings, load

ZONE = {"id": "kerb", "polygon": LEFT_HALF}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({}, ["scene", "illegal_parking"]),
        ({"scene": "teleport"}, ["teleport", "illegal_parking"]),
        ({"scene": "illegal_parking"}, ["zones"]),
        ({"scene": "illegal_parking", "zones": [ZONE], "dwel": 3}, ["dwel", "unknown key"]),
        ({"scene": "illegal_parking", "zones": [ZONE], "dwell": -1}, ["dwell", "greater than 0"]),
        (
            {"scene": "illegal_parking", "zones": [{"id": "kerb", "polygon": [[0, 0], [1, 1]]}]},
            ["zones.0 (kerb).polygon", "at least 3 points", "has 2"],
        ),
        (
            {"scene": "illegal_parking", "zones": [{"id": "kerb", "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]]}]},
            ["edges cross"],
        ),
        (
            {"scene": "illegal_parking", "zones": [{"id": "kerb", "polygon": [[0, 0], [2, 0], [1, 1]]}]},
            ["less than or equal to 1"],
        ),
        ({"scene": "illegal_parking", "zones": [ZONE], "schedule": {"timezone": "Mars/North"}}, ["Mars/North"]),
        ({"scene": "perimeter_intrusion"}, ["zone or one line"]),
        (
            {"scene": "illegal_parking", "zones": [ZONE], "schedule": {"hours": [{"start": 1320, "end": "06:00"}]}},
            ["schedule.hours.0.start", "in quotes"],
        ),
        (
            {
                "scene": "illegal_parking",
                "zones": [ZONE],
                "schedule": {"hours": [{"start": "08:00+08:00", "end": "09:00"}]},
            },
            ["schedule.hours.0.start", "leave out the zone"],
        ),
        ({"scene": "illegal_parking", "zones": [ZONE], "grades": {"serious": 9, "major": 3}}, ["above"]),
    ],
)
def test_a_wrong_setting_is_named(raw: dict[str, object], words: list[str]) -> None:
    """The message holds the camera, the place and what is wrong."""
    with pytest.raises(ConfigError) as caught:
        parse_settings("gate-1", 0, raw)
    for word in ["gate-1", *words]:
        assert word in str(caught.value)


def camera_of(*scenes: dict[str, object]) -> CameraSettings:
    return CameraSettings.model_validate(
        {"id": "gate-1", "source": {"kind": "file", "path": "x.mp4"}, "scenes": list(scenes)}
    )


def test_a_class_the_model_does_not_know_is_an_error_before_anything_runs() -> None:
    """A scene that could never see anything says so at start."""
    camera = camera_of({"scene": "bike_clutter", "zones": [ZONE]})
    with pytest.raises(ConfigError, match="does not know bicycle; it knows person, car"):
        CameraScenes("gw", camera, note, ["person", "car"])


def test_a_zone_that_stands_twice_is_an_error() -> None:
    """Zones of one scene are told apart by their ids."""
    camera = camera_of({"scene": "illegal_parking", "zones": [ZONE, ZONE]})
    with pytest.raises(ConfigError, match="'kerb' of illegal_parking stands twice"):
        CameraScenes("gw", camera, note, ["car", "bus", "truck"])


GATEWAY = """
gateway: gw-1
cameras:
  - id: gate-1
    source: {kind: file, path: clips/a.mp4}
"""


def test_relative_paths_start_at_the_config_files_folder(tmp_path: Path) -> None:
    """The same file works from any working directory."""
    config = tmp_path / "gateway.yaml"
    config.write_text(GATEWAY, encoding="utf-8")
    settings = load(config)
    source = settings.cameras[0].source
    assert source.kind == "file"
    assert source.path == tmp_path / "clips/a.mp4"
    assert settings.data == tmp_path / "var/edge"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GATEWAY + "camras: []\n", ["camras", "unknown key"]),
        (GATEWAY + "  - id: gate-1\n    source: {kind: file, path: b.mp4}\n", ["gate-1", "stands twice"]),
        (GATEWAY.replace("kind: file", "kind: webcam"), ["cameras.0.source", "webcam"]),
        (GATEWAY.replace("gw-1", "GW 1"), ["gateway"]),
        ("gateway: [", ["no valid YAML"]),
        ("", ["gateway: Field required"]),
        ("- a list", ["mapping"]),
        ("gateway: a\ncameras: {}\n", ["cameras"]),
    ],
)
def test_a_broken_gateway_file_is_explained(tmp_path: Path, text: str, words: list[str]) -> None:
    """The file and the key stand in the message."""
    config = tmp_path / "gateway.yaml"
    config.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(config)
    for word in ["gateway.yaml", *words]:
        assert word in str(caught.value)


def test_everything_that_is_wrong_in_a_gateway_file_is_said_at_once(tmp_path: Path) -> None:
    """Keys that stand twice, unknown keys, wrong values, wrong scenes and cameras of one name, in one message."""
    config = tmp_path / "gateway.yaml"
    config.write_text(
        GATEWAY + "  - {id: gate-1, id: gate-1, source: {kind: file, path: b.mp4}, colour: red,\n"
        "     calibration: {points: 3}, scenes: [{scene: smoke}]}\n"
        "hub: {heartbeat: 0}\nhub: {heartbeat: 100}\n"
        "outbox: {clip_after: -.inf}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=r"gateway\.yaml") as caught:
        load(config, wrong_scenes)
    for words in (
        "'cameras.1.id' stands twice, in lines 6 and 6",
        "'hub' stands twice, in lines 8 and 9",
        "cameras.1.colour: unknown key",
        "hub.heartbeat: Input should be less than",
        "cameras.1.id: camera 'gate-1' stands twice",
        "outbox.clip_after: Input should be",
        "camera gate-1, scenes.0 (smoke):\n  zones",
        "camera gate-1, calibration",
    ):
        assert words in str(caught.value)


def without_bounds(schema: Any, place: str) -> Iterator[str]:
    """Numbers of a JSON Schema that may be as large, or as small, as one likes."""
    if isinstance(schema, list):
        for part in schema:
            yield from without_bounds(part, place)
    elif isinstance(schema, dict):
        bounds = [schema.keys() & {f"{kind}imum", f"exclusive{kind.title()}imum"} for kind in ("min", "max")]
        if schema.get("type") in ("number", "integer") and not all(bounds):
            yield place
        for key, part in schema.items():
            yield from without_bounds(part, f"{place}.{key}")


def test_every_number_has_bounds() -> None:
    """A slip of some zeros is refused with its key, and not worked with."""
    schemas = {"gateway": GatewaySettings.model_json_schema(), **settings_schema()}
    assert list(without_bounds(schemas, "")) == []


@pytest.mark.parametrize("path", ["", " ", "a" * 5000])
def test_a_path_names_something(tmp_path: Path, path: str) -> None:
    """An empty one would put everything beside the settings."""
    config = tmp_path / "gateway.yaml"
    config.write_text(f'{GATEWAY}data: "{path}"\nhub: {{password_file: "{path}"}}\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(config)
    for key in ("data", "hub.password_file"):
        assert f"{key}: names no file or folder" in str(caught.value)


def test_the_wrong_scenes_of_all_cameras_are_said_at_once() -> None:
    """Whoever writes twenty cameras must not start the gateway twenty times."""
    first = camera_of({"scene": "teleport"}, {"scene": "illegal_parking", "zones": [ZONE, ZONE]})
    second = camera_of({"scene": "smoke"}).model_copy(update={"id": "gate-2", "calibration": {"points": 3}})
    with pytest.raises(ConfigError) as caught:
        check_cameras([first, second])
    for words in ("teleport", "'kerb' of illegal_parking", "gate-2, calibration", "gate-2, scenes.0 (smoke)"):
        assert words in str(caught.value)


def test_a_missing_gateway_file_is_named(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: No such file"):
        load(tmp_path / "nowhere.yaml")


def test_what_can_be_set_is_written_down_for_the_hub() -> None:
    """What is committed is what the scenes say now, and what is drawn says so."""
    advice = "run: python -m sharp_eyes.edge.scenes.settings_schema"
    assert SCENE_SETTINGS_FILE.read_text(encoding="utf-8") == written(), advice
    parking = settings_schema()["scenes"]["illegal_parking"]
    assert parking["$defs"]["Zone"]["properties"]["polygon"]["shape"] == "polygon"
    assert parking["properties"]["bays"]["items"]["shape"] == "polygon"
