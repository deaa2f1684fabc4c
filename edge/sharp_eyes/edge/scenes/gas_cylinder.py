"""燃气瓶违规: a gas cylinder in a zone where none may be, standing or carried."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import SceneName
from sharp_eyes.edge.scenes.base import count, seconds
from sharp_eyes.edge.scenes.event_lifecycle import Condition, Origin
from sharp_eyes.edge.scenes.occupancy import around
from sharp_eyes.edge.scenes.presence import Presence
from sharp_eyes.edge.scenes.presence_scene import PresenceScene, PresenceSettings
from sharp_eyes.edge.scenes.state import StateCodec, only_known


class GasCylinderSettings(PresenceSettings):
    """Settings of gas cylinders."""

    scene: Literal[SceneName.GAS_CYLINDER] = Field(SceneName.GAS_CYLINDER, title="Which scene")
    classes: tuple[str, ...] = Field(("gas_cylinder",), title="Detector classes that count", min_length=1)
    score: float = Field(0.5, title="Mean score that those looks must reach", ge=0, le=1)


@dataclass(frozen=True, slots=True)
class _Episode:
    key: int
    since: float


_CODEC: StateCodec[dict[str, _Episode]] = StateCodec(dict[str, _Episode])


class GasCylinder(PresenceScene[GasCylinderSettings]):
    """One event for as long as there is a cylinder in the zone, however many they become."""

    name = SceneName.GAS_CYLINDER
    settings_type = GasCylinderSettings
    # A cylinder carried before the body is much smaller than the person; a person taken for one is as large.
    rivals: ClassVar[dict[str, float]] = {"person": 0.55}

    def __init__(self, settings: GasCylinderSettings, origin: Origin) -> None:
        super().__init__(settings, origin)
        self._episodes: dict[str, _Episode] = {}

    @override
    def dump_state(self) -> dict[str, Any]:
        return {**super().dump_state(), "episodes": _CODEC.dump(self._episodes)}

    @override
    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        kept = _CODEC.load(state.get("episodes", {}), f"{self.label}, episodes") or {}
        self._episodes = only_known(kept, set(self._zones), self.label)

    @override
    def conditions(self, zone: str, there: list[Presence]) -> list[Condition]:
        if not there:
            self._episodes.pop(zone, None)
            return []
        episode = self._episodes.setdefault(zone, _Episode(there[0].number, there[0].dwell.since))
        longest, best = there[0], max(there, key=lambda item: item.score)
        return [
            Condition(
                zone=zone,
                key=episode.key,
                since=episode.since,
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
