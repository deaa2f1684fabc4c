"""What the demo's cameras show: for each scene a clip of the bundled suite, with the settings that stand there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.errors import SettingsError

AREA = "demo/first-street"
"""Where the demo's gateway stands."""

_COMMUNITIES = (
    ("east", "东社区", "East", (120.5235, 29.6025)),
    ("west", "西社区", "West", (120.5020, 29.6040)),
)
"""Area, names, and where its first camera stands: inside the outlines of the demo's city pack."""

_ZONES = {
    "no_parking": "禁停区 · No parking",
    "yard": "院内 · Yard",
    "entrance": "单元门前 · Entrance",
    "belt": "绿化带 · Green belt",
    "lobby": "大堂 · Lobby",
    "landing": "楼梯平台 · Landing",
    "kitchen": "后厨 · Kitchen",
    "corridor": "走廊 · Corridor",
    "street": "街面 · Street",
    "lane": "消防通道 · Fire lane",
    "road": "路面 · Road",
    "high_road": "高处路面 · Higher road",
    "tower": "楼体 · Tower",
}
"""What people call the zones of the suite's clips."""

_APART = (0.0040, 0.0022)
_SUITE = Path("media", "suite", "suite.yaml")
_CITY = Path("configs", "city", "demo-district.yaml")


@dataclass(frozen=True, slots=True)
class Footage:
    """The clips that are shown: entries of ``suite.yaml`` with the recording's whole path, one for each scene."""

    clips: tuple[dict[str, Any], ...]


def find_footage() -> Footage:
    """Find the bundled suite in the source checkout, and in it the first clip of each scene that has one.

    Raises:
        SettingsError: when the suite or one of its recordings is not there.
    """
    for folder in Path(__file__).resolve().parents:
        suite = folder / _SUITE
        if suite.is_file():
            return Footage(tuple(_one_a_scene(suite)))
    raise SettingsError(f"{_SUITE} is not here; the demo runs from a source checkout, where the clips lie")


def find_district() -> Path:
    """Find the city pack of the demo's district in the source checkout.

    Raises:
        SettingsError: it is not there.
    """
    found = next((folder / _CITY for folder in Path(__file__).resolve().parents if (folder / _CITY).is_file()), None)
    if found is None:
        raise SettingsError(f"{_CITY} is not here; the demo runs from a source checkout, where it lies")
    return found


def gateway_file(footage: Footage, gateway: str, broker_port: int, password_file: Path) -> dict[str, Any]:
    """The demo gateway's ``gateway.yaml`` as data: the clips as live cameras, with dwells for the impatient."""
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
        "settings_from": "hub",
        "look_back": {"minutes": 10},
        "cameras": [_camera(number, clip) for number, clip in enumerate(footage.clips)],
    }


def with_one_fall_a_round(footage: Footage, folder: Path) -> Footage:
    """The footage with the tower's clip cut so that something falls about once a minute; it is kept in ``folder``.

    Raises:
        SettingsError: when it cannot be cut.
    """
    try:
        from sharp_eyes.hub.demo.one_fall import one_fall_a_round  # noqa: PLC0415 - only the demo has PyAV
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"the demo needs the gateway's packages ({error.name}): install sharp-eyes[edge]"
        ) from error
    clips = [
        {**clip, "clip": one_fall_a_round(clip["clip"], clip["truth"], folder / clip["clip"].name)}
        if SceneName.FALLING_OBJECT in _scenes_of(clip)
        else clip
        for clip in footage.clips
    ]
    return Footage(tuple(clips))


def _one_a_scene(suite: Path) -> list[dict[str, Any]]:
    entries = yaml.safe_load(suite.read_text(encoding="utf-8"))["clips"]
    chosen: list[dict[str, Any]] = []
    for scene in SceneName:
        clip = next((entry for entry in entries if scene in _scenes_of(entry) and entry not in chosen), None)
        if clip is not None:
            chosen.append(clip)
    found = [{**clip, **{key: (suite.parent / clip[key]).resolve() for key in ("clip", "truth")}} for clip in chosen]
    missing = [str(clip["clip"]) for clip in found if not clip["clip"].is_file()]
    if missing:
        raise SettingsError(f"{', '.join(missing)}: not here, though {suite} names it; check the source out again")
    return found


def _scenes_of(entry: dict[str, Any]) -> list[str]:
    return [scene["scene"] for scene in entry["camera"]["scenes"]]


def _camera(number: int, clip: dict[str, Any]) -> dict[str, Any]:
    """A camera of ``gateway.yaml``; the cameras stand in the communities in turn."""
    path, zh, en, (longitude, latitude) = _COMMUNITIES[number % len(_COMMUNITIES)]
    post = number // len(_COMMUNITIES) + 1
    along, up = (post - 1) % 3, (post - 1) // 3 * 2 + (post - 1) % 2
    return {
        **clip["camera"],
        "scenes": [_named(scene) for scene in clip["camera"]["scenes"]],
        "name": f"{zh} {post} 号 · {en} {post}",
        "area": f"{AREA}/{path}",
        "longitude": round(longitude + along * _APART[0], 4),
        "latitude": round(latitude + up * _APART[1], 4),
        "source": {"kind": "file", "path": str(clip["clip"]), "pace": "live", "loop": True},
    }


def _named(scene: dict[str, Any]) -> dict[str, Any]:
    zones = scene.get("zones")
    return scene if zones is None else {**scene, "zones": [{**zone, "name": _ZONES[zone["id"]]} for zone in zones]}
