"""What all scenes share: their settings, what they need, what they see, and what they say."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import Field, model_validator
from typing_extensions import Self, override

from sharp_eyes.configuration import Settings
from sharp_eyes.contract.event import Grade, Measure, SceneEvent, SceneName
from sharp_eyes.edge.frame import Frame, Segmentation, Track, Tracks
from sharp_eyes.edge.polygons import Polygon
from sharp_eyes.edge.sampling import NextLook
from sharp_eyes.edge.scenes.anchor import Anchor, anchor_point
from sharp_eyes.edge.scenes.calibration import Calibration
from sharp_eyes.edge.scenes.clock import Clock
from sharp_eyes.edge.scenes.event_lifecycle import Origin
from sharp_eyes.edge.scenes.geometry import Rectangle, contains
from sharp_eyes.edge.scenes.pace import Pace
from sharp_eyes.edge.scenes.stationary import Candidate, PatchOf
from sharp_eyes.edge.scenes.zones import Schedule

VEHICLES = ("car", "bus", "truck")


class Grades(Settings):
    """Values of the main measure from which an event is graver than ordinary."""

    serious: float | None = Field(None, title="From this value on: serious", gt=0, le=1e9)
    major: float | None = Field(None, title="From this value on: major", gt=0, le=1e9)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.serious is not None and self.major is not None and self.major <= self.serious:
            raise ValueError("'major' must be above 'serious'")
        return self

    @property
    def limits(self) -> list[float]:
        """Values at which the grade rises."""
        return [limit for limit in (self.serious, self.major) if limit is not None]

    def of(self, value: float) -> Grade:
        """Grade of a value of the main measure."""
        if self.major is not None and value >= self.major:
            return Grade.MAJOR
        if self.serious is not None and value >= self.serious:
            return Grade.SERIOUS
        return Grade.ORDINARY


class SceneSettings(Settings):
    """What can be set for every scene; each scene adds its own and gives its own defaults."""

    scene: SceneName = Field(title="Which scene")
    schedule: Schedule = Field(Schedule(), title="When it watches; always where empty")
    look_interval: float = Field(1.0, title="Seconds between two looks", ge=0.04, le=600)
    grace: float = Field(10.0, title="Seconds an object may be hidden and still count as there", ge=0, le=600)
    clear_after: float = Field(10.0, title="Seconds the condition must be gone before the event closes", ge=0, le=3600)
    update_interval: float = Field(300.0, title="Seconds between updates of an open event", ge=1, le=86_400)
    classes: tuple[str, ...] = Field((), title="Detector classes that count")
    anchor: Anchor = Field(Anchor.BOTTOM_CENTRE, title="Point of the box that must lie in the zone")
    grades: Grades = Field(Grades(), title="Grades by the main measure")
    verify: bool = Field(True, title="Let a second look bear out what is found before it becomes an event")


@dataclass(frozen=True, slots=True)
class Needs:
    """What the gateway must provide.

    Attributes:
        interval: seconds between looks.
        classes: what the detectors must find.
        ground: the segmentation of the ground.
    """

    interval: float
    classes: tuple[str, ...]
    ground: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """One look: what stands in the frame, and the camera's clock.

    Attributes:
        look_of: gives the coarse look of a part of the picture; None where there is no picture.
        frame: the picture; None where there is none.
        ground: segments the ground in this frame, once however often it is asked; None where no scene needs it.
        calibration: gives metres on the ground; None where the camera has none.
    """

    tracks: Tracks
    clock: Clock
    patch_of: PatchOf | None = None
    frame: Frame | None = None
    ground: Callable[[], Segmentation] | None = None
    calibration: Calibration | None = None

    def box_of(self, track: Track) -> Rectangle:
        """The track's box in shares of the picture, unclipped."""
        x1, y1, x2, y2 = track.box
        width, height = self.tracks.width, self.tracks.height
        return x1 / width, y1 / height, x2 / width, y2 / height

    def candidates(self, names: Sequence[str], polygon: Polygon, anchor: Anchor) -> list[Candidate]:
        """Tracks of these classes whose anchor, unclipped, lies in the polygon."""
        found = (Candidate(track, self.box_of(track)) for track in self.tracks.items if track.name in names)
        return [item for item in found if contains(polygon, anchor_point(item.box, anchor))]


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether the condition holds at one look, for the look-again question.

    ``trusted``: False where the look says nothing either way, such as at night; the reason tells why.
    """

    holds: bool
    measures: tuple[Measure, ...] = ()
    reason: str = ""
    trusted: bool = True


SettingsT = TypeVar("SettingsT", bound=SceneSettings)


class Scene(ABC, Generic[SettingsT]):
    """One scene at one camera. The same looks always give the same events."""

    name: ClassVar[SceneName]
    settings_type: ClassVar[type[SceneSettings]]

    def __init__(self, settings: SettingsT, origin: Origin) -> None:
        """``origin`` says on whose behalf events are made."""
        self.settings = settings
        self.origin = origin

    @property
    def needs(self) -> Needs:
        """What it needs from the gateway."""
        return Needs(self.settings.look_interval, self.settings.classes)

    @abstractmethod
    def observe(self, observation: Observation) -> list[SceneEvent]:
        """Take in one look; returns what opened, changed or closed."""

    @abstractmethod
    def check(self, zone: str, box: Rectangle | None, observation: Observation) -> Finding:
        """Say whether the condition holds in this one look, whatever was seen before.

        ``box`` is where the event's object stood, in shares of the picture, if it was in one place.

        Raises:
            KeyError: when the scene has no such zone.
        """

    @property
    def pace(self) -> Pace:
        """How often it looks; at the same pace always, unless it says otherwise."""
        return Pace(self.needs.interval)

    def next_looks(self, clock: Clock) -> list[NextLook]:
        """After a look: when further ones can change what it says; the first of them is the next."""
        return [self.pace.often(clock.time)]

    @property
    def doubts(self) -> dict[str, int]:
        """How many looks at a zone it did not trust, by reason."""
        return {}

    @property
    def hindrance(self) -> str:
        """What keeps it from judging at present; empty where nothing does."""
        return ""

    def reference(self, zone: str) -> Frame | None:
        """The picture this zone is compared with, for the evidence 'before'; None where there is none."""
        del zone
        return None

    def dump_state(self) -> dict[str, Any]:
        """Everything, as JSON can hold it, that a restart of the gateway must not lose."""
        return {}

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on from what :meth:`dump_state` gave; what no longer fits the settings is left out."""
        del state


class FrameScene(Scene[SettingsT]):
    """A scene that sees every decoded frame, at once and on the reader's thread, instead of looks."""

    @property
    @override
    def needs(self) -> Needs:
        """Nothing of the detectors; that it gets every frame is its kind."""
        return Needs(self.settings.look_interval, ())

    @abstractmethod
    def observe_frame(self, frame: Frame, clock: Clock) -> list[SceneEvent]:
        """Take in one frame; returns what opened, changed or closed."""

    @override
    def observe(self, observation: Observation) -> list[SceneEvent]:
        """Nothing: it gets no looks."""
        del observation
        return []


def seconds(name: str, value: float, threshold: float | None = None) -> Measure:
    """A measure in seconds, to a tenth."""
    return Measure(name=name, value=round(value, 1), unit="s", threshold=threshold)


def count(name: str, value: int, threshold: float | None = None) -> Measure:
    """A counted measure."""
    return Measure(name=name, value=value, unit="1", threshold=threshold)


def share(name: str, value: float, threshold: float | None = None) -> Measure:
    """A share, to a thousandth."""
    return Measure(name=name, value=round(value, 3), unit="1", threshold=threshold)
