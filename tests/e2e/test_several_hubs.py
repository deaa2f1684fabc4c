"""Two whole hubs on one PostgreSQL and one Mosquitto: pages of both hear everything, and one may die at any moment."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select
from tests.e2e.several_hubs import SeveralHubs, several_hubs
from tests.e2e.stand import wait_for

from sharp_eyes.contract.command import LookAgain
from sharp_eyes.hub.store.case_tables import Alarm, Case, LookAgainQuestion

pytestmark = pytest.mark.timeout(300)
FIRST, MORE = 10, 12


def test_two_hubs_are_one_to_pages_and_gateways(tmp_path: Path) -> None:
    """New cases, pictures, moves, claims, sign-ins, commands; then one is killed while events flow."""
    with several_hubs(tmp_path) as all_hubs:
        pages = [all_hubs.page(0, 1), all_hubs.page(1, 0)]
        for number in range(FIRST):
            all_hubs.gateways[number % 4].report(f"zone-{number}")
        wanted = {f"zone-{number}" for number in range(FIRST)}
        wait_for("each case on both pages", lambda: all(page.zones.keys() >= wanted for page in pages))
        all_hubs.wait_until_taken()
        _pictures_are_at_both(all_hubs)
        _a_move_here_is_told_there(all_hubs)
        _a_command_is_sent_once(all_hubs)
        for number in range(FIRST, FIRST + MORE):
            if number == FIRST + MORE // 2:
                all_hubs.hubs[0].kill()
            all_hubs.gateways[number % 4].report(f"zone-{number}")
        all_hubs.wait_until_taken()
        wanted = {f"zone-{number}" for number in range(FIRST + MORE)}
        wait_for("each case on both pages", lambda: all(page.zones.keys() >= wanted for page in pages))
        with all_hubs.database.read() as session:
            assert len(session.scalars(select(Case.id)).all()) == len(session.scalars(select(Alarm.event_id)).all())
            assert len(session.scalars(select(Alarm.event_id)).all()) == FIRST + len(all_hubs.gateways) + MORE
        assert [page.reloads for page in pages] == [0, 0]
        assert pages[0].ended >= 1


def _pictures_are_at_both(all_hubs: SeveralHubs) -> None:
    client = all_hubs.client(0)
    for case in client.get("/api/cases", params={"limit": 100}).json()["items"]:
        for hub in (client, all_hubs.elsewhere(client, 1)):
            for picture in (case["picture_id"], case["crop_id"]):
                assert hub.get(f"/api/evidence/{picture}").is_success


def _a_move_here_is_told_there(all_hubs: SeveralHubs) -> None:
    here, page = all_hubs.client(0), all_hubs.page(1)
    (case,) = here.get("/api/cases", params={"limit": 1}).json()["items"]
    there = all_hubs.elsewhere(here, 1)
    here.put(f"/api/cases/{case['id']}/claim", json={}).raise_for_status()
    assert [one["claimed_by"]["username"] for one in there.get("/api/desks").json()] == ["lead"]
    here.post(f"/api/cases/{case['id']}/moves/comment", json={"note": "on my way"}).raise_for_status()
    wait_for("the move", lambda: any(told[0] == case["id"] for told in page.changes))
    before = page.ended
    all_hubs.elsewhere(page.clients[0], 0).delete("/api/session").raise_for_status()
    wait_for("the end of the stream at the other hub", lambda: page.ended > before)
    page.stop()


def _a_command_is_sent_once(all_hubs: SeveralHubs) -> None:
    """To a gateway that was started again, by whichever hub takes it."""
    now = datetime.now(UTC)
    with all_hubs.database.write() as session:
        for gateway in all_hubs.gateways:
            case = session.scalars(select(Case).where(Case.gateway == gateway.name)).first()
            assert case is not None
            row = LookAgainQuestion(command_id=uuid4(), case_id=case.id, gateway=gateway.name, asked_at=now)
            row.asked_by, row.expires_at, row.reason, row.measures = "lead", now + timedelta(hours=1), "", []
            session.add(row)
    for gateway in all_hubs.gateways:
        gateway.be_born()
    wait_for("the commands", lambda: all(gateway.commands for gateway in all_hubs.gateways))
    for number, gateway in enumerate(all_hubs.gateways):  # what would come twice comes before what is asked for later
        gateway.report(f"again-{number}")
    all_hubs.wait_until_taken()
    for gateway in all_hubs.gateways:
        assert len([one for one in gateway.commands if isinstance(one, LookAgain)]) == 1
