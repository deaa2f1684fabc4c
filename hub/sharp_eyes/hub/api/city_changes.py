"""How a change of the city pack by the interface is made: by whom, from which version, and what refuses it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import Depends, Header

from sharp_eyes.configuration.said import Said
from sharp_eyes.hub.api.dependencies import Person
from sharp_eyes.hub.api.names import named
from sharp_eyes.hub.areas.city_edits import with_areas
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.city_text import as_text, changed_text
from sharp_eyes.hub.areas.pack_reading import Fault
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.audit import Action, record
from sharp_eyes.hub.cases.city_versions import keep_version, text_in_force
from sharp_eyes.hub.cases.hanging import Hanging
from sharp_eyes.hub.errors import CityError, RequestError
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def expected_version(
    if_match: Annotated[
        str | None, Header(max_length=200, description='The version that the change begins from, such as "7", or *')
    ] = None,
) -> str | None:
    """Read the header If-Match."""
    return None if if_match is None else if_match.strip().removeprefix("W/").strip('"')


ExpectedVersion = Annotated[str | None, Depends(expected_version)]


def entity_tag(version: int) -> str:
    """The header ETag of a version."""
    return f'"{version}"'


def check_administrator(person: Person) -> None:
    """Refuse all but administrators.

    Raises:
        RequestError: 403.
    """
    if person.me.role != Role.ADMINISTRATOR:
        raise RequestError(403, "not_allowed", "areas and units are for administrators")


def check_whole_city(city: CityPack, person: Person, what: str) -> None:
    """Refuse all but administrators of the whole city.

    Raises:
        RequestError: 403.
    """
    check_administrator(person)
    if person.area != city.root:
        raise RequestError(403, "not_allowed", f"{what} hold in the whole city and are for its administrators")


@contextmanager
def changing_city(hub: Hub, header: str | None, body: int | None) -> Iterator[UnitOfWork]:
    """Open work on the city pack, of the version that somebody saw.

    Raises:
        RequestError: 409 ``changed_meanwhile``, 422 ``wrong_city``, 428 ``version_missing``.
    """
    try:
        with hub.city_transaction() as work:
            _check_version(work.city_version, header, body)
            yield work
    except CityError as error:
        raise RequestError(422, "wrong_city", str(error), members={"city_faults": error.faults}) from error
    hub.session_watch.look()


def _check_version(now: int, header: str | None, body: int | None) -> None:
    if header is None and body is None:
        raise RequestError(
            428, "version_missing", "say which version you saw: by If-Match, or as 'version'; GET /api/areas gives it"
        )
    if header == "*" and body is None:
        return
    if any(said not in (None, "*", str(now)) for said in (header, None if body is None else str(body))):
        raise RequestError(
            409,
            "changed_meanwhile",
            f"the city pack is at version {now} by now; read it anew and make the change there",
        )


def keep_change(work: UnitOfWork, person: Person, pack: CityPack) -> None:
    """Put a changed pack in force; one that says the same makes no version."""
    if with_areas(pack, pack.areas) == with_areas(work.city, work.city.areas):  # whether or not ids are written down
        return
    before = text_in_force(work.session)
    text = as_text(pack) if before is None else changed_text(before, work.city, pack)
    keep_version(work, pack, text, person.actor, "interface")


def note_act(work: UnitOfWork, person: Person, action: Action, area: str, subject: str, **detail: Any) -> None:
    """Write the act into the audit trail, with the version that it made."""
    detail = {**detail, "version": work.city_version, "pack": work.city.fingerprint}
    record(work.session, work.now, person.origin, action, area=area, subject=subject, **detail)


def refuse_while_in_use(what: str, name: Text, identity: str, hangs_on: Sequence[Hanging]) -> None:
    """Refuse to retire what something hangs on.

    Raises:
        RequestError: 409 ``area_in_use``, ``unit_in_use``; its members ``hangs_on`` say the same for programs.
    """
    if not hangs_on:
        return
    said = "; ".join(one.said for one in hangs_on)
    parts = [{"kind": one.kind, "count": one.count, "names": list(one.names)} for one in hangs_on]
    raise RequestError(
        409,
        f"{what}_in_use",
        f"{what} {named(name)} ({identity}) cannot be retired while this hangs on it: {said}",
        members={what: identity, "hangs_on": parts},
    )


def wrong_city(code: str, words: str, **values: str) -> RequestError:
    """Say the one thing that is wrong with a change of the city pack."""
    return RequestError(422, "wrong_city", words, members={"city_faults": [Fault.of(Said(code, words, **values)).said]})
