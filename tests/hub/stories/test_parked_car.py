"""A parked car, from the grid worker's phone to the closed case and the figures."""

from tests.hub.bench import Bench
from tests.hub.stories.stage import play

from sharp_eyes.hub.demo.stories.cast import SHIFT_LEAD
from sharp_eyes.hub.demo.stories.parked_car import STORY
from sharp_eyes.hub.lifecycle.roles import Role


def test_the_day_of_a_parked_car(district: Bench) -> None:
    """A grid worker sees it, the traffic police are sent, a photo comes back, and it is closed."""
    told = play(district, STORY)
    lead = told.stage.client(SHIFT_LEAD)
    day = {"reported_from": "2026-03-01", "reported_to": "2026-03-01"}
    figures = lead.request("GET", "/api/figures", params=day)
    assert {one["source"]: one["now"] for one in figures["sources"] if one["now"]} == {"grid_worker": 1}
    assert [one.id for one in lead.cases(source="grid_worker", **day)] == [told.case]
    rows = district.client(Role.SHIFT_LEAD).get("/api/figures/cases.csv", params=day | {"language": "en"}).text
    assert "Parked car" in rows
