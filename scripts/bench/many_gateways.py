"""Thousands of simulated gateways in one process, for ``load.py``: and the contract's manners.

A gateway connects with a lasting session and a last will, is born, beats, and reports events with pictures: at most 20
messages and 1 MiB unanswered, kept until the hub has acknowledged them, sent again when nobody does.
"""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from random import Random
from uuid import uuid4

from scripts.bench.mqtt_link import Link, Refused
from tests.hub.bench import announced, scene_event

from sharp_eyes.contract.command import Ack
from sharp_eyes.contract.envelope import wrap
from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import (
    Birth,
    CameraHealth,
    CameraNote,
    CameraState,
    Heartbeat,
    LooksState,
    OutboxState,
    Will,
)
from sharp_eyes.contract.topics import Channel, Topic

_UNANSWERED, _UNANSWERED_BYTES = 20, 1024 * 1024
_RESEND_SECONDS = 15.0
_PART = 192 * 1024


@dataclass(slots=True)
class _Waiting:
    packets: list[tuple[Topic, bytes]]
    size: int
    made_at: float
    sent_at: float | None = None


@dataclass
class SimulatedGateway:
    """One gateway with its cameras.

    Attributes:
        session: of its present life.
        beaten_at: when its last heartbeat and the one before were sent, by the time of day.
        delays: seconds from making a message until the hub had committed it.
        refused: messages that the hub refused.
    """

    name: str
    password: str
    cameras: int
    session: str = ""
    beaten_at: tuple[datetime | None, datetime | None] = None, None
    delays: list[float] = field(default_factory=list)
    refused: int = 0
    has_power: bool = False
    _link: Link | None = None
    _beats: int = 0
    _waiting: dict[str, _Waiting] = field(default_factory=dict)
    _due: deque[str] = field(default_factory=deque)
    _unanswered: int = 0
    _unanswered_bytes: int = 0

    @property
    def is_connected(self) -> bool:
        """Whether it is at the broker."""
        return self._link is not None and self._link.is_open

    @property
    def pending(self) -> int:
        """Messages that the hub has not acknowledged."""
        return len(self._waiting)

    def restart(self) -> None:
        """Begin a new life; what was not acknowledged is kept, as on a disk."""
        self.session, self._beats, self.beaten_at = uuid4().hex, 0, (None, None)
        self.has_power = True

    async def connect(self, host: str, port: int) -> None:
        """Connect and be born.

        Raises:
            OSError, Refused, TimeoutError: it does not come in.
        """
        loop = asyncio.get_running_loop()
        transport, link = await loop.create_connection(lambda: Link(self.answered), host, port)
        will = Will(gateway=self.name, session=self.session).model_dump_json().encode()
        try:
            await link.sign_in(self.name, self.password, will)
        except BaseException:
            transport.abort()
            raise
        self._link = link
        link.publish(Topic(self.name, Channel.STATUS), self._birth(), 1, retain=True)
        self._due = deque(self._waiting)
        self._unanswered = self._unanswered_bytes = 0
        for one in self._waiting.values():
            one.sent_at = None
        self._send_what_fits()

    def lose_power(self) -> None:
        """Be gone without a word."""
        self.has_power = False
        if self._link is not None:
            self._link.break_off()

    def beat(self) -> None:
        """Send a heartbeat, and again what nobody answered."""
        if not self.is_connected:
            return
        assert self._link is not None
        now = datetime.now(UTC)
        said = {b"name": self.name.encode(), b"session": self.session.encode(), b"now": now.isoformat().encode()}
        payload = _heartbeat(self.cameras) % (said | {b"number": self._beats})
        self._link.publish(Topic(self.name, Channel.HEARTBEAT), payload, 0)
        self._beats += 1
        self.beaten_at = now, self.beaten_at[0]
        late = time.monotonic() - _RESEND_SECONDS
        for identity, one in self._waiting.items():
            if one.sent_at is not None and one.sent_at < late:
                self._take_back(one)
                self._due.append(identity)
        self._send_what_fits()

    def report(self, zone: str, pictures: int, picture_bytes: int, bytes_of: Random) -> None:
        """Report an event of a spot of its own with its pictures."""
        now = datetime.now(UTC)
        event = scene_event(now, gateway=self.name, camera="cam-1", zone=zone)
        message = wrap(self.name, event)
        self._keep(message.id, [(Topic(self.name, Channel.EVENT), message.model_dump_json().encode())])
        for _ in range(pictures):
            content = b"\xff\xd8\xff" + bytes_of.randbytes(picture_bytes - 3)
            evidence = announced(content, event.event_id, now, part_size=_PART)
            announcement = wrap(self.name, evidence)
            packets = [(Topic(self.name, Channel.EVENT), announcement.model_dump_json().encode())]
            for part in range(evidence.parts):
                topic = Topic(self.name, Channel.EVIDENCE, evidence_id=evidence.evidence_id, part=part)
                packets.append((topic, content[part * _PART : (part + 1) * _PART]))
            self._keep(announcement.id, packets)
        self._send_what_fits()

    def answered(self, ack: Ack) -> None:
        """Forget what the hub has, and send what then fits."""
        for identity in (*ack.ids, *(refusal.id for refusal in ack.refused)):
            known = self._waiting.pop(identity, None)
            if known is not None:
                self._take_back(known)
                self.delays.append(time.monotonic() - known.made_at)
        self.refused += len(ack.refused)
        self._send_what_fits()

    def _keep(self, identity: str, packets: list[tuple[Topic, bytes]]) -> None:
        size = sum(len(payload) for _, payload in packets)
        self._waiting[identity] = _Waiting(packets, size, time.monotonic())
        self._due.append(identity)

    def _take_back(self, one: _Waiting) -> None:
        if one.sent_at is not None:
            one.sent_at = None
            self._unanswered -= 1
            self._unanswered_bytes -= one.size

    def _send_what_fits(self) -> None:
        while self._due and self.is_connected:
            one = self._waiting.get(self._due[0])
            if one is not None:
                fits = self._unanswered < _UNANSWERED and self._unanswered_bytes + one.size <= _UNANSWERED_BYTES
                if self._unanswered and not fits:
                    return
                one.sent_at = time.monotonic()
                self._unanswered += 1
                self._unanswered_bytes += one.size
                assert self._link is not None
                for topic, payload in one.packets:
                    self._link.publish(topic, payload, 1)
            self._due.popleft()

    def _birth(self) -> bytes:
        notes = tuple(
            CameraNote(
                camera=f"cam-{number}",
                name=f"{self.name} camera {number}",
                longitude=121.4,
                latitude=31.2,
                scenes=(SceneName.ILLEGAL_PARKING, SceneName.FIRE_LANE_BLOCKED),
            )
            for number in range(1, self.cameras + 1)
        )
        now = datetime.now(UTC)
        birth = Birth(
            gateway=self.name, session=self.session, time=now, version="1", cameras=notes, settings_from="file"
        )
        return birth.model_dump_json().encode()


