"""An administrator's day, step by step and by clicks alone: what is made in either language, and where it is seen."""

import re
from dataclasses import dataclass

import httpx
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, go_to, place_in_header, shoot, sign_in
from tests.browser.said import said, speaks
from tests.e2e.stand import PASSWORD, wait_for

GATEWAY = "zone-gate"
SECRET = "p#s/s@%41 密码"
BELOW = "demo/first-street"
NAMES = (
    "unicorn",
    "West",
    "Gate",
    "Virtual",
    "Sharp",
    "Eyes",
    "onvif",
    "http",
    "onnxruntime",
    "NTP",
    "viewer",
    "street",
)
"""What stands on its pages and is the name of something."""


@dataclass(frozen=True)
class Day:
    """One day in a language, and what is added in it."""

    language: str
    part: str
    area: tuple[str, str]
    calls_itself: str
    camera: str
    name: str
    person: str
    called: str

    def said(self, key: str, **values: object) -> str:
        """The words of a key in the day's language."""
        return said(key, self.language, **values)

    @property
    def area_name(self) -> str:
        """The area's name as it is read."""
        return self.area[0 if self.language == "zh-CN" else 1]

    def sees(self, page: Page, name: str) -> None:
        """Look at the page: it speaks one language, and a picture of it is kept."""
        speaks(page, self.language, *NAMES, *self.area[1].split(), self.person)
        shoot(page, f"admin-day-{name}-{self.language}")


DAYS = (
    Day("zh-CN", "new-court", ("新苑社区", "New Court"), "West%20Gate", "west-gate", "西门", "xin", "新队员"),
    Day("en-GB", "old-court", ("老苑社区", "Old Court"), "South%20Gate", "south-gate", "South gate", "nora", "Nora"),
)


def begin(open_page: OpenPage, day: Day) -> Page:
    """Sign in by the form, and go to the administration."""
    page = open_page(None, language=day.language)
    sign_in(page, "admin")
    go_to(page, day.said("nav.admin"))
    return page


def to_part(page: Page, day: Day, part: str) -> None:
    """Open one part of the administration, from wherever one is."""
    if "/admin" not in page.url:
        go_to(page, day.said("nav.admin"))
    page.get_by_role("link", name=day.said(f"admin.{part}"), exact=True).click()
    expect(page.get_by_role("heading", name=day.said(f"admin.{part}"), exact=True)).to_be_visible()


def an_area_is_drawn(page: Page, day: Day) -> None:
    """Below another, with an outline by clicks on the map."""
    to_part(page, day, "areas")
    page.locator("[data-row='demo.first-street'] button").first.click()
    page.click("[data-act=add-below]")
    page.fill("input[name=name-zh]", day.area[0])
    page.fill("input[name=name-en]", day.area[1])
    expect(page.locator("input[name=part]")).to_have_value(day.part)
    page.locator("dialog button[type=submit]").click()
    area = page.locator(f"[data-row='demo.first-street.{day.part}']")
    bare = area.get_by_text(day.said("areas.noOutline"))
    expect(bare).to_be_visible()
    area.locator("button").first.click()
    area.locator("[data-act=outline]").click()
    expect(page.locator("[data-outline=drawn]")).to_be_visible()
    box = page.locator(".outline__map").bounding_box()
    assert box is not None
    for number, (across, down) in enumerate([(40, 40), (60, 40), (60, 60), (40, 60)], 1):
        page.mouse.click(box["x"] + box["width"] * across / 100, box["y"] + box["height"] * down / 100)
        expect(page.locator(".outline-corner")).to_have_count(number)
    page.get_by_role("button", name=day.said("outline.close")).click()
    day.sees(page, "outline")
    page.get_by_role("button", name=day.said("admin.save"), exact=True).click()
    expect(bare).to_have_count(0)


