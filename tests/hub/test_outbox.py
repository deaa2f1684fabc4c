"""The outbox: what leaves once and what again, what gathers, what is given up and to whom that is shown."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from tests.hub.bench import Bench
from tests.hub.notices_bench import add_person, deliveries, outside, set_notices, told

from sharp_eyes.hub.cases.record import write_line
from sharp_eyes.hub.channel_settings import OutboxSettings
from sharp_eyes.hub.errors import ChannelError
from sharp_eyes.hub.lifecycle import lines as line
from sharp_eyes.hub.lifecycle.acts import Actor, ActorKind
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.notices import outbox
from sharp_eyes.hub.notices.courier import Courier
from sharp_eyes.hub.notices.message import Message
from sharp_eyes.hub.store.case_tables import Case

SQUAD = "traffic-police"
SETTINGS = OutboxSettings.model_validate(
    {
        "channels": [
            {"id": "text", "kind": "sms", "url": "https://sms.example.org"},
            {"id": "group", "kind": "wecom", "url_file": "never-read"},
        ],
        "attempts": 3,
    }
)
TEXT, GROUP = SETTINGS.channels


@dataclass
class Sent:
    """A channel that keeps messages, or fails as it is told."""

    messages: list[Message] = field(default_factory=list)
    error: Exception | None = None

    def send(self, message: Message) -> None:
        self.messages.append(message)
        if self.error is not None:
            raise self.error

    @property
    def counts(self) -> list[int]:
        return [len(one.items) for one in self.messages]


def courier(bench: Bench, channel: Sent, of: Any = TEXT) -> Courier:
    return Courier(bench.hub.transaction, bench.hub.read_only, SETTINGS, of, channel)


@pytest.fixture
def texting(bench: Bench) -> Bench:
    """A city that tells units by text message, and a squad of one."""
    bench.hub._channels = {one.id: one for one in SETTINGS.channels}
    set_notices(bench, rules=[{"lines": ["dispatched", "voided"], "tell": ["unit"], "by": ["page", "text", "group"]}])
    bench.birth()
    add_person(bench, "ann", Role.HANDLER, unit=SQUAD, sms="+86138")
    add_person(bench, "lead", Role.SHIFT_LEAD)
    return bench


def test_one_line_leaves_by_each_channel_once(texting: Bench) -> None:
    """To the person and to the group; a second round has nothing to do."""
    texting.report()
    text, group = Sent(), Sent()
    for _ in range(2):
        courier(texting, text).run_due()
        courier(texting, group, GROUP).run_due()
    assert text.counts == group.counts == [1]
    assert (text.messages[0].address, text.messages[0].language) == ("+86138", "en")
    assert group.messages[0].address is None
    assert {row.state for row in deliveries(texting)} == {"sent"}


def test_a_burst_becomes_one_message(texting: Bench) -> None:
    """The first goes at once; what comes within a minute after it waits, and goes as one."""
    texting.report()
    sent = Sent()
    one = courier(texting, sent)
    one.run_due()
    for _ in range(5):
        texting.clock.forward(seconds=5)
        texting.report()
        one.run_due()
    assert sent.counts == [1]
    texting.clock.forward(seconds=60)
    one.run_due()
    assert sent.counts == [1, 5]
    assert sent.messages[1].heading.startswith("5 notices")


def test_what_is_urgent_waits_for_nothing(texting: Bench) -> None:
    """And takes along what waits."""
    set_notices(
        texting,
        rules=[
            {"lines": ["dispatched"], "tell": ["unit"], "by": ["text"]},
            {"lines": ["dispatched"], "tell": ["unit"], "by": ["text"], "grades": ["major"], "urgent": True},
        ],
        quiet={"hours": "00:00-23:59", "grades": []},
    )
    sent = Sent()
    texting.report(grade="ordinary")
    courier(texting, sent).run_due()
    assert sent.counts == []
    texting.report(grade="major")
    courier(texting, sent).run_due()
    assert sent.counts == [1], "the other one keeps the quiet hours"


def test_quiet_hours_hold_back_until_the_morning(texting: Bench) -> None:
    """Then all of the night is one message; the page has it at once."""
    rules = [{"lines": ["dispatched"], "tell": ["unit"], "by": ["page", "text"]}]
    set_notices(texting, rules=rules, quiet={"hours": "16:00-07:00"})  # the bench's clock says 16:00 in the city
    sent = Sent()
    for _ in range(3):
        texting.report()
        texting.clock.forward(minutes=7)
        courier(texting, sent).run_due()
    assert (sent.counts, len(told(texting))) == ([], 3)
    texting.clock.forward(hours=15)
    courier(texting, sent).run_due()
    assert sent.counts == [3]


def test_a_clock_that_was_years_ahead_holds_nothing_back(texting: Bench) -> None:
    """What was sent, failed, taken or to wait then goes on when the clock is set right."""
    texting.clock.set_by(days=3650)
    texting.report()
    courier(texting, Sent(error=ChannelError("busy"))).run_due()
    courier(texting, Sent(), GROUP).run_due()
    texting.clock.set_by(minutes=2)
    texting.report()
    with texting.transaction() as work:  # by a hub that dies with it
        assert outbox.take(work, GROUP.id, "", SETTINGS) is not None
    texting.clock.set_back(days=3650)
    text, group = Sent(), Sent()
    courier(texting, text).run_due()
    courier(texting, group, GROUP).run_due()
    assert (sum(text.counts), sum(group.counts)) == (1, 1)
    courier(texting, text).run_due()
    texting.report()
    texting.clock.forward(minutes=2)
    courier(texting, text).run_due()
    assert sum(text.counts) == 3


def test_a_failed_attempt_is_made_again_with_the_same_id(texting: Bench) -> None:
    """Later and later; what comes meanwhile waits for the next message."""
    texting.report()
    sent = Sent(error=ChannelError("busy"))
    one = courier(texting, sent)
    one.run_due()
    texting.clock.forward(seconds=4)
    one.run_due()
    assert sent.counts == [1]
    texting.report()
    texting.clock.forward(seconds=1)
    one.run_due()
    texting.clock.forward(seconds=9)
    one.run_due()
    assert sent.counts == [1, 1]
    sent.error = None
    texting.clock.forward(seconds=1)
    one.run_due()
    assert sent.counts == [1, 1, 1]
    assert len({message.id for message in sent.messages}) == 1
    texting.clock.forward(minutes=2)
    one.run_due()
    assert len({message.id for message in sent.messages}) == 2


@pytest.mark.parametrize(("lasting", "attempts"), [(False, 3), (True, 1)])
def test_what_cannot_be_told_is_shown_to_the_shift_lead(texting: Bench, lasting: bool, attempts: int) -> None:
    """After the last attempt, or at once where no other can help; once a day for the same person."""
    sent = Sent(error=ChannelError("no such number", lasting=lasting))
    one = courier(texting, sent)
    for _ in range(2):
        texting.report()
        for _ in range(4):
            one.run_due()
            texting.clock.forward(minutes=30)
    assert sent.counts == [1] * (2 * attempts)
    failed = [row for row in deliveries(texting) if row.channel == "text"]
    assert {(row.state, row.error) for row in failed} == {("failed", "no such number")}
    assert [kind for name, kind in told(texting) if name == "lead"] == ["not_told"]


def test_a_hub_that_dies_while_it_sends_is_followed_by_another(texting: Bench) -> None:
    """Not before its lease is over; then with the same id, and the dead one's late word counts for nothing."""
    texting.report()
    with texting.transaction() as work:
        dead = outbox.take(work, "text", "ann", SETTINGS)
    assert dead is not None
    with texting.transaction() as work:
        assert outbox.take(work, "text", "ann", SETTINGS) is None, "between another's look and its taking"
    sent = Sent()
    one = courier(texting, sent)
    one.run_due()
    assert sent.counts == []
    texting.clock.forward(seconds=SETTINGS.lease_seconds)
    one.run_due()
    assert [message.id for message in sent.messages] == [dead.message]
    with texting.transaction() as work:
        assert not outbox.failed(work, dead, "late", SETTINGS, lasting=True)
    assert [row.state for row in deliveries(texting) if row.channel == "text"] == ["sent"]


