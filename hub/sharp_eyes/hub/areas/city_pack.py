"""City pack: area tree, units, category codes and the rule table, read from YAML and checked."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from sharp_eyes.configuration import CheckedSettings, Settings, read_settings
from sharp_eyes.configuration.said import SaidAt
from sharp_eyes.contract.base import Identifier
from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.areas.checklists import Checklist, PremisesKind
from sharp_eyes.hub.areas.city_faults import faults
from sharp_eyes.hub.areas.device_kinds import DeviceKind
from sharp_eyes.hub.areas.figure_rules import FigureRule
from sharp_eyes.hub.areas.geometry import Geometry, Position
from sharp_eyes.hub.areas.notice_rules import NoticeSettings
from sharp_eyes.hub.areas.outlines import Outlines
from sharp_eyes.hub.areas.outward_settings import OutwardSettings
from sharp_eyes.hub.areas.place_kinds import PlaceKind
from sharp_eyes.hub.areas.text import Text as Text  # noqa: PLC0414 - others know it as the pack's
from sharp_eyes.hub.areas.tiers import ResponseGroup, Tier
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.clocks.ladder import ClockRule
from sharp_eyes.hub.clocks.limit import Limit, TimeUnit
from sharp_eyes.hub.clocks.week import WhistleWeek
from sharp_eyes.hub.errors import CityError
from sharp_eyes.hub.lifecycle.acts import JUDGING, Move
from sharp_eyes.hub.lifecycle.model import Proposal, Source
from sharp_eyes.hub.lifecycle.roles import BUILT_IN, Right, Rights
from sharp_eyes.hub.map_settings import Datum

AreaPath = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*){0,7}$", max_length=200)
]
"""Path in the area tree, such as ``district/street/community``."""

AreaId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=200)]
"""What an area is called for good, such as ``district.street``: it stays when the area is renamed or moved."""

Automation = Literal["auto", "manual"]


class Area(Settings):
    """A node of the area tree."""

    id: AreaId | None = Field(None, title="What it is called for good; its path with dots where empty")
    path: AreaPath = Field(title="Path from the root")
    name: Text
    geometry: Geometry | None = Field(None, title="GeoJSON Polygon or MultiPolygon, longitude first")

    @property
    def identity(self) -> str:
        """What it is called for good."""
        return self.id or self.path.replace("/", ".")


class Unit(Settings):
    """Who handles cases."""

    id: Identifier = Field(title="Identifier")
    name: Text
    place: Position | None = Field(None, title="Where it is stationed: longitude, latitude")


class Category(Settings):
    """A scene's name and its code in the city's catalogue."""

    scene: SceneName
    name: Text
    code: str | None = Field(None, title="Category code, such as '04-93'; none where the city has none")


class GoneDraft(Settings):
    """What is proposed when the cameras see nothing more while units have the case; a person confirms or declines."""

    move: Proposal = Field(title="Move that is proposed")
    reason: str = Field(
        "", title="Its reason: a code of 'reasons' where the pack lists some for the move", max_length=2000
    )
    text: Text = Field(title="Prepared text")


class SendTo(Settings):
    """Units of which a rule sends one."""

    units: tuple[Identifier, ...] = Field(title="Units, the first choice first", min_length=1)
    by: Literal["load", "order"] = Field(
        "load", title="Which of them: the one with fewest open turns, or the first that can"
    )
    on_duty: bool = Field(True, title="Only a unit of which somebody is on duty by the roster")
    person: bool = Field(False, title="Give it to one of its people, too: on duty, and with fewest open turns")


class Course(Settings):
    """What happens by itself with cases of one sort in an area and below."""

    area: AreaPath | None = Field(None, title="Area; the whole city where empty")
    unit: Identifier | None = Field(None, title="Unit that handles it")
    send: SendTo | None = Field(None, title="Several units of which one is sent, in the place of 'unit'")
    together: tuple[Identifier, ...] = Field((), title="Further units that are sent with it, the same minute")
    limit_minutes: int | None = Field(
        None, title="Minutes from dispatch until it must be handled, around the clock", ge=1
    )
    limits: dict[ClockKind, ClockRule] = Field({}, title="Clocks of these cases, where they differ from the city's")
    file: Automation = Field("manual", title="File by itself")
    dispatch: Automation = Field("manual", title="Dispatch to the unit by itself")
    look_again: Automation = Field("manual", title="Ask the camera to look again once it is handled")
    look_again_minutes: int = Field(30, title="Minutes the camera has for its answer", ge=1, le=1440)
    close: Automation = Field("manual", title="Pass and close when the camera finds it gone")
    fail: Automation = Field("manual", title="Send it to rework when the camera finds it still there")
    on_event_closed: Literal["keep", "reject_unfiled"] = Field(
        "keep", title="What to do with a case not yet filed when the event ends"
    )
    when_gone: GoneDraft | None = Field(None, title="What to propose when the event ends while units have the case")

    @property
    def units(self) -> tuple[str, ...]:
        """Units that it may send."""
        first = () if self.unit is None else (self.unit,)
        return (*(first if self.send is None else self.send.units), *self.together)


class Rule(Course):
    """What happens by itself with the cases of a scene in an area and below."""

    scene: SceneName


class Nearness(Settings):
    """What of one kind may be the same thing, seen or told twice."""

    metres: int = Field(title="As far apart at most", ge=1, le=2000)
    minutes: int = Field(title="Minutes since the open case was last seen or told of, at most", ge=1, le=10_080)
    join: Literal["offer", "auto"] = Field("offer", title="Ask a person whether it is the same, or join by itself")


class MilestoneSettings(Settings):
    """What the units must have reached on site by when, such as *evacuated*; late ones go up ``clocks.milestone``."""

    id: Identifier = Field(title="Identifier")
    name: Text
    limit: Limit = Field(title="From the first dispatch on")


class Kind(Settings):
    """A category of what people and other systems report."""

    id: Identifier = Field(title="Identifier; not a scene's name")
    name: Text
    scene: SceneName | None = Field(None, title="Scene by which cameras see the same: its rules hold here, too")
    code: str | None = Field(None, title="Category code; the scene's where empty")
    grade: Grade = Field(Grade.ORDINARY, title="How grave it is taken until somebody says otherwise")
    residents: bool = Field(
        False, title="Residents may report it themselves, over Open311 and the page without sign-in"
    )
    duplicates: Nearness | None = Field(None, title="When a report may be of something known; never where empty")
    milestones: tuple[MilestoneSettings, ...] = Field((), title="What its units must reach on site, each in its time")
    rules: tuple[Course, ...] = Field((), title="What happens by itself, by area; the scene's rules where none fits")


class Reason(Settings):
    """A reason that a person picks; what they add to it is free text."""

    code: Identifier = Field(title="Identifier")
    name: Text
    moves: tuple[Move, ...] = Field(title="Moves that it is for", min_length=1)
    false_alarm: bool = Field(False, title="The camera was wrong, and learns from it; for void and reject")


FALSE_ALARM = Reason(code="false_alarm", name=Text(zh="误报", en="False alarm"), moves=JUDGING, false_alarm=True)
"""By this reason a camera was wrong in a city whose pack lists no reasons."""


class RoleSettings(Settings):
    """A role of the city's own, or another shape of a built-in one."""

    id: Identifier = Field(title="Identifier")
    name: Text
    moves: tuple[Move, ...] = Field((), title="Moves it may make with every case of its area")
    own_unit_moves: tuple[Move, ...] = Field((), title="Moves it may make where its unit has the case")
    sees_own_unit_only: bool = Field(False, title="It is shown its unit's cases, not the whole area's")
    reports: tuple[Source, ...] = Field((), title="Sources from which it may report; never a camera")


