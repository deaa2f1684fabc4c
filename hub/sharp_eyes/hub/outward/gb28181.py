"""Alarms as GB/T 28181 notifies them: the MANSCDP body of a SIP MESSAGE, of 2016 and of 2022 alike.

The document is GB 2312 as the standard of 2016 says; a character beyond it is written as its number, which readers of
either year take. What carries it is a gateway's business: no SIP is spoken here.
"""

from xml.etree.ElementTree import Element

from sharp_eyes.contract.event import Grade, SceneName
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.outward_settings import ALARM_TYPES, PRIORITIES
from sharp_eyes.hub.errors import UnsayableError
from sharp_eyes.hub.outward.markup import document, put
from sharp_eyes.hub.outward.moments import Moment

MEDIA_TYPE = "Application/MANSCDP+xml"
_BY_VIDEO = 5
_INTRUSION, _ENTERS = 6, 1
_MOST_CASES, _MOST_LINES = 2_000_000, 1000
"""So that a message's number stays below 2^31, and lines of one case have numbers of their own."""


def alarm(moment: Moment, city: CityPack) -> bytes | None:
    """Say an alarm of a camera: when it comes, and again when it becomes graver; None for every other line.

    Raises:
        UnsayableError: the city pack has no number for the camera.
    """
    case, said = moment.case, city.outward.gb28181
    if case.camera is None or case.gateway is None or case.scene is None or not _is_news(moment):
        return None
    key, scene = f"{case.gateway}/{case.camera}", SceneName(case.scene)
    device = said.cameras.get(key)
    if device is None:
        raise UnsayableError(f"camera {key} has no number of GB/T 28181: add it to outward.gb28181.cameras of the pack")
    grade = Grade(moment.state.grade)
    number = case.id % _MOST_CASES * _MOST_LINES + moment.entry.sequence % _MOST_LINES
    top = _notify("Alarm", number, device)
    put(top, "AlarmPriority", said.priorities.get(grade, PRIORITIES[grade]))
    put(top, "AlarmMethod", _BY_VIDEO)
    put(top, "AlarmTime", moment.entry.at.astimezone(city.zone).strftime("%Y-%m-%dT%H:%M:%S"))
    put(top, "AlarmDescription", _description(moment, city))
    if case.longitude is not None and case.latitude is not None:
        put(top, "Longitude", case.longitude)
        put(top, "Latitude", case.latitude)
    kind = said.types.get(scene, ALARM_TYPES[scene])
    info = put(top, "Info")
    put(info, "AlarmType", kind)
    if kind == _INTRUSION:
        put(put(info, "AlarmTypeParam"), "EventType", _ENTERS)
    return document(top, encoding="GB2312")


def trial(city: CityPack) -> bytes:
    """Say that this installation is alive, as the standard does between alarms.

    Raises:
        UnsayableError: the city pack has no number for it.
    """
    platform = city.outward.gb28181.platform
    if platform is None:
        raise UnsayableError("a test names this installation: add its number as outward.gb28181.platform of the pack")
    top = _notify("Keepalive", 1, platform)
    put(top, "Status", "OK")
    return document(top, encoding="GB2312")


def _notify(kind: str, number: int, device: str) -> Element:
    top = Element("Notify")
    put(top, "CmdType", kind)
    put(top, "SN", number)
    put(top, "DeviceID", device)
    return top


def _is_news(moment: Moment) -> bool:
    if moment.before is None:
        return True
    rank = list(Grade).index
    graver = rank(Grade(moment.state.grade)) > rank(Grade(moment.before.grade))
    return graver and not moment.has_ended


def _description(moment: Moment, city: CityPack) -> str:
    area, name = city.area(moment.state.area), city.name_of(moment.subject or "")
    words = (None if name is None else name.zh, None if area is None else area.name.zh, moment.case.number)
    return " ".join(one for one in words if one)
