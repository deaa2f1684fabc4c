"""Warnings of the Common Alerting Protocol (OASIS CAP 1.2), of what the city pack says is a matter of public safety.

A case warns once it is such a matter, warns anew when what the warning says changes, and takes it back when it is over
or no such matter any more. Which messages there are follows from the log, so a repeat refers to the same ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from xml.etree.ElementTree import Element

from sharp_eyes.contract.event import Grade
from sharp_eyes.hub.areas.city_pack import CityPack, Text
from sharp_eyes.hub.areas.datum import to_wgs84
from sharp_eyes.hub.areas.geometry import Polygon
from sharp_eyes.hub.areas.outward_settings import CapAlert, CapSettings
from sharp_eyes.hub.lifecycle.model import State
from sharp_eyes.hub.outward.markup import document, put
from sharp_eyes.hub.outward.moments import Moment, Speaker

MEDIA_TYPE = "application/cap+xml; charset=utf-8"
NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_SEVERITY = {Grade.ORDINARY: "Moderate", Grade.SERIOUS: "Severe", Grade.MAJOR: "Extreme"}
_LANGUAGES = ("zh-CN", "en-US")
_OVER = Text(zh="警情已解除。", en="The warning is over.")
_WAS_NONE = Text(zh="经核实，此前的警情撤销。", en="It was looked into: there was nothing to warn of.")

MessageType = Literal["Alert", "Update", "Cancel"]


@dataclass(frozen=True, slots=True)
class _Warning:
    """One message of a case. ``earlier``: the messages since the last Alert that it refers to."""

    kind: MessageType
    moment: Moment
    alert: CapAlert
    earlier: tuple[Moment, ...]


def warnings(log: Iterable[Moment], city: CityPack, speaker: Speaker) -> dict[int, bytes]:
    """Say all messages that a case has made by now, by the sequence of the line that made each."""
    cap = city.outward.cap
    if cap is None:
        return {}
    return {one.moment.entry.sequence: _written(one, cap, city, speaker) for one in _warnings(log, cap)}


def trial(city: CityPack, speaker: Speaker, identity: str, moment: datetime) -> bytes:
    """Say that this installation works: a message of status Test, for nobody but who receives it."""
    cap = city.outward.cap
    sender = speaker.source if cap is None else cap.sender
    top = _alert(identity, sender, _at(moment, city), "Test", "Alert")
    _put(top, "scope", "Private")
    _put(top, "addresses", sender)
    _put(top, "note", "Sharp Eyes")
    return _packed(top)


def _warnings(log: Iterable[Moment], cap: CapSettings) -> Iterable[_Warning]:
    standing: list[Moment] = []
    said: object = None
    last: CapAlert | None = None
    for moment in log:
        alert = None if moment.has_ended else cap.alert(moment.subject, moment.state.grade)
        if alert is None:
            if standing and last is not None:
                yield _Warning("Cancel", moment, last, tuple(standing))
            standing, said, last = [], None, None
            continue
        says = (moment.state.grade, moment.state.area, _certainty(moment))
        if says != said:
            yield _Warning("Update" if standing else "Alert", moment, alert, tuple(standing))
            standing.append(moment)
        said, last = says, alert


def _written(warning: _Warning, cap: CapSettings, city: CityPack, speaker: Speaker) -> bytes:
    moment = warning.moment
    top = _alert(moment.identity, cap.sender, _at(moment.entry.at, city), cap.status, warning.kind)
    _put(top, "scope", "Public" if cap.restriction is None else "Restricted")
    if cap.restriction is not None:
        _put(top, "restriction", cap.restriction)
    if warning.kind == "Cancel":
        note = _WAS_NONE if moment.state.state in {State.VOIDED, State.REJECTED} else _OVER
        _put(top, "note", f"{note.zh} {note.en}")
    if warning.earlier:
        names = (f"{cap.sender},{one.identity},{_at(one.entry.at, city)}" for one in warning.earlier)
        _put(top, "references", " ".join(names))
    for language in _LANGUAGES:
        _info(top, language, warning, cap, city, speaker)
    return _packed(top)


def _info(top: Element, language: str, warning: _Warning, cap: CapSettings, city: CityPack, speaker: Speaker) -> None:
    moment, is_over = warning.moment, warning.kind == "Cancel"
    event = _in(language, city.name_of(moment.subject or ""), moment.subject or "")
    area = city.area(moment.state.area)
    place = _in(language, None if area is None else area.name, moment.state.area)
    info = _put(top, "info")
    _put(info, "language", language)
    _put(info, "category", warning.alert.category)
    _put(info, "event", event)
    _put(info, "responseType", "AllClear" if is_over else warning.alert.response)
    _put(info, "urgency", "Past" if is_over else "Immediate")
    _put(info, "severity", _SEVERITY[Grade(moment.state.grade)])
    _put(info, "certainty", _certainty(moment))
    _put(info, "effective", _at(moment.entry.at, city))
    _put(info, "onset", _at(moment.case.reported_at, city))
    _put(info, "expires", _at(moment.entry.at + timedelta(hours=cap.hours), city))
    _put(info, "senderName", _in(language, cap.name or city.name, ""))
    _put(info, "headline", f"{place} {event}")
    if warning.alert.instruction is not None and not is_over:
        _put(info, "instruction", _in(language, warning.alert.instruction, ""))
    if speaker.page is not None:
        _put(info, "web", f"{speaker.page.rstrip('/')}/cases/{moment.case.id}")
    parameter = _put(info, "parameter")
    _put(parameter, "valueName", "case")
    _put(parameter, "value", moment.case.number)
    _where(_put(info, "area"), place, warning, city)


def _where(area: Element, name: str, warning: _Warning, city: CityPack) -> None:
    """The place and what lies around it; the outline of its area where nobody knows the place."""
    _put(area, "areaDesc", name)
    case, node = warning.moment.case, city.area(warning.moment.state.area)
    if case.longitude is not None and case.latitude is not None:
        _put(area, "circle", f"{case.latitude:.6f},{case.longitude:.6f} {warning.alert.radius / 1000:g}")
    elif node is not None and node.geometry is not None:
        outline = node.geometry
        for rings in [outline.coordinates] if isinstance(outline, Polygon) else outline.coordinates:
            # CAP knows no holes.
            corners = (to_wgs84((corner[0], corner[1]), city.datum) for corner in rings[0])
            _put(area, "polygon", " ".join(f"{latitude:.6f},{longitude:.6f}" for longitude, latitude in corners))


def _certainty(moment: Moment) -> str:
    """A camera or a caller says so until the office has taken it as a case."""
    return "Likely" if moment.state.state is State.REPORTED else "Observed"


def _alert(identity: str, sender: str, sent: str, status: str, kind: MessageType) -> Element:
    top = Element(f"{{{NAMESPACE}}}alert")
    for name, value in (("identifier", identity), ("sender", sender), ("sent", sent), ("status", status)):
        _put(top, name, value)
    _put(top, "msgType", kind)
    return top


def _at(moment: datetime, city: CityPack) -> str:
    """A moment as CAP wants it: seconds, the zone in hours and minutes, and UTC as ``-00:00``."""
    return moment.astimezone(city.zone).isoformat(timespec="seconds").replace("+00:00", "-00:00")


def _in(language: str, text: Text | None, otherwise: str) -> str:
    if text is None:
        return otherwise
    return text.zh if language.startswith("zh") else text.en


def _put(parent: Element, name: str, text: object | None = None) -> Element:
    return put(parent, f"{{{NAMESPACE}}}{name}", text)


def _packed(top: Element) -> bytes:
    return document(top, default=NAMESPACE)
