"""A whistle: one script, from Tuesday's report to Friday's answers, with the list and who was late."""

from collections import Counter
from datetime import UTC, datetime

from tests.hub.bench import Bench
from tests.hub.stories.stage import play

from sharp_eyes.hub.demo.stories.cast import SHIFT_LEAD
from sharp_eyes.hub.demo.stories.story import Play, Step
from sharp_eyes.hub.demo.stories.whistle import CITY, DRAINAGE, PARKS, STORY, the_list
from sharp_eyes.hub.dispatch.whistle import make_due_lists
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.notice_tables import Notice
from sharp_eyes.hub.store.tables import Account

TUESDAY = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
"""At nine in the city."""


def test_the_week_of_a_whistle(district: Bench) -> None:
    """Two problems are gathered, and sent once by two hubs; all answer the one, one unit is late with the other."""
    district.clock.time = TUESDAY
    district.client(Role.HANDLER, unit="parks")

    def looks(told: Play, step: Step) -> None:
        if told.kept.get("listed") is None and the_list(told, SHIFT_LEAD)["made_at"] is not None:
            told.keep("listed", step.minute)
            other = Hub(district.hub.settings, district.clock)
            other.prepare()
            other.take_city()
            make_due_lists(other.transaction, other.read_only)
            other.database.close()

    told = play(district, STORY, looks)

    listed = the_list(told, SHIFT_LEAD)
    assert (told.kept["week"], told.kept["listed"]) == ("2026-03-02", 2 * 1440 + 60)
    assert (listed["made_at"], listed["report_in_by"]) == ("2026-03-05T02:00:00Z", "2026-03-06T09:30:00Z")
    assert {name: listed[name] for name in ("asked", "answered", "in_time", "late", "closed")} == {
        "asked": 4,
        "answered": 4,
        "in_time": 3,
        "late": 1,
        "closed": 2,
    }
    by_case = {one["id"]: [turn["late"] for turn in one["turns"]] for one in listed["cases"]}
    assert by_case == {told.case: [False, False], told.kept["drain"]: [False, True]}
    with district.hub.read_only() as work:
        rows = work.session.query(Account.username, Notice.kind).join(Notice, Notice.account_id == Account.id).all()
    heard = Counter((username, kind) for username, kind in rows)
    listing = {username: count for (username, kind), count in heard.items() if kind == "whistle_list"}
    assert listing == {one.username: 1 for one in (PARKS, DRAINAGE, CITY)}  # of parks who holds the post, nobody else
    late = {username for username, kind in heard if kind == "escalated"}
    assert len(late) == 1  # told a minute later: the dispatcher of the watch
    assert late <= {"demo-dispatcher", "demo-dispatcher-2"}
    log = told.stage.client(SHIFT_LEAD).case(told.case).lines
    assert log == [
        *("reported", "whistled", "filed", "dispatched", "accepted", "accepted", "handled", "handled"),
        *("passed", "closed"),
    ]
