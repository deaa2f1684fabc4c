"""Several hubs on one PostgreSQL and one broker, gateways of this process, and pages that only listen."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import numpy as np
from tests.e2e.brokers import Hashes, RunningBroker, mosquitto
from tests.e2e.killable import HubProcess
from tests.e2e.stand import wait_for
from tests.hub.databases import cluster

from sharp_eyes.contract.command import Command
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import Grade, Measure, Phase, SceneEvent, SceneName
from sharp_eyes.contract.status import Birth, CameraNote
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.evidence import picture_entries
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.publisher import Publisher
from sharp_eyes.edge.settings import HubConnectionSettings
from sharp_eyes.hub.broker.login import HUB_USER
from sharp_eyes.hub.broker.passwords import bcrypt_hash, mosquitto_hash
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.intake.gateways import add_gateway
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.people.accounts import hash_password
from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.tables import Account

PASSWORD = "a long test password"
AREA = "demo/first-street"
CAMERA = "cam-1"
_HEADERS = {"X-Requested-With": "sharp-eyes"}
Broker = Callable[[Path, Mapping[str, Hashes]], AbstractContextManager[RunningBroker]]


class DrivenGateway:
    """The real outbox and publisher, with events whose zone is their number; keeps the commands that come."""

    def __init__(self, name: str, folder: Path, url: str, password: Path) -> None:
        self.name = name
        self.commands: list[Command] = []
        self._outbox = Outbox(folder / name, 1024**3)
        self._settings = HubConnectionSettings(url=url, password_file=password, heartbeat=1)
        self._noise = np.random.default_rng(7).integers(0, 255, (60, 80, 3), dtype=np.uint8)
        self._publisher: Publisher | None = None

    def be_born(self) -> None:
        """Connect in a new session, as after a start."""
        self.stop()
        notes = (CameraNote(camera=CAMERA, name="The camera"),)
        birth = Birth(gateway=self.name, session=uuid4().hex, time=datetime.now(UTC), version="test", cameras=notes)
        self._publisher = Publisher(self._settings, self.name, self._outbox, birth, self.commands.append)
        self._publisher.start()

    def report(self, zone: str) -> UUID:
        """Put an event with two pictures into the outbox."""
        now = datetime.now(UTC)
        event = SceneEvent(
            event_id=uuid4(),
            sequence=0,
            phase=Phase.OPENED,
            scene=SceneName.FIRE_LANE_BLOCKED,
            gateway=self.name,
            camera=CAMERA,
            zone=zone,
            started_at=now,
            observed_at=now,
            ended_at=None,
            grade=Grade.ORDINARY,
            score=0.9,
            measures=(Measure(name="dwell", value=60.0, unit="s", threshold=30.0),),
            box=(0.25, 0.25, 0.75, 0.75),
        )
        frame = Frame.of_picture(CAMERA, now.timestamp(), self._noise)
        self._outbox.put([Entry(wrap(self.name, event)), *picture_entries(event, frame, self.name)])
        return event.event_id

    @property
    def pending(self) -> int:
        """What the hubs have not acknowledged."""
        return self._outbox.state().pending

    def beat(self) -> None:
        """Say that it is there."""
        if self._publisher is not None:
            self._publisher.heartbeat([])

    def stop(self) -> None:
        """End the connection."""
        if self._publisher is not None:
            self._publisher.stop()
            self._publisher = None

    def close(self) -> None:
        """End it for good."""
        self.stop()
        self._outbox.close()


@dataclass
class Page:
    """A page that listens at one hub, and at another from where it left off when that one dies."""

    clients: list[httpx.Client]
    zones: dict[str, float] = field(default_factory=dict)
    """When each zone's case was first told of, by monotonic time."""

    changes: Counter[tuple[int, str]] = field(default_factory=Counter)
    """How often each change of a case was told."""

    reloads: int = 0
    ended: int = 0
    is_open: threading.Event = field(default_factory=threading.Event)
    _last: str = ""
    _stopping: bool = False

    def start(self) -> None:
        """Begin to listen, at the first hub, and wait until it does."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self.is_open.wait(60)

    def stop(self) -> None:
        """End; its thread ends with the stream."""
        self._stopping = True

    def _run(self) -> None:
        while not self._stopping:
            client = self.clients[self.ended % len(self.clients)]
            headers = {"Last-Event-ID": self._last} if self._last else {}
            try:
                with client.stream("GET", "/api/stream", headers=headers, timeout=240) as answer:
                    if answer.is_success:
                        self._read(answer.iter_lines())
            except httpx.HTTPError:
                pass
            self.ended += 1
            time.sleep(0.1)

    def _read(self, lines: Iterator[str]) -> None:
        said: dict[str, str] = {}
        for line in lines:
            if line:
                key, _, value = line.partition(": ")
                said[key] = value
                continue
            self._take(said)
            said = {}

    def _take(self, said: dict[str, str]) -> None:
        self._last = said.get("id", self._last)
        topic = said.get("event")
        self.reloads += topic == "reload"
        if topic == "begin":
            self.is_open.set()
        if topic == "case":
            data: dict[str, Any] = json.loads(said["data"])
            self.changes[data["id"], data["change"]] += 1
            if "case" in data:
                self.zones.setdefault(data["case"]["zone"], time.monotonic())


class SeveralHubs:
    """An installation; everything in it ends with :func:`several_hubs`."""

    def __init__(self, stack: ExitStack, folder: Path, gateways: int, hubs: int, broker: Broker) -> None:
        self._stack = stack
        self.folder = folder
        self.url = stack.enter_context(cluster()).url("postgres")
        self.passwords = {f"gate-{number}": f"password of gate-{number}" for number in range(gateways)}
        hashes = {name: Hashes(mosquitto_hash(word), bcrypt_hash(word)) for name, word in self.passwords.items()}
        self.broker = stack.enter_context(broker(folder / "broker", hashes))
        self.hubs = [self._made_hub(number) for number in range(hubs)]
        self._make_people()
        for hub in self.hubs:
            hub.start()
            stack.callback(hub.kill)
        for hub in self.hubs:
            hub.wait_until_healthy()
        self.database = Database(self.url)
        stack.callback(self.database.close)
        self.gateways = [self._made_gateway(name) for name in self.passwords]

    def client(self, hub: int) -> httpx.Client:
        """Somebody who is signed in, at one hub; the session holds at all."""
        client = httpx.Client(base_url=self.hubs[hub].url, headers=_HEADERS, timeout=60)
        self._stack.callback(client.close)
        client.post("/api/session", json={"username": "lead", "password": PASSWORD}).raise_for_status()
        return client

    def elsewhere(self, client: httpx.Client, hub: int) -> httpx.Client:
        """The same browser at another hub."""
        other = httpx.Client(base_url=self.hubs[hub].url, headers=_HEADERS, timeout=60, cookies=client.cookies)
        self._stack.callback(other.close)
        return other

    def page(self, hub: int, *others: int) -> Page:
        """A page that listens at a hub, and at the others should that one die."""
        first = self.client(hub)
        page = Page([first, *(self.elsewhere(first, other) for other in others)])
        self._stack.callback(page.stop)
        page.start()
        return page

    def wait_until_taken(self, seconds: float = 60) -> None:
        """Wait until every gateway's outbox is empty."""

        def is_empty() -> bool:
            for gateway in self.gateways:
                gateway.beat()
            return not any(gateway.pending for gateway in self.gateways)

        wait_for("the hubs to take everything", is_empty, seconds)

    def _made_hub(self, number: int) -> HubProcess:
        folder = self.folder / f"hub-{number}"
        (folder / "data").mkdir(parents=True)
        shared = self.folder / "evidence"
        shared.mkdir(mode=0o700, exist_ok=True)
        (folder / "data" / "evidence").symlink_to(shared)
        broker = {
            "kind": "external",
            "url": self.broker.url,
            "username": HUB_USER,
            "password_file": str(self.broker.hub_password),
        }
        return HubProcess(folder, database=self.url, broker=broker, limits={"storm_events": 0})

    def _make_people(self) -> None:
        settings = HubSettings(data=self.folder / "made", database=self.url)
        with prepared_hub(settings) as hub:
            hub.take_city()
            with hub.transaction() as work:
                for name, word in self.passwords.items():
                    add_gateway(work.session, work.city, work.now, name, AREA, word)
                account = Account(username="lead", display_name="The lead", role=Role.SHIFT_LEAD.value, area="demo")
                account.password_hash, account.created_at = hash_password(PASSWORD), work.now
                account.language, account.disabled, account.unit = "en", False, None
                work.session.add(account)

    def _made_gateway(self, name: str) -> DrivenGateway:
        password = self.folder / f"{name}.password"
        password.write_text(self.passwords[name])
        gateway = DrivenGateway(name, self.folder, self.broker.url, password)
        self._stack.callback(gateway.close)
        gateway.be_born()
        return gateway


@contextmanager
def several_hubs(folder: Path, gateways: int = 4, hubs: int = 2, broker: Broker = mosquitto) -> Iterator[SeveralHubs]:
    """Start them; skips the test where a server is missing."""
    with ExitStack() as stack:
        yield SeveralHubs(stack, folder, gateways, hubs, broker)
