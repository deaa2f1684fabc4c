"""The life of an event: opened once, updated when its grade rises or slowly, closed when its condition is gone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sharp_eyes.contract.backports import UTC
from sharp_eyes.contract.event import Grade, Measure, ModelNote, Phase, SceneEvent, SceneName
from sharp_eyes.edge.scenes.clock import Clock, Dwell
from sharp_eyes.edge.scenes.geometry import Rectangle, clipped
from sharp_eyes.edge.scenes.state import StateCodec, log

_NAMESPACE = UUID("6f0c3c5e-6a3f-5b0e-9d59-2f1a7f4e8c11")
_ORDER = (Grade.ORDINARY, Grade.SERIOUS, Grade.MAJOR)

NoteOf = Callable[[str | None], ModelNote | None]
"""Gives the model's note for an object class."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What holds now. ``key`` tells conditions in one zone apart; ``since`` and ``last`` are timestamps in seconds."""

    zone: str
    key: int
    since: float
    last: float
    score: float
    grade: Grade
    measures: tuple[Measure, ...]
    box: Rectangle | None = None
    object_class: str | None = None


Verify = Callable[[SceneName, Condition, bool], bool | None]
"""Whether a second look bears out what is about to become an event; None: it was not judged yet, ask at the next look.
The flag says that it was refused before."""


@dataclass(frozen=True, slots=True)
class Origin:
    """On whose behalf events are made.

    Attributes:
        verify: asked before an event is opened; None where nobody looks a second time.
    """

    gateway: str
    camera: str
    note_of: NoteOf
    verify: Verify | None = None


@dataclass(slots=True)
class _Refused:
    """A candidate that the second look did not bear out, and when it is looked at again."""

    wait: float
    since: float  # watched seconds at the latest refusal


@dataclass(slots=True)
class _Open:
    event_id: UUID
    sequence: int
    condition: Condition
    grade: Grade
    spoken: float  # watched seconds at the latest message
    gone: Dwell | None = None  # watched time since the condition was gone
    orphan: bool = False  # its zone is gone from the settings


_CODEC: StateCodec[list[_Open]] = StateCodec(list[_Open])

AGAIN, SELDOM = 2.0, 60.0
"""Watched seconds until a refused candidate is looked at again: at first, and, doubled each time, at most."""


