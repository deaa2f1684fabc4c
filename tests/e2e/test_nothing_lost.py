"""Nothing lost and nothing doubled between a gateway's outbox and the hub's database, whoever dies.

A gateway driver (the real outbox and publisher), the hub, the hub's broker and its PostgreSQL are killed with SIGKILL
at random moments while hundreds of events with their pictures are on the way; for a while the whole hub is gone. In
the end what the driver's journal says it made is compared with what the hub holds.

A longer run, with another seed:
  SHARP_EYES_EVENTS=10000 SHARP_EYES_SEED=7 SHARP_EYES_RATE=20 pytest -s tests/e2e/test_nothing_lost.py -k postgresql
"""

import hashlib
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from tests.e2e.gateway_driver import GATEWAY, Journal
from tests.e2e.killable import HubProcess, Killable
from tests.e2e.stored import Stored
from tests.hub.databases import Cluster, cluster

EVENTS = {kind: int(os.environ.get("SHARP_EYES_EVENTS", few)) for kind, few in (("sqlite", 200), ("postgresql", 500))}
SEED = int(os.environ.get("SHARP_EYES_SEED", str(random.SystemRandom().randrange(10_000))))
RATE = float(os.environ.get("SHARP_EYES_RATE", "10"))
PUTTING = "gateway while it puts"
VICTIMS = ("hub", "hub for a while", "broker", "gateway", PUTTING)
FLOW_SECONDS = 60.0
HIT_SECONDS = 120.0
"""For how long the gateway is killed again and again until one death hits a put."""

STILL_SECONDS = 300.0
"""Without a message delivered, after which the end is not waited for."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800 + max(EVENTS.values()))]


@dataclass
class Made:
    """What the edge made, from the driver's journal."""

    message_ids: set[str] = field(default_factory=set)
    evidence: dict[UUID, str] = field(default_factory=dict)
    events: dict[UUID, set[int]] = field(default_factory=dict)
    begun_twice: int = 0


