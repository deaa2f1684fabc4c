"""Measures what pages and gateways see of two hubs on one PostgreSQL and one broker, one of which is killed.

Starts whole hubs (``sharp-eyes-hub serve``), a broker and a PostgreSQL on this machine, gateways (the real outbox
and publisher) and pages that only listen, two at each hub. Says how many of the cases each page was told of, how many
pictures each hub gives, whether a move at one is told at the other, and how often a command reaches a gateway that was
started again; then reports events at a steady rate and says how long each took from the gateway's outbox to each page,
and does the same again while one hub is killed with SIGKILL: what is lost, what is doubled, how long the gap was. The
hubs share one evidence folder. The broker is a Mosquitto, or a cluster of three NATS servers, of which one is killed,
too, before the hub is.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from sqlalchemy import func, select

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.e2e.brokers import mosquitto, nats_cluster
from tests.e2e.killable import Killable
from tests.e2e.several_hubs import Page, SeveralHubs, several_hubs
from tests.e2e.stand import wait_for

from sharp_eyes.contract.command import LookAgain
from sharp_eyes.hub.store.case_tables import Alarm, Case, LookAgainQuestion
from sharp_eyes.hub.store.tables import EvidenceFile

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/two_hubs.py
  .venv/bin/python scripts/bench/two_hubs.py --broker nats
  .venv/bin/python scripts/bench/two_hubs.py --rate 20 --seconds 60 --json two_hubs.json
"""
BROKERS = {"mosquitto": mosquitto, "nats": nats_cluster}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=100, help="events of the first part, each with two pictures")
    parser.add_argument("--gateways", type=int, default=8, help="gateways that report in turn")
    parser.add_argument("--rate", type=float, default=50.0, help="events a second of the second and third part")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each of these lasts")
    parser.add_argument("--broker", choices=BROKERS, default="mosquitto")
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="two-hubs-") as folder,
        several_hubs(Path(folder), arguments.gateways, broker=BROKERS[arguments.broker]) as hubs,
    ):
        found = measure(hubs, arguments)
    for name, value in found.items():
        print(f"{name:<52}{value}")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


def measure(hubs: SeveralHubs, arguments: argparse.Namespace) -> dict[str, Any]:
    """Do all parts, one after another; figures by what they say."""
    pages = [hubs.page(*order) for order in ((0, 1), (1, 0), (0, 1), (1, 0))]
    found: dict[str, Any] = {"processors": os.cpu_count(), "load before": os.getloadavg()[0]}
    made = report(hubs, "first", arguments.events, rate=1000)
    hubs.wait_until_taken(300)
    found |= {f"of {arguments.events} new cases, told to page {number}": told for number, told in heard(pages, made)}
    found |= pictures(hubs)
    found["seconds from a move at one hub to a page of the other"] = move(hubs, pages[1])
    found["commands to each gateway that was started again"] = rebirths(hubs)
    count = int(arguments.rate * arguments.seconds)
    made = report(hubs, "steady", count, arguments.rate)
    hubs.wait_until_taken(600)
    found["events at a steady rate"] = f"{count} at {arguments.rate:g} a second"
    found |= {f"of these told to page {number}": told for number, told in heard(pages, made)}
    found |= delays(pages, made, "steady")
    found["load during that"] = os.getloadavg()[0]
    found |= killed(hubs, pages, count, arguments.rate)
    return found


def report(
    hubs: SeveralHubs, name: str, count: int, rate: float, kill_at: Mapping[int, Killable] | None = None
) -> dict[str, float]:
    """Report events, from all gateways in turn; when each was put into the outbox, by its zone.

    ``kill_at``: which process is killed before which event.
    """
    made: dict[str, float] = {}
    begun, dies = time.monotonic(), kill_at or {}
    for number in range(count):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        if number in dies:
            dies[number].kill()
        made[f"{name}-{number}"] = time.monotonic()
        hubs.gateways[number % len(hubs.gateways)].report(f"{name}-{number}")
        if number % max(1, int(rate)) == 0:
            for gateway in hubs.gateways:
                gateway.beat()
    return made


def heard(pages: Iterable[Page], made: dict[str, float]) -> list[tuple[int, int]]:
    """How many of these each page was told of, at the latest ten seconds after the last was taken."""
    end = time.monotonic() + 10
    told: list[int] = []
    while time.monotonic() < end:
        told = [len(page.zones.keys() & made.keys()) for page in pages]
        if min(told) == len(made):
            break
        time.sleep(0.1)
    return list(enumerate(told, 1))


