"""A resident's report: one script, from the public page to the stars, read in XML as well."""

from datetime import UTC, datetime

from tests.hub.bench import Bench
from tests.hub.stories.stage import play
from tests.hub.test_open311 import resident, xml

from sharp_eyes.hub.demo.stories.cast import SHIFT_LEAD
from sharp_eyes.hub.demo.stories.resident import CONTACT, ROOT, STARS, STORY
from sharp_eyes.hub.demo.stories.story import Play, Step

SEVEN = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
"""In the evening, in the city."""


def test_the_day_of_a_resident(district: Bench) -> None:
    """Reported twice and one case, sent to two units, done, read as closed, and rated by who told of it alone."""
    district.clock.time = SEVEN

    def looks(told: Play, step: Step) -> None:
        if step is STORY.steps[1]:
            (seen,) = xml(resident(district).get(f"{ROOT}/requests/{told.kept['number']}.xml"))
            assert seen.findtext("status") == "open"
            assert seen.findtext("expected_datetime") == "2026-03-02T23:00:00+08:00"

    told = play(district, STORY, looks)
    lead = told.stage.client(SHIFT_LEAD)
    case = lead.case(told.case)
    assert (case["counts"]["reports"], case.number) == (2, told.kept["number"])
    assert "escalated" not in case.lines
    assert CONTACT["phone"] not in case.model_dump_json()
    day = {"reported_from": "2026-03-02", "reported_to": "2026-03-02"}
    figures = lead.figures(**day)
    assert {one["source"]: one["now"] for one in figures["sources"] if one["now"]} == {"resident": 2}
    assert case.rating == STARS
