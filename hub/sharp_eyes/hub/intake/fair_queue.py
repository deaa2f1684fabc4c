"""What waits for the intake: turns go round the gateways, and within a gateway round its cameras.

Of what only the newest counts of (a gateway's heartbeat, a camera's small picture) one waits, and the newest takes its
place: what a heartbeat counts, it counts since its gateway's start.

A line that is full takes no more. What it held back was not acknowledged, so the gateway's outbox keeps it and sends it
again; a gateway that keeps to the contract leaves at most 20 messages and 1 MiB unanswered and meets no bound.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError

from sharp_eyes.contract.base import MAX_MESSAGE_SIZE
from sharp_eyes.contract.topics import Channel, Topic

MIB = 1024 * 1024
Item = tuple[Topic, bytes]
_SESSION = b'"session":'


@dataclass(frozen=True, slots=True)
class QueueBounds:
    """How much may wait: messages of a camera, messages and bytes of a gateway, bytes in all."""

    camera_messages: int = 5_000
    gateway_messages: int = 10_000
    gateway_bytes: int = 16 * MIB
    bytes: int = 128 * MIB


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits: messages, their bytes, and for how many seconds the oldest of them has."""

    messages: int = 0
    bytes: int = 0
    oldest_seconds: float = 0.0


_Arrived = tuple[Topic, bytes, float]
"""A message and the monotonic second at which it came."""


@dataclass(slots=True)
class _Gateway:
    lanes: OrderedDict[str, deque[_Arrived]] = field(default_factory=OrderedDict)
    messages: int = 0
    bytes: int = 0


class FairQueue:
    """A bounded queue with fair turns. Safe to use from many threads."""

    def __init__(self, bounds: QueueBounds | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._bounds = bounds or QueueBounds()
        self._clock = clock
        self._gateways: OrderedDict[str, _Gateway] = OrderedDict()
        self._ready = threading.Condition()

    def put(self, topic: Topic, payload: bytes) -> str | None:
        """Let a message wait; returns at once, with the name of the bound where one held it back."""
        lane = _lane(topic, payload)
        with self._ready:
            known = self._gateways.get(topic.gateway) or _Gateway()
            if topic.channel is Channel.STATUS:
                # Only the last word counts: birth or will. It is never held back, since nobody would repeat it.
                self._forget(known, lane)
            elif _is_overtaken(topic, known.lanes.get(lane), payload):
                old = known.lanes[lane].pop()
                known.lanes[lane].append((topic, payload, old[2]))
                known.bytes += len(payload) - len(old[1])
                return None
            elif (bound := self._full(known, lane, len(payload))) is not None:
                return bound
            known.lanes.setdefault(lane, deque()).append((topic, payload, self._clock()))
            known.messages += 1
            known.bytes += len(payload)
            self._gateways[topic.gateway] = known
            self._ready.notify()
        return None

    def get(self, timeout: float, most: int = 1) -> list[Item]:
        """Take those whose turn it is, ``most`` of them, without waiting for more; none after ``timeout`` seconds."""
        with self._ready:
            self._ready.wait_for(lambda: bool(self._gateways), timeout)
            taken: list[Item] = []
            while self._gateways and len(taken) < most:
                taken.append(self._next())
        return taken

    @property
    def waiting(self) -> Waiting:
        """What waits now."""
        with self._ready:
            every = list(self._gateways.values())
            heads = [lane[0][2] for known in every for lane in known.lanes.values()]
            oldest = self._clock() - min(heads) if heads else 0.0
            return Waiting(sum(known.messages for known in every), sum(known.bytes for known in every), oldest)

    def _next(self) -> Item:
        name, known = self._gateways.popitem(last=False)
        lane, waiting = known.lanes.popitem(last=False)
        topic, payload, _ = waiting.popleft()
        known.messages -= 1
        known.bytes -= len(payload)
        if waiting:
            known.lanes[lane] = waiting
        if known.lanes:
            self._gateways[name] = known
        return topic, payload

    def _full(self, known: _Gateway, lane: str, size: int) -> str | None:
        bounds = self._bounds
        others = len(self._gateways) + (0 if known.messages else 1)
        if len(known.lanes.get(lane, ())) >= bounds.camera_messages:
            return "queue of one camera"
        if known.messages >= bounds.gateway_messages:
            return "queue of one gateway"
        if known.bytes + size > min(bounds.gateway_bytes, bounds.bytes // others):
            return "queue of one gateway"
        return None

    def _forget(self, known: _Gateway, lane: str) -> None:
        for _, payload, _ in known.lanes.pop(lane, ()):
            known.messages -= 1
            known.bytes -= len(payload)


def _is_overtaken(topic: Topic, waiting: deque[_Arrived] | None, payload: bytes) -> bool:
    """Whether a message says all that the last one before it said, which still waits."""
    if not waiting:
        return False
    if topic.channel is Channel.SNAPSHOT:
        return True
    # Two gateways under one name are told apart by their sessions: both are heard.
    return topic.channel is Channel.HEARTBEAT and _session(payload) == _session(waiting[-1][1]) != b""


def _session(heartbeat: bytes) -> bytes:
    """The session in a heartbeat's text, its name with it; empty where it is not found."""
    _, found, rest = heartbeat.partition(_SESSION)
    return rest.lstrip().partition(b",")[0] if found else b""


class _Data(BaseModel):
    camera: str = ""


class _Sender(BaseModel):
    data: _Data


def _lane(topic: Topic, payload: bytes) -> str:
    """Whose turn a message takes: its camera's, or that of the gateway's evidence, status or heartbeat."""
    if topic.channel is Channel.SNAPSHOT:
        return f"snapshot {topic.camera}"
    if topic.channel is not Channel.EVENT:
        return topic.channel.value
    if len(payload) > MAX_MESSAGE_SIZE:
        return "?"
    try:
        camera = _Sender.model_validate_json(payload).data.camera
    except ValidationError:
        return "?"
    return f"camera {camera[:64]}" if camera else Channel.EVIDENCE.value
