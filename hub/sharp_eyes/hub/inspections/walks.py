"""An inspection: begun with the checklist of that day, photos on the way, and handed in once."""

import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from sharp_eyes.hub.areas.checklists import CheckItem
from sharp_eyes.hub.audit import Action, Origin, record
from sharp_eyes.hub.cases.taken_ids import taken_ids
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.errors import RequestError, not_found
from sharp_eyes.hub.handle.photos import MOMENT, Noted, store_photo
from sharp_eyes.hub.handle.pictures import Picture
from sharp_eyes.hub.inspections.failures import Found, Walk, settle
from sharp_eyes.hub.inspections.premises import FAIL, find_premises
from sharp_eyes.hub.lifecycle.acts import Actor
from sharp_eyes.hub.lifecycle.model import Source
from sharp_eyes.hub.settings import LimitSettings
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.evidence_store import EvidenceStore
from sharp_eyes.hub.store.inspection_tables import Inspection, InspectionItem, Premises
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

MOST_PHOTOS = 100
"""Photos of one inspection."""


def check_may_inspect(actor: Actor) -> None:
    """Refuse who does not inspect: whoever may report from the source ``inspection`` does.

    Raises:
        RequestError: 403.
    """
    if actor.rights is None or Source.INSPECTION not in actor.rights.reports:
        raise RequestError(403, "not_allowed", f"{actor.name} does not inspect: their role may not report inspections")