@dataclass
class Scene:
    """All that takes part."""

    events: int
    hub: HubProcess
    driver: Killable
    journal: Journal
    stored: Stored
    postgresql: Cluster | None = None

    @property
    def victims(self) -> tuple[str, ...]:
        """Who is killed in each round."""
        return VICTIMS if self.postgresql is None else (*VICTIMS, "postgresql")

    @property
    def rounds(self) -> int:
        """How often each of them is."""
        return min(max(1, self.events // 250), 20)


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            yield from made_scene(tmp_path, EVENTS["sqlite"])
            return
        postgresql = stack.enter_context(cluster())
        postgresql.run("CREATE DATABASE walk")
        yield from made_scene(tmp_path, EVENTS["postgresql"], postgresql)


def made_scene(tmp_path: Path, events: int, postgresql: Cluster | None = None) -> Iterator[Scene]:
    """All processes, ready to be started; ended in the end."""
    url = None if postgresql is None else postgresql.url("walk")
    # A gateway driver's events all lie in one place, which would be a storm.
    hub = HubProcess(tmp_path, limits={"storm_events": 0}, **({} if url is None else {"database": url}))
    password = tmp_path / "gateway.password"
    password.write_text(hub.register_gateway(GATEWAY))
    command = [sys.executable, "-m", "tests.e2e.gateway_driver", "--folder", str(tmp_path / "gateway")]
    command += ["--url", f"mqtt://127.0.0.1:{hub.broker_port}", "--password-file", str(password)]
    command += ["--events", str(events), "--rate", str(RATE)]
    driver = Killable(command, tmp_path / "driver.log")
    stored = Stored(hub.data, url)
    try:
        yield Scene(events, hub, driver, Journal(tmp_path / "gateway" / "journal.jsonl"), stored, postgresql)
    finally:
        driver.kill()
        hub.kill()
        stored.close()


def test_nothing_is_lost_and_nothing_doubled(scene: Scene) -> None:
    """Each event once, each file whole, one case an event told in order, after a dozen deaths."""
    print(f"\nseed {SEED}, {scene.events} events, {RATE:g} a second")
    begun = time.monotonic()
    scene.hub.start()
    scene.hub.wait_until_healthy()
    scene.driver.start()
    deaths = cause_havoc(scene, random.Random(SEED))
    scene.hub.start()
    wait_until_delivered(scene)
    scene.hub.stop()
    made = read_journal(scene.journal)
    compare(made, scene.stored, scene.hub.data)
    print(
        f"{len(made.events)} events, {len(made.message_ids)} messages, {len(made.evidence)} files;"
        f" killed: {dict(deaths)}; steps begun twice: {made.begun_twice}; {time.monotonic() - begun:.0f} s"
    )
    assert len(made.events) == scene.events
    assert all(deaths[victim] for victim in scene.victims), deaths
    assert deaths["in full flow"] >= 3, "too few deaths hit a line that was at work"
    assert made.begun_twice > 0, "no death hit a put; the test proves less than it says"


def cause_havoc(scene: Scene, chance: random.Random) -> Counter[str]:
    """Kill one after the other, in shuffled rounds; each time when messages flow again, if they do within seconds."""
    deaths: Counter[str] = Counter()
    for number in range(scene.rounds):
        order = chance.sample(scene.victims, len(scene.victims))
        if number == 0:  # on a slow machine the gateway has put all that it has by the end of the round
            order.sort(key=lambda victim: victim != PUTTING)
        for victim in order:
            if scene.driver.status == 0:
                return deaths
            before = scene.stored.count_received()
            deaths["in full flow"] += wait_for(partial(has_more_than, scene.stored, before), FLOW_SECONDS)
            time.sleep(chance.uniform(0.0, 1.0))
            strike(scene, victim, chance)
            deaths[victim] += 1
    return deaths


def has_more_than(stored: Stored, before: int) -> bool:
    """Whether the hub has committed more durable messages than before."""
    return stored.count_received() > before


def strike(scene: Scene, victim: str, chance: random.Random) -> None:
    """Kill the victim as soon as it is there to be killed, and bring it back."""
    if victim == "broker":
        wait_for(scene.hub.kill_broker, 30.0)
        return
    if victim == "postgresql" and scene.postgresql is not None:
        scene.postgresql.kill()
        time.sleep(chance.uniform(0.0, 3.0))
        scene.postgresql.start()
        return
    if victim == PUTTING:
        kill_while_it_puts(scene)
        return
    process = scene.driver if victim == "gateway" else scene.hub
    process.kill()
    time.sleep(chance.uniform(3.0, 5.0) if victim == "hub for a while" else chance.uniform(0.0, 0.5))
    process.start()


def kill_while_it_puts(scene: Scene) -> None:
    """Kill the gateway between its two journal lines, around its outbox's transaction; try until that is hit."""
    end = time.monotonic() + HIT_SECONDS
    while time.monotonic() < end and scene.driver.status != 0:
        wait_for(lambda: scene.journal.has_begun_step() or scene.driver.status == 0, 10.0)
        if scene.driver.status == 0:
            return
        scene.driver.kill()
        hit = scene.journal.has_begun_step()
        scene.driver.start()
        if hit:
            return


def wait_for(condition: Callable[[], bool], timeout: float) -> bool:
    """Wait until a condition holds, no longer than ``timeout`` seconds; return whether it does."""
    end = time.monotonic() + timeout
    while not (holds := condition()) and time.monotonic() < end:
        time.sleep(0.002)
    return holds


def wait_until_delivered(scene: Scene) -> None:
    """The driver ends by itself once its outbox is empty; one that died before its end is started again."""
    count, since = scene.stored.count_received(), time.monotonic()
    while scene.driver.status != 0:
        if (now := scene.stored.count_received()) != count:
            count, since = now, time.monotonic()
        is_still = time.monotonic() - since > STILL_SECONDS
        assert not is_still, f"{count} messages, and no more:\n{scene.driver.tail()}\n\n{scene.hub.tail()}"
        status = scene.driver.status
        assert status in (None, 0, -9), scene.driver.tail()
        if status == -9:
            scene.driver.start()
        time.sleep(0.1)


def read_journal(journal: Journal) -> Made:
    made = Made()
    begun: Counter[object] = Counter()
    for line in journal.lines():
        messages = line["messages"]
        assert isinstance(messages, list)
        if line["stage"] == "about":
            begun[line["step"]] += 1
        for message in messages:
            made.message_ids.add(message["id"])
            if "sha256" in message:
                made.evidence[UUID(message["id"])] = message["sha256"]
            elif "sequence" in message:
                made.events.setdefault(UUID(message["event_id"]), set()).add(message["sequence"])
    made.begun_twice = sum(count > 1 for count in begun.values())
    return made


def compare(made: Made, stored: Stored, data: Path) -> None:
    """The hub's database and folder against the journal, without the hub's own code."""
    received = stored.rows("SELECT source, message_id FROM received")
    assert {source for source, _ in received} == {f"/gateways/{GATEWAY}"}
    assert Counter(identity for _, identity in received) == Counter(made.message_ids)

    alarms = stored.rows("SELECT event_id, case_id, phase, sequence FROM alarm")
    assert Counter(UUID(str(row[0])) for row in alarms) == Counter(made.events.keys())
    counted = dict(stored.rows("SELECT id, alarm_count FROM case_file"))
    assert counted == Counter(row[1] for row in alarms)
    lines: dict[int, list[str]] = {}
    for case, what in stored.rows("SELECT case_id, what FROM case_log WHERE actor_kind = 'gateway' ORDER BY id"):
        lines.setdefault(case, []).append(what)
    for event, case, phase, sequence in alarms:
        assert (phase, sequence) == ("closed", 2)
        # Which of a spot's events is heard of first varies; what follows from each does not.
        told = Counter(lines[case])
        assert (told["reported"], told["regraded"], told["alarm_joined"]) == (1, 1, counted[case] - 1), event
        assert told["alarm_updated"] + told["alarm_ended"] >= 2, event
        assert (lines[case][0], lines[case][-1]) == ("reported", "alarm_ended"), event

    files = stored.rows("SELECT id, event_id, sha256, key FROM evidence_file")
    assert Counter(UUID(str(row[0])) for row in files) == Counter(made.evidence.keys())
    for identity, event, digest, key in files:
        content = (data / "evidence" / key).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest == made.evidence[UUID(str(identity))]
        assert UUID(str(event)) in made.events
    kept = [path for path in (data / "evidence").rglob("*") if path.is_file()]
    assert len(kept) == len(made.evidence)
    staged = [path for path in (data / "staging").rglob("*") if path.is_file()]
    assert staged == []
