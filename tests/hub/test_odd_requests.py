"""Requests that no page of ours makes: of another site, too large, or of what no database can keep."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.hub.bench import Bench
from tests.hub.test_cases_api import move, photo

from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.web.page_routes import page_router


@pytest.mark.parametrize("header", [None, "XMLHttpRequest"])
def test_another_sites_page_can_change_nothing(quick: Bench, header: str | None) -> None:
    """Unsafe methods need our header, which a foreign form or link cannot send."""
    quick.report()
    page = quick.client(Role.HANDLER, unit="traffic-police")
    del page.headers["X-Requested-With"]
    if header is not None:
        page.headers["X-Requested-With"] = header
    assert move(page, 1, "accept") == (403, "header_missing")
    assert photo(page, 1) == (403, "header_missing")
    assert page.delete("/api/session").status_code == 403
    assert page.get("/api/cases").status_code == 200


def test_answers_carry_the_headers_that_protect_the_page(quick: Bench) -> None:
    """Own sources only, no guessing of types, no frames; and nothing of the interface is kept."""
    for path in ("/", "/api/health", "/api/nothing", "/api/cases"):
        headers = quick.stranger().get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert quick.stranger().get("/api/cases").headers["cache-control"] == "no-store"


def test_a_body_that_is_too_large_is_refused(quick: Bench) -> None:
    """Before it fills the memory."""
    page = quick.stranger()
    answer = page.post("/api/session", json={"username": "x", "password": "y" * 100_000})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize("case", ["0", "-1", "9" * 30, "x"])
def test_a_case_number_that_makes_no_sense_is_no_fault_of_the_hub(bench: Bench, case: str) -> None:
    """A clear 404 or 422, never a 500."""
    page = bench.client(Role.CLERK)
    assert page.get(f"/api/cases/{case}").status_code in (404, 422)
    assert page.post(f"/api/cases/{case}/moves/file").status_code in (404, 422)


@pytest.mark.parametrize("text", ["\0", "note \0 with", "\ud800"])
def test_text_that_no_database_can_keep_is_no_fault_of_the_hub(bench: Bench, text: str) -> None:
    """A NUL character or half a character in a note is refused, not a 500."""
    bench.report(scene="smoke")
    page = bench.client(Role.SHIFT_LEAD)
    body = '{"reason": "' + text.encode("unicode_escape").decode().replace("\\x00", "\\u0000") + '"}'
    answer = page.post("/api/cases/1/moves/reject", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert page.get("/api/cases/1").json()["state"] == "filed"


@pytest.mark.parametrize(
    "body",
    [
        rb'{"page": "p", "case": null, "page": "q"}',
        rb'{"page": "p\u0000", "case": null}',
        rb'{"page": "p\ud800", "case": null}',
        rb'{"page": "p", "case": null, "\udfff": 1}',
        b'{"page": "p", "case": NaN}',
        b'{"page": "p", "case": null, "x": -Infinity}',
        b'{"page": "p", "case": null, "x": 1e999}',
        b'{"page": "p", "case": null, "x": ' + b"9" * 5000 + b"}",
        b'{"page": "p", "case": null, "x": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
        '{"page": "p", "case": null}'.encode("utf-16"),
        '{"page": "ä", "case": null}'.encode("latin-1"),
        b'{"page": "p", "case": null',
    ],
)
def test_json_that_programs_read_differently_is_refused(quick: Bench, body: bytes) -> None:
    """Whatever the route: keys twice, half characters, NUL, no numbers, other encodings, depth."""
    page = quick.client(Role.SHIFT_LEAD)
    answer = page.put("/api/desks", content=body, headers={"content-type": "Application/JSON; charset=utf-8"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid"), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    fine = b'\xef\xbb\xbf{"page": "\\ud83d\\udeb2", "case": null}'
    assert page.put("/api/desks", content=fine, headers={"content-type": "application/json"}).status_code == 204


def test_health_needs_no_sign_in(quick: Bench) -> None:
    """And says that the broker is not there when it is not."""
    said = quick.stranger().get("/api/health").json()
    assert said == {
        "status": "degraded",
        "database": True,
        "broker": False,
        "broker_store_set_aside_at": None,
        "intake": True,
        "disk": True,
        "insecure": False,
    }


@pytest.mark.parametrize("path", ["/api/cases?camera=%00", "/api/cameras/%00/b/snapshot", "/%00", "/api/%00"])
def test_an_address_that_no_database_can_look_up_is_no_fault_of_the_hub(bench: Bench, path: str) -> None:
    """A NUL character in the address is refused, not a 500."""
    assert bench.client(Role.CLERK).get(path).status_code in (404, 422)


def test_the_page_is_served_from_its_folder(tmp_path: Path) -> None:
    """Its own paths show the page, files come as they are, and nothing outside the folder can be read."""
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("the page")
    (dist / "assets" / "index-1.js").write_text("script")
    (tmp_path / "secret.txt").write_text("secret")
    app = FastAPI()
    app.include_router(page_router(dist))
    page = TestClient(app, raise_server_exceptions=False)
    assert page.get("/").text == page.get("/cases/1").text == "the page"
    script = page.get("/assets/index-1.js")
    assert (script.text, "immutable" in script.headers["cache-control"]) == ("script", True)
    assert page.get("/").headers["cache-control"] == "no-cache"
    assert script.headers["content-encoding"] == "gzip", "compressed for whoever can read it"
    plain = page.get("/assets/index-1.js", headers={"Accept-Encoding": "identity"})
    assert (plain.text, plain.headers.get("content-encoding"), plain.headers["vary"]) == (
        "script",
        None,
        "Accept-Encoding",
    )
    for path in ("/..%2fsecret.txt", "/assets/..%2f..%2fsecret.txt", "/%2e%2e/secret.txt"):
        assert "secret" not in page.get(path).text


def test_without_a_built_page_it_says_how_to_build_it(tmp_path: Path) -> None:
    """Instead of an empty page."""
    app = FastAPI()
    app.include_router(page_router(tmp_path))
    assert "make page" in TestClient(app).get("/").text


def test_an_unknown_path_of_the_interface_is_no_page(quick: Bench) -> None:
    """It answers with an error in the common form."""
    answer = quick.stranger().get("/api/none")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
