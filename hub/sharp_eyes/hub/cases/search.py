"""Finds cases by what a person types: a number, or words of place, zone, camera or somebody's note."""

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select

from sharp_eyes.hub.cases.words import counted
from sharp_eyes.hub.store.case_tables import Case, CaseLog, CaseText
from sharp_eyes.hub.store.grams import folded, holds, is_searchable
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

_NUMBER = re.compile(r"(\d{4})-(\d{1,6})")
_COUNT = re.compile(r"\d{1,6}")
_BEFORE, _SHOWN = 20, 80
"""Of a note: characters shown before what was looked for, and in all."""


def found(work: UnitOfWork, words: str) -> ColumnElement[bool]:
    """Give as a condition of a query on cases which of them fit.

    ``2026-000123`` or ``2026-123`` is a case's number. Of anything else each word must stand somewhere in the case's
    text, or in a part of a word there; ``123`` is a case's number in any year as well.
    """
    number = _NUMBER.fullmatch(words)
    if number is not None:
        return Case.number == f"{number[1]}-{int(number[2]):06d}"
    pieces = folded(words).split()
    if not all(map(is_searchable, pieces)):
        return false()
    asked = [(piece, counted(piece) if _COUNT.fullmatch(piece) else None) for piece in pieces]
    said = [_said(*one) for one in asked]
    if work.session.get_bind().dialect.name == "sqlite":
        return and_(holds(asked), select(CaseText.case_id).where(CaseText.case_id == Case.id, *said).exists())
    return Case.id.in_(select(CaseText.case_id).where(holds(asked), *said))


def notes_found(work: UnitOfWork, cases: Sequence[Case], words: str) -> dict[int, str]:
    """Find in the notes of cases what was looked for: of each case the latest such place, by the case's id."""
    pieces = folded(words).split()
    text = CaseLog.payload["text"].as_string()
    noted = CaseLog.case_id.in_([case.id for case in cases]), text.is_not(None)
    rows = work.session.execute(select(CaseLog.case_id, text).where(*noted).order_by(CaseLog.id))
    found = {case_id: _around(note, pieces) for case_id, note in rows if any(one in folded(note) for one in pieces)}
    return {case_id: place for case_id, place in found.items() if place}


def _around(note: str, pieces: Sequence[str]) -> str:
    """The part of a note in which the first piece stands that it holds."""
    at = min((at for piece in pieces if (at := note.lower().find(piece)) >= 0), default=0)
    start = max(0, at - _BEFORE)
    cut = " ".join(note[start : start + _SHOWN].split())
    return f"{'…' if start else ''}{cut}{'…' if start + _SHOWN < len(note) else ''}"


def _said(piece: str, number: str | None) -> ColumnElement[bool]:
    """Pairs of characters may stand apart: the text itself decides."""
    whole = CaseText.said.contains(piece, autoescape=True)
    return whole if number is None else or_(CaseText.said.startswith(f"{number}\n"), whole)
