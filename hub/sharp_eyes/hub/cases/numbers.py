"""Case numbers, counted for each of the city's years."""

from sqlalchemy import text

from sharp_eyes.hub.store.unit_of_work import UnitOfWork


def next_number(work: UnitOfWork) -> str:
    """Give out the next case number of the city's year, such as ``2026-000123``; never the same one twice."""
    year = work.now.astimezone(work.city.zone).year
    last = work.session.execute(
        text(
            "INSERT INTO case_counter (year, last) VALUES (:year, 1) "
            "ON CONFLICT (year) DO UPDATE SET last = case_counter.last + 1 RETURNING last"
        ),
        {"year": year},
    ).scalar_one()
    return f"{year}-{last:06d}"
