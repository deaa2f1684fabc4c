"""What the hub may change of a camera, how that joins the file's settings, and what of them the hub is shown."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from sharp_eyes.configuration import explain
from sharp_eyes.edge.errors import ConfigError
from sharp_eyes.edge.settings import CameraSettings, LookBackSettings, RtspSource
from sharp_eyes.edge.snap.address import parse_address

CHANGEABLE = ("name", "area", "longitude", "latitude", "decode", "tiles", "crop", "calibration", "scenes")
"""Keys of a camera that the hub may set. Address, login and masks are for whoever has the gateway's file alone."""


def merged(camera: CameraSettings, changed: Mapping[str, Any]) -> CameraSettings:
    """A camera's settings from the file with the keys that the hub has set in their place.

    Raises:
        ConfigError: names the camera and each key that is wrong or not the hub's to change.
    """
    foreign = sorted(changed.keys() - set(CHANGEABLE))
    if foreign:
        raise ConfigError(
            f"camera {camera.id}: {', '.join(foreign)}: not changed from the hub; it can change {', '.join(CHANGEABLE)}"
        )
    kept = {key: getattr(camera, key) for key in CameraSettings.model_fields}
    try:
        return CameraSettings.model_validate({**kept, **changed})
    except ValidationError as error:
        raise ConfigError(f"camera {camera.id}: {explain(error)}") from error


def shown(camera: CameraSettings, look_back: LookBackSettings) -> dict[str, Any]:
    """A camera's settings as the hub may see them, as JSON has it: no login, no path of an address, no file's name.

    ``look_back``: what the gateway keeps of cameras that say nothing of their own.
    """
    said: dict[str, Any] = camera.model_dump(mode="json", include=set(CHANGEABLE))
    said["source"] = {"kind": camera.source.kind}
    if isinstance(camera.source, RtspSource):
        said["source"]["address"] = _bare(camera.source.url)
    said["privacy"] = camera.privacy.model_dump(mode="json", exclude={"original_key"})
    said["look_back"] = {"minutes": (camera.look_back or look_back).minutes}
    return said


def _bare(url: str) -> str:
    """Scheme, host and port: some cameras take the password in the path or the query.

    Not even those where it cannot be told for sure what is login and what is host.
    """
    address = parse_address(url)
    if "@" in address.place:
        return f"{address.scheme}://…"
    return f"{address.scheme}://{re.split('[/?#]', address.place, maxsplit=1)[0]}"
