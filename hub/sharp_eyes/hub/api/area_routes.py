"""Areas by administrators: given out and taken in as GeoJSON, made, renamed, moved and retired, each for their own."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from sharp_eyes.hub.api.area_schemas import (
    AreaChange,
    AreaCollection,
    AreaContents,
    AreaFeature,
    AreaMerge,
    AreaProperties,
    AreaSplit,
    GivenCollection,
    GivenFeature,
    NewArea,
)
from sharp_eyes.hub.api.city_changes import (
    ExpectedVersion,
    changing_city,
    check_administrator,
    entity_tag,
    keep_change,
    note_act,
    refuse_while_in_use,
    wrong_city,
)
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.schemas import HangingView
from sharp_eyes.hub.areas.city_edits import (
    made_area,
    moves_between,
    with_area_changed,
    with_area_split,
    with_areas,
    with_areas_merged,
    with_branch,
    without_area,
)
from sharp_eyes.hub.areas.city_pack import Area, CityPack
from sharp_eyes.hub.areas.tree import covers, last_part, parent
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.cases.area_moves import follow_moves
from sharp_eyes.hub.cases.hanging import hanging_on_area, listed
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(prefix="/areas", tags=["areas"])


class GeoJsonResponse(JSONResponse):
    """GeoJSON under its own media type."""

    media_type = "application/geo+json"


@router.get("", response_class=GeoJsonResponse)
def get_areas(hub: HubDependency, person: CurrentPerson, response: Response) -> AreaCollection:
    """Give the asker's areas as GeoJSON, in the city pack's datum; those without an outline have a geometry of null."""
    with hub.read_only() as work:
        return _collection(work, person, response)


@router.put("", response_class=GeoJsonResponse)
def put_areas(
    hub: HubDependency, person: CurrentPerson, response: Response, expected: ExpectedVersion, body: GivenCollection
) -> AreaCollection:
    """Let the asker's areas be these: known ids are renamed, moved, given outlines; others made; those missing retired.

    403 not_allowed, 409 changed_meanwhile, 409 area_in_use, 422 wrong_city, 428 version_missing.
    """
    check_administrator(person)
    with changing_city(hub, expected, body.version) as work:
        before = [area for area in work.city.areas if covers(person.area, area.path)]
        _check_once(body.features)
        wished = [_wished(work.city, person, feature) for feature in body.features]
        _check_once(wished)
        kept = {area.identity for area in wished}
        retired = [area for area in before if area.identity not in kept]
        for area in retired:
            _refuse_while_in_use(work, area, {one.identity for one in retired}, alone=False)
        pack = with_branch(work.city, person.area, wished)
        keep_change(work, person, pack)
        known = {area.identity for area in before}
        detail = {
            "added": sorted(kept - known),
            "retired": sorted(area.identity for area in retired),
            "moved": moves_between(before, pack.areas),
        }
        note_act(work, person, Action.AREAS_REPLACED, person.area, "areas", **detail)
        return _collection(work, person, response)


@router.post("", status_code=201, response_class=GeoJsonResponse)
def post_area(
    hub: HubDependency, person: CurrentPerson, response: Response, expected: ExpectedVersion, body: NewArea
) -> AreaFeature:
    """Make an area below one of the asker's. 403, 404, 409 changed_meanwhile, 422 wrong_city, 428 version_missing."""
    check_administrator(person)
    with changing_city(hub, expected, body.version) as work:
        above = _find(work.city, person, body.parent)
        path = f"{above.path}/{body.part}"
        area = made_area(id=body.id, path=path, name=body.name.text(), geometry=body.geometry)
        pack = with_areas(work.city, (*work.city.areas, area))
        keep_change(work, person, pack)
        note_act(work, person, Action.AREA_ADDED, path, area.identity, path=path)
        return _answer(work, response, area.identity)


