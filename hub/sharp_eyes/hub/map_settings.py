"""The map's ground: tiles in a file of the hub's own, so that no page asks anybody else for them."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from sharp_eyes.configuration import Settings, absolute
from sharp_eyes.hub.errors import SettingsError

Datum = Literal["wgs84", "gcj02"]
"""What longitude and latitude refer to: WGS 84 (and CGCS2000, a metre apart at most), or GCJ-02 of Chinese maps."""

_BEGINNING = b"PMTiles\x03"


class MapSettings(Settings):
    """What lies under the areas and cameras."""

    tiles: Path | None = Field(None, title="PMTiles file (version 3), raster or vector; a plain ground where empty")
    tiles_datum: Datum = Field("wgs84", title="Datum that the tiles are drawn in")
    attribution: str = Field("", title="Whose map it is, as its licence asks to be told", max_length=200)


def map_rooted(settings: MapSettings, base: Path) -> MapSettings:
    """Let a relative path start at ``base``, and look whether tiles are there.

    Raises:
        SettingsError: the file is not there, or holds something else.
    """
    tiles = absolute(base, settings.tiles)
    if tiles is None:
        return settings
    try:
        with tiles.open("rb") as file:
            beginning = file.read(len(_BEGINNING))
    except OSError as error:
        raise SettingsError(f"map.tiles: {tiles} cannot be read: {error.strerror}") from error
    if beginning != _BEGINNING:
        raise SettingsError(f"map.tiles: {tiles} is no PMTiles file of version 3; make one with 'pmtiles convert'")
    return settings.model_copy(update={"tiles": tiles})