def pictures(hubs: SeveralHubs) -> dict[str, Any]:
    """How many pictures each hub gives of all that cases name."""
    client = hubs.client(0)
    found: Counter[int] = Counter()
    wanted, after = 0, None
    while True:
        query = {"limit": 100} | ({} if after is None else {"after": after})
        page = client.get("/api/cases", params=query).json()
        for case in page["items"]:
            for picture in (case["picture_id"], case["crop_id"]):
                wanted += 1
                for number in range(len(hubs.hubs)):
                    found[number] += picture is not None and _is_given(hubs, client, number, picture)
        after = page.get("next")
        if after is None:
            return {f"of {wanted} pictures, given by hub {number + 1}": found[number] for number in sorted(found)}


def _is_given(hubs: SeveralHubs, client: httpx.Client, number: int, picture: str) -> bool:
    answer = httpx.get(f"{hubs.hubs[number].url}/api/evidence/{picture}", cookies=client.cookies, timeout=60)
    return answer.is_success


def move(hubs: SeveralHubs, page: Page) -> float:
    """Make a move at the first hub; seconds until a page of the second is told."""
    client = hubs.client(0)
    case = client.get("/api/cases", params={"limit": 1}).json()["items"][0]["id"]
    known = set(page.changes)
    begun = time.monotonic()
    client.post(f"/api/cases/{case}/moves/comment", json={"note": "on my way"}).raise_for_status()
    wait_for("the move", lambda: any(told[0] == case for told in set(page.changes) - known), step=0.005)
    return round(time.monotonic() - begun, 3)


def rebirths(hubs: SeveralHubs) -> str:
    """Ask every gateway to look again and start them all again; how many commands each got, least and most."""
    now = datetime.now(UTC)
    with hubs.database.write() as session:
        for gateway in hubs.gateways:
            case = session.scalars(select(Case.id).where(Case.gateway == gateway.name)).first()
            row = LookAgainQuestion(command_id=uuid4(), case_id=case, gateway=gateway.name, asked_at=now)
            row.asked_by, row.expires_at, row.reason, row.measures = "lead", now + timedelta(hours=1), "", []
            session.add(row)
    for gateway in hubs.gateways:
        gateway.be_born()
    time.sleep(10)
    with hubs.database.write() as session:
        session.query(LookAgainQuestion).update({"answered_at": now})
    counts = [len([one for one in gateway.commands if isinstance(one, LookAgain)]) for gateway in hubs.gateways]
    return f"{min(counts)} to {max(counts)}"


def delays(pages: Iterable[Page], made: dict[str, float], name: str) -> dict[str, Any]:
    """How long events took from the outbox to pages, over all pages."""
    took = sorted(page.zones[zone] - at for page in pages for zone, at in made.items() if zone in page.zones)
    if not took:
        return {}
    at = {share: round(took[min(len(took) - 1, int(share * len(took)))], 3) for share in (0.5, 0.95, 0.99)}
    return {f"{name}: seconds to a page, p50, p95, p99, most": (*at.values(), round(took[-1], 3))}


def killed(hubs: SeveralHubs, pages: list[Page], count: int, rate: float) -> dict[str, Any]:
    """Report again, kill the first hub in the middle, and compare what was made with what is there.

    Where the broker is a cluster, one of its servers dies after a quarter.
    """
    dies: dict[int, Killable] = {count // 2: hubs.hubs[0]}
    if len(hubs.broker.servers) > 1:
        dies[count // 4] = hubs.broker.servers[0]
    made = report(hubs, "killed", count, rate, dies)
    hubs.wait_until_taken(600)
    told = heard(pages, made)
    with hubs.database.read() as session:
        zones = Counter(session.scalars(select(Alarm.zone).where(Alarm.zone.like("killed-%"))))
        cases = session.scalar(select(func.count()).select_from(Case).where(Case.zone.like("killed-%"))) or 0
        files = session.scalar(
            select(func.count())
            .select_from(EvidenceFile)
            .join(Alarm, Alarm.event_id == EvidenceFile.event_id)
            .where(Alarm.zone.like("killed-%"))
        )
    return {
        "events while one hub is killed": f"{count} at {rate:g} a second",
        "lost, doubled": (len(made.keys() - zones.keys()), cases - len(zones)),
        "pictures lost": 2 * count - (files or 0),
        **{f"of these told to page {number} while one hub died": one for number, one in told},
        "pages that had to load everything anew": sum(page.reloads for page in pages),
        **delays(pages, made, "one hub killed"),
    }


if __name__ == "__main__":
    main()
