"""电动车进楼: an e-bike in a stairwell, a lobby or a lift. It is pushed, ridden or left there: being there counts."""

from typing import ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.scenes.base import seconds
from sharp_eyes.edge.scenes.event_lifecycle import Condition
from sharp_eyes.edge.scenes.presence import Presence
from sharp_eyes.edge.scenes.presence_scene import PresenceScene, PresenceSettings


class EbikeStairwellSettings(PresenceSettings):
    """Settings of e-bikes indoors."""

    scene: Literal[SceneName.EBIKE_STAIRWELL] = Field(SceneName.EBIKE_STAIRWELL, title="Which scene")
    classes: tuple[str, ...] = Field(("ebike",), title="Detector classes that count", min_length=1)
    score: float = Field(0.5, title="Mean score that those looks must reach", ge=0, le=1)
    motorcycles: bool = Field(True, title="Motorcycles count too: the street detector calls many an e-bike one")
    bicycles: bool = Field(False, title="Bicycles count too")


class EbikeStairwell(PresenceScene[EbikeStairwellSettings]):
    """One event for each e-bike's visit to a zone."""

    name = SceneName.EBIKE_STAIRWELL
    settings_type = EbikeStairwellSettings
    supporting = ("motorcycle",)
    rivals: ClassVar[dict[str, float]] = {"bicycle": 0.5, "person": 0.6}

    @property
    @override
    def wanted(self) -> tuple[str, ...]:
        settings = self.settings
        asked = (("motorcycle", settings.motorcycles), ("bicycle", settings.bicycles))
        return (*settings.classes, *(name for name, wanted in asked if wanted))

    @override
    def conditions(self, zone: str, there: list[Presence]) -> list[Condition]:
        return [
            Condition(
                zone=zone,
                key=item.number,
                since=item.dwell.since,
                last=item.dwell.last,
                score=item.score,
                grade=self.settings.grades.of(item.dwell.seconds),
                measures=(seconds("dwell", item.dwell.seconds, self.settings.dwell),),
                box=item.box,
                object_class=item.name,
            )
            for item in there
        ]
