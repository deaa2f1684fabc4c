"""The outbox on disk: what is put stays until it is forgotten, whoever dies."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.edge.push.makers import clip_entry, event_entry, evidence_entry

from sharp_eyes.contract.base import ContractError
from sharp_eyes.contract.envelope import DurableMessage, parse_durable
from sharp_eyes.contract.status import OutboxState
from sharp_eyes.edge.errors import OutboxError, OutboxInUse
from sharp_eyes.edge.push.entry import Entry, Pending
from sharp_eyes.edge.push.outbox import Outbox

ROOM = 1024**3
ROOT = Path(__file__).parents[3]


def ids(outbox: Outbox) -> list[str]:
    return [row.id for row in outbox.pending(1000)]


def content(outbox: Outbox, row: Pending) -> bytes:
    assert row.attachment is not None
    return b"".join(outbox.read_part(row.attachment, part) for part in range(row.attachment.parts))


def test_gives_back_what_was_put(tmp_path: Path) -> None:
    """A message and its evidence come out as they went in, also after a restart."""
    event, picture = event_entry(1), evidence_entry(1, size=5000, part_size=1024)
    outbox = Outbox(tmp_path, ROOM)
    outbox.put([event, picture])
    outbox.close()

    outbox = Outbox(tmp_path, ROOM)
    first, second = outbox.pending(10)
    assert parse_durable(first.payload) == event.message
    assert parse_durable(second.payload) == picture.message
    assert content(outbox, second) == picture.content
    assert outbox.state() == OutboxState(pending=2, bytes=5000, refused=0, lost=0)


def test_messages_go_before_pictures_and_clips_go_last(tmp_path: Path) -> None:
    """Priority decides first, age second."""
    outbox = Outbox(tmp_path, ROOM)
    entries = [clip_entry(1), evidence_entry(1), event_entry(1), evidence_entry(2), event_entry(2), clip_entry(2)]
    for entry in entries:
        outbox.put([entry])
    wanted = [entries[2], entries[4], entries[1], entries[3], entries[0], entries[5]]
    assert ids(outbox) == [entry.message.id for entry in wanted]


def test_puts_the_same_thing_once(tmp_path: Path) -> None:
    """Saying the same twice leaves one message and one file."""
    outbox = Outbox(tmp_path, ROOM)
    outbox.put([event_entry(1), evidence_entry(1)])
    outbox.put([event_entry(1), evidence_entry(1), event_entry(1)])
    assert outbox.state().pending == 2
    assert outbox.state().bytes == 1000


def test_what_is_acknowledged_twice_at_once_is_forgotten_once(tmp_path: Path) -> None:
    """A hub that took a message twice together may say so twice; the room in use stays true."""
    outbox = Outbox(tmp_path, ROOM)
    outbox.put([evidence_entry(1, size=5000), evidence_entry(2, size=700)])
    outbox.forget([evidence_entry(1).message.id, evidence_entry(1).message.id])
    assert outbox.state() == OutboxState(pending=1, bytes=700, refused=0, lost=0)


def test_forgets_only_what_it_is_told(tmp_path: Path) -> None:
    """Forgetting removes the row and its file; an unknown id is no error; the rest stays."""
    outbox = Outbox(tmp_path, ROOM)
    outbox.put([event_entry(1), evidence_entry(1), event_entry(2)])
    outbox.forget([event_entry(1).message.id, evidence_entry(1).message.id, "never-heard-of"])
    assert ids(outbox) == [event_entry(2).message.id]
    assert list((tmp_path / "evidence").iterdir()) == []
    assert outbox.state().bytes == 0


def test_keeps_refused_messages_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A refused message is counted, not sent again, not put again; its file goes. The log has what can be read."""
    outbox = Outbox(tmp_path, ROOM)
    outbox.put([event_entry(1), evidence_entry(1)])
    outbox.set_aside(evidence_entry(1).message.id, "unknown camera" + "!" * 100_000)
    assert len(caplog.text) < 1000
    outbox.put([evidence_entry(1)])
    outbox.close()
    outbox = Outbox(tmp_path, ROOM)
    assert ids(outbox) == [event_entry(1).message.id]
    assert outbox.state() == OutboxState(pending=1, bytes=0, refused=1, lost=0)
    assert list((tmp_path / "evidence").iterdir()) == []


