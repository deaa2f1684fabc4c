"""Which of several hubs takes which gateways: each one exactly one, evenly, and at once another where a hub dies."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import text
from tests.hub.bench import GATEWAY, Bench
from tests.hub.databases import Cluster
from tests.hub.edge import wait_for

from sharp_eyes.contract.status import Birth
from sharp_eyes.contract.topics import Channel, Topic
from sharp_eyes.hub.intake.division import SLOTS, Division
from sharp_eyes.hub.intake.worker import IntakeWorker
from sharp_eyes.hub.settings import BrokerSettings
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.tables import Gateway

GATEWAYS = [f"gate-{number:03d}" for number in range(300)]
BROKER = "mqtts://broker.example:8883"


@pytest.fixture
def url(postgresql: Cluster) -> str:
    return postgresql.emptied("prepared")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def hub(stack: ExitStack, url: str, group: str | None = BROKER) -> Division:
    database = Database(url)
    stack.callback(database.close)
    division = Division(database, group)
    stack.callback(division.close)
    division.look()
    return division


def parts(*hubs: Division) -> list[set[str]]:
    return [{one for one in GATEWAYS if division.serves(one)} for division in hubs]


def test_each_gateway_is_one_hubs_and_always_somebodys(stack: ExitStack, url: str) -> None:
    """Hubs that come get their share, and nothing falls between while it changes hands."""
    first = hub(stack, url)
    assert parts(first) == [set(GATEWAYS)]
    second = hub(stack, url)
    first.look()
    assert parts(first) == [set(GATEWAYS)], "what it gives up it keeps until somebody has it"
    second.look()
    first.look()
    ours, theirs = parts(first, second)
    assert not ours & theirs
    assert ours | theirs == set(GATEWAYS)
    assert len(first._held) == len(second._held) == SLOTS // 2


def test_a_dead_hubs_gateways_are_anothers_at_its_next_look(stack: ExitStack, url: str, postgresql: Cluster) -> None:
    """By whatever death; and a hub that has lost the database takes nothing until it has it again."""
    first, second = hub(stack, url), hub(stack, url)
    first.look()
    second.look()
    first.look()
    assert first._connection is not None
    number = first._connection.execute(text("SELECT pg_backend_pid()")).scalar()
    postgresql.run(f"SELECT pg_terminate_backend({number}, 10000)")

    def has_all() -> bool:
        second.look()
        return parts(second) == [set(GATEWAYS)]

    wait_for("the other's slots", has_all)
    first.look()
    assert parts(first) == [set()]
    for division in (first, second, first, second):
        division.look()
    ours, theirs = parts(first, second)
    assert not ours & theirs
    assert len(ours) > 60


def test_hubs_of_other_brokers_take_all_that_they_hear(stack: ExitStack, url: str) -> None:
    """Nobody else hears their gateways."""
    hubs = [hub(stack, url, None), hub(stack, url, "mqtts://other.example:8883"), hub(stack, url)]
    assert parts(*hubs) == [set(GATEWAYS)] * 3
    assert BrokerSettings().group is None
    external = BrokerSettings(kind="external", url=BROKER, password_file="hub.password")
    assert external.group == BROKER
    assert external.model_copy(update={"url": "mqtt://127.0.0.1:1883"}).group != "mqtt://127.0.0.1:1883"


def test_who_takes_a_gateway_over_knows_that_it_is_there(quick: Bench) -> None:
    """Births are said once: whoever did not take one keeps it, and takes it with the gateway."""
    ours: set[str] = set()
    worker = IntakeWorker(quick.hub.intake.router, quick.hub.intake.replies, ours.__contains__)
    worker.start()

    def is_online() -> bool:
        with quick.hub.read_only() as work:
            return work.session.get_one(Gateway, GATEWAY).online

    birth = Birth(gateway=GATEWAY, session="s1", time=quick.clock(), version="1", cameras=())
    worker.offer(str(Topic(GATEWAY, Channel.STATUS)), birth.model_dump_json().encode())
    worker._take_over()
    assert not is_online()
    ours.add(GATEWAY)
    wait_for("the gateway", is_online)
    worker.stop()
