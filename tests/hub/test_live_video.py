"""Live video at the hub: one stream from the gateway for all who watch, their rights, and its end."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from tests.hub.bench import CAMERA, EAST, GATEWAY, Bench

from sharp_eyes.contract.status import CameraNote
from sharp_eyes.contract.video import VideoBegins, VideoRefused
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.live import relay, viewer
from sharp_eyes.hub.live.seats import Seats
from sharp_eyes.hub.live.viewer import Viewer
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.tables import AuditEntry, LoginSession

WEST = "demo/first-street/west"
BEGINS = VideoBegins(media_type='video/mp4; codecs="avc1.64001f"', epoch=1_700_000_000.0)
BEGINNING, KEYFRAME, FRAGMENT = b"\0moov", b"\1key", b"\2next"


@dataclass
class Mine:
    """A seat of somebody's."""

    owner: str


class Studio:
    """A hub, pages and a gateway, on one event loop."""

    def __init__(self, data: Path, stack: ExitStack) -> None:
        self.bench = Bench(data, limits=LimitSettings(storm_events=0, live_viewers=3))
        self._portal = stack.enter_context(start_blocking_portal())
        self.lines = TestClient(self.bench.app)
        """Opens WebSockets, for which a ticket is all that it takes."""
        self.lines.portal = self._portal
        self.begin(stack)

    def begin(self, stack: ExitStack) -> None:
        """Forget what was; sockets are closed with the stack."""
        self._stack = stack
        self.bench.clock.forward(minutes=1)  # seats that nobody took are forgotten
        self.bench.birth()
        self.bench.out.watches.clear()
        self.lead = self.page()
        self._asked = 0

    def page(self, role: Role = Role.DISPATCHER, area: str = EAST) -> TestClient:
        return self.bench.client(role, area)

    def ticket(self, page: TestClient, camera: str = CAMERA, **query: str) -> str:
        answer = page.post(f"/api/cameras/{GATEWAY}/{camera}/video", params=query)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["ticket"])

    def watch(self, page: TestClient | None = None, **query: str) -> WebSocketTestSession:
        ticket = self.ticket(page or self.lead, **query)
        return self._stack.enter_context(self.lines.websocket_connect(f"/api/live/{ticket}"))

    def asked(self) -> Any:
        """What the gateway was asked last, once it was."""
        watches = self.bench.out.watches
        for _ in range(200):
            if len(watches) > self._asked:
                break
            self.wait_a_moment()
        self._asked = len(watches)
        video = watches[-1][1].video
        assert video is not None
        return video

    def wait_a_moment(self) -> None:
        """Let the event loop go on."""
        self._portal.call(_a_moment)

    def gateway(self) -> WebSocketTestSession:
        """The gateway's line, opened as it was asked for."""
        ticket = self.asked().ticket
        return self._stack.enter_context(self.lines.websocket_connect(f"/api/gateway-video/{ticket}"))

    def gateway_of(self, form: str) -> WebSocketTestSession:
        """The line of a stream of this form, where several are asked for."""
        while (video := self.asked()).form != form:
            pass
        return self._stack.enter_context(self.lines.websocket_connect(f"/api/gateway-video/{video.ticket}"))

    def seen(self) -> list[str]:
        with self.bench.hub.read_only() as work:
            rows = work.session.query(AuditEntry).filter_by(action="video_seen").all()
            return [f"{row.actor} {row.subject}" for row in rows]


async def _a_moment() -> None:
    await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with ExitStack() as stack:
        made = Studio(tmp_path_factory.mktemp("hub"), stack)
        stack.callback(made.bench.close)
        yield made


@pytest.fixture
def studio(shared: Studio) -> Iterator[Studio]:
    """Nobody watches yet, and all are there."""
    with ExitStack() as stack:
        shared.begin(stack)
        yield shared


def hear(page: WebSocketTestSession) -> Any:
    """One message: a note as its fields, or a piece."""
    message = page.receive()
    if message["type"] == "websocket.close":
        return None
    return json.loads(message["text"]) if message.get("text") else message["bytes"]


