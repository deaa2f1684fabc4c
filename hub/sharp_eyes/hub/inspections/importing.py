"""Premises from a table: CSV as spreadsheet programs write it, in UTF-8 or GB 18030; all lines or none."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from sharp_eyes.hub.areas.datum import AnyDatum, Point, checked
from sharp_eyes.hub.areas.row_error import RowError, wrong_file
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.formula_cells import doubled, unmarked
from sharp_eyes.hub.inspections.premises import PremisesWish, add_premises, change_premises, check_wish, find_same
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

NEEDED = ("kind", "name", "area")
COLUMNS = (*NEEDED, "address", "longitude", "latitude", "datum", "contact", "phone")
"""Columns that a table may have; ``NEEDED`` must be there."""

_DATUMS: dict[str, AnyDatum] = {"wgs84": "wgs84", "gcj02": "gcj02", "bd09": "bd09"}
_LONGEST = {"name": 100, "address": 500, "contact": 100, "phone": 40}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; with a fault it did nothing. ``faults``: lines of the file, each with what is wrong."""

    added: int
    changed: int
    faults: tuple[tuple[int, RowError], ...] = ()


def import_premises(work: UnitOfWork, by: Origin, ground: str, content: bytes, *, only_check: bool) -> Imported:
    """Add the premises of a table, and change those that are known by area, kind and name.

    Raises:
        RequestError: 422 ``wrong_file`` where it is no such table.
    """
    rows = _rows(content)
    faults: list[tuple[int, RowError]] = []
    wishes: list[PremisesWish] = []
    for line, row in rows:
        try:
            wish = _wish(row)
            known = find_same(work, wish)
            check_wish(work, ground, wish, but=None if known is None else known.id)
            if any((wish.area, wish.kind, wish.name) == (one.area, one.kind, one.name) for one in wishes):
                raise RowError("twice", f"{wish.name!r} stands twice in this table", kind=wish.kind, name=wish.name)
            wishes.append(wish)
        except RequestError as error:
            faults.append((line, RowError.of(error)))
        except RowError as fault:
            faults.append((line, fault))
    changes = sum(find_same(work, wish) is not None for wish in wishes)
    done = Imported(len(wishes) - changes, changes, tuple(faults))
    if faults or only_check:
        return Imported(0, 0, done.faults) if faults else done
    for wish in wishes:
        known = find_same(work, wish)
        if known is None:
            add_premises(work, by, ground, wish)
        else:
            change_premises(work, by, ground, known, wish)
    record(work.session, work.now, by, Action.PREMISES_IMPORTED, area=ground, subject=str(len(wishes)))
    return done


def _rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(_text(content), newline=""))
    try:
        reader.fieldnames = _heads(reader.fieldnames or ())
        return [
            (reader.line_num, {key: unmarked(value or "").strip() for key, value in row.items() if key in COLUMNS})
            for row in reader
        ]
    except csv.Error as error:
        words = f"line {reader.line_num} cannot be read: {error}"
        raise wrong_file(words, [(reader.line_num, RowError("no_csv", words))]) from error


def _heads(names: Sequence[str]) -> list[str]:
    heads = [name.strip().lower() for name in names]
    missing = [name for name in NEEDED if name not in heads]
    unknown = [name for name in heads if name not in COLUMNS]
    known = ", ".join(COLUMNS)
    faults = [RowError("column_missing", f"column {name!r} is missing", column=name, known=known) for name in missing]
    faults += [
        RowError("column_unknown", f"column {name[:60]!r} is unknown", column=name[:60], known=known)
        for name in unknown
    ]
    if (twice := doubled(heads)) is not None:
        faults.append(RowError("column_twice", f"column {twice!r} stands twice", column=twice))
    if faults:
        words = f"{faults[0]}; a table of premises has the columns {known}"
        raise wrong_file(words, [(1, one) for one in faults])
    return heads


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    words = "the table is neither UTF-8 nor GB 18030; save it as CSV UTF-8"
    raise wrong_file(words, [(0, RowError("no_text_file", words))])


def _wish(row: dict[str, str]) -> PremisesWish:
    for name in NEEDED:
        if not row[name]:
            raise RowError("empty", f"{name!r} is empty", column=name)
    for name, longest in _LONGEST.items():
        if len(row.get(name, "")) > longest:
            words = f"{name!r} has more than {longest} characters"
            raise RowError("wrong_length", words, column=name, most=longest)
    if row.get("contact") and not row.get("phone"):
        raise RowError("phone_missing", "a contact needs a telephone number in 'phone'")
    return PremisesWish(
        kind=row["kind"],
        name=row["name"],
        area=row["area"],
        address=row.get("address", ""),
        place=_place(row),
        contact=row.get("contact", ""),
        phone=row.get("phone", ""),
    )


def _place(row: dict[str, str]) -> tuple[Point, AnyDatum] | None:
    said = row.get("longitude", ""), row.get("latitude", "")
    if said == ("", ""):
        return None
    datum = _DATUMS.get(row.get("datum", "").lower())
    if datum is None:
        known = ", ".join(_DATUMS)
        words = f"'datum' says what the position refers to: {known}"
        raise RowError("unknown_datum", words, datum=row.get("datum", ""), known=known)
    try:
        longitude, latitude = float(said[0]), float(said[1])
    except ValueError as error:
        words = f"longitude {said[0]!r} and latitude {said[1]!r} are no two numbers"
        raise RowError("no_degrees", words, longitude=said[0], latitude=said[1]) from error
    return checked(longitude, latitude), datum
