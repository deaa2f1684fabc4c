"""An inspection: one script, from the walk to the closed cases, with reminders, reworks and figures."""

from tests.hub.bench import Bench
from tests.hub.stories.stage import play

from sharp_eyes.hub.demo.stories.acts import told_of
from sharp_eyes.hub.demo.stories.cast import GRID_WORKER, SHIFT_LEAD
from sharp_eyes.hub.demo.stories.inspection import FIRE, PROPERTY, STORY
from sharp_eyes.hub.demo.stories.story import Play, Step


def test_the_day_of_an_inspection(district: Bench) -> None:
    """Two items fail: two cases with their limits, one of them listed until its re-check passes the second time."""

    def looks(told: Play, step: Step) -> None:
        if step is STORY.steps[1]:
            seen = told.stage.client(SHIFT_LEAD).case(told.case)["inspection"]
            assert seen["premises_name"].startswith("柳桥酒店")
            assert seen["item"]["zh"].startswith("每层安全")
            assert "GB 55037" in seen["basis"]["zh"]
            fire = told.stage.client(FIRE)
            assert fire.evidence(fire.tasks()[0].case["picture_id"])  # the photo of the item
            assert fire.request("GET", "/api/listed-hazards")[0]["case"] == told.case
        if step is STORY.steps[3]:
            assert "reminded" in told_of(told, FIRE, told.case)
            assert "reminded" not in told_of(told, PROPERTY, told.kept["minor"])

    told = play(district, STORY, looks)
    lead = told.stage.client(SHIFT_LEAD)
    major = lead.case(told.case)
    assert (major["counts"]["reworks"], major.late_since, major.lines.count("listed")) == (1, None, 1)
    by_worker = {one["moment"] for one in major["evidence"] if one["by"] == "grid_worker of the shift"}
    assert by_worker == {"reported", "after"}
    day = {"reported_from": "2026-03-01", "reported_to": "2026-03-01"}
    sources = lead.figures(**day)["sources"]
    assert {one["source"]: one["now"] for one in sources if one["now"]} == {"inspection": 2}
    worker = told.stage.client(GRID_WORKER)
    past = worker.request("GET", f"/api/premises/{told.kept['premises']}")["inspections"]
    assert [(one["recheck"], one["failed"]) for one in past] == [(True, 0), (True, 1), (False, 2)]
