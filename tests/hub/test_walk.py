"""A running hub with its broker, its database and its web server, and a gateway on a real connection."""

import hashlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml
from tests.hub.bench import CAMERA, GATEWAY, JPEG, PASSWORD, announced, answer, scene_event
from tests.hub.edge import Link, wait_for
from tests.loaded import Process, run, start
from tests.ports import free_port

from sharp_eyes.contract.command import LookAgain
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import Evidence, EvidenceKind, LookAgainAnswer, Outcome, SceneEvent
from sharp_eyes.contract.status import Birth, CameraNote, Will
from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.hub.hub import Hub, utc_now
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.accounts import add_account
from sharp_eyes.hub.settings import load_settings

HEADERS = {"X-Requested-With": "sharp-eyes"}


class Stand:
    """A hub's process and what talks to it."""

    def __init__(self, folder: Path, database: str) -> None:
        self.http, self.mqtt = free_port(), free_port()
        self.config = folder / "hub.yaml"
        self.config.write_text(
            yaml.safe_dump(
                {
                    "data": str(folder / "data"),
                    "database": database,
                    "http": {"port": self.http},
                    "broker": {"port": self.mqtt},
                    "limits": {"storm_events": 0},
                }
            )
        )
        self.log = folder / "log"
        hub = Hub(load_settings(self.config))
        hub.prepare()
        with hub.transaction() as work:
            self.password = add_gateway(work.session, work.city, work.now, GATEWAY, "demo/first-street")
            for name, area in (("admin", "demo"), ("west", "demo/first-street/west")):
                add_account(
                    work.session,
                    work.city,
                    work.now,
                    username=name,
                    password=PASSWORD,
                    role=Role.ADMINISTRATOR,
                    area=area,
                )
        hub.stop()
        self.process = self.start()
        self.links: list[Link] = []

    def command(self, *arguments: str) -> str:
        line = [sys.executable, "-m", "sharp_eyes.hub", *arguments, "--config", str(self.config)]
        done = run(line, timeout=600)
        done.check_returncode()
        return done.stdout

    def start(self) -> Process:
        line = [sys.executable, "-m", "sharp_eyes.hub", "serve", "--config", str(self.config)]
        with self.log.open("ab") as log:
            self.process = start(line, log)
        wait_for("the hub to be up", self._is_up, seconds=60)
        return self.process

    def _is_up(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            said: str = httpx.get(f"{self.url}/api/health").json()["status"]
        except httpx.TransportError:
            return False
        return said == "ok"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http}"

    def page(self, name: str = "admin") -> httpx.Client:
        client = httpx.Client(base_url=self.url, headers=HEADERS, timeout=240)
        said = client.post("/api/session", json={"username": name, "password": PASSWORD})
        assert said.status_code == 200, said.text
        return client

    def gateway(self) -> "Gateway":
        link = Link(
            self.mqtt,
            GATEWAY,
            self.password,
            str(Topic(GATEWAY, Channel.ACK)),
            str(Topic(GATEWAY, Channel.COMMAND)),
            client_id="gate",
            clean=False,
            will=(str(Topic(GATEWAY, Channel.STATUS)), Will(gateway=GATEWAY, session="s1").model_dump_json()),
        ).ready()
        self.links.append(link)
        return Gateway(link)

    def close(self) -> None:
        for link in self.links:
            link.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