def test_what_its_hubs_die_of_is_given_up(texting: Bench) -> None:
    """Each taking counts as an attempt, also one that never came to an end."""
    texting.report()
    sent = Sent(error=MemoryError())
    one = courier(texting, sent)
    for _ in range(3):
        with pytest.raises(MemoryError):
            one.run_due()
        texting.clock.forward(hours=1)
    one.run_due()
    assert len(sent.messages) == 3
    assert [row.state for row in deliveries(texting) if row.channel == "text"] == ["failed"]


def test_somebody_without_a_number_is_shown(texting: Bench) -> None:
    """The adapter is not called with nothing; who left is no trouble of the others."""
    from sharp_eyes.hub.notices.channels.sms import TextMessage

    add_person(texting, "bob", Role.HANDLER, unit=SQUAD)
    texting.report()
    one = Courier(
        texting.hub.transaction, texting.hub.read_only, SETTINGS, TEXT, TextMessage("http://127.0.0.1:9/", None, 1)
    )
    one.run_due()
    rows = {row.recipient: row.error for row in deliveries(texting) if row.channel == "text"}
    assert rows == {"ann": "not reached: ConnectError", "bob": "no telephone number is known"}


def test_a_deleted_case_takes_its_notices_along(texting: Bench) -> None:
    """At the end of its term nothing of it stays; and notices have a term of their own."""
    event = texting.report()
    texting.report()
    courier(texting, Sent()).run_due()
    with texting.transaction() as work:
        case = work.session.scalars(select(Case).where(Case.event_id == event)).one()
        write_line(work, case, Actor(ActorKind.PERSON, "lead"), line.ForceClosed(reason="over"))
    assert len(told(texting)) == 2
    texting.clock.forward(days=texting.hub.settings.retention.case_days + 1)
    assert texting.hub.retention.run()["case"] == 1
    assert len(told(texting)) == 1
    assert {row.case_id for row in deliveries(texting)} == {case.id + 1}
    with texting.transaction() as work:
        outbox.forget(work, 90)
    assert told(texting) == []
    assert [row.state for row in deliveries(texting)] == ["waiting"], "what has not left is not forgotten"