@cache
def _heartbeat(cameras: int) -> bytes:
    """A heartbeat with places for name, session, number and time; each camera has looked as often as it has beaten."""
    now, number = datetime(2001, 2, 3, tzinfo=UTC), 987654321
    health = tuple(
        CameraHealth(
            camera=f"cam-{camera}",
            state=CameraState.ONLINE,
            since=datetime.now(UTC),
            frames_per_second=12.5,
            looks=number,
            skipped={"unchanged": number, "late": 3},
            keyframe_interval=2.0,
            late=0,
            lateness=0.0,
        )
        for camera in range(1, cameras + 1)
    )
    beat = Heartbeat(
        gateway="name-here",
        session="session-here",
        sequence=number,
        time=now,
        cameras=health,
        outbox=OutboxState(pending=0, bytes=0),
        looks=LooksState(late=0, lateness=0.0, busy=0.4),
    )
    made = beat.model_dump_json()
    for known, place in (
        ("name-here", "%(name)s"),
        ("session-here", "%(session)s"),
        (str(number), "%(number)d"),
        ("2001-02-03T00:00:00Z", "%(now)s"),
    ):
        assert known in made
        made = made.replace(known, place)
    return made.encode()


async def bring_in(gateways: list[SimulatedGateway], port: int, together: int = 500) -> int:
    """Connect all at once, ``together`` of them under way at a time, until every one is in; return failed tries."""
    gate, failed = asyncio.Semaphore(together), 0

    async def one(gateway: SimulatedGateway) -> None:
        nonlocal failed
        while True:
            async with gate:
                try:
                    return await gateway.connect("127.0.0.1", port)
                except (OSError, Refused, TimeoutError):
                    failed += 1
            await asyncio.sleep(1.0)

    await asyncio.gather(*(one(gateway) for gateway in gateways))
    return failed


async def keep_in(gateways: list[SimulatedGateway], port: int, lost: list[int]) -> None:
    """Bring those back whose connection the broker ended, and note how many; until cancelled."""
    while True:
        await asyncio.sleep(1.0)
        away = [one for one in gateways if one.has_power and not one.is_connected]
        if away:
            lost.append(len(away))
            await bring_in(away, port)


async def keep_beating(gateways: list[SimulatedGateway], interval: float, *, at_once: bool = False) -> None:
    """Let each gateway beat at its interval, spread over it unless ``at_once``; until cancelled."""
    step = 0.0 if at_once else interval / max(1, len(gateways))
    begun = time.monotonic()
    for number in itertools.count():
        await asyncio.sleep(max(0.0, begun + number * interval - time.monotonic()))
        for place, gateway in enumerate(gateways):
            wait = begun + number * interval + place * step - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            elif place % 50 == 0:
                await asyncio.sleep(0)
            gateway.beat()


async def keep_reporting(
    gateways: list[SimulatedGateway], rate: float, pictures: int, picture_bytes: int, zones: Iterator[str]
) -> None:
    """Report events in turn, so many a second in all; until cancelled."""
    bytes_of, begun = Random(1), time.monotonic()
    for number in itertools.count():
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
        gateways[number * 7919 % len(gateways)].report(next(zones), pictures, picture_bytes, bytes_of)