def test_sweeps_files_that_no_row_names(tmp_path: Path) -> None:
    """A file written just before a death, without its row, is removed at the next start."""
    Outbox(tmp_path, ROOM).close()
    (tmp_path / "evidence" / "0b0e0f5e-0000-4000-8000-000000000000").write_bytes(b"half a picture")
    outbox = Outbox(tmp_path, ROOM)
    assert list((tmp_path / "evidence").iterdir()) == []
    assert outbox.state().lost == 0


def test_counts_a_missing_or_cut_file_as_lost(tmp_path: Path) -> None:
    """A row whose file is not whole is not sent; the loss is counted once and kept across restarts."""
    outbox = Outbox(tmp_path, ROOM)
    outbox.put([event_entry(1), evidence_entry(1), evidence_entry(2), evidence_entry(3)])
    outbox.close()
    (tmp_path / "evidence" / evidence_entry(1).message.id).unlink()
    (tmp_path / "evidence" / evidence_entry(2).message.id).write_bytes(b"short")
    for _ in range(2):
        outbox = Outbox(tmp_path, ROOM)
        assert ids(outbox) == [event_entry(1).message.id, evidence_entry(3).message.id]
        assert outbox.state().lost == 2
        assert outbox.state().bytes == 1000
        outbox.close()


def test_gives_up_a_file_that_vanished_while_running(tmp_path: Path) -> None:
    """Reading names the file and the folder; giving up counts it as lost."""
    outbox = Outbox(tmp_path, ROOM)
    outbox.put([evidence_entry(1)])
    [row] = outbox.pending(1)
    (tmp_path / "evidence" / row.id).unlink()
    assert row.attachment is not None
    with pytest.raises(OutboxError, match=row.id):
        outbox.read_part(row.attachment, 0)
    outbox.give_up(row.id)
    outbox.give_up(row.id)
    assert outbox.state() == OutboxState(pending=0, bytes=0, refused=0, lost=1)


def test_belongs_to_one_process(tmp_path: Path) -> None:
    """A second gateway on the same folder is told so."""
    first = Outbox(tmp_path, ROOM)
    with pytest.raises(OutboxInUse, match="another process uses it"):
        Outbox(tmp_path, ROOM)
    first.close()
    Outbox(tmp_path, ROOM).close()


def test_says_what_to_do_with_a_damaged_database(tmp_path: Path) -> None:
    """A file that is no database is named, with advice."""
    (tmp_path / "outbox.sqlite3").write_bytes(b"garbage" * 500)
    with pytest.raises(OutboxError, match=r"outbox\.sqlite3 is damaged .* move the folder aside"):
        Outbox(tmp_path, ROOM)


def test_says_what_to_do_with_a_database_of_something_else(tmp_path: Path) -> None:
    """It is no matter of room."""
    with contextlib.closing(sqlite3.connect(tmp_path / "outbox.sqlite3")) as other:
        other.execute("CREATE TABLE message (thing TEXT)")
    with pytest.raises(OutboxError, match=r"outbox\.sqlite3 is none of this version .* move the folder aside"):
        Outbox(tmp_path, ROOM)


def test_says_what_to_do_with_a_database_that_is_damaged_within(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It opens, and no room that is freed mends it."""
    with contextlib.closing(Outbox(tmp_path, ROOM)) as outbox:
        for number in range(200):
            outbox.put([event_entry(number)], {"cam/looks": "x" * 3000})
    path = tmp_path / "outbox.sqlite3"
    pages = bytearray(path.read_bytes())
    pages[3 * 4096 : 4 * 4096] = bytes(4096)
    path.write_bytes(pages)
    with contextlib.closing(Outbox(tmp_path, ROOM)) as outbox:
        outbox.put([event_entry(999)], {"cam/looks": "y"})
        assert "is damaged" in caplog.text
        assert "move the folder aside" in caplog.text
        assert "free disk space" not in caplog.text


def test_says_when_the_folder_cannot_be_made(tmp_path: Path) -> None:
    """A path below a file cannot become a folder; the error names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutboxError, match="file/outbox"):
        Outbox(tmp_path / "file" / "outbox", ROOM)


