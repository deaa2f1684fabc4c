"""Finds cases by what a person types: a number, a place, or words of somebody's note."""

import re

from sqlalchemy import ColumnElement, String, and_, cast, or_, select

from sharp_eyes.hub.store.case_tables import Case, CaseCounter, CaseLog
from sharp_eyes.hub.store.tables import Camera

_NUMBER = re.compile(r"(\d{4})-(\d{1,6})")
_COUNT = re.compile(r"\d{1,6}")


def found(words: str) -> ColumnElement[bool]:
    """Give as a condition of a query on cases which of them fit.

    ``2026-000123``, ``2026-123``, or ``123`` of any year, is a case's number, found by its index. Anything else is
    looked for in the place, the zone, the camera's name and, of open cases, in the notes of their log.
    """
    number = _NUMBER.fullmatch(words)
    if number is not None:
        return Case.number == f"{number[1]}-{int(number[2]):06d}"
    if _COUNT.fullmatch(words):
        years = select(cast(CaseCounter.year, String) + f"-{int(words):06d}")
        return or_(Case.number.in_(years), _placed(words))
    return or_(_placed(words), and_(Case.ended_at.is_(None), _noted(words)))


def _placed(words: str) -> ColumnElement[bool]:
    cameras = select(Camera.id).where(
        Camera.gateway == Case.gateway, Camera.camera == Case.camera, Camera.name.icontains(words, autoescape=True)
    )
    here = (column.icontains(words, autoescape=True) for column in (Case.place, Case.zone))
    return or_(*here, cameras.exists())


def _noted(words: str) -> ColumnElement[bool]:
    text = CaseLog.payload["text"].as_string()
    return select(CaseLog.id).where(CaseLog.case_id == Case.id, text.icontains(words, autoescape=True)).exists()
