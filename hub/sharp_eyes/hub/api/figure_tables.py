"""Figures and the cases behind them as rows for a spreadsheet, in Chinese or English."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Literal

from sharp_eyes.hub.api.figure_schemas import CountView, FiguresView
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.text import Text
from sharp_eyes.hub.cases.queries import CaseFilter, list_cases
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.unit_of_work import UnitOfWorkFactory

Language = Literal["zh", "en"]
Row = Sequence[object]

_AT_ONCE = 1000

_WORDS: dict[str, tuple[str, str]] = {
    "figure": ("指标", "Figure"),
    "item": ("项目", "Item"),
    "now": ("本期", "Period"),
    "of": ("本期基数", "Of"),
    "before": ("上期", "Period before"),
    "before_of": ("上期基数", "Of, before"),
    "period": ("统计日期", "Days"),
    "total": ("上报案件", "Reported cases"),
    "states": ("按状态", "By state"),
    "scenes": ("按场景", "By scene"),
    "sources": ("按来源", "By source"),
    "grades": ("按等级", "By grade"),
    "days": ("每日上报", "Reported, by day"),
    "hours": ("各时段上报", "Reported, by hour of day"),
    "late": ("超期案件", "Late cases"),
    "late_by_area": ("超期（按区域）", "Late, by area"),
    "late_by_unit": ("超期（按单位）", "Late, by unit"),
    "times": ("用时（秒）", "Time taken (seconds)"),
    "median": ("中位数", "median"),
    "p90": ("九成以内", "nine of ten"),
    "stage_dispatched": ("派单", "dispatched"),
    "stage_on_site": ("到场", "on site"),
    "stage_handled": ("处置完成", "handled"),
    "stage_closed": ("结案", "closed"),
    "false_alarms": ("误报", "False alarms"),
    "false_by_scene": ("误报（按场景）", "False alarms, by scene"),
    "false_by_camera": ("误报（按摄像机）", "False alarms, by camera"),
    "reworked": ("返工", "Rework"),
    "extended": ("延期", "More time granted"),
    "appeals": ("申诉", "Appeals"),
    "milestones": ("处置节点按时完成", "Milestones kept in time"),
    "asked": ("待处理", "waiting"),
    "granted": ("成立", "granted"),
    "refused": ("不成立", "refused"),
    "number": ("编号", "Number"),
    "state": ("状态", "State"),
    "grade": ("等级", "Grade"),
    "scene": ("场景", "Scene"),
    "area": ("区域", "Area"),
    "place": ("地点", "Place"),
    "gateway": ("网关", "Gateway"),
    "camera": ("摄像机", "Camera"),
    "unit": ("单位", "Unit"),
    "source": ("来源", "Source"),
    "reported_at": ("上报时间", "Reported"),
    "dispatched_at": ("首次派遣", "First dispatched"),
    "on_site_at": ("首次到场", "First on site"),
    "handled_at": ("处置完成", "Handled"),
    "ended_at": ("结束时间", "Ended"),
    "late_since": ("超期自", "Late since"),
    "false_alarm": ("误报", "False alarm"),
    "reworks": ("返工次数", "Reworks"),
    "extensions": ("延期次数", "Extensions"),
    "appeal": ("申诉", "Appeal"),
    "yes": ("是", "yes"),
    "reported": ("已上报", "reported"),
    "filed": ("已立案", "filed"),
    "dispatched": ("已派单", "dispatched"),
    "accepted": ("处置中", "in handling"),
    "handled": ("待核查", "to check"),
    "checked": ("已核查", "checked"),
    "closed": ("已结案", "closed"),
    "rejected": ("不予立案", "not filed"),
    "voided": ("已作废", "void"),
    "merged": ("已并案", "merged"),
    "grid_worker": ("网格巡查", "grid worker"),
    "resident": ("居民反映", "resident"),
    "visit": ("入户走访", "household visit"),
    "meeting": ("会议交办", "meeting"),
    "upper_level": ("上级交办", "upper level"),
    "sensor": ("设备报警", "sensor"),
    "inspection": ("检查发现", "inspection"),
    "ordinary": ("一般", "ordinary"),
    "serious": ("较大", "serious"),
    "major": ("重大", "major"),
}
_COLUMNS = ("figure", "item", "now", "of", "before", "before_of")
_OF_CASE = (
    "number", "state", "grade", "scene", "source", "area", "place", "gateway", "camera", "unit", "reported_at",
    "dispatched_at", "on_site_at", "handled_at", "ended_at", "late_since", "false_alarm", "reworks", "extensions",
    "appeal",
)  # fmt: skip
_KEYS = ("state", "scene", "source", "grade", "day", "hour", "area", "unit", "camera", "appeal", "milestone")


class Names:
    """Says words, and names of the city's scenes, areas and units, in one language."""

    def __init__(self, city: CityPack, language: Language) -> None:
        self._city = city
        self._place = 0 if language == "zh" else 1
        self._language = language
        named: list[tuple[str, Text]] = [(row.scene.value, row.name) for row in city.categories]
        named += [(kind.id, kind.name) for kind in city.kinds]
        named += [(one.id, one.name) for kind in city.kinds for one in kind.milestones]
        named += [(area.path, area.name) for area in city.areas]
        self._named = {key: getattr(name, language) for key, name in named}
        self._units = {unit.id: getattr(unit.name, language) for unit in city.units}

    def say(self, key: object) -> object:
        """Give the word for a key; the key itself where there is none."""
        return self._named.get(str(key)) or _WORDS.get(str(key), (key, key))[self._place]

    def unit(self, identity: str | None) -> str | None:
        """Give a unit's name."""
        return None if identity is None else self._units.get(identity, identity)

    def moment(self, moment: datetime | None) -> str | None:
        """Give a moment by the city's clocks, as spreadsheet programs read it."""
        return None if moment is None else f"{moment.astimezone(self._city.zone):%Y-%m-%d %H:%M:%S}"


