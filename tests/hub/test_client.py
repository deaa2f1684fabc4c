"""The Python client against a hub: paging, keys, photos, files, one error, and the stream of changes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.hub.bench import EAST, JPEG, PASSWORD, Bench

from sharp_eyes.client import Client, ProblemError
from sharp_eyes.client import client as module
from sharp_eyes.hub.lifecycle.roles import Role

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "client.md"


@pytest.fixture
def desk(quick: Bench) -> Client:
    """A clerk's client, who has signed in with a password."""
    quick.client(Role.CLERK, name="clerk")
    desk = Client(http=quick.stranger())
    assert desk.sign_in("clerk", PASSWORD).role == "clerk"
    return desk


def reported(desk: Client, **more: Any) -> int:
    return desk.report("meeting", "road_hole", area=EAST, **more).case


def test_the_guides_example_runs(
    quick: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it stands in docs/client.md: one error, told by its code, and one's own report."""
    (example,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)
    quick.client(Role.GRID_WORKER, EAST, name="grid")
    page = quick.stranger()
    monkeypatch.setitem(names, "Client", lambda _url: Client(http=page))
    number = names["a_day"]("", "grid", PASSWORD)
    assert capsys.readouterr().out.splitlines() == [
        "403 not_allowed grid may not accept this case",
        f"{number} dispatched",
    ]


def test_all_pages_are_gone_through_in_either_order(desk: Client) -> None:
    """Newest first, and in the queue's order; filters go along."""
    made = [reported(desk) for _ in range(5)]
    assert [one.id for one in desk.cases(limit=2)] == made[::-1]
    assert [one.id for one in desk.cases(order="rank", state=["reported"], limit=2)] == made
    assert list(desk.cases(state=["closed"])) == []
    assert [one.case for one in desk.my_reports()] == made[::-1]


def test_a_key_makes_it_once(quick: Bench, desk: Client) -> None:
    """Reports, moves and photos; what is sent again changes nothing."""
    key = uuid4()
    case = reported(desk, key=key)
    assert reported(desk, key=key) == case
    unit = Client(http=quick.client(Role.HANDLER, unit="city-management"))
    lead = Client(http=quick.client(Role.SHIFT_LEAD))
    lead.move(case, "file")
    lead.move(case, "dispatch", units=["city-management"])
    assert [task.case.id for task in unit.tasks()] == [case]
    unit.move(case, "accept")
    photo = [unit.add_photo(case, JPEG, moment="after", key=key) for key in [uuid4()] * 2]
    assert photo[0] == photo[1]
    done = [unit.move(case, "handle", photo_ids=photo[:1], key=key) for key in [uuid4()] * 2]
    assert [one.lines for one in done] == [["reported", "filed", "dispatched", "accepted", "handled"]] * 2
    assert unit.evidence(photo[0])[:3] == JPEG[:3]
    assert done[0]["number"] == desk.case(case).number
    with pytest.raises(KeyError):
        done[0]["colour"]


def test_there_is_one_error(desk: Client) -> None:
    """What the hub refuses, what a proxy says, and that nobody answers."""
    with pytest.raises(ProblemError) as refused:
        desk.case(999)
    assert (refused.value.status, refused.value.code, refused.value.title) == (404, "not_found", "Not Found")
    assert "999" in refused.value.detail

    def proxy(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/tasks":
            raise httpx.ConnectError("refused")
        return httpx.Response(503, text="<html>", headers={"Retry-After": "5"})

    behind = Client(http=httpx.Client(base_url="http://hub/eyes", transport=httpx.MockTransport(proxy)))
    with pytest.raises(ProblemError) as busy:
        behind.city()
    assert (busy.value.code, busy.value.retry_after) == ("http_503", 5)
    behind = Client(http=httpx.Client(base_url="http://hub", transport=httpx.MockTransport(proxy)))
    with pytest.raises(ProblemError) as nobody:
        behind.tasks()
    assert (nobody.value.status, nobody.value.code) == (0, "unreachable")


def test_changes_go_on_where_a_line_broke_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the last id that was heard; and a refusal ends them."""
    monkeypatch.setattr(module, "_AGAIN", 0)
    asked: list[str | None] = []

    class Broken(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b'retry: 2000\n\nid: m.1\nevent: case\ndata: {"id": 7}\n\n'
            yield b":ping\n\nevent: camera\ndata: {}\n\nid: m.2\neve"
            raise httpx.ReadError("the line broke")

    def hub(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("last-event-id"))
        assert request.headers["authorization"] == "Bearer secret"
        if len(asked) == 3:
            return httpx.Response(401, json={"title": "Unauthorized", "error": {"code": "not_signed_in"}})
        return httpx.Response(200, stream=Broken())

    client = Client(token="secret", http=httpx.Client(base_url="http://hub", transport=httpx.MockTransport(hub)))
    heard = []
    with pytest.raises(ProblemError) as ended:
        for change in client.changes(after="m.0"):
            heard.append((change.id, change.topic, change.data))
    assert heard == [("m.1", "case", {"id": 7}), ("", "camera", {})] * 2
    assert (asked, ended.value.code) == (["m.0", "m.1", "m.1"], "not_signed_in")
