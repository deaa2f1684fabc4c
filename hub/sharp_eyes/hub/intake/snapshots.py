"""The latest small picture of each camera, in memory only."""

import threading
from collections.abc import Iterable
from datetime import datetime

MAX_SNAPSHOT = 200 * 1024
"""Bytes."""


class SnapshotCache:
    """Latest pictures. Safe to use from many threads."""

    def __init__(self) -> None:
        self._pictures: dict[tuple[str, str], tuple[bytes, datetime]] = {}
        self._lock = threading.Lock()

    def keep(self, gateway: str, camera: str, picture: bytes, now: datetime) -> bool:
        """Keep a JPEG; one that is too large or no JPEG is not kept, which the answer says."""
        if len(picture) > MAX_SNAPSHOT or not picture.startswith(b"\xff\xd8\xff"):
            return False
        with self._lock:
            self._pictures[gateway, camera] = (picture, now)
        return True

    def forget(self, gateway: str, cameras: Iterable[str]) -> None:
        """Forget the pictures of cameras that are gone."""
        with self._lock:
            for camera in cameras:
                self._pictures.pop((gateway, camera), None)

    def latest(self, gateway: str, camera: str) -> bytes | None:
        """Give the latest picture."""
        with self._lock:
            found = self._pictures.get((gateway, camera))
        return None if found is None else found[0]

    def taken_at(self, gateway: str, camera: str) -> datetime | None:
        """When the latest picture came."""
        with self._lock:
            found = self._pictures.get((gateway, camera))
        return None if found is None else found[1]
