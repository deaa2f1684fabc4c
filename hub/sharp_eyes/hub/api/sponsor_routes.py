"""The register of sponsors, and the week's lists of whistles."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select

from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.names import area_name, unit_name
from sharp_eyes.hub.api.notice_schemas import PersonView
from sharp_eyes.hub.api.record_routes import KEEPERS
from sharp_eyes.hub.api.seen import check_seen
from sharp_eyes.hub.api.sponsor_schemas import SponsorBody, SponsorChange, SponsorView, WhistleWeekView
from sharp_eyes.hub.api.whistle_views import week_view
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.dispatch import sponsors
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.store.sponsor_tables import Sponsor
from sharp_eyes.hub.store.tables import Account
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(tags=["sponsors"])
_MAX_ID = 2**53


@router.get("/sponsors")
def get_sponsors(
    hub: HubDependency,
    person: CurrentPerson,
    area: Annotated[str | None, Query(max_length=200, description="The asker's own where left out")] = None,
    over: Annotated[bool, Query(description="Past and future ones too")] = False,
) -> list[SponsorView]:
    """List the sponsors of an area, of those below it and of those above it."""
    where = _area(person, area or person.area)
    with hub.read_only() as work:
        return _views(work, sponsors.list_sponsors(work, where, over=over))


@router.post("/sponsors", status_code=201)
def post_sponsor(hub: HubDependency, person: CurrentPerson, body: SponsorBody) -> SponsorView:
    """Add a sponsor, for administrators and shift leads. 422 unknown_area, unknown_unit, unknown_person, invalid."""
    _check_keeper(person)
    with hub.transaction() as work:
        area = _area(person, body.area)
        wish = sponsors.SponsorWish(area, body.unit, body.post, body.place, body.person, body.since)
        row = sponsors.add_sponsor(work, wish, person.me.username)
        if body.until is not None:
            sponsors.end_sponsor(row, body.until)
        _record(work, person, Action.SPONSOR_ADDED, row)
        return _views(work, [row])[0]


@router.patch("/sponsors/{sponsor_id}")
def patch_sponsor(hub: HubDependency, person: CurrentPerson, sponsor_id: int, body: SponsorChange) -> SponsorView:
    """Change a sponsor's post, place or person, or end it; for administrators and shift leads. 404, 422."""
    _check_keeper(person)
    with hub.transaction() as work:
        row = work.session.get(Sponsor, min(max(sponsor_id, 0), _MAX_ID))
        if row is None or not covers(person.area, row.area):
            raise not_found(f"sponsor {sponsor_id}")
        check_seen(body.seen, _views(work, [row])[0])
        sponsors.change_sponsor(work, row, post=body.post, place=body.place, person=body.person)
        if body.until is None:
            row.until = None
        else:
            sponsors.end_sponsor(row, body.until)
        _record(work, person, Action.SPONSOR_CHANGED, row)
        return _views(work, [row])[0]


@router.get("/whistle")
def get_whistle(
    hub: HubDependency,
    person: CurrentPerson,
    week: Annotated[date | None, Query(description="A day of the week; of this one where left out")] = None,
) -> WhistleWeekView:
    """Give a week's lists: what is gathered for it, who was to report in, and who did in time."""
    with hub.read_only() as work:
        return week_view(work, person.scope, person.actor, week)


def _views(work: UnitOfWork, rows: Sequence[Sponsor]) -> list[SponsorView]:
    wanted = {row.account_id for row in rows if row.account_id is not None}
    people = {one.id: one for one in work.session.scalars(select(Account).where(Account.id.in_(wanted)))}
    return [_view(work, row, None if row.account_id is None else people.get(row.account_id)) for row in rows]


def _view(work: UnitOfWork, row: Sponsor, person: Account | None) -> SponsorView:
    return SponsorView(
        id=row.id,
        area=row.area,
        area_name=area_name(work.city, row.area),
        place=row.place,
        unit=row.unit,
        unit_name=unit_name(work.city, row.unit),
        post=row.post,
        person=None if person is None else PersonView(username=person.username, display_name=person.display_name),
        since=row.since,
        until=row.until,
    )


def _area(person: Person, area: str) -> str:
    if not covers(person.area, area):
        raise not_found(f"area {area}")
    return area


def _check_keeper(person: Person) -> None:
    if person.me.role not in KEEPERS:
        raise RequestError(403, "not_allowed", "this is for administrators and shift leads")


def _record(work: UnitOfWork, person: Person, action: Action, row: Sponsor) -> None:
    subject = f"{row.id} {row.unit}"
    until = None if row.until is None else row.until.isoformat()
    record(work.session, work.now, person.origin, action, area=row.area, subject=subject, post=row.post, until=until)
