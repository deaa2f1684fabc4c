"""Puts the load of many gateways on a real hub behind a real broker, and says what the hub makes of it.

Simulated gateways connect, are born, beat and report events with pictures, as the contract has it (``many_gateways``).
First all come in and beat for a while, each in its turn; then the power fails everywhere, and all come back at once in
new sessions, with their heartbeats at one and the same moment. What the hub has taken is read from its database. Says:
seconds until all births were taken, the share of heartbeats that were taken before the next was sent, how many gateways
were taken as gone though they beat, how long a message took from its making until the hub had committed it,
processor time and memory of hub, broker and database, and what was lost or doubled.

Times by the clock hold for a machine that does nothing else; processor time holds nearly anywhere.
"""

import argparse
import asyncio
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

sys.path.insert(0, str(Path(__file__).parents[2]))

from scripts.bench.many_gateways import SimulatedGateway, bring_in, keep_beating, keep_in, keep_reporting
from scripts.bench.processes import Process, tree
from tests.e2e.brokers import Hashes, mosquitto, nats_cluster
from tests.e2e.killable import HubProcess
from tests.hub.databases import cluster

from sharp_eyes.hub.broker.login import HUB_USER
from sharp_eyes.hub.broker.passwords import bcrypt_hash, mosquitto_hash, new_password
from sharp_eyes.hub.hub import prepared_hub
from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.database import Database
from sharp_eyes.hub.store.tables import Camera, EvidenceFile, Gateway

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/load.py                                          500 gateways, Mosquitto, SQLite
  .venv/bin/python scripts/bench/load.py --gateways 5000 --database postgresql
  .venv/bin/python scripts/bench/load.py --gateways 100 --broker nats --database postgresql
  .venv/bin/python scripts/bench/load.py --broker bundled --events 20 --pictures 2
