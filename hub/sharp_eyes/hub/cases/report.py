"""The office's report on a month, a quarter or a year: its figures by formula, by area, unit, scene, source and camera.

Days whose sums are made are read from these, the rest is counted from the cases by the same facts (``cases/outcomes.py``).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, or_, select, tuple_

from sharp_eyes.hub.areas.figure_facts import Fact
from sharp_eyes.hub.areas.tree import covers
from sharp_eyes.hub.cases.calendar_period import CalendarPeriod
from sharp_eyes.hub.cases.daily_figures import Place, lies_in, made_days
from sharp_eyes.hub.cases.facts import Basis, Period, answers_for, falls_in
from sharp_eyes.hub.cases.outcomes import add_counts, count_outcomes, has_fact, load_kinds, load_units
from sharp_eyes.hub.cases.queries import CaseFilter, matching
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.store.case_tables import Assignment, Case
from sharp_eyes.hub.store.figure_tables import DailyFigure
from sharp_eyes.hub.store.unit_of_work import UnitOfWork