def a_camera_is_found_and_added(page: Page, day: Day, address: str) -> None:
    """By its gateway, on its own network; a wrong password is said, the right one is sealed, and the picture comes."""
    to_part(page, day, "gateways")
    page.get_by_role("button", name=GATEWAY).click()
    page.locator('[data-act="add-camera"]').click()
    expect(page.get_by_role("status").filter(has_text=day.said("setup.looking"))).to_be_visible()
    found = page.locator(f'[data-address="{address}"]')
    expect(found).to_contain_text(day.calls_itself.replace("%20", " "))
    expect(page.get_by_text(day.said("setup.found", n=1))).to_be_visible()
    day.sees(page, "camera-found")
    found.click()
    page.locator("input[name=username]").fill("viewer")
    page.locator("input[name=password]").fill("wrong")
    page.locator("input[name=name]").fill(day.name)
    page.select_option("dialog select[name=area]", f"{BELOW}/{day.part}")
    add = page.get_by_role("button", name=day.said("setup.add"))
    add.click()
    expect(page.locator('[data-problem="login"]')).to_contain_text(day.said("setup.problem.login"))
    day.sees(page, "camera-refused")
    page.locator("input[name=password]").fill(SECRET)
    page.locator("input[name=why]").fill("新装")
    add.click()
    expect(page.get_by_text(day.said("setup.added", camera=day.camera))).to_be_visible()
    expect(page.get_by_role("img", name=day.name)).to_be_visible()
    clock = day.said("setup.clock", time="1:06:").partition("1:06:")
    expect(page.get_by_text(clock[0] + clock[1])).to_be_visible()
    day.sees(page, "camera-added")
    page.get_by_role("button", name=day.said("admin.done"), exact=True).click()


def it_is_put_on_the_map(page: Page, day: Day, client: httpx.Client) -> None:
    """Dragged to where it stands; its gateway takes the place."""
    go_to(page, day.said("nav.map"))
    expect(page.locator("[data-map=drawn]")).to_be_visible()
    page.locator("[data-part=cameras]").click()
    expect(page.get_by_text(day.said("map.unplacedCameras"))).to_be_visible()
    page.locator(f".found [data-camera={day.camera}]").click()
    page.get_by_role("button", name=day.said("map.place"), exact=True).click()
    pin = page.locator(".map-pin")
    at = pin.bounding_box()
    east = page.locator("input[name=longitude]")
    before = float(east.input_value())
    assert at is not None
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(at["x"] + 60, at["y"] + 30, steps=5)
    page.mouse.up()
    expect(east).not_to_have_value(str(before))
    assert float(east.input_value()) > before
    day.sees(page, "camera-placed")
    page.get_by_role("button", name=day.said("map.placeSave")).click()
    expect(page.get_by_text(day.said("map.placeSent"))).to_be_visible()

    def stands() -> bool:
        rows = client.get("/api/cameras").json()
        return any(row["camera"] == day.camera and row["longitude"] is not None for row in rows)

    wait_for("the place", stands)


def a_person_is_added(page: Page, day: Day) -> str:
    """With a role, a unit and the new area; gives the password that is shown once."""
    to_part(page, day, "people")
    page.click("[data-act=add]")
    page.fill("input[name=new-username]", day.person)
    page.fill("input[name=display-name]", day.called)
    page.select_option("select[name=role]", label=day.said("role.handler"))
    page.select_option("select[name=unit]", "traffic-police")
    page.select_option("dialog select[name=area]", f"{BELOW}/{day.part}")
    page.fill("input[name=own-password]", "not my password")
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("dialog [role=alert]")).to_contain_text(day.said("adminRefused.wrong_password"))
    page.fill("input[name=own-password]", PASSWORD)
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("dialog")).to_contain_text(day.said("admin.once"))
    password = page.locator("dialog code").inner_text()
    day.sees(page, "person")
    page.get_by_role("button", name=day.said("admin.done"), exact=True).click()
    expect(page.locator(f"[data-row={day.person}]")).to_contain_text(day.area_name)
    return password


def they_are_on_duty(page: Page, day: Day) -> None:
    """From midnight to midnight of one day; more shifts than a roster takes at once are not sent."""
    to_part(page, day, "duty")
    page.click("[data-act=add]")
    page.select_option("select[name=person]", day.person)
    expect(page.locator("select[name=unit]")).to_have_value("traffic-police")
    page.fill("input[name=begins]", "00:00")
    page.fill("input[name=ends]", "23:59")
    page.fill("input[name=last]", "2099-12-31")
    expect(page.locator("dialog button[type=submit]")).to_be_disabled()
    page.fill("input[name=last]", page.locator("input[name=first]").input_value())
    page.locator("dialog button[type=submit]").click()
    expect(page.locator(".shift").filter(has_text=day.called)).to_have_count(1)
    day.sees(page, "duty")


