"""The stored versions of the city pack: the latest is in force, for every hub of the database."""

import logging
from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sharp_eyes.configuration import explain
from sharp_eyes.hub.areas.area_history import AreaHistory
from sharp_eyes.hub.areas.city_edits import moves_between
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.city_text import plain
from sharp_eyes.hub.areas.tree import BEGINNING, Stay
from sharp_eyes.hub.cases.area_moves import follow_moves
from sharp_eyes.hub.cases.place_grids import find_grids, outlines_differ
from sharp_eyes.hub.errors import CityError
from sharp_eyes.hub.lifecycle.acts import Actor
from sharp_eyes.hub.store.city_tables import AreaStay, CityVersion
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_LOG = logging.getLogger(__name__)

CityOrigin = Literal["file", "import", "interface"]


@dataclass(frozen=True, slots=True)
class StoredCity:
    """A version of the city pack as it is stored, and the paths of areas until now. ``version`` 0: none is stored."""

    version: int
    pack: CityPack
    areas: AreaHistory
    origin: str = "file"
    made_by: str = ""


def latest_number(session: Session) -> int:
    """Number of the version in force; 0 where none is stored."""
    # Every piece of work begins with it: as plain as can be.
    return session.connection().exec_driver_sql("SELECT max(version) FROM city_version").scalar() or 0


def stored_city(session: Session) -> StoredCity | None:
    """Read the version in force; None where none is stored.

    Raises:
        CityError: this program cannot read it.
    """
    row = session.scalar(select(CityVersion).order_by(CityVersion.version.desc()).limit(1))
    if row is None:
        return None
    return StoredCity(row.version, _pack_of(row), stored_areas(session), row.origin, row.made_by)


def readable_city(session: Session) -> StoredCity | None:
    """The same; None also where this program cannot read it, which the log says: then a file takes its place."""
    try:
        return stored_city(session)
    except CityError as error:
        _LOG.error("%s", error)
        return None


def stored_areas(session: Session) -> AreaHistory:
    """Read which area lay at which path when."""
    rows = session.scalars(select(AreaStay))
    return AreaHistory(Stay(row.area, row.path, row.since, row.until) for row in rows)


def text_in_force(session: Session) -> str | None:
    """Give the version in force as YAML, with its comments; None where none is stored."""
    return session.scalar(select(CityVersion.text).order_by(CityVersion.version.desc()).limit(1))


def last_from_file(session: Session) -> CityPack | None:
    """Give the latest version that came from a file, whatever was changed by the interface since."""
    files = CityVersion.origin.in_(("file", "import"))
    row = session.scalar(select(CityVersion).where(files).order_by(CityVersion.version.desc()).limit(1))
    try:
        return None if row is None else _pack_of(row)
    except CityError:
        return None  # another than any that can be read now


def keep_version(work: UnitOfWork, pack: CityPack, text: str, actor: Actor, origin: CityOrigin) -> dict[str, str]:
    """Put a pack in force as the next version; what its areas hold follows where they lie elsewhere now.

    The work must be one that changes the city (``Hub.city_transaction``), and ``work.city`` the pack before.

    Returns:
        the moves: each area's new path by its old one.
    """
    before, moves = work.city, moves_between(work.city.areas, pack.areas)
    version = latest_number(work.session) + 1
    row = CityVersion(version=version, fingerprint=pack.fingerprint, content=plain(pack), text=text, origin=origin)
    row.made_at, row.made_by = work.now, actor.name
    work.session.add(row)
    work.city, work.city_version = pack, version
    _note_stays(work, pack)
    follow_moves(work, actor, moves)
    if outlines_differ(before, pack):
        find_grids(work)
    return moves


def _note_stays(work: UnitOfWork, pack: CityPack) -> None:
    """Write down where areas lie from now on; of the first tree ever, since ever."""
    begins = work.now if work.session.scalar(select(AreaStay.area).limit(1)) is not None else BEGINNING
    paths = {area.identity: area.path for area in pack.areas}
    present = {row.area: row for row in work.session.scalars(select(AreaStay).where(AreaStay.until.is_(None)))}
    for area, row in present.items():
        if paths.get(area) != row.path:
            row.until = work.now
    work.session.flush()
    for area, path in paths.items():
        if area not in present or present[area].path != path:
            _begin_stay(work, AreaStay(area=area, path=path, since=begins, until=None))
    work.session.flush()
    work.areas = stored_areas(work.session)


def _begin_stay(work: UnitOfWork, stay: AreaStay) -> None:
    same = AreaStay.area == stay.area, AreaStay.since == stay.since
    if work.session.scalar(select(AreaStay.area).where(*same)) is None:
        work.session.add(stay)
        return
    # Twice within one tick of the clock: nothing can have ended in between.
    work.session.execute(update(AreaStay).where(*same).values(path=stay.path, until=None))
    work.session.expire_all()


def _pack_of(row: CityVersion) -> CityPack:
    try:
        return CityPack.model_validate(row.content)
    except ValidationError as error:
        raise CityError(
            f"version {row.version} of the city pack, which the hub keeps, cannot be read by this program:\n  "
            f"{explain(error)}\nthe pack of its file takes its place; what the interface had changed is not in there"
        ) from error
