"""Finds cases by what a person types: a number, or words of place, zone, camera or somebody's note."""

import re

from sqlalchemy import ColumnElement, false, or_, select

from sharp_eyes.hub.cases.words import counted
from sharp_eyes.hub.store.case_tables import Case, CaseText
from sharp_eyes.hub.store.grams import folded, holds, is_searchable

_NUMBER = re.compile(r"(\d{4})-(\d{1,6})")
_COUNT = re.compile(r"\d{1,6}")


def found(words: str) -> ColumnElement[bool]:
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
    return Case.id.in_(select(CaseText.case_id).where(holds(asked), *(_said(*one) for one in asked)))


def _said(piece: str, number: str | None) -> ColumnElement[bool]:
    """Pairs of characters may stand apart: the text itself decides."""
    whole = CaseText.said.contains(piece, autoescape=True)
    return whole if number is None else or_(CaseText.said.startswith(f"{number}\n"), whole)
