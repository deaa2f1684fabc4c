"""Commands while PostgreSQL dies in the middle: one line that says so, status 1, and no half file under its name."""

import json
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine, event, func, select
from tests.hub.bench import Bench
from tests.hub.databases import Cluster, cluster
from tests.hub.lesson_makers import alarm, picture, void

from sharp_eyes.hub import backup, cli
from sharp_eyes.hub.store.case_tables import Case
from sharp_eyes.hub.store.database import Database

Run = Callable[..., tuple[int, str]]


class Installation:
    """Settings of a hub with a judged alarm, whose PostgreSQL can be killed at any statement."""

    def __init__(self, folder: Path, pg: Cluster) -> None:
        self.pg = pg
        self.folder = folder
        bench = Bench(folder / "data", pg.url("postgres"))
        bench.clock.time = datetime.now(UTC)  # the commands' own: what is older has reached its term
        bench.birth()
        one = alarm(bench)
        picture(bench, one)
        void(bench, one)
        bench.close()
        self.config = folder / "hub.yaml"
        self.config.write_text(yaml.safe_dump({"data": str(folder / "data"), "database": pg.url("postgres")}))

    @contextmanager
    def killed_at(self, statement: int) -> Iterator[list[int]]:
        """Kill it before so many statements have been made; counts them."""
        count = [0]

        def note(*_: Any) -> None:
            count[0] += 1
            if count[0] == statement:
                self.pg.kill_all()

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield count
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    def cases(self) -> int | None:
        database = Database(self.pg.url("postgres"))
        try:
            with database.read() as session:
                return session.scalar(select(func.count()).select_from(Case))
        finally:
            database.close()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_here(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["sharp-eyes-hub", *map(str, words)])
        try:
            cli.main()
        except SystemExit as ended:
            return int(ended.code or 0), capsys.readouterr().err
        return 0, capsys.readouterr().err

    return run_here


def is_whole(file: Path) -> bool:
    """Whether what stands under its final name is all of it, or nothing stands there."""
    if file.suffix == ".tar":
        if not file.exists():
            return True
        with tarfile.open(file) as tar:
            return "end.json" in tar.getnames()
    lines = file / "lessons.jsonl"
    return not lines.exists() or len([json.loads(line) for line in lines.read_text().splitlines()]) == 1


def files_in(folder: Path) -> dict[Path, bytes]:
    """What lies there beside the hub's own data."""
    return {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and folder / "data" not in path.parents
    }


def said(status: int, err: str) -> None:
    assert status == 1, err
    assert err.startswith("error: "), err
    assert len(err.splitlines()) < 6, err
    assert "Traceback" not in err
    assert "SELECT" not in err, "no statement is shown to whoever runs a command"


def test_a_command_whose_database_dies_says_so(tmp_path: Path, run: Run) -> None:
    """In the middle and at its last statement; run again it does its work, and nothing was lost."""
    with cluster() as pg:
        made = Installation(tmp_path, pg)
        whole = made.cases()
        out, saved = tmp_path / "out", tmp_path / "saved.tar"
        commands = (
            ("lessons", "export", out, "--since", "2026-01-01", "--config", made.config),
            ("backup", saved, "--config", made.config),
            ("audit", "--config", made.config),
            ("gateway", "password", "gate-01", "--out", tmp_path / "password", "--config", made.config),
        )
        for words in commands:
            assert run(*words)[0] == 0  # what only a first run does is done
            with made.killed_at(0) as count:
                assert run(*words)[0] == 0
            there = files_in(tmp_path)
            for at in (count[0] // 2, count[0]):
                with made.killed_at(at):
                    said(*run(*words))
                pg.start()
                assert is_whole(out), (words, at)
                assert is_whole(saved), (words, at)
                assert files_in(tmp_path).keys() == there.keys(), "nothing half is left"
            assert words[0] != "gateway" or files_in(tmp_path) == there, "the password that still holds"
        assert made.cases() == whole


def test_a_backup_or_restoration_whose_database_dies_leaves_nothing_half(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While PostgreSQL's own program reads or writes it."""
    with cluster() as pg:
        made = Installation(tmp_path, pg)
        saved, new = tmp_path / "saved.tar", tmp_path / "new"
        really = backup._run_postgresql

        def dying(*words: Any) -> None:
            pg.kill_all()
            really(*words)

        monkeypatch.setattr(backup, "_run_postgresql", dying)
        said(*run("backup", saved, "--config", made.config))
        assert not saved.exists()
        assert list(tmp_path.glob(".backup-*")) == []
        monkeypatch.setattr(backup, "_run_postgresql", really)
        pg.start()
        assert run("backup", saved, "--config", made.config)[0] == 0

        pg.run("CREATE DATABASE empty")
        other = tmp_path / "other.yaml"
        other.write_text(yaml.safe_dump({"data": str(new), "database": pg.url("empty")}))
        monkeypatch.setattr(backup, "_run_postgresql", dying)
        said(*run("restore", saved, "--config", other))
        assert list(new.glob(".restore-*")) == []
        pg.start()
        monkeypatch.setattr(backup, "_run_postgresql", really)
        assert "did not come to its end" in run("audit", "--config", other)[1], "no hub starts on what is half there"
        assert run("restore", saved, "--config", other)[0] == 0
        assert run("audit", "--config", other)[0] == 0
