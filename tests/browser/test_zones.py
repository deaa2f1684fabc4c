"""A real gateway's cameras by the page: zones drawn, sent and taken back; an administrator's day with a new one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from scripts.onvif_camera import Stream, VirtualCamera
from tests.browser import administrators_day as admin
from tests.browser.conftest import OpenPage, add_people, go_to, shoot
from tests.browser.said import LANGUAGES, said
from tests.e2e.killable import ROOT
from tests.e2e.stand import Stand, wait_for
from tests.edge.snap.clips import RtspCamera, cut
from tests.ports import free_port

CORNER = {"id": "corner", "polygon": [[0.02, 0.9], [0.1, 0.9], [0.1, 0.98], [0.02, 0.98]]}
PAVEMENT = [(0.2, 0.35), (0.56, 0.35), (0.56, 0.95)]
"""On which people walk all the time; the last corner is set by the keyboard."""
ZONES = "/cameras/zone-gate/street/zones"


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stand]:
    """With an administrator, and a gateway that takes settings from the hub."""
    made = Stand(tmp_path_factory.mktemp("hub"))
    add_people(made)
    made.hub.start()
    made.hub.wait_until_healthy()
    password = made.add_gateway("zone-gate", "demo/first-street")
    clip = made.folder / "pavement.mp4"
    cut(ROOT / "media/street.mp4", clip)
    source = {"kind": "file", "path": str(clip), "loop": True}
    scenes = [{"scene": "perimeter_intrusion", "dwell": 600, "look_interval": 0.5, "zones": [CORNER]}]
    camera = {"id": "street", "name": "东门路口", "area": "demo/first-street/east", "source": source, "scenes": scenes}
    more = {
        "cameras_from_hub": {"allowed": True, "interfaces": ["127.0.0.1"]},
        "look_back": {"minutes": 1, "reserve_bytes": 0},
    }
    made.gateway_settings |= more
    made.start_gateway("zone-gate", password, [camera], "hub")
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(stand: Stand) -> Iterator[httpx.Client]:
    made = stand.client("admin")
    wait_for("the camera's settings", lambda: made.get(f"/api{ZONES.replace('zones', 'settings')}").is_success)
    yield made
    made.close()


def settings(client: httpx.Client) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/api{ZONES.replace('zones', 'settings')}").json()
    return answer


def click_at(stage: Locator, x: float, y: float) -> None:
    box = stage.bounding_box()
    assert box is not None
    stage.click(position={"x": x * box["width"], "y": y * box["height"]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_zone_is_drawn_sent_and_sees_an_event(client: httpx.Client, open_page: OpenPage, language: str) -> None:
    """What is wrong is said at its place; what the gateway refuses holds nothing up; every version can come back."""
    day = Day(client, language, *as_in_the_file(client))
    page = open_page("admin", path="/cameras", language=language)
    page.get_by_role("link", name=day.said("zones.open"), exact=True).click()
    page.wait_for_url(f"**{ZONES}")
    expect(page.locator("[data-shape]")).to_have_count(1)
    if day.before == 0:  # once is enough
        page.get_by_role("button", name=day.said("zones.live"), exact=True).click()
        expect(page.locator('.editor [data-live="playing"] video')).to_be_visible()
    draw(page)
    expect(page.locator("[data-shape]")).to_have_count(2)
    mistakes_are_said(page, day)
    page.locator('[data-field="scenes.0.dwell"] input').fill("1")
    page.locator("input[name=why]").fill("人行道")
    expect(page.get_by_text(day.said("zones.changed", n=2))).to_be_visible()
    shoot(page, f"zones-{language}")
    page.get_by_role("button", name=day.said("trial.begin"), exact=True).click()
    expect(page.locator('[data-trial="done"]')).to_contain_text(day.said("trial.count", n=1))
    expect(page.locator("[data-trial] > .trial__alarms img")).to_have_count(1)
    shoot(page, f"zones-tried-{language}")
    page.get_by_role("button", name=day.said("zones.send")).click()
    expect(page.get_by_text(day.said("zones.taken", version=day.first))).to_be_visible()
    zone = settings(client)["settings"]["scenes"][0]["zones"][1]
    assert (zone["id"], zone["name"], len(zone["polygon"])) == (day.zone, "巷口", 4)
    assert zone["polygon"][3] == pytest.approx([0.56 - 300 / 1280, 0.95 - 1 / 720], abs=0.002)
    case = wait_for("an event in the new zone", lambda: case_in(client, day.zone))
    is_refused(page, day)
    comes_back(page, day)
    if day.before == 0:
        a_past_alarm_is_tried(page, day, case)
    page.goto(page.url.split(ZONES)[0] + "/")
    expect(page.locator(".row").first).to_be_visible()
    page.goto(f"{page.url}cases/{case}")
    expect(page.locator("dd", has_text="巷口").first).to_be_visible()


@dataclass(frozen=True)
class Day:
    """One walk in a language; ``before`` is the newest version, and ``zone`` what is drawn."""

    client: httpx.Client
    language: str
    before: int
    zone: str

    @property
    def first(self) -> int:
        return self.before + 1

    def said(self, key: str, **values: object) -> str:
        return said(key, self.language, **values)


def as_in_the_file(client: httpx.Client) -> tuple[int, str]:
    """Settings as the gateway's file has them, whatever was walked before; the newest version, a zone's free name."""
    changes = settings(client)["changes"]
    if changes:
        path = f"/api{ZONES.replace('zones', 'settings')}/revert"
        assert client.post(path, json={"version": 0, "why": "再来", "base_version": changes[0]["version"]}).is_success
        wait_for("the file's", lambda: len(settings(client)["settings"]["scenes"][0]["zones"]) == 1)
    newest = max((change["version"] for change in settings(client)["changes"]), default=0)
    return newest, f"zone-{newest + 1}"


def draw(page: Page) -> None:
    stage = page.get_by_role("application")
    page.locator('[data-tool="scenes.0.zones"]').click()
    for x, y in PAVEMENT:
        click_at(stage, x, y)
    for key in (*["Shift+ArrowLeft"] * 30, "ArrowUp", "Space", "Enter"):
        page.keyboard.press(key)


def mistakes_are_said(page: Page, day: Day) -> None:
    """Crossing edges, on the picture and beside it, until they are undone; an identifier that is taken."""
    stage = page.get_by_role("application")
    stage.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    for _ in range(60):
        page.keyboard.press("Shift+ArrowDown")
    crosses = page.get_by_text(day.said("zones.wrong.crosses"))
    expect(crosses.first).to_be_visible()
    expect(page.get_by_role("button", name=day.said("zones.send"))).to_be_disabled()
    shoot(page, f"zones-crossing-{day.language}")
    page.keyboard.press("Control+z")  # one gesture, one step
    expect(crosses).to_have_count(0)
    identity = page.locator('[data-field="scenes.0.zones.1.id"] input')
    identity.fill("corner")
    expect(page.get_by_text(day.said("zones.wrong.twice", id="corner")).first).to_be_visible()
    identity.fill(day.zone)
    page.locator('[data-field="scenes.0.zones.1.name"] input').fill("巷口")


def case_in(client: httpx.Client, zone: str) -> int | None:
    items = client.get("/api/cases").json()["items"]
    return next((int(case["id"]) for case in items if case["zone"] == zone), None)


def is_refused(page: Page, day: Day) -> None:
    """By the gateway, for what only it can know; the page says it in the reader's words, and what held before holds."""
    page.get_by_text(day.said("zones.ofAll")).click()
    page.locator('[data-field="scenes.0.classes"] input').fill("unicorn")
    page.locator('[data-field="scenes.0.classes"] input').press("Tab")
    page.get_by_role("button", name=day.said("zones.send")).click()
    expect(page.get_by_text(day.said("zones.refused", version=day.first + 1))).to_be_visible()
    why = {"zh-CN": "模型不认识 unicorn", "en-GB": "the model does not know unicorn"}[day.language]
    expect(page.get_by_text(why).first).to_be_visible()
    shoot(page, f"zones-refused-{day.language}")
    page.get_by_role("button", name=day.said("zones.discard")).click()