"""
AREA = "demo/first-street/east"
BROKERS = {"mosquitto": mosquitto, "nats": nats_cluster}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gateways", type=int, default=500)
    parser.add_argument("--cameras", type=int, default=20, help="of each gateway")
    parser.add_argument("--interval", type=float, default=5.0, help="seconds between heartbeats; the product's default")
    parser.add_argument("--broker", choices=["bundled", *BROKERS], default="mosquitto", help="nats: three servers")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite", help="both with fsync on")
    parser.add_argument("--events", type=float, default=2.0, help="events a second, of all together; 0: none")
    parser.add_argument("--pictures", type=int, default=0, help="of each event")
    parser.add_argument("--picture-bytes", type=int, default=150_000)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long all beat, before and after the power cut")
    parser.add_argument("--away", type=float, default=20.0, help="seconds without power")
    parser.add_argument("--patience", type=float, default=600.0, help="seconds that anything may take at most")
    parser.add_argument("--json", type=Path, help="write the figures into this file, too")
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with ExitStack() as stack:
        stand = Stand(stack, given)
        found = asyncio.run(measure(stand, given))
    said = json.dumps(found, indent=1)
    print(said)
    if given.json is not None:
        given.json.write_text(said, encoding="utf-8")


class Stand:
    """Hub, broker and database, with the gateways registered; everything ends with the stack."""

    def __init__(self, stack: ExitStack, given: argparse.Namespace) -> None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="load-")))
        self.processes: dict[str, Callable[[], list[Process]]] = {}
        settings: dict[str, Any] = {"limits": {"storm_events": 0}}
        self.url = f"sqlite:///{folder / 'data' / 'hub.db'}"
        if given.database == "postgresql":
            postgresql = stack.enter_context(cluster("fsync=on", "shared_buffers=512MB"))
            self.url = postgresql.url("postgres")
            settings["database"] = self.url
            self.processes["database"] = lambda: tree(postgresql.pid)
        password = new_password()
        hashes = Hashes(mosquitto_hash(password), bcrypt_hash(password))
        self.gateways = [
            SimulatedGateway(f"gate-{number}", password, given.cameras) for number in range(given.gateways)
        ]
        if given.broker != "bundled":
            all_hashes = {gateway.name: hashes for gateway in self.gateways}
            broker = stack.enter_context(BROKERS[given.broker](folder / "broker", all_hashes))
            self.port = broker.port
            login = {"url": broker.url, "username": HUB_USER, "password_file": str(broker.hub_password)}
            settings["broker"] = {"kind": "external", **login}
            self.processes["broker"] = lambda: [Process(server.pid) for server in broker.servers]
        self.hub = HubProcess(folder, **settings)
        self._register(folder / "data", hashes)
        self.hub.start()
        stack.callback(self.hub.stop)
        self.hub.wait_until_healthy()
        self.processes["hub"] = lambda: [Process(self.hub.pid)]
        if given.broker == "bundled":
            self.port = self.hub.broker_port
            child = int((self.hub.data / "broker" / "broker.pid").read_text())
            self.processes["broker"] = lambda: [Process(child)]
        self.database = Database(self.url)
        stack.callback(self.database.close)

    def _register(self, data: Path, hashes: Hashes) -> None:
        """Each with the same password: to hash thousands would take minutes."""
        with prepared_hub(HubSettings(data=data, database=self.url)) as hub:
            hub.take_city()
            with hub.transaction() as work:
                row = {"area": AREA, "created_at": work.now, "online": False}
                row |= {"bcrypt_hash": hashes.bcrypt, "pbkdf2_hash": hashes.pbkdf2}
                work.session.execute(insert(Gateway), [{"name": one.name, **row} for one in self.gateways])

    def spent(self) -> dict[str, float]:
        """Seconds of processor time by now."""
        return {name: sum(one.seconds for one in found()) for name, found in self.processes.items()}

    def heard(self) -> dict[str, tuple[str | None, bool, datetime | None]]:
        """Session, whether it is there, and last heartbeat of each gateway, as the database has them."""
        query = select(Gateway.name, Gateway.session, Gateway.online, Gateway.last_heartbeat_at)
        with self.database.read() as session:
            return {name: (lives, online, at) for name, lives, online, at in session.execute(query)}


@dataclass
class Watched:
    """What is seen of the gateways once a second while they beat."""

    beats: int = 0
    late: int = 0
    gone: int = 0

    async def run(self, stand: Stand) -> None:
        """Look; until cancelled."""
        while True:
            await asyncio.sleep(1.0)
            due = {gateway.name: gateway.beaten_at[1] for gateway in stand.gateways}
            heard = await asyncio.to_thread(stand.heard)
            for name, before in due.items():
                if before is not None:
                    _, online, at = heard[name]
                    self.beats += 1
                    self.late += at is None or at < before
                    self.gone += not online


@dataclass
class Phase:
    """A stretch of time, and what it cost."""

    stand: Stand
    began: float = field(default_factory=time.monotonic)
    before: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = self.stand.spent()

    def cost(self) -> dict[str, float]:
        """Seconds by the clock and of each process's processors since the beginning."""
        spent = {name: round(one - self.before[name], 1) for name, one in self.stand.spent().items()}
        return {"clock": round(time.monotonic() - self.began, 1), **spent}


async def measure(stand: Stand, given: argparse.Namespace) -> dict[str, Any]:
    """Let all come in, beat, lose power, come back and beat again."""
    found: dict[str, Any] = {name: value for name, value in vars(given).items() if name != "json"}
    found["load before"] = os.getloadavg()[0]
    zones = Zones()
    lost: list[int] = []
    found["first births"] = await come_in(stand, given)
    keeping = asyncio.create_task(keep_in(stand.gateways, stand.port, lost))
    found["beating in turn"] = await beat(stand, given, zones, at_once=False)
    keeping.cancel()
    for gateway in stand.gateways:
        gateway.lose_power()
    await asyncio.sleep(given.away)
    found["taken as gone after the power cut"] = sum(not one[1] for one in stand.heard().values())
    found["births after the power cut"] = await come_in(stand, given)
    keeping = asyncio.create_task(keep_in(stand.gateways, stand.port, lost))
    found["beating at once"] = await beat(stand, given, zones, at_once=True)
    found["messages left"] = await until_taken(stand, given)
    keeping.cancel()
    found["connections that the broker ended"] = sum(lost)
    found |= compared(stand, zones, given)
    found["hub's memory, MiB: now, most"] = Process(stand.hub.pid).memory
    for gateway in stand.gateways:
        gateway.lose_power()
    return found


