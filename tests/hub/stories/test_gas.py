"""A gas smell: one script, from the phone to the stars, with the clocks and the figures."""

from tests.hub.bench import START, Bench
from tests.hub.stories.stage import play

from sharp_eyes.hub.demo.stories.cast import SHIFT_LEAD
from sharp_eyes.hub.demo.stories.gas import STORY, UNITS


def test_the_day_of_a_gas_smell(district: Bench) -> None:
    """Told together in the minute of the report; all there in time, evacuated in 15 minutes, sealed in 20, rated."""
    told = play(district, STORY)
    lead = told.stage.client(SHIFT_LEAD)
    case = lead.case(told.case)
    minutes = [(line.what, (line.at - START).total_seconds() / 60) for line in case.log]
    assert minutes[:3] == [("reported", 0), ("filed", 0), ("dispatched", 0)]
    assert [minute for what, minute in minutes if what == "accepted"] == [2, 3, 4, 4.5]
    assert [minute for what, minute in minutes if what == "milestone_reached"] == [14, 19]
    assert minutes[-1] == ("called_back", 180)
    assert {turn.unit for turn in case.assignments if turn.outcome == "done"} == {one.unit for one in UNITS}
    assert (case.rating, case.late_since, case["counts"]["reports"]) == (5, None, 2)
    assert "reminded" in case.lines  # a minute before the place had to be sealed off
    assert "escalated" not in case.lines
    day = {"reported_from": "2026-03-01", "reported_to": "2026-03-01"}
    counted = {row["milestone"]: (row["now"], row["of"]) for row in lead.figures(**day)["milestones"]}
    assert counted == {"evacuated": (1, 1), "sealed": (1, 1)}
    assert [one.id for one in lead.cases(milestone="sealed", kept=True, **day)] == [told.case]