@router.patch("/{area_id}", response_class=GeoJsonResponse)
def patch_area(
    hub: HubDependency,
    person: CurrentPerson,
    response: Response,
    expected: ExpectedVersion,
    area_id: str,
    body: AreaChange,
) -> AreaFeature:
    """Rename, move or outline an area; its id stays, and all that lies in it or below goes along.

    What has ended keeps the path of its day. 403 not_allowed, 404, 409 changed_meanwhile, 422 wrong_city,
    428 version_missing.
    """
    check_administrator(person)
    with changing_city(hub, expected, body.version) as work:
        area = _find(work.city, person, area_id)
        path = _new_path(work.city, person, area, body)
        changes: dict[str, object] = {"path": path}
        if body.name is not None:
            changes["name"] = body.name.text()
        if "geometry" in body.model_fields_set:
            changes["geometry"] = body.geometry
        keep_change(work, person, with_area_changed(work.city, area, **changes))
        changed = sorted(body.model_fields_set - {"version"})
        note_act(work, person, Action.AREA_CHANGED, path, area.identity, path=path, before=area.path, changed=changed)
        return _answer(work, response, area.identity)


@router.get("/{area_id}/contents")
def get_area_contents(hub: HubDependency, person: CurrentPerson, area_id: str) -> AreaContents:
    """Say what lies in an area and below it and would go along where it is merged or moved; what has ended does not.

    403 not_allowed, 404.
    """
    check_administrator(person)
    with hub.read_only() as work:
        area = _find(work.city, person, area_id)
        below = [one.path for one in work.city.areas if one is not area and covers(area.path, one.path)]
        found = [*listed("areas", below), *hanging_on_area(work, area, [], alone=False)]
        return AreaContents(holds=[HangingView.model_validate(asdict(one)) for one in found])


@router.post("/{area_id}/merge", response_class=GeoJsonResponse)
def post_area_merge(
    hub: HubDependency,
    person: CurrentPerson,
    response: Response,
    expected: ExpectedVersion,
    area_id: str,
    body: AreaMerge,
) -> AreaFeature:
    """Let an area go into another, with its ground and all that lies in it; what has ended keeps its path.

    403 not_allowed, 404, 409 changed_meanwhile, 409 own_area, 422 wrong_city, 428 version_missing.
    """
    check_administrator(person)
    with changing_city(hub, expected, body.version) as work:
        area, into = _find(work.city, person, area_id), _find(work.city, person, body.into)
        _check_not_own(person, area)
        keep_change(work, person, with_areas_merged(work.city, area, into))
        follow_moves(work, person.actor, {area.path: into.path})
        note_act(work, person, Action.AREAS_MERGED, into.path, into.identity, merged=area.identity, before=area.path)
        return _answer(work, response, into.identity)


@router.post("/{area_id}/split", status_code=201, response_class=GeoJsonResponse)
def post_area_split(
    hub: HubDependency,
    person: CurrentPerson,
    response: Response,
    expected: ExpectedVersion,
    area_id: str,
    body: AreaSplit,
) -> AreaFeature:
    """Make a part of an area's ground an area of its own beside it; what lies in the area stays there.

    403 not_allowed, 404, 409 changed_meanwhile, 409 own_area, 422 wrong_city, 428 version_missing.
    """
    check_administrator(person)
    with changing_city(hub, expected, body.version) as work:
        area = _find(work.city, person, area_id)
        _check_not_own(person, area)
        path = f"{parent(area.path)}/{body.part}"
        part = made_area(id=body.id, path=path, name=body.name.text(), geometry=body.geometry)
        keep_change(work, person, with_area_split(work.city, area, part))
        note_act(work, person, Action.AREA_SPLIT, path, part.identity, path=path, cut_from=area.identity)
        return _answer(work, response, part.identity)


@router.delete("/{area_id}", status_code=204)
def delete_area(
    hub: HubDependency,
    person: CurrentPerson,
    expected: ExpectedVersion,
    area_id: str,
    version: Annotated[int | None, Query(ge=1, description="In place of If-Match")] = None,
) -> None:
    """Retire an area that nothing hangs on any more; what has ended in it keeps its path.

    403 not_allowed, 404, 409 changed_meanwhile, 409 area_in_use, 409 own_area, 428 version_missing.
    """
    check_administrator(person)
    with changing_city(hub, expected, version) as work:
        area = _find(work.city, person, area_id)
        _check_not_own(person, area)
        _refuse_while_in_use(work, area, {area.identity}, alone=True)
        keep_change(work, person, without_area(work.city, area))
        note_act(work, person, Action.AREA_RETIRED, parent(area.path), area.identity, path=area.path)


