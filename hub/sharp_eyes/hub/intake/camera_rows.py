"""Cameras' rows in one piece of work: read at once for many gateways, kept in memory, written at once at its end.

After a power cut thousands of gateways with their cameras say within seconds that they are there, and every few
seconds after that how each camera is. A statement a camera would take minutes of what a few take seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, select, update

from sharp_eyes.hub.cases.words import rename_cameras
from sharp_eyes.hub.store.tables import Camera, CameraChange
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_TABLE = cast("Table", Camera.__table__)
_READ = [
    _TABLE.c[name]
    for name in ("id", "gateway", "camera", "name", "area", "longitude", "latitude", "scenes", "state", "detail")
]
_VALUES = tuple(column.name for column in _READ[3:])
BEGINS_WITH: Mapping[str, Any] = {"state": "unknown", "detail": "", "looks": 0, "skipped": {}, "scenes": []}
"""A camera of which nothing is known yet."""


@dataclass(slots=True)
class CameraRow:
    """One camera as it is stored, with what this work has changed of it; ``key`` is None where it is new."""

    key: int | None
    gateway: str
    camera: str
    values: dict[str, Any]
    changed: dict[str, Any] = field(default_factory=dict)

    def put(self, **values: Any) -> bool:
        """Change columns; whether any of them had another value. What was not read counts as changed."""
        news = {name: value for name, value in values.items() if name not in self.values or self.values[name] != value}
        self.values |= news
        self.changed |= news
        return bool(news)


class CameraRows:
    """All of a work's cameras. Nothing is written before :meth:`write`."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._rows: dict[str, dict[str, CameraRow]] = {}
        self._renamed: set[tuple[str, str]] = set()
        self._removed: list[int] = []

    def read(self, gateways: Iterable[str]) -> None:
        """Read the cameras of gateways that were not read yet."""
        wanted = [name for name in dict.fromkeys(gateways) if name not in self._rows]
        if not wanted:
            return
        self._rows |= {name: {} for name in wanted}
        found = self._work.session.execute(select(*_READ).where(_TABLE.c.gateway.in_(wanted)).order_by(_TABLE.c.id))
        for key, gateway, camera, *values in found:
            self._rows[gateway][camera] = CameraRow(key, gateway, camera, dict(zip(_VALUES, values, strict=True)))

    def of(self, gateway: str) -> Mapping[str, CameraRow]:
        """A gateway's cameras by their names, the oldest first."""
        self.read([gateway])
        return self._rows[gateway]

    def add(self, gateway: str, camera: str, area: str) -> CameraRow:
        """Register a camera that is not there yet."""
        row = CameraRow(None, gateway, camera, {"name": camera, "area": area, **BEGINS_WITH})
        self._rows[gateway][camera] = row
        return row

    def rename(self, row: CameraRow, name: str) -> None:
        """Give a camera another name; its open cases are found by it from then on."""
        if row.put(name=name):
            self._renamed.add((row.gateway, row.camera))

    def remove(self, row: CameraRow) -> None:
        """Take a camera out, with its history."""
        del self._rows[row.gateway][row.camera]
        if row.key is not None:
            self._removed.append(row.key)

    def write(self) -> None:
        """Write down what changed: each kind of change is one statement, whatever the number of cameras."""
        session = self._work.session
        rows = [row for cameras in self._rows.values() for row in cameras.values()]
        if new := [row for row in rows if row.key is None]:
            columns = {name for row in new for name in row.values}
            given = [{name: row.values.get(name) for name in columns} for row in new]
            session.execute(
                insert(_TABLE),
                [{"gateway": row.gateway, "camera": row.camera} | one for row, one in zip(new, given, strict=True)],
            )
        kinds: dict[tuple[str, ...], list[CameraRow]] = {}
        for row in rows:
            if row.key is not None and row.changed:
                kinds.setdefault(tuple(sorted(row.changed)), []).append(row)
        for names, alike in kinds.items():
            statement = update(_TABLE).where(_TABLE.c.id == bindparam("key"))
            statement = statement.values({name: bindparam(f"to_{name}") for name in names})
            session.execute(
                statement,
                [{"key": row.key} | {f"to_{name}": row.changed[name] for name in names} for row in alike],
            )
        if self._removed:
            session.execute(delete(CameraChange).where(CameraChange.camera_id.in_(self._removed)))
            session.execute(delete(_TABLE).where(_TABLE.c.id.in_(self._removed)))
        if self._renamed:
            rename_cameras(self._work, self._renamed)
