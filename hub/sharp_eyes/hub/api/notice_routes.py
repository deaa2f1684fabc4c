"""Notices: what one was told, where one is reached, and what could not be told to anybody."""

from typing import Annotated

from fastapi import APIRouter, Query

from sharp_eyes.hub.api.dependencies import CurrentAccount, CurrentPerson, HubDependency, Person
from sharp_eyes.hub.api.figure_tables import Language
from sharp_eyes.hub.api.notice_schemas import (
    ChannelTestBody,
    ChannelView,
    ContactsBody,
    ContactsView,
    NoticePage,
    NoticeView,
    ReadBody,
    UntoldPage,
    UntoldView,
)
from sharp_eyes.hub.api.record_routes import KEEPERS
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.channel_settings import PERSONAL
from sharp_eyes.hub.errors import ChannelError, RequestError, SettingsError, not_found
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices import inbox, outbox
from sharp_eyes.hub.notices.courier import place_of, send_test
from sharp_eyes.hub.notices.words import one_line
from sharp_eyes.hub.store.notice_tables import Delivery
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(tags=["notices"])
_MAX_ID = 2**53

Limit = Annotated[int, Query(ge=1, le=200)]
Told = Annotated[Language | None, Query(alias="language", description="Of the words; one's own where left out")]
Before = Annotated[int | None, Query(ge=1, le=_MAX_ID, description="Cursor from 'next'")]


@router.get("/notices")
def get_notices(
    hub: HubDependency,
    person: CurrentAccount,
    unread: bool = False,
    limit: Limit = 50,
    before: Before = None,
    asked: Told = None,
) -> NoticePage:
    """List what one was told, newest first."""
    with hub.read_only() as work:
        place, language = place_of(work.city), asked or person.me.language
        rows, cursor = inbox.notices_of(work, person.account, unread=unread, before=before, limit=limit)
        items = [
            NoticeView(
                id=row.id,
                at=row.at,
                kind=row.kind,
                case_id=row.case_id,
                area=row.area,
                text=one_line(row.kind, row.data, language, place),
                data=row.data,
                read_at=row.read_at,
            )
            for row in rows
        ]
        count = inbox.count_unread(work, person.account)
    return NoticePage(items=items, unread=count, next=None if cursor is None else str(cursor))


@router.post("/notices/read", status_code=204)
def post_read(hub: HubDependency, person: CurrentAccount, body: ReadBody) -> None:
    """Note that one has read everything up to a notice."""
    with hub.transaction() as work:
        inbox.mark_read(work, person.account, body.up_to)


@router.get("/notices/untold")
def get_untold(hub: HubDependency, person: CurrentPerson, limit: Limit = 50, before: Before = None) -> UntoldPage:
    """List what could not be told of the asker's area; for administrators and shift leads."""
    _check_keeper(person)
    with hub.read_only() as work:
        rows, cursor = inbox.list_untold(work, person.area, before, limit)
        items = [_untold(work, person, row) for row in rows]
    return UntoldPage(items=items, next=None if cursor is None else str(cursor))


@router.post("/notices/untold/{delivery_id}/retry", status_code=204)
def post_retry(hub: HubDependency, person: CurrentPerson, delivery_id: int) -> None:
    """Try it again from the first attempt on; 404 where it is not untold any more."""
    _check_keeper(person)
    with hub.transaction() as work:
        row = inbox.lock_untold(work, person.area, _checked(delivery_id))
        if row.channel not in work.channels:
            raise RequestError(409, "no_channel", f"channel {row.channel!r} is not in hub.yaml; see to it by hand")
        outbox.retry(work, row)
        _record(work, person, Action.DELIVERY_RETRIED, row)