def begin(work: UnitOfWork, actor: Actor, scope: Scope, key: UUID, premises_id: int, *, recheck: bool) -> Inspection:
    """Begin an inspection, once for its key; ``recheck``: of what has failed and is still open.

    Raises:
        RequestError: 403 ``not_allowed``, 404, 409 ``premises_inactive``, ``no_checklist``, ``nothing_to_recheck``, 422
            ``key_reused``.
    """
    check_may_inspect(actor)
    premises = find_premises(work, scope, premises_id)
    known = work.session.get(Inspection, key)
    if known is not None:
        if (known.by, known.premises_id, known.recheck) != (actor.name, premises_id, recheck):
            raise RequestError(422, "key_reused", f"Idempotency-Key {key} came with another inspection; use a new one")
        return known
    if taken_ids(work.session, [key]):
        raise RequestError(422, "key_reused", f"Idempotency-Key {key} is something else's; use a new one")
    if not premises.active:
        raise RequestError(409, "premises_inactive", f"{premises.name} is not inspected any more; activate it first")
    checklist = work.city.checklist(premises.kind)
    if recheck:
        items = open_items(work, premises)
        if not items:
            raise RequestError(409, "nothing_to_recheck", f"nothing that failed at {premises.name} is open any more")
    elif checklist is None:
        message = f"the city pack has no checklist for premises of kind {premises.kind!r}; add one under 'checklists'"
        raise RequestError(409, "no_checklist", message)
    else:
        items = checklist.items
    row = Inspection(
        key=key,
        premises_id=premises.id,
        version="" if checklist is None else checklist.version,
        items=[item.model_dump(mode="json") for item in items],
        recheck=recheck,
        by=actor.name,
        begun_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row


def open_items(work: UnitOfWork, premises: Premises) -> tuple[CheckItem, ...]:
    """Give the items that failed and whose cases are open, as their checklist had them, the oldest case first."""
    query = (
        select(InspectionItem.item, Inspection.items)
        .join(Inspection, Inspection.key == InspectionItem.inspection)
        .join(Case, Case.id == InspectionItem.case_id)
        .where(Inspection.premises_id == premises.id, InspectionItem.result == FAIL, Case.ended_at.is_(None))
        .order_by(Case.id, Inspection.begun_at)
    )
    found: dict[str, CheckItem] = {}
    for name, items in work.session.execute(query):
        found |= {one.id: one for one in read_items(items) if one.id == name}
    return tuple(found.values())


def read_items(stored: Sequence[Mapping[str, object]]) -> list[CheckItem]:
    """Read the items as an inspection keeps them."""
    return [CheckItem.model_validate(one) for one in stored]


def find_own(work: UnitOfWork, actor: Actor, key: UUID, *, locked: bool = True) -> Inspection:
    """Find an inspection that somebody has begun; ``locked``: so that nobody else can change it.

    Raises:
        RequestError: 404.
    """
    query = select(Inspection).where(Inspection.key == key)
    row = work.session.scalar(query.with_for_update() if locked else query)
    if row is None or row.by != actor.name:
        raise not_found(f"inspection {key}")
    return row


def is_photo_there(work: UnitOfWork, actor: Actor, key: UUID, identity: UUID) -> bool:
    """Whether a photo of an inspection under way is there already; ``identity``: its id, made by its sender.

    Raises:
        RequestError: 404, 409 ``submitted``, ``too_many_photos``, 422 ``key_reused``.
    """
    return _is_photo_there(work, find_own(work, actor, key, locked=False), actor, identity)


def add_photo(
    work: UnitOfWork, store: EvidenceStore, actor: Actor, key: UUID, identity: UUID, picture: Picture, noted: Noted
) -> None:
    """Take a photo of an inspection under way, once for its id.

    Raises:
        RequestError: as :func:`is_photo_there`.
    """
    if _is_photo_there(work, find_own(work, actor, key), actor, identity):
        return
    row = store_photo(work, store, key, actor, picture, noted, identity)
    row.metadata_ = (row.metadata_ or {}) | {"inspection": str(key)}


def _is_photo_there(work: UnitOfWork, inspection: Inspection, actor: Actor, identity: UUID) -> bool:
    known = work.session.get(EvidenceFile, identity)
    if known is not None:
        if known.by != actor.name or (known.metadata_ or {}).get("inspection") != str(inspection.key):
            raise RequestError(422, "key_reused", f"photo {identity} is another's; use a new id")
        return True
    if inspection.submitted_at is not None:
        raise RequestError(409, "submitted", "the inspection was handed in; begin a new one")
    count = select(func.count()).select_from(EvidenceFile).where(EvidenceFile.event_id == inspection.key)
    if (work.session.scalar(count) or 0) >= MOST_PHOTOS:
        raise RequestError(409, "too_many_photos", f"an inspection takes {MOST_PHOTOS} photos at most")
    return False


def submit(
    work: UnitOfWork, origin: Origin, walk_of: tuple[Actor, Scope, LimitSettings], key: UUID, found: Sequence[Found]
) -> Inspection:
    """Hand an inspection in: each failure makes a case, each re-check is its case's check. Once, however often sent.

    Raises:
        RequestError: 404, 422 ``key_reused``, ``unknown_item``, ``item_missing``, ``photo_missing``,
            ``unknown_photo``; else as the intake of reports.
    """
    actor, scope, limits = walk_of
    inspection = find_own(work, actor, key)
    digest = hashlib.sha256(repr(sorted(found, key=lambda one: one.item)).encode()).hexdigest()
    if inspection.submitted_at is not None:
        if inspection.digest != digest:
            raise RequestError(422, "key_reused", f"inspection {key} was handed in with other results; begin a new one")
        return inspection
    items = read_items(inspection.items)
    by_item = _checked(items, found)
    files = _files(work, key, found)
    premises = find_premises(work, scope, inspection.premises_id)
    walk = Walk(inspection, premises, actor, scope.area, limits)
    settled = settle(work, walk, items, by_item)
    for item in items:
        one = by_item[item.id]
        case, event = settled[item.id]
        _lay_photos(inspection, [files[photo] for photo in one.photos], event)
        work.session.add(
            InspectionItem(
                inspection=key,
                item=item.id,
                result=one.result,
                note=one.note,
                photos=[str(photo) for photo in one.photos],
                case_id=None if case is None else case.id,
            )
        )
    inspection.submitted_at, inspection.digest = work.now, digest
    if not inspection.recheck:
        premises.inspected_at = work.now
    failed = sum(one.result == FAIL for one in found)
    record(
        work.session, work.now, origin, Action.INSPECTION_SUBMITTED,
        area=premises.area, subject=premises.name, inspection=str(key), failed=failed,
    )  # fmt: skip
    work.session.flush()
    return inspection


def _checked(items: Sequence[CheckItem], found: Sequence[Found]) -> dict[str, Found]:
    known = {item.id: item for item in items}
    by_item = {one.item: one for one in found}
    for one in found:
        if one.item not in known:
            names = ", ".join(known)
            raise RequestError(422, "unknown_item", f"item {one.item!r} is not on this checklist; there are {names}")
    missing = [item.id for item in items if item.id not in by_item]
    if missing or len(by_item) != len(found):
        said = f"nothing is said of {', '.join(missing)}" if missing else "an item is named twice"
        raise RequestError(422, "item_missing", f"{said}; say of each item once whether it is in order")
    for item in items:
        one = by_item[item.id]
        if item.photo and not one.photos and one.result != "not_applicable":
            raise RequestError(422, "photo_missing", f"item {item.id!r} needs a photo")
    return by_item


def _files(work: UnitOfWork, key: UUID, found: Sequence[Found]) -> dict[UUID, EvidenceFile]:
    wanted = [photo for one in found for photo in one.photos]
    query = select(EvidenceFile).where(EvidenceFile.id.in_(wanted), EvidenceFile.event_id == key)
    files = {row.id: row for row in work.session.scalars(query)}
    missing = [photo for photo in wanted if photo not in files]
    if missing or len(set(wanted)) != len(wanted):
        named = f"photo {missing[0]} is not this inspection's" if missing else "a photo stands with two items"
        raise RequestError(422, "unknown_photo", f"{named}; send each item's photos first")
    return files


def _lay_photos(inspection: Inspection, files: Sequence[EvidenceFile], event: UUID | None) -> None:
    """Lay an item's photos where its case has them: as what was reported, or as how it is after the work."""
    for row in files:
        row.metadata_ = (row.metadata_ or {}) | {MOMENT: "after" if inspection.recheck else "reported"}
        if event is not None:
            row.event_id = event
