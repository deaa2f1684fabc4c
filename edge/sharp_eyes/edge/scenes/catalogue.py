"""All scenes that work, by name; a new one is a file and a line here."""

from typing import Any

from pydantic import ValidationError

from sharp_eyes.configuration import explain
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.scenes.base import Scene, SceneSettings
from sharp_eyes.edge.scenes.bike_clutter import BikeClutter
from sharp_eyes.edge.scenes.ebike_stairwell import EbikeStairwell
from sharp_eyes.edge.scenes.event_lifecycle import Origin
from sharp_eyes.edge.scenes.falling_object import FallingObject
from sharp_eyes.edge.scenes.fire_lane_blocked import FireLaneBlocked
from sharp_eyes.edge.scenes.gas_cylinder import GasCylinder
from sharp_eyes.edge.scenes.greenery_damage import GreeneryDamage
from sharp_eyes.edge.scenes.illegal_parking import IllegalParking
from sharp_eyes.edge.scenes.perimeter_intrusion import PerimeterIntrusion
from sharp_eyes.edge.scenes.smoke import Smoke
from sharp_eyes.edge.scenes.waterlogging import Waterlogging

SCENES: dict[str, type[Scene[Any]]] = {
    scene.name.value: scene
    for scene in (
        IllegalParking,
        BikeClutter,
        GreeneryDamage,
        EbikeStairwell,
        GasCylinder,
        Smoke,
        FireLaneBlocked,
        Waterlogging,
        PerimeterIntrusion,
        FallingObject,
    )
}


def parse_settings(camera: str, position: int, raw: dict[str, Any]) -> SceneSettings:
    """Check one entry of a camera's ``scenes``.

    Raises:
        ConfigError: names the camera, the entry and each wrong key.
    """
    where = f"camera {camera}, scenes.{position}"
    name = raw.get("scene")
    if name is None:
        raise ConfigError(f"{where}: 'scene' is missing; one of {', '.join(SCENES)}")
    scene = SCENES.get(str(name))
    if scene is None:
        raise ConfigError(f"{where}: there is no scene {str(name)[:80]!r} in this version; one of {', '.join(SCENES)}")
    try:
        settings = scene.settings_type.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(f"{where} ({name}):\n  {explain(error, raw)}") from error
    return settings


def build(settings: SceneSettings, origin: Origin) -> Scene[Any]:
    """Make the scene that these settings are for."""
    return SCENES[settings.scene.value](settings, origin)