def send(gateway: WebSocketTestSession, *pieces: bytes) -> None:
    gateway.send_text(BEGINS.model_dump_json())
    for piece in pieces:
        gateway.send_bytes(piece)


def is_closed(socket: WebSocketTestSession) -> bool:
    try:
        return hear(socket) is None
    except WebSocketDisconnect:
        return True


def test_all_who_watch_share_one_stream_and_the_last_one_ends_it(studio: Studio) -> None:
    """Who comes later begins at the last keyframe; each look is a line of the trail."""
    seen = len(studio.seen())
    first = studio.watch()
    gateway = studio.gateway()
    send(gateway, BEGINNING, KEYFRAME, FRAGMENT, KEYFRAME + b"2", FRAGMENT + b"2")
    begins, *pieces = [hear(first) for _ in range(6)]
    assert begins == BEGINS.model_dump(mode="json")
    assert pieces == [BEGINNING, KEYFRAME, FRAGMENT, KEYFRAME + b"2", FRAGMENT + b"2"]
    other = studio.page(area="demo")
    second = studio.watch(other)
    assert [hear(second) for _ in range(4)][1:] == [BEGINNING, KEYFRAME + b"2", FRAGMENT + b"2"]
    gateway.send_bytes(FRAGMENT + b"3")
    assert hear(first) == hear(second) == FRAGMENT + b"3"
    assert studio.bench.hub.live.viewers == 2
    assert len(studio.seen()) == seen + 2
    first.close()
    gateway.send_bytes(FRAGMENT + b"4")
    assert hear(second) == FRAGMENT + b"4"
    second.close()
    assert is_closed(gateway)
    assert studio.bench.hub.live.viewers == 0


def test_pictures_are_a_stream_of_their_own_of_which_the_latest_counts(studio: Studio) -> None:
    """Who comes later is told the last one; who is slow finds only the latest."""
    studio.watch()
    assert studio.asked().form == "packets"
    page = studio.watch(form="pictures")
    gateway = studio.gateway_of("pictures")
    gateway.send_text(VideoBegins(media_type="image/jpeg", epoch=0.0).model_dump_json())
    gateway.send_bytes(b"\3first")
    assert [hear(page)["media_type"], hear(page)] == ["image/jpeg", b"\3first"]
    later = studio.watch(form="pictures")
    assert [hear(later)["media_type"], hear(later)] == ["image/jpeg", b"\3first"]
    slow = Viewer(EAST)
    for piece in (b"\3second", b"\3third"):
        slow.offer(piece)
    slow.end()
    assert [asyncio.run(slow.next()), asyncio.run(slow.next())] == [b"\3third", None]


def test_a_seat_is_for_those_who_may_see_the_camera_and_for_once(studio: Studio) -> None:
    """Another's camera is not there; a ticket that is wrong or used opens nothing, at either side."""
    west, seen = studio.page(area=WEST), studio.seen()
    assert west.post(f"/api/cameras/{GATEWAY}/{CAMERA}/video").status_code == 404
    assert studio.seen() == seen
    ticket = studio.ticket(studio.lead)
    with studio.lines.websocket_connect(f"/api/live/{ticket}"):
        for path in (f"/api/live/{ticket}", "/api/live/guessed", "/api/gateway-video/guessed"):
            with pytest.raises(WebSocketDenialResponse) as refused, studio.lines.websocket_connect(path):
                pass
            assert refused.value.status_code == 403
    late = studio.ticket(studio.lead)
    studio.bench.clock.forward(seconds=31)
    with pytest.raises(WebSocketDenialResponse), studio.lines.websocket_connect(f"/api/live/{late}"):
        pass


def test_no_more_watch_than_may_and_none_a_gateway_that_is_away(studio: Studio) -> None:
    """Both are said before anything is asked of a gateway."""
    for _ in range(3):
        studio.ticket(studio.lead)
    full = studio.lead.post(f"/api/cameras/{GATEWAY}/{CAMERA}/video")
    assert (full.status_code, full.json()["error"]["code"]) == (503, "too_many_viewers")
    studio.bench.will()
    away = studio.lead.post(f"/api/cameras/{GATEWAY}/{CAMERA}/video")
    assert (away.status_code, away.json()["error"]["code"]) == (409, "camera_away")


