"""The walk of a case through the page: it appears, is dispatched, handled with a photo, looked at again, closed."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, shoot
from tests.browser.pictures import CAR, clip, crop, jpeg, street
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.stand import Stand

from sharp_eyes.contract.event import EvidenceKind, Grade, Outcome
from sharp_eyes.contract.status import CameraState

pytestmark = pytest.mark.slow


def wait_until_loaded(page: Page, selector: str, seconds: float = 15) -> None:
    """Wait until the first picture that ``selector`` finds has really been drawn."""
    script = "s => { const i = document.querySelector(s); return i !== null && i.complete && i.naturalWidth > 0; }"
    page.wait_for_function(script, arg=selector, timeout=seconds * 1000, polling=50)


def test_an_alert_walks_from_the_camera_to_the_closed_case(
    stand: Stand, gateway: PretendGateway, open_page: OpenPage, tmp_path: Path
) -> None:
    """The whole road with five people, each in their own window; no window is ever reloaded."""
    gateway.heartbeat(*(gateway.health(note.camera, CameraState.ONLINE) for note in gateway.cameras))
    watch = open_page("lead")
    expect(watch.get_by_text("没有符合条件的告警")).to_be_visible()

    event = gateway.event("east-gate", grade=Grade.SERIOUS)
    picture = street(car=True, label="2026-01-02 10:00:09")
    gateway.send(event)
    gateway.send_file(event.event_id, EvidenceKind.FULL, jpeg(picture))
    gateway.send_file(event.event_id, EvidenceKind.CROP, jpeg(crop(picture, CAR)))
    wait_until_loaded(watch, ".row img")
    row = watch.locator(".row").first
    for words in (
        "机动车违停",
        "停留 9 s / 8 s",
        "东门路口",
        "东社区",
        "较大",
        "已派单",
        "交警中队",
        "未经实景测定",
        "新",
    ):
        expect(row).to_contain_text(words)
    expect(row).to_contain_text("剩余 0:2")
    expect(watch).to_have_title("锐眼")  # a rule has sent it: nobody is called
    gateway.send_file(event.event_id, EvidenceKind.CLIP, clip(), "video/mp4")

    (case,) = stand.client("squad").get("/api/cases").json()["items"]
    phone = open_page("squad", width=390, path=f"/cases/{case['id']}")
    expect(phone.locator("h1")).to_have_text("机动车违停")
    shoot(phone, "case-dispatched-390-zh", whole=True)
    phone.click("[data-move=accept]")
    expect(phone.locator("[data-move=handle]")).to_be_visible()
    expect(watch.locator(".row").first).to_contain_text("处置中")

    photo = tmp_path / "after.jpg"
    photo.write_bytes(jpeg(street(car=False, label="handler's photo")))
    phone.click("[data-move=handle]")
    confirm = phone.locator(".move-form button[type=submit]")
    expect(confirm).to_be_disabled()
    phone.set_input_files("input[type=file]", str(photo))
    expect(phone.locator(".photos__one img")).to_be_visible()
    phone.fill("textarea[name=note]", "已联系车主驶离")
    shoot(phone, "case-form-390-zh")
    confirm.click()
    expect(phone.locator(".headline")).to_contain_text("待核查")
    expect(phone.get_by_text("现场照片")).to_be_visible()

    command = gateway.commands.get(timeout=600)
    assert command.event_id == event.event_id
    check = open_page("checker", path="/cases/1")
    expect(check.get_by_text("等待答复")).to_be_visible()
    gateway.answer(command, Outcome.UNSURE, "a bus hides the place", jpeg(street(car=False, label="second look")))
    expect(check.locator(".look__draft")).to_contain_text("无法判断")
    wait_until_loaded(check, ".look__pair figure:last-child img")
    shoot(check, "case-looked-again-1440-zh", whole=True)
    check.click(".look__how")
    line = check.get_by_role("slider")
    line.focus()
    before = check.locator(".over__after").get_attribute("style")
    line.press("ArrowRight")
    expect(check.locator(".over__after")).not_to_have_attribute("style", before or "")
    shoot(check, "case-slider-1440-zh", whole=True)
    check.click("[data-move=look_again]")
    expect(check.get_by_text("等待答复")).to_be_visible()
    second = gateway.commands.get(timeout=600)
    gateway.answer(second, Outcome.GONE, "nothing stands there", jpeg(street(car=False, label="third look")))
    expect(check.locator(".headline")).to_contain_text("已结案")
    expect(check.locator(".look__draft")).to_contain_text("问题已消失")
    expect(check.locator(".step--done")).to_have_count(6)
    expect(check.locator(".log")).to_contain_text("摄像机 东门路口 核查通过")
    expect(check.locator(".log")).to_contain_text("已联系车主驶离")
    check.wait_for_function("document.querySelector('video').readyState >= 1", timeout=60_000)
    shoot(check, "case-closed-1440-zh", whole=True)
    shoot(phone, "case-closed-390-zh", whole=True)
    expect(watch.locator(".row--gone")).to_have_count(1)
    watch.locator(".tidy").click()
    expect(watch.locator(".row")).to_have_count(0)
    expect(watch).to_have_title("锐眼")
    watch.select_option(".filters select >> nth=0", "closed")
    expect(watch.locator(".row")).to_have_count(1)
