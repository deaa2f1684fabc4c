"""One's own account in the browser: password, second factor, sessions, in both languages."""

import time

import pyotp
import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage, shoot, sign_in
from tests.e2e.stand import PASSWORD, Stand

pytestmark = pytest.mark.slow

NEW = "quite another long phrase"


def to_account(page: Page) -> None:
    page.locator(".header__who").click()
    expect(page.locator("h1")).to_contain_text("My account")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_person_changes_their_password_and_signs_out_everywhere(
    stand: Stand, open_page: OpenPage, width: int
) -> None:
    """The other window is at the sign-in page within seconds, by itself; the language that was chosen stays."""
    name = f"anna-{width}"
    stand.add_user(name, "clerk")
    other = open_page(name, language="en-GB")
    expect(other.locator(".header__who")).to_be_visible()
    page = open_page(name, width=width, language="zh-CN")
    page.get_by_role("button", name="English").click()
    to_account(page)
    expect(page.get_by_text("(this one)")).to_have_count(1)
    shoot(page, f"account-{width}-en", whole=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.fill("input[name=current]", PASSWORD)
    page.fill("input[name=new]", "password1234")
    page.fill("input[name=again]", "password1234")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("easily guessed")).to_be_visible()
    page.fill("input[name=new]", NEW)
    page.fill("input[name=again]", NEW)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("The password was changed")).to_be_visible()
    expect(other.locator("input[name=password]")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere").click()
    expect(page.locator("input[name=password]")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(page, name, NEW)
    expect(page.locator(".header__who")).to_be_visible()


def test_an_administrator_sets_up_a_second_factor_and_signs_in_with_it(stand: Stand, open_page: OpenPage) -> None:
    """Picture and secret, first code; then the sign-in page asks for a code, and takes it once."""
    stand.add_user("root", "administrator")
    page = open_page("root", language="en-GB")
    to_account(page)
    page.fill("input[name=factor-password]", PASSWORD)
    page.get_by_role("button", name="Set up").click()
    picture = page.locator("img.picture")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    phone = pyotp.TOTP(page.locator("code").inner_text())
    shoot(page, "account-second-factor-en", whole=True)
    used = phone.now()
    page.fill("input[name=factor-code]", used)
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("It is on.")).to_be_visible()
    shown = page.locator(".codes li code")
    expect(shown).to_have_count(10)
    codes = shown.all_inner_texts()
    shoot(page, "account-recovery-codes-en", whole=True)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as a file").click()
    assert set(codes) <= set(waiting.value.path().read_text(encoding="utf-8").split())
    page.get_by_role("button", name="I have kept them").click()
    expect(shown).to_have_count(0)
    expect(page.get_by_text("10 recovery codes are left.")).to_be_visible()
    again = open_page(None, language="en-GB")
    sign_in(again, "root")
    code = again.locator("input[name=code]")
    expect(code).to_be_visible()
    code.fill(used)
    again.get_by_role("button", name="Sign in").click()
    expect(again.get_by_text("The code is wrong or was used")).to_be_visible()
    while phone.now() == used:
        time.sleep(1)
    code.fill(phone.now())
    again.get_by_role("button", name="Sign in").click()
    expect(again.locator(".header__who")).to_be_visible()
    lost = open_page(None, language="zh-CN", width=390)
    sign_in(lost, "root")
    lost.get_by_role("button", name="使用恢复码").click()
    lost.locator("input[name=code]").fill(codes[3])
    shoot(lost, "sign-in-recovery-390-zh", whole=True)
    lost.get_by_role("button", name="登录").click()
    expect(lost.locator(".header__who")).to_be_visible()
    lost.locator(".header__who").click()
    expect(lost.get_by_text("还有 9 个恢复码可用。")).to_be_visible()
    lost.fill("input[name=factor-password]", PASSWORD)
    lost.fill("input[name=factor-code]", codes[4])
    lost.get_by_role("button", name="重新生成恢复码").click()
    expect(lost.locator(".codes li")).to_have_count(10)
    assert not set(codes) & set(lost.locator(".codes li code").all_inner_texts())
    assert lost.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(lost, "account-recovery-codes-390-zh", whole=True)
