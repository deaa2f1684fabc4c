"""Backup of a running hub and its restoration: real process, both databases, while events come in."""

import os
import shutil
import tarfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import yaml
from alembic import command
from alembic.config import Config
from sqlalchemy import select, text
from tests.hub.bench import JPEG, Bench, announced, scene_event
from tests.hub.databases import Cluster
from tests.hub.test_walk import Stand

import sharp_eyes.hub.store
from sharp_eyes.hub import backup
from sharp_eyes.hub.errors import StoreError
from sharp_eyes.hub.hub import prepared_hub, utc_now
from sharp_eyes.hub.settings import HubSettings
from sharp_eyes.hub.store.case_tables import Alarm, Case
from sharp_eyes.hub.store.tables import EvidenceFile

MIGRATIONS = Path(sharp_eyes.hub.store.__path__[0]) / "migrations"


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two databases of one kind: the hub's and an empty one."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'hub.db'}", f"sqlite:///{tmp_path / 'again' / 'hub.db'}"
        return
    running: Cluster = request.getfixturevalue("postgresql")
    names = ("backup_from", "backup_to")
    for name in names:
        running.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        running.run(f"CREATE DATABASE {name}")
    yield running.url(names[0]), running.url(names[1])


def test_a_running_hub_is_saved_and_comes_back(tmp_path: Path, urls: tuple[str, str]) -> None:
    """Saved while events come in; the hub that starts on what came back shows cases, pictures and lets people in."""
    stand = Stand(tmp_path, urls[0])
    ending = threading.Event()
    try:
        gateway = stand.gateway()
        gateway.birth()
        event = scene_event(utc_now())
        gateway.deliver(event)
        evidence = announced(JPEG, event.event_id, utc_now())
        gateway.deliver_file(evidence, JPEG)

        def go_on() -> None:
            while not ending.is_set():
                with suppress(AssertionError):
                    gateway.deliver(scene_event(utc_now()))

        thread = threading.Thread(target=go_on)
        thread.start()
        file = tmp_path / "backup.tar"
        said = stand.command("backup", str(file))
        ending.set()
        thread.join()
        assert "1 files of evidence" in said
        assert file.stat().st_mode & 0o077 == 0
    finally:
        ending.set()
        stand.close()

    settings = yaml.safe_load(stand.config.read_text())
    settings |= {"data": str(tmp_path / "again"), "database": urls[1]}
    stand.config.write_text(yaml.safe_dump(settings))
    assert "1 files of evidence are back" in stand.command("restore", str(file))
    stand.start()
    try:
        page = stand.page()
        (case,) = [one for one in cases(page) if one["event_id"] == str(event.event_id)]
        assert case["picture_id"] == str(evidence.evidence_id)
        assert page.get(f"/api/evidence/{evidence.evidence_id}").content == JPEG
        late = scene_event(utc_now(), zone="another")
        again = stand.gateway()
        again.birth()
        again.deliver(late)
        assert str(late.event_id) in {one["event_id"] for one in cases(page)}
    finally:
        stand.links.pop()
        stand.close()


def cases(page: httpx.Client) -> list[dict[str, object]]:
    items: list[dict[str, object]] = page.get("/api/cases?limit=200").json()["items"]
    return items


def test_what_is_there_is_never_overwritten(quick: Bench, tmp_path: Path) -> None:
    """A data folder with something in it is refused by name; so is a file that is no backup, and stays whole."""
    quick.report()
    file = tmp_path / "backup.tar"
    backup.save(quick.hub.settings, file, quick.clock())
    with pytest.raises(StoreError, match=r"holds hub\.db"):
        backup.restore(quick.hub.settings, file)
    (tmp_path / "nonsense.tar").write_bytes(b"nonsense")
    empty = HubSettings(data=tmp_path / "empty")
    with pytest.raises(StoreError, match=r"nonsense\.tar"):
        backup.restore(empty, tmp_path / "nonsense.tar")
    cut = tmp_path / "cut.tar"
    cut.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(StoreError, match=r"cut\.tar"):
        backup.restore(empty, cut)
    with pytest.raises(StoreError, match="elsewhere"):
        backup.save(quick.hub.settings, quick.hub.settings.data / "backup.tar", quick.clock())


def test_a_backup_says_which_files_were_not_there(quick: Bench, tmp_path: Path) -> None:
    """A file that was lost on the disk is counted, and the rest is saved."""
    event = quick.report()
    for content in (JPEG, JPEG + b"another"):
        quick.send_file(announced(content, event, quick.clock()), content)
    with quick.hub.read_only() as work:
        first = work.session.scalars(select(EvidenceFile)).first()
    assert first is not None
    quick.hub.evidence_store.remove([first.key])
    saved = backup.save(quick.hub.settings, tmp_path / "backup.tar", quick.clock())
    assert (saved.files, saved.missing) == (1, 1)
    restored = backup.restore(HubSettings(data=tmp_path / "again"), tmp_path / "backup.tar")
    assert (restored.files, restored.missing) == (1, 1)


def evidence_of(bench: Bench) -> bytes:
    """Two files of evidence, the second named by five rows; the first one's content."""
    event, first = bench.report(), JPEG + bytes(range(256)) * 40
    for content in (first, *[JPEG] * 5):
        bench.send_file(announced(content, event, bench.clock()), content)
    return first


