"""Looking back from a case at the hub: who may, what goes to and fro, and what becomes of a stretch that is saved."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from tests.hub.bench import CAMERA, EAST, GATEWAY, JPEG, Bench, announced, scene_event
from tests.hub.test_live_video import BEGINNING, BEGINS, KEYFRAME, WEST, Studio, hear, is_closed

from sharp_eyes.contract.event import ClipRefused, EvidenceKind
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.contract.video import VideoKept, VideoRefused, VideoSent, VideoWanted
from sharp_eyes.hub.api import look_back_routes
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.live import look_back
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.tables import AuditEntry

MP4 = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 20


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with ExitStack() as stack:
        made = Studio(tmp_path, stack)
        stack.callback(made.bench.close)
        yield made


def reported(bench: Bench) -> tuple[int, Any]:
    """A case with its picture, and its event."""
    event = scene_event(bench.clock())
    bench.send(event)
    bench.send_file(announced(JPEG, event.event_id, event.observed_at), JPEG)
    (case,) = bench.client(Role.DISPATCHER).get("/api/cases").json()["items"]
    return int(case["id"]), event


def seat(page: TestClient, case: int) -> Any:
    answer = page.post(f"/api/cases/{case}/look-back")
    assert answer.status_code == 200, answer.text
    return answer.json()


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def open_line(studio: Studio, page: TestClient, case: int) -> tuple[WebSocketTestSession, WebSocketTestSession]:
    """A page's WebSocket, and the gateway's that it was asked for."""
    before = len(studio.bench.out.look_backs)
    ticket = seat(page, case)["ticket"]
    at_page = studio._stack.enter_context(studio.lines.websocket_connect(f"/api/look-back/{ticket}"))
    for _ in range(200):
        if len(studio.bench.out.look_backs) > before:
            break
        studio.wait_a_moment()
    command = studio.bench.out.look_backs[-1][1]
    at_gateway = studio.lines.websocket_connect(f"/api/gateway-video/{command.video.ticket}")
    return at_page, studio._stack.enter_context(at_gateway)


def test_wishes_go_to_the_gateway_and_its_pieces_to_the_page(studio: Studio) -> None:
    """Within five minutes around the alarm; that somebody looked is a line of the trail, as of evidence."""
    case, event = reported(studio.bench)
    told = seat(studio.lead, case)
    assert told["alarms"][0]["seen_at"] == event.observed_at.isoformat().replace("+00:00", "Z")
    page, gateway = open_line(studio, studio.lead, case)
    name, command = studio.bench.out.look_backs[-1]
    assert (name, command.camera) == (GATEWAY, CAMERA)
    assert command.since == event.started_at - timedelta(minutes=5)
    assert command.until == event.observed_at + timedelta(minutes=5)
    kept = VideoKept(stretches=((1.0, 2.0),))
    gateway.send_text(kept.model_dump_json())
    assert hear(page) == kept.model_dump(mode="json")
    wanted = VideoWanted(number=3, since=1.25, until=2.0)
    page.send_text(wanted.model_dump_json())
    assert hear(gateway) == wanted.model_dump(mode="json")
    pieces = [KEYFRAME + bytes([count]) for count in range(20)]
    gateway.send_text(BEGINS.model_dump_json())
    gateway.send_bytes(BEGINNING)
    for piece in pieces:
        gateway.send_bytes(piece)
    gateway.send_text(VideoSent(number=3, until=2.0).model_dump_json())
    heard = [hear(page) for _ in range(len(pieces) + 3)]
    assert heard[0] == BEGINS.model_dump(mode="json")
    assert heard[1:-1] == [BEGINNING, *pieces]
    assert heard[-1] == {"type": "sent", "number": 3, "until": 2.0}
    with studio.bench.hub.read_only() as work:
        (row,) = work.session.query(AuditEntry).filter_by(action="evidence_seen")
        assert row.subject.endswith(f"video {GATEWAY}/{CAMERA}")
    page.close()
    assert is_closed(gateway)


def test_a_seat_is_for_those_who_see_the_case_and_for_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it ends where the case is not theirs any more; nobody is asked for what cannot be."""
    monkeypatch.setattr(look_back_routes, "LOOK_EVERY", 0.02)
    bench = studio.bench
    case, _ = reported(bench)
    path = f"/api/cases/{case}/look-back"
    assert studio.page(area=WEST).post(path).status_code == 404
    assert bench.client(Role.HANDLER, unit="parks").post(path).status_code == 404
    ticket = seat(studio.lead, case)["ticket"]
    with studio.lines.websocket_connect(f"/api/look-back/{ticket}"):
        for address in (f"/api/look-back/{ticket}", "/api/look-back/guessed"):
            with pytest.raises(WebSocketDenialResponse), studio.lines.websocket_connect(address):
                pass
    page, gateway = open_line(studio, studio.lead, case)
    with bench.transaction() as work:
        work.session.query(Case).update({"area": WEST})
    assert is_closed(page)
    assert is_closed(gateway)
    west = studio.page(area=WEST)
    bench.birth("s2", cameras=(CameraNote(camera="other", name="x", area=EAST),))
    assert error(west.post(path)) == (409, "camera_gone")
    bench.birth("s3")
    bench.will("s3")
    assert error(west.post(path)) == (409, "camera_away")


