"""Cases in the formats of other systems: each mapping, the way out by webhooks, and what a person takes along."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
import yaml
from pydantic import ValidationError
from sqlalchemy import select
from tests.hub.bench import CAMERA, EAST, GATEWAY, Bench
from tests.hub.notices_bench import Outside, outside
from tests.hub.test_webhooks import CHIEF, HERE, courier

from sharp_eyes.contract.event import Grade, Phase, SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.areas.city_pack import CityPack, Text
from sharp_eyes.hub.areas.outward_settings import ALARM_TYPES, TOPICS, OutwardSettings
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.errors import SettingsError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices.channels.webhook import sign
from sharp_eyes.hub.outward.formats import Format
from sharp_eyes.hub.store.tables import AuditEntry
from sharp_eyes.hub.store.webhook_tables import Webhook
from sharp_eyes.hub.webhooks.courier import key_of
from sharp_eyes.hub.webhooks.subscriptions import WebhookWish, make_webhook, replay

EAST_CAMERA, PLATFORM = "34020000001320000001", "34020000002000000001"
SAID: dict[str, Any] = {
    "gb28181": {"platform": PLATFORM, "cameras": {f"{GATEWAY}/{CAMERA}": EAST_CAMERA}},
    "cap": {
        "sender": "eyes@district.example.org",
        "status": "Exercise",
        "alerts": [
            {"subject": "smoke", "grades": ["serious", "major"], "category": "Fire", "response": "Evacuate",
             "instruction": {"zh": "请撤离。", "en": "Leave the place."}, "radius": 300},
        ],
    },
}  # fmt: skip
NAMES = {
    "c": "urn:oasis:names:tc:emergency:cap:1.2",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "tt": "http://www.onvif.org/ver10/schema",
}


@pytest.fixture
def receiver() -> Iterator[Outside]:
    with outside() as made:
        yield made


def subscribe(bench: Bench, receiver: Outside, form: Format) -> Webhook:
    with bench.transaction() as work:
        wish = WebhookWish("platform", f"{receiver.url}/in", insecure=True, format=form)
        return make_webhook(work, CHIEF, wish, HERE)


@pytest.fixture
def place(quick: Bench) -> Bench:
    """A hub whose city has names that no careless hand could paste into XML."""
    city = quick.hub.city
    areas = tuple(
        one.model_copy(update={"name": Text(zh="东<社区>&", en='East "<&> \x07 quarter')}) if one.path == EAST else one
        for one in city.areas
    )
    update = {"outward": OutwardSettings.model_validate(SAID), "areas": areas}
    quick.hub.city = city.model_copy(update=update)
    quick.birth(cameras=(CameraNote(camera=CAMERA, name="东门", area=EAST, longitude=104.0668, latitude=30.5728),))
    return quick


def gb(body: bytes) -> Element:
    """Read GB 2312, which no reader of ours knows: what it says it is, it is."""
    head, _, rest = body.partition(b"\n")
    assert head == b"<?xml version='1.0' encoding='GB2312'?>"
    return ElementTree.fromstring(rest.decode("gb2312"))


def export(bench: Bench, form: str, case: int = 1) -> bytes:
    answer = bench.client(Role.SHIFT_LEAD).get(f"/api/cases/{case}/export?format={form}")
    assert answer.status_code == 200, answer.text
    content: bytes = answer.content
    return content


def test_an_alarm_of_gb28181_has_the_camera_the_level_and_the_nearest_type(place: Bench) -> None:
    """Of each scene; its words are escaped and in GB 2312, its time is the city's."""
    for number, scene in enumerate(SceneName, 1):
        place.report(scene=scene, grade=Grade.MAJOR if scene is SceneName.SMOKE else Grade.ORDINARY)
        top = gb(export(place, "gb28181", number))
        assert (top.tag, top.findtext("CmdType"), top.findtext("DeviceID")) == ("Notify", "Alarm", EAST_CAMERA)
        assert top.findtext("Info/AlarmType") == str(ALARM_TYPES[scene])
        assert (top.findtext("Info/AlarmTypeParam/EventType") == "1") == (ALARM_TYPES[scene] == 6)
        assert top.findtext("AlarmPriority") == ("1" if scene is SceneName.SMOKE else "3")
    assert [one.tag for one in top] == [
        "CmdType", "SN", "DeviceID", "AlarmPriority", "AlarmMethod", "AlarmTime", "AlarmDescription", "Longitude",
        "Latitude", "Info",
    ]  # fmt: skip
    assert top.findtext("AlarmDescription") == f"高空抛物 东<社区>& 2026-{len(SceneName):06d}"
    assert (top.findtext("AlarmMethod"), top.findtext("AlarmTime")) == ("5", "2026-03-01T16:00:00")
    assert (top.findtext("Longitude"), top.findtext("Latitude")) == ("104.0668", "30.5728")