class CityPack(CheckedSettings):
    """All that differs between cities."""

    name: Text
    timezone: str = Field("Asia/Shanghai", title="Time zone of case numbers and reports")
    datum: Datum = Field("wgs84", title="What longitudes and latitudes refer to, here and in gateways' settings")
    areas: tuple[Area, ...] = Field(min_length=1, title="Area tree; the first one is the root")
    units: tuple[Unit, ...] = Field(min_length=1)
    categories: tuple[Category, ...]
    kinds: tuple[Kind, ...] = Field((), title="Categories of reports, beyond what cameras see")
    premises_kinds: tuple[PremisesKind, ...] = Field((), title="Kinds of premises that are inspected")
    checklists: tuple[Checklist, ...] = Field((), title="What is looked at there, one of a kind of premises")
    device_kinds: tuple[DeviceKind, ...] = Field((), title="Devices that give alarms by themselves")
    place_kinds: tuple[PlaceKind, ...] = Field((), title="Kinds of places and things that are kept a register of")
    rules: tuple[Rule, ...] = ()
    calendar: WorkingCalendar | None = Field(None, title="Working days and hours; needed where a limit counts them")
    clocks: dict[ClockKind, ClockRule] = Field({}, title="Limits, reminders and ladders of the whole city")
    whistle_week: WhistleWeek | None = Field(None, title="When whistles are gathered, listed and answered")
    tiers: tuple[Tier, ...] = Field((), title="What communities, streets and the district decide by themselves")
    response_groups: tuple[ResponseGroup, ...] = Field(
        (), title="Units that take what is difficult together, under a lead"
    )
    reasons: tuple[Reason, ...] = Field((), title="Reasons for moves that need one; free text alone where none fits")
    roles: tuple[RoleSettings, ...] = Field((), title="Roles beside the built-in ones")
    figures: tuple[FigureRule, ...] = Field((), title="Figures of the month's report; the usual ones where empty")
    notices: NoticeSettings = Field(default_factory=NoticeSettings, title="Who is told of what")
    outward: OutwardSettings = Field(
        default_factory=OutwardSettings, title="How cases are told in the formats of other systems"
    )

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

    def area_called(self, identity: str) -> Area | None:
        """Find an area by what it is called for good."""
        return next((area for area in self.areas if area.identity == identity), None)

    def unit(self, identifier: str) -> Unit | None:
        """Find a unit by its identifier."""
        return next((unit for unit in self.units if unit.id == identifier), None)

    def category(self, scene: SceneName) -> Category:
        """Name and code of a scene."""
        return next(category for category in self.categories if category.scene is scene)

    def kind(self, identifier: str | None) -> Kind | None:
        """Find a kind of report by its identifier."""
        return next((kind for kind in self.kinds if kind.id == identifier), None)

    def premises_kind(self, identifier: str) -> PremisesKind | None:
        """Find a kind of premises by its identifier."""
        return next((kind for kind in self.premises_kinds if kind.id == identifier), None)

    def checklist(self, premises_kind: str) -> Checklist | None:
        """Find what is looked at in premises of a kind."""
        return next((one for one in self.checklists if one.premises == premises_kind), None)

    def device_kind(self, identifier: str) -> DeviceKind | None:
        """Find a kind of device by its identifier."""
        return next((kind for kind in self.device_kinds if kind.id == identifier), None)

    def milestone(self, kind: str | None, identifier: str | None) -> MilestoneSettings | None:
        """Find a milestone of a kind of report; ``None`` where the pack has it no longer."""
        found = self.kind(kind)
        milestones = () if found is None else found.milestones
        return next((one for one in milestones if one.id == identifier), None)

    def place_kind(self, identifier: str) -> PlaceKind | None:
        """Find a kind of place by its identifier."""
        return next((kind for kind in self.place_kinds if kind.id == identifier), None)

    @cached_property
    def outlines(self) -> Outlines:
        """Where areas lie, in the pack's datum."""
        return Outlines((area.path, area.geometry) for area in self.areas if area.geometry is not None)

    def milestone_name(self, identifier: str) -> Text | None:
        """What a milestone is called by the first kind that has it."""
        every = (one for kind in self.kinds for one in kind.milestones)
        return next((one.name for one in every if one.id == identifier), None)

    @property
    def courses(self) -> Iterator[tuple[str, Course]]:
        """All rules, each with the scene or kind that it is for."""
        yield from ((rule.scene.value, rule) for rule in self.rules)
        yield from ((kind.id, rule) for kind in self.kinds for rule in kind.rules)

    def name_of(self, subject: str) -> Text | None:
        """What a subject, which is a scene or a kind of report, is called; ``None`` where the pack has it no longer."""
        kind = self.kind(subject)
        if kind is not None:
            return kind.name
        return next((category.name for category in self.categories if category.scene == subject), None)

    def rule(self, subject: str, area: str) -> Course:
        """Find the rule of the nearest area at or above ``area``; all by hand where there is none.

        ``subject``: a scene, or a kind of report, of which the rules of its scene hold where it has none of its own.
        """
        return self.written_rule(subject, area) or Course()

    def written_rule(self, subject: str, area: str) -> Course | None:
        """Find the same; ``None`` where the pack says nothing of the subject there."""
        kind = self.kind(subject)
        own = None if kind is None else self._nearest(kind.rules, area)
        if own is not None:
            return own
        scene = subject if kind is None else kind.scene
        return self._nearest([rule for rule in self.rules if rule.scene == scene], area)

    def _nearest(self, rules: Iterable[Course], area: str) -> Course | None:
        fitting = [rule for rule in rules if covers(rule.area or self.root, area)]
        return max(fitting, key=lambda rule: len(rule.area or ""), default=None)

    def clock_rules(self, subject: str, area: str) -> dict[ClockKind, ClockRule]:
        """Give the clocks of a subject's cases: the city's, and what the subject's rule says otherwise."""
        rule = self.rule(subject, area)
        found = dict(self.clocks)
        if rule.limit_minutes is not None:
            own = Limit(amount=rule.limit_minutes, unit=TimeUnit.MINUTES)
            for kind in (ClockKind.HANDLE, ClockKind.UNIT):
                found[kind] = found.get(kind, ClockRule()).model_copy(update={"limit": own, "grades": {}})
        return found | rule.limits

    def limits(self, subject: str | None, area: str, grade: Grade) -> dict[ClockKind, Limit]:
        """Give the limits of a case, the whole city's where it has no subject; a clock without one is missing."""
        rules = self.clocks if subject is None else self.clock_rules(subject, area)
        given = {kind: rule.limit_for(grade) for kind, rule in rules.items()}
        return {kind: limit for kind, limit in given.items() if limit is not None}

    def rights(self, role: str) -> Rights:
        """What a role may do; nothing where the pack no longer has it."""
        own = next((one for one in self.roles if one.id == role), None)
        if own is None:
            return BUILT_IN.get(role, Rights())
        moves = dict.fromkeys((move.value for move in own.own_unit_moves), Right.OWN_UNIT)
        moves |= dict.fromkeys((move.value for move in own.moves), Right.ALL)
        return Rights(moves, own.sees_own_unit_only, frozenset(own.reports) - {Source.CAMERA})

    def group(self, identifier: str | None) -> ResponseGroup | None:
        """Find a response group by its identifier."""
        return next((one for one in self.response_groups if one.id == identifier), None)

    def reason(self, move: Move, code: str) -> Reason | None:
        """Find a reason for a move by its code; ``false_alarm`` is known where the pack lists none for the move."""
        listed = self.reasons_for(move)
        known = listed or (FALSE_ALARM,)
        return next((one for one in known if one.code == code and move in one.moves), None)

    def reasons_for(self, move: Move) -> tuple[Reason, ...]:
        """The reasons that a person may pick from."""
        return tuple(one for one in self.reasons if move in one.moves)

    @cached_property
    def fingerprint(self) -> str:
        """Tells one state of the pack from another: twelve hex digits of a sum over all that it says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @classmethod
    def contradictions(cls, raw: Mapping[str, Any]) -> Iterator[SaidAt]:
        """Rows that stand twice or name what is not there."""
        return faults(raw)


def load_city_pack(path: Path | None) -> CityPack:
    """Read and check a city pack; the demonstration city for ``None``.

    Raises:
        CityError: names the file and each wrong key.
    """
    return read_settings(pack_file(path), CityPack, CityError)


def pack_file(path: Path | None) -> Path:
    """Find the file of a city pack; that of the demonstration city for ``None``.

    Raises:
        CityError: it is not there.
    """
    return _demonstration() if path is None else path


def _demonstration() -> Path:
    here = Path(__file__)
    for candidate in (here.parents[4] / "configs" / "city" / "demo.yaml", here.with_name("demo.yaml")):
        if candidate.is_file():
            return candidate
    raise CityError("the demonstration city was not found; name a city pack with 'city:' in hub.yaml")