def test_a_gateway_that_refuses_or_is_silent_is_told_to_the_page(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = reported(studio.bench)
    page, gateway = open_line(studio, studio.lead, case)
    gateway.send_text(VideoRefused(reason="not_kept").model_dump_json())
    assert hear(page) == {"type": "refused", "reason": "not_kept"}
    assert is_closed(page)
    monkeypatch.setattr(look_back, "ASK_EVERY", 0.01)
    monkeypatch.setattr(look_back, "PATIENCE", 0.02)
    ticket = seat(studio.lead, case)["ticket"]
    silent = studio._stack.enter_context(studio.lines.websocket_connect(f"/api/look-back/{ticket}"))
    assert hear(silent) == {"type": "refused", "reason": "no_video"}
    assert is_closed(silent)


def test_a_saved_stretch_becomes_evidence_of_whoever_saved_it(quick: Bench) -> None:
    """It is asked for again until it is here; then the file has who saved it, and the log says so from the first."""
    case, event = reported(quick)
    page = quick.client(Role.DISPATCHER)
    start = event.observed_at - timedelta(seconds=40)
    stretch = {"since": start.isoformat(), "until": (start + timedelta(seconds=30)).isoformat()}
    quick.will()
    answer = page.post(f"/api/cases/{case}/clips", json=stretch | {"note": " the plate is seen "})
    assert answer.status_code == 201, answer.text
    (clip,) = answer.json()["saved_clips"]
    assert (clip["state"], clip["note"], clip["by"]) == ("waiting", "the plate is seen", "dispatcher of the shift")
    assert not clip["gateway_online"]
    ((_, command),) = quick.out.clips
    assert (str(command.command_id), command.event_id, command.since) == (clip["id"], event.event_id, start)
    quick.birth("s2")
    assert [one.command_id for _, one in quick.out.clips] == [command.command_id] * 2
    file = announced(
        MP4, event.event_id, start, evidence_id=command.command_id, kind=EvidenceKind.CLIP, media_type="video/mp4"
    )
    quick.send_file(file, MP4)
    found = page.get(f"/api/cases/{case}").json()
    assert found["saved_clips"][0]["state"] == "saved"
    (saved,) = [one for one in found["evidence"] if one["id"] == clip["id"]]
    assert (saved["kind"], saved["by"]) == ("clip", "dispatcher of the shift")
    line = found["log"][-1]
    assert (line["what"], line["actor"], line["note"]) == ("clip_saved", "dispatcher of the shift", "the plate is seen")
    assert line["data"]["clip"] == clip["id"]
    assert page.get(saved["url"]).content == MP4
    quick.birth("s3")
    assert len(quick.out.clips) == 2


def test_a_stretch_that_cannot_be_had_is_said_once(quick: Bench) -> None:
    """By the gateway that was asked, and by no other."""
    case, event = reported(quick)
    page = quick.client(Role.DISPATCHER)
    stretch = {"since": event.started_at.isoformat(), "until": (event.started_at + timedelta(seconds=5)).isoformat()}
    assert page.post(f"/api/cases/{case}/clips", json=stretch | {"note": "x"}).status_code == 201
    command = quick.out.clips[0][1]
    refused = ClipRefused(
        command_id=command.command_id,
        event_id=command.event_id,
        camera=CAMERA,
        reason="not_kept",
        refused_at=quick.clock(),
    )
    quick.other_gateway("gate-09")
    other = quick.send(refused, "gate-09")
    assert "never asked" in quick.out.refused[other]
    assert quick.send(refused) in quick.out.taken
    found = page.get(f"/api/cases/{case}").json()
    (clip,) = found["saved_clips"]
    assert (clip["state"], clip["reason"]) == ("refused", "not_kept")
    assert (found["log"][-1]["what"], found["log"][-1]["data"]["why"]) == ("clip_not_saved", "not_kept")
    quick.birth("s2")
    assert len(quick.out.clips) == 1


def test_only_a_short_stretch_with_a_reason_is_saved(quick: Bench) -> None:
    """By those who may add to the case."""
    case, event = reported(quick)
    page, path = quick.client(Role.DISPATCHER), f"/api/cases/{case}/clips"

    def said(seconds: float, note: str = "x") -> dict[str, str]:
        until = event.started_at + timedelta(seconds=seconds)
        return {"since": event.started_at.isoformat(), "until": until.isoformat(), "note": note}

    assert error(page.post(path, json=said(61))) == (422, "wrong_stretch")
    assert error(page.post(path, json=said(0))) == (422, "wrong_stretch")
    assert error(page.post(path, json=said(5, "  "))) == (422, "reason_needed")
    assert quick.client(Role.DISPATCHER, WEST).post(path, json=said(5)).status_code == 404
    assert quick.out.clips == []
