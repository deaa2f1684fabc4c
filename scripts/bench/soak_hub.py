"""Lets a hub do in minutes what hours bring it, and says how its memory grows with what it has done.

A whole hub (``sharp-eyes-hub serve`` with its broker) gets events with two pictures from gateways that keep to the
contract; two people take each case to its end by the interface, a page listens, and now and then somebody opens a page
anew, signs in and out, loads lists, figures and pictures. After each step its process's memory, descriptors and
threads are written down. A demo of eight hours makes some 3,000 cases: what grows with work shows here within that
many, what grows with the clock alone only in ``soak.py``.
"""

import argparse
import os
import sys
import tempfile
import threading
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from random import Random

import httpx

sys.path.insert(0, str(Path(__file__).parents[2]))

from scripts.bench.intake import AREA, CITIES, Sender, gateway_name, processor_seconds, send_all, with_pictures
from tests.e2e.stand import Stand

EXAMPLES = """examples:
  .venv/bin/python scripts/bench/soak_hub.py
  .venv/bin/python scripts/bench/soak_hub.py --cases 20000 --step 1000
"""
PEOPLE = (("lead", "shift_lead", ()), ("check", "checker", ()), ("police", "handler", ("--unit", "traffic-police")))
TOGETHER = 50
"""Cases that are open at once."""

LOOKS = ("/api/cases?limit=50", "/api/cases/counts", "/api/cameras", "/api/figures", "/api/map", "/api/health")


def main() -> int:
    """Work, and print a line a step."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=6000)
    parser.add_argument("--step", type=int, default=500, help=f"cases between two lines, a multiple of {TOGETHER}")
    given = parser.parse_args()
    given.gateways, given.spots, given.pictures, given.picture_bytes, given.one_by_one = 4, 0, 2, 60_000, False
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sharp-eyes-soak-")))
        stand = Stand(folder, limits={"storm_events": 0}, city=str(CITIES / "demo.yaml"))
        stack.callback(stand.close)
        for name, role, more in PEOPLE:
            stand.add_user(name, role, *more)
        words = [stand.hub.register_gateway(gateway_name(number), AREA) for number in range(given.gateways)]
        stand.hub.start()
        stand.hub.wait_until_healthy()
        senders = [Sender(gateway_name(number), word, stand.hub.broker_port) for number, word in enumerate(words)]
        office = Office(stand, stack)
        print("cases closed, memory MiB, descriptors, threads, processor s")
        bytes_of = Random(1)
        for first in range(0, given.cases, TOGETHER):
            load = [with_pictures(number, given, bytes_of) for number in range(first, first + TOGETHER)]
            send_all(senders, load, given)
            office.work()
            if (first + TOGETHER) % given.step == 0:
                office.come_and_go()
                print(first + TOGETHER, *state_of(stand.hub.pid), sep="\t", flush=True)
        for sender in senders:
            sender.close()
    return 0


class Office:
    """The people at the hub: two who work, one who listens, others that come and go."""

    def __init__(self, stand: Stand, stack: ExitStack) -> None:
        self._stand = stand
        self._clients = {name: stack.enter_context(closing(stand.client(name))) for name, _, _ in PEOPLE}
        listener = stack.enter_context(closing(stand.client("lead")))
        threading.Thread(target=_listen, args=(listener,), daemon=True).start()

    def work(self) -> None:
        """Take each case to its end; the city's rules have dispatched them by themselves, and close them."""
        lead = self._clients["lead"]
        while items := lead.get("/api/cases", params={"state": "dispatched", "limit": 100}).json()["items"]:
            for case in items:
                self._finish(case["id"])

    def come_and_go(self) -> None:
        """Somebody signs in, looks at what pages show, listens for a moment, and signs out."""
        with closing(self._stand.client("lead")) as client:
            for path in LOOKS:
                client.get(path).raise_for_status()
            with client.stream("GET", "/api/stream") as stream:
                next(stream.iter_lines())
            client.delete("/api/session").raise_for_status()

    def _finish(self, case: int) -> None:
        lead, moves = self._clients["lead"], f"/api/cases/{case}/moves"
        shown = lead.get(f"/api/cases/{case}").json()
        for picture in shown["evidence"]:
            lead.get(picture["url"]).raise_for_status()
        for who, move in (("police", "accept"), ("police", "handle"), ("check", "pass")):
            self._clients[who].post(f"{moves}/{move}", json={"note": "the place is clear"}).raise_for_status()


def _listen(client: httpx.Client) -> None:
    with suppress(httpx.HTTPError), client.stream("GET", "/api/stream", timeout=None) as stream:
        for _line in stream.iter_lines():
            pass


def state_of(pid: int) -> tuple[float, int, int, float]:
    """Memory in MiB resident, descriptors, threads, processor seconds of a process."""
    process = Path(f"/proc/{pid}")
    pages = int((process / "statm").read_text(encoding="ascii").split()[1])
    memory = round(pages * os.sysconf("SC_PAGE_SIZE") / 1024**2, 1)
    return (
        memory,
        len(list((process / "fd").iterdir())),
        len(list((process / "task").iterdir())),
        processor_seconds(pid),
    )


if __name__ == "__main__":
    sys.exit(main())