def test_a_camera_without_a_number_is_named_and_nothing_is_sent(place: Bench, receiver: Outside) -> None:
    """To whoever asks, and at the webhook; a replay brings it once the city pack has the number."""
    webhook = subscribe(place, receiver, Format.GB28181)
    place.birth("s2", (CameraNote(camera="cam-2", name="西门", area=EAST),))
    place.report(camera="cam-2")
    answer = place.client(Role.SHIFT_LEAD).get("/api/cases/1/export?format=gb28181")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "unsayable")
    courier(place).run_due()
    with place.hub.read_only() as work:
        row = work.session.scalars(select(Webhook)).one()
    for said in (answer.json()["error"]["message"], row.error):
        assert "camera gate-01/cam-2 has no number of GB/T 28181" in said
    assert (receiver.requests, row.enabled, row.failing_since) == ([], True, None)
    known = SAID["gb28181"] | {"cameras": {"gate-01/cam-2": "34020000001320000002"}}
    place.hub.city = place.hub.city.model_copy(update={"outward": OutwardSettings.model_validate({"gb28181": known})})
    with place.transaction() as work:
        replay(work, CHIEF, webhook, since=None, number="2026-000001")
    courier(place).run_due()
    (request,) = receiver.requests
    assert gb(request[2]).findtext("DeviceID") == "34020000001320000002"


def test_an_onvif_event_lives_and_ends(place: Bench, receiver: Outside) -> None:
    """Initialized, changed, deleted, under the topic that comes nearest; a line that changes nothing is not told."""
    subscribe(place, receiver, Format.ONVIF)
    event = place.report()
    place.clock.forward(minutes=1)
    place.report(event_id=event, sequence=1, phase=Phase.CLOSED, ended_at=place.clock())
    lead = place.client(Role.SHIFT_LEAD)
    assert lead.post("/api/cases/1/moves/force_close", json={"reason": "over"}).status_code == 200
    courier(place).run_due()
    told = []
    for _, headers, body in receiver.requests:
        assert headers["content-type"] == "application/xml; charset=utf-8"
        top = ElementTree.fromstring(body)
        assert top.tag == "{http://docs.oasis-open.org/wsn/b-2}NotificationMessage"
        assert b'xmlns:tns1="http://www.onvif.org/ver10/topics"' in body
        assert top.findtext("wsnt:Topic", "", NAMES) == TOPICS[SceneName.ILLEGAL_PARKING]
        message = top.find("wsnt:Message/tt:Message", NAMES)
        assert message is not None
        items = {one.get("Name"): one.get("Value") for one in message.iterfind(".//tt:SimpleItem", NAMES)}
        told.append((message.get("PropertyOperation"), items["State"]))
        assert items["VideoSourceConfigurationToken"] == CAMERA
        assert (items["Scene"], items["Case"]) == ("illegal_parking", "2026-000001")
        assert message.get("UtcTime", "").endswith("Z")
    assert told == [("Initialized", "true"), ("Changed", "false"), ("Deleted", "false")]
    for number, scene in enumerate(SceneName, 2):
        place.report(scene=scene)
        assert TOPICS[scene].encode() in export(place, "onvif", number)
    assert b"PropertyOperation" not in export(place, "onvif", number), "what falls crosses a line, and that has no life"


