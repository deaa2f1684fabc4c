"""Who is told of what: by unit, by role up the tree, by duty; nobody is told twice, and nothing falls through."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.hub.bench import EAST, Bench
from tests.hub.notices_bench import add_person, deliveries, set_notices, told

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.areas.notice_rules import LINES, NoticeRule, QuietHours
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.cases.timers import run_due
from sharp_eyes.hub.channel_settings import OutboxSettings
from sharp_eyes.hub.clocks.clock import ClockKind
from sharp_eyes.hub.clocks.ladder import ClockRule
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle import time_lines as time_line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices.words import _LINES as WORDS
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.notice_tables import Deputy, DutyShift, Notice
from sharp_eyes.hub.store.tables import Account

SQUAD = "traffic-police"
LEAD = Actor(ActorKind.PERSON, "lead")


def add_squad(bench: Bench) -> None:
    bench.birth()
    for name in ("ann", "bob"):
        add_person(bench, name, Role.HANDLER, unit=SQUAD)
    add_person(bench, "far", Role.HANDLER, "demo/second-street", unit=SQUAD)
    add_person(bench, "other", Role.HANDLER, unit="parks")
    add_person(bench, "lead", Role.SHIFT_LEAD)


def the_case(bench: Bench) -> Case:
    with bench.hub.read_only() as work:
        return work.session.scalars(select(Case)).one()


def write(bench: Bench, *payloads: Payload, actor: Actor = LEAD) -> None:
    with bench.transaction() as work:
        case = work.session.scalars(select(Case).with_for_update()).one()
        for payload in payloads:
            write_line(work, case, actor, payload)


def test_the_unit_hears_of_its_case_and_of_its_end(bench: Bench) -> None:
    """Dispatch by the rule table, and a void after it; neither another area's people nor another unit's."""
    add_squad(bench)
    bench.report()
    assert told(bench) == [("ann", "dispatched"), ("bob", "dispatched")]
    write(bench, line.Voided(reason="test"))
    assert told(bench)[2:] == [("ann", "voided"), ("bob", "voided")]


def test_who_did_it_is_not_told_and_the_former_unit_is(bench: Bench) -> None:
    """A reassignment is told to both units, but not to the one of them who made it."""
    add_squad(bench)
    bench.report()
    moved = line.Reassigned(unit=SQUAD, to="parks", reason="theirs")
    write(bench, moved, actor=Actor(ActorKind.PERSON, "ann"))
    assert told(bench)[2:] == [("bob", "reassigned"), ("other", "reassigned")]


def test_what_is_rolled_back_was_never_told(bench: Bench) -> None:
    """The notice stands in the move's own transaction."""
    add_squad(bench)
    bench.report()
    before = told(bench)
    with pytest.raises(RuntimeError), bench.transaction() as work:
        case = work.session.scalars(select(Case)).one()
        write_line(work, case, LEAD, time_line.Urged())
        raise RuntimeError("the move fails after its line")
    assert told(bench) == before


def test_a_person_whom_the_case_was_given_to_hears_of_it_alone(bench: Bench) -> None:
    """Within the unit; a name that is nobody's is told to the unit."""
    add_squad(bench)
    bench.report(scene=SceneName.GREENERY_DAMAGE)
    write(bench, line.Filed(), line.Dispatched(units=(SQUAD,), person="bob"))
    write(bench, line.Withdrawn(reason="x"), line.Dispatched(units=(SQUAD,), person="nobody"))
    assert told(bench) == [
        ("bob", "dispatched"),
        ("bob", "withdrawn"),
        ("ann", "dispatched"),
        ("bob", "dispatched"),
    ]


def test_who_is_on_duty_hears_of_it_alone(bench: Bench) -> None:
    """While the shift lasts; before and after it, all do, and whose shift lies elsewhere counts for nothing."""
    add_squad(bench)
    with bench.transaction() as work:
        ids = {row.username: row.id for row in work.session.scalars(select(Account))}
        ends = work.now + timedelta(hours=8)
        for name, area in (("ann", EAST), ("bob", "demo/second-street")):
            work.session.add(
                DutyShift(
                    account_id=ids[name],
                    area=area,
                    unit=SQUAD,
                    begins_at=work.now,
                    ends_at=ends,
                    made_by="lead",
                    made_at=work.now,
                )
            )
    bench.report()
    assert told(bench) == [("ann", "dispatched")]
    bench.clock.forward(hours=8)
    bench.report()
    assert told(bench)[1:] == [("ann", "dispatched"), ("bob", "dispatched")]


def test_a_deputy_is_told_for_who_is_away(bench: Bench) -> None:
    """And a deputy's deputy; two who name each other do not turn in a circle."""
    add_squad(bench)
    add_person(bench, "cem", Role.HANDLER, unit=SQUAD, area="demo/second-street")

    def stand_in(away: str, deputy: str) -> None:
        with bench.transaction() as work:
            ids = {row.username: row.id for row in work.session.scalars(select(Account))}
            row = Deputy(account_id=ids[away], deputy_id=ids[deputy], reason="leave", made_by=away, made_at=work.now)
            row.begins_at, row.ends_at = work.now, work.now + timedelta(days=3)
            work.session.add(row)

    stand_in("ann", "bob")
    stand_in("bob", "cem")
    bench.report()
    assert told(bench) == [("cem", "dispatched")]
    stand_in("cem", "ann")
    bench.report()
    assert len(told(bench)) == 3, "everybody is away: somebody is told all the same"


