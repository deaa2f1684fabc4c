"""Which city pack holds for a hub: the stored one, or that of its file where the file is new."""

from pathlib import Path

from sqlalchemy.orm import Session

from sharp_eyes.hub.areas.area_history import AreaHistory
from sharp_eyes.hub.areas.city_pack import CityPack, load_city_pack, pack_file
from sharp_eyes.hub.areas.city_text import as_text
from sharp_eyes.hub.cases.city_versions import (
    CityOrigin,
    StoredCity,
    keep_version,
    last_from_file,
    latest_number,
    readable_city,
    stored_areas,
    stored_city,
    text_in_force,
)
from sharp_eyes.hub.errors import CityError
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.store.city_tables import CityVersion
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

CITY_PACK = Actor(ActorKind.RULE, "city pack")
"""Who lets cases follow a city pack that was changed in its file."""


class CityChoice:
    """The pack in force for one hub, which follows what other hubs and commands store. Safe to read from many threads.

    Attributes:
        in_force: replaced whole, never changed.
        is_new: it is not stored yet.
    """

    def __init__(self, file: Path | None) -> None:
        """``file``: the city pack of the settings; the demonstration city for None.

        Raises:
            CityError: it is wrong.
        """
        self._file = file
        self.is_new = True
        self._conflict: str | None = None
        self.in_force = StoredCity(0, load_city_pack(file), AreaHistory())

    def try_on(self, pack: CityPack) -> None:
        """Let a pack hold in this hub alone until another version is stored, or :meth:`keep` stores this one."""
        now = self.in_force
        self.is_new = True
        self.in_force = StoredCity(now.version, pack, now.areas)

    def choose(self, session: Session) -> None:
        """Decide between what is stored and the file."""
        stored, own = readable_city(session), self.in_force.pack
        if stored is None:
            self.in_force = StoredCity(latest_number(session), own, stored_areas(session))
            return
        from_file = last_from_file(session)
        known = {one.fingerprint for one in (from_file, stored.pack) if one is not None}
        if own.fingerprint not in known:
            if stored.origin != "interface":
                self.in_force = StoredCity(stored.version, own, stored.areas)
                return
            # The demonstration city comes with the program and may change with it; nobody wrote it for this hub.
            if self._file is not None:
                self._conflict = (
                    f"{self._file} was changed, and since it was read last so were areas or units by the interface "
                    f"(version {stored.version}, by {stored.made_by}). To keep both: 'sharp-eyes-hub city export "
                    "--out other.yaml', make your changes there, 'sharp-eyes-hub city import other.yaml'"
                )
        self.is_new = False
        self.in_force = stored

    def keep(self, work: UnitOfWork) -> None:
        """Store the file's pack as the next version where it is new.

        Raises:
            CityError: it and what is stored were both changed.
        """
        if self._conflict is not None:
            raise CityError(self._conflict)
        stored = readable_city(work.session)
        own = work.city
        if stored is None:
            keep_version(work, own, self._text(own), CITY_PACK, "file")
        elif self.is_new and stored.pack.fingerprint != own.fingerprint:
            work.city = stored.pack  # what lies in areas that have moved follows from there
            keep_version(work, own, self._text(own), CITY_PACK, "file")
        elif not _is_called_so(work.session, own):
            # Another version of the program names the same pack otherwise; each name in a log is found here.
            origin: CityOrigin = "interface" if stored.origin == "interface" else "file"
            keep_version(work, own, text_in_force(work.session) or as_text(own), CITY_PACK, origin)

    def current(self, session: Session) -> StoredCity:
        """Give the pack in force for a transaction, and note a newer one."""
        now = self.in_force
        if latest_number(session) <= now.version:
            return now
        stored = stored_city(session)
        if stored is not None and stored.version > now.version:
            self._take(stored)
        return self.in_force

    def note(self, work: UnitOfWork) -> None:
        """Take over what a committed work stored."""
        if work.city_version > self.in_force.version:
            self._take(StoredCity(work.city_version, work.city, work.areas))

    def _take(self, stored: StoredCity) -> None:
        self.is_new, self._conflict = False, None
        self.in_force = stored

    def _text(self, pack: CityPack) -> str:
        """The pack as YAML: as its file has it, where it is that one."""
        file = pack_file(self._file)
        return file.read_text(encoding="utf-8") if load_city_pack(self._file) == pack else as_text(pack)


def _is_called_so(session: Session, pack: CityPack) -> bool:
    row = session.get(CityVersion, latest_number(session))
    return row is not None and row.fingerprint == pack.fingerprint
