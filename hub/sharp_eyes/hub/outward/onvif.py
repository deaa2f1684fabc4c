"""Alarms as ONVIF notifies them: a WS-Notification message under the topic of the rule that comes nearest.

Its description is that of ONVIF's core specification: source and data as simple items, a property's life in
``PropertyOperation``. A line's crossing has no life and is told once.
"""

from datetime import UTC
from xml.etree.ElementTree import Element

from sharp_eyes.contract.event import SceneName
from sharp_eyes.hub.areas.city_pack import CityPack
from sharp_eyes.hub.areas.outward_settings import TOPICS
from sharp_eyes.hub.outward.markup import document, put
from sharp_eyes.hub.outward.moments import Moment, Speaker

MEDIA_TYPE = "application/xml; charset=utf-8"
_WSNT = "http://docs.oasis-open.org/wsn/b-2"
_WSA = "http://www.w3.org/2005/08/addressing"
_TT = "http://www.onvif.org/ver10/schema"
_TOPICS = "http://www.onvif.org/ver10/topics"
_DIALECT = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
_CROSSED = "tns1:RuleEngine/LineDetector/Crossed"
_STATES = {"ObjectsInside": "IsInside"}
"""What a topic calls its state, by its last word; ``State`` where it is not here."""


def event(moment: Moment, city: CityPack, speaker: Speaker) -> bytes | None:
    """Say what became of a camera's alarm: it is there, graver, gone, done with; None for every other line."""
    case = moment.case
    if case.camera is None or case.gateway is None or case.scene is None:
        return None
    scene = SceneName(case.scene)
    topic = city.outward.onvif.topics.get(scene, TOPICS[scene])
    operation = _operation(moment)
    if operation is None or (topic == _CROSSED and moment.before is not None):
        return None
    top, message = _message(moment, topic, None if topic == _CROSSED else operation, speaker)
    source = put(message, f"{{{_TT}}}Source")
    if topic.startswith("tns1:VideoSource/"):
        _item(source, "Source", case.camera)
    else:
        _item(source, "VideoSourceConfigurationToken", case.camera)
        _item(source, "VideoAnalyticsConfigurationToken", case.gateway)
        _item(source, "Rule", case.zone or scene)
        _item(put(message, f"{{{_TT}}}Key"), "ObjectId", case.id)
    data = put(message, f"{{{_TT}}}Data")
    if topic != _CROSSED:
        is_there = not moment.has_ended and moment.what != "alarm_ended"
        _item(data, _STATES.get(topic.rpartition("/")[2], "State"), "true" if is_there else "false")
    for name, value in (("Scene", scene), ("Grade", moment.state.grade), ("Case", case.number)):
        _item(data, name, value)
    return _packed(top)


def trial(speaker: Speaker, moment: str) -> bytes:
    """Say that this installation works. ``moment``: xs:dateTime."""
    top, message = _top("tns1:Monitoring/OperatingTime/LastClockSynchronization", moment, None, speaker)
    _item(put(message, f"{{{_TT}}}Data"), "Status", moment)
    return _packed(top)


def _operation(moment: Moment) -> str | None:
    before = moment.before
    if before is None:
        return "Initialized"
    if moment.has_ended:
        return "Deleted"
    changed = moment.what == "alarm_ended" or moment.state.grade != before.grade or moment.what == "reopened"
    return "Changed" if changed else None


def _message(moment: Moment, topic: str, operation: str | None, speaker: Speaker) -> tuple[Element, Element]:
    at = moment.entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _top(topic, at, operation, speaker)


def _top(topic: str, at: str, operation: str | None, speaker: Speaker) -> tuple[Element, Element]:
    # What 'tns1' in the topic's text stands for is declared by hand: no element bears it.
    top = Element(f"{{{_WSNT}}}NotificationMessage", {"xmlns:tns1": _TOPICS})
    put(top, f"{{{_WSNT}}}Topic", topic, Dialect=_DIALECT)
    put(put(top, f"{{{_WSNT}}}ProducerReference"), f"{{{_WSA}}}Address", speaker.source)
    message = put(top, f"{{{_WSNT}}}Message")
    return top, put(message, f"{{{_TT}}}Message", UtcTime=at, PropertyOperation=operation)


def _item(parent: Element, name: str, value: object) -> None:
    put(parent, f"{{{_TT}}}SimpleItem", Name=name, Value=value)


def _packed(top: Element) -> bytes:
    return document(top, prefixes={"wsnt": _WSNT, "wsa": _WSA, "tt": _TT})
