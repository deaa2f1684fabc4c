"""Photos under way while their sender loses what let them in: refused, and nothing is kept."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.hub.bench import JPEG, STREET, Bench
from tests.hub.test_connection_guard import Server, answer_of

from sharp_eyes.hub.api import case_routes
from sharp_eyes.hub.handle.pictures import Picture, read_picture
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.accounts import change_account, set_disabled
from sharp_eyes.hub.people.sessions import end_session, find_session
from sharp_eyes.hub.store.tables import EvidenceFile

Loss = Callable[[Bench], None]


def sign_out(bench: Bench) -> None:
    with bench.transaction() as work:
        row = find_session(work.session, TOKENS[bench])
        assert row is not None
        end_session(work.session, row.id)


def disable(bench: Bench) -> None:
    with bench.transaction() as work:
        set_disabled(work.session, "handler", disabled=True)


def become_leader(bench: Bench) -> None:
    with bench.transaction() as work:
        change_account(work.session, work.city, "handler", role=Role.LEADER)


def go_elsewhere(bench: Bench) -> None:
    with bench.transaction() as work:
        change_account(work.session, work.city, "handler", area=STREET, unit="fire-brigade")


LOSSES = (sign_out, disable, become_leader, go_elsewhere)
TOKENS: dict[Bench, str] = {}


@pytest.fixture
def case(quick: Bench) -> Iterator[int]:
    """A case that the handler handles."""
    quick.report()
    lead = quick.client(Role.SHIFT_LEAD)
    number: int = lead.get("/api/cases").json()["items"][0]["id"]
    page = quick.client(Role.HANDLER, unit="traffic-police", name="handler")
    assert page.post(f"/api/cases/{number}/moves/accept").is_success
    TOKENS[quick] = page.cookies[quick.hub.session_cookie]
    yield number
    del TOKENS[quick]


def kept(bench: Bench) -> tuple[int, list[Path]]:
    with bench.hub.read_only() as work:
        rows = work.session.scalar(select(func.count()).select_from(EvidenceFile).where(EvidenceFile.kind == "photo"))
    files = [path for path in (bench.hub.settings.data / "evidence").rglob("*") if path.is_file()]
    return rows or 0, files


def upload_of(case: int, cookie: str) -> tuple[bytes, bytes, bytes]:
    """A request that sends a photo: its head, which wants to hear that the body may come, and the body's halves."""
    form = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n" + JPEG + b"\r\n--edge--\r\n"
    )
    head = (
        f"POST /api/cases/{case}/photos HTTP/1.1\r\nHost: hub\r\nConnection: close\r\nX-Requested-With: sharp-eyes\r\n"
        f"Cookie: {cookie}\r\nContent-Type: multipart/form-data; boundary=edge\r\nContent-Length: {len(form)}\r\n"
        "Expect: 100-continue\r\n\r\n"
    )
    return head.encode(), form[: len(form) // 2], form[len(form) // 2 :]


@pytest.mark.parametrize("lose", LOSSES)
def test_between_the_first_and_the_last_byte(quick: Bench, case: int, lose: Loss) -> None:
    """The body is read on, so that the answer is heard, and then the sender is looked at anew."""
    head, first, rest = upload_of(case, f"{quick.hub.session_cookie}={TOKENS[quick]}")
    server = Server(quick)
    try:
        with server.connect() as line:
            line.sendall(head)
            assert b"100" in line.recv(1000), "it was let in"
            line.sendall(first)
            lose(quick)
            line.sendall(rest)
            status, body = answer_of(line)
    finally:
        server.stop()
    assert status == 401, body
    assert kept(quick) == (0, [])


@pytest.mark.parametrize("lose", LOSSES)
def test_while_the_photo_is_read(quick: Bench, case: int, lose: Loss, monkeypatch: pytest.MonkeyPatch) -> None:
    """To read one takes seconds."""

    def slowly(content: bytes) -> Picture:
        lose(quick)
        return read_picture(content)

    monkeypatch.setattr(case_routes, "read_picture", slowly)
    page = quick.stranger()
    page.cookies.set(quick.hub.session_cookie, TOKENS[quick])
    answer = page.post(f"/api/cases/{case}/photos", files={"file": ("a.jpg", JPEG, "image/jpeg")})
    assert answer.status_code == 401, answer.text
    assert kept(quick) == (0, [])