def they_see_what_is_theirs(open_page: OpenPage, day: Day, password: str) -> None:
    """With the first password, on a phone: their tasks, their own area's camera, and no administration."""
    page = open_page(None, width=390, language=day.language)
    sign_in(page, day.person, password)
    busy = page.get_by_text(day.said("error.unavailable"))
    tasks = page.get_by_text(day.said("tasks.none"), exact=True)
    expect(busy.or_(tasks)).to_be_visible()
    if busy.is_visible():  # a machine that does too much at once: what is said to do is done
        page.click("button[type=submit]")
    expect(page).to_have_url(re.compile("/tasks$"))
    expect(tasks).to_be_visible()
    places = ("nav.alerts", "nav.tasks", "nav.map", "nav.cameras", "nav.live", "nav.figures", "handover.title")
    expect(page.locator("header nav a")).to_contain_text([day.said(one) for one in places])
    go_to(page, day.said("nav.cameras"))
    cards = page.locator("[data-camera]")
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text(day.name)
    expect(cards.get_by_role("link", name=day.said("zones.open"))).to_have_count(0)
    day.sees(page, "theirs")
    page.goto(page.url.replace("/cameras", "/admin/people"))
    expect(page.get_by_text(day.said("records.notAllowed"))).to_be_visible()
    expect(place_in_header(page, day.said("nav.admin"))).to_have_count(0)


def the_trail_says_who(page: Page, day: Day) -> None:
    """What the administrator did and what the person did, by name, newest first."""
    go_to(page, day.said("nav.records"))
    page.get_by_role("link", name=day.said("records.audit"), exact=True).click()
    first = page.locator("tbody tr").first
    for actor, act, subject in (
        ("admin", "area_added", day.part),
        ("admin", "cameras_searched", GATEWAY),
        ("admin", "camera_adding_asked", f"{GATEWAY}/{day.camera}"),
        ("admin", "camera_settings_changed", f"{GATEWAY}/{day.camera}"),
        ("admin", "account_added", day.person),
        ("admin", "shifts_added", day.person),
        (day.person, "sign_in", ""),
    ):
        page.fill("input[name=actor]", actor)
        page.select_option("select[name=action]", label=day.said(f"act.{act}"))
        page.get_by_role("button", name=day.said("audit.show"), exact=True).click()
        expect(first.locator("td").nth(1)).to_have_text(actor)
        expect(first.locator("td").nth(2)).to_have_text(day.said(f"act.{act}"))
        expect(first.locator("td").nth(3)).to_contain_text(subject)
    page.fill("input[name=actor]", "")
    page.select_option("select[name=action]", "")
    page.get_by_role("button", name=day.said("audit.show"), exact=True).click()
    expect(page.locator("tbody tr").nth(20)).to_be_visible()
    day.sees(page, "trail")


def it_is_removed(page: Page, day: Day, client: httpx.Client) -> None:
    """Asked once more; the camera of the gateway's own file is not the hub's to remove."""
    to_part(page, day, "gateways")
    page.get_by_role("button", name=GATEWAY).click()
    for camera, outcome in (("street", "not_added_here"), (day.camera, "")):
        page.locator(f'[data-remove="{camera}"]').click()
        window = page.get_by_role("dialog")
        window.get_by_role("button", name=day.said("camera.remove")).click()
        if outcome:
            refused = window.locator(f'[data-problem="{outcome}"]')
            expect(refused).to_contain_text(day.said(f"setup.problem.{outcome}"))
            window.get_by_role("button", name=day.said("form.cancel")).click()
        expect(window).to_have_count(0)
    states = {row["camera"]: row["state"] for row in client.get("/api/cameras").json()}
    assert (states["street"], states[day.camera]) == ("online", "ended")