@router.post("/notices/untold/{delivery_id}/settle", status_code=204)
def post_settle(hub: HubDependency, person: CurrentPerson, delivery_id: int) -> None:
    """Note that one has seen to it, such as by telephone; 404 where it is not untold any more."""
    _check_keeper(person)
    with hub.transaction() as work:
        row = inbox.lock_untold(work, person.area, _checked(delivery_id))
        inbox.settle(work, row, person.me.username)
        _record(work, person, Action.DELIVERY_SETTLED, row)


@router.get("/notices/channels")
def get_channels(hub: HubDependency, person: CurrentPerson) -> list[ChannelView]:
    """Tell how each way of telling is doing; for administrators and shift leads."""
    _check_keeper(person)
    with hub.read_only() as work:
        states = inbox.channel_states(work)
    return [
        ChannelView(
            id=one.id,
            kind=one.kind,
            waiting=one.waiting,
            failed=one.failed,
            oldest=one.oldest,
            last_sent_at=one.last_sent_at,
        )
        for one in states
    ]


@router.post("/notices/channels/{channel}/test", status_code=204)
def post_channel_test(hub: HubDependency, person: CurrentPerson, channel: str, body: ChannelTestBody) -> None:
    """Send a test by a channel at once; for the whole city's administrators. 404, 422 address_needed, 502 not_taken."""
    if person.me.role != Role.ADMINISTRATOR or person.area != hub.city.root:
        raise RequestError(403, "not_allowed", "channels are tried by administrators of the whole city")
    with hub.read_only() as work:
        found = work.channels.get(channel)
        if found is None:
            raise not_found(f"channel {channel}")
        if found.kind in PERSONAL and not body.to:
            raise RequestError(422, "address_needed", f"channel {channel} reaches a person; say where, as 'to'")
        try:
            send_test(work, hub.settings.notices, found, body.to)
        except (ChannelError, SettingsError) as error:
            raise RequestError(502, "not_taken", f"channel {channel}: {error}") from error
    with hub.transaction() as work:
        record(work.session, work.now, person.origin, Action.CHANNEL_TRIED, area=work.city.root, subject=channel)


@router.get("/account/contacts")
def get_contacts(hub: HubDependency, person: CurrentAccount) -> ContactsView:
    """Tell where one is reached outside."""
    with hub.read_only() as work:
        return ContactsView(contacts=inbox.contacts_of(work, person.account), kinds=_kinds(hub))


@router.put("/account/contacts")
def put_contacts(hub: HubDependency, person: CurrentAccount, body: ContactsBody) -> ContactsView:
    """Say where one is reached outside, in the place of what was said before; 422 invalid."""
    with hub.transaction() as work:
        inbox.set_contacts(work, person.account, body.contacts)
        subject = person.me.username
        record(work.session, work.now, person.origin, Action.CONTACTS_CHANGED, area=person.area, subject=subject)
        return ContactsView(contacts=inbox.contacts_of(work, person.account), kinds=_kinds(hub))


def _kinds(hub: Hub) -> list[str]:
    return sorted({one.kind for one in hub.settings.notices.channels} & PERSONAL)


def _untold(work: UnitOfWork, person: Person, row: Delivery) -> UntoldView:
    return UntoldView(
        id=row.id,
        channel=row.channel,
        recipient=row.recipient,
        kind=row.kind,
        case_id=row.case_id,
        area=row.area,
        text=one_line(row.kind, row.data, person.me.language, place_of(work.city)),
        error=row.error,
        attempts=row.attempts,
        created_at=row.created_at,
        failed_at=row.ended_at,
    )


def _record(work: UnitOfWork, person: Person, action: Action, row: Delivery) -> None:
    subject = f"{row.channel} {row.recipient} {row.key}"
    record(work.session, work.now, person.origin, action, area=row.area, subject=subject[:200])


def _check_keeper(person: Person) -> None:
    if person.me.role not in KEEPERS:
        raise RequestError(403, "not_allowed", "this is for administrators and shift leads")


def _checked(identity: int) -> int:
    return min(max(identity, 0), _MAX_ID)
