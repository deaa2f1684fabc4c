"""What the scenes share that compare zones with references of their own: trust, learning, drift, dwell and memory."""

import logging
from abc import abstractmethod
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import Field
from typing_extensions import override

from sharp_eyes.contract.event import Grade, Measure, SceneEvent
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.scenes.base import (
    VEHICLES,
    Finding,
    Grades,
    Needs,
    Observation,
    Scene,
    SceneSettings,
    seconds,
    share,
)
from sharp_eyes.edge.scenes.calibration import Calibration, Quantity
from sharp_eyes.edge.scenes.clock import MAX_STEP, Clock
from sharp_eyes.edge.scenes.event_lifecycle import Condition, EventLifecycle, Origin
from sharp_eyes.edge.scenes.geometry import Rectangle
from sharp_eyes.edge.scenes.occupancy import Occupancy, Sighting
from sharp_eyes.edge.scenes.reference.amount import COUNTS, Amount, amount_of, pieces
from sharp_eyes.edge.scenes.reference.drift import ZoneReference
from sharp_eyes.edge.scenes.reference.glance import Glance, Plane, Sample, Window
from sharp_eyes.edge.scenes.reference.placement import placing_in
from sharp_eyes.edge.scenes.reference.trust import (
    Doubt,
    Light,
    doubt_of_light,
    doubt_of_zone,
    grown,
    with_their_rest,
)
from sharp_eyes.edge.scenes.state import only_known, part
from sharp_eyes.edge.scenes.zones import Zone

log = logging.getLogger(__name__)

DAY = 86_400.0
OTHER = "other"
"""The reference's plane of what is never ground, such as a tree before the zone."""
SUSPECT = 0.3
"""Evidence from which a cell's reference is frozen."""
_HYSTERESIS = 0.8
"""Share of the limit at which a condition that holds still goes on."""
_SAME_SHIFT = 0.01
_MOVED_LOOKS = 3
_UNLIKE_LOOKS, _UNLIKE_SECONDS = 30, 900.0
_NIGHT_CONFIDENCE = 0.15
"""By how much less sure the segmenter may be at night."""
_NEAR = 2
"""Cells about the zone in which a thing is weighed against the changed ground that touches it."""
_SMALLEST = 0.004
"""Share of the zone below which a piece of changed ground is noise."""


class ReferenceSettings(SceneSettings):
    """Settings of a scene that compares its zones with a reference of their own."""

    zones: tuple[Zone, ...] = Field(title="Zones on the ground", min_length=1)
    classes: tuple[str, ...] = Field(
        (*VEHICLES, "person"), title="Detector classes that hide the ground; the segmenter sees others, too"
    )
    share: float = Field(title="Share of the zone from which it counts", gt=0, le=1)
    area: float | None = Field(None, title="Square metres from which it counts, too, with a calibration", gt=0, le=1e6)
    area_grades: Grades = Field(Grades(), title="Grades by square metres, with a calibration")
    dwell: float = Field(title="Seconds of trusted looks for which it must hold", gt=0, le=30 * DAY)
    learning: int = Field(6, title="Trusted looks from which the reference is learnt", ge=1, le=200)
    drift: float = Field(title="Days in which the reference follows slow change", gt=0, le=365)
    hidden: float = Field(0.4, title="Share of the zone that may be hidden in a trusted look", gt=0, lt=1)
    confidence: float = Field(0.55, title="How sure the segmenter must be of the zone in a trusted look", ge=0, lt=1)


SettingsT = TypeVar("SettingsT", bound=ReferenceSettings)


@dataclass
class ZoneState:
    """What is known of one zone.

    Attributes:
        clock: advances with trusted looks only, so doubt neither counts nor clears.
        evidence: of the latest trusted look; where the ground was hidden, of the look before.
        doubt: why the latest look was not trusted; None where it was.
        away: looks in which the camera stood otherwise, since when, and how.
    """

    zone: Zone
    by_day: ZoneReference
    by_night: ZoneReference
    clock: Clock
    occupancy: Occupancy
    lifecycle: EventLifecycle
    window: Window | None = None
    evidence: Plane | None = None
    doubt: Doubt | None = None
    away: int = 0
    away_since: float = 0.0
    shift: tuple[float, float] = field(default=(0.0, 0.0))
    dark: bool = False

    @property
    def reference(self) -> ZoneReference:
        """What the latest look is compared with."""
        return self.by_night if self.dark else self.by_day

    def restart(self) -> None:
        """Forget the references and what was found by them."""
        self.by_day.forget()
        self.by_night.forget()
        self.occupancy.clear()
        self.evidence, self.away = None, 0