def test_a_warning_is_given_changed_and_taken_back(place: Bench, receiver: Outside) -> None:
    """CAP 1.2 in its order of elements; each refers to those before it; what is no danger is not told."""
    subscribe(place, receiver, Format.CAP)
    place.report()  # a parked car
    place.report(scene=SceneName.SMOKE)  # ordinary: no matter of the public's
    lead = place.client(Role.SHIFT_LEAD)

    def move(name: str, **body: Any) -> None:
        place.clock.forward(minutes=1)
        answer = lead.post(f"/api/cases/2/moves/{name}", json=body)
        assert answer.status_code == 200, answer.text

    move("regrade", grade="serious", reason="it spreads")
    move("comment", note="seen from the road")
    move("regrade", grade="major", reason="a house")
    move("force_close", reason="put out")
    courier(place).run_due()
    told = [ElementTree.fromstring(body) for _, _, body in receiver.requests]
    assert [one.findtext("c:msgType", "", NAMES) for one in told] == ["Alert", "Update", "Cancel"]
    for one in told:
        check_cap(one)
    alert, update, cancel = told
    first, second = (",".join(alert_of(one)) for one in (alert, update))
    assert alert.find("c:references", NAMES) is None
    assert update.findtext("c:references", "", NAMES) == first
    assert cancel.findtext("c:references", "", NAMES) == f"{first} {second}"
    zh, en = update.findall("c:info", NAMES)
    assert alert.findtext("c:info/c:severity", "", NAMES) == "Severe"
    assert en.findtext("c:severity", "", NAMES) == "Extreme"
    assert zh.findtext("c:headline", "", NAMES) == "东<社区>& 烟雾火情"
    assert en.findtext("c:area/c:areaDesc", "", NAMES) == 'East "<&> \ufffd quarter'
    assert en.findtext("c:area/c:circle", "", NAMES) == "30.572800,104.066800 0.3"
    assert en.findtext("c:instruction", "", NAMES) == "Leave the place."
    assert alert.findtext("c:status", "", NAMES) == "Exercise"
    assert {one.findtext("c:responseType", "", NAMES) for one in cancel.iterfind("c:info", NAMES)} == {"AllClear"}
    assert export(place, "cap", 2) == receiver.requests[-1][2], "a person is given the same"
    refused = lead.get("/api/cases/1/export?format=cap")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "unsayable")


def alert_of(top: Element) -> tuple[str, ...]:
    return tuple(top.findtext(f"c:{name}", "", NAMES) for name in ("sender", "identifier", "sent"))


_ALERT = (
    "identifier sender sent status msgType source? scope restriction? addresses? code* note? references? incidents? "
    "info*"
)
_INFO = (
    "language? category+ event responseType* urgency severity certainty audience? eventCode* effective? onset? "
    "expires? senderName? headline? description? instruction? web? contact? parameter* resource* area*"
)
_AREA = "areaDesc polygon* circle* geocode* altitude? ceiling?"
_WORDS = {
    "status": "Actual Exercise System Test Draft",
    "msgType": "Alert Update Cancel Ack Error",
    "scope": "Public Restricted Private",
    "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")


def check_cap(top: Element) -> None:
    """What CAP 1.2 says of its elements: their order, how often, their words, and the form of moments and places."""
    assert top.tag == f"{{{NAMES['c']}}}alert"
    for element, model in ((top, _ALERT), *((one, _INFO) for one in top.iterfind("c:info", NAMES))):
        _check_order(element, model)
    for area in top.iterfind(".//c:area", NAMES):
        _check_order(area, _AREA)
    for one in top.iter():
        name = one.tag.rpartition("}")[2]
        text = one.text or ""
        if name in _WORDS:
            assert text in _WORDS[name].split(), (name, text)
        if name in ("sent", "effective", "onset", "expires"):
            assert _MOMENT.fullmatch(text), (name, text)
            datetime.fromisoformat(text)
        if name in ("identifier", "sender"):
            assert text and not re.search(r"[\s,<&]", text), (name, text)
        if name == "circle":
            assert re.fullmatch(r"-?\d+(\.\d+)?,-?\d+(\.\d+)? \d+(\.\d+)?", text), text
        if name == "polygon":
            corners = text.split()
            assert len(corners) >= 4 and corners[0] == corners[-1], text


def _check_order(element: Element, model: str) -> None:
    said = "".join(f"<{one.tag.rpartition('}')[2]}>" for one in element)
    pattern = "".join(re.sub(r"(\w+)([?*+]?)", r"(<\1>)\2", one) for one in model.split())
    assert re.fullmatch(pattern, said), said


def test_an_area_is_drawn_where_no_place_is_known(place: Bench) -> None:
    """By its outline, which CAP wants closed and with the latitude first."""
    ring = [[104.0, 30.5], [104.1, 30.5], [104.1, 30.6], [104.0, 30.5]]
    areas = tuple(
        type(one).model_validate(one.model_dump() | {"geometry": {"type": "Polygon", "coordinates": [ring]}})
        if one.path == EAST
        else one
        for one in place.hub.city.areas
    )
    place.hub.city = place.hub.city.model_copy(update={"areas": areas})
    place.birth("s2", (CameraNote(camera=CAMERA, name="东门", area=EAST),))
    place.report(scene=SceneName.SMOKE, grade=Grade.MAJOR)
    top = ElementTree.fromstring(export(place, "cap"))
    check_cap(top)
    assert top.findtext("c:info/c:area/c:polygon", "", NAMES).startswith("30.500000,104.000000 ")


