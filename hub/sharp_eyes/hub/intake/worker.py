"""The intake's queue and its one thread."""

import logging
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.topics import Channel, Topic, parse
from sharp_eyes.hub.intake.dropped_messages import DroppedMessages
from sharp_eyes.hub.intake.router import MessageRouter

_LOG = logging.getLogger(__name__)
_QUEUE = 200
_SWEEP_SECONDS = 1.0
_BEHIND_SECONDS = 10.0


class IntakeWorker:
    """Takes messages in turn. ``offer`` may be called from any thread."""

    def __init__(self, router: MessageRouter, dropped: DroppedMessages) -> None:
        self._router = router
        self._dropped = dropped
        self._queue: queue.Queue[tuple[Topic, bytes] | None] = queue.Queue(_QUEUE)
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
        self._stopping = False
        self._blocked_at = float("-inf")

    @property
    def is_behind(self) -> bool:
        """Whether a message waited for room in the queue within the last seconds."""
        return time.monotonic() - self._blocked_at < _BEHIND_SECONDS

    def start(self) -> None:
        """Start working."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the message in hand and stop; what still waits is sent again by its gateway."""
        self._stopping = True
        with suppress(queue.Full):
            self._queue.put_nowait(None)
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def offer(self, text: str, payload: bytes) -> None:
        """Hand over a message; waits while the queue is full, so that the broker is slowed down."""
        try:
            topic = parse(text)
        except ContractError as error:
            self._dropped.note("topic", "unknown", str(error))
            return
        if topic.channel in (Channel.HEARTBEAT, Channel.SNAPSHOT):
            try:
                self._queue.put_nowait((topic, payload))
            except queue.Full:
                self._dropped.note("busy", topic.gateway, f"{topic.channel} while the hub is behind")
            return
        while not self._stopping:
            try:
                self._queue.put((topic, payload), timeout=1.0)
                return
            except queue.Full:
                self._blocked_at = time.monotonic()

    def _run(self) -> None:
        swept = time.monotonic()
        while not self._stopping:
            try:
                item = self._queue.get(timeout=_SWEEP_SECONDS)
            except queue.Empty:
                item = None
            if item is not None:
                self._guarded(partial(self._router.take, *item), item[0].gateway)
            if time.monotonic() - swept >= _SWEEP_SECONDS:
                swept = time.monotonic()
                self._guarded(self._router.mark_silent_gateways, "the hub")

    def _guarded(self, work: Callable[[], None], gateway: str) -> None:
        """Do one piece of work; a fault of ours in it must not make the hub deaf to everybody else."""
        try:
            work()
        except Exception:  # noqa: BLE001 - logged whole, counted, and sent again by its gateway
            _LOG.exception("a message from %s could not be taken; it is not acknowledged", gateway)
            self._dropped.note("fault", gateway, "see the log")
