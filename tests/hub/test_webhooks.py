"""Webhooks: each line of a case arrives, signed, in its order, at least once and under the same id."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from tests.hub.bench import CAMERA, EAST, PASSWORD, Bench
from tests.hub.notices_bench import Outside, add_person, outside

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.audit import Origin
from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.errors import ChannelError
from sharp_eyes.hub.health import Looks
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.entries import Payload
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices.channels.webhook import sign
from sharp_eyes.hub.outward.formats import Format
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.notice_tables import Notice
from sharp_eyes.hub.store.webhook_tables import Webhook, WebhookLine
from sharp_eyes.hub.webhook_settings import WebhookSettings
from sharp_eyes.hub.webhooks import queue
from sharp_eyes.hub.webhooks.courier import Sender, WebhookCourier, key_of
from sharp_eyes.hub.webhooks.events import trial_event
from sharp_eyes.hub.webhooks.subscriptions import WebhookWish, make_webhook, replay

CHIEF = Origin("chief", "local")
LEAD = Actor(ActorKind.PERSON, "lead")
HERE = WebhookSettings.model_validate({"allow": ["127.0.0.0/8"]})
PARKING = ["reported", "filed", "dispatched"]
"""What the demonstration city's rules make of illegal parking at once."""


@pytest.fixture
def receiver() -> Iterator[Outside]:
    with outside() as made:
        yield made


def subscribe(bench: Bench, receiver: Outside, **wish: Any) -> Webhook:
    bench.birth()
    with bench.transaction() as work:
        return make_webhook(work, CHIEF, WebhookWish("board", f"{receiver.url}/in", insecure=True, **wish), HERE)


def courier(bench: Bench, settings: WebhookSettings = HERE) -> WebhookCourier:
    return WebhookCourier(bench.hub.transaction, bench.hub.read_only, settings, bench.hub.speaker)


def write(bench: Bench, *payloads: Payload, area: str = EAST) -> None:
    with bench.transaction() as work:
        case = work.session.scalars(select(Case).where(Case.area == area).with_for_update()).first()
        assert case is not None
        for payload in payloads:
            write_line(work, case, LEAD, payload)


def kinds(receiver: Outside) -> list[str]:
    return [one["type"].removeprefix("org.sharp-eyes.case.") for one in receiver.bodies]


def ids(receiver: Outside) -> list[str]:
    return [headers["webhook-id"] for _, headers, _ in receiver.requests]


def waiting(bench: Bench) -> int:
    with bench.hub.read_only() as work:
        return work.session.scalar(select(func.count()).select_from(WebhookLine)) or 0


def test_every_line_arrives_as_a_signed_event(quick: Bench, receiver: Outside) -> None:
    """CloudEvents 1.0 in structured JSON; signature, id and moment in the headers of Standard Webhooks."""
    webhook = subscribe(quick, receiver)
    quick.report()
    courier(quick).run_due()
    assert kinds(receiver) == PARKING
    path, headers, body = receiver.requests[2]
    assert (path, headers["content-type"]) == ("/in", "application/cloudevents+json; charset=utf-8")
    event = json.loads(body)
    assert event.pop("source").startswith("urn:sharp-eyes:hub:")
    data = event.pop("data")
    assert event == {
        "specversion": "1.0",
        "id": "2026-000001-3",
        "type": "org.sharp-eyes.case.dispatched",
        "subject": "2026-000001",
        "time": "2026-03-01T08:00:00+00:00",
        "sequence": "0000000003",
        "datacontenttype": "application/json",
    }
    assert (data["case"]["state"], data["case"]["units"]) == ("dispatched", ["traffic-police"])
    assert (data["line"]["what"], data["line"]["by"], data["line"]["units"]) == (
        "dispatched",
        "rule",
        ["traffic-police"],
    )
    first = json.loads(receiver.requests[0][2])
    assert first["data"]["case"]["state"] == "reported", "as it was then, not as it is"
    assert headers["webhook-id"] == "2026-000001-3"
    assert webhook.secret not in str(receiver.requests)
    courier(quick).run_due()
    assert len(receiver.requests) == 3, "what was taken is not told again"


