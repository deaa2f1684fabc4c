"""The cameras: live pictures only while they can be seen, and what is down marked clearly."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, shoot
from tests.browser.pictures import jpeg, street
from tests.browser.pretend_gateway import PretendGateway
from tests.browser.said import LANGUAGES, said
from tests.e2e.stand import Stand, wait_for
from tests.e2e.stored import Stored

from sharp_eyes.contract.status import CameraState, LooksState

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def cameras(gateway: PretendGateway, stand: Stand) -> None:
    stored = Stored(stand.hub.data)

    def are_online() -> bool:
        """Beats again and again, as a gateway does: on a busy machine a heartbeat may overtake the birth."""
        gateway.heartbeat(
            gateway.health("east-gate", CameraState.ONLINE),
            gateway.health("west-lane", CameraState.ONLINE, "keyframes every 4.0 s: looks at fewer frames"),
            gateway.health("north-stairs", CameraState.ONLINE),
        )
        states = [row[0] for row in stored.rows("SELECT state FROM camera")]
        return states == ["online"] * 3

    wait_for("the cameras to be online", are_online)
    stored.close()
    for camera in ("east-gate", "west-lane"):
        gateway.snapshot(camera, jpeg(street(car=camera == "west-lane", label=camera), 640))


@pytest.mark.parametrize("width", [1440, 390])
def test_a_camera_that_goes_down_is_marked_at_once(gateway: PretendGateway, open_page: OpenPage, width: int) -> None:
    """With the state in words, since when and why, and counted in the header; it stands first."""
    page = open_page("lead", width=width, path="/cameras")
    east = page.locator("[data-camera=east-gate]")
    expect(east.locator("img")).to_be_visible()
    expect(east).to_contain_text("在线")
    expect(east).to_contain_text("25.0 帧/秒")
    expect(page.get_by_text("全部在线")).to_be_visible()
    gateway.send(gateway.health("east-gate", CameraState.LOST, "connection refused by 192.0.2.7"))
    expect(east).to_contain_text("离线")
    expect(east).to_contain_text("自 ")
    expect(east).to_contain_text("connection refused by 192.0.2.7")
    expect(page.locator("[data-camera]").first).to_have_attribute("data-camera", "east-gate")
    expect(page.locator(".nav__count--down")).to_have_text("1")
    page.locator("[data-camera=west-lane] summary").click()
    expect(page.locator("[data-camera=west-lane]")).to_contain_text("未到间隔 28000")
    shoot(page, f"cameras-{width}-zh", whole=True)
    gateway.send(gateway.health("east-gate", CameraState.ONLINE))
    expect(page.get_by_text("全部在线")).to_be_visible()


def test_a_gateway_that_does_not_keep_up_is_marked(gateway: PretendGateway, open_page: OpenPage) -> None:
    """Its strip says by how many seconds looks come late, and why; so does the camera's card."""
    page = open_page("lead", language="en-GB", path="/cameras")
    late = gateway.health("east-gate", CameraState.ONLINE).model_copy(update={"late": 40, "lateness": 6.2})
    gateway.heartbeat(late, looks=LooksState(late=40, lateness=6.2, busy=1.0))
    expect(page.get_by_text("Looks up to 6 s late")).to_have_attribute(
        "title", "Overloaded: detector busy 100% of the time, 40 late looks"
    )
    page.reload()
    expect(page.locator("[data-camera=east-gate]")).to_contain_text("6 s late")


def test_a_live_picture_follows_the_camera(gateway: PretendGateway, open_page: OpenPage) -> None:
    """A new snapshot shows within some seconds, without a reload."""
    page = open_page("lead", language="en-GB", path="/cameras")
    picture = page.locator("[data-camera=east-gate] img")
    expect(picture).to_be_visible()
    first = picture.get_attribute("src")
    gateway.snapshot("east-gate", jpeg(street(car=True, label="later"), 640))
    expect(picture).not_to_have_attribute("src", first or "", timeout=60_000)
    shoot(page, "cameras-1440-en")


def test_pictures_that_cannot_be_seen_are_not_asked_for(open_page: OpenPage) -> None:
    """On a low screen the cards further down stay silent until they are scrolled to."""
    page = open_page("lead", width=390, path="/cameras")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "snapshot" in request.url else None)
    page.set_viewport_size({"width": 390, "height": 300})
    expect(page.locator("[data-camera]")).to_have_count(3)
    page.evaluate("scrollTo(0, 0)")
    last = page.locator("[data-camera]").last.get_attribute("data-camera")
    assert falls_silent(page, asked, f"/{last}/")
    page.goto(page.url.replace("/cameras", "/"))
    assert falls_silent(page, asked, "snapshot")


def falls_silent(page: Page, asked: list[str], words: str) -> bool:
    """Whether there come four seconds, longer than the pace of pictures, in which no such address is asked for."""
    for _ in range(10):
        asked.clear()
        page.wait_for_timeout(4000)
        if not any(words in url for url in asked):
            return True
    return False


@pytest.mark.parametrize("language", LANGUAGES)
def test_cameras_are_found_and_an_away_gateway_is_one_statement(
    gateway: PretendGateway, open_page: OpenPage, language: str
) -> None:
    """By words, fault and scene; what stands behind a gateway that is away is folded up under one line."""
    page = open_page("lead", language=language, path="/cameras")
    cards = page.locator("[data-camera]")
    page.fill("[name=camera-words]", "gate-1 西巷")
    expect(cards).to_have_count(1)
    page.fill("[name=camera-words]", "no such")
    expect(page.get_by_text(said("cameras.noMatch", language))).to_be_visible()
    page.get_by_role("button", name=said("filter.reset", language)).click()
    page.select_option("[name=camera-scene]", "ebike_stairwell")
    expect(cards).to_have_count(1)
    page.select_option("[name=camera-scene]", "")
    gateway.send(gateway.health("east-gate", CameraState.LOST, "no answer"))
    page.click("[data-health=faults]")
    expect(cards).to_have_count(2)  # the other's keyframes are too rare
    expect(cards.first).to_have_attribute("data-camera", "east-gate")
    gateway.send(gateway.health("east-gate", CameraState.ONLINE))
    page.click("[data-health=all]")
    shoot(page, f"cameras-filters-{language}")
    gateway.leave()
    away = page.locator("[data-away=gate-1]")
    line = page.locator("[data-away=gate-1] > summary")
    expect(line).to_contain_text(said("gateways.away", language, gateway="gate-1", n=3))
    expect(page.locator("[data-camera]:visible")).to_have_count(0)
    shoot(page, f"cameras-away-{language}")
    line.click()
    expect(page.locator("[data-camera]:visible")).to_have_count(3)
    gateway.come_back()
    expect(away).to_have_count(0)
