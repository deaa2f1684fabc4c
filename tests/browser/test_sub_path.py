"""Behind a reverse proxy under a path of its own: real nginx, real browser."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import sign_in
from tests.browser.pretend_gateway import PretendGateway
from tests.e2e.killable import HubProcess
from tests.e2e.stand import PASSWORD, Stand, wait_for
from tests.hub.bench import scene_event
from tests.ports import free_port

from sharp_eyes.contract.status import CameraNote

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
            proxy_pass http://127.0.0.1:{hub}/;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto https;
        }}
        location / {{ return 404; }}
    }}
}}
"""


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    made = Stand(tmp_path_factory.mktemp("hub"))
    made.add_user("lead", "shift_lead")
    made.hub.start()
    made.hub.wait_until_healthy()
    yield made
    made.close()


@pytest.fixture(scope="module")
def proxy(stand: Stand) -> Iterator[str]:
    """nginx; gives the hub's address behind it."""
    with nginx_before(stand.hub, stand.folder / "nginx") as address:
        yield address


class nginx_before:  # noqa: N801 - a context manager
    """nginx that shows a hub under ``/eyes/``."""

    def __init__(self, hub: HubProcess, folder: Path) -> None:
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            pytest.skip("nginx is missing; install it with scripts/install-system-parts.sh")
        folder.mkdir()
        port = free_port()
        user = "user root;" if os.geteuid() == 0 else ""
        config = folder / "nginx.conf"
        config.write_text(CONFIG.format(user=user, folder=folder, port=port, hub=hub.http_port), encoding="utf-8")
        self._command = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
        self._address = f"http://127.0.0.1:{port}/eyes/"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> str:
        self._process = subprocess.Popen(self._command)
        wait_for("nginx", lambda: answers(self._address))
        return self._address

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait(20)


def answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=5).is_success
    except httpx.HTTPError:
        return False


def test_the_whole_page_works_below_a_path(browser: Browser, stand: Stand, proxy: str) -> None:
    """Assets, sign-in, a deep address loaded anew, the live stream and pictures; nothing is asked for outside."""
    password = stand.add_gateway("gate-1", "demo/first-street").read_text(encoding="utf-8").strip()
    note = CameraNote(camera="east-gate", name="东门路口", area="demo/first-street/east")
    gateway = PretendGateway("gate-1", password, stand.broker_port, (note,))
    gateway.connect()
    asked: list[str] = []
    failed: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
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
        expect(page.locator("header")).to_be_visible()

        gateway.report(camera="east-gate")
        row = page.locator("a[href*='/eyes/cases/'], [data-case]").first
        expect(row).to_be_visible(timeout=30_000)
        page.goto(f"{proxy}cases/1")
        picture = page.locator(".evidence img").first
        expect(picture).to_be_visible()
        wait_for("the picture to be loaded", lambda: picture.evaluate("image => image.naturalWidth > 0"))
        assert [url for url in asked if not url.startswith((proxy, "blob:", "data:"))] == []
        assert [url for url in failed if not url.endswith("/api/session")] == []
        assert any(url == f"{proxy}api/stream" for url in asked)
    finally:
        context.close()
        gateway.close()


def test_a_trusted_proxy_that_is_asked_over_https_makes_the_cookie_secure(tmp_path: Path, stand: Stand) -> None:
    """Another's word is not believed."""
    said = {"X-Requested-With": "sharp-eyes", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    body = {"username": "lead", "password": PASSWORD}
    answer = httpx.post(f"{stand.hub.url}/api/session", json=body, headers=said, timeout=20)
    assert answer.is_success
    assert "secure" not in answer.headers["set-cookie"].lower()

    trusting = Stand(tmp_path)
    trusting.hub = HubProcess(tmp_path, http={"port": free_port(), "trusted_proxies": ["127.0.0.1"]})
    trusting.add_user("lead", "shift_lead")
    try:
        trusting.hub.start()
        port = trusting.hub.configured_port
        url = f"http://127.0.0.1:{port}"
        wait_for("the hub", lambda: answers(f"{url}/api/health"), 60)
        answer = httpx.post(f"{url}/api/session", json=body, headers=said, timeout=20)
        assert answer.is_success, answer.text
        assert "secure" in answer.headers["set-cookie"].lower()
    finally:
        trusting.close()
