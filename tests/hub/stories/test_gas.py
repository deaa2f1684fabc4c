"""A gas smell: one script, from the phone to the stars, with the clocks and the figures."""

from tests.hub.bench import START, Bench
from tests.hub.stories.stage import play

from sharp_eyes.hub.demo.stories.cast import SHIFT_LEAD
from sharp_eyes.hub.demo.stories.gas import STORY


def test_the_day_of_a_gas_smell(district: Bench) -> None:
    """Told together in the minute of the report, evacuated in 15 minutes, sealed off in 20, and rated."""
    told = play(district, STORY)
    case = told.stage.client(SHIFT_LEAD).case(told.case)
    minute = {line.what: (line.at - START).total_seconds() / 60 for line in case.log}
    reached = {
        line["data"]["milestone"]: (line.at - START).total_seconds() / 60
        for line in case.log
        if line.what == "milestone_reached"
    }
    assert minute["dispatched"] == 0
    assert reached == {"evacuated": 14, "sealed": 19}
