"""A gateway without cameras: drives the real outbox and publisher with events that follow from their number.

A process of its own, made to be killed. What it is about to put into the outbox it first writes to a journal, which
is synced to disk; after the put it writes and syncs another line. Started again it goes on where the journal ends;
a step that was begun and not finished is done again, with the same ids.

Example:
  python -m tests.e2e.gateway_driver --folder /tmp/driver --url mqtt://127.0.0.1:18830 --events 300 --rate 20

It ends with status 0 once all events are put and the hub has acknowledged them all.
"""

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid4, uuid5

import numpy as np

from sharp_eyes.contract.command import Command
from sharp_eyes.contract.envelope import EvidenceMessage, SceneEventMessage, wrap
from sharp_eyes.contract.event import Grade, Measure, Phase, SceneEvent, SceneName
from sharp_eyes.contract.status import Birth, CameraHealth, CameraNote, CameraState
from sharp_eyes.edge.frame import Frame
from sharp_eyes.edge.push.entry import Entry
from sharp_eyes.edge.push.evidence import picture_entries
from sharp_eyes.edge.push.outbox import Outbox
from sharp_eyes.edge.push.publisher import Publisher
from sharp_eyes.edge.settings import HubConnectionSettings

GATEWAY = "driver-1"
CAMERA = "cam-1"
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
UPDATE_AFTER, CLOSE_AFTER = 3, 5
"""Steps from an event's opening to its update and its closing."""

SCENES = tuple(SceneName)
SPOT_EVENTS = 2 * len(SCENES)
"""Of so many events in a row each scene has two at one spot: the second joins the first one's case."""


def step_entries(step: int, events: int) -> list[Entry]:
    """What happens at one step: one event opens, with pictures; older ones are updated and closed."""
    entries = []
    if step < events:
        event, frame = _event(step, Phase.OPENED), _frame(step)
        entries += [Entry(wrap(GATEWAY, event)), *picture_entries(event, frame, GATEWAY)]
    for number, phase in ((step - UPDATE_AFTER, Phase.UPDATED), (step - CLOSE_AFTER, Phase.CLOSED)):
        if 0 <= number < events:
            entries.append(Entry(wrap(GATEWAY, _event(number, phase))))
    if step % 25 == 0:
        entries.append(Entry(wrap(GATEWAY, _health(step))))
    return entries


def _event(number: int, phase: Phase) -> SceneEvent:
    sequence = {Phase.OPENED: 0, Phase.UPDATED: 1, Phase.CLOSED: 2}[phase]
    began = START + timedelta(seconds=10 * number)
    return SceneEvent(
        event_id=uuid5(NAMESPACE_URL, f"driver/{number}"),
        sequence=sequence,
        phase=phase,
        scene=SCENES[number % len(SCENES)],
        gateway=GATEWAY,
        camera=CAMERA,
        zone=f"kerb-{number // SPOT_EVENTS}",
        started_at=began,
        observed_at=began + timedelta(seconds=60 * sequence),
        ended_at=began + timedelta(seconds=110) if phase is Phase.CLOSED else None,
        grade=Grade.SERIOUS if sequence else Grade.ORDINARY,
        score=0.9,
        measures=(Measure(name="dwell", value=60.0 * sequence, unit="s", threshold=30.0),),
        box=(0.25, 0.25, 0.75, 0.75),
    )


def _frame(number: int) -> Frame:
    """A small picture; every tenth is large and noisy, so that its file travels in several parts."""
    rows, columns = (600, 800) if number % 10 == 0 else (48, 64)
    noise = np.random.default_rng(number).integers(0, 255, (rows, columns, 3), dtype=np.uint8)
    moment = START + timedelta(seconds=10 * number)
    return Frame.of_picture(CAMERA, moment.timestamp(), noise)


def _health(step: int) -> CameraHealth:
    state = CameraState.LOST if step % 50 else CameraState.ONLINE
    return CameraHealth(camera=CAMERA, state=state, since=START + timedelta(seconds=step))


