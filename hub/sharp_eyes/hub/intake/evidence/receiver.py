"""Receives evidence: its announcement and its parts, until the whole file is stored and acknowledged."""

import time

from sharp_eyes.contract.command import NO_ROOM
from sharp_eyes.contract.envelope import EvidenceMessage
from sharp_eyes.contract.topics import Topic
from sharp_eyes.hub.errors import MessageRefusedError
from sharp_eyes.hub.intake.evidence import records
from sharp_eyes.hub.intake.evidence.assembly import EvidenceAssembly
from sharp_eyes.hub.intake.evidence.content import is_of_type
from sharp_eyes.hub.intake.evidence.orphans import OrphanBudget
from sharp_eyes.hub.intake.gateways import find_registered
from sharp_eyes.hub.intake.replies import Replies
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.disk_room import DiskRoom
from sharp_eyes.hub.store.evidence_store import EvidenceStore
from sharp_eyes.hub.store.unit_of_work import UnitOfWorkFactory

_MAX_PART = 1024 * 1024
_MAX_PARTS = 2000


class EvidenceReceiver:
    """Takes announcements and parts in any order. Belongs to one thread."""

    def __init__(
        self,
        transaction: UnitOfWorkFactory,
        read_only: UnitOfWorkFactory,
        evidence_store: EvidenceStore,
        assembly: EvidenceAssembly,
        replies: Replies,
        room: DiskRoom,
        limits: LimitSettings,
    ) -> None:
        self._transaction = transaction
        self._read_only = read_only
        self._evidence_store = evidence_store
        self._assembly = assembly
        self._replies = replies
        self._room = room
        self._dropped = replies.dropped
        self._held_back = replies.held_back
        self._limits = limits
        self._orphans = OrphanBudget(limits)

    def take_announcement(self, message: EvidenceMessage) -> None:
        """Note which file is coming, or acknowledge one that is stored already.

        Raises:
            MessageRefusedError: its parts are too large or too many, or it is not this gateway's.
            DamagedEvidenceError: its parts were there already and do not make this file.
            StoreError: the disk cannot be written.
        """
        if message.data.part_size > _MAX_PART or message.data.parts > _MAX_PARTS:
            reason = f"parts of {_MAX_PART} bytes at most, and {_MAX_PARTS} parts at most, are taken"
            raise MessageRefusedError(reason, message.id)
        with self._read_only() as work:
            if find_registered(work, message.gateway, self._dropped) is None:
                return
            stored = records.is_stored(work, message)
            fits = stored or self._orphans.fits(work, message)
        if not fits:
            self._held_back.note(
                "evidence without event", message.gateway, f"more than {self._limits.orphan_megabytes} MiB of it"
            )
            return
        if stored:
            self._assembly.drop(message.gateway, message.data.evidence_id)
            self._replies.acknowledge(message.gateway, message.id)
            return
        if not self._room.has_room(message.data.size):
            self._replies.notify(message.gateway, NO_ROOM)
        self._room.check(message.data.size)
        self._assembly.announce(message)
        self._complete(message)

    def take_part(self, topic: Topic, payload: bytes) -> None:
        """Keep one part; the last one completes the file.

        Raises:
            MessageRefusedError: the file turned out not to be this gateway's.
            DamagedEvidenceError: the parts do not make the announced file.
            StoreError: the disk cannot be written.
        """
        if topic.evidence_id is None or topic.part is None:
            return
        if not 0 < len(payload) <= _MAX_PART:
            self._dropped.note("part size", topic.gateway, f"{len(payload)} bytes; at most {_MAX_PART}")
            return
        announced = self._assembly.announcement(topic.gateway, topic.evidence_id)
        if announced is None:
            with self._read_only() as work:
                registered = find_registered(work, topic.gateway, self._dropped) is not None
                if not registered or records.is_known(work, topic.evidence_id):
                    return
        elif topic.part >= announced.data.parts or len(payload) > announced.data.part_size:
            self._dropped.note("part size", topic.gateway, f"{topic} is not part of what was announced")
            return
        self._room.check(len(payload))
        self._assembly.add_part(topic.gateway, topic.evidence_id, topic.part, payload)
        if announced is not None:
            self._complete(announced)

    def expire(self) -> None:
        """Forget files whose parts stopped coming; their gateway begins them anew when it sends them again."""
        before = time.time() - 60 * self._limits.unfinished_minutes
        for gateway, count in self._assembly.expire(before).items():
            self._dropped.note("unfinished evidence", gateway, f"{count} files that got no more parts")

    def _complete(self, message: EvidenceMessage) -> None:
        whole = self._assembly.assemble(message)
        if whole is None:
            return
        if not is_of_type(whole, message.data.media_type):
            self._assembly.drop(message.gateway, message.data.evidence_id)
            raise MessageRefusedError(f"the file is no {message.data.media_type}", message.id)
        key = self._evidence_store.put(message.data.evidence_id, message.data.media_type, whole)
        with self._transaction() as work:
            if not records.is_stored(work, message):
                records.add(work, message, key)
        self._assembly.drop(message.gateway, message.data.evidence_id)
        self._replies.acknowledge(message.gateway, message.id)
