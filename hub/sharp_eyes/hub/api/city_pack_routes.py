"""The whole city pack by administrators of the whole city: given out, checked, and taken over as a new version."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from sharp_eyes.configuration.said import Said
from sharp_eyes.hub.api.area_schemas import Versioned
from sharp_eyes.hub.api.city_changes import ExpectedVersion, changing_city, check_whole_city, entity_tag
from sharp_eyes.hub.api.city_pack_schemas import (
    CityDifferenceView,
    CityPackCheck,
    CityPackView,
    CityVersionText,
    CityVersionView,
)
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.schemas import CityFaultView, StorableText
from sharp_eyes.hub.areas.city_differences import differences
from sharp_eyes.hub.areas.city_doubts import doubts
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.city_text import as_text
from sharp_eyes.hub.areas.pack_reading import Fault, read_pack
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.cases.calendar_change import follow_calendar
from sharp_eyes.hub.cases.calendars import keep_calendar, missing_year
from sharp_eyes.hub.cases.city_change import lost_with
from sharp_eyes.hub.cases.city_versions import keep_version, text_in_force
from sharp_eyes.hub.errors import CityError, not_found
from sharp_eyes.hub.store.city_tables import CityVersion
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(prefix="/city/pack", tags=["city"])
_LENGTH = 10_000_000
_VERSIONS = 20


class PackBody(BaseModel):
    """A city pack as YAML."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "name: {zh: 云溪区, en: Yunxi District}\n…"}]})

    text: StorableText = Field(max_length=_LENGTH)


class PackChange(PackBody, Versioned):
    """A city pack that is to be in force, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "name: {zh: 云溪区, en: Yunxi District}\n…", "version": 3, "why": "Renamed by the council"}
            ]
        }
    )

    why: StorableText = Field("", max_length=2000)


@router.get("")
def get_city_pack(hub: HubDependency, person: CurrentPerson, response: Response) -> CityPackView:
    """Give the city pack in force as YAML, with its comments; 403 for all but administrators of the whole city."""
    check_whole_city(hub.city, person, "city packs")
    with hub.read_only() as work:
        return _view(work, response)


@router.get("/versions/{version}")
def get_city_pack_version(hub: HubDependency, person: CurrentPerson, version: int) -> CityVersionText:
    """Give an earlier version as it was put in force, to be checked and taken over again; 403, 404."""
    check_whole_city(hub.city, person, "city packs")
    with hub.read_only() as work:
        row = work.session.get(CityVersion, version)
        if row is None:
            raise not_found(f"version {version} of the city pack")
        return CityVersionText(version=row.version, text=row.text)


@router.post("/check")
def post_city_pack_check(hub: HubDependency, person: CurrentPerson, body: PackBody) -> CityPackCheck:
    """Say what is wrong in a city pack, what it hardly means, and what the hub has that it lacks; changes nothing."""
    check_whole_city(hub.city, person, "city packs")
    pack, faults = read_pack(body.text)
    said = [CityFaultView.model_validate(one.said) for one in faults]
    if pack is None:
        none: dict[str, Any] = {"lost": [], "lacking": [], "doubts": [], "differences": [], "name": None}
        return CityPackCheck(faults=said, **none, areas=0, units=0, rules=0)
    with hub.read_only() as work:
        lost = list(lost_with(work, pack))
        return CityPackCheck(
            faults=said,
            lost=[str(one) for one in lost],
            lacking=[CityFaultView.model_validate(one) for one in _lacking(lost)],
            doubts=_doubts(work, pack),
            differences=[CityDifferenceView.model_validate(asdict(one)) for one in differences(work.city, pack)],
            name=pack.name,
            areas=len(pack.areas),
            units=len(pack.units),
            rules=len(pack.rules),
        )


@router.put("")
def put_city_pack(
    hub: HubDependency, person: CurrentPerson, response: Response, expected: ExpectedVersion, body: PackChange
) -> CityPackView:
    """Take a city pack over: running hubs use it from their next piece of work on.

    403 not_allowed, 409 changed_meanwhile, 422 wrong_city (the check says the places), 428 version_missing.
    """
    check_whole_city(hub.city, person, "city packs")
    pack, faults = read_pack(body.text)
    with changing_city(hub, expected, body.version) as work:
        if pack is None:
            raise CityError("\n".join(str(one) for one in faults), [one.said for one in faults])
        moves = keep_version(work, pack, body.text, person.actor, "interface")
        lost = list(lost_with(work, pack))
        if lost:
            raise CityError("\n".join(lost), _lacking(lost))
        keep_calendar(work)
        detail = {"version": work.city_version, "pack": pack.fingerprint, "moved": moves, "reason": body.why.strip()}
        record(work.session, work.now, person.origin, Action.CITY_IMPORTED, area=pack.root, subject="", **detail)
        view = _view(work, response)
    follow_calendar(hub.transaction, hub.read_only)
    return view


def _lacking(lost: Sequence[Said]) -> list[dict[str, object]]:
    return [Fault.of(one).said for one in lost]


def _view(work: UnitOfWork, response: Response) -> CityPackView:
    response.headers["ETag"] = entity_tag(work.city_version)
    pack, calendar = work.city, work.city.calendar
    latest = select(CityVersion).order_by(CityVersion.version.desc()).limit(_VERSIONS)
    fields = ("version", "fingerprint", "origin", "made_by", "made_at")
    return CityPackView(
        version=work.city_version,
        name=pack.name,
        text=text_in_force(work.session) or as_text(pack),
        calendar=None if calendar is None else calendar.version,
        years=[] if calendar is None else sorted(calendar.years),
        doubts=_doubts(work, pack),
        versions=[
            CityVersionView.model_validate({name: getattr(row, name) for name in fields})
            for row in work.session.scalars(latest)
        ],
    )


def _doubts(work: UnitOfWork, pack: CityPack) -> list[str]:
    missing = missing_year(pack.calendar, work.now)
    return [*doubts(pack), *([] if missing is None else [missing])]
