"""Behind a reverse proxy under a path of its own: real nginx, real browser."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import add_people, hindrances_to_install, sign_in
from tests.browser.pictures import jpeg, street
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.stand import PASSWORD, Stand, wait_for
from tests.ports import free_port

from sharp_eyes.contract.event import EvidenceKind
from sharp_eyes.contract.status import CameraState

pytestmark = pytest.mark.slow

CONFIG = """\
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 16m;
        location /eyes/ {{
            proxy_pass {target};
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto https;
        }}
        location / {{ return 404; }}
    }}
}}
"""


@contextmanager
def nginx(folder: Path, target: str) -> Iterator[str]:
    """Nginx that shows what is at ``target`` under ``/eyes/``; gives the address there."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("nginx is missing; install it with scripts/install-system-parts.sh")
    port = free_port()
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(user=user, folder=folder, port=port, target=target), encoding="utf-8")
    process = subprocess.Popen([program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)])
    address = f"http://127.0.0.1:{port}/eyes/"
    try:
        wait_for("nginx", lambda: answers(address))
        yield address
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def proxy(stand: Stand) -> Iterator[str]:
    """Nginx before the hub, which takes the path away (``proxy_pass`` with a slash at its end)."""
    with nginx(stand.folder / "nginx", f"http://127.0.0.1:{stand.hub.http_port}/") as address:
        yield address


def answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5).is_success
    except httpx.HTTPError:
        return False


def test_the_whole_page_works_below_a_path(browser: Browser, proxy: str, gateway: PretendGateway) -> None:
    """Assets, sign-in, a deep address loaded anew, the live stream and pictures; nothing is asked for outside."""
    gateway.heartbeat(gateway.health("east-gate", CameraState.ONLINE))
    asked: list[str] = []
    failed: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    try:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(f"{proxy}cameras")
        sign_in(page, "lead")
        expect(page.get_by_text("东门路口").first).to_be_visible()
        assert page.url == f"{proxy}cameras"
        page.goto(proxy)
        expect(page.locator(".tile").first).to_be_visible()
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        assert hindrances_to_install(page) == []
        wait_for("the live stream", lambda: f"{proxy}api/stream" in asked)

        event = gateway.event("east-gate")
        gateway.send(event)
        gateway.send_file(event.event_id, EvidenceKind.FULL, jpeg(street(car=True, label="east-gate")))
        expect(page.locator(".row")).to_have_count(1, timeout=30_000)
        page.locator(".row").first.press("Enter")
        expect(page).to_have_url(f"{proxy}cases/1")
        page.reload()
        picture = page.locator(".evidence img").first
        expect(picture).to_be_visible()
        wait_for("the picture", lambda: bool(picture.evaluate("image => image.naturalWidth > 0")))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the link that skips to the content stays on this page
        assert page.url == f"{proxy}cases/1"
        assert [url for url in asked if not url.startswith((proxy, "blob:", "data:"))] == []
        assert [url for url in failed if not url.endswith("/api/session")] == []
    finally:
        context.close()


def test_a_proxy_that_passes_its_path_on_works_by_a_setting(browser: Browser, tmp_path: Path) -> None:
    """``http.path``: page, assets, sign-in, a deep address and the stream; without the path it is served as well."""
    port = free_port()
    inside = Stand(tmp_path, http={"port": port, "path": "/eyes"})
    add_people(inside)
    asked: list[str] = []
    failed: list[str] = []
    try:
        inside.hub.start()
        wait_for("the hub", lambda: answers(f"http://127.0.0.1:{port}/api/health"), 60)
        with nginx(tmp_path / "nginx", f"http://127.0.0.1:{port}") as address:
            bare = httpx.get(address.rstrip("/"), timeout=20)
            assert bare.status_code in (301, 308, 307)
            assert bare.headers["location"].endswith("/eyes/")
            unknown = httpx.get(f"{address}api/unknown", timeout=20)
            assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_found")
            context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
            try:
                page = context.new_page()
                page.on("request", lambda request: asked.append(request.url))
                page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
                page.goto(f"{address}cameras")
                sign_in(page, "lead")
                expect(page.locator("nav").first).to_be_visible()
                page.reload()  # a deep address, asked for anew
                expect(page.locator("nav").first).to_be_visible()
                assert page.url == f"{address}cameras"
                with page.expect_request(f"{address}api/stream", timeout=60_000):
                    page.goto(address)
            finally:
                context.close()
            assert [url for url in asked if not url.startswith((address, "blob:", "data:"))] == []
            assert [url for url in failed if not url.endswith(("/api/session", "/api/unknown"))] == []
        assert httpx.get(f"http://127.0.0.1:{port}/eyes", timeout=20).headers["location"] == "/eyes/"
    finally:
        inside.close()


def test_a_trusted_proxy_that_is_asked_over_https_makes_the_cookie_secure(tmp_path: Path, stand: Stand) -> None:
    """Another's word is not believed."""
    said = {"X-Requested-With": "sharp-eyes", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    body = {"username": "lead", "password": PASSWORD}
    answer = httpx.post(f"{stand.hub.url}/api/session", json=body, headers=said, timeout=20)
    assert answer.is_success
    assert "secure" not in answer.headers["set-cookie"].lower()

    port = free_port()
    trusting = Stand(tmp_path, http={"port": port, "trusted_proxies": ["127.0.0.1"]})
    add_people(trusting)
    try:
        trusting.hub.start()
        url = f"http://127.0.0.1:{port}"
        wait_for("the hub", lambda: answers(f"{url}/api/health"), 60)
        answer = httpx.post(f"{url}/api/session", json=body, headers=said, timeout=20)
        assert answer.is_success, answer.text
        assert "secure" in answer.headers["set-cookie"].lower()
    finally:
        trusting.close()
