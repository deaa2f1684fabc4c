"""The intake's queue and its one thread."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.topics import Channel, Topic, parse
from sharp_eyes.hub.intake.fair_queue import FairQueue, Waiting
from sharp_eyes.hub.intake.replies import Replies
from sharp_eyes.hub.intake.router import MessageRouter

_LOG = logging.getLogger(__name__)
_SWEEP_SECONDS = 1.0
_BEHIND_SECONDS = 10.0
_EXPIRE_SECONDS = 60.0
MOST_TOGETHER = 128
"""Messages that are committed together at most: those that came while the last ones were written."""
_EVERYBODYS = frozenset({Channel.SNAPSHOT})
"""What every hub keeps for its own pages."""

_MOST_ASIDE = 10_000


class IntakeWorker:
    """Takes messages in turn. ``offer`` may be called from any thread."""

    def __init__(self, router: MessageRouter, replies: Replies, serves: Callable[[str], bool]) -> None:
        """``serves``: whether this hub takes what a gateway says."""
        self._router = router
        self._serves = serves
        self._aside: dict[str, tuple[Topic, bytes]] = {}
        """The last word on who is there of gateways that another hub takes: nobody would repeat it."""
        self._held_back = replies.held_back
        self._dropped = replies.dropped
        self._queue = FairQueue()
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._stopping = False
        self._blocked_at = float("-inf")

    @property
    def is_behind(self) -> bool:
        """Whether a message waited for room in the queue within the last seconds."""
        return time.monotonic() - self._blocked_at < _BEHIND_SECONDS

    @property
    def waiting(self) -> Waiting:
        """What was taken from the broker and waits for its turn."""
        return self._queue.waiting

    def start(self) -> None:
        """Start working."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the messages in hand and stop; what still waits is sent again by its gateway."""
        self._stopping = True
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def offer(self, text: str, payload: bytes) -> None:
        """Hand over a message; returns at once, so that one gateway's flood keeps no other's message in the broker."""
        try:
            topic = parse(text)
        except ContractError as error:
            self._dropped.note("topic", "unknown", str(error))
            return
        if topic.channel in _EVERYBODYS or self._serves(topic.gateway):
            self._put(topic, payload)
        elif topic.channel is Channel.STATUS and (topic.gateway in self._aside or len(self._aside) < _MOST_ASIDE):
            self._aside[topic.gateway] = (topic, payload)

    def _put(self, topic: Topic, payload: bytes) -> None:
        if topic.channel is Channel.STATUS:
            self._aside.pop(topic.gateway, None)
        bound = self._queue.put(topic, payload)
        if bound is not None:
            self._blocked_at = time.monotonic()
            self._held_back.note(bound, topic.gateway, f"{topic.channel} while more waits than its share")

    def _run(self) -> None:
        swept = expired = time.monotonic()
        while not self._stopping:
            waiting = self._queue.get(_SWEEP_SECONDS, MOST_TOGETHER)
            if waiting:
                self._guarded(partial(self._router.take_together, waiting), "gateways")
            if time.monotonic() - swept >= _SWEEP_SECONDS:
                swept = time.monotonic()
                self._take_over()
                self._guarded(self._router.mark_silent_gateways, "the hub")
            if time.monotonic() - expired >= _EXPIRE_SECONDS:
                expired = time.monotonic()
                self._guarded(self._router.expire, "the hub")

    def _take_over(self) -> None:
        """Take the last word of gateways that were another hub's: since they were born nobody else may have."""
        for gateway in [one for one in list(self._aside) if self._serves(one)]:
            held = self._aside.pop(gateway, None)
            if held is not None:
                self._put(*held)

    def _guarded(self, work: Callable[[], None], gateway: str) -> None:
        """Do one piece of work; a fault of ours in it must not make the hub deaf to everybody else."""
        try:
            work()
        except Exception:  # noqa: BLE001 - logged whole, counted, and sent again by its gateway
            _LOG.exception("a message from %s could not be taken; it is not acknowledged", gateway)
            self._dropped.note("fault", gateway, "see the log")
