"""Sharp Eyes' client: a hub's HTTP interface for Python programs."""

from sharp_eyes.client.answers import Answer, Case, CaseDetail, Change, LegalMove, LogLine, Me, Report, Task, Turn
from sharp_eyes.client.client import Client
from sharp_eyes.client.problem import ProblemError

__all__ = [
    "Answer",
    "Case",
    "CaseDetail",
    "Change",
    "Client",
    "LegalMove",
    "LogLine",
    "Me",
    "ProblemError",
    "Report",
    "Task",
    "Turn",
]
