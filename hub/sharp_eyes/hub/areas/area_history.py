"""Which area lay at which path when: areas keep their id while they are renamed and moved."""

from collections.abc import Iterable
from datetime import datetime

from sharp_eyes.hub.areas.tree import Ground, Stay, parent


class AreaHistory:
    """The paths that areas have and had. Immutable; empty where no tree was kept yet."""

    def __init__(self, stays: Iterable[Stay] = ()) -> None:
        """``stays`` in any order."""
        self._stays = sorted(stays, key=lambda one: one.since)
        self._present = {one.area: one.path for one in self._stays if one.until is None}
        self._at = {path: area for area, path in self._present.items()}

    def ground(self, path: str) -> Ground:
        """Give the area that lies at a path now, with the paths that it had before."""
        area = self._at.get(path)
        if area is None:
            return Ground(path)
        return Ground(path, tuple(one for one in self._stays if one.area == area))

    def present(self, said: str) -> str:
        """Path now of an area that somebody names by its path, its id, or a path that it had before.

        What nobody knows is given back as it is.
        """
        if said in self._at:
            return said
        if said in self._present:
            return self._present[said]
        former = next((one.area for one in reversed(self._stays) if one.path == said), None)
        return self._present.get(former or "", said)

    def now(self, path: str, moment: datetime) -> str:
        """Path now of what lay at a path at a moment; of the nearest area above it where that is no more.

        What nobody knows is given back as it is.
        """
        at = path
        while at:
            area = next((one.area for one in reversed(self._stays) if one.path == at and one.holds(moment)), None)
            if area in self._present:
                return self._present[area]
            at = parent(at)
        return path
