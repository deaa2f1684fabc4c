"""燃气瓶违规: a gas cylinder in a zone where none may be, standing or carried."""

from typing import ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.scenes.base import count, seconds
from sharp_eyes.edge.scenes.event_lifecycle import Condition
from sharp_eyes.edge.scenes.occupancy import around
from sharp_eyes.edge.scenes.presence import Presence
from sharp_eyes.edge.scenes.presence_scene import PresenceScene, PresenceSettings


class GasCylinderSettings(PresenceSettings):
    """Settings of gas cylinders."""

    scene: Literal[SceneName.GAS_CYLINDER] = Field(SceneName.GAS_CYLINDER, title="Which scene")
    classes: tuple[str, ...] = Field(("gas_cylinder",), title="Detector classes that count", min_length=1)
    score: float = Field(0.4, title="Mean score that those looks must reach", ge=0, le=1)


class GasCylinder(PresenceScene[GasCylinderSettings]):
    """One event for as long as there is a cylinder in the zone, however many they become."""

    name = SceneName.GAS_CYLINDER
    settings_type = GasCylinderSettings
    # A cylinder carried before the body is much smaller than the person; a person taken for one is as large.
    rivals: ClassVar[dict[str, float]] = {"person": 0.55}

    @override
    def conditions(self, zone: str, there: list[Presence]) -> list[Condition]:
        if not there:
            return []
        longest, best = there[0], max(there, key=lambda item: item.score)
        # Set down elsewhere, or back before the event was closed: the same event, which began when it began.
        before = self._lifecycle.latest_in(zone)
        key, since = (longest.number, longest.dwell.since) if before is None else (before.key, before.since)
        return [
            Condition(
                zone=zone,
                key=key,
                since=since,
                last=max(item.dwell.last for item in there),
                score=best.score,
                grade=self.settings.grades.of(len(there)),
                measures=(
                    count("count", len(there), 1),
                    seconds("dwell", longest.dwell.seconds, self.settings.dwell),
                ),
                box=around([item.box for item in there]),
                object_class=best.name,
            )
        ]
