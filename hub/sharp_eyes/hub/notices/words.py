"""The words in which people outside are told, in Chinese and English; those of the page stand in its own table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

_LINES: dict[str, tuple[str, str]] = {
    "reported": ("上报", "reported"),
    "alarm_joined": ("同点再次告警", "another alarm"),
    "report_joined": ("同一问题再次上报", "another report of it"),
    "duplicate_offered": ("疑似重复案件，请判断", "perhaps the same as another case"),
    "duplicate_refused": ("不是同一问题", "another thing"),
    "alarm_updated": ("告警更新", "alarm updated"),
    "alarm_ended": ("现场已自行消失", "gone by itself"),
    "drafted": ("已拟定处理建议，请确认", "a move is proposed: please confirm"),
    "draft_declined": ("未采纳处理建议", "proposal declined"),
    "regraded": ("级别变更", "another grade"),
    "listed": ("挂牌督办", "put on the list of hazards"),
    "unlisted": ("已摘牌", "off the list of hazards"),
    "inspected": ("现场检查", "inspected on the spot"),
    "linked": ("关联", "linked"),
    "merged": ("已合并", "merged"),
    "took_over": ("并入案件", "took a case over"),
    "split": ("拆分", "split"),
    "clip_saved": ("保存录像为证据", "video saved as evidence"),
    "clip_not_saved": ("录像未能保存", "video could not be saved"),
    "commented": ("备注", "comment"),
    "mentioned": ("备注中提到了您", "a comment calls you"),
    "acknowledged": ("确认收到", "acknowledged"),
    "filed": ("立案", "filed"),
    "rejected": ("不予立案", "rejected"),
    "voided": ("作废", "voided"),
    "dispatched": ("派遣", "dispatched"),
    "left_to_lead": ("规则未能派单，请值班长处理", "the rules could send nobody: the shift lead's"),
    "called": ("呼叫您前往现场，请应答", "you are called: please answer"),
    "call_declined": ("无法前往，呼叫下一人", "cannot go; the next is called"),
    "call_unanswered": ("呼叫未应答", "the call was not answered"),
    "nobody_answered": ("无人应答，请值班长处理", "nobody has answered: the shift lead's"),
    "device_cleared": ("设备告警已解除", "the device's alarm is over"),
    "withdrawn": ("撤回", "withdrawn"),
    "reassigned": ("转派", "reassigned"),
    "accepted": ("签收", "accepted"),
    "arrived": ("到场", "on site"),
    "milestone_reached": ("节点完成", "milestone reached"),
    "sent_back": ("退回", "sent back"),
    "handled": ("处置完成", "handled"),
    "looked_again": ("复核中", "camera looks again"),
    "look_answered": ("摄像机复核完毕", "camera has looked again"),
    "look_unanswered": ("摄像机未答复，请人工核查", "camera did not answer: please check"),
    "passed": ("核查通过", "passed"),
    "failed": ("返工", "rework"),
    "closed": ("结案", "closed"),
    "force_closed": ("强制结案", "closed by force"),
    "rated": ("评价", "rated"),
    "reopened": ("重开", "reopened"),
    "extension_asked": ("申请延期", "asks for more time"),
    "extension_granted": ("延期已批准", "more time granted"),
    "extension_refused": ("延期未批准", "more time refused"),
    "suspended": ("挂账", "suspended"),
    "resumed": ("恢复计时", "resumed"),
    "supervised": ("督办，须回复", "supervised: reply"),
    "supervision_answered": ("督办已回复", "supervision answered"),
    "urged": ("催办", "urged"),
    "reminded": ("即将到期", "due soon"),
    "escalated": ("已超期", "late"),
    "calendar_changed": ("日历变更", "another calendar"),
    "area_changed": ("所属区域变更", "its area was renamed or moved"),
    "appealed": ("申诉", "appeal"),
    "appeal_decided": ("申诉已处理", "appeal decided"),
    "hold_set": ("依法留存", "legal hold"),
    "whistled": ("吹哨，列入清单", "on the week's list"),
    "whistle_called_off": ("移出清单", "off the week's list"),
    "passed_up": ("上报上级，请处理", "passed up to you"),
    "handed_to_group": ("交专班处置", "handed to a response group"),
    "callback_due": ("待回访", "call back whoever reported it"),
    "called_back": ("已回访", "called back"),
    "whistle_list": ("本周吹哨清单，请按时报到", "the week's list: report in"),
    "handed_over": ("交接班，请确认", "a shift is handed over to you: please confirm"),
    "not_told": ("有通知未能送达", "somebody could not be told"),
    "webhook_stopped": ("外部推送已停用", "a webhook was stopped"),
    "test": ("测试通知", "a test"),
}
_CLOCKS: dict[str, tuple[str, str]] = {
    "triage": ("受理", "triage"),
    "dispatch": ("派遣", "dispatch"),
    "report_in": ("报到", "reporting in"),
    "unit": ("本单位处置", "the unit's turn"),
    "handle": ("处置", "handling"),
    "check": ("核查", "check"),
    "supervision": ("督办回复", "reply to supervision"),
    "callback": ("回访", "call back"),
    "milestone": ("节点", "milestone"),
}
_GRADES: dict[str, tuple[str, str]] = {
    "ordinary": ("一般", "ordinary"),
    "serious": ("较大", "serious"),
    "major": ("重大", "major"),
}
_ORDER = {grade: place for place, grade in enumerate(("ordinary", "serious", "major"))}


@dataclass(frozen=True, slots=True)
class Place:
    """How moments and areas of the city are said. ``areas``: names by path, in Chinese and English."""

    zone: ZoneInfo
    areas: Mapping[str, tuple[str, str]]


class _Named(Protocol):
    """A name in both languages."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


