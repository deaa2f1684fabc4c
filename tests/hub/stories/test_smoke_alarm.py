"""A smoke alarm in a lone elder's home: one script, from the alarm to the closed case, with the calls' minutes."""

from datetime import UTC, datetime, timedelta

from tests.hub.bench import Bench
from tests.hub.stories.stage import play

from sharp_eyes.hub.demo.registers import ELDER
from sharp_eyes.hub.demo.stories.cast import SHIFT_LEAD
from sharp_eyes.hub.demo.stories.smoke_alarm import STORY
from sharp_eyes.hub.demo.stories.story import Play, Step
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.roles import Role

TEN_PAST_TWO = datetime(2026, 2, 28, 18, 10, tzinfo=UTC)


def test_the_night_of_a_smoke_alarm(district: Bench) -> None:
    """The nearest on duty is called, then the next, also by another hub; somebody goes, and it is closed."""
    district.clock.time = TEN_PAST_TWO

    def dies(_play: Play, step: Step) -> None:
        """Killed between two calls: another hub goes on with what the database holds."""
        if step is STORY.steps[0]:
            district.hub.stop()
            district.hub = district.app.state.hub = Hub(district.hub.settings, district.clock, district.clock.monotonic)
            district.hub.prepare()

    told = play(district, STORY, dies)
    case = told.stage.client(SHIFT_LEAD).case(told.case)
    assert [(line.what, line["data"].get("person", line["actor_kind"])) for line in case.log] == [
        ("reported", "person"),
        ("filed", "rule"),
        ("dispatched", "rule"),
        ("called", "demo-grid-east"),
        ("call_unanswered", "demo-grid-east"),
        ("called", "demo-grid-east-2"),
        ("report_joined", "person"),
        ("accepted", "demo-grid-east-2"),
        ("accepted", "person"),
        ("arrived", "person"),
        ("device_cleared", "person"),
        ("handled", "person"),
        ("handled", "person"),
        ("passed", "person"),
        ("closed", "person"),
    ]
    calls = [(line.at - TEN_PAST_TWO, line["data"]["metres"]) for line in case.log if line.what == "called"]
    assert calls == [(timedelta(0), 100), (timedelta(minutes=1), 400)]
    trail = district.client(Role.ADMINISTRATOR).get("/api/audit", params={"action": "household_contacts_seen"}).json()
    assert [one["actor"] for one in trail["items"]] == ["demo-grid-east-2"]
    assert ELDER.contact.phone not in case.model_dump_json()
