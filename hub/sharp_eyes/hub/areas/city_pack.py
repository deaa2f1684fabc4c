"""City pack: area tree, units, category codes and the rule table, read from YAML and checked."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from sharp_eyes.configuration import CheckedSettings, Contradiction, Settings, read_settings
from sharp_eyes.contract.base import Identifier
from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.city_faults import faults
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.errors import CityError

AreaPath = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*){0,7}$", max_length=200)
]
"""Path in the area tree, such as ``district/street/community``."""

Automation = Literal["auto", "manual"]


class Text(Settings):
    """A name in both languages."""

    zh: str = Field(title="Chinese", min_length=1)
    en: str = Field(title="English", min_length=1)


class Area(Settings):
    """A node of the area tree."""

    path: AreaPath = Field(title="Path from the root")
    name: Text


class Unit(Settings):
    """Who handles cases."""

    id: Identifier = Field(title="Identifier")
    name: Text


class Category(Settings):
    """A scene's name and its code in the city's catalogue."""

    scene: SceneName
    name: Text
    code: str | None = Field(None, title="Category code, such as '04-93'; none where the city has none")


class Rule(Settings):
    """What happens by itself with the cases of a scene in an area and below."""

    scene: SceneName
    area: AreaPath | None = Field(None, title="Area; the whole city where empty")
    unit: Identifier | None = Field(None, title="Unit that handles it")
    limit_minutes: int | None = Field(
        None, title="Minutes from dispatch until it must be handled, around the clock", ge=1
    )
    file: Automation = Field("manual", title="File by itself")
    dispatch: Automation = Field("manual", title="Dispatch to the unit by itself")
    look_again: Automation = Field("manual", title="Ask the camera to look again once it is handled")
    look_again_minutes: int = Field(30, title="Minutes the camera has for its answer", ge=1, le=1440)
    close: Automation = Field("manual", title="Pass and close when the camera finds it gone")
    fail: Automation = Field("manual", title="Send it to rework when the camera finds it still there")
    on_event_closed: Literal["keep", "reject_unfiled"] = Field(
        "keep", title="What to do with a case not yet filed when the event ends"
    )


class CityPack(CheckedSettings):
    """All that differs between cities."""

    name: Text
    timezone: str = Field("Asia/Shanghai", title="Time zone of case numbers and reports")
    areas: tuple[Area, ...] = Field(min_length=1, title="Area tree; the first one is the root")
    units: tuple[Unit, ...] = Field(min_length=1)
    categories: tuple[Category, ...]
    rules: tuple[Rule, ...] = ()

    @property
    def root(self) -> str:
        """Path of the whole city."""
        return self.areas[0].path

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.timezone)

    def area(self, path: str) -> Area | None:
        """Find an area by its path."""
        return next((area for area in self.areas if area.path == path), None)

    def unit(self, identifier: str) -> Unit | None:
        """Find a unit by its identifier."""
        return next((unit for unit in self.units if unit.id == identifier), None)

    def category(self, scene: SceneName) -> Category:
        """Name and code of a scene."""
        return next(category for category in self.categories if category.scene is scene)

    def rule(self, scene: SceneName, area: str) -> Rule:
        """Find the rule of the nearest area at or above ``area``; all by hand where there is none."""
        fitting = [rule for rule in self.rules if rule.scene is scene and covers(rule.area or self.root, area)]
        return max(fitting, key=lambda rule: len(rule.area or ""), default=Rule(scene=scene))

    @classmethod
    def contradictions(cls, raw: Mapping[str, Any]) -> Iterator[Contradiction]:
        """Rows that stand twice or name what is not there."""
        return faults(raw)


def load_city_pack(path: Path | None) -> CityPack:
    """Read and check a city pack; the demonstration city for ``None``.

    Raises:
        CityError: names the file and each wrong key.
    """
    source = _demonstration() if path is None else path
    return read_settings(source, CityPack, CityError)


def _demonstration() -> Path:
    here = Path(__file__)
    for candidate in (here.parents[4] / "configs" / "city" / "demo.yaml", here.with_name("demo.yaml")):
        if candidate.is_file():
            return candidate
    raise CityError("the demonstration city was not found; name a city pack with 'city:' in hub.yaml")
