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
from sqlalchemy.exc import OperationalError
from tests.hub.bench import JPEG, PASSWORD, Bench
from tests.hub.databases import Cluster
from tests.hub.edge import wait_for
from tests.hub.test_connection_guard import Server, answer_of
from tests.hub.test_uploads_under_way import upload_of

from sharp_eyes.hub.api.spreadsheet import csv_answer
from sharp_eyes.hub.lifecycle.roles import Role

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

    def cookie(self, name: str) -> str:
        return "; ".join(f"{key}={value}" for key, value in self._cookies[name].items())

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
            *(lambda path=path: lead.get(path) for path in gets),
            lambda: stranger.get("/api/health"),
            lambda: stranger.post("/api/session", json=sign_in),
            lambda: lead.post(f"/api/cases/{self.case}/moves/look_again"),
            lambda: handler.post(f"/api/cases/{self.case}/photos", files={"file": ("a.jpg", JPEG)}),
        ]


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
    """Also of more at once than there are threads and connections, and of a photo under way; it goes on by itself."""
    ways = asked.ways()
    with ThreadPoolExecutor(60) as people, asked.server.connect() as line:
        head, first, rest = upload_of(asked.case, asked.cookie("handler"))
        line.sendall(head)
        assert b"100" in line.recv(1000), "it was let in"
        line.sendall(first)
        with frozen(postgresql.processes):
            line.sendall(rest)
            answers = list(people.map(timed, ways + ways[:1] * 30))
            status, body = answer_of(line)
        assert (status, body["status"]) == (503, 503)
        for answer, seconds in answers:
            check(answer, seconds)
            if answer.request.url.path == "/api/health":
                assert answer.json()["database"] is False
            else:
                assert answer.status_code == 503, answer.request.url
    wait_for("the cases", lambda: asked.client().get("/api/cases").is_success)


def test_a_database_that_ends_connections_or_dies_is_a_503_or_nothing(asked: Asked, postgresql: Cluster) -> None:
    """While people ask: whatever the driver calls it, it is no fault of the hub's."""
    ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'prepared'"
    over = threading.Event()

    def trouble() -> None:
        for _ in range(20):
            postgresql.run(ends)
            time.sleep(0.05)
        postgresql.kill_all()
        over.wait(1)
        postgresql.start()
        over.set()

    ways = asked.ways()
    troubling = threading.Thread(target=trouble)
    with ThreadPoolExecutor(8) as people:
        troubling.start()
        while not over.is_set():
            for answer, seconds in people.map(timed, ways[:6] + ways[8:]):
                check(answer, seconds)
    troubling.join()
    wait_for("the cases", lambda: asked.client().get("/api/cases").is_success)


def test_a_csv_that_cannot_be_begun_is_a_503() -> None:
    """Its first rows are read before the answer begins; what fails later breaks the answer off."""

    def rows() -> Iterator[list[object]]:
        raise OperationalError("SELECT", None, Exception("gone"))
        yield []

    with pytest.raises(OperationalError):
        csv_answer("a.csv", rows())