def test_two_hubs_and_one_is_killed(bench: Bench, tmp_path: Path) -> None:
    """Real processes: everybody is told of everything, and what arrives twice has the same id."""
    people = [f"p{number:02d}" for number in range(40)]
    bench.clock.time = datetime.now(UTC)
    with outside() as server:
        server.delay = 0.05
        settings = tmp_path / "hub.yaml"
        channel = {"id": "text", "kind": "sms", "url": server.url}
        notices = {"channels": [channel], "timeout": 1, "lease_seconds": 3, "burst_seconds": 0}
        database = str(bench.hub.database._url.render_as_string(hide_password=False))
        data = {"data": str(bench.hub.settings.data), "database": database, "notices": notices}
        settings.write_text(json.dumps(data))
        bench.hub._channels = {"text": OutboxSettings.model_validate(notices).channels[0]}
        set_notices(bench, rules=[{"lines": ["dispatched"], "tell": ["unit"], "by": ["text"]}])
        bench.birth()
        for name in people:
            add_person(bench, name, Role.HANDLER, unit=SQUAD, sms=name)
        bench.report()
        hubs = [
            subprocess.Popen([sys.executable, "-c", COURIERS, str(settings)], stdin=subprocess.PIPE) for _ in range(2)
        ]
        try:
            wait_until(lambda: len(server.requests) >= 10)
            hubs[0].kill()
            bench.report()
            wait_until(lambda: {row.state for row in deliveries(bench)} == {"sent"})
        finally:
            for hub in hubs:
                hub.kill()
                hub.wait(30)
        ids = Counter(body["id"] for body in server.bodies)
        targets = Counter(to for _, to in {(body["id"], body["to"]) for body in server.bodies})
    assert set(targets) == set(people)
    lines = Counter(row.recipient for row in deliveries(bench))
    assert set(lines.values()) == {2}
    assert all(count <= 2 for count in targets.values()), "each line belongs to one message"
    assert sum(count - 1 for count in ids.values()) <= 1, "only what the dead one had in hand comes twice"


COURIERS = """
import sys
from pathlib import Path
from sharp_eyes.hub.hub import Hub
from sharp_eyes.hub.notices.courier import Couriers
from sharp_eyes.hub.settings import load_settings

hub = Hub(load_settings(Path(sys.argv[1])))
Couriers(hub.transaction, hub.read_only, hub.settings.notices).start()
sys.stdin.read()
"""


def wait_until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not there():
        assert time.monotonic() < end
        time.sleep(0.1)