def test_a_commit_is_synced_to_disk(tmp_path: Path) -> None:
    """The database runs with a write-ahead log and full synchronisation."""
    outbox = Outbox(tmp_path, ROOM)
    connection: sqlite3.Connection = outbox._table._connection
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    ("message", "wrong"),
    [(event_entry(1).message, b"bytes"), (evidence_entry(1).message, None), (evidence_entry(1).message, b"x" * 1000)],
)
def test_an_entry_holds_together(message: DurableMessage, wrong: bytes | None) -> None:
    """Content belongs to evidence only, with the announced size and sha256."""
    with pytest.raises(ContractError):
        Entry(message, wrong)


WRITER = """
import sys
from pathlib import Path
from sharp_eyes.edge.push.outbox import Outbox
from tests.edge.push.makers import event_entry, evidence_entry
outbox, number = Outbox(Path(sys.argv[1]), 1024**3), int(sys.argv[2])
while True:
    outbox.put([event_entry(number), evidence_entry(number, 30_000)])
    print(number, flush=True)
    if number % 3 == 0:
        outbox.forget([event_entry(number).message.id, evidence_entry(number).message.id])
        print(-number, flush=True)
    number += 1
"""


def test_survives_sigkill_at_any_moment(tmp_path: Path) -> None:
    """Twelve deaths at random moments: all that was put and not forgotten is there, whole, and nothing else."""
    chance = random.Random(20260301)
    number, expected, may_be_gone = 1, set[int](), set[int]()
    for _ in range(12):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as writer:
            assert writer.stdout is not None
            said = [int(writer.stdout.readline())]
            time.sleep(chance.uniform(0.0, 0.08))
            os.kill(writer.pid, signal.SIGKILL)
            said += [int(line) for line in writer.stdout.read().split()]
        put = {one for one in said if one > 0}
        expected = (expected | put) - {-one for one in said if one < 0}
        may_be_gone = {one for one in put if one % 3 == 0 and -one not in said}
        number = max(put) + 1

        outbox = Outbox(tmp_path, ROOM)
        rows = {row.id: row for row in outbox.pending(100_000)}
        files = {path.name for path in (tmp_path / "evidence").iterdir()}
        wanted = {event_entry(one).message.id: one for one in expected}
        assert files == {row.id for row in rows.values() if row.attachment}
        assert outbox.state().lost == 0
        gone = {wanted[one] for one in wanted if one not in rows}
        assert gone <= may_be_gone
        extra = {row.id for row in rows.values() if not row.attachment} - set(wanted)
        assert extra <= {event_entry(number).message.id}
        for one in expected - gone:
            entry = evidence_entry(one, 30_000)
            assert content(outbox, rows[entry.message.id]) == entry.content
        outbox.close()
        expected -= gone
        number += len(extra)
        expected |= {number - 1} if extra else set()


def test_what_is_remembered_is_there_after_a_restart(tmp_path: Path) -> None:
    """The latest content of a name is kept, with messages and without."""
    outbox = Outbox(tmp_path, ROOM)
    outbox.put([event_entry(1)], {"gate/looks": "first", "gate/frames": "other"})
    outbox.put([], {"gate/looks": "second"})
    assert outbox.memory("gate/looks") == "second"
    outbox.close()

    outbox = Outbox(tmp_path, ROOM)
    assert outbox.memory("gate/looks") == "second"
    assert outbox.memory("gate/frames") == "other"
    assert outbox.memory("nobody/looks") is None
    assert len(ids(outbox)) == 1


def test_a_message_and_what_is_remembered_with_it_are_kept_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk takes no row, both wait in memory; a death then loses both."""
    outbox = Outbox(tmp_path, ROOM)
    outbox.put([event_entry(1)], {"gate/looks": "before"})

    def full(*_: object, **__: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(outbox._table, "write", full)
        outbox.put([event_entry(2)], {"gate/looks": "after"})
        assert outbox.memory("gate/looks") == "after"
        assert outbox._table.memory("gate/looks") == "before"
        assert len(ids(outbox)) == 2
    outbox.put([event_entry(3)])
    assert outbox._table.memory("gate/looks") == "after"
    assert len(ids(outbox)) == 3


def test_what_waits_is_for_the_gateways_user_alone(tmp_path: Path) -> None:
    """Pictures of people; also where an older gateway left the folder open to all."""
    folder = tmp_path / "outbox"
    folder.mkdir(mode=0o755)
    Outbox(folder, ROOM).close()
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "evidence").stat().st_mode & 0o077 == 0