class Zones(Iterator[str]):
    """Names of spots, each once."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def __next__(self) -> str:
        """One that was not there before."""
        self.made.append(f"spot-{len(self.made)}")
        return self.made[-1]


async def come_in(stand: Stand, given: argparse.Namespace) -> dict[str, Any]:
    """Begin new lives all at once; what it took until all were in, and until the hub had taken every birth."""
    phase = Phase(stand)
    for gateway in stand.gateways:
        gateway.restart()
    failed = await asyncio.wait_for(bring_in(stand.gateways, stand.port), given.patience)
    came = round(time.monotonic() - phase.began, 1)
    sessions = {gateway.name: gateway.session for gateway in stand.gateways}
    while True:
        heard = await asyncio.to_thread(stand.heard)
        missing = sum(heard[name][:2] != (session, True) for name, session in sessions.items())
        if not missing or time.monotonic() - phase.began > given.patience:
            break
        await asyncio.sleep(0.2)
    said = {"all are at the broker": came, "failed tries": failed, "births missing": missing}
    return said | {"seconds until all births were taken": phase.cost()}


async def beat(stand: Stand, given: argparse.Namespace, zones: Zones, *, at_once: bool) -> dict[str, Any]:
    """Beat and report for a while."""
    for gateway in stand.gateways:
        gateway.delays.clear()
    phase, watched = Phase(stand), Watched()
    works = [keep_beating(stand.gateways, given.interval, at_once=at_once), watched.run(stand)]
    if given.events:
        works.append(keep_reporting(stand.gateways, given.events, given.pictures, given.picture_bytes, zones))
    running = [asyncio.create_task(one) for one in works]
    done, _ = await asyncio.wait(running, timeout=given.seconds, return_when=asyncio.FIRST_EXCEPTION)
    cost = phase.cost()
    for task in running:
        task.cancel()
    for task in done:
        task.result()
    delays = sorted(one for gateway in stand.gateways for one in gateway.delays)
    said: dict[str, Any] = {
        "seconds": cost,
        "heartbeats taken before the next, %": round(100 - 100 * watched.late / max(1, watched.beats), 2),
        "looks at a gateway that found it gone though it beat": watched.gone,
    }
    if delays:
        at = {share: round(delays[min(len(delays) - 1, int(share * len(delays)))], 3) for share in (0.5, 0.95, 0.99)}
        said["seconds until committed, p50, p95, p99, most"] = [*at.values(), round(delays[-1], 3)]
        said["mean"] = round(statistics.mean(delays), 3)
    return said


async def until_taken(stand: Stand, given: argparse.Namespace) -> int:
    """Beat on until the hub has acknowledged everything; how many messages it has not."""
    beating = asyncio.create_task(keep_beating(stand.gateways, given.interval))
    end = time.monotonic() + given.patience
    while any(gateway.pending for gateway in stand.gateways) and time.monotonic() < end:
        await asyncio.sleep(0.5)
    beating.cancel()
    return sum(gateway.pending for gateway in stand.gateways)


def compared(stand: Stand, zones: Zones, given: argparse.Namespace) -> dict[str, Any]:
    """What was made beside what is there."""
    with stand.database.read() as session:
        alarms = Counter(session.scalars(select(Alarm.zone)))
        cases = Counter(session.scalars(select(Case.zone)))
        files = session.scalar(select(func.count()).select_from(EvidenceFile)) or 0
        cameras = session.scalar(select(func.count()).select_from(Camera)) or 0
    return {
        "events made": len(zones.made),
        "lost": len(zones.made) - len(alarms),
        "doubled": sum(alarms.values()) + sum(cases.values()) - 2 * len(alarms),
        "pictures lost": given.pictures * len(zones.made) - files,
        "refused": sum(gateway.refused for gateway in stand.gateways),
        "cameras in the database": cameras,
        "load after": os.getloadavg()[0],
    }


if __name__ == "__main__":
    main()
