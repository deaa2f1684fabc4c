"""Messages that cannot get through: files are cut finer, what is left steps aside, and the cause is named."""

import json
import logging
import time
from collections.abc import Iterable, Sequence
from threading import Lock

from sharp_eyes.edge.push.entry import Pending
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.packet_limit import SMALLEST_PART, PacketLimit, Piece, smaller_part
from sharp_eyes.edge.push.window import InFlightWindow

LIMIT_SECONDS = 7 * 24 * 3600.0
"""For how long a limit that was learned is kept over restarts; somebody may have raised it since."""

NO_ROOM_SECONDS = 120.0
"""For how long after its word the hub is taken to have no room; it says so at each file that it leaves out."""

_MEMORY = "packet-limit"

_log = logging.getLogger(__name__)


class StuckMessages:
    """Deals with what the broker hangs up on, and with what the hub leaves out.

    Args:
        lock: guards ``window``; held for no longer than its calls.

    Attributes:
        limit: what is known of the broker's packet limit.
        detail: why some do not get through; empty where all do.
    """

    def __init__(self, outbox: Outbox, window: InFlightWindow, lock: Lock, url: str) -> None:
        self._outbox = outbox
        self._window = window
        self._lock = lock
        self._url = url
        self._cause = ""
        self._probe: str | None = None
        self._probed = 0
        self._blamed: list[Piece] = []
        self._no_room_until = float("-inf")
        self.limit = PacketLimit()
        self._recall_limit()

    def hub_has_no_room(self) -> None:
        """Note that the hub says so: files that it leaves out are sound, and wait for no longer than they must."""
        self._no_room_until = time.monotonic() + NO_ROOM_SECONDS

    @property
    def detail(self) -> str:
        """Why some messages do not get through now; empty where all do."""
        return self._cause if self._window.aside else ""

    def broke_off(self, outstanding: Sequence[Piece]) -> None:
        """Note what was on the line when the connection broke; nothing is read or written here."""
        piece = self.limit.broke_off(outstanding, time.monotonic())
        if piece is not None:
            self._blamed.append(piece)

    def work_off(self) -> None:
        """Cut finer, or put aside, what was found to be stuck.

        Raises:
            OSError, sqlite3.Error: the outbox cannot be written.
        """
        now = time.monotonic()
        self._remember_limit()
        while self._blamed:
            self._too_large(self._blamed[0], now)
            del self._blamed[0]
        with self._lock:
            self._window.come_back(now)
            left_out = self._window.unanswered(now)
        for row in left_out:
            self._left_out(row, now)

    def fitted(self, row: Pending) -> Pending:
        """The message with its file cut as fine as is known to be needed."""
        known, file = self.limit.part_size, row.attachment
        if known is None or file is None or file.part_size <= known:
            return row
        part_size = smaller_part(file, known)
        return row if part_size is None else self._outbox.recut(row, part_size)

    def answered(self, ids: Iterable[str]) -> None:
        """Note what the hub has taken; a file that got through only when it was cut finer tells the limit."""
        for identity in ids:
            self.limit.answered(identity)
            if identity == self._probe:
                self._probe = None
                self.limit.learn(self._probed)

    def _too_large(self, piece: Piece, now: float) -> None:
        row = self._outbox.waiting(piece.identity)
        if row is None:
            return
        cause = (
            f"the broker at {self._url} ends the connection at a packet of {piece.size} bytes; "
            "raise its limit (Mosquitto: max_packet_size or message_size_limit, NATS: max_payload)"
        )
        part_size = smaller_part(row.attachment) if piece.part is not None and row.attachment else None
        if part_size is None:
            self._step_aside(row, cause, now)
            return
        _log.warning("%s; files are sent in parts of %d bytes from now on", cause, part_size)
        self.limit.learn(part_size)
        self._recut(row, part_size)

    def _left_out(self, row: Pending, now: float) -> None:
        if row.attachment is not None and now < self._no_room_until:
            self._wait_for_room(row, now)
            return
        cause = (
            f"the hub at {self._url} answers others but not this one: the hub cannot store it (see its log), "
            "or the broker drops it (Mosquitto: message_size_limit)"
        )
        # One file at a time is cut finer: where the hub takes none for want of room, the others stay as they are.
        if row.attachment is not None and self._probe in (None, row.id):
            part_size = smaller_part(row.attachment)
            if part_size is not None:
                self._probe, self._probed = row.id, part_size
                self._recut(row, part_size)
        self._step_aside(row, cause, now)

    def _wait_for_room(self, row: Pending, now: float) -> None:
        cause = f"the hub at {self._url} has no room for files; they wait here"
        with self._lock:
            self._window.step_aside(row, now, growing=False)
            self.limit.settled(row.id)
        if self._cause != cause:
            _log.warning("%s", cause)
        self._cause = cause

    def _recall_limit(self) -> None:
        """Begin with what was learned of the same broker before a restart."""
        try:
            known = json.loads(self._outbox.memory(_MEMORY) or "{}")
            age = time.time() - float(known["learned_at"])
            if known["url"] == self._url and 0 <= age < LIMIT_SECONDS:
                self.limit.learn(max(SMALLEST_PART, int(known["part_size"])))
        except (ValueError, KeyError, TypeError):
            return  # nothing was learned, or it cannot be read: it is learned again
        finally:
            self._remembered = self.limit.part_size

    def _remember_limit(self) -> None:
        if self.limit.part_size == self._remembered:
            return
        known = {"url": self._url, "part_size": self.limit.part_size, "learned_at": time.time()}
        self._outbox.put([], {_MEMORY: json.dumps(known)})
        self._remembered = self.limit.part_size

    def _step_aside(self, row: Pending, cause: str, now: float) -> None:
        with self._lock:
            pause = self._window.step_aside(row, now)
            self.limit.settled(row.id)
        self._cause = cause
        _log.error("message %s (%d bytes) steps aside for %.0f s: %s", row.id, row.size, pause, cause)

    def _recut(self, row: Pending, part_size: int) -> None:
        self._outbox.recut(row, part_size)
        with self._lock:
            self._window.drop(row.id)
