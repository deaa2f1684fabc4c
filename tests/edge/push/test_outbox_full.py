"""Without room: events come before pictures, pictures before clips, and what was lost is counted."""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.edge.push.makers import clip_entry, event_entry, evidence_entry

from sharp_eyes.contract.status import OutboxState
from sharp_eyes.edge.push.outbox import RETRY_SECONDS, Outbox

ROOT = Path(__file__).parents[3]


def ids(outbox: Outbox) -> list[str]:
    return [row.id for row in outbox.pending(100_000)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 2 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mount.returncode != 0:
        pytest.skip(f"a small file system cannot be mounted here (root is needed): {mount.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_newer_evidence_pushes_out_the_oldest_clips(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """At the budget's end the oldest clips go first; events and pictures stay; the log names the folder."""
    outbox = Outbox(tmp_path, max_bytes=5000)
    outbox.put([event_entry(1), evidence_entry(1, 1000), clip_entry(1, 2000)])
    outbox.put([clip_entry(2, 2000)])
    outbox.put([event_entry(3), evidence_entry(3, 1000), clip_entry(3, 2000)])
    wanted = [event_entry(1), event_entry(3), evidence_entry(1), evidence_entry(3), clip_entry(3)]
    assert ids(outbox) == [entry.message.id for entry in wanted]
    assert outbox.state().lost == 2
    assert outbox.state().bytes == 4000
    assert str(tmp_path) in caplog.text
    assert "raise outbox.max_bytes" in caplog.text


def test_a_clip_never_pushes_out_a_picture(tmp_path: Path) -> None:
    """Where only pictures are left, a new clip is the one that is lost; a new picture replaces the oldest."""
    outbox = Outbox(tmp_path, max_bytes=3000)
    outbox.put([event_entry(1), evidence_entry(1, 1500), evidence_entry(2, 1500)])
    outbox.put([event_entry(3), clip_entry(3, 500)])
    assert ids(outbox)[2:] == [evidence_entry(1).message.id, evidence_entry(2).message.id]
    outbox.put([evidence_entry(4, 1500)])
    assert ids(outbox)[2:] == [evidence_entry(2).message.id, evidence_entry(4).message.id]
    assert outbox.state().lost == 2


def test_a_full_disk_costs_clips_and_never_an_event(small_disk: Path) -> None:
    """On a real full disk events go on being written, at the cost of the oldest evidence."""
    outbox = Outbox(small_disk, max_bytes=1024**3)
    number = 0
    while outbox.state().lost < 5:
        number += 1
        outbox.put([event_entry(number), evidence_entry(number, 60_000), clip_entry(number, 90_000)])
        assert number < 100
    on_disk = {row.id for row in outbox._table.pending(1000)}
    outbox.close()
    events = {event_entry(one).message.id for one in range(1, number + 1)}
    assert events <= on_disk
    assert evidence_entry(number).message.id in on_disk

    outbox = Outbox(small_disk, max_bytes=1024**3)
    assert events <= set(ids(outbox))
    assert outbox.state().lost >= 5
    for row in outbox.pending(1000):
        if row.attachment:
            assert len(outbox.read_part(row.attachment, 0)) == row.attachment.size


def test_an_event_is_held_in_memory_until_there_is_room(small_disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With the disk filled by others: nothing raises, events can be sent from memory, and are written later."""
    caplog.set_level(logging.WARNING)
    outbox = Outbox(small_disk, max_bytes=1024**3)
    outbox.put([event_entry(0)])
    fill(small_disk / "other")
    for number in range(1, 300):
        outbox.put([event_entry(number), evidence_entry(number, 50_000)])
    assert outbox.state().lost == 299
    assert [row.id for row in outbox.pending(1000)] == [event_entry(number).message.id for number in range(300)]
    assert outbox._held
    assert caplog.text.count("held in memory until then") == 1
    assert f"outbox {small_disk} cannot be written" in caplog.text
    outbox.forget([event_entry(299).message.id])

    (small_disk / "other").unlink()
    time.sleep(RETRY_SECONDS)
    assert len(outbox.pending(1000)) == 299
    assert not outbox._held
    assert "can be written again" in caplog.text
    outbox.close()
    outbox = Outbox(small_disk, max_bytes=1024**3)
    assert ids(outbox) == [event_entry(number).message.id for number in range(299)]
    assert outbox.state() == OutboxState(pending=299, bytes=0, refused=0, lost=299)


def test_an_ack_is_taken_on_a_full_disk(small_disk: Path) -> None:
    """Forgetting needs no room of its own: what was acknowledged is not sent again, and its file makes room."""
    outbox = Outbox(small_disk, max_bytes=1024**3)
    outbox.put([event_entry(0), evidence_entry(0, 200_000), evidence_entry(1, 10_000)])
    fill(small_disk / "other")
    outbox.forget([evidence_entry(0).message.id])
    assert evidence_entry(0).message.id not in ids(outbox)
    assert outbox.state().bytes == 10_000


LIMITED = """
import resource, sys
from pathlib import Path
from sharp_eyes.edge.push.outbox import Outbox
from tests.edge.push.makers import event_entry, evidence_entry
outbox = Outbox(Path(sys.argv[1]), 1024**3)
outbox.put([event_entry(1), evidence_entry(1, 20_000)])
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, resource.RLIM_INFINITY))
outbox.put([event_entry(2), evidence_entry(2, 50_000)])
assert outbox.state().lost == 1, outbox.state()
assert len(outbox.pending(10)) == 3, outbox.pending(10)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
outbox.put([event_entry(3)])
assert not outbox._held
outbox.close()
"""


def test_a_file_size_limit_is_no_reason_to_drop_older_evidence(tmp_path: Path) -> None:
    """A write that fails for another reason than room loses its own evidence, and nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    outbox = Outbox(tmp_path, 1024**3)
    wanted = [event_entry(1), event_entry(2), event_entry(3), evidence_entry(1)]
    assert ids(outbox) == [entry.message.id for entry in wanted]


def test_a_full_database_holds_messages_in_memory(tmp_path: Path) -> None:
    """Where SQLite itself finds no page, events wait in memory and are written once it does."""
    outbox = Outbox(tmp_path, 1024**3)
    connection = outbox._table._connection
    pages = int(connection.execute("PRAGMA page_count").fetchone()[0])
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    for number in range(50):
        outbox.put([event_entry(number)])
    assert len(outbox._held) > 10
    assert len(outbox.pending(100)) == 50
    connection.execute("PRAGMA max_page_count = 100000")
    outbox.put([event_entry(50)])
    assert not outbox._held
    assert ids(outbox) == [event_entry(number).message.id for number in range(51)]


def fill(path: Path) -> None:
    """Use up the file system."""
    with path.open("wb", buffering=0) as file:
        size = 65536
        while size:
            try:
                os.write(file.fileno(), b"\0" * size)
            except OSError:
                size //= 2


def test_an_outbox_that_can_only_be_read_holds_its_messages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As when the system makes a faulty disk so; the log says it and does not speak of room. Later it goes on."""
    monkeypatch.setattr("sharp_eyes.edge.push.outbox.RETRY_SECONDS", 0.0)
    outbox = Outbox(tmp_path, max_bytes=5000)
    outbox.put([event_entry(1)])
    outbox._table._connection.execute("PRAGMA query_only = ON")
    outbox.put([event_entry(2)])
    assert ids(outbox) == [event_entry(1).message.id, event_entry(2).message.id]
    assert f"outbox {tmp_path} can only be read" in caplog.text
    assert "free disk space" not in caplog.text
    outbox._table._connection.execute("PRAGMA query_only = OFF")
    outbox.forget([event_entry(1).message.id])
    assert "can be written again" in caplog.text
    outbox.close()
    assert ids(Outbox(tmp_path, max_bytes=5000)) == [event_entry(2).message.id]