def last_step(events: int) -> int:
    """The step at which the last event closes."""
    return events - 1 + CLOSE_AFTER


class Journal:
    """What was put, as the driver wrote it down; each line is on disk before the next thing happens."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, stage: str, step: int, entries: list[Entry]) -> None:
        """Add a line, ``about`` to put or ``put``, and sync it."""
        line = json.dumps({"stage": stage, "step": step, "messages": [_note(entry) for entry in entries]})
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    def lines(self) -> Iterator[dict[str, object]]:
        """All whole lines; one that a death cut off does not count."""
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                try:
                    yield json.loads(line)
                except json.JSONDecodeError:
                    continue

    def next_step(self) -> int:
        """The first step that is not known to be put."""
        done = [step for line in self.lines() if line["stage"] == "put" and isinstance(step := line["step"], int)]
        return max(done, default=-1) + 1

    def has_begun_step(self) -> bool:
        """Whether the last step is begun and not yet put."""
        tail = self._path.read_bytes()[-8000:] if self._path.exists() else b""
        last = tail.rstrip(b"\n").rpartition(b"\n")[2]
        return tail.endswith(b"\n") and last.startswith(b'{"stage": "about"')

    def mend(self) -> None:
        """End a line that a death cut off, so that the next one stands alone."""
        if self._path.exists() and not self._path.read_bytes().endswith(b"\n"):
            with self._path.open("a", encoding="utf-8") as file:
                file.write("\n")


def _note(entry: Entry) -> dict[str, object]:
    message = entry.message
    note: dict[str, object] = {"id": message.id, "type": message.type}
    if isinstance(message, SceneEventMessage):
        note |= {"event_id": str(message.data.event_id), "sequence": message.data.sequence}
    if isinstance(message, EvidenceMessage):
        note |= {"event_id": str(message.data.event_id), "sha256": message.data.sha256, "size": message.data.size}
    return note


def drive(arguments: argparse.Namespace) -> None:
    """Put what is left to put, at the given rate, and wait until the hub has it all."""
    folder: Path = arguments.folder
    journal = Journal(folder / "journal.jsonl")
    journal.mend()
    outbox = Outbox(folder / "outbox", 1024**3)
    birth = Birth(
        gateway=GATEWAY,
        session=uuid4().hex,
        time=datetime.now(UTC),
        version="driver",
        cameras=(CameraNote(camera=CAMERA, name="Driver's camera"),),
    )
    settings = HubConnectionSettings(url=arguments.url, password_file=arguments.password_file)
    publisher = Publisher(settings, GATEWAY, outbox, birth, _ignore)
    publisher.start()
    begun, first, pause = time.monotonic(), journal.next_step(), 0.5 / arguments.rate
    for step in range(first, last_step(arguments.events) + 1):
        time.sleep(max(0.0, begun + (step - first) / arguments.rate - time.monotonic()))
        entries = step_entries(step, arguments.events)
        journal.write("about", step, entries)
        # A put takes a millisecond or two: a killer on a busy machine would seldom meet one.
        time.sleep(pause if step % 3 == 0 else 0.0)
        outbox.put(entries)
        time.sleep(pause if step % 3 == 1 else 0.0)
        journal.write("put", step, entries)
    while outbox.state().pending:
        publisher.heartbeat([])
        time.sleep(0.5)
    state = outbox.state()
    publisher.stop()
    outbox.close()
    print(state.model_dump_json())
    if state.refused or state.lost:
        sys.exit(f"refused or lost: {state}")


def _ignore(_command: Command) -> None:
    """Questions of the hub's rules; nothing here looks again."""


def main() -> None:
    """Read the command line and drive."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.e2e.gateway_driver",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--folder", type=Path, required=True, help="outbox and journal; kept between runs")
    parser.add_argument("--url", required=True, help="the hub's broker")
    parser.add_argument("--password-file", type=Path, help="the gateway's password")
    parser.add_argument("--events", type=int, default=300, help="how many events in all")
    parser.add_argument("--rate", type=float, default=20.0, help="events a second")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    drive(arguments)


if __name__ == "__main__":
    main()