class Gateway:
    """Sends until it is acknowledged, as a gateway's outbox does."""

    def __init__(self, link: Link) -> None:
        self.link = link

    def birth(self) -> None:
        cameras = (CameraNote(camera=CAMERA, name="东门", area="demo/first-street/east"),)
        message = Birth(gateway=GATEWAY, session="s1", time=utc_now(), version="1", cameras=cameras)
        self.link.publish(str(Topic(GATEWAY, Channel.STATUS)), message.model_dump_json(), retain=True)

    def acknowledged(self) -> set[str]:
        return {identity for ack in self.link.payloads(str(Topic(GATEWAY, Channel.ACK))) for identity in ack["ids"]}

    def deliver(self, data: SceneEvent | LookAgainAnswer) -> None:
        message = wrap(GATEWAY, data)

        def send() -> bool:
            self.link.publish(str(Topic(GATEWAY, Channel.EVENT)), message.model_dump_json())
            return self._wait(message.id)

        wait_for(f"the acknowledgement of {message.id}", send, seconds=60)

    def deliver_file(self, evidence: Evidence, content: bytes) -> None:
        message = wrap(GATEWAY, evidence)

        def send() -> bool:
            self.link.publish(str(Topic(GATEWAY, Channel.EVENT)), message.model_dump_json())
            for number in range(evidence.parts):
                part = content[number * evidence.part_size : (number + 1) * evidence.part_size]
                topic = Topic(GATEWAY, Channel.EVIDENCE, evidence_id=evidence.evidence_id, part=number)
                self.link.publish(str(topic), part)
            return self._wait(message.id)

        wait_for(f"the acknowledgement of {message.id}", send, seconds=60)

    def command(self, count: int) -> LookAgain:
        topic = str(Topic(GATEWAY, Channel.COMMAND))
        wait_for("a command", lambda: len(self.link.payloads(topic)) >= count)
        return LookAgain.model_validate(self.link.payloads(topic)[count - 1])

    def _wait(self, identity: str) -> bool:
        end = time.monotonic() + 3
        while time.monotonic() < end:
            if identity in self.acknowledged():
                return True
            time.sleep(0.02)
        return False


class Stream:
    """A page's stream of changes, with the time each line came."""

    def __init__(self, page: httpx.Client) -> None:
        self.seen: list[tuple[float, str, dict[str, Any]]] = []
        self.ended = threading.Event()
        self._open = threading.Event()
        threading.Thread(target=self._listen, args=(page,), daemon=True).start()
        assert self._open.wait(60)

    def _listen(self, page: httpx.Client) -> None:
        topic = ""
        try:
            with page.stream("GET", "/api/stream", timeout=300) as answer:
                for line in answer.iter_lines():
                    self._open.set()
                    if line.startswith("event: "):
                        topic = line.removeprefix("event: ")
                    elif line.startswith("data: "):
                        self.seen.append((time.monotonic(), topic, json.loads(line.removeprefix("data: "))))
        except httpx.TransportError:
            pass
        finally:
            self.ended.set()


@pytest.fixture
def stand(tmp_path: Path, database_url: str) -> Iterator[Stand]:
    made = Stand(tmp_path, database_url)
    yield made
    made.close()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Stand]:
    """The same on SQLite alone, for what does not depend on the database."""
    made = Stand(tmp_path, f"sqlite:///{tmp_path / 'hub.db'}")
    yield made
    made.close()


def test_from_the_event_to_the_closed_case(stand: Stand) -> None:
    """Event, picture, dispatch, handling, second look, closed: through broker, database and web, with the log."""
    gateway, page = stand.gateway(), stand.page()
    gateway.birth()
    stream = Stream(page)
    event = scene_event(utc_now())
    gateway.deliver(event)
    wait_for("the alert on the page", lambda: any(topic == "case" for _, topic, _ in stream.seen))
    picture = b"\xff\xd8\xff\xe0" + os.urandom(300_000)
    full = announced(picture, event.event_id, utc_now(), part_size=100_000)
    gateway.deliver_file(full, picture)
    case = page.get("/api/cases").json()["items"][0]
    assert (case["state"], case["unit"], case["camera_name"]) == ("dispatched", "traffic-police", "东门")
    content = page.get(f"/api/evidence/{full.evidence_id}").content
    assert hashlib.sha256(content).hexdigest() == full.sha256
    moves = f"/api/cases/{case['id']}/moves"
    assert page.post(f"{moves}/accept").json()["state"] == "accepted"
    photo = page.post(f"/api/cases/{case['id']}/photos", files={"file": ("p.jpg", JPEG, "image/jpeg")}).json()
    assert page.post(f"{moves}/handle", json={"photo_ids": [photo["id"]]}).json()["state"] == "handled"
    command = gateway.command(1)
    assert command.event_id == event.event_id
    after = announced(JPEG, event.event_id, utc_now(), kind=EvidenceKind.AFTER)
    gateway.deliver(answer(command, Outcome.GONE, utc_now(), evidence_id=after.evidence_id))
    gateway.deliver_file(after, JPEG)
    closed = page.get(f"/api/cases/{case['id']}").json()
    assert closed["state"] == "closed"
    assert (closed["look_again"]["before_id"], closed["look_again"]["after_id"]) == (
        str(full.evidence_id),
        str(after.evidence_id),
    )
    wait_for("the close on the page", lambda: [d["state"] for _, t, d in stream.seen if t == "case"][-1] == "closed")
    said = [data["change"] for _, topic, data in stream.seen if topic == "case"]
    assert said[:3] == ["reported", "file", "dispatch"]


