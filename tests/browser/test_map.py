"""The map: what lies where, what one can pick and do there, and the same in words."""

import json
import re
import struct
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import EAST, WEST, OpenPage, add_people, find_barriers, go_to, shoot
from tests.browser.pictures import jpeg, street
from tests.browser.pretend_gateway import PretendGateway
from tests.browser.said import LANGUAGES, said, speaks
from tests.e2e.killable import ROOT
from tests.e2e.stand import PASSWORD, Stand, wait_for

from sharp_eyes.contract.event import EvidenceKind, Grade, SceneName
from sharp_eyes.contract.status import CameraNote, CameraState

pytestmark = pytest.mark.slow

ATTRIBUTION = "Ground of the test"
SEEN = {"zh-CN": "绿化带破损", "en-GB": "Damaged greenery"}
"""What the pack calls the scene of this file."""

PLACES = {"east-gate": (120.5250, 29.6050), "west-lane": (120.5060, 29.6080)}


def pmtiles(picture: bytes) -> bytes:
    """A PMTiles file, version 3, with one tile, a JPEG, for the whole world."""
    directory = bytes([1, 0, 1]) + varint(len(picture)) + bytes([1])
    metadata = json.dumps({"name": "test"}).encode()
    tiles_at = 127 + len(directory) + len(metadata)
    offsets = (127, len(directory), 127 + len(directory), len(metadata), tiles_at, 0, tiles_at, len(picture), 1, 1, 1)
    head = b"PMTiles\x03" + struct.pack("<11Q", *offsets)
    clustered, uncompressed, jpeg_tiles, lowest, highest = 1, 1, 3, 0, 0
    head += bytes([clustered, uncompressed, uncompressed, jpeg_tiles, lowest, highest])
    head += struct.pack("<4i", -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000)
    head += bytes([0]) + struct.pack("<2i", 0, 0)
    return head + directory + metadata + picture


def varint(number: int) -> bytes:
    found = bytearray()
    while number >= 128:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("map")
    (folder / "ground.pmtiles").write_bytes(pmtiles(jpeg(street(car=False, label=""), 256)))
    made = Stand(
        folder,
        limits={"storm_events": 0},
        city=str(ROOT / "configs/city/demo-district.yaml"),
        map={"tiles": str(folder / "ground.pmtiles"), "attribution": ATTRIBUTION},
    )
    add_people(made)
    made.hub.start()
    made.hub.wait_until_healthy()
    yield made
    made.close()


@pytest.fixture(scope="module")
def gateway(stand: Stand) -> Iterator[PretendGateway]:
    password = stand.add_gateway("gate-1", "demo/first-street").read_text(encoding="utf-8").strip()
    cameras = [
        CameraNote(camera="east-gate", name="东门路口", area=EAST),
        CameraNote(camera="west-lane", name="西巷消防通道", area=WEST),
    ]
    placed = [
        note.model_copy(update={"longitude": PLACES[note.camera][0], "latitude": PLACES[note.camera][1]})
        for note in cameras
    ]
    loose = CameraNote(camera="north-stairs", name="3 号楼楼道", area=WEST)
    made = PretendGateway("gate-1", password, stand.broker_port, (*placed, loose), settings_from="hub")
    made.connect()
    client = stand.client("admin")
    wait_for("the cameras", lambda: len(client.get("/api/cameras").json()) == 3)
    client.close()
    made.report_settings("north-stairs")
    made.heartbeat(made.health("east-gate", CameraState.ONLINE), made.health("west-lane", CameraState.LOST, "no route"))
    for camera, grade in (("east-gate", Grade.ORDINARY), ("east-gate", Grade.SERIOUS), ("west-lane", Grade.MAJOR)):
        event = made.event(camera, SceneName.GREENERY_DAMAGE, grade=grade)
        made.send(event)
        made.send_file(event.event_id, EvidenceKind.FULL, jpeg(street(car=True, label=camera)))
    yield made
    made.close()


def open_map(open_page: OpenPage, user: str, **how: object) -> Page:
    page = open_page(user, path="/map", **how)
    expect(page.locator("[data-map=drawn]")).to_be_visible()
    return page


