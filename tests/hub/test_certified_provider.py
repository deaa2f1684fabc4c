"""The same way with a provider that is certified for OpenID Connect: oidc-provider of npm, run on this machine.

``npm install --prefix var/oidc-provider oidc-provider@9`` puts it where it is looked for.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.e2e.killable import ROOT
from tests.hub.bench import PASSWORD, Bench
from tests.ports import free_port

from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.oidc_settings import GroupSettings, OidcSettings

FOLDER = ROOT / "var" / "oidc-provider"
PAGE, SECRET = "http://127.0.0.1:8420", "a-secret-of-the-tests"
LEADS = GroupSettings(group="eyes/leads", role="shift_lead", area="demo/first-street")


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A running provider, in whose development mode any name and password will do."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "oidc-provider").is_dir():
        pytest.skip(
            "oidc-provider is not there: npm install --prefix var/oidc-provider oidc-provider@9, and Node.js 20"
        )
    port = free_port()
    script = Path(__file__).with_name("certified_provider.mjs")
    command = [node, str(script), str(FOLDER), str(port), f"{PAGE}/api/session/provider/callback", SECRET]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        try:
            assert running.stdout is not None
            said = []
            for line in running.stdout:
                said.append(line)
                if "listening" in line:
                    break
            assert running.poll() is None, "".join(said)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


def made(tmp_path: Path, issuer: str, **settings: object) -> Bench:
    secret = tmp_path / "oidc.secret"
    secret.write_text(SECRET, encoding="utf-8")
    values = {"issuer": issuer, "client_id": "sharp-eyes", "client_secret_file": secret, "page": PAGE}
    bench = Bench(tmp_path / "data", oidc=OidcSettings.model_validate(values | settings))
    bench.clock.time = datetime.now(UTC)
    return bench


def consent(address: str, name: str) -> str:
    """What a person does there: a name and a password, then yes. Returns where the browser is sent back to."""
    with httpx.Client(trust_env=False, timeout=60) as browser:
        answer = browser.get(address)
        for _ in range(12):
            if answer.is_redirect:
                location = str(httpx.URL(address).join(answer.headers["location"]))
                if location.startswith(PAGE):
                    return location
                answer = browser.get(location)
                continue
            form = re.search(r'action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert form is not None, answer.text
            assert prompt is not None, answer.text
            fields = {"prompt": prompt[1], "login": name, "password": "any"}
            answer = browser.post(str(httpx.URL(address).join(form[1])), data=fields)
    raise AssertionError(f"the provider sends in circles, at last: {answer.status_code} {answer.text[:500]}")


def sign_in(bench: Bench, name: str) -> tuple[int, str, dict[str, str]]:
    page = bench.stranger()
    page.base_url, page.follow_redirects = httpx.URL(PAGE), False
    left = page.post("/api/session/provider", json={"back": "/cameras"})
    assert left.status_code == 200, left.text
    answer = page.get(consent(left.json()["address"], name))
    who = page.get("/api/session").json()
    return answer.status_code, answer.headers["location"], who


def test_somebody_expected_signs_in(tmp_path: Path, issuer: str) -> None:
    """By the verified address, in userinfo; who is not expected, or whose address is not verified, does not."""
    bench = made(tmp_path, issuer)
    chief = bench.client(Role.ADMINISTRATOR, name="chief")
    for name in ("ann", "unverified"):
        bench.client(Role.CHECKER, name=name)
        body = {"password": PASSWORD, "expected": f"{name}@city.example"}
        assert chief.put(f"/api/users/{name}/provider", json=body).status_code == 200
    for _ in range(2):
        status, location, who = sign_in(bench, "ann")
        assert (status, location, who["username"]) == (303, f"{PAGE}/cameras", "ann")
    for name in ("stranger", "unverified"):
        _, location, _ = sign_in(bench, name)
        assert parse_qs(urlsplit(location).query)["refused"] == ["provider_unknown"]
    bench.close()


def test_somebody_new_gets_an_account_by_their_group(tmp_path: Path, issuer: str) -> None:
    """Where the settings say so."""
    bench = made(tmp_path, issuer, create=True, groups=(LEADS,))
    _, location, who = sign_in(bench, "mei")
    assert location == f"{PAGE}/cameras"
    assert (who["username"], who["role"], who["area"]) == ("mei", "shift_lead", "demo/first-street")
    assert who["display_name"] == "mei of the city"
    bench.close()


def test_a_wrong_secret_signs_nobody_in(tmp_path: Path, issuer: str) -> None:
    """The provider refuses the code, and the person is told."""
    bench = made(tmp_path, issuer)
    (tmp_path / "oidc.secret").write_text("wrong", encoding="utf-8")
    _, location, _ = sign_in(bench, "ann")
    assert parse_qs(urlsplit(location).query)["refused"] == ["provider_failed"]
    bench.close()
