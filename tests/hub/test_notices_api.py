"""One's own notices by the interface, where one is reached, and what could not be told."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import update
from tests.hub.bench import EAST, Bench
from tests.hub.notices_bench import add_person, deliveries, set_notices

from sharp_eyes.hub.api.stream_routes import server_sent_events
from sharp_eyes.hub.broadcast import Broadcaster
from sharp_eyes.hub.cases.visibility import Scope
from sharp_eyes.hub.channel_settings import OutboxSettings
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.notice_tables import Delivery
from sharp_eyes.hub.store.unit_of_work import LiveUpdate

SQUAD = "traffic-police"
SMS = OutboxSettings.model_validate({"channels": [{"id": "text", "kind": "sms", "url": "https://sms.example.org"}]})


def test_ones_own_notices(bench: Bench) -> None:
    """Newest first, in one's own language or the one asked for, page by page; read up to one of them; nobody else's."""
    bench.birth()
    ann, bob = (bench.client(Role.HANDLER, unit=SQUAD, name=name) for name in ("ann", "bob"))
    for _ in range(3):
        bench.report()
    first = ann.get("/api/notices?limit=2").json()
    assert first["unread"] == 3
    assert len(first["items"]) == 2
    assert first["items"][0]["text"].startswith("【派遣】 2026-000003 机动车违停，东社区，一般，时限 03-01 16:30")
    there = ann.get("/api/notices?limit=1&language=en").json()["items"][0]["text"]
    assert there.startswith("[dispatched] 2026-000003 Illegal parking")
    rest = ann.get(f"/api/notices?before={first['next']}").json()
    assert [one["id"] for one in rest["items"]] == [first["items"][1]["id"] - 2]
    assert ann.post("/api/notices/read", json={"up_to": first["items"][1]["id"]}).status_code == 204
    assert [one["read_at"] is None for one in ann.get("/api/notices").json()["items"]] == [True, False, False]
    assert len(ann.get("/api/notices?unread=true").json()["items"]) == 1
    assert bob.get("/api/notices").json()["unread"] == 3
    assert bench.client(Role.SHIFT_LEAD).get("/api/notices").json()["items"] == []


def test_the_live_stream_tells_those_alone_whom_it_is_for() -> None:
    """By their name, whatever their area; a page hears that there is something new."""

    async def run() -> list[str]:
        broadcaster = Broadcaster()
        mine = server_sent_events(broadcaster, Scope("demo", person="ann"), 1)
        others = server_sent_events(broadcaster, Scope("demo", person="bob"), 2)
        for source in (mine, others):
            await anext(source)
            pending = asyncio.ensure_future(anext(source))
            await asyncio.sleep(0)
            broadcaster.publish([LiveUpdate("notice", EAST, {"case": 1}, people=frozenset({"ann"}))])
            broadcaster.publish([LiveUpdate("case", EAST, {"id": 1})])
            first = await pending
            yield_of.append(first.splitlines()[0])
        broadcaster.close()
        return yield_of

    yield_of: list[str] = []
    assert asyncio.run(run()) == ["event: notice", "event: case"]


def test_where_one_is_reached(quick: Bench) -> None:
    """Is one's own to say; what is no address is refused."""
    quick.hub.settings = quick.hub.settings.model_copy(update={"notices": SMS})
    page = quick.client(Role.CLERK)
    assert page.get("/api/account/contacts").json() == {"contacts": {}, "kinds": ["sms"]}
    given = {"sms": "+8613800000000", "mail": "li@example.org"}
    assert page.put("/api/account/contacts", json={"contacts": given}).json()["contacts"] == given
    for wrong in ({"sms": "call me"}, {"mail": "li@example.org\nBcc: all@x.org"}, {"pigeon": "coop"}):
        assert page.put("/api/account/contacts", json={"contacts": wrong}).status_code == 422
    assert page.get("/api/account/contacts").json()["contacts"] == given
    assert page.put("/api/account/contacts", json={"contacts": {}}).json()["contacts"] == {}


@pytest.fixture
def untold(bench: Bench) -> Bench:
    """A hub that has given up on a text message about a case in the east."""
    bench.hub._channels = {one.id: one for one in SMS.channels}
    set_notices(bench, rules=[{"lines": ["dispatched"], "tell": ["unit"], "by": ["text"]}])
    bench.birth()
    add_person(bench, "ann", Role.HANDLER, unit=SQUAD)
    bench.report()
    with bench.transaction() as work:
        work.session.execute(update(Delivery).values(state="failed", error="no such number", ended_at=work.now))
    return bench


def test_what_could_not_be_told_is_the_shift_leads(untold: Bench) -> None:
    """They see it, and try it again or see to it themselves; nobody of another area or role does."""
    lead, west = untold.client(Role.SHIFT_LEAD), untold.client(Role.SHIFT_LEAD, "demo/first-street/west")
    clerk = untold.client(Role.CLERK)
    found = lead.get("/api/notices/untold").json()["items"]
    assert [(one["channel"], one["recipient"], one["error"]) for one in found] == [("text", "ann", "no such number")]
    assert west.get("/api/notices/untold").json()["items"] == []
    for act in ("retry", "settle"):
        path = f"/api/notices/untold/{found[0]['id']}/{act}"
        assert clerk.post(path).status_code == 403
        assert west.post(path).status_code == 404
    assert lead.get("/api/notices/channels").json()[0]["failed"] == 1
    assert lead.post(f"/api/notices/untold/{found[0]['id']}/retry").status_code == 204
    assert [(row.state, row.attempts) for row in deliveries(untold)] == [("waiting", 0)]
    assert lead.post(f"/api/notices/untold/{found[0]['id']}/retry").status_code == 404
    assert lead.get("/api/notices/channels").json()[0]["waiting"] == 1


def test_what_somebody_has_seen_to_is_no_longer_shown(untold: Bench) -> None:
    """And who it was stays written; a channel that is gone can only be seen to."""
    lead = untold.client(Role.SHIFT_LEAD, name="lead")
    row: dict[str, Any] = lead.get("/api/notices/untold").json()["items"][0]
    untold.hub._channels = {}
    answer = lead.post(f"/api/notices/untold/{row['id']}/retry")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_channel")
    assert lead.post(f"/api/notices/untold/{row['id']}/settle").status_code == 204
    assert lead.get("/api/notices/untold").json()["items"] == []
    assert [(one.state, one.settled_by) for one in deliveries(untold)] == [("settled", "lead")]


def test_a_channel_is_tried_and_says_what_went_wrong(bench: Bench) -> None:
    """One that reaches people asks where; what the other side does not take is a refusal with its words."""
    nobody = OutboxSettings.model_validate({"channels": [{"id": "text", "kind": "sms", "url": "http://127.0.0.1:1"}]})
    bench.hub._channels = {one.id: one for one in nobody.channels}
    chief = bench.client(Role.ADMINISTRATOR)
    for channel, body, told in (
        ("none", {}, (404, "not_found")),
        ("text", {}, (422, "address_needed")),
        ("text", {"to": "+8613800000000"}, (502, "not_taken")),
    ):
        answer = chief.post(f"/api/notices/channels/{channel}/test", json=body)
        assert (answer.status_code, answer.json()["error"]["code"]) == told, answer.text
