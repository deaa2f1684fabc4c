"""Places from files: CSV or GeoJSON, each row checked, and nothing taken over where one of them is wrong."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from sqlalchemy import select

from sharp_eyes.contract.strict_json import read_strictly
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.datum import AnyDatum
from sharp_eyes.hub.areas.row_error import RowError, wrong_file
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.errors import RequestError
from sharp_eyes.hub.formula_cells import doubled, unmarked
from sharp_eyes.hub.one_map.places import PlaceWish, put, settled
from sharp_eyes.hub.store.place_tables import Place
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

FileForm = Literal["csv", "geojson"]
MOST_ROWS = 20_000
COLUMNS = ("kind", "number", "name", "area", "longitude", "latitude", "datum")
"""What stands of every place; its facts are further columns."""

_ALSO = {
    "类别": "kind",
    "编号": "number",
    "名称": "name",
    "区域": "area",
    "经度": "longitude",
    "纬度": "latitude",
    "坐标系": "datum",
}
"""Heads of columns in Chinese."""

_MOST_FAULTS = 200


@dataclass(slots=True)
class Import:
    """What a file makes of the register, or would make. ``faults``: by line; of GeoJSON the number of the feature."""

    added: int = 0
    changed: int = 0
    same: int = 0
    rows: int = 0
    faults: list[tuple[int, RowError]] = field(default_factory=list)

    def wrong(self, line: int, *faults: RowError) -> None:
        """Note what is wrong with a row."""
        self.faults += [(line, one) for one in faults]


def take_file(
    work: UnitOfWork, by: Origin, ground: str, form: FileForm, text: str, datum: AnyDatum | None, *, check: bool
) -> Import:
    """Take places from a file: known ones (by kind and number) are changed, others added; ``check``: only say it.

    Raises:
        RequestError: 422 ``wrong_file`` where it cannot be read, or, unless only checked, where a row is wrong;
            ``datum_missing`` where nothing says what its positions refer to.
    """
    made = Import()
    wished: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    for line, raw in _rows(form, text):
        made.rows += 1
        if made.rows > MOST_ROWS:
            words = f"more than {MOST_ROWS} places; give them in several files"
            raise wrong_file(words, [(line, RowError("too_many_rows", words, most=MOST_ROWS))])
        wish = _wish(work.city, line, raw, datum, made)
        if wish is None:
            continue
        values, faults = settled(work.city, ground, wish)
        made.wrong(line, *faults)
        if not faults:
            key = values["kind"], values["number"]
            if key in wished:
                first = wished[key][0]
                words = f"{key[0]} {key[1]!r} stands in line {first} already"
                made.wrong(line, RowError("twice", words, kind=key[0], name=key[1], first=first))
            wished[key] = line, values
    _write(work, by, ground, wished, made, check=check)
    made.faults = sorted(made.faults, key=lambda one: one[0])[:_MOST_FAULTS]
    return made


def _write(
    work: UnitOfWork,
    by: Origin,
    ground: str,
    wished: Mapping[tuple[str, str], tuple[int, dict[str, Any]]],
    made: Import,
    *,
    check: bool,
) -> None:
    kinds = {kind for kind, _ in wished}
    known = {(row.kind, row.number): row for row in work.session.scalars(select(Place).where(Place.kind.in_(kinds)))}
    for key, (line, values) in wished.items():
        row = known.get(key)
        if row is not None and not covers(ground, row.area):
            words = f"{key[0]} {key[1]!r} is kept by another area"
            made.wrong(line, RowError("kept_elsewhere", words, kind=key[0], name=key[1]))
        elif row is None:
            made.added += 1
        elif all(getattr(row, name) == value for name, value in values.items()):
            made.same += 1
        else:
            made.changed += 1
    if check:
        return
    if made.faults:
        first = "; ".join(f"line {line}: {fault}" for line, fault in made.faults[:3])
        raise wrong_file(f"nothing was taken, {len(made.faults)} faults: {first}", made.faults[:_MOST_FAULTS])
    for key, (_, values) in wished.items():
        row = known.get(key)
        if row is None:
            work.session.add(Place(**values, changed_by=by.actor, changed_at=work.now))
        elif any(getattr(row, name) != value for name, value in values.items()):
            put(row, values, by, work)
    detail = {"added": made.added, "changed": made.changed, "same": made.same}
    record(work.session, work.now, by, Action.PLACES_IMPORTED, area=ground, subject="", **detail)


def _wish(city: CityPack, line: int, raw: Mapping[str, Any], said: AnyDatum | None, made: Import) -> PlaceWish | None:
    datum = _datum(raw.get("datum"))
    if datum is None and raw.get("datum") not in (None, ""):
        known = ", ".join(get_args(AnyDatum))
        words = f"datum {raw['datum']!r} is none; say {known}"
        made.wrong(line, RowError("unknown_datum", words, datum=raw["datum"], known=known))
        return None
    if datum is not None and said is not None and datum != said:
        words = f"datum {datum} stands there, but {said} is said of the file"
        made.wrong(line, RowError("other_datum", words, datum=datum, of_file=said))
        return None
    datum = datum or said
    if datum is None:
        raise RequestError(
            422,
            "datum_missing",
            "nothing says what the file's positions refer to, and it is not guessed: say datum wgs84, gcj02 or bd09 "
            "with the file, or in a column (CSV) or member (GeoJSON) 'datum'",
        )
    try:
        longitude, latitude = (float(raw.get(name) or "") for name in ("longitude", "latitude"))
    except (TypeError, ValueError):
        given = {name: raw.get(name) for name in ("longitude", "latitude")}
        words = f"longitude {given['longitude']!r}, latitude {given['latitude']!r} are no degrees"
        made.wrong(line, RowError("no_degrees", words, **given))
        return None
    facts = {name: value for name, value in raw.items() if name not in COLUMNS}
    kind = _kind(city, str(raw.get("kind") or "").strip())
    own = city.place_kind(kind)
    if own is not None:
        # columns of other kinds stand empty, and their heads say nothing
        facts = {_field(own, name): value for name, value in facts.items() if value not in (None, "")}
    number, name = (str(raw.get(one) or "") for one in ("number", "name"))
    return PlaceWish(kind, number, name, longitude, latitude, datum, facts, str(raw.get("area") or "").strip() or None)


def _kind(city: CityPack, said: str) -> str:
    """A kind by its id or by one of its names."""
    return next((one.id for one in city.place_kinds if said in (one.id, one.name.zh, one.name.en)), said)


def _field(kind: Any, said: str) -> str:
    return next((one.id for one in kind.fields if said in (one.id, one.name.zh, one.name.en)), said)


def _datum(said: object) -> AnyDatum | None:
    word = str(said or "").strip().lower().replace("-", "").replace("_", "").replace(" ", "")
    found: dict[str, AnyDatum] = {one: one for one in get_args(AnyDatum)}
    return found.get(word)


def _rows(form: FileForm, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    yield from _table(text) if form == "csv" else _features(text)


def _table(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        heads = [_ALSO.get(head.strip(), head.strip()) for head in next(reader, [])]
        missing = [name for name in COLUMNS if name not in heads and name not in ("area", "datum")]
        if missing:
            known = ", ".join(COLUMNS)
            faults = [RowError("column_missing", f"{name} is missing", column=name, known=known) for name in missing]
            raise _unreadable(f"the first line must name the columns; {', '.join(missing)} is missing", 1, *faults)
        if (twice := doubled(heads)) is not None:
            words = f"column {twice!r} stands twice"
            raise _unreadable(words, 1, RowError("column_twice", words, column=twice))
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, dict(zip(heads, map(unmarked, cells), strict=False))
    except csv.Error as error:
        words = f"line {reader.line_num}: {error}"
        raise _unreadable(words, reader.line_num, RowError("no_csv", words)) from error


def _features(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        read = read_strictly(text.removeprefix("\ufeff"))  # the text of a text: nobody has looked into it yet
    except ValueError as error:
        words = f"no JSON: {error}"
        raise _unreadable(words, getattr(error, "lineno", 0), RowError("no_json", words)) from error
    features = read.get("features") if isinstance(read, dict) else None
    if not isinstance(features, Sequence) or isinstance(features, str) or read.get("type") != "FeatureCollection":
        words = "GeoJSON must be one FeatureCollection of points"
        raise _unreadable(words, 0, RowError("no_collection", words))
    for number, feature in enumerate(features, start=1):
        yield number, {"datum": read.get("datum"), **_feature(feature)}


def _feature(given: object) -> Mapping[str, Any]:
    feature = given if isinstance(given, dict) else {}
    geometry, properties = feature.get("geometry"), feature.get("properties")
    found = dict(properties) if isinstance(properties, dict) else {}
    corners = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    if isinstance(corners, list) and len(corners) >= 2:
        found["longitude"], found["latitude"] = corners[:2]
    return {_ALSO.get(name, name): value for name, value in found.items()}


def _unreadable(why: str, line: int, *faults: RowError) -> RequestError:
    return wrong_file(f"the file cannot be read: {why}", [(line, one) for one in faults])
