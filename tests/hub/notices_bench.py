"""What the tests of notices share: a server outside that can refuse, and people with addresses."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import select
from tests.hub.bench import Bench

from sharp_eyes.hub.areas.notice_rules import NoticeSettings
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.notice_tables import Contact, Delivery, Notice
from sharp_eyes.hub.store.tables import Account


class Outside:
    """An HTTP server that keeps what it is sent and answers what a test wants."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, bytes]] = []
        self.delay = 0.0
        outside = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outside.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                time.sleep(outside.delay)
                status, answer = outside.answers.pop(0) if outside.answers else (200, b'{"errcode": 0}')
                self.send_response(status)
                if status in {301, 302, 307}:
                    self.send_header("Location", outside.url + "/elsewhere")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.requests]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def outside() -> Iterator[Outside]:
    made = Outside()
    try:
        yield made
    finally:
        made.close()


def set_notices(bench: Bench, **values: Any) -> None:
    """Let the city say something else of notices."""
    notices = NoticeSettings.model_validate(values)
    bench.hub.city = bench.hub.city.model_copy(update={"notices": notices})


def add_person(
    bench: Bench, name: str, role: Role | str, area: str = "demo", unit: str | None = None, **more: str
) -> None:
    """Somebody who may sign in; ``more``: addresses by kind."""
    with bench.transaction() as work:
        account = Account(
            username=name,
            display_name=name,
            password_hash="-",
            role=str(role),
            area=area,
            unit=unit,
            language="en" if "language" not in more else more.pop("language"),
            disabled=False,
            created_at=work.now,
        )
        work.session.add(account)
        work.session.flush()
        for kind, address in more.items():
            work.session.add(Contact(account_id=account.id, kind=kind, address=address))


def told(bench: Bench) -> list[tuple[str, str]]:
    """Who was told of what on the page, in the order of it."""
    with bench.hub.read_only() as work:
        query = select(Account.username, Notice.kind).join(Notice, Notice.account_id == Account.id).order_by(Notice.id)
        return [(name, kind) for name, kind in work.session.execute(query)]


def deliveries(bench: Bench) -> list[Delivery]:
    with bench.hub.read_only() as work:
        return list(work.session.scalars(select(Delivery).order_by(Delivery.id)))