def test_a_killed_hub_loses_and_doubles_nothing(stand: Stand) -> None:
    """Kill -9 in the middle of a stream of events and half a file; afterwards all is there, once."""
    gateway = stand.gateway()
    gateway.birth()
    events = [scene_event(utc_now(), event_id=uuid4()) for _ in range(30)]
    picture = b"\xff\xd8\xff\xe0" + os.urandom(500_000)
    full = announced(picture, events[0].event_id, utc_now(), part_size=50_000)
    finished = threading.Event()

    def send_all() -> None:
        for event in events:
            gateway.deliver(event)
        gateway.deliver_file(full, picture)
        finished.set()

    threading.Thread(target=send_all, daemon=True).start()
    wait_for("some events to be taken", lambda: len(gateway.acknowledged()) >= 5)
    stand.process.kill()
    stand.process.wait()
    stand.start()
    assert finished.wait(120)
    page = stand.page()
    cases = page.get("/api/cases?limit=200").json()["items"]
    assert {case["event_id"] for case in cases} == {str(event.event_id) for event in events}
    assert len(cases) == len(events)
    numbers = sorted(case["number"] for case in cases)
    assert len(set(numbers)) == len(events)
    assert page.get(f"/api/evidence/{full.evidence_id}").content == picture


def test_a_command_reaches_a_gateway_that_was_away(small: Stand) -> None:
    """Handled while the gateway is gone: the question waits for it, and its will shows on the page."""
    gateway, page = small.gateway(), small.page()
    gateway.birth()
    gateway.deliver(scene_event(utc_now()))
    wait_for("the gateway to be shown", lambda: page.get("/api/gateways").json()[0]["online"])
    gateway.link.vanish()
    wait_for("the gateway to be shown as gone", lambda: not page.get("/api/gateways").json()[0]["online"])
    assert page.get("/api/cameras").json()[0]["state"] == "lost"
    for move, body in (("accept", {}), ("handle", {"note": "gone"})):
        assert page.post(f"/api/cases/1/moves/{move}", json=body).status_code == 200
    back = small.gateway()
    assert back.command(1).camera == CAMERA


def test_a_gateway_added_while_the_hub_runs_gets_in(small: Stand) -> None:
    """Within seconds, without a restart."""
    password = small.command("gateway", "add", "gate-02").strip()

    def enter() -> bool:
        link = Link(small.mqtt, "gate-02", password)
        wait_for("an answer", lambda: link.connects)
        entered = link.connects == ["Success"]
        link.close()
        return entered

    wait_for("the new gateway to be let in", enter)


def test_garbage_from_a_gateway_does_not_disturb_the_others(small: Stand) -> None:
    """Through the real broker: rubbish on every topic, then a real event."""
    gateway = small.gateway()
    for channel in ("event", "status", "heartbeat", "snapshot/x", "evidence/x/0", "evidence/x", "event"):
        for payload in (b"", b"\0" * 10, b"{" * 10_000, os.urandom(300_000)):
            gateway.link.publish(f"sharp-eyes/v1/{GATEWAY}/{channel}", payload)
    gateway.deliver(scene_event(utc_now()))
    assert small.process.poll() is None


def test_stopping_ends_open_streams_and_leaves_no_broker(small: Stand) -> None:
    """A connected page does not hold the hub back; it ends within seconds, with a clean exit."""
    stream = Stream(small.page())
    broker = int((small.config.parent / "data" / "broker" / "broker.pid").read_text())
    small.process.send_signal(signal.SIGINT)
    # An open stream never ends by itself, so any end is proof.
    assert small.process.wait(90) in (0, 130, -signal.SIGINT)
    assert stream.ended.wait(30)
    assert not Path(f"/proc/{broker}").exists()
    assert "Traceback" not in small.log.read_text()


def test_the_stream_shows_only_ones_own_area(small: Stand) -> None:
    """A page of another community hears nothing of this case."""
    gateway = small.gateway()
    gateway.birth()
    mine, theirs = Stream(small.page()), Stream(small.page("west"))
    gateway.deliver(scene_event(utc_now()))
    wait_for("the alert on my page", lambda: any(topic == "case" for _, topic, _ in mine.seen))
    time.sleep(0.5)
    assert {topic for _, topic, _ in theirs.seen} <= {"begin"}
