"""Errors that nobody foresaw, a store that is locked or full, HEAD, and what is decided before a body is read."""

import asyncio
import errno
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.e2e.killable import HubProcess
from tests.hub.bench import JPEG, Bench
from tests.hub.edge import wait_for

from sharp_eyes.hub.api.dependencies import _NOTE_SECONDS
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.database import LOCK_SECONDS, POOL_SECONDS
from sharp_eyes.hub.store.disk_room import DiskRoom

AT_MOST = 20.0
"""Seconds, on a machine as busy as may be; half a minute was the fault."""


def test_the_waits_for_lock_and_connection_stay_below_five_seconds() -> None:
    """What remains is work."""
    assert LOCK_SECONDS + POOL_SECONDS + _NOTE_SECONDS < 5


def problem_of(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The body of an error, after a look at its form."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    body: dict[str, Any] = answer.json()
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert body["title"]
    assert body["error"] == {"code": code, "message": body["detail"]}
    return body


def test_what_nobody_foresaw_has_the_usual_form_and_a_number_that_stands_in_the_log(
    quick: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """So that the person can name it and the administrator can find it; nothing inner is told."""
    page = quick.client(Role.SHIFT_LEAD)

    def broken() -> Any:
        raise ZeroDivisionError("an inner secret")

    monkeypatch.setattr(quick.hub, "read_only", broken)
    with caplog.at_level(logging.ERROR):
        body = problem_of(page.get("/api/cases"), 500, "internal")
    assert "secret" not in str(body)
    lines = [record for record in caplog.records if body["instance"] in record.getMessage()]
    assert len(lines) == 1
    assert lines[0].exc_info is not None
    assert "GET /api/cases" in lines[0].getMessage()


def test_every_refusal_has_the_same_form(quick: Bench) -> None:
    """Not found, not allowed, not signed in, not valid, and no such method."""
    page, stranger = quick.client(Role.SHIFT_LEAD), quick.stranger()
    problem_of(page.get("/api/cases/7"), 404, "not_found")
    problem_of(page.get("/api/nothing"), 404, "not_found")
    problem_of(stranger.get("/api/cases"), 401, "not_signed_in")
    problem_of(page.get("/api/cases?limit=0"), 422, "invalid")
    problem_of(page.put("/api/cases"), 405, "not_allowed")
    described = page.get("/api/openapi.json").json()
    answers = described["paths"]["/api/cases"]["get"]["responses"]
    assert list(answers["4XX"]["content"]) == list(answers["5XX"]["content"]) == ["application/problem+json"]


def test_nobody_waits_while_the_interface_is_described(quick: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """That takes seconds the first time, and anybody may ask for it."""
    others_are_answered = threading.Event()
    monkeypatch.setattr(quick.app, "openapi", lambda: {"answered": others_are_answered.wait(20)})

    async def both() -> tuple[object, int]:
        transport = httpx.ASGITransport(quick.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as page:
            described = asyncio.create_task(page.get("/api/openapi.json"))
            health = await page.get("/api/health")
            others_are_answered.set()
            return (await described).json(), health.status_code

    assert asyncio.run(both()) == ({"answered": True}, 200)


@contextmanager
def locked(bench: Bench) -> Iterator[None]:
    """Somebody else holds the tables of sign-ins and cases."""
    url = bench.hub.database._url  # the tests' own second connection
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as other:
        other.execute("LOCK TABLE sign_in, case_file IN EXCLUSIVE MODE")
        yield
        other.rollback()


def test_a_locked_database_is_a_503_within_five_seconds(bench: Bench) -> None:
    """For what writes; who reads goes on reading, also when his session's use should have been noted."""
    page = bench.client(Role.SHIFT_LEAD, name="lead")
    bench.report()
    case = page.get("/api/cases").json()["items"][0]["id"]
    bench.clock.forward(minutes=5)
    with locked(bench):
        began = time.monotonic()
        answer = page.post(f"/api/cases/{case}/moves/look_again")
        assert time.monotonic() - began < AT_MOST
        problem_of(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "5"
        began = time.monotonic()
        signed_in = bench.stranger().post("/api/session", json={"username": "lead", "password": "a long test password"})
        assert time.monotonic() - began < AT_MOST
        problem_of(signed_in, 503, "unavailable")
        assert page.get("/api/cases").is_success
    assert page.post(f"/api/cases/{case}/moves/look_again").status_code == 409, "it is about the case again"


def test_no_photo_is_taken_when_the_database_would_be_left_without_room(quick: Bench) -> None:
    """503 before the file is read; cases and moves go on."""
    page = quick.client(Role.HANDLER, unit="traffic-police")
    quick.report()
    case = page.get("/api/cases").json()["items"][0]["id"]
    assert page.post(f"/api/cases/{case}/moves/accept").is_success
    full = DiskRoom(Path("/"), 0)
    full.free_bytes = lambda: (1000, 2000)  # type: ignore[method-assign]
    quick.hub.disk_room = full
    answer = page.post(f"/api/cases/{case}/photos", files={"file": ("a.jpg", JPEG)})
    problem_of(answer, 503, "no_room")
    assert page.get("/api/health").json()["disk"] is False
    assert page.post(f"/api/cases/{case}/moves/handle", json={"note": "done"}).is_success


def test_a_disk_that_is_full_at_the_last_moment_is_a_503_and_leaves_no_half_file(
    quick: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file itself cannot be written."""
    page = quick.client(Role.HANDLER, unit="traffic-police")
    quick.report()
    case = page.get("/api/cases").json()["items"][0]["id"]
    assert page.post(f"/api/cases/{case}/moves/accept").is_success

    def full(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sharp_eyes.hub.store.evidence_store.sync", full)
    problem_of(page.post(f"/api/cases/{case}/photos", files={"file": ("a.jpg", JPEG)}), 503, "unavailable")
    left = [path for path in (quick.hub.settings.data / "evidence").rglob("*") if path.is_file()]
    assert left == []


def test_head_is_answered_like_get_without_a_body(quick: Bench) -> None:
    """Probes of proxies and monitors use it."""
    page = quick.client(Role.SHIFT_LEAD)
    for path in ("/", "/api/health", "/api/cases", "/api/nothing", "/cases/3"):
        got, head = page.get(path), page.head(path)
        assert head.status_code == got.status_code, path
        assert head.content == b""
        assert head.headers["content-type"] == got.headers["content-type"]
        assert head.headers["content-length"] == str(len(got.content))


def test_head_of_the_live_stream_ends(quick: Bench) -> None:
    """Its body never would."""
    page = quick.client(Role.SHIFT_LEAD)
    answer = page.head("/api/stream")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("/api/cases/1/photos", {"x-requested-with": "sharp-eyes"}, 401, "not_signed_in"),
        ("/api/cases/1/moves/file", {"x-requested-with": "sharp-eyes"}, 401, "not_signed_in"),
        ("/api/cases/1/photos", {}, 403, "header_missing"),
        ("/api/session", {}, 403, "header_missing"),
    ],
)
def test_who_is_not_signed_in_is_refused_before_his_body_is_read(
    quick: Bench, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    """A stranger cannot make the hub take in megabytes."""
    sent: list[dict[str, Any]] = []

    async def never() -> dict[str, Any]:
        raise AssertionError("the body was asked for")

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [*raw, (b"content-type", b"multipart/form-data; boundary=x"), (b"content-length", b"9000000")],
        "client": ("192.0.2.1", 1),
        "server": ("test", 80),
        "state": {},
    }
    asyncio.run(quick.app(scope, never, send))
    assert sent[0]["status"] == status
    assert code.encode() in b"".join(message.get("body", b"") for message in sent)


def test_a_log_on_a_full_disk_does_not_stop_the_hub(tmp_path: Path) -> None:
    """It cannot write a line, and serves."""
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    hub = HubProcess(tmp_path)
    hub.log = Path("/dev/full")
    try:
        hub.start()
        wait_for("health", lambda: hub.is_healthy, 60)
    finally:
        hub.stop()
    assert hub.status in (0, -15), hub.status
