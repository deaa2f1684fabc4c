"""Receives evidence: its announcement and its parts, until the whole file is stored and acknowledged."""

import hashlib
import time
from collections import Counter
from functools import partial
from pathlib import Path
from uuid import UUID

from sharp_eyes.contract.command import NO_ROOM
from sharp_eyes.contract.envelope import EvidenceMessage
from sharp_eyes.contract.topics import Topic
from sharp_eyes.hub.errors import DamagedEvidenceError, MessageRefusedError
from sharp_eyes.hub.intake.batch import Batch
from sharp_eyes.hub.intake.evidence import records
from sharp_eyes.hub.intake.evidence.assembly import EvidenceAssembly, part_length
from sharp_eyes.hub.intake.evidence.content import is_of_type
from sharp_eyes.hub.intake.evidence.one_part import OnePartFiles
from sharp_eyes.hub.intake.evidence.orphans import OrphanBudget
from sharp_eyes.hub.intake.gateways import find_registered
from sharp_eyes.hub.intake.replies import Replies
from sharp_eyes.hub.measures import Measures
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.disk_room import DiskRoom
from sharp_eyes.hub.store.evidence_store import EvidenceStore, NewFile, hold_files, key_of

_MAX_PART = 1024 * 1024
_MAX_PARTS = 2000


class EvidenceReceiver:
    """Takes announcements and parts in any order. Belongs to one thread."""

    def __init__(
        self,
        evidence_store: EvidenceStore,
        assembly: EvidenceAssembly,
        replies: Replies,
        room: DiskRoom,
        limits: LimitSettings,
        measures: Measures,
    ) -> None:
        self._evidence_store = evidence_store
        self._assembly = assembly
        self._one_part = OnePartFiles(limits.unfinished_files)
        self._replies = replies
        self._room = room
        self._dropped = replies.dropped
        self._held_back = replies.held_back
        self._limits = limits
        self._taken = measures.evidence_bytes
        self._orphans = OrphanBudget(limits)

    def take_announcement(self, batch: Batch, message: EvidenceMessage) -> None:
        """Note which file is coming, or acknowledge one that is stored already.

        Raises:
            MessageRefusedError: its parts are too large or too many, or it is not this gateway's.
            StoreError: the disk cannot be written.
        """
        if message.data.part_size > _MAX_PART or message.data.parts > _MAX_PARTS:
            reason = f"parts of {_MAX_PART} bytes at most, and {_MAX_PARTS} parts at most, are taken"
            raise MessageRefusedError(reason, message.id)
        if find_registered(batch.work, message.gateway, self._dropped) is None:
            return
        if records.is_stored(batch.work, message):
            batch.after.append(partial(self._drop, message.gateway, message.data.evidence_id))
            batch.acknowledge(message.gateway, message.id)
            return
        if not self._orphans.fits(batch.work, message):
            self._held_back.note(
                "evidence without event", message.gateway, f"more than {self._limits.orphan_megabytes} MiB of it"
            )
            return
        if not self._room.has_room(message.data.size):
            self._replies.notify(message.gateway, NO_ROOM)
            self._room.check(message.data.size)
        if message.data.parts == 1 and not self._assembly.has_begun(message.gateway, message.data.evidence_id):
            self._one_part.announce(message)
            return
        self._one_part.drop(message.gateway, message.data.evidence_id)
        self._assembly.announce(message)
        self._complete(batch, message)

    def announced(self, topic: Topic) -> EvidenceMessage | None:
        """Say what was announced of a part's file, as far as that is in memory."""
        if topic.evidence_id is None:
            return None
        whole = self._one_part.known(topic.gateway, topic.evidence_id)
        return whole or self._assembly.known(topic.gateway, topic.evidence_id)

    def take_part(self, batch: Batch, topic: Topic, payload: bytes) -> None:
        """Keep one part; the last one completes the file.

        Raises:
            MessageRefusedError: the file turned out not to be this gateway's.
            StoreError: the disk cannot be written.
        """
        if topic.evidence_id is None or topic.part is None:
            return
        if not 0 < len(payload) <= _MAX_PART:
            self._dropped.note("part size", topic.gateway, f"{len(payload)} bytes; at most {_MAX_PART}")
            return
        if (topic.gateway, topic.evidence_id) in batch.whole:
            return
        whole = self._one_part.known(topic.gateway, topic.evidence_id)
        announced = whole or self._assembly.announcement(topic.gateway, topic.evidence_id)
        if announced is None:
            registered = find_registered(batch.work, topic.gateway, self._dropped) is not None
            if not registered or records.is_known(batch.work, topic.gateway, topic.evidence_id):
                return
        elif topic.part >= announced.data.parts or len(payload) != part_length(announced, topic.part):
            self._dropped.note("part size", topic.gateway, f"{topic} is not part of what was announced")
            return
        self._room.check(len(payload))
        if whole is not None:
            self._take_whole(batch, whole, payload)
            return
        self._assembly.add_part(topic.gateway, topic.evidence_id, topic.part, payload)
        if announced is not None:
            self._complete(batch, announced)

    def settle(self, batch: Batch) -> None:
        """Bring a batch's whole files safely into the store, before their rows are committed.

        Raises:
            StoreError: the store cannot be written.
        """
        if batch.files:
            hold_files(batch.work.session, alone=False)
            self._evidence_store.put(batch.files)

    def expire(self) -> None:
        """Forget files whose parts stopped coming; their gateway begins them anew when it sends them again."""
        before = time.time() - 60 * self._limits.unfinished_minutes
        for gateway, count in (Counter(self._assembly.expire(before)) + self._one_part.expire(before)).items():
            self._dropped.note("unfinished evidence", gateway, f"{count} files that got no more parts")

    def _complete(self, batch: Batch, message: EvidenceMessage) -> None:
        try:
            whole = self._assembly.assemble(message)
        except DamagedEvidenceError as error:
            self._dropped.note("damaged evidence", message.gateway, str(error))
            return
        if whole is None:
            return
        self._keep(batch, message, whole)

    def _take_whole(self, batch: Batch, message: EvidenceMessage, content: bytes) -> None:
        """Take a file whose only part has come."""
        evidence = message.data
        if hashlib.sha256(content).hexdigest() != evidence.sha256:
            self._one_part.drop(message.gateway, evidence.evidence_id)
            what = f"evidence {evidence.evidence_id}: its part does not make the announced file"
            self._dropped.note("damaged evidence", message.gateway, what)
            return
        self._keep(batch, message, content)

    def _keep(self, batch: Batch, message: EvidenceMessage, whole: Path | bytes) -> None:
        """Take a file that is as it was announced into the batch."""
        evidence = message.data
        if not is_of_type(whole, evidence.media_type):
            self._drop(message.gateway, evidence.evidence_id)
            self._replies.refuse(message.gateway, message.id, f"the file is no {evidence.media_type}")
            return
        if not records.is_stored(batch.work, message):
            file = NewFile(whole, key_of(evidence.sha256, evidence.media_type))
            batch.files.append(file)
            records.add(batch.work, message, file.key)
            batch.after.append(partial(self._taken.inc, evidence.size))
        batch.whole.add((message.gateway, evidence.evidence_id))
        batch.after.append(partial(self._drop, message.gateway, evidence.evidence_id))
        batch.acknowledge(message.gateway, message.id)

    def _drop(self, gateway: str, identity: UUID) -> None:
        if self._one_part.known(gateway, identity) is None:
            self._assembly.drop(gateway, identity)
        else:
            self._one_part.drop(gateway, identity)
