"""The car drove away while a unit had the case: the page proposes what the pack says, and one click does it."""

from collections.abc import Iterator

import pytest
import yaml
from playwright.sync_api import Browser, expect
from tests.browser.conftest import OpenPage, add_people, shoot
from tests.browser.pretend_gateway import PretendGateway, now
from tests.e2e.stand import Stand
from tests.hub.test_drafts import GONE, TEXT, pack

from sharp_eyes.contract.event import Phase, SceneEvent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stand]:
    """A hub whose city pack drafts the end of parking cases."""
    folder = tmp_path_factory.mktemp("hub")
    city = folder / "own-city.yaml"
    city.write_text(yaml.safe_dump(pack(illegal_parking=GONE), allow_unicode=True), encoding="utf-8")
    made = Stand(folder, city=str(city))
    add_people(made)
    made.hub.start()
    made.hub.wait_until_healthy()
    yield made
    made.close()


def drives_away(gateway: PretendGateway, event: SceneEvent) -> None:
    """The camera sees nothing more."""
    gateway.send(event.model_copy(update={"sequence": 1, "phase": Phase.CLOSED, "ended_at": now()}))


def test_one_click_closes_what_drove_away_and_another_alarm_takes_the_proposal_back(
    gateway: PretendGateway, open_page: OpenPage
) -> None:
    """The lead sees it come, go with the next alarm, come again, and confirms; the dispatcher may only look at it."""
    first = gateway.event("east-gate")
    gateway.send(first)
    page = open_page("lead", path="/cases/1")
    draft = page.locator("[data-draft]")
    expect(page.locator(".log")).to_be_visible()
    expect(draft).to_have_count(0)
    drives_away(gateway, first)
    expect(draft).to_contain_text(TEXT["zh"])
    expect(draft).to_contain_text("强制结案")
    shoot(page, "draft-lead")

    again = gateway.event("east-gate").model_copy(update={"zone": first.zone})
    gateway.send(again)
    expect(draft).to_have_count(0)
    drives_away(gateway, again)
    expect(draft).to_be_visible()

    other = open_page("dispatcher", language="en-GB", path="/cases/1", width=390)
    expect(other.locator("[data-draft]")).to_contain_text(TEXT["en"])
    expect(other.locator("[data-draft] button")).to_have_count(0)
    shoot(other, "draft-phone")

    page.click("[data-draft-confirm]")
    expect(draft).to_have_count(0)
    expect(page.locator(".log")).to_contain_text(TEXT["zh"])
    expect(page.locator(".headline")).to_contain_text("已结案")
    expect(other.locator("[data-draft]")).to_have_count(0)


def test_a_proposal_is_declined_with_one_click(gateway: PretendGateway, open_page: OpenPage) -> None:
    """The case goes on, and the log says who declined."""
    event = gateway.event("east-gate").model_copy(update={"zone": "declined"})
    gateway.send(event)
    drives_away(gateway, event)
    page = open_page("lead", path="/cases/2", language="en-GB")
    page.click("[data-draft-decline]")
    expect(page.locator("[data-draft]")).to_have_count(0)
    expect(page.locator(".log")).to_contain_text("Declined the proposal")
    expect(page.locator(".headline")).to_contain_text("Dispatched")
