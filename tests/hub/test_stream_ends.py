"""The live stream ends when its session does, over a real server, also while events flow."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn
from tests.hub.bench import PASSWORD, Bench
from tests.hub.edge import wait_for
from tests.hub.notices_bench import add_person
from tests.ports import free_port

from sharp_eyes.hub.audit import Origin
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.accounts import set_disabled, set_password
from sharp_eyes.hub.people.tokens import TokenWish, live_token_called, make_token, revoke_token
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import LiveUpdate, UnitOfWork

HEADERS = {"X-Requested-With": "sharp-eyes"}


class Site:
    """A hub behind a real web server, with events that never stop."""

    def __init__(self, data: Path) -> None:
        self.bench = Bench(data)
        self.bench.client(Role.SHIFT_LEAD, name="lead")
        self.bench.hub.session_watch.start()
        self.bench.app.router.lifespan_context = _nothing
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.server = uvicorn.Server(uvicorn.Config(self.bench.app, port=port, log_config=None))
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self.server.run), threading.Thread(target=self._chatter)]
        for thread in self._threads:
            thread.start()
        wait_for("the server", lambda: self.server.started)

    def _chatter(self) -> None:
        number = 0
        while not self._stopping.wait(0.02):
            self.bench.hub.broadcaster.publish([LiveUpdate("case", "demo", {"id": number})])
            number += 1

    def client(self) -> httpx.Client:
        client = httpx.Client(base_url=self.url, headers=HEADERS, timeout=240)
        client.post("/api/session", json={"username": "lead", "password": PASSWORD}).raise_for_status()
        return client

    def machine(self, minutes: int = 60) -> httpx.Client:
        """A caller with an API token."""
        with self.bench.transaction() as work:
            wish = TokenWish("board", Role.SHIFT_LEAD, None, None, work.now + timedelta(minutes=minutes))
            _, text = make_token(work, Origin("chief", "local"), wish, 365)
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {text}"}, timeout=240)

    def close(self) -> None:
        self._stopping.set()
        self.bench.hub.broadcaster.close()
        self.server.should_exit = True
        for thread in self._threads:
            thread.join(20)
        self.bench.close()


class Listener:
    """Reads a stream to its end in a thread."""

    def __init__(self, client: httpx.Client) -> None:
        self.lines = 0
        self.ended_at: float | None = None
        self._client = client
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        wait_for("events", lambda: self.lines > 20)

    def _listen(self) -> None:
        with self._client.stream("GET", "/api/stream", timeout=240) as answer:
            for _ in answer.iter_lines():
                self.lines += 1
        self.ended_at = time.monotonic()


class _Nothing:
    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_args: object) -> None:
        return None


def _nothing(_app: object) -> _Nothing:
    return _Nothing()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "data")
    yield made
    made.close()


def _by_sign_out(site: Site, client: httpx.Client) -> None:
    site_client = httpx.Client(base_url=site.url, headers=HEADERS, cookies=client.cookies)
    site_client.delete("/api/session").raise_for_status()


def _by_sign_out_everywhere(site: Site, _client: httpx.Client) -> None:
    site.client().delete("/api/account/sessions").raise_for_status()


def _by_own_password_change(site: Site, _client: httpx.Client) -> None:
    body = {"current": PASSWORD, "new": "quite another long phrase"}
    site.client().post("/api/account/password", json=body).raise_for_status()


def _by_password_command(site: Site, _client: httpx.Client) -> None:
    with site.bench.hub.database.write() as session:  # as the command line does beside the hub: nobody is told
        set_password(session, "lead", "quite another long phrase")


def _by_disable_command(site: Site, _client: httpx.Client) -> None:
    with site.bench.hub.database.write() as session:
        set_disabled(session, "lead", disabled=True)


def _by_another_area(site: Site, _client: httpx.Client) -> None:
    with site.bench.hub.database.write() as session:
        session.query(Account).filter_by(username="lead").update({"area": "demo/first-street"})


@pytest.mark.parametrize(
    "end",
    [
        _by_sign_out,
        _by_sign_out_everywhere,
        _by_own_password_change,
        _by_password_command,
        _by_disable_command,
        _by_another_area,
    ],
    ids=lambda end: end.__name__.removeprefix("_by_"),
)
def test_a_stream_ends_at_once_while_events_flow(site: Site, end: Callable[[Site, httpx.Client], None]) -> None:
    """Whoever ended the session, and however."""
    client = site.client()
    listener = Listener(client)
    end(site, client)
    wait_for("the end of the stream", lambda: listener.ended_at is not None, seconds=60)
    assert client.get("/api/session").status_code == (200 if end is _by_another_area else 401)


def test_a_stream_ends_with_a_deputys_time(site: Site) -> None:
    """It was begun with another's rights; what comes after is one's own."""
    add_person(site.bench, "boss", Role.SHIFT_LEAD)
    admin = site.bench.client(Role.ADMINISTRATOR)
    ends = (site.bench.clock() + timedelta(hours=1)).isoformat()
    body = {"username": "boss", "deputy": "lead", "ends_at": ends, "reason": "leave"}
    assert admin.post("/api/deputies", json=body).status_code == 201
    client = site.client()
    begun = Listener(client)
    client.put("/api/account/acting", json={"username": "boss"}).raise_for_status()
    wait_for("the end of the stream of one's own", lambda: begun.ended_at is not None, seconds=60)
    listener = Listener(client)
    site.bench.clock.forward(hours=1)
    wait_for("the end of the stream", lambda: listener.ended_at is not None, seconds=60)
    assert client.get("/api/session").json()["on_behalf_of"] is None


def _by_revoking_it(site: Site) -> None:
    admin = site.bench.client(Role.ADMINISTRATOR)
    (token,) = admin.get("/api/tokens").json()
    assert admin.delete(f"/api/tokens/{token['id']}").status_code == 204


def _by_revoke_command(site: Site) -> None:
    with site.bench.hub.database.write() as session:  # as the command line does beside the hub: nobody is told
        work = UnitOfWork(session, site.bench.hub.city, site.bench.clock())
        revoke_token(work, Origin("command line", "local"), live_token_called(work, "board"))


def _by_expiry(site: Site) -> None:
    site.bench.clock.forward(minutes=61)


@pytest.mark.parametrize(
    "end", [_by_revoking_it, _by_revoke_command, _by_expiry], ids=lambda end: end.__name__.removeprefix("_by_")
)
def test_a_machines_stream_ends_with_its_token(site: Site, end: Callable[[Site], None]) -> None:
    """Revoked here or beside the hub, or expired; the streams of people go on."""
    caller, person = site.machine(), site.client()
    ended, goes_on = Listener(caller), Listener(person)
    end(site)
    wait_for("the end of the stream", lambda: ended.ended_at is not None, seconds=60)
    assert caller.get("/api/cases").status_code == 401
    before = goes_on.lines
    wait_for("more events", lambda: goes_on.lines > before + 20)
    assert goes_on.ended_at is None


def test_other_streams_go_on(site: Site) -> None:
    """Of another session of the same person too."""
    first, second = site.client(), site.client()
    ended, goes_on = Listener(first), Listener(second)
    _by_sign_out(site, first)
    wait_for("the end of the stream", lambda: ended.ended_at is not None, seconds=60)
    before = goes_on.lines
    wait_for("more events", lambda: goes_on.lines > before + 20)
    assert goes_on.ended_at is None
