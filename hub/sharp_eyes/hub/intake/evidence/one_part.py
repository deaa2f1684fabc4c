"""Files that come in one part, as most pictures do: announced in memory alone, since the part is the whole file."""

import time
from collections import Counter, OrderedDict
from dataclasses import dataclass
from uuid import UUID

from sharp_eyes.contract.envelope import EvidenceMessage


@dataclass(frozen=True, slots=True)
class _Announced:
    message: EvidenceMessage
    at: float


class OnePartFiles:
    """What was announced of all gateways. Belongs to one thread; after a restart the gateway announces anew."""

    def __init__(self, max_files: int) -> None:
        """Keep at most ``max_files`` for each gateway; the oldest give way, and are sent again."""
        self._max_files = max_files
        self._announced: dict[str, OrderedDict[UUID, _Announced]] = {}

    def announce(self, message: EvidenceMessage) -> None:
        """Note which file is coming, in the place of what was announced under its id before."""
        known = self._announced.setdefault(message.gateway, OrderedDict())
        known.pop(message.data.evidence_id, None)
        known[message.data.evidence_id] = _Announced(message, time.time())
        while len(known) > self._max_files:
            known.popitem(last=False)

    def known(self, gateway: str, identity: UUID) -> EvidenceMessage | None:
        """Say what was announced."""
        of_gateway = self._announced.get(gateway)
        found = None if of_gateway is None else of_gateway.get(identity)
        return None if found is None else found.message

    def drop(self, gateway: str, identity: UUID) -> None:
        """Forget a file."""
        known = self._announced.get(gateway)
        if known is not None and known.pop(identity, None) is not None and not known:
            del self._announced[gateway]

    def expire(self, before: float) -> Counter[str]:
        """Forget files announced before ``before`` (seconds since 1970); return how many of each gateway."""
        gone: Counter[str] = Counter()
        for gateway, known in list(self._announced.items()):
            for identity in [identity for identity, one in known.items() if one.at < before]:
                self.drop(gateway, identity)
                gone[gateway] += 1
        return gone
