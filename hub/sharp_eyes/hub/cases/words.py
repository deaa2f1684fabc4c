"""What of a case is found by words: its place, zone, camera and the notes of its log, kept as the log grows.

A camera that gets another name gets it for its open cases; cases that have ended keep the name of their day, as they
keep their area's path.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.store.case_tables import Case, CaseLog, CaseText
from sharp_eyes.hub.store.grams import folded, grams
from sharp_eyes.hub.store.tables import Camera
from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def counted(number: str) -> str:
    """Give a case's number in its year as a word of its own, which no pair of characters is."""
    return f"no{int(number.rpartition('-')[2])}"


def note_words(work: UnitOfWork, case: Case, line: Payload) -> None:
    """Keep what a further line of a case's log says; what its first line came with, too."""
    text: str = vars(line).get("text", "")
    if case.log_sequence == 1:
        _store(work, case, [text])
        return
    if not text:
        return
    known = work.session.get(CaseText, case.id)
    if known is None:
        restore_words(work, case)
    else:
        _put(work, case, f"{known.said}\n{folded(text)}")


def rename_cameras(work: UnitOfWork, cameras: Collection[tuple[str, str]]) -> None:
    """Let the open cases of cameras (gateway and name) be found by the names that these have now."""
    gateways = {gateway for gateway, _ in cameras}
    theirs = select(Case).where(Case.ended_at.is_(None), Case.gateway.in_(gateways))
    theirs = theirs.where(Case.camera.in_({camera for _, camera in cameras}))
    for case in work.session.scalars(theirs).all():
        if (case.gateway, case.camera) in cameras:
            restore_words(work, case)


def restore_words(work: UnitOfWork, case: Case) -> None:
    """Make what a case is found by again, from its row and its log."""
    texts = select(CaseLog.payload["text"].as_string()).where(CaseLog.case_id == case.id).order_by(CaseLog.sequence)
    _store(work, case, work.session.scalars(texts))


def _store(work: UnitOfWork, case: Case, notes: Iterable[str | None]) -> None:
    parts = [part for part in (case.place, case.zone, _camera_name(work, case), *notes) if part]
    _put(work, case, counted(case.number) + "\n" + folded("\n".join(parts)))


def _camera_name(work: UnitOfWork, case: Case) -> str | None:
    def ask() -> str | None:
        return work.session.scalar(
            select(Camera.name).where(Camera.gateway == case.gateway, Camera.camera == case.camera)
        )

    return work.once(("name of a camera", case.gateway, case.camera), ask) or case.camera


def _put(work: UnitOfWork, case: Case, said: str) -> None:
    count, _, rest = said.partition("\n")
    work.session.put_row(CaseText, {"case_id": case.id, "said": said, "grams": grams(rest, count)})
