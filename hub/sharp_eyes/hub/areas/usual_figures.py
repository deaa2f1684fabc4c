"""The figures of a city whose pack names none of its own: those that offices usually report."""

from typing import Literal

from sharp_eyes.hub.areas.city_pack import CityPack, Text
from sharp_eyes.hub.areas.figure_rules import FigureRule


def _usual(
    name: str,
    zh: str,
    en: str,
    numerator: str,
    denominator: str,
    better: Literal["high", "low"] = "high",
    weight: int = 0,
) -> FigureRule:
    period: Literal["due", "reported"] = "due" if denominator == "due" else "reported"
    return FigureRule(
        id=name, name=Text(zh=zh, en=en), period=period, numerator=(numerator,), denominator=(denominator,),
        better=better, weight=weight,
    )  # fmt: skip


USUAL = (
    _usual("filing-rate", "立案率", "Filed", "filed", "reported"),
    _usual("closing-rate", "结案率", "Closed", "closed", "due", weight=40),
    _usual("in-time-rate", "按期结案率", "Closed in time", "closed_in_time", "due", weight=40),
    _usual("rework-rate", "返工率", "Reworked", "reworked", "handled", "low", weight=10),
    _usual("extension-rate", "延期率", "Extended", "extended", "due", "low"),
    _usual("false-alarm-rate", "误报率", "False alarms", "false_alarm", "reported", "low"),
    _usual("response-rate", "响应率", "Answered in time", "responded_in_time", "dispatched", weight=10),
    _usual("satisfaction-rate", "满意率", "Satisfied", "satisfied", "rated"),
    _usual("callback-rate", "回访率", "Callers told in time", "called_back_in_time", "callback_due"),
    _usual("caller-satisfaction-rate", "回访满意率", "Callers satisfied", "caller_satisfied", "caller_rated"),
)


def figures_of(city: CityPack) -> tuple[FigureRule, ...]:
    """Give the figures of a city's report, in their order."""
    return city.figures or USUAL
