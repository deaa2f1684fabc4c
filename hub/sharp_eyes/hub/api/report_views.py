"""What is said of reports, places and files of evidence."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import or_, select

from sharp_eyes.hub.api.case_schemas import CaseReportView, CaseSummary, DuplicateView, EvidenceView, WorldPlace
from sharp_eyes.hub.areas.datum import from_wgs84
from sharp_eyes.hub.handle.photos import MOMENT, NOTED_PLACE, REPORTED
from sharp_eyes.hub.lifecycle.model import Source
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.report_tables import DuplicateOffer, Report
from sharp_eyes.hub.store.tables import EvidenceFile
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def evidence_url(identity: UUID) -> str:
    """Where the page gets a file."""
    return f"/api/evidence/{identity}"


def evidence_view(row: EvidenceFile, people: Mapping[str, str]) -> EvidenceView:
    """Describe a file; ``people``: names by user name."""
    return EvidenceView.model_validate(
        {
            "id": row.id,
            "kind": row.kind,
            "media_type": row.media_type,
            "size": row.size,
            "captured_at": row.captured_at,
            "url": evidence_url(row.id),
            "by": row.by and people.get(row.by, row.by),
            "moment": (row.metadata_ or {}).get(MOMENT),
            "place": (row.metadata_ or {}).get(NOTED_PLACE),
        }
    )


def world_place(case: Case) -> WorldPlace | None:
    """Where a case is, where anybody has said."""
    if case.longitude is None or case.latitude is None:
        return None
    return WorldPlace(longitude=case.longitude, latitude=case.latitude)


def city_place(work: UnitOfWork, longitude: float | None, latitude: float | None) -> dict[str, float | None]:
    """Give a position of WGS 84 in the city pack's datum, in the fields of a case's few words."""
    if longitude is not None and latitude is not None:
        longitude, latitude = from_wgs84((longitude, latitude), work.city.datum)
    return {"longitude": longitude, "latitude": latitude}


def report_views(
    work: UnitOfWork, case: Case, reports: Sequence[Report], people: Mapping[str, str]
) -> list[CaseReportView]:
    """Describe the reports of a case, each with its photos."""
    files = work.session.scalars(
        select(EvidenceFile)
        .where(EvidenceFile.event_id.in_([row.key for row in reports]), EvidenceFile.kind == "photo")
        .where(or_(EvidenceFile.event_id != case.event_id, EvidenceFile.metadata_[MOMENT].as_string() == REPORTED))
        .order_by(EvidenceFile.captured_at, EvidenceFile.received_at)
    ).all()
    return [
        CaseReportView(
            key=row.key,
            source=Source(row.source),
            kind=row.kind,
            kind_name=work.city.name_of(row.kind),
            words=row.words,
            address=row.address,
            happened_at=row.happened_at,
            received_at=row.received_at,
            by=people.get(row.sender, row.sender),
            has_contact=row.reporter is not None,
            photos=[evidence_view(file, people) for file in files if file.event_id == row.key],
        )
        for row in reports
    ]


def duplicate_views(
    case: Case,
    found: Sequence[tuple[DuplicateOffer, Case]],
    shown: Sequence[CaseSummary],
    *,
    may_answer: bool,
) -> list[DuplicateView]:
    """Describe the open cases that a case may be the same as; ``shown``: the same ones, as lists show them."""
    return [
        DuplicateView(
            case=summary,
            position=world_place(other),
            metres=offer.metres,
            minutes=offer.minutes,
            joins=other.number if offer.case_id == case.id else case.number,
            may_answer=may_answer,
        )
        for (offer, other), summary in zip(found, shown, strict=True)
    ]