def test_cases_are_where_their_cameras_are_and_beside_it_in_words(
    open_page: OpenPage, gateway: PretendGateway, stand: Stand
) -> None:
    """Filters, picking an area, a card, the ground by ranges of one file; a new alert comes by itself."""
    page = open_map(open_page, "lead")
    rows = page.locator(".found [data-case]")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("重大")
    expect(page.get_by_text(ATTRIBUTION)).to_be_visible()
    page.select_option("select[name=grade]", "serious")
    expect(rows).to_have_count(1)
    page.select_option("select[name=grade]", "")
    page.select_option("select[name=area]", WEST)
    expect(page.get_by_text("已选：柳桥西社区")).to_be_visible()
    expect(rows).to_have_count(1)
    gateway.send(gateway.event("west-lane", SceneName.GREENERY_DAMAGE))
    expect(rows).to_have_count(2)
    shoot(page, "map-area")
    rows.first.click()
    expect(page.locator(".preview img").first).to_be_visible()
    shoot(page, "map-case")
    page.get_by_role("button", name="返回列表").click()
    expect(rows).to_have_count(2)
    told: dict[str, Any] = {
        "source": "visit",
        "kind": "parked_car",
        "words": "堵住西巷口",
        "area": WEST,
        "address": "西巷 7 号",
    }
    told["position"] = {"longitude": PLACES["west-lane"][0], "latitude": PLACES["west-lane"][1], "datum": "wgs84"}
    client = stand.client("lead")
    answer = client.post("/api/reports", json=told, headers={"Idempotency-Key": str(uuid4())})
    assert answer.is_success, answer.text
    client.close()
    expect(rows.filter(has_text="西巷 7 号")).to_have_count(1)
    page.get_by_role("button", name="取消选择").click()
    expect(rows.filter(has_text="西巷 7 号")).to_have_count(1)  # what stands nowhere is not in view
    expect(page.get_by_role("button", name="没有地图位置")).to_have_count(0)
    page.locator("[data-part=cameras]").click()
    page.locator(".found [data-camera=west-lane]").click()
    expect(page.locator("[data-camera=west-lane]")).to_contain_text("离线")
    expect(page.get_by_role("button", name="在地图上设置位置")).to_have_count(0)
    page.get_by_role("button", name="返回列表").click()
    what_a_box_holds_is_sent(page, stand)


def what_a_box_holds_is_sent(page: Page, stand: Stand) -> None:
    """A box is drawn around the east gate alone; its filed cases go to one unit, are taken back, and go."""
    client = stand.client("lead")
    items = client.get("/api/cases", params={"limit": 200}).json()["items"]
    ids = [one["id"] for one in items if one["camera"] == "east-gate"]
    assert client.post("/api/cases/moves/file", json={"ids": ids}).is_success
    page.get_by_role("button", name="显示全部").click()
    stage = page.locator("[data-map=drawn]")
    page.get_by_role("button", name="框选").click()
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.05)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.98, box["y"] + box["height"] * 0.95, steps=5)
    page.mouse.up()
    expect(page.locator(".found [data-case]")).to_have_count(len(ids))
    send = page.locator(".batch button[type=submit]")

    def states() -> set[str]:
        return {client.get(f"/api/cases/{one}").json()["state"] for one in ids}

    for undone in (True, False):
        expect(send).to_contain_text(str(len(ids)))
        shoot(page, f"map-batch-before-{undone}")
        page.select_option("select[name=batch-unit]", "traffic-police")
        send.click()
        expect(page.locator(".pending__one")).to_contain_text(f"派单（{len(ids)} 条）")
        shoot(page, f"map-batch-{undone}")
        if undone:
            page.locator(".pending__one").get_by_role("button", name="撤销").click()
            assert states() == {"filed"}
    wait_for("the unit to have them", lambda: states() == {"dispatched"})
    expect(send).to_have_count(0)
    client.close()