def _refuse_while_in_use(work: UnitOfWork, area: Area, leaving: Collection[str], *, alone: bool) -> None:
    """Refuse while something hangs on an area itself; ``alone``: or other areas lie below it."""
    staying = [one for one in work.city.areas if one.identity not in leaving and covers(area.path, one.path)]
    hangs_on = hanging_on_area(work, area, staying, alone=alone)
    refuse_while_in_use("area", area.name, area.identity, hangs_on)


def _find(pack: CityPack, person: Person, identity: str) -> Area:
    area = pack.area_called(identity)
    if area is None or not covers(person.area, area.path):
        raise not_found(f"area {identity}")
    return area


def _check_once(areas: Iterable[GivenFeature | Area]) -> None:
    counted = Counter(one.id for one in areas if one.id is not None)
    identity, times = counted.most_common(1)[0] if counted else ("", 1)
    if times > 1:
        words = f"area id {identity!r} stands {times} times in the collection; keep one"
        raise wrong_city("id_twice", words, id=str(identity))


def _wished(pack: CityPack, person: Person, feature: GivenFeature) -> Area:
    """An area as a feature has it; without an id it is the one that lies at its path now, or a new one."""
    given = feature.properties
    there = pack.area(given.path) if feature.id is None else pack.area_called(feature.id)
    if there is not None and not covers(person.area, there.path):
        raise not_found(f"area {there.identity}")
    if not covers(person.area, given.path):
        words = f"area {given.path!r} does not lie in {person.area!r}, which is yours"
        raise wrong_city("outside", words, path=given.path, yours=person.area)
    if there is not None and there.path == person.area != given.path:
        _check_not_own(person, there)
    identity = feature.id if there is None else there.identity
    return made_area(id=identity, path=given.path, name=given.name.text(), geometry=feature.geometry)


def _new_path(pack: CityPack, person: Person, area: Area, body: AreaChange) -> str:
    if body.parent is None and body.part is None:
        return area.path
    above = parent(area.path)
    if above:
        _check_not_own(person, area)
    if body.parent is not None:
        if not above:
            words = f"area {area.identity} is the root; nothing lies above it"
            raise wrong_city("root_moved", words, area=area.identity)
        above = _find(pack, person, body.parent).path
        if covers(area.path, above):
            words = f"area {area.identity} cannot lie below itself, at {above!r}"
            raise wrong_city("below_itself", words, area=area.identity)
    part = body.part or last_part(area.path)
    return f"{above}/{part}" if above else part


def _check_not_own(person: Person, area: Area) -> None:
    """The top of what somebody sees is moved and retired by those who see more."""
    if area.path == person.area:
        message = f"area {area.identity} is the top of what you see; somebody who sees more can move or retire it"
        raise RequestError(409, "own_area", message)


def _collection(work: UnitOfWork, person: Person, response: Response) -> AreaCollection:
    response.headers["ETag"] = entity_tag(work.city_version)
    return AreaCollection(version=work.city_version, features=features_of(work.city, person.area))


def _answer(work: UnitOfWork, response: Response, identity: str) -> AreaFeature:
    response.headers["ETag"] = entity_tag(work.city_version)
    area = work.city.area_called(identity)
    if area is None:
        raise not_found(f"area {identity}")
    return _feature(work.city, area)


def features_of(pack: CityPack, top: str) -> list[AreaFeature]:
    """Describe an area and all below it."""
    return [_feature(pack, area) for area in pack.areas if covers(top, area.path)]


def _feature(pack: CityPack, area: Area) -> AreaFeature:
    above = pack.area(parent(area.path))
    properties = AreaProperties(path=area.path, name=area.name, parent=None if above is None else above.identity)
    return AreaFeature(id=area.identity, geometry=area.geometry, properties=properties)
