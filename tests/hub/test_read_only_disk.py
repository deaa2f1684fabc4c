"""A disk that can only be read for a while, as the system makes a faulty one: said, waited for, and nothing is lost."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hub.bench import JPEG, Bench, announced

from sharp_eyes.hub import cli
from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.disk_room import DiskRoom
from sharp_eyes.hub.store.trouble import command_trouble


def mount(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["mount", *words], capture_output=True, text=True, check=False)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own under a hub's evidence; its files are written and closed, so that it may become read-only."""
    folder = tmp_path / "data" / "evidence"
    folder.mkdir(parents=True)
    done = mount("-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", str(folder))
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here (root is needed): {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def become(disk: Path, how: str) -> None:
    done = mount("-o", f"remount,{how}", str(disk))
    assert done.returncode == 0, done.stderr


def test_evidence_waits_until_its_disk_can_be_written_again(tmp_path: Path, disk: Path) -> None:
    """It is not acknowledged, photos are a 503, health names the disk; all of it goes on by itself."""
    bench = Bench(tmp_path / "data")
    try:
        page, lead = bench.client(Role.HANDLER, unit="traffic-police"), bench.client(Role.ADMINISTRATOR)
        event = bench.report()
        case = lead.get("/api/cases").json()["items"][0]["id"]
        page.post(f"/api/cases/{case}/moves/accept").raise_for_status()
        photo = {"file": ("a.jpg", JPEG, "image/jpeg")}

        become(disk, "ro")
        refused = bench.send_file(announced(JPEG, event, bench.clock()), JPEG)
        assert refused not in bench.out.taken
        assert refused not in bench.out.refused, "it comes again"
        answer = page.post(f"/api/cases/{case}/photos", files=photo)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
        assert "only be read" in answer.json()["detail"]
        health = page.get("/api/health").json()
        assert (health["status"], health["disk"]) == ("degraded", False)
        parts = {one["name"]: one for one in lead.get("/api/health/parts").json()["parts"]}
        assert (parts["disk"]["state"], parts["disk"]["reason"]) == ("failed", "read_only")
        assert bench.report() is not None
        assert lead.get("/api/cases").is_success, "cases go on: the database lies elsewhere"

        become(disk, "rw")
        taken = bench.send_file(announced(JPEG, event, bench.clock()), JPEG)
        assert taken in bench.out.taken
        assert page.post(f"/api/cases/{case}/photos", files=photo).status_code == 201
        assert page.get("/api/health").json()["disk"] is True
    finally:
        bench.close()


def test_the_disk_with_the_least_room_counts(tmp_path: Path, disk: Path) -> None:
    """Where evidence has a small one of its own."""
    room = DiskRoom(tmp_path / "data", 1, ("evidence", "staging"))
    assert room.has_room()
    assert room.free_bytes()[0] <= 8 * 1024**2
    (disk / "much").write_bytes(bytes(8 * 1024**2 - 4096))
    assert not room.has_room(8192)


def test_a_hub_says_which_folder_cannot_be_written(disk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At its start, in one line; and so does whoever would write there."""
    become(disk, "ro")
    with pytest.raises(StoreError, match=f"folder {disk} is on a disk that can only be read"):
        DiskRoom(disk.parent, 0, ("evidence",)).check()
    with pytest.raises(SystemExit) as ended, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["sharp-eyes-hub", "serve", "--data", str(disk / "hub")])
        cli.main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert str(disk / "hub") in said
    assert "Read-only file system" in said
    with pytest.raises(OSError, match="Read-only") as refused:
        (disk / "file").write_text("x")
    assert command_trouble(refused.value) == f"{disk / 'file'}: Read-only file system"