def test_an_administrator_puts_a_camera_where_it_stands_by_keys_and_by_dragging(
    open_page: OpenPage, gateway: PretendGateway, stand: Stand
) -> None:
    """By way of its gateway, which answers and announces it anew; it leaves the list of those without a place."""
    page = open_map(open_page, "admin", language="en-GB")
    page.locator("[data-part=cameras]").click()
    expect(page.get_by_text("Cameras without a place")).to_be_visible()
    page.locator(".found [data-camera=north-stairs]").click()
    page.get_by_role("button", name="Set its place on the map").click()
    pin = page.locator(".map-pin")
    expect(pin).to_be_focused()
    east = page.get_by_label("Longitude")
    before = float(east.input_value())
    page.keyboard.press("ArrowRight")
    expect(east).not_to_have_value(str(before))
    stepped = float(east.input_value())
    assert stepped > before
    mark = pin.bounding_box()
    assert mark is not None
    page.mouse.move(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    page.mouse.down()
    page.mouse.move(mark["x"] + mark["width"] / 2 - 90, mark["y"] + mark["height"] / 2, steps=5)
    page.mouse.up()
    expect(east).not_to_have_value(str(stepped))
    after = float(east.input_value())
    assert after < before, "dragged further back than the key had moved it"
    shoot(page, "map-placing")
    page.get_by_role("button", name="Save place").click()
    expect(page.get_by_text("Sent to its gateway")).to_be_visible()
    page.get_by_role("button", name="Back to the list").click()
    page.locator("[data-part=cameras]").click()
    expect(page.get_by_text("Cameras without a place")).to_have_count(0)
    client = stand.client("admin")
    (found,) = [one for one in client.get("/api/cameras").json() if one["camera"] == "north-stairs"]
    assert found["longitude"] == after
    acts = [line["action"] for line in client.get("/api/audit").json()["items"]]
    client.close()
    assert {"camera_settings_changed", "camera_settings_applied"} <= set(acts)


def test_without_webgl_the_list_has_everything(browser: Browser, open_page: OpenPage, gateway: PretendGateway) -> None:
    """The page says in words that it cannot draw."""
    page = open_page(None, path="/sign-in")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(page.url.replace("/sign-in", "/map"))
    page.fill("input[name=username]", "lead")
    page.fill("input[name=password]", "a long test password")
    page.click("button[type=submit]")
    expect(page.locator("[data-map=impossible]")).to_contain_text("WebGL")
    expect(page.locator(".found [data-case]").first).to_be_visible()


def test_a_bar_leads_to_its_cases(open_page: OpenPage, gateway: PretendGateway, stand: Stand) -> None:
    """The number on a bar is that of its list, by the table and by the chart."""
    client = stand.client("lead")
    figures = client.get("/api/figures").json()
    client.close()
    page = open_page("lead", path="/figures")
    expect(page.locator("[data-figure=total] strong")).to_have_text(str(figures["total"]["now"]))
    expect(page.locator("[data-figure=reworked]")).to_contain_text("本期没有已处置的案件")
    expect(page.locator("[data-figure=days] canvas")).to_be_visible()
    shoot(page, "figures", whole=True)
    assert find_barriers(page) == []
    grades = page.locator("[data-figure=grades]")
    grades.get_by_role("button", name="表格").click()
    number = grades.get_by_role("row", name="重大").get_by_role("link").first
    major = number.inner_text()
    assert int(major) == next(one["now"] for one in figures["grades"] if one["grade"] == "major") > 0
    number.click()
    expect(page.locator("[data-total]")).to_have_text(f"共 {major} 条")
    expect(page.locator(".behind [data-case]")).to_have_count(int(major))
    shoot(page, "figures-behind")
    assert find_barriers(page) == []
    page.get_by_role("link", name="回到统计").click()
    page.locator("[data-figure=scenes] canvas").click(position={"x": 150, "y": 12})
    expect(page).to_have_url(re.compile("/figures/cases.*scene=greenery_damage"))
    expect(page.locator("[data-total]")).to_have_text(f"共 {figures['scenes'][0]['now']} 条")

    page.get_by_role("link", name="回到统计").click()
    page.wait_for_url("**/figures")
    kept = page.context.new_page()
    kept.goto(f"{stand.hub.url}/figures/cases?grade=major")
    kept.get_by_role("link", name="回到统计").click()
    expect(kept.locator("[data-figure=total] strong")).to_be_visible()  # nowhere to go back to but the page itself
    kept.close()
    page.get_by_role("link", name="月报").click()
    number = page.locator("[data-month-figure=filing-rate]").get_by_role("link").nth(1)
    reported = number.inner_text()
    shoot(page, "month", whole=True)
    assert find_barriers(page) == []
    number.click()
    expect(page.locator("[data-total]")).to_have_text(f"共 {reported} 条")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_leader_watches_the_wall(open_page: OpenPage, gateway: PretendGateway, stand: Stand, language: str) -> None:
    """What is grave, where and how the day goes, without a control; what comes and what is lost shows by itself."""
    client = stand.client("admin")
    if all(one["username"] != "leader" for one in client.get("/api/users").json()):
        person = {"username": "leader", "display_name": "街道主任", "role": "leader", "area": "demo"}
        made = client.post("/api/users", json=person | {"new_password": PASSWORD, "password": PASSWORD})
        assert made.is_success, made.text
    page = open_page("leader", language=language)
    page.set_viewport_size({"width": 3840, "height": 1080})
    go_to(page, said("nav.wall", language))
    expect(page.locator("[data-map=drawn]")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(0)
    for heading in ("wall.alerts", "wall.late", "wall.open", "wall.today"):
        expect(page.get_by_role("heading", name=said(heading, language))).to_be_visible()
    today = client.get("/api/figures/today").json()
    expect(page.locator("[data-today=reported] strong")).to_have_text(str(today["reported"]["today"]))
    grave = page.locator(".wall-alert--major")
    expect(grave.first).to_be_visible()
    before = grave.count()
    gateway.send(gateway.event("east-gate", SceneName.GREENERY_DAMAGE, grade=Grade.MAJOR))
    expect(grave).to_have_count(before + 1)
    expect(grave.first).to_contain_text(SEEN[language])
    expect(page.locator("[data-today=reported] strong")).to_have_text(str(today["reported"]["today"] + 1))
    expect(page.get_by_text(said("wall.cameras", language, up=2, all=3))).to_be_visible()
    gateway.send(gateway.health("west-lane", CameraState.ONLINE))
    expect(page.get_by_text(said("wall.cameras", language, up=3, all=3))).to_be_visible()
    gateway.send(gateway.health("west-lane", CameraState.LOST, "no route"))
    expect(page.get_by_text(said("wall.cameras", language, up=2, all=3))).to_be_visible()
    client.close()
    speaks(page, language, *ATTRIBUTION.split())
    for width in (3840, 1920):  # nobody scrolls a wall: on two screens side by side, and on one
        page.set_viewport_size({"width": width, "height": 1080})
        assert page.evaluate("document.scrollingElement.scrollHeight <= innerHeight")
        shoot(page, f"wall-{width}-{language}")
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation")).to_be_visible()
