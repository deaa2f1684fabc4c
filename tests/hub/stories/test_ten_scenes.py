"""A street's ten scenes: one script, from the cameras' alarms to ten closed cases and their figures."""

from collections import Counter

from tests.hub.bench import Bench
from tests.hub.stories.stage import play

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.demo.stories.cast import SHIFT_LEAD
from sharp_eyes.hub.demo.stories.ten_scenes import SCENES, STORY


def test_the_day_of_ten_scenes(district: Bench) -> None:
    """Each told by its grade, dispatched, handled with a photo, looked at again, and closed; one was late."""
    told = play(district, STORY)
    assert {one.scene for one in SCENES} == set(SceneName)
    lead = told.stage.client(SHIFT_LEAD)
    day = {"reported_from": "2026-03-01", "reported_to": "2026-03-01"}
    figures = lead.figures(**day)
    assert {row["state"]: row["now"] for row in figures["states"] if row["now"]} == {"closed": 10}
    assert {row["source"]: row["now"] for row in figures["sources"] if row["now"]} == {"camera": 10}
    grades = Counter(one.grade.value for one in SCENES)
    assert {row["grade"]: row["now"] for row in figures["grades"]} == dict(grades)
    # The district gives the property two minutes there, so that somebody who looks on sees a case climb the ladder.
    assert [one.scene for one in lead.cases(late=True, **day)] == ["fire_lane_blocked"]
    assert figures["late"]["now"] == 1