def both(name: _Named) -> tuple[str, str]:
    """A name as the tables here have it."""
    return name.zh, name.en


def one_line(kind: str, data: Mapping[str, Any], language: str, place: Place) -> str:
    """Say one thing in one line: what, which case, where, how grave, until when."""
    case = f"{_what(kind, data, language)} {data.get('number') or ''} {_name(data, language)}"
    parts = [" ".join(case.split())]
    parts.append(_pick(place.areas.get(str(data.get("area")), ("", "")), language))
    parts.append(_word(_GRADES, data.get("grade"), language))
    due = data.get("due")
    if due is not None:
        moment = datetime.fromisoformat(due).astimezone(place.zone)
        parts.append(f"{_pick(('时限', 'due'), language)} {moment:%m-%d %H:%M}")
    if data.get("instead_of"):
        parts.append(f"{_pick(('代', 'for'), language)} {data['instead_of']}")
    return _pick(("，", ", "), language).join(part for part in parts if part)


def heading(items: Sequence[tuple[str, Mapping[str, Any]]], language: str, place: Place) -> str:
    """Say in one line what a message is about: the one thing, or how many and how grave the gravest is."""
    if len(items) == 1:
        return one_line(*items[0], language, place)
    gravest = max((str(data.get("grade")) for _, data in items), key=lambda grade: _ORDER.get(grade, -1))
    grade = _word(_GRADES, gravest, language)
    kinds = dict.fromkeys(_word(_LINES, kind, language) for kind, _ in items)
    what = _pick(("、", ", "), language).join(list(kinds)[:4])
    if language == "zh":
        return f"{len(items)} 条通知（最高级别：{grade}）：{what}" if grade else f"{len(items)} 条通知：{what}"
    return f"{len(items)} notices (gravest: {grade}): {what}" if grade else f"{len(items)} notices: {what}"


def _what(kind: str, data: Mapping[str, Any], language: str) -> str:
    word = _word(_LINES, kind, language)
    clock = _name(data, language, "milestone") or _word(_CLOCKS, data.get("clock"), language)
    if not clock:
        return f"【{word}】" if language == "zh" else f"[{word}]"
    return f"【{clock}{word}】" if language == "zh" else f"[{clock}: {word}]"


def _name(data: Mapping[str, Any], language: str, of: str = "name") -> str:
    name = data.get(of)
    return str(name.get(language, "")) if isinstance(name, Mapping) else ""


def _word(table: Mapping[str, tuple[str, str]], key: Any, language: str) -> str:
    found = table.get(str(key))
    return "" if found is None else _pick(found, language)


def _pick(words: tuple[str, str], language: str) -> str:
    return words[0] if language == "zh" else words[1]
