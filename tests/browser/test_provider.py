"""Signing in by an OpenID Connect provider with the page in a real browser, and acting as a deputy."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import add_people, place_in_header, shoot, sign_in
from tests.e2e.stand import PASSWORD, Stand
from tests.hub.provider_bench import CLIENT, SECRET, PretendProvider, pretend_provider
from tests.ports import free_port

pytestmark = pytest.mark.slow

CLAIMS = {"sub": "1", "email": "ann@city.example", "email_verified": True}


@pytest.fixture(scope="module")
def provider() -> Iterator[PretendProvider]:
    with pretend_provider(lambda: datetime.now(UTC)) as made:
        yield made


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, browser: Browser, provider: PretendProvider) -> Iterator[Stand]:
    folder, port = tmp_path_factory.mktemp("office"), free_port()
    secret = folder / "oidc.secret"
    secret.write_text(SECRET, encoding="utf-8")
    oidc = {
        "issuer": provider.url,
        "client_id": CLIENT,
        "client_secret_file": str(secret),
        "page": f"http://127.0.0.1:{port}",
        "name": {"zh": "市统一认证", "en": "City Login"},
    }
    made = Stand(folder, http={"port": port}, oidc=oidc)
    made.hub.http_port = port
    add_people(made)
    made.add_user("ann", "clerk", "--display-name", "安")
    made.hub.run("oidc", "expect", "ann", "ann@city.example")
    made.hub.start()
    made.hub.wait_until_healthy()
    yield made
    made.close()


@pytest.fixture
def page(browser: Browser, office: Stand) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1440, "height": 900})
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
    yield made
    context.close()
    assert not faults, faults


def test_the_button_signs_in(page: Page, office: Stand, provider: PretendProvider, tmp_path: Path) -> None:
    """With the provider's name in the reader's language; one is back where one was going, also after a reload."""
    provider.person = dict(CLAIMS)
    page.goto(f"{office.hub.url}/cameras")
    button = page.get_by_role("button", name="用市统一认证登录")
    expect(button).to_be_visible()
    shoot(page, "sign-in-provider-zh")
    button.click()
    expect(page.locator(".header__who")).to_contain_text("安")
    assert page.url == f"{office.hub.url}/cameras"
    page.reload()
    expect(page.locator(".header__who")).to_contain_text("安")
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator("input[name=password]")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Sign in with City Login")).to_be_visible()


def test_who_is_not_let_in_is_told_why(page: Page, office: Stand, provider: PretendProvider) -> None:
    """In words, at the sign-in page; the password works, also while the provider is away."""
    provider.person = {"sub": "2"}
    page.goto(office.hub.url)
    page.get_by_role("button", name="用市统一认证登录").click()
    expect(page.get_by_role("alert")).to_contain_text("没有与之关联的账号")
    shoot(page, "sign-in-provider-refused-zh")
    provider.down = {"/token"}
    page.get_by_role("button", name="用市统一认证登录").click()
    expect(page.get_by_role("alert")).to_contain_text("连不上")
    provider.down = set()
    sign_in(page, "ann")
    expect(page.locator(".header__who")).to_contain_text("安")


def test_a_deputy_acts_and_says_so(page: Page, office: Stand, provider: PretendProvider) -> None:
    """Chosen at one's account; a bar says in whose place until it is ended; a link with the provider is shown."""
    ends = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    body = {"deputy": "ann", "ends_at": ends, "reason": "休假"}
    assert office.client("lead").post("/api/deputies", json=body).status_code == 201
    page.goto(f"{office.hub.url}/account")
    sign_in(page, "ann", PASSWORD)
    expect(page.get_by_text("此账号已与市统一认证关联")).to_be_visible()
    page.get_by_role("button", name="代其行事").click()
    bar = page.locator(".acting")
    expect(bar).to_contain_text("您正在代 lead 行事")
    expect(place_in_header(page, "档案")).to_have_count(1)
    shoot(page, "acting-zh", whole=True)
    bar.get_by_role("button", name="结束代行").click()
    expect(bar).to_have_count(0)
    expect(place_in_header(page, "档案")).to_have_count(0)
