"""Random walks of a case: legal moves by anybody, at moments that only go forward."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.clocks.calendar import WorkingCalendar
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.clocks.ladder import ClockRule
from sharp_eyes.hub.clocks.limit import Limit
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle import office_lines as office_line
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind, Move
from sharp_eyes.hub.lifecycle.deadlines import due_now
from sharp_eyes.hub.lifecycle.drafts import confirm, decline, may_confirm, may_decline
from sharp_eyes.hub.lifecycle.entries import Entry, Payload
from sharp_eyes.hub.lifecycle.given import Given
from sharp_eyes.hub.lifecycle.legality import LegalMove, check_move, legal_moves
from sharp_eyes.hub.lifecycle.line_base import Limits
from sharp_eyes.hub.lifecycle.model import CaseState, Proposal, Source, State
from sharp_eyes.hub.lifecycle.payloads import Checked, payload_of
from sharp_eyes.hub.lifecycle.projection import WITH_UNITS, evolve
from sharp_eyes.hub.lifecycle.roles import BUILT_IN

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
UNITS = ("parks", "police", "gas")
CALENDARS = {
    "a": WorkingCalendar(version="a", years=(2025, 2026, 2027, 2028), hours=("09:00-12:00", "13:30-18:00")),
    "b": WorkingCalendar(
        version="b", years=(2025, 2026, 2027, 2028), weekdays=(1, 2, 3, 4, 5, 6), hours=("08:00-20:00",)
    ),
}
_TEXTS = {
    ClockKind.TRIAGE: "15 minutes",
    ClockKind.DISPATCH: "15 minutes",
    ClockKind.REPORT_IN: "30 minutes",
    ClockKind.UNIT: "4 working hours",
    ClockKind.HANDLE: "1 working day",
    ClockKind.CHECK: "30 minutes",
    ClockKind.SUPERVISION: "2 hours",
    ClockKind.CALLBACK: "24 hours",
}
LIMITS = {kind: Limit.model_validate(text) for kind, text in _TEXTS.items()}


def actors() -> list[Actor]:
    """Everybody of the built-in roles, handlers of each unit, and what acts by itself."""
    people = [Actor(ActorKind.PERSON, role, rights) for role, rights in BUILT_IN.items() if role != "handler"]
    people += [Actor(ActorKind.PERSON, f"handler of {unit}", BUILT_IN["handler"], unit) for unit in UNITS]
    return people + [Actor(kind, kind.value) for kind in ActorKind if kind is not ActorKind.PERSON]


LADDER = ({"tell": ["shift_lead"]}, {"after": "1 hour", "tell": ["leader"], "up": 1})
RULES = {kind: ClockRule.model_validate({"remind": "5 minutes", "ladder": LADDER}) for kind in ClockKind}
ACTORS = actors()
PROPOSALS: tuple[Proposal, ...] = get_args(Proposal)
_ENDS = (Move.VOID, Move.FORCE_CLOSE, Move.MERGE, Move.REJECT)


def limits(chance: random.Random) -> Limits:
    """Limits as a pack may give them; now and then one has none."""
    return {kind: limit for kind, limit in LIMITS.items() if chance.random() < 0.9}


MILESTONES = {name: Limit.model_validate(text) for name, text in (("evacuated", "15 minutes"), ("sealed", "1 hour"))}


class Walk:
    """A case and its log, moved on at random.

    Attributes:
        log: the lines so far.
        states: the state after each of them.
    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now = START
        self.log: list[Entry] = []
        self.states: list[CaseState] = []
        alarm = UUID(int=self.chance.getrandbits(128))
        self._add("gateway", "gateway", self._reported(alarm))

    @property
    def case(self) -> CaseState:
        return self.states[-1]

    def go(self, steps: int) -> None:
        """Take so many steps."""
        for _ in range(steps):
            until = self.now + timedelta(seconds=int(self.chance.expovariate(1 / 2000)))
            self._let_time_work(until, hub_is_up=self.chance.random() < 0.8)
            self.now = until
            self._one_step()

    def steps(self) -> Iterator[tuple[CaseState, Entry, CaseState]]:
        """Tell of each step the state before, the line, and the state after."""
        return zip(self.states, self.log[1:], self.states[1:], strict=False)

    def _let_time_work(self, until: datetime, *, hub_is_up: bool) -> None:
        while (due := due_now(self.case, RULES, CALENDARS.__getitem__, until)) is not None:
            self.now = max(self.now, due.at) if hub_is_up else until
            self._add("timer", "timer", due.payload)

    def _one_step(self) -> None:
        if self.chance.random() < 0.2:
            self._add("hub", "timer", self._by_itself())
            return
        if self.case.draft is not None and self.chance.random() < 0.3 and self._answer_draft(self.case.draft.number):
            return
        actor, legal = self._anybodys_move()
        self._move(actor, legal.move, self.given(legal.move, legal.units))

    def _answer_draft(self, number: int) -> bool:
        """Let anybody who may confirm the draft or decline it; whether there is anybody."""
        actor = self.chance.choice(ACTORS)
        legal = may_confirm(self.case, actor)
        if legal is not None and self.chance.random() < 0.5:
            unit = self.chance.choice(legal.units) if legal.units else None
            self._move(actor, *confirm(self.case, number, self.chance.choice(["zh", "en"]), unit))
        elif may_decline(self.case, actor):
            self._add(actor.name, actor.kind.value, decline(self.case, actor, number, "not so"))
        else:
            return False
        return True

    def _move(self, actor: Actor, move: Move, given: Given) -> None:
        unit = check_move(self.case, actor, move, given, self.now)
        question = UUID(int=self.chance.getrandbits(128)), self.now + timedelta(minutes=30)
        checked = Checked(given, unit, limits(self.chance), self.chance.random() < 0.5, question, MILESTONES)
        self._add(actor.name, actor.kind.value, payload_of(move, checked))

    def _anybodys_move(self) -> tuple[Actor, LegalMove]:
        full = {Move.ADD_UNIT, Move.REASSIGN} if len(self.case.open_assignments) == len(UNITS) else set()
        while True:
            actor = self.chance.choice(ACTORS)
            legal = [one for one in legal_moves(self.case, actor) if one.move not in full]
            # Ends are rare, or every walk is over after some steps.
            if legal:
                return actor, self.chance.choices(legal, [0.05 if one.move in _ENDS else 1.0 for one in legal])[0]

    def given(self, move: Move, units: tuple[str, ...]) -> Given:
        """Whatever a move may need."""
        free = [unit for unit in UNITS if self.case.open_turn(unit) is None]
        several = self.chance.sample(free, self.chance.randint(1, len(free))) if free else list(UNITS)
        return Given(
            reason="duplicate",
            note="a note",
            unit=self.chance.choice(units) if units else None,
            to=tuple(several[:1] if move is Move.REASSIGN else several),
            photos=(UUID(int=1),),
            until=self.now + timedelta(days=self.chance.randint(1, 300)),
            grade=self.chance.choice(list(Grade)),
            stars=self.chance.randint(1, 5),
            case="2026-000777",
            alarms=(UUID(int=2),),
            week=self.now.date(),
            group="roads",
            passed=("street", 1, ("shift_lead",)),
            report=self.chance.choice(self.case.callbacks) if self.case.callbacks else None,
            reached=self.chance.random() < 0.5,
            granted=self.chance.random() < 0.5,
            milestone=self.chance.choice(self.case.open_milestones or ("sealed",)),
        )

    def _reported(self, alarm: UUID) -> line.Reported:
        return line.Reported(
            source=Source.CAMERA, grade=Grade.ORDINARY, area="demo", alarm=alarm, limits=limits(self.chance)
        )

    def _by_itself(self) -> Payload:
        kinds: list[Payload] = [
            line.AlarmJoined(alarm=UUID(int=self.chance.getrandbits(128)), count=max(2, self.case.counts.alarms + 1)),
            line.AlarmEnded(alarm=UUID(int=3)),
            time_line.CalendarChanged(),
            time_line.AreaChanged(area=self.chance.choice(["demo", "demo/other"]), before=self.case.area),
        ]
        if self.case.state is State.CLOSED and not self.case.callbacks:
            reports = tuple(UUID(int=number) for number in range(1, self.chance.randint(2, 4)))
            return office_line.CallbackDue(reports=reports, limits=limits(self.chance))
        if self.case.state in (State.REPORTED, State.FILED):
            kinds.append(line.LeftToLead(why="nobody_on_duty", people=("lead",)))
        if self.case.state in WITH_UNITS:
            kinds.append(line.Drafted(move=self.chance.choice(PROPOSALS), reason="gone", zh="已消失", en="gone"))
        return self.chance.choice(kinds)

    def _add(self, actor: str, kind: str, payload: Payload) -> None:
        entry = Entry(len(self.log) + 1, self.now, actor, kind, payload, self.chance.choice(list(CALENDARS)), "demo 1")
        self.log.append(entry)
        self.states.append(evolve(self.states[-1] if self.states else None, entry, CALENDARS.__getitem__))
