"""Terms by scene and grade. Pure."""

from datetime import datetime, timedelta

from sharp_eyes.hub.settings import RetentionSettings, TermSettings


def evidence_days(settings: RetentionSettings, scene: str | None, grade: str) -> int:
    """Days after a case has ended until its evidence is deleted."""
    found = (term.evidence_days for term in settings.terms if _fits(term, scene, grade))
    return next((days for days in found if days is not None), settings.evidence_days)


def case_days(settings: RetentionSettings, scene: str | None, grade: str) -> int:
    """Days after a case has ended until it is deleted with its log."""
    found = (term.case_days for term in settings.terms if _fits(term, scene, grade))
    return next((days for days in found if days is not None), settings.case_days)


def shortest(settings: RetentionSettings) -> timedelta:
    """The shortest of all terms for cases and evidence: what ended later need not be looked at."""
    days = [settings.evidence_days, settings.case_days]
    days += [days for term in settings.terms for days in (term.evidence_days, term.case_days) if days is not None]
    return timedelta(days=min(days))


def is_over(now: datetime, ended_at: datetime, days: int) -> bool:
    """Whether a term has ended."""
    return now - ended_at > timedelta(days=days)


def _fits(term: TermSettings, scene: str | None, grade: str) -> bool:
    return term.scene in (None, scene) and term.grade in (None, grade)