def comes_back(page: Page, day: Day) -> None:
    """To the gateway's file and again to the first version; each says why, and what it changed."""
    page.get_by_role("button", name=day.said("zones.part.history"), exact=True).click()
    first = page.locator(f'[data-version="{day.first}"]')
    for words in (day.said("zones.holds"), "admin", "人行道"):
        expect(first).to_contain_text(words)
    for version, made in ((0, day.first + 2), (day.first, day.first + 3)):
        row = page.locator(f'[data-version="{version}"]')
        row.get_by_role("button", name=day.said("zones.revert")).click()
        row.get_by_label(day.said("zones.revertWhy")).fill("试一试")
        row.get_by_role("button", name=day.said("zones.revertSend", version=version)).click()
        expect(page.locator(f'[data-version="{made}"]')).to_contain_text(day.said("zones.holds"))
        shoot(page, f"zones-versions-{day.language}")
    assert len(settings(day.client)["settings"]["scenes"][0]["zones"]) == 2


def a_past_alarm_is_tried(page: Page, day: Day, case: int) -> None:
    """One that was raised a moment ago would be again, but not where people may stay for longer."""
    page.get_by_role("button", name=day.said("zones.part.edit"), exact=True).click()
    past = page.locator("[data-past-trial]")
    for dwell, fate in (("2", "raised"), ("600", "quiet")):
        page.locator('[data-field="scenes.0.dwell"] input').fill(dwell)
        page.get_by_role("button", name=day.said("trial.begin"), exact=True).click()
        alarm = past.locator(f"[data-fate={fate}]", has=page.locator(f"a[href$='/cases/{case}']")).first
        expect(alarm).to_contain_text("巷口")
        alarm.scroll_into_view_if_needed()
        expect(alarm.locator(".picture__box")).to_be_visible()
        shoot(page, f"zones-past-{fate}-{day.language}")