def test_a_format_is_signed_tried_and_replayed_as_before(place: Bench, receiver: Outside) -> None:
    """Only body and content type differ; kinds of lines and notes are not for it."""
    hub = place.hub
    hub.settings = hub.settings.model_copy(update={"webhooks": HERE})
    chief = place.client(Role.ADMINISTRATOR)
    body = {"name": "video", "url": f"{receiver.url}/in", "insecure": True, "password": "a long test password"}
    wrong = chief.post("/api/webhooks", json=body | {"format": "gb28181", "kinds": ["closed"]})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "wrong_webhook")
    made = chief.post("/api/webhooks", json=body | {"format": "gb28181"}).json()
    assert made["format"] == "gb28181"
    for form, sign_of_life in (("gb28181", b"<CmdType>Keepalive"), ("onvif", b"LastClock"), ("cap", b">Test<")):
        other = chief.post("/api/webhooks", json=body | {"format": form}).json()
        assert chief.post(f"/api/webhooks/{other['id']}/test").json() == {"arrived": True, "error": ""}
        assert sign_of_life in receiver.requests[-1][2]
        assert chief.delete(f"/api/webhooks/{other['id']}").status_code == 204
    check_cap(ElementTree.fromstring(receiver.requests[-1][2]))
    receiver.requests.clear()
    place.report()
    courier(place).run_due()
    chief.post(f"/api/webhooks/{made['id']}/replay", json={"case": "2026-000001"})
    courier(place).run_due()
    (_, headers, first), (_, _, again) = receiver.requests
    assert first == again
    assert headers["content-type"] == "Application/MANSCDP+xml"
    moment = headers["webhook-timestamp"]
    assert headers["webhook-signature"] == sign(key_of(made["secret"]), "2026-000001-1", moment, first)
    with pytest.raises(SettingsError, match="says itself"), place.transaction() as work:
        make_webhook(work, CHIEF, WebhookWish("x", "https://x.example", notes=True, format=Format.CAP), HERE)


def test_a_case_is_given_out_to_whoever_may_see_it(place: Bench) -> None:
    """And to nobody else; it stands in the trail."""
    place.report()
    path = "/api/cases/1/export?format=gb28181"
    for role in Role:
        expected = 404 if role is Role.HANDLER else 200
        assert place.client(role, unit="parks" if role is Role.HANDLER else None).get(path).status_code == expected
    assert place.client(Role.HANDLER, unit="traffic-police").get(path).status_code == 200
    for role in Role:
        assert place.client(role, "demo/second-street").get(path).status_code == 404
    assert place.stranger().get(path).status_code == 401
    with place.hub.read_only() as work:
        rows = work.session.scalars(select(AuditEntry).where(AuditEntry.action == Action.EXPORTED)).all()
    assert len(rows) == len(Role)
    assert (rows[0].subject, rows[0].detail) == ("2026-000001", {"format": "gb28181", "lines": 1})


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"cap": {"sender": "a@b", "alerts": [{"subject": "earthquake"}]}}, "'earthquake' is no scene and no kind"),
        ({"gb28181": {"cameras": {"a/b": EAST_CAMERA, "a/c": EAST_CAMERA}}}, f"'{EAST_CAMERA}' is a/b's already"),
        ({"gb28181": {"cameras": {"a/b": "123"}}}, "outward.gb28181.cameras.a/b"),
        ({"cap": {"sender": "a b", "alerts": [{"subject": "smoke"}]}}, "outward.cap.sender"),
    ],
)
def test_a_wrong_pack_says_so(quick: Bench, section: dict[str, Any], words: str) -> None:
    """With the row that is wrong."""
    raw = quick.hub.city.model_dump(mode="json") | {"outward": section}
    with pytest.raises(ValidationError, match=re.escape(words)):
        CityPack.model_validate(raw)


def test_what_the_guide_says_is_so(quick: Bench) -> None:
    """Its piece of a pack is one, and its table is the defaults."""
    guide = (Path(__file__).resolve().parents[2] / "docs" / "outward.md").read_text(encoding="utf-8")
    piece = yaml.safe_load(guide.partition("```yaml\n")[2].partition("```")[0])
    pack = CityPack.model_validate(quick.hub.city.model_dump(mode="json") | piece)
    assert pack.outward.cap is not None
    rows = {cells[1].strip(): cells for cells in (line.split("|") for line in guide.splitlines()) if len(cells) == 7}
    residents = {kind.scene: kind.id for kind in pack.kinds if kind.scene is not None and kind.residents}
    for scene in SceneName:
        _, _, kind, topic, _, service, _ = rows[scene]
        assert kind.split()[0] == str(ALARM_TYPES[scene])
        assert f"tns1:{topic.strip()}" == TOPICS[scene]
        assert service.strip().split(":")[0] == residents.get(scene, "none")
