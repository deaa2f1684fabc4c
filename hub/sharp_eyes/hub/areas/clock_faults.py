"""What cannot be in a city pack where it says until when: early reminders, working time without a calendar."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from sharp_eyes.configuration.said import Said, SaidAt
from sharp_eyes.hub.areas.raw_rows import listed, plain
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.clocks.limit import Limit, TimeUnit

_Place = tuple[str | int, ...]


def clock_faults(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Say which limits count working time in vain, and which clocks remind of them before they have begun."""
    yield from _working_time(raw)
    milestone = plain(plain(raw.get("clocks")).get("milestone"))
    if milestone.get("limit") or milestone.get("grades"):
        words = "milestones have limits of their own, under 'kinds'; say 'remind' and 'ladder' here"
        yield ("clocks", "milestone"), Said("milestone_limit", words)
    yield from _reminders(raw)


def _working_time(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Limits in working time of a city that has no working calendar."""
    if raw.get("calendar") is not None:
        return
    limits: list[tuple[_Place, Any]] = [(("clocks",), raw.get("clocks"))]
    limits += [(("rules", place, "limits"), row.get("limits")) for place, row in listed(raw.get("rules"))]
    limits += [
        (("kinds", place, "milestones", number, "limit"), one.get("limit"))
        for place, kind in listed(raw.get("kinds"))
        for number, one in listed(kind.get("milestones"))
    ]
    limits += [
        (("checklists", place, "items", number, "limit"), one.get("limit"))
        for place, checklist in listed(raw.get("checklists"))
        for number, one in listed(checklist.get("items"))
    ]
    for place, given in limits:
        for where in _in_working_time(given, place):
            words = "counts working time, but the pack has no 'calendar'; add one ('sharp-eyes-hub city calendar')"
            yield where, Said("no_calendar", words)


def _in_working_time(given: Any, place: _Place) -> Iterator[_Place]:
    if isinstance(given, BaseModel):
        given = given.model_dump(mode="json")
    if isinstance(given, str) and "working" in given:
        yield place
    elif isinstance(given, Mapping):
        for key, value in given.items():
            yield from _in_working_time(value, (*place, str(key)))
    elif isinstance(given, Sequence) and not isinstance(given, str):
        for number, value in enumerate(given):
            yield from _in_working_time(value, (*place, number))


def _reminders(raw: Mapping[str, Any]) -> Iterator[SaidAt]:
    """Clocks that remind as long before the deadline as the whole limit is, or longer."""
    city = plain(raw.get("clocks"))
    for kind, clock in city.items():
        yield from _reminder(plain(clock), ("clocks", str(kind)))
    for place, rule in listed(raw.get("rules")):
        own = plain(rule.get("limits"))
        for kind, clock in own.items():
            yield from _reminder(plain(clock), ("rules", place, "limits", str(kind)))
        minutes = rule.get("limit_minutes")
        if not isinstance(minutes, int) or minutes < 1:
            continue
        limit = Limit(amount=minutes, unit=TimeUnit.MINUTES)
        for kind in (ClockKind.HANDLE, ClockKind.UNIT):
            remind = _limit(plain(city.get(kind)).get("remind"))
            if kind not in own and remind is not None and remind.length >= limit.length:
                stands = f" (it stands under clocks.{kind})"
                yield ("rules", place, "limit_minutes"), _early(remind, limit, stands=stands)


def _reminder(clock: Mapping[str, Any], place: _Place) -> Iterator[SaidAt]:
    remind = _limit(clock.get("remind"))
    if remind is None:
        return
    given = {"": clock.get("limit"), **plain(clock.get("grades"))}
    for grade, one in given.items():
        limit = _limit(one)
        if limit is not None and remind.length >= limit.length:
            yield (*place, "remind"), _early(remind, limit, f" of grade {grade!s}" if grade else "")
            return


def reminds_too_early(clock: Mapping[str, Any], given: Any) -> Said | None:
    """Say in words that a clock would remind of a limit before it has begun; nothing where it does not."""
    remind, limit = _limit(clock.get("remind")), _limit(given)
    return None if remind is None or limit is None or remind.length < limit.length else _early(remind, limit)


def _early(remind: Limit, limit: Limit, where: str = "", stands: str = "") -> Said:
    words = (
        f"reminds {remind} before the deadline, but the limit{where} is {limit}: it would remind at once; "
        f"say a shorter 'remind'{stands}"
    )
    return Said("reminds_early", words, remind=remind, limit=limit)


def _limit(given: Any) -> Limit | None:
    """Read a limit; ``None`` where it is none, which is said elsewhere."""
    try:
        return None if given is None else Limit.model_validate(given)
    except ValidationError:
        return None