def test_the_editor_is_for_administrators_and_can_be_looked_at_on_a_phone(
    stand: Stand, client: httpx.Client, open_page: OpenPage
) -> None:
    """In English; nothing is wider than the screen. So can what the gateway says of its models."""
    assert client.get("/api/scene-settings").json()["scenes"].keys() >= {"illegal_parking", "smoke"}
    page = open_page("admin", width=390, language="en-GB", path=ZONES)
    page.locator("[data-shape]").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "zones-narrow", whole=True)
    page.goto(page.url.replace(ZONES, "/admin/models"))
    model = page.locator(".row").first
    model.locator("button").first.click()
    for words in ("Finds objects", "AGPL-3.0-or-later", "zone-gate", "File "):
        expect(model).to_contain_text(words)
    expect(model).not_to_contain_text(said("models.untold", "en-GB"))
    expect(model.locator("a[href*='scene=perimeter_intrusion']")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "zones-models", whole=True)


@pytest.fixture(params=admin.DAYS, ids=lambda day: day.language)
def day(request: pytest.FixtureRequest) -> admin.Day:
    found: admin.Day = request.param
    return found


@pytest.fixture
def street(stand: Stand, client: httpx.Client, day: admin.Day) -> Iterator[VirtualCamera]:
    """A camera on the network that speaks ONVIF; its clock is an hour behind."""
    pytest.importorskip("onveef", reason="the extra 'onvif' is not installed")
    assert client.is_closed is False
    with RtspCamera(stand.folder / "pavement.mp4", free_port()) as rtsp:
        streams = [Stream("main", rtsp.url, 768, 432)]
        with VirtualCamera(
            streams, username="viewer", password=admin.SECRET, clock_offset=-4000, name=day.calls_itself
        ) as camera:
            yield camera


def test_an_administrators_day(
    stand: Stand, client: httpx.Client, open_page: OpenPage, street: VirtualCamera, day: admin.Day
) -> None:
    """An area, a camera in it and a person for it; what the person sees, and what the audit trail says of it all."""
    page = admin.begin(open_page, day)
    admin.an_area_is_drawn(page, day)
    admin.a_camera_is_found_and_added(page, day, street.url)
    holding = [
        file for file in stand.folder.rglob("*") if file.is_file() and admin.SECRET.encode() in file.read_bytes()
    ]
    others = {f"{other.camera}.password" for other in admin.DAYS if other is not day}  # of a day that broke off
    assert {file.name for file in holding} - others == {f"{day.camera}.password"}
    admin.it_is_put_on_the_map(page, day, client)
    password = admin.a_person_is_added(page, day)
    admin.they_are_on_duty(page, day)
    admin.they_see_what_is_theirs(open_page, day, password)
    its_zone_is_tried_on_its_last_minute(page, day)
    admin.the_trail_says_who(page, day)
    admin.it_is_removed(page, day, client)


def its_zone_is_tried_on_its_last_minute(page: Page, day: admin.Day) -> None:
    """A scene is added and its zone drawn, and tried on what the gateway has kept since; then it is sent."""
    go_to(page, day.said("nav.cameras"))
    page.locator(f"[data-camera={day.camera}]").get_by_role("link", name=day.said("zones.open"), exact=True).click()
    page.select_option("select.side__add", "perimeter_intrusion")
    draw(page)
    page.locator('[data-field="scenes.0.dwell"] input').fill("1")
    report = page.locator("[data-trial]")
    some = re.compile(day.said("trial.count", n=r"\d+").removesuffix("s"))

    def alarms() -> bool:
        page.get_by_role("button", name=day.said("trial.beginKept", n=1)).click()
        report.wait_for(timeout=400_000)  # it rests as long as it works, on a machine that may be busy
        return report.get_by_text(some).count() > 0

    wait_for("enough of the last minute", alarms, 60)
    expect(report.locator("img").first).to_be_visible()
    day.sees(page, "zone-tried")
    page.get_by_role("button", name=day.said("zones.send")).click()
    expect(page.locator(".send__taken")).to_be_visible()