def figure_rows(figures: FiguresView, names: Names) -> Iterator[Row]:
    """Give all figures, one a row; a cell is empty where nothing was measured."""
    yield [names.say(column) for column in _COLUMNS]
    now, before = (f"{one.first}/{one.last}" for one in (figures.period, figures.before))
    yield names.say("period"), None, now, None, before, None
    for field in FiguresView.model_fields:
        value = getattr(figures, field)
        for count in value if isinstance(value, list) else [value]:
            if isinstance(count, CountView):
                yield names.say(field), _item(count, names), count.now, count.of, count.before, count.before_of
    for stage, kind in ((stage, kind) for stage in figures.times for kind in ("median", "p90")):
        item = f"{names.say('stage_' + stage.stage.value)} · {names.say(kind)}"
        values = (getattr(stage.now, kind), stage.now.count, getattr(stage.before, kind), stage.before.count)
        yield names.say("times"), item, *values


def _item(count: CountView, names: Names) -> object:
    for key in _KEYS:
        value: Any = getattr(count, key, None)
        if value is not None:
            return names.unit(value) if key == "unit" else names.say(getattr(value, "value", value))
    return None


def case_rows(read_only: UnitOfWorkFactory, scope: Scope, only: CaseFilter, names: Names) -> Iterator[Row]:
    """Give the cases that somebody may see, newest first, page by page: they may be many."""
    yield [names.say(column) for column in _OF_CASE]
    before: int | None = only.before
    while True:
        page = CaseFilter(
            only.states, only.scene, only.gateway, only.camera, only.unit, before, _AT_ONCE, facts=only.facts
        )
        with read_only() as work:
            cases, before = list_cases(work, scope, page)
            rows = [_case_row(case, names) for case in cases]
        yield from rows
        if before is None:
            return


def _case_row(case: Case, names: Names) -> Row:
    moments = (case.reported_at, case.dispatched_at, case.on_site_at, case.handled_at, case.ended_at, case.late_since)
    said = (names.say(word) for word in (case.state, case.grade, case.subject or "", case.source, case.area))
    counted = (case.counts.get("reworks", 0), case.counts.get("extensions", 0))
    where = (case.place, case.gateway, case.camera, names.unit(case.unit))
    appeal = None if case.appeal is None else names.say(case.appeal)
    false = names.say("yes") if case.false_alarm else None
    return list(chain((case.number,), said, where, map(names.moment, moments), (false, *counted, appeal)))
