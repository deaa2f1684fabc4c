"""Two hubs on one PostgreSQL and a cluster of three NATS servers: one of each may die while events flow."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.e2e.brokers import nats_cluster
from tests.e2e.several_hubs import several_hubs

from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.tables import EvidenceFile

pytestmark = pytest.mark.timeout(300)
EVENTS = 18


def test_a_server_and_a_hub_die_and_every_event_is_there_once(tmp_path: Path) -> None:
    """First a NATS server, then a hub, both with SIGKILL; events come from gateways of all three servers."""
    with several_hubs(tmp_path, broker=nats_cluster) as hubs:
        for number in range(EVENTS):
            if number == EVENTS // 3:
                hubs.broker.servers[0].kill()
            if number == 2 * EVENTS // 3:
                hubs.hubs[0].kill()
            hubs.gateways[number % 4].report(f"zone-{number}")
        hubs.wait_until_taken(120)
        with hubs.database.read() as session:
            zones = session.scalars(select(Alarm.zone)).all()
            cases = session.scalar(select(func.count()).select_from(Case))
            files = session.scalar(select(func.count()).select_from(EvidenceFile))
        assert sorted(zones) == sorted(f"zone-{number}" for number in range(EVENTS))
        assert (cases, files) == (EVENTS, 2 * EVENTS)
