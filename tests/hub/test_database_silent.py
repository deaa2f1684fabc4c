"""A database server that is frozen, killed, or ends its connections while people ask: an answer within five seconds."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.hub.bench import JPEG, PASSWORD, Bench
from tests.hub.databases import Cluster, cluster
from tests.hub.edge import wait_for
from tests.hub.test_connection_guard import Server

from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.patience import REQUEST_SECONDS, STEP_SECONDS, Patience, at_most, waiting

AT_MOST = 20.0
"""Seconds, on a machine as busy as may be; for ever was the fault."""


class Asked:
    """A hub behind its real server on a PostgreSQL that may fall silent."""

    def __init__(self, bench: Bench) -> None:
        self.case = 0
        lead = bench.client(Role.SHIFT_LEAD, name="lead")
        bench.client(Role.ADMINISTRATOR, name="root")
        handler = bench.client(Role.HANDLER, unit="traffic-police", name="handler")
        bench.report()
        self.case = lead.get("/api/cases").json()["items"][0]["id"]
        handler.post(f"/api/cases/{self.case}/moves/accept").raise_for_status()
        self.server = Server(bench)
        self.url = f"http://127.0.0.1:{self.server.port}"
        self._cookies = {name: dict(client.cookies) for name, client in (("lead", lead), ("handler", handler))}

    def client(self, name: str = "lead") -> httpx.Client:
        return httpx.Client(
            base_url=self.url,
            headers={"X-Requested-With": "sharp-eyes"},
            cookies=self._cookies.get(name),
            timeout=60,
        )

    def ways(self) -> list[Callable[[], httpx.Response]]:
        """All kinds of requests."""
        sign_in = {"username": "lead", "password": PASSWORD}
        lead, handler, stranger = self.client(), self.client("handler"), self.client("nobody")
        gets = (
            "/api/cases",
            f"/api/cases/{self.case}",
            "/api/figures",
            "/api/figures/today",
            "/api/figures/table.csv",
            "/api/figures/cases.csv",
            "/api/stream",
            "/api/map",
            "/api/session",
        )
        return [
            *(lambda path=path: lead.get(path) for path in gets),  # type: ignore[misc]
            lambda: stranger.get("/api/health"),
            lambda: stranger.post("/api/session", json=sign_in),
            lambda: lead.post(f"/api/cases/{self.case}/moves/look_again"),
            lambda: handler.post(f"/api/cases/{self.case}/photos", files={"file": ("a.jpg", JPEG)}),
        ]


def processes_of(pg: Cluster) -> list[int]:
    """The server's first process and its children."""
    found = [pg.pid]
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            except OSError:
                continue
            if int(parent) == pg.pid:
                found.append(int(entry.name))
    return found


@contextmanager
def frozen(pids: list[int]) -> Iterator[None]:
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


@pytest.fixture
def asked(tmp_path: Path, postgresql: Cluster) -> Iterator[Asked]:
    bench = Bench(tmp_path, postgresql.emptied("prepared"))
    made = Asked(bench)
    yield made
    made.server.stop()
    bench.close()


def check(answer: httpx.Response, seconds: float) -> None:
    """As ever, or that it cannot be done now."""
    assert seconds < AT_MOST, (answer.request.url, seconds)
    if answer.status_code == 503:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["error"]["code"] == "unavailable"
        assert answer.headers["retry-after"] == "5"
    else:
        assert answer.status_code < 500, (answer.request.url, answer.text)


def timed(way: Callable[[], httpx.Response]) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    return way(), time.monotonic() - began


def test_a_frozen_database_is_a_503_whatever_is_asked(asked: Asked, postgresql: Cluster) -> None:
    """Also of forty at once, who wait for connections and threads; and it goes on by itself."""
    ways = [way for way in asked.ways()]
    with ThreadPoolExecutor(60) as crowd:
        with frozen(processes_of(postgresql)):
            answers = list(crowd.map(timed, ways * 4))
        print(sorted((round(s, 2), a.status_code, str(a.request.url.path)) for a, s in answers))
        for answer, seconds in answers:
            check(answer, seconds)
            if answer.request.url.path != "/api/health":
                assert answer.status_code == 503, answer.request.url
            else:
                assert answer.json()["database"] is False
    wait_for("the cases", lambda: asked.client().get("/api/cases").is_success)