class ReferenceScene(Scene[SettingsT]):
    """One event for each time that enough of a zone differs from its reference for long enough.

    Attributes:
        skipped: how many looks at a zone were not trusted, by reason.
        states: what is known of each zone, by its identifier.
    """

    class_note: ClassVar[str]
    """Class of the segmenter that stands for the event's object."""
    by_night: ClassVar[bool] = False
    """Whether lit nights are looked at, too, against a reference of their own."""
    inertia: ClassVar[float] = 0.0
    """Share that the evidence of the looks before has in what is believed now."""
    caution: ClassVar[float] = 0.0
    """Standard deviations by which the measure must lie above its limit."""
    margin: ClassVar[int] = 8
    """Cells about a zone that are looked at with it: what stands there, and how light and noise have changed."""

    def __init__(self, settings: SettingsT, origin: Origin) -> None:
        super().__init__(settings, origin)
        self.skipped: Counter[Doubt] = Counter()
        self._orphans = self._new_life()
        self.states = {zone.id: self._new_zone(zone) for zone in settings.zones}

    @abstractmethod
    def planes(self, sample: Sample) -> dict[str, Plane]:
        """What the reference keeps of a look."""

    @abstractmethod
    def evidence(self, reference: dict[str, Plane], sample: Sample, dark: bool) -> Plane:
        """For each cell, 0 to 1, how much speaks for the condition in this look; ``dark``: at night."""

    @property
    @override
    def doubts(self) -> dict[str, int]:
        return {doubt.value: count for doubt, count in self.skipped.items()}

    @property
    @override
    def needs(self) -> Needs:
        return Needs(self.settings.look_interval, self.settings.classes, ground=True)

    @override
    def observe(self, observation: Observation) -> list[SceneEvent]:
        events = self._orphans.step([], observation.clock)
        glance = Glance.of(observation) if self.settings.schedule.active(observation.clock.time) else None
        light = Light.of(glance) if glance is not None else None
        for state in self.states.values():
            state.dark = self._is_dark(light)
            sample = self._sample_of(state, glance)
            state.doubt = self._doubt(state, observation, glance, light, sample)
            if state.doubt is not None or glance is None or light is None or sample is None:
                self.skipped[state.doubt or Doubt.PICTURE] += 1
                self._wander(state, observation, glance)
                continue
            state.away = 0
            events += self._trusted(state, observation, glance, light, sample)
        return events

    @override
    def check(self, zone: str, box: Rectangle | None, observation: Observation) -> Finding:
        state = self.states[zone]
        glance = Glance.of(observation)
        light = Light.of(glance) if glance is not None else None
        state.dark = self._is_dark(light)
        sample = self._sample_of(state, glance)
        doubt = self._doubt(state, observation, glance, light, sample, any_hour=True)
        if doubt is not None or sample is None:
            return Finding(False, reason=doubt.value if doubt else "", trusted=False)
        if not state.reference.learnt:
            return Finding(False, reason="the reference is not learnt yet", trusted=False)
        amount = self._amount(state, self._compared(state, sample)[0], sample, observation.calibration)
        return Finding(self._enough(amount, 1.0), self._measures(amount))

    @override
    def reference(self, zone: str) -> Frame | None:
        return self.states[zone].reference.before(self.origin.camera)

    @override
    def dump_state(self) -> dict[str, Any]:
        zones = {
            name: {
                "polygon": [list(point) for point in state.zone.polygon],
                "by_day": state.by_day.dump_state(),
                "by_night": state.by_night.dump_state(),
                "clock": state.clock.dump_state(),
                "occupancy": state.occupancy.dump_state(),
                "open": state.lifecycle.dump_state(),
            }
            for name, state in self.states.items()
        }
        return {**super().dump_state(), "zones": zones}

    @override
    def load_state(self, saved: dict[str, Any]) -> None:
        super().load_state(saved)
        kept = part(saved, "zones")
        for name in kept:
            if name not in self.states:
                self._orphans.load_state(part(kept, name).get("open", []), set())
        for name, raw in only_known(kept, set(self.states), f"{self.origin.camera}, {self.name}").items():
            state, what = self.states[name], f"{self.origin.camera}, {self.name}, zone {name}"
            state.clock.load_state(part(raw, "clock"))
            state.occupancy.load_state(raw.get("occupancy"), what)
            state.lifecycle.load_state(raw.get("open", []), {name})
            self._load_references(state, raw, what)

    def _load_references(self, state: ZoneState, raw: dict[str, Any], what: str) -> None:
        if raw.get("polygon") != [list(point) for point in state.zone.polygon]:
            log.warning("%s: its polygon has changed; the reference is learnt anew", what)
            return
        for reference, kept in ((state.by_day, raw.get("by_day")), (state.by_night, raw.get("by_night"))):
            try:
                if kept is not None:
                    reference.load_state(kept)
            except ValueError as error:
                log.warning("%s: the remembered reference cannot be used and is learnt anew: %s", what, error)

    def _new_life(self) -> EventLifecycle:
        return EventLifecycle(self.name, self.origin, self.settings.update_interval, self.settings.clear_after)

    def _new_zone(self, zone: Zone) -> ZoneState:
        settings = self.settings
        clock = Clock(max(MAX_STEP, 1.5 * settings.look_interval))
        day, night = (ZoneReference(settings.learning, settings.drift * DAY) for _ in range(2))
        return ZoneState(zone, day, night, clock, Occupancy(settings.grace), self._new_life())

    def _is_dark(self, light: Light | None) -> bool:
        return self.by_night and light is not None and light.dark(None)

    def _sample_of(self, state: ZoneState, glance: Glance | None) -> Sample | None:
        if glance is None:
            return None
        if state.window is None or state.window.shape != glance.shape:
            # Another size of the picture is another grid, on which the old reference does not lie.
            if state.window is not None:
                state.restart()
            state.window = Window.of(state.zone.polygon, glance.shape, self.margin)
        known = (reference for reference in (state.by_day, state.by_night) if reference.learnt)
        if any(reference.shape != state.window.weights.shape for reference in known):
            state.restart()
        return Sample.of(glance, state.window)

    def _doubt(
        self,
        state: ZoneState,
        observation: Observation,
        glance: Glance | None,
        light: Light | None,
        sample: Sample | None,
        any_hour: bool = False,
    ) -> Doubt | None:
        """Why this look at a zone says nothing, the widest reason first."""
        if not any_hour and not self.settings.schedule.active(observation.clock.time):
            return Doubt.HOURS
        if glance is None or light is None or sample is None:
            return Doubt.PICTURE
        known = state.reference
        doubt = doubt_of_light(light, known.cast, known.saturation)
        if doubt is not None and not (doubt is Doubt.NIGHT and self.by_night and not light.black):
            return doubt
        now = placing_in(known.edges, glance.picture)
        if now is not None and not now.same:
            return Doubt.MOVED if now.moved else Doubt.UNLIKE
        confidence = self.settings.confidence - (_NIGHT_CONFIDENCE if state.dark else 0.0)
        return doubt_of_zone(light, known.coloured, sample, self.settings.hidden, confidence)

    def _wander(self, state: ZoneState, observation: Observation, glance: Glance | None) -> None:
        """Give the reference up when the camera has stood otherwise for long enough."""
        if glance is None or state.doubt not in (Doubt.MOVED, Doubt.UNLIKE):
            return
        now = placing_in(state.reference.edges, glance.picture)
        shift = now.shift if now is not None else (0.0, 0.0)
        steady = state.doubt is Doubt.UNLIKE or float(np.hypot(*np.subtract(shift, state.shift))) < _SAME_SHIFT
        state.away = state.away + 1 if steady else 1
        state.away_since = observation.clock.time if state.away == 1 else min(state.away_since, observation.clock.time)
        state.shift = shift
        needed, least = (_MOVED_LOOKS, 0.0) if state.doubt is Doubt.MOVED else (_UNLIKE_LOOKS, _UNLIKE_SECONDS)
        if not state.reference.learnt:
            needed, least = _MOVED_LOOKS, 0.0
        if state.away >= needed and observation.clock.time - state.away_since >= least:
            what = f"{self.origin.camera}, {self.name}, zone {state.zone.id}"
            log.warning("%s: %s", what, Doubt.MOVED.value)
            state.restart()

    def _trusted(
        self, state: ZoneState, observation: Observation, glance: Glance, light: Light, sample: Sample
    ) -> list[SceneEvent]:
        before = state.clock.watched
        state.clock.advance(observation.clock.time)
        planes, known = {**self.planes(sample), OTHER: sample.other}, state.reference
        if not known.learnt:
            known.learn(planes, sample.unknown, light, glance)
            return []
        evidence, hidden = self._compared(state, sample)
        state.evidence = evidence
        passed = state.clock.watched - before
        known.drift(planes, hidden | grown(evidence > SUSPECT, 2), passed)
        known.drift_light(light, passed)
        amount = self._amount(state, evidence, sample, observation.calibration)
        if amount.share.value == 0 and sample.hidden == 0:
            known.photograph(glance, only_if_old=True)
        enough = self._enough(amount, _HYSTERESIS if state.occupancy.dwell else 1.0)
        state.occupancy.update(self._sighting(state, amount, sample) if enough else None, state.clock)
        condition = self._condition(state)
        return state.lifecycle.step([condition] if condition else [], state.clock)

    def _compared(self, state: ZoneState, sample: Sample) -> tuple[Plane, npt.NDArray[np.bool_]]:
        """Evidence of this look with that of the looks before, and where the ground is hidden.

        There the latest evidence stays.
        """
        planes = state.reference.planes
        evidence = self.evidence(planes, sample, state.dark)
        usual = planes[OTHER] > COUNTS
        near = grown(sample.window.weights > 0, _NEAR)
        hidden = sample.unknown | with_their_rest(sample.things & ~usual, (evidence > SUSPECT) & ~usual, near)
        earlier = state.evidence if state.evidence is not None else np.zeros_like(evidence)
        weighed = np.where(hidden, earlier, evidence + self.inertia * (earlier - evidence))
        return np.asarray(weighed, np.float32), hidden

    def _amount(self, state: ZoneState, evidence: Plane, sample: Sample, calibration: Calibration | None) -> Amount:
        return amount_of(pieces(evidence, sample.window.weights, _SMALLEST), sample.window, calibration)

    def _enough(self, amount: Amount, factor: float) -> bool:
        limit = self.settings.area
        if limit is not None and amount.area is not None and self._surely(amount.area) >= factor * limit:
            return True
        return self._surely(amount.share) >= factor * self.settings.share

    def _surely(self, quantity: Quantity) -> float:
        return quantity.value - self.caution * quantity.uncertainty

    def _measures(self, amount: Amount) -> tuple[Measure, ...]:
        part_of = share("share", amount.share.value, self.settings.share)
        part_of = part_of.model_copy(update={"uncertainty": round(amount.share.uncertainty, 3)})
        if amount.area is None:
            return (part_of,)
        value, uncertainty = round(amount.area.value, 1), round(amount.area.uncertainty, 1)
        area = Measure(name="area", value=value, unit="m2", threshold=self.settings.area, uncertainty=uncertainty)
        return (area, part_of) if self._area_decides(amount) else (part_of, area)

    def _area_decides(self, amount: Amount) -> bool:
        """Whether the square metres, rather than the share, are what makes it an event, or come nearer to it."""
        if amount.area is None or self.settings.area is None:
            return False
        area, part_of = self._surely(amount.area) / self.settings.area, self._surely(amount.share) / self.settings.share
        return area >= 1 or area >= part_of

    def _sighting(self, state: ZoneState, amount: Amount, sample: Sample) -> Sighting:
        measures = self._measures(amount)
        graded = next((one for one in measures if one.unit == "m2"), measures[0])
        return Sighting(measures, graded.value, sample.confidence, amount.box, self.class_note)

    def _grade(self, latest: Sighting) -> Grade:
        in_metres = any(one.unit == "m2" for one in latest.measures)
        return (self.settings.area_grades if in_metres else self.settings.grades).of(latest.value)

    def _condition(self, state: ZoneState) -> Condition | None:
        dwell, latest = state.occupancy.dwell, state.occupancy.latest
        if dwell is None or latest is None or dwell.seconds < self.settings.dwell:
            return None
        return Condition(
            zone=state.zone.id,
            key=state.occupancy.count,
            since=dwell.since,
            last=dwell.last,
            score=latest.score,
            grade=self._grade(latest),
            measures=(*latest.measures, seconds("dwell", dwell.seconds, self.settings.dwell)),
            box=latest.box,
            object_class=latest.object_class,
        )