@pytest.mark.parametrize(("up", "who"), [(0, "east"), (1, "street"), (2, "district"), (3, "district")])
def test_an_escalation_climbs_the_tree(quick: Bench, up: int, who: str) -> None:
    """The role is looked for so many levels up, and from there on upwards."""
    quick.birth()
    for name, area in (("east", EAST), ("street", "demo/first-street"), ("district", "demo")):
        add_person(quick, name, Role.SHIFT_LEAD, area)
    add_person(quick, "ann", Role.HANDLER, unit=SQUAD)
    quick.report()
    now = quick.clock()
    late = time_line.Escalated(clock=ClockKind.HANDLE, due=now, step=1, up=up, told=("shift_lead",))
    write(quick, late)
    assert told(quick) == [("ann", "dispatched"), (who, "escalated")]


def test_a_role_that_nobody_holds_is_told_to_the_shift_lead(quick: Bench) -> None:
    """And the notice says for whom it stands in; where there is nobody at all, that is shown as untold."""
    quick.birth()
    quick.report()
    assert told(quick) == []
    empty = ("failed", "nobody can sign in for unit traffic-police, nor as shift lead or administrator")
    assert [(row.state, row.error) for row in deliveries(quick)] == [empty]
    write(quick, line.SentBack(unit=SQUAD, reason="not ours"))
    assert [(row.state, row.error) for row in deliveries(quick)] == [
        empty,
        ("failed", "nobody holds the role dispatcher"),
    ]
    add_person(quick, "boss", Role.ADMINISTRATOR)
    write(quick, line.Dispatched(units=(SQUAD,)), line.SentBack(unit=SQUAD, reason="not ours"))
    with quick.hub.read_only() as work:
        rows = list(work.session.scalars(select(Notice).order_by(Notice.id)))
    assert [row.data.get("instead_of") for row in rows] == [SQUAD, "dispatcher"]


def test_the_ladder_reaches_people_once(bench: Bench) -> None:
    """Reminder and escalation of a late case, by the timers; told once, however often they run."""
    bench.birth()
    add_person(bench, "clerk", Role.CLERK)
    add_person(bench, "lead", Role.SHIFT_LEAD)
    rule = {"limit": "15 minutes", "remind": "5 minutes", "ladder": [{"tell": ["shift_lead"]}]}
    clocks = {ClockKind.TRIAGE: ClockRule.model_validate(rule)}
    bench.hub.city = bench.hub.city.model_copy(update={"clocks": clocks})
    bench.report(scene=SceneName.GREENERY_DAMAGE)
    for minutes in (9, 1, 4, 2, 0):
        bench.clock.forward(minutes=minutes)
        run_due(bench.hub.transaction)
    assert told(bench) == [("clerk", "reminded"), ("lead", "escalated")]


def test_a_major_case_is_told_at_once(quick: Bench) -> None:
    """By its grade; an ordinary one is not."""
    quick.birth()
    add_person(quick, "lead", Role.SHIFT_LEAD)
    quick.report(scene=SceneName.GREENERY_DAMAGE)
    quick.report(scene=SceneName.GREENERY_DAMAGE, grade=Grade.MAJOR)
    assert told(quick) == [("lead", "reported")]


@pytest.mark.parametrize(
    ("clock", "ends"),
    [
        ("2026-03-01T21:59:00+08:00", None),
        ("2026-03-01T22:00:00+08:00", "2026-03-02T07:00:00+08:00"),
        ("2026-03-01T00:30:00+08:00", "2026-03-01T07:00:00+08:00"),
        ("2026-03-01T07:00:00+08:00", None),
    ],
)
def test_quiet_hours_end_in_the_morning(quick: Bench, clock: str, ends: str | None) -> None:
    """Over midnight, in the city's own time."""
    from datetime import datetime

    quiet = QuietHours(hours="22:00-07:00")
    found = quiet.ends(datetime.fromisoformat(clock), quick.hub.city.zone)
    assert (None if found is None else found.isoformat()) == ends


def test_the_rules_of_notices_are_the_citys(quick: Bench) -> None:
    """Another table tells others; an unknown line is refused with those that there are."""
    add_squad(quick)
    set_notices(quick, rules=[{"lines": ["filed"], "tell": ["shift_lead"]}])
    quick.report()
    assert told(quick) == [("lead", "filed")]
    with pytest.raises(ValueError, match="'filled' is no line of a case's log; there are"):
        NoticeRule(lines=("filled",), tell=("clerk",))


def test_every_line_has_words() -> None:
    """In both languages; what a message cannot say it must not tell."""
    assert set(WORDS) >= LINES
    assert all(zh and en for zh, en in WORDS.values())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "webhook", "url": "http://10.0.0.1/x", "secret_file": "s"}, "is not https"),
        ({"kind": "webhook", "url": "https://u:p@host/x", "secret_file": "s"}, "user name, a password"),
        ({"kind": "webhook", "url": "file:///etc/passwd", "secret_file": "s"}, "is no address"),
        ({"kind": "sms", "url": "ftp://host/x"}, "is no address"),
        ({"kind": "mail", "host": "mail.example.org", "sender": "a@b", "security": "none"}, "in the clear"),
        ({"kind": "pigeon"}, "pigeon"),
    ],
)
def test_addresses_that_the_settings_do_not_allow(values: dict[str, str], message: str) -> None:
    """Only https, or this machine; no passwords in an address."""
    with pytest.raises(ValueError, match=message):
        OutboxSettings.model_validate({"channels": [{"id": "one", **values}]})
