"""What people ask a hub's database for: every list, filter, search and count, each through the hub's own function."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tests.hub.bench import GATEWAY

from sharp_eyes.hub import audit
from sharp_eyes.hub.api import serializers
from sharp_eyes.hub.api.office_report_views import make_report
from sharp_eyes.hub.areas.tree import Ground
from sharp_eyes.hub.cases import on_map
from sharp_eyes.hub.cases.calendar_period import read_period
from sharp_eyes.hub.cases.daily_figures import count_day
from sharp_eyes.hub.cases.facts import Basis, Facts, Period
from sharp_eyes.hub.cases.hot_spots import count_hot_spots
from sharp_eyes.hub.cases.office_report import By
from sharp_eyes.hub.cases.queries import CaseFilter, find_case, list_cases
from sharp_eyes.hub.cases.queue import count_queue, count_stages, list_queue
from sharp_eyes.hub.cases.tasks import list_tasks
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.lessons.counts import Asked, count_false_alarms
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices import inbox
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

Ask = Callable[[UnitOfWork, Scope], Any]
UNIT, NO_UNIT = "gas-company", "parks"
"""One that has most cases, and one that has none."""

_CAMERA: dict[str, Any] = {"gateway": GATEWAY, "camera": "cam-300"}


def _queue(**only: Any) -> Ask:
    return lambda work, scope: list_queue(work, scope, CaseFilter(**only), None)


def _past(**only: Any) -> Ask:
    return lambda work, scope: list_cases(work, scope, CaseFilter(**only))


def _far_down(work: UnitOfWork, scope: Scope) -> Any:
    """A page in the middle of the queue, by its key."""
    most = CaseFilter(limit=200)
    _, place = list_queue(work, scope, most, None)
    return None if place is None else list_queue(work, scope, CaseFilter(), place)


def _detail(work: UnitOfWork, scope: Scope) -> Any:
    cases, _ = list_cases(work, scope, CaseFilter(limit=1))
    actor = Actor(ActorKind.PERSON, "lead", work.city.rights(Role.SHIFT_LEAD))
    return serializers.case_detail(work, find_case(work, scope, cases[0].id), actor, scope)


def _shown(work: UnitOfWork, scope: Scope) -> Any:
    cases, _ = list_queue(work, scope, CaseFilter(limit=60), None)
    return serializers.case_summaries(work, cases)


def _of_unit(unit: str, ask: Ask) -> Ask:
    return lambda work, scope: ask(work, Scope(scope.area, unit))


def _audit(**only: Any) -> Ask:
    asked = audit.AuditFilter(**only)
    return lambda work, scope: audit.entries(work.session, Ground(scope.area), asked, limit=51)


def _day(basis: Basis) -> Ask:
    """What lies directly in an area of the day before, counted again as when one of its cases has changed."""

    def ask(work: UnitOfWork, scope: Scope) -> Any:
        return count_day(work, basis, work.now.astimezone(work.city.zone).date() - timedelta(days=1), [scope.area])

    return ask


OPEN: Mapping[str, Ask] = {
    "open": _queue(),
    "open, a page further": _far_down,
    "open, as shown": _shown,
    "open, of a camera": _queue(**_CAMERA),
    "open, in two states": _queue(states=("handled", "checked")),
    "open, of a scene": _queue(scene="gas_cylinder"),
    "open, of a scene that has none": _queue(scene="smoke"),
    "open, of a unit": _queue(unit=UNIT),
    "open, of a unit that has none": _queue(unit=NO_UNIT),
    "open, overdue": _queue(overdue=True),
    "open, calling": _queue(calling=True),
    "open, a unit's own": _of_unit(UNIT, _queue()),
    "open, a common word": _queue(words="花坛"),
    "open, a rare word": _queue(words="depot"),
    "open, two words": _queue(words="东门 zone-1"),
    "count of open": lambda work, scope: count_queue(work, scope, CaseFilter()),
    "count of open with a word": lambda work, scope: count_queue(work, scope, CaseFilter(words="花坛")),
    "counts by stage": lambda work, scope: count_stages(work, scope, CaseFilter()),
    "a unit's tasks": lambda work, scope: list_tasks(work, scope, UNIT),
    "map": on_map.open_points,
}
"""Of open cases, of which there are few among all."""

ALL: Mapping[str, Ask] = {
    "newest": _past(),
    "closed": _past(states=("closed",)),
    "in a state that none is in": _past(states=("voided",)),
    "of a camera": _past(**_CAMERA),
    "of a unit": _past(unit=UNIT),
    "of a unit that has none": _past(unit=NO_UNIT),
    "of a scene that has none": _past(scene="smoke"),
    "under legal hold": _past(held=True),
    "a unit's own": _of_unit(UNIT, _past()),
    "of a unit without any": _of_unit(NO_UNIT, _past()),
    "a number": _past(words="2010-100077"),
    "a number in its year": _past(words="100077"),
    "a common word": _past(words="花坛"),
    "a rare word": _past(words="depot"),
    "one sign": _past(words="东"),
    "two words": _past(words="东门 zone-1"),
    "detail": _detail,
    "sums of a day": _day(Basis.REPORTED),
    "sums of a day, of what was due": _day(Basis.DUE),
    "audit": _audit(),
    "audit, of a person": _audit(actor="person-7"),
    "audit, of an action": _audit(action=audit.Action.EVIDENCE_SEEN),
    "notices": lambda work, _scope: inbox.notices_of(work, 1, unread=False, before=None, limit=50),
    "notices not read": lambda work, _scope: inbox.count_unread(work, 1),
    "untold": lambda work, scope: inbox.list_untold(work, scope.area, None, 50),
}
"""Of all cases, and what grows beside them."""

SUMS: Mapping[str, Ask] = {
    "cases by camera, 28 days": lambda work, scope: on_map.count_by_camera(
        work, scope, work.now - timedelta(days=28), None
    ),
    "false alarms, 28 days": lambda work, scope: count_false_alarms(
        work, scope, Asked(work.now - timedelta(days=28), work.now), "camera", 50
    ),
}
"""What counts all of a stretch of time."""


def _month(work: UnitOfWork, scope: Scope) -> Any:
    """The report on the month before, as its page asks for it."""
    last = work.now.astimezone(work.city.zone).date().replace(day=1) - timedelta(days=1)
    period = read_period(f"{last:%Y-%m}", last)
    assert period is not None
    return make_report(work, scope, CaseFilter(), period, (By.AREA, By.UNIT, By.SCENE, By.SOURCE))


def _hot_spots(work: UnitOfWork, scope: Scope) -> Any:
    last = work.now.astimezone(work.city.zone).date().replace(day=1) - timedelta(days=1)
    only = CaseFilter(facts=Facts(Period(last.replace(day=1), last)))
    return count_hot_spots(work, scope, only, 10)


REPORTS: Mapping[str, Ask] = {"the month's report": _month, "the month's hot spots": _hot_spots}
"""What an office asks for at a month's end, from sums of days where they are made."""
