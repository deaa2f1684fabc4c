"""Call and answer: one script, from five sources to five calls back, with who was late and the figures."""

from datetime import UTC, datetime

from tests.hub.bench import Bench
from tests.hub.stories.stage import play
from tests.hub.test_daily_figures import make_all
from tests.hub.test_formulas import report, shares, total_of

from sharp_eyes.hub.demo.stories.call_and_answer import STARS, STORY, owed
from sharp_eyes.hub.demo.stories.cast import CLERK, SHIFT_LEAD
from sharp_eyes.hub.demo.stories.months_end import numbers_of
from sharp_eyes.hub.demo.stories.story import Play, Step
from sharp_eyes.hub.lifecycle.roles import Role

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""At nine in the city."""


def test_a_day_of_call_and_answer(district: Bench) -> None:
    """The community solves one and passes one up, a tree goes to two units, a hard one to the group; all hear back."""
    district.clock.time = MONDAY

    def looks(told: Play, step: Step) -> None:
        if step is STORY.steps[-2]:
            told.stage.pass_until(MONDAY.replace(day=3, hour=7, minute=0))  # type: ignore[attr-defined]
            assert list(owed(told).values()) == [True]
            case = told.stage.client(SHIFT_LEAD).case(told.kept["by_line"])
            assert case.lines[-1] == "escalated"
            assert case.late_since is None  # the work was in time

    told = play(district, STORY, looks)
    after = told.stage.client(CLERK).request("GET", "/api/callbacks")
    assert after["items"] == []
    heard = {name: after["heard"][name] for name in ("asked", "heard", "in_time", "rated", "average")}
    assert heard == {"asked": 5, "heard": 5, "in_time": 4, "rated": 5, "average": sum(STARS.values()) / 5}
    day = {"reported_from": "2026-03-02", "reported_to": "2026-03-02"}
    sources = told.stage.client(SHIFT_LEAD).figures(**day)["sources"]
    assert {one["source"]: one["now"] for one in sources if one["now"]} == dict.fromkeys(
        ("resident", "grid_worker", "visit", "meeting", "upper_level"), 1
    )
    # the month's formulas say the same, each number with exactly its cases
    leader = district.client(Role.LEADER)
    for _ in range(2):
        month = report(leader)
        total = shares(month, month["total"])
        assert total["callback-rate"] == (4, 5, "80.00")
        assert total["caller-satisfaction-rate"] == (3, 5, "60.00")
        for asked, number in numbers_of(month, month["total"]):
            assert total_of(leader, asked) == number, asked
        make_all(district)