def test_the_signature_is_checked_as_the_guide_says(quick: Bench, receiver: Outside) -> None:
    """The lines of docs/webhooks.md take what is ours and nothing that was changed, is old, or is another's."""
    webhook = subscribe(quick, receiver)
    quick.report()
    courier(quick).run_due()
    guide = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
    told: dict[str, Any] = {}
    exec(guide.partition("```python\n")[2].partition("```")[0], told)
    is_genuine = told["is_genuine"]
    _, headers, body = receiver.requests[0]
    assert is_genuine(webhook.secret, headers, body)
    assert not is_genuine(webhook.secret, headers, body + b" ")
    assert not is_genuine("whsec_AAAA", headers, body)
    for name, value in (("webhook-id", "2026-000001-2"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,x")):
        assert not is_genuine(webhook.secret, headers | {name: value}, body)
    old = {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 400)}
    code = sign(key_of(webhook.secret), headers["webhook-id"], old["webhook-timestamp"], body)
    assert not is_genuine(webhook.secret, headers | old | {"webhook-signature": code}, body)


def test_what_fails_is_tried_again_in_its_order(bench: Bench, receiver: Outside) -> None:
    """A receiver that is ill twice: growing waits, the same ids, then all lines, none left out."""
    subscribe(bench, receiver)
    bench.report()
    receiver.answers += [(503, b""), (500, b"")]
    sends = courier(bench)
    sends.run_due()
    assert ids(receiver) == ["2026-000001-1"], "it is left alone once it is ill"
    bench.clock.forward(seconds=4)
    sends.run_due()
    assert len(receiver.requests) == 1
    bench.clock.forward(seconds=1)
    sends.run_due()
    bench.clock.forward(seconds=9)
    sends.run_due()
    assert len(receiver.requests) == 2, "the second wait is twice as long"
    bench.clock.forward(seconds=1)
    sends.run_due()
    assert ids(receiver) == ["2026-000001-1"] * 3 + ["2026-000001-2", "2026-000001-3"]
    assert receiver.requests[0][2] == receiver.requests[2][2], "a repeat says the same"
    with bench.hub.read_only() as work:
        row = work.session.scalars(select(Webhook)).one()
    assert (row.failures, row.failing_since, row.error) == (0, None, "")


def test_a_clock_that_was_years_ahead_holds_nothing_back(quick: Bench, receiver: Outside) -> None:
    """What failed then, and what was to leave then, goes on when it is set right."""
    subscribe(quick, receiver)
    quick.clock.set_by(days=3650)
    quick.report()
    receiver.answers += [(503, b"")]
    sends = courier(quick)
    sends.run_due()
    quick.clock.set_back(days=3650)
    sends.run_due()
    assert ids(receiver) == ["2036-000001-1"] * 2 + ["2036-000001-2", "2036-000001-3"]


def test_a_hub_that_dies_loses_nothing(bench: Bench, receiver: Outside) -> None:
    """Killed after sending, before it could note that: another follows once the lease is over, with the same ids."""
    subscribe(bench, receiver)
    bench.report()

    class Killed(BaseException):
        pass

    real = Sender(HERE)

    def send_and_die(webhook: Webhook, event: Any, line: Any) -> None:
        real(webhook, event, line)
        if len(receiver.requests) == 2:
            raise Killed

    dying = WebhookCourier(bench.hub.transaction, bench.hub.read_only, HERE, bench.hub.speaker, send=send_and_die)
    with pytest.raises(Killed):
        dying.run_due()
    courier(bench).run_due()
    assert len(receiver.requests) == 2, "the dead one's lease still holds"
    bench.clock.forward(seconds=HERE.lease_seconds)
    courier(bench).run_due()
    numbers = [one.rpartition("-")[2] for one in ids(receiver)]
    assert numbers == ["1", "2", "1", "2", "3"]
    assert waiting(bench) == 0


def test_two_hubs_never_tell_one_webhook_at_once(bench: Bench, receiver: Outside) -> None:
    """Neither while the other takes it (PostgreSQL, which lets both write) nor while the other's lease lasts."""
    webhook = subscribe(bench, receiver)
    bench.report()
    with bench.transaction() as one:
        first = queue.take(one, webhook.id, HERE)
        if bench.hub.database.is_postgresql:
            with bench.transaction() as other:
                assert queue.take(other, webhook.id, HERE) is None
    assert first is not None
    assert [list(lines) for lines in first.cases.values()] == [[1, 2, 3]]
    with bench.transaction() as other:
        assert queue.take(other, webhook.id, HERE) is None
    bench.clock.forward(seconds=HERE.lease_seconds)
    with bench.transaction() as other:
        assert queue.take(other, webhook.id, HERE) is not None
    with bench.transaction() as late:
        assert queue.settle(late, first, queue.Outcome(trouble="too late"), HERE) is None
    with bench.hub.read_only() as work:
        assert work.session.get_one(Webhook, webhook.id).error == "", "the late one's word counts for nothing"


def test_a_refused_line_holds_up_its_own_case_alone(bench: Bench, receiver: Outside) -> None:
    """And is given up after days; a replay brings it again."""
    webhook = subscribe(bench, receiver)
    bench.report()
    bench.report()
    receiver.answers += [(422, b"")]
    sends = courier(bench)
    sends.run_due()
    assert ids(receiver) == ["2026-000001-1", "2026-000002-1", "2026-000002-2", "2026-000002-3"]
    bench.clock.forward(days=3, seconds=1)
    receiver.answers += [(422, b"")]
    sends.run_due()
    assert ids(receiver)[4:] == ["2026-000001-1", "2026-000001-2", "2026-000001-3"]
    assert waiting(bench) == 0
    with bench.transaction() as work:
        row = work.session.get_one(Webhook, webhook.id)
        assert (row.given_up, row.enabled) == (1, True)
        assert replay(work, CHIEF, row, since=None, number="2026-000001") == 3
    sends.run_due()
    assert ids(receiver)[7:] == ["2026-000001-1", "2026-000001-2", "2026-000001-3"]


def test_a_webhook_that_fails_for_days_is_stopped(quick: Bench, receiver: Outside) -> None:
    """Administrators hear of it, health says it; started again, a replay brings what it missed."""
    webhook = subscribe(quick, receiver)
    add_person(quick, "boss", Role.ADMINISTRATOR)
    quick.report()
    sends = courier(quick)
    for _ in range(2):
        receiver.answers += [(503, b"")]
        sends.run_due()
        quick.clock.forward(days=3)
    with quick.hub.read_only() as work:
        row = work.session.get_one(Webhook, webhook.id)
        assert (row.enabled, row.given_up) == (False, 3)
        (notice,) = work.session.scalars(select(Notice).where(Notice.kind == "webhook_stopped"))
    assert notice.data["name"]["zh"] == "board"
    hub = quick.hub
    looks = Looks(hub.database, hub.intake, hub.evidence_store, hub.disk_room, hub.read_only, hub.clock)
    assert looks.at_webhooks().reason == "failed"
    write(quick, line.Commented(text="while it was stopped"))
    assert waiting(quick) == 0
    page = quick.client(Role.ADMINISTRATOR)
    since = {"since": (quick.clock() - timedelta(days=7)).isoformat()}
    assert page.post(f"/api/webhooks/{webhook.id}/replay", json=since).json()["error"]["code"] == "wrong_replay"
    assert page.patch(f"/api/webhooks/{webhook.id}", json={"enabled": True}).json()["failures"] == 0
    assert page.post(f"/api/webhooks/{webhook.id}/replay", json=since).json() == {"lines": 4}
    sends.run_due()
    assert kinds(receiver)[2:] == [*PARKING, "commented"]
    assert not looks.at_webhooks().reason


def test_it_hears_of_its_area_its_kinds_and_its_unit_alone(bench: Bench, receiver: Outside) -> None:
    """Another area's cases, other kinds of lines and other units' cases are not even put into its queue."""
    subscribe(bench, receiver, area=EAST, kinds=["dispatched", "closed"])
    west = CameraNote(camera="west", name="x", area="demo/first-street/west")
    bench.birth(cameras=(CameraNote(camera=CAMERA, name="x", area=EAST), west))
    bench.report(camera="west")
    bench.report()
    assert waiting(bench) == 1
    courier(bench).run_due()
    (event,) = receiver.bodies
    assert (event["type"], event["data"]["case"]["area"]) == ("org.sharp-eyes.case.dispatched", EAST)
    with bench.transaction() as work:
        parks = WebhookWish("parks", f"{receiver.url}/parks", unit="parks", insecure=True)
        parks_id = make_webhook(work, CHIEF, parks, HERE).id
    bench.report(scene=SceneName.GREENERY_DAMAGE)
    with bench.transaction() as work:
        case = work.session.scalars(select(Case).where(Case.scene == "greenery_damage")).one()
        for payload in (line.Filed(), line.Dispatched(units=("parks",))):
            write_line(work, case, LEAD, payload)
    with bench.hub.read_only() as work:
        rows = work.session.scalars(select(WebhookLine.sequence).where(WebhookLine.webhook_id == parks_id)).all()
    assert rows == [case.log_sequence], "from when it has the case"


def test_what_people_wrote_stays_here_unless_said(quick: Bench, receiver: Outside) -> None:
    """Neither notes nor names; with ``notes`` what is in the log, and never a reporter's telephone number."""
    subscribe(quick, receiver)
    with quick.transaction() as work:
        told = WebhookWish("told", f"{receiver.url}/told", notes=True, insecure=True)
        make_webhook(work, CHIEF, told, HERE)
    words = {
        "source": "resident",
        "kind": "parked_car",
        "words": "a secret car",
        "area": EAST,
        "address": "Secret Street 12",
        "contact": {"name": "Ms Secret", "phone": "13800138000"},
    }
    clerk = quick.client(Role.CLERK, name="secret-clerk")
    answer = clerk.post("/api/reports", json=words, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code in (200, 201), answer.text
    write(quick, line.Commented(text="secret words", mentioned=("secret-boss",)), line.Voided(reason="secret why"))
    courier(quick).run_due()
    plain = [body.decode() for path, _, body in receiver.requests if path == "/in"]
    noted = [body.decode() for path, _, body in receiver.requests if path == "/told"]
    assert len(plain) == len(noted) > 2
    assert "secret" not in "".join(plain).lower()
    assert "secret words" in "".join(noted)
    assert "13800138000" not in "".join(plain + noted)


def test_no_redirect_is_followed(quick: Bench, receiver: Outside) -> None:
    """It would lead to where nobody looked; nor is a network called that is not allowed."""
    webhook = subscribe(quick, receiver)
    receiver.answers += [(302, b"")]
    event = trial_event(Format.CLOUDEVENTS, quick.hub.city, quick.hub.speaker(), quick.clock())
    with pytest.raises(ChannelError, match="302"):
        Sender(HERE)(webhook, event)
    with pytest.raises(ChannelError, match=r"webhooks.allow"):
        Sender(WebhookSettings())(webhook, event)
    assert [path for path, _, _ in receiver.requests] == ["/in"]


def test_administrators_make_try_and_remove_them(bench: Bench, receiver: Outside) -> None:
    """The secret is shown once; another area's is not found, another role's is not allowed."""
    hub = bench.hub
    hub.settings = hub.settings.model_copy(update={"webhooks": HERE})
    bench.birth()
    page = bench.client(Role.ADMINISTRATOR, name="chief")
    wish = {"name": "board", "url": f"{receiver.url}/in", "insecure": True, "password": PASSWORD}
    assert page.post("/api/webhooks", json=wish | {"password": "wrong"}).status_code == 403
    for wrong in ({"url": "http:/x"}, {"kinds": ["dreamt"]}, {"unit": "none"}, {"name": " "}, {"insecure": False}):
        answer = page.post("/api/webhooks", json=wish | wrong)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "wrong_webhook"), wrong
    assert page.post("/api/webhooks", json=wish | {"area": "demo/none"}).status_code == 422
    made = page.post("/api/webhooks", json=wish).json()
    assert made["secret"].startswith("whsec_")
    (listed,) = page.get("/api/webhooks").json()
    assert "secret" not in listed
    assert (listed["made_by"], listed["waiting"], listed["enabled"]) == ("chief", 0, True)
    path = f"/api/webhooks/{made['id']}"
    assert page.post(f"{path}/test").json() == {"arrived": True, "error": ""}
    assert receiver.bodies[0]["type"] == "org.sharp-eyes.webhook.test"
    receiver.answers += [(500, b"")]
    assert page.post(f"{path}/test").json()["arrived"] is False
    tries = page.get("/api/audit", params={"action": "webhook_tried"}).json()["items"]
    assert [(one["subject"], one["detail"]["arrived"]) for one in tries] == [("board", False), ("board", True)]
    bench.report()
    assert page.get("/api/webhooks").json()[0]["waiting"] == 3
    assert page.post(f"{path}/replay", json={"case": "2026-000001"}).json() == {"lines": 3}
    assert waiting(bench) == 3, "what waits already is not told twice"
    for empty in ({}, {"case": "2026-000009"}):
        assert page.post(f"{path}/replay", json=empty).status_code == 422
    lower = bench.client(Role.ADMINISTRATOR, area=EAST)
    assert lower.get("/api/webhooks").json() == []
    assert lower.post("/api/webhooks", json=wish | {"area": "demo"}).status_code == 404
    for caller, status in ((lower, 404), (bench.client(Role.SHIFT_LEAD), 403)):
        answers = [caller.post(f"{path}/test"), caller.delete(path), caller.patch(path, json={"enabled": False})]
        answers.append(caller.post(f"{path}/replay", json={"case": "2026-000001"}))
        assert {one.status_code for one in answers} == {status}
    assert page.patch(path, json={"enabled": False}).json()["waiting"] == 0
    assert page.delete(path).status_code == 204
    assert page.delete(path).status_code == 404