def test_nobody_takes_all_seats(studio: Studio) -> None:
    """Who asks for more than one person may watch is refused, waiting or inside, while others are let in."""
    greedy, seats = Mine("greedy"), Seats[Mine](room=5, each=2, monotonic=studio.bench.clock.monotonic)
    ticket = seats.give(greedy)
    assert ticket is not None
    with seats.inside(greedy):
        assert seats.take(ticket) is greedy
        assert seats.give(greedy) is not None
        assert [seats.give(greedy) for _ in range(20)] == [None] * 20
        assert seats.give(Mine("neighbour")) is not None
    assert seats.give(greedy) is not None


def test_the_looking_ends_with_the_session_and_with_the_right(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody is signed out; then the camera is given to another area."""
    monkeypatch.setattr(relay, "ASK_EVERY", 0.02)
    monkeypatch.setattr(relay, "LOOK_EVERY", 0.02)
    page = studio.watch()
    with studio.bench.transaction() as work:
        work.session.query(LoginSession).delete()
    studio.bench.hub.session_watch.look()
    assert is_closed(page)
    studio.lead = studio.page()
    page = studio.watch()
    studio.bench.birth(cameras=(CameraNote(camera=CAMERA, name="x", area=WEST),))
    assert is_closed(page)


def test_a_gateway_that_refuses_or_does_not_answer_is_told_to_the_page(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes back to pictures then."""
    page = studio.watch(stream="sub")
    assert studio.asked().stream == "sub"
    studio._asked = 0
    gateway = studio.gateway()
    gateway.send_text(VideoRefused(reason="masked").model_dump_json())
    assert hear(page) == {"type": "refused", "reason": "masked"}
    assert is_closed(page)
    monkeypatch.setattr(relay, "ASK_EVERY", 0.01)
    monkeypatch.setattr(relay, "PATIENCE", 0.02)
    page = studio.watch()
    assert hear(page) == {"type": "refused", "reason": "no_video"}


def test_a_line_that_breaks_is_asked_for_again(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """With another ticket, as long as somebody watches; what is no video ends a line."""
    monkeypatch.setattr(relay, "ASK_EVERY", 0.02)
    page = studio.watch()
    gateway = studio.gateway()
    send(gateway, BEGINNING, KEYFRAME)
    gateway.send_bytes(b"\7garbage")
    assert is_closed(gateway)
    again = studio.gateway()
    send(again, BEGINNING + b"2", KEYFRAME + b"2")
    heard = [hear(page) for _ in range(6)]
    assert [one for one in heard if isinstance(one, bytes)] == [
        BEGINNING, KEYFRAME, BEGINNING + b"2", KEYFRAME + b"2",
    ]  # fmt: skip


def test_a_slow_page_loses_whole_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it, and it goes on at a keyframe."""

    async def look() -> None:
        monkeypatch.setattr(viewer, "MAX_WAITING", 30)
        slow = Viewer("demo")
        for piece in (BEGINNING, KEYFRAME, *[FRAGMENT] * 5, b"\1again", b"\2more"):
            slow.offer(piece)
        slow.end()
        heard = []
        while (said := await slow.next()) is not None:
            heard.append(said)
        assert heard == [BEGINNING, b"\1again", b"\2more"]

    asyncio.run(look())


def test_a_line_that_is_too_slow_is_given_what_is_new() -> None:
    """Of what has waited for long only the newest group is kept; without it each minute would be shown later."""
    now = [0.0]
    slow = Viewer("demo", lambda: now[0])

    async def send() -> int:
        said = await slow.next()
        return int(said[1:]) if isinstance(said, bytes) else -1

    async def look() -> None:
        behind = []
        for number in range(120):  # a minute of two pieces a second, a keyframe every other second; half of it goes out
            now[0] = number / 2
            slow.offer((b"\2" if number % 4 else b"\1") + str(number).encode())
            if number % 2:
                behind.append((number - await send()) / 2)
        assert max(behind) <= 3, "what may wait, and a group"

    asyncio.run(look())