@pytest.mark.parametrize("fault", ["flipped", "cut between two", "cut within one", "broken head", "database"])
def test_a_damaged_backup_is_told_and_what_is_whole_of_it_can_be_had(quick: Bench, tmp_path: Path, fault: str) -> None:
    """Nothing is brought back by itself; evidence that is not whole is left out, a database that is not never comes."""
    content = evidence_of(quick)
    file, again = tmp_path / "backup.tar", HubSettings(data=tmp_path / "again")
    assert backup.save(quick.hub.settings, file, quick.clock()).files == 2
    with tarfile.open(file) as archive:
        names = archive.getnames()
        assert len(names) == len(set(names))
        (member,) = (one for one in archive if one.size == len(content))
        database = archive.getmember("hub.db")
    whole = bytearray(file.read_bytes())
    match fault:
        case "flipped":
            whole[member.offset_data + 700] ^= 1
        case "cut between two":
            del whole[member.offset :]
        case "cut within one":
            del whole[member.offset_data + 700 :]
        case "broken head":
            whole[member.offset + 3] ^= 1
        case _:
            whole[database.offset_data + 30_000] ^= 1
    file.write_bytes(whole)
    with pytest.raises(StoreError, match="damaged"):
        backup.restore(again, file)
    assert list(again.data.iterdir()) == []
    if fault == "database":
        with pytest.raises(StoreError, match=r"database in .* is damaged"):
            backup.restore(again, file, partial=True)
        return
    restored = backup.restore(again, file, partial=True)
    assert restored.missing >= 1
    assert restored.files + restored.missing == 2
    with prepared_hub(again) as hub, hub.read_only() as work:
        assert len(work.session.scalars(select(Alarm)).all()) == 1


def test_no_database_is_written_over(quick: Bench, tmp_path: Path) -> None:
    """Also one that lies elsewhere, which ``hub.yaml`` names while ``--data`` is new."""
    file, there = tmp_path / "backup.tar", tmp_path / "there.db"
    backup.save(quick.hub.settings, file, quick.clock())
    there.write_bytes(b"somebody's")
    with pytest.raises(StoreError, match=r"there\.db is there already"):
        backup.restore(HubSettings(data=tmp_path / "again", database=f"sqlite:///{there}"), file)
    assert there.read_bytes() == b"somebody's"


def test_a_hub_does_not_start_on_half_a_restoration(
    quick: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was killed: the hub would show cases without their pictures. What a killed backup left is cleared away."""
    evidence_of(quick)
    file, again = tmp_path / "backup.tar", HubSettings(data=tmp_path / "again")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    left = tmp_path / ".backup-left"
    left.mkdir()
    (left / "lock").touch()
    backup.save(quick.hub.settings, file, quick.clock())
    assert not left.exists()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(backup, "open_evidence_store", killed)
        backup.restore(again, file)
    with pytest.raises(StoreError, match="restore again"), prepared_hub(again):
        pass
    shutil.rmtree(again.data)
    assert backup.restore(again, file).files == 2
    with prepared_hub(again):
        pass


def test_the_brokers_store_and_half_files_stay_out(quick: Bench, tmp_path: Path) -> None:
    """They are made anew; other things in the data folder, such as certificates, come along."""
    data = quick.hub.settings.data
    for name in ("broker", "staging", "authority"):
        (data / name).mkdir(exist_ok=True)
        (data / name / "file").write_text(name)
    (data / "linked").symlink_to(Path(__file__).absolute())  # what it leads to is saved; what is no file is not
    os.mkfifo(data / "authority" / "pipe")
    backup.save(quick.hub.settings, tmp_path / "backup.tar", quick.clock())
    with tarfile.open(tmp_path / "backup.tar") as archive:
        names = {name.split("/")[0] for name in archive.getnames()} | set(archive.getnames())
    assert names >= {"manifest.json", "hub.db", "more/authority/file"}
    assert not names & {"staging", "broker", "more/staging", "more/broker"}
    again = tmp_path / "again"
    backup.restore(HubSettings(data=again), tmp_path / "backup.tar")
    assert (again / "authority" / "file").read_text() == "authority"
    assert (again / "linked").read_bytes() == Path(__file__).read_bytes()
    assert [path.name for path in again.iterdir() if path.name.startswith(".")] == []


def test_a_database_of_the_version_before_is_brought_up_to_date(tmp_path: Path, database_url: str) -> None:
    """Cases that are there get their event; whatever comes for it finds them."""
    bench = Bench(tmp_path / "data", database_url)
    event = bench.report()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with bench.hub.database._writing.execution_options(rebuilds=True).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        assert connection.execute(text("SELECT count(*) FROM case_file")).scalar() == 1
    bench.hub.prepare()
    bench.send(scene_event(bench.clock(), event_id=event, sequence=1, phase="updated"))
    with bench.hub.read_only() as work:
        case, alarm = work.session.scalars(select(Case)).one(), work.session.scalars(select(Alarm)).one()
    assert (alarm.sequence, case.alarm_count, case.legal_hold) == (1, 1, False)
    bench.close()