class EventLifecycle:
    """All open events of one scene at one camera."""

    def __init__(
        self, scene: SceneName, origin: Origin, update_interval: float, clear_after: float, verify: bool = False
    ) -> None:
        """Both intervals in watched seconds; ``verify``: ask the origin's second look before an event is opened."""
        self._scene = scene
        self._origin = origin
        self._update_interval = update_interval
        self._clear_after = clear_after
        self._verify = origin.verify if verify else None
        self._open: dict[tuple[str, int], _Open] = {}
        self._refused: dict[tuple[str, int], _Refused] = {}
        self._undecided = False

    def step(self, conditions: list[Condition], clock: Clock) -> list[SceneEvent]:
        """Compare what holds now with what is open; returns the messages, oldest event first."""
        events: list[SceneEvent] = []
        current = {(condition.zone, condition.key): condition for condition in conditions}
        for place, entry in list(self._open.items()):
            condition = current.pop(place, None)
            message = self._gone(place, entry, clock) if condition is None else self._goes_on(entry, condition, clock)
            events += [message] if message else []
        self._refused = {place: refused for place, refused in self._refused.items() if place in current}
        self._undecided = False
        events += [self._begin(condition, clock) for condition in current.values() if self._borne_out(condition, clock)]
        return events

    @property
    def unsettled(self) -> bool:
        """Whether the next look may close an event, or decide on one that the second look has not judged yet."""
        return self._undecided or any(entry.gone is not None for entry in self._open.values())

    def due_in(self, clock: Clock) -> list[float]:
        """Watched seconds until each slow update, and until refused candidates are looked at again."""
        updates = [self._update_interval - clock.since(entry.spoken) for entry in self._open.values()]
        return updates + [refused.wait - clock.since(refused.since) for refused in self._refused.values()]

    def is_open(self, zone: str, key: int) -> bool:
        """Whether an event of this zone and key is open."""
        return (zone, key) in self._open

    def latest_in(self, zone: str) -> Condition | None:
        """What the open event that was spoken of last in this zone holds; None where none is open."""
        inside = [entry for (place, _), entry in self._open.items() if place == zone]
        return max(inside, key=lambda entry: entry.condition.last).condition if inside else None

    def dump_state(self) -> list[Any]:
        """The open events, as JSON can hold them."""
        return list(_CODEC.dump(list(self._open.values())))

    def load_state(self, state: Any, zones: set[str]) -> None:
        """Go on with these open events; those of a zone that is not among ``zones`` close at the next look."""
        for entry in _CODEC.load(state, f"{self._origin.camera}, {self._scene}, open events") or []:
            zone = entry.condition.zone
            entry.orphan = zone not in zones
            if entry.orphan:
                log.warning("%s, %s: zone %r is gone; its open event closes", self._origin.camera, self._scene, zone)
            self._open[(zone, entry.condition.key)] = entry

    def _borne_out(self, condition: Condition, clock: Clock) -> bool:
        """Whether a condition may become an event; one that was refused is looked at again, seldomer each time."""
        if self._verify is None:
            return True
        place = condition.zone, condition.key
        refused = self._refused.get(place)
        if refused is not None and clock.since(refused.since) < refused.wait:
            return False
        borne_out = self._verify(self._scene, condition, refused is not None)
        if borne_out is None:
            self._undecided = True
            return False
        if borne_out:
            self._refused.pop(place, None)
            return True
        wait = AGAIN if refused is None else min(2 * refused.wait, SELDOM)
        self._refused[place] = _Refused(wait, clock.watched)
        return False

    def _begin(self, condition: Condition, clock: Clock) -> SceneEvent:
        origin = self._origin
        name = f"{origin.gateway}/{origin.camera}/{self._scene}/{condition.zone}/{condition.key}/{condition.since:.3f}"
        entry = _Open(uuid5(_NAMESPACE, name), 0, condition, condition.grade, clock.watched)
        self._open[(condition.zone, condition.key)] = entry
        return self._message(entry, Phase.OPENED, clock)

    def _goes_on(self, entry: _Open, condition: Condition, clock: Clock) -> SceneEvent | None:
        entry.gone = None
        entry.condition = condition
        graver = _ORDER.index(condition.grade) > _ORDER.index(entry.grade)
        if not graver and clock.since(entry.spoken) < self._update_interval:
            return None
        if graver:
            entry.grade = condition.grade
        entry.sequence += 1
        entry.spoken = clock.watched
        return self._message(entry, Phase.UPDATED, clock)

    def _gone(self, place: tuple[str, int], entry: _Open, clock: Clock) -> SceneEvent | None:
        if entry.gone is None:
            entry.gone = Dwell.start(clock)
        entry.gone.see(clock)
        if entry.gone.seconds < self._clear_after and not entry.orphan:
            return None
        del self._open[place]
        entry.sequence += 1
        return self._message(entry, Phase.CLOSED, clock)

    def _message(self, entry: _Open, phase: Phase, clock: Clock) -> SceneEvent:
        condition = entry.condition
        return SceneEvent(
            event_id=entry.event_id,
            sequence=entry.sequence,
            phase=phase,
            scene=self._scene,
            gateway=self._origin.gateway,
            camera=self._origin.camera,
            zone=condition.zone,
            # A clock that was set back since then must not put the beginning after what was seen of it.
            started_at=moment(min(condition.since, clock.time)),
            observed_at=moment(clock.time),
            ended_at=moment(min(condition.last, clock.time)) if phase is Phase.CLOSED else None,
            grade=entry.grade,
            score=round(min(condition.score, 1.0), 3),
            measures=condition.measures,
            box=_rounded(condition.box),
            object_class=condition.object_class,
            model=self._origin.note_of(condition.object_class),
        )


def moment(timestamp: float) -> datetime:
    """Seconds since the epoch as a UTC time, to the millisecond."""
    return datetime.fromtimestamp(round(timestamp, 3), UTC)


def _rounded(box: Rectangle | None) -> Rectangle | None:
    if box is None:
        return None
    x1, y1, x2, y2 = (round(value, 4) for value in clipped(box))
    return x1, y1, x2, y2
